"""What is called around epochs: Keras callbacks, and tasks."""

import copy

import keras

from skseq.nn.export.callback_model import CallbackModel

_BATCH_HOOKS = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
_TEST_BATCH_HOOKS = ("on_test_batch_begin", "on_test_batch_end")


class Hooks:
    """Keras callbacks called around the epochs, with a stock Keras model to look at and to change; and `tasks`.

    The model is built only if there are Keras callbacks. Before a hook it gets the runner's weights; afterwards what a
    callback changed (weights, learning rate, stop_training) goes back to the runner.
    """

    def __init__(self, runner, options, n_timesteps, scales, n_batches):
        # Keras sets the model of each: the user's stay as they are.
        callbacks = [_for_this_fit(callback) for callback in options.callbacks]
        self.model = None
        if callbacks:
            self.model = CallbackModel(runner, n_timesteps, scales, options.rates.get("weight_decay"))
        self.task, self.epoch_task, self.task_stops = options.task, None, False
        self.each_batch = any(_overrides(callback, _BATCH_HOOKS) for callback in callbacks)
        self.each_test_batch = any(_overrides(callback, _TEST_BATCH_HOOKS) for callback in callbacks)
        self.list = keras.callbacks.CallbackList(
            callbacks,
            model=self.model and self.model.keras_model,
            verbose=0,  # `Progress` prints
            epochs=options.epochs,
            steps=n_batches,
        )

    def __call__(self, hook, *arguments):
        if self.model is None:
            return
        self.model.push()
        getattr(self.list, hook)(*arguments)
        self.model.pull()

    def begin_epoch(self, epoch):
        self.epoch_task = self.task.begin("epoch")
        self("on_epoch_begin", epoch)

    def end_task(self, found):
        """End the task of an epoch, after all that has to do with it."""
        self.task_stops |= self.epoch_task.end(found)

    @property
    def idle(self):
        """Whether no hook does anything."""
        return self.model is None and not self.task.watched

    @property
    def stop(self):
        return self.task_stops or (self.model is not None and bool(self.model.keras_model.stop_training))


def _for_this_fit(callback):
    """A copy; of accuracies the highest is the best, which Keras would find out from the metrics of its own fits."""
    own = copy.copy(callback)
    if getattr(own, "mode", None) == "auto" and str(getattr(own, "monitor", "")).endswith("accuracy"):
        own.mode = "max"
    return own


def _overrides(callback, hooks):
    """Whether a callback does anything in one of the hooks for single batches."""
    if isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.save_freq == "epoch":
        return False  # it has these hooks only to save after a number of batches
    plain = keras.callbacks.Callback
    return any(getattr(getattr(callback, hook), "__func__", None) is not getattr(plain, hook) for hook in hooks)
