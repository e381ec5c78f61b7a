"""What a keras.Model of the user's own must read and write; every error says what to change in the build function."""

import re
from contextlib import contextmanager

import numpy as np

INPUTS = {  # name of an input -> what a model with several inputs gets there
    "source": "the padded sequences",
    "mask": "(n_samples, n_timesteps) bool, True on real steps",
    "lengths": "(n_samples,) int32, real steps",
}
TOLERANCE = 1e-3  # by which probabilities may miss their bounds, and their sum may miss 1


def input_names(model):
    """Names of a model's inputs, or None if it has one; an input that we cannot serve raises ValueError."""
    inputs = getattr(model, "inputs", None) if model.built else None
    if not inputs or len(inputs) == 1:
        return None
    names = [tensor.name for tensor in inputs]
    if unknown := [name for name in names if name not in INPUTS]:
        possible = "; ".join(f"'{name}': {what}" for name, what in INPUTS.items())
        raise ValueError(
            f"The model of network has inputs named {', '.join(map(repr, names))}, and nothing is known of "
            f"{', '.join(map(repr, unknown))}. A model with several inputs names them after what they get: {possible}."
        )
    return names


def cannot_read(shape, error):
    """The error for a model that fails on inputs of some shape."""
    return ValueError(
        f"The model of network cannot read inputs of shape {shape} ({type(error).__name__}: {error}). Its build "
        "function gets what was learnt in fit as meta: n_features, n_timesteps_in_, vocabulary_size."
    )


@contextmanager
def naming_ids(spec):
    """Let TensorFlow's error about an id beyond the rows of an embedding say how many these must be."""
    try:
        yield
    except Exception as error:
        found = re.search(r"= (\d+) is not in \[0, (\d+)\)", str(error))
        if found is None or not spec.tokens or int(found[2]) >= spec.source_size:
            raise
        raise ValueError(
            f"The model of network looks up {found[1]} in an embedding of {found[2]} rows. X is read as ids from 1 to "
            f"{spec.source_size - 1}, and 0 is padding: give an embedding of tokens meta['vocabulary_size'] rows, "
            f"{spec.source_size} here, and one of positions as many as the longest sequence has timesteps."
        ) from error


def more_steps(source, n_steps):
    """A source (n, t, ...) with so many steps of zeros on the right."""
    return np.pad(source, [(0, 0), (0, n_steps)] + [(0, 0)] * (source.ndim - 2))


def step_mask(lengths, n_timesteps):
    """(n, t) bool, True on real steps."""
    return np.arange(n_timesteps) < lengths[:, None]


def check_outputs(outputs, needed, spec, *, sigmoid):
    """Raise ValueError unless outputs have the shapes that a task needs, and are probabilities if it classifies."""
    shapes = [output.shape for output in outputs]
    one_unit = sigmoid and shapes == [(needed[0][0], 1)]  # two classes, one probability
    if shapes != needed and not one_unit:
        raise ValueError(
            f"The model of network writes outputs of shape {_shown(shapes)}, but {_needs(spec, _shown(needed))}."
        )
    if spec.task == "classify":
        _check_probabilities(outputs)


def _needs(spec, shapes):
    if spec.task == "reconstruct":
        return f"the reconstruction of X needs {shapes}"
    if spec.task == "regress":
        return f"y needs {shapes}"
    needs = f"the classes of y need {shapes} (probabilities, one output per column of y)"
    return needs + (", or (n_samples, 1) (the probability of the second class)" if spec.sizes == (2,) else "")


def _check_probabilities(outputs):
    for probs in outputs:
        totals = probs.sum(axis=1) if probs.shape[1] > 1 else np.ones(len(probs))  # a sigmoid need not sum to 1
        if (probs < 0).any() or (probs > 1 + TOLERANCE).any() or (np.abs(totals - 1) > TOLERANCE).any():
            raise ValueError(
                "The model of network writes numbers that are no probabilities (they are not between 0 and 1, or "
                f"do not sum to 1, for example {probs[0].tolist()}): end it with activation='softmax', or "
                "'sigmoid' for one output of two classes."
            )


def _shown_loss(loss):
    """Name of a loss, as an error shows it."""
    return loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)


def loss_name(loss):
    """Name of a loss in small letters without underscores."""
    return _shown_loss(loss).lower().replace("_", "")


def check_losses(losses, outputs, task):
    """Raise ValueError for a loss of Keras that reads targets of another form; outputs are (n, ...).

    Keras would repeat targets where shapes allow it, and else fail with an error about a node of a graph. What a loss
    of the user's own reads is not known.
    """
    for loss, output in zip(losses, outputs):
        name, width = loss_name(loss), output.shape[-1]
        of_ids, of_vectors = name.startswith("sparsecategorical"), name.startswith("categorical")
        if task == "classify" and width > 1:
            fits = of_ids or of_vectors
            gets = f"the classes of y as numbers from 0 to {width - 1}, (n_samples,), for {width} probabilities"
            instead = (
                "loss='sparse_categorical_crossentropy', or 'categorical_crossentropy', which gets one-hot vectors"
            )
        elif task == "classify":
            fits = not (of_ids or of_vectors)
            gets = "0 or 1 for the one probability of every sample, (n_samples, 1)"
            instead = "loss='binary_crossentropy', or end the model with a softmax of 2 units"
        else:
            fits = not of_ids and (width > 1 or not of_vectors)
            gets = f"numbers, {_shown([output.shape])}"
            instead = "loss='mean_squared_error', or another loss of numbers"
        if is_of_keras(loss) and not fits:
            raise ValueError(
                f"The loss of network is {_shown_loss(loss)!r}, which cannot read what it gets: {gets}. Set {instead}."
            )


def is_of_keras(loss):
    """Whether a loss is one of Keras, which alone says what it reads."""
    own = loss if hasattr(loss, "__name__") else type(loss)
    wraps = own.__name__ == "LossFunctionWrapper"  # any function
    return isinstance(loss, str) or (own.__module__.split(".")[0] == "keras" and not wraps)


def check_encoding(encoding):
    """Raise ValueError unless the encoding is one vector per sample."""
    if encoding.ndim != 2:
        raise ValueError(
            f"The layer 'encoding' of the model of network writes shape {_shown([encoding.shape])}, but transform "
            "needs one vector per sample: (n_samples, n_encodings)."
        )


def check_padding(outputs, padded, mask):
    """Raise ValueError if outputs differ from those for the same samples with more padding on the right.

    ``mask`` (n, t) is True on real steps: what a reconstruction (n, t, f) has elsewhere means nothing.
    """
    for before, after in zip(outputs, padded):
        if before.ndim == 3:
            before, after = before[mask], after[:, : mask.shape[1]][mask]  # (n_real_steps, f)
        if not np.allclose(before, after, rtol=1e-3, atol=1e-4):
            raise ValueError(
                "The model of network reads padding: with more zeros on the right of sequences of different "
                "lengths it writes something else, so that a prediction would depend on the longest sequence "
                "beside it. Leave padding out: name inputs 'source' and 'mask' (or 'lengths') and use them, or "
                "begin with keras.layers.Embedding(mask_zero=True) or keras.layers.Masking and layers that pass "
                "masks on; or build the model for one number of timesteps, keras.Input((n_timesteps, n_features)). "
                "Without padding it predicts sequences of one length at a time."
            )


def _shown(shapes):
    """Shapes for an error, the first axis by its name."""
    return " and ".join(f"({', '.join(map(str, ('n_samples', *shape[1:])))})" for shape in shapes)
