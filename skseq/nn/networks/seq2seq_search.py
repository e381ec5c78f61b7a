"""From a fitted encoder-decoder to outputs: which search, under which constraints, as one graph."""

from dataclasses import dataclass

import tensorflow as tf

from skseq.nn.decoding import constraints, searches
from skseq.nn.networks.noise import SILENCE

SEARCHES = {  # name -> the loop, and what it reads besides steps, end and constraints
    "greedy": (searches.greedy, ()),
    "beam": (searches.beam, ("beam_width", "length_penalty", "coverage_penalty", "source_mask")),
    "sampling": (searches.sample, ("uniform", "temperature", "top_k", "top_p", "min_p")),
}


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """What decides the graph of a search; numbers and tables are fed with the batch.

    Parameters
    ----------
    method : str
        How outputs are found: a name in `SEARCHES`.
    end : int or None
        The class that ends an output; None if all have ``n_steps``.
    no_repeat : int or None
        Size of the n-grams that no output may hold twice.
    asks : bool
        Whether a Python function says what may come next.
    """

    method: str = "greedy"
    end: int | None = None
    no_repeat: int | None = None
    asks: bool = False


def find(network, weights, batch, options, ask):
    """What `skseq.nn.decoding` finds for a batch: "tokens", "lengths", "log_probs" and "scores", best first.

    Besides the source a batch holds ``n_steps`` and

    * for constraints, where there are any: ``allowed`` (n_steps, n_classes), ``prefix`` (p,), ``outputs`` (the table of
      a trie), ``begun`` (b, k); if outputs have an end: ``outputs_left`` of its nodes, ``max_lengths`` and
      ``min_lengths``, (b,);
    * for beams: ``beam_width``, ``length_penalty`` and ``coverage_penalty``;
    * for draws: ``uniform`` (b, n_draws, n_steps), ``temperature`` and, where they are used, ``top_k``,
      ``top_p`` and ``min_p``.
    """
    source = network.encode(weights, batch, SILENCE)  # once per sample, whatever the number of hypotheses

    def step(t, tokens, states):
        logits, weighed, states = network.decoder.step_outputs(weights, source, t, tokens, states, SILENCE)
        return tf.nn.log_softmax(logits), weighed, states

    search, reads = SEARCHES[options.method]
    common = {"end": options.end, "constraints": _constraints(network.spec.target_size, batch, options, ask)}
    known = batch | {"source_mask": source.mask}
    settings = {name: known.get(name) for name in reads}  # None: it is not used
    return search(step, source.states, source.n_samples, batch["n_steps"], **common, **settings)


def _constraints(n_classes, batch, options, ask):
    """All constraints that the batch or the options ask for."""
    found = []
    if "allowed" in batch:
        found.append(constraints.Table(batch["allowed"]))
    if "max_lengths" in batch:
        found.append(constraints.Lengths(n_classes, options.end, batch["max_lengths"], batch["min_lengths"]))
    if "prefix" in batch:
        found.append(constraints.Prefix(batch["prefix"], n_classes))
    if options.no_repeat is not None:
        found.append(constraints.NoRepeat(options.no_repeat, n_classes, batch.get("begun")))
    if "outputs" in batch:
        found.append(constraints.Outputs(batch["outputs"], batch.get("outputs_left"), batch.get("max_lengths")))
    if options.asks:
        found.append(constraints.Callback(ask, n_classes))
    return found
