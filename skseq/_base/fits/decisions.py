"""What a fit has decided, told to the logger "skseq" (level INFO)."""

import logging

LOGGER = logging.getLogger("skseq")


def tell(of, spec, job, n_updates, held_out, bptt_steps):
    """Log how a network is about to be trained.

    ``n_updates`` are those of an epoch. ``held_out`` is the number of samples by which training may stop early, None if
    it may not.
    """
    if not LOGGER.isEnabledFor(logging.INFO):
        return
    parts = [f"{job.epochs} epoch(s) of {n_updates} update(s), batches of up to {job.batch_size}", *_of_graph(spec)]
    if getattr(spec, "dropout", False):  # a network of the user's own has its own
        parts.append(f"dropout {job.dropout:g}")
    if bptt_steps is not None:
        parts.append(f"gradients cut every {bptt_steps} timesteps")
    if held_out is not None:
        parts.append(f"may stop early by the loss of {held_out} validation sample(s)")
    if job.goes_on:
        parts.append("goes on from the last fit")
    LOGGER.info("%s trains: %s.", of, "; ".join(parts))


def tell_trial(of, trial, verbose):
    """Say that a trial begins; with ``verbose`` its epochs are printed, and so is this."""
    says = f"{of} tries up to {trial.n_longest} of {trial.n_epochs} epochs without {trial.n_held_out} of the samples."
    LOGGER.info(says)
    if verbose:
        print(says)


def tell_longer_trial(of, n_epochs, n_held_out, verbose):
    """Say that a trial of a longer fit begins; with ``verbose`` its epochs are printed, and so is this."""
    says = f"{of} tries up to {n_epochs} epochs without the last {n_held_out} of the samples."
    LOGGER.info(says)
    if verbose:
        print(says)


def tell_verdict(of, verdict, most):
    """Log how many epochs a trial has found worth having."""
    if verdict.n_epochs < most:
        LOGGER.info("%s has %d of its %d epochs: more would learn noise.", of, verdict.n_epochs, most)
    else:
        LOGGER.info("Nothing shows that the %d epochs of %s would learn noise.", most, of)


def _of_graph(spec):
    """What the graph of a spec is, in words."""
    if spec.is_own:
        return ["a Keras network of the user's own"]
    found = ["compiled with XLA" if spec.jit_compile else "TensorFlow graph without XLA"]
    found.append("timesteps written out" if spec.unroll else "loops over timesteps")
    more = {
        "cudnn": "cuDNN layers",
        "block": "one operation per layer",
        "recompute": "computes parts again to save memory",
    }
    found += [text for name, text in more.items() if getattr(spec, name)]
    return [*found, "matrix products in bfloat16"] if spec.mixed else found
