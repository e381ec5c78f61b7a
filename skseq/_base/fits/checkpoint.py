"""The parameter `checkpoint`: what it goes together with, and the `Checkpoint` of a fit."""

from numbers import Integral

_NOT_OF_A_FIT = ("checkpoint", "checkpoint_minutes", "verbose")


class CheckpointMixin:
    """An estimator whose fit goes on after it was killed."""

    def _check_checkpoint(self):
        """Raise ValueError for parameters under which no fit can end as if it had never been interrupted."""
        if not str(self.checkpoint):
            raise ValueError("checkpoint='' names no folder: pass a path, or checkpoint=None.")
        if self.random_state is None:
            raise ValueError(
                f"checkpoint={str(self.checkpoint)!r} needs random_state, such as random_state=0: without one, the "
                "same fit would begin elsewhere."
            )
        if self.callbacks:
            raise ValueError(
                f"checkpoint={str(self.checkpoint)!r} cannot store what callbacks hold: leave callbacks out. "
                "early_stopping, learning_rate_schedule and verbose are stored."
            )

    def _checkpoint(self):
        """The `Checkpoint` of a fit, or None."""
        if self.checkpoint is None:
            return None
        from skseq.nn.training.checkpoint import Checkpoint

        parameters = {name: value for name, value in self.get_params(deep=False).items() if name not in _NOT_OF_A_FIT}
        seed = parameters.pop("random_state")  # a checkpoint compares the state of the generator, and tells of the seed
        if isinstance(seed, Integral):
            parameters["random_state"] = int(seed)
        return Checkpoint(self.checkpoint, float(self.checkpoint_minutes), parameters=parameters)


def forget(checkpoint):
    """Remove the checkpoint of a fit that has ended: it is not gone on with."""
    if checkpoint is not None and not checkpoint.interrupted:
        checkpoint.remove()
