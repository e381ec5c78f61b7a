"""What an output may be: values that say which classes may come next. Nothing here knows a model or a search.

A constraint has three functions, all pure, of n hypotheses at step t:

* ``initial(n_samples) -> state``: a nest of tensors with leading dimension n_samples, which the search copies to every
  hypothesis of a sample and reorders with the hypotheses;
* ``allowed(t, tokens, state) -> (n, n_classes) or (1, n_classes) bool``: which classes may be written at step t;
* ``advance(t, state, classes) -> state``: the state after the classes (n,) have been written.

``tokens`` (n, n_steps) holds the class ids written so far. It is -1 where nothing is written: from step t on, and in a
hypothesis that has ended from its end on (the end itself is not written). ``classes`` is -1 for hypotheses that have
ended, and what is allowed for them is ignored.
"""

import numpy as np
import tensorflow as tf

from skseq.nn.kernels.shapes import size_of


class Constraint:
    """A constraint without a state; what subclasses add is ``allowed``."""

    def initial(self, n_samples):
        """The state before the first step: none."""
        return ()

    def advance(self, t, state, classes):
        """The state after step t: the same."""
        return state


class Every(Constraint):
    """What all of several constraints allow; without any, everything."""

    def __init__(self, constraints):
        self.constraints = tuple(constraints)

    def initial(self, n_samples):
        """A state for every constraint."""
        return tuple(constraint.initial(n_samples) for constraint in self.constraints)

    def allowed(self, t, tokens, state):
        """Classes that no constraint forbids."""
        allowed = tf.constant([[True]])
        for constraint, own in zip(self.constraints, state):
            allowed &= constraint.allowed(t, tokens, own)
        return allowed

    def advance(self, t, state, classes):
        """Each with its own state."""
        return tuple(constraint.advance(t, own, classes) for constraint, own in zip(self.constraints, state))


class Table(Constraint):
    """The classes of every position, the same for all samples: table (n, n_classes) bool, whose last row stays."""

    def __init__(self, table):
        self.table = tf.convert_to_tensor(table, tf.bool)

    def allowed(self, t, tokens, state):
        """Row t of the table."""
        return self.table[tf.minimum(t, size_of(self.table, 0) - 1)][None]


class Prefix(Constraint):
    """Every output begins with the class ids ``prefix`` (p,); free after them."""

    def __init__(self, prefix, n_classes):
        self.prefix, self.n_classes = tf.convert_to_tensor(prefix, tf.int32), n_classes

    def allowed(self, t, tokens, state):
        """The one class of the prefix at step t, or every class once it has been written."""
        n_forced = size_of(self.prefix, 0)
        forced = tf.concat([self.prefix, [0]], 0)[tf.minimum(t, n_forced)]  # a 0 follows, so that the index is valid
        return (t >= n_forced) | (tf.range(self.n_classes) == forced)[None]


class Lengths(Constraint):
    """Numbers of tokens before the end: from ``min_lengths`` to ``max_lengths``, (n_samples,), of the sample.

    At step t = max_length only the end is allowed, so a search of max(max_lengths) + 1 steps gives complete outputs.
    """

    def __init__(self, n_classes, end, max_lengths, min_lengths=0):
        self.is_end = tf.range(n_classes) == end
        self.max_lengths = tf.convert_to_tensor(max_lengths, tf.int32)
        self.min_lengths = min_lengths + tf.zeros_like(self.max_lengths)

    def initial(self, n_samples):
        """The limits of every sample."""
        return self.min_lengths, self.max_lengths

    def allowed(self, t, tokens, state):
        """The end from ``min_lengths`` on, the rest until ``max_lengths``."""
        least, most = state
        return tf.where(self.is_end, (t >= least)[:, None], (t < most)[:, None])


class NoRepeat(Constraint):
    """No n-gram of classes occurs twice in an output; the end is in no n-gram. ``size`` is n: a Python int.

    Outputs may go on from ``begun`` (n_samples, p), whose n-grams count, too; -1 stands before the first of a sample.
    """

    def __init__(self, size, n_classes, begun=None):
        self.size, self.n_classes = size, n_classes
        self.begun = None if begun is None else tf.convert_to_tensor(begun, tf.int32)

    def initial(self, n_samples):
        """What outputs go on from, if they do."""
        return () if self.begun is None else self.begun

    def allowed(self, t, tokens, state):
        """All but the classes that have followed the last size - 1 ones before."""
        if self.begun is not None:
            t, tokens = t + size_of(state, 1), tf.concat([state, tokens], 1)
        n_before = self.size - 1
        last = tokens[:, tf.maximum(t - n_before, 0) : t]  # (n, size - 1), shorter before step size - 1
        last = tf.pad(last, [[0, 0], [0, n_before - size_of(last, 1)]])  # then nothing has followed yet
        n_windows = tf.maximum(size_of(tokens, 1) - n_before, 0)
        followers = tokens[:, n_before:]  # (n, n_windows)
        repeats = followers >= 0
        for i in range(n_before):
            repeats &= tokens[:, i : i + n_windows] == last[:, i : i + 1]
        hypotheses = tf.range(size_of(tokens, 0))[:, None] * tf.ones_like(followers)
        places = tf.stack([hypotheses, tf.maximum(followers, 0)], -1)
        # A scatter of the followers: comparing with all classes would make a tensor (n, t, n_classes).
        counts = tf.scatter_nd(places, tf.cast(repeats, tf.int32), [size_of(tokens, 0), self.n_classes])
        return counts == 0


class Outputs(Constraint):
    """One of a closed list of outputs, given as the table (n_nodes, n_classes) that `trie` builds.

    With ``max_lengths`` (n_samples,) and ``left`` (n_nodes,) of `tokens_left` only outputs of at most that length: a
    sample is never led to where its output cannot end in time.
    """

    def __init__(self, table, left=None, max_lengths=None):
        self.table = tf.convert_to_tensor(table, tf.int32)
        self.left = None if left is None else tf.convert_to_tensor(left, tf.int32)
        self.max_lengths = () if left is None else tf.convert_to_tensor(max_lengths, tf.int32)

    def initial(self, n_samples):
        """The root, and the maximum length of every sample."""
        return tf.zeros([n_samples], tf.int32), self.max_lengths

    def allowed(self, t, tokens, state):
        """The classes that lead on from the node, to an output that is short enough; t tokens have been written."""
        node, max_lengths = state
        nodes = tf.gather(self.table, node)  # (n, n_classes)
        if self.left is None:
            return nodes >= 0
        stays = nodes == node[:, None]  # the end adds no token
        length = t + tf.where(stays, 0, 1 + tf.gather(self.left, tf.maximum(nodes, 0)))
        return (nodes >= 0) & (length <= max_lengths[:, None])

    def advance(self, t, state, classes):
        """The node that the class leads to; what has ended stays where it is."""
        node, max_lengths = state
        nodes = tf.gather_nd(self.table, tf.stack([node, tf.maximum(classes, 0)], -1))
        return tf.where((classes < 0) | (nodes < 0), node, nodes), max_lengths


class Callback(Constraint):
    """What a Python function allows: ``function(samples, prefixes) -> (n, n_classes) bool``, n_classes a Python int.

    ``samples`` (n,) int32 are row numbers of the samples, ``prefixes`` (n, t) int32 the class ids written so far.
    The function is asked about hypotheses that go on, never about those that have ended.
    """

    def __init__(self, function, n_classes):
        self.function, self.n_classes = function, n_classes

    def initial(self, n_samples):
        """The row numbers."""
        return tf.range(n_samples)

    def allowed(self, t, tokens, state):
        """The function's answer, checked."""
        return tf.ensure_shape(tf.numpy_function(self._ask, [state, tokens[:, :t]], tf.bool), [None, self.n_classes])

    def _ask(self, samples, prefixes):
        goes_on = np.all(prefixes[:, -1:] >= 0, axis=1)
        answer = np.asarray(self.function(samples[goes_on], prefixes[goes_on]))
        expected = (int(np.count_nonzero(goes_on)), self.n_classes)
        if answer.shape != expected or answer.dtype != bool:
            raise ValueError(
                f"The function of allowed classes must return booleans of shape {expected}, one row per prefix and one "
                f"column per class, but it returned {answer.dtype} of shape {answer.shape}."
            )
        allowed = np.ones((len(samples), expected[1]), bool)  # what has ended is not asked about
        allowed[goes_on] = answer
        return allowed


def trie(outputs, n_classes, end=None):
    """The table (n_nodes, n_classes) int32 that `Outputs` reads: the node that a class leads to, or -1.

    Parameters
    ----------
    outputs : iterable of sequences of int
        Class ids of the valid outputs, without the end. Repeated outputs count once.
    n_classes : int
        Number of classes. The table holds ``n_nodes * n_classes`` numbers, and there is a node for every beginning of
        an output.
    end : int, default=None
        Class id of the end, which leads from the last node of an output to itself. None: outputs have no end, so all
        must have one length.

    Returns
    -------
    ndarray of shape (n_nodes, n_classes)
        Node 0 is the root.
    """
    outputs = [tuple(map(int, output)) for output in outputs]
    if end is None and len(set(map(len, outputs))) > 1:
        raise ValueError(f"Outputs without an end must have one length, got lengths {sorted(set(map(len, outputs)))}.")
    nodes, edges = {(): 0}, []
    for output in outputs:
        for t, class_id in enumerate(output):
            if not 0 <= class_id < n_classes or class_id == end:
                raise ValueError(f"Outputs must hold class ids below {n_classes} and not the end {end}, got {output}.")
            if output[: t + 1] not in nodes:
                edges.append((nodes[output[:t]], class_id, len(nodes)))
                nodes[output[: t + 1]] = len(nodes)
    if end is not None:
        edges += [(nodes[output], end, nodes[output]) for output in outputs]
    table = np.full((len(nodes), n_classes), -1, np.int32)
    for node, class_id, follower in edges:
        table[node, class_id] = follower
    return table


def tokens_left(table):
    """Fewest tokens from every node of a `trie` with an end to where an output may end, (n_nodes,)."""
    nodes = np.arange(len(table))
    left = np.where((table == nodes[:, None]).any(axis=1), 0, np.iinfo(np.int32).max // 2)
    for node in nodes[::-1]:  # children come after their parents
        children = table[node][table[node] > node]
        left[node] = min(left[node], 1 + left[children].min(initial=np.iinfo(np.int32).max // 2))
    return left.astype(np.int32)
