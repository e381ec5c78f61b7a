"""What a `SequenceGenerator` reads, looks at and learns."""

from dataclasses import replace
from numbers import Integral, Real
from typing import ClassVar

import numpy as np

from skseq._arguments import Count
from skseq._base.decoders.decoding import MOST_LENGTH_PENALTY, FindMixin
from skseq._base.decoders.generation import PIECE
from skseq._base.diagnosis.looks_at_data import LIKELIER
from skseq._base.estimator import MOST_UNITS
from skseq._base.fits.facts import LEAST_EPOCHS
from skseq._base.fits.job import n_updates
from skseq._base.fits.noise import OF_NEXT_TOKENS
from skseq._base.fits.training import GroupsMixin
from skseq._base.pretrained import AUTO_LAYERS, BEST_LAYERS
from skseq._base.source import SourceEstimator
from skseq._callers import warn_caller
from skseq._data.checks import check_weights
from skseq._data.constant_answer import ConstantAnswer, of_classes, of_densities
from skseq._data.hold_out import HoldOut, group_numbers
from skseq._data.mistakes.numbers.broken_one_hot import warn_if_constant_so_far, warn_of_broken_one_hot
from skseq._data.mistakes.numbers.clocks_as_values import warn_if_clocks
from skseq._data.mistakes.numbers.levels import warn_if_levels_differ
from skseq._data.mistakes.numbers.likely_ids import ids_among
from skseq._data.mistakes.numbers.likely_symbols import warn_if_constant, warn_if_symbols
from skseq._data.mistakes.numbers.wandering_levels import wanders
from skseq._data.mistakes.texts.cut_words import warn_if_words_are_cut
from skseq._data.mistakes.texts.lost_letters import warn_if_samples_lose_letters
from skseq._data.sequences import Sequences, as_samples
from skseq._data.simple_models.flags_together import nats_given_the_row_before
from skseq._data.simple_models.pairs import nats_by_pairs
from skseq._data.simple_models.random_walk import log_density_of_steps
from skseq._data.targets.conditions import Conditions, check_condition, check_one_each
from skseq._data.targets.continuations import Continuations, chosen_binary, followed, following_windows, streams
from skseq._data.tokens.token_draws import draw_tables
from skseq._sklearn import Interval, StrOptions

LARGEST_BATCH, FEWEST_TOKENS = 32, 512  # sequences of an update, and tokens of one that has fewer sequences
FEW, LONG = 100, 20  # sequences, and windows: a warning says to cut fewer and longer ones
LOOKED_AT = 2_000  # timesteps of one long sequence of numbers
FLAGS_LOOKED_AT = 10_000, 2**22  # timesteps of sequences of flags, and numbers in them
RAGGED = ("token lists", "text", "series")  # forms of X whose sequences may have any length


def _batch_size_of_tokens(learnt, sequences, job):
    """32, or fewer where long sequences of tokens are so few that their epochs would have too few updates."""
    updates, _, most_epochs = job.auto
    size, length = LARGEST_BATCH, float(np.mean(sequences.real_lengths))
    if not learnt.source.reads_tokens or job.incremental:
        return size
    while size > 1 and length * size / 2 >= FEWEST_TOKENS and most_epochs * n_updates(len(sequences), size) < updates:
        size //= 2
    return size


def _warn_of_ends(known):
    """Warn that what was ``known`` of sequences of one length, or of one sequence, leaves no end to be learnt."""
    first = "one sequence" if known.alone else f"sequences of {known.longest} timesteps alone"
    warn_caller(
        f"X now holds other lengths, but the first call had {first}, by which end='auto' learns no end of sequences. "
        "Set end=True and begin anew, by a new fit or by partial_fit of a clone, if lengths tell something; end=False "
        "says that they do not."
    )


class BaseGenerator(GroupsMixin, FindMixin, SourceEstimator):
    """An estimator on a `GeneratorSpec`: what it reads, and what a fit learns."""

    bidirectional = False  # what comes next would be read
    _auto_epochs = 1000, 15, 80  # updates, fewest and most epochs: docs/figures/generation.md has what was compared
    _auto_epochs_of_one = 2000, 10, 100  # long text: a window of it has more tokens than most sequences
    _auto_epochs_of_numbers = 2000, 10, 200  # a mixture of distributions takes longer to find, and to learn by heart
    _trial_rules = OF_NEXT_TOKENS
    _best_layers: ClassVar = {"cell": BEST_LAYERS["cell"]}
    _reads_new_texts = False

    _remedy_of_unknown = (
        "set handle_unknown='use_unknown' before fit, with min_frequency=1 if scores are to find odd sequences, as all "
        "unknown tokens share one probability, or pass all tokens as the parameter `vocabulary`"
    )
    _of_tokens = SourceEstimator._of_tokens | {"n_sampled_tokens": None}
    _parameter_constraints = {
        **{
            name: rule
            for name, rule in (SourceEstimator._parameter_constraints | FindMixin._search_constraints).items()
            if name not in ("bidirectional", "coverage_penalty")
        },
        "cell": AUTO_LAYERS["cell"],
        "n_components": [Count(most=MOST_UNITS)],
        "covariance": [StrOptions({"diag", "full"})],
        "reg_covar": [Interval(Real, 0, 1e30, closed="right")],
        "binary_features": [StrOptions({"auto"}), "array-like"],
        "end": ["boolean", StrOptions({"auto"})],
        "window": [Interval(Integral, 2, None, closed="left")],
        "tie_embeddings": ["boolean"],
        "training": [StrOptions({"teacher_forcing", "professor_forcing", "professor_forcing_both"})],
        "n_sampled_tokens": [Count(), None],
        "join": [str, callable, None],
        "length_penalty": [Interval(Real, 0, MOST_LENGTH_PENALTY, closed="both")],
        "min_length": [Interval(Integral, 0, None, closed="left")],
        "max_length": [Count(), None],
    }

    def _check_parameters(self):
        super()._check_parameters()
        if self.n_sampled_tokens is not None and self.training != "teacher_forcing":
            raise ValueError(
                f"n_sampled_tokens={self.n_sampled_tokens!r} compares with a few tokens, but the critic of "
                f"training={self.training!r} reads the probabilities of all: set n_sampled_tokens=None, or "
                "training='teacher_forcing'."
            )

    def _read_source(self, X, form, argument):
        return super()._read_source([X] if isinstance(X, str) else X, form, argument)  # a string is one long text

    def _read_targets(self, y, sequences, targets, argument, weight=None):
        """(`Continuations`, rows of what sequences depend on)."""
        if targets is None:
            if y is not None:
                check_one_each(y, len(sequences), argument)
            targets = Continuations(
                form=None,  # known after reading: see `_read`
                ends=False,
                longest=0,
                conditions=None if y is None else Conditions.learn(y, weight, argument),
            )
        targets.check_binary(sequences, argument.replace("y", "X"))
        check_condition(targets.conditions, y, len(sequences), argument)
        if targets.conditions is None:
            return targets, {}
        if y is None:
            raise ValueError(f"{argument} is missing: the last fit had y, which every sequence depends on.")
        return targets, {"condition": targets.conditions.encode(y, self._number_type, argument)}

    def _read(self, X, y, sample_weight, known, *, suffix="", in_stream=False, **given):
        learnt, examples = super()._read(X, y, sample_weight, known, suffix=suffix, weight=sample_weight, **given)
        targets = learnt.targets
        if targets.form is None:
            targets = self._learnt_form(X, learnt.source, targets, examples.sequences, in_stream)
        elif not suffix:
            seen, known = targets.seen(examples.sequences), targets
            if seen.varied and not known.varied and self.end == "auto" and not (seen.ends or seen.carried):
                _warn_of_ends(known)
            targets = seen
        examples = self._in_windows(examples, f"X{suffix}") if targets.carried else examples
        return replace(learnt, targets=targets), examples

    def _read_fitted(self, X):
        sequences = super()._read_fitted(X)
        self._targets.check_binary(sequences, "X")
        return sequences

    def _learnt_form(self, X, form, targets, sequences, in_stream):
        longest = int(sequences.real_lengths.max())
        carried = len(sequences) == 1 and longest > self.window and self.end is not True
        lists = form.kind == "text" or as_samples(X) is not None
        if 1 < len(sequences) < FEW and longest > LONG * self.window:
            warn_caller(
                f"X holds {len(sequences)} sequences of up to {longest} timesteps, so that an epoch has few updates, "
                "each over all timesteps. Pass more and shorter sequences, or all of them as one long one, which is "
                f"cut into windows (window={self.window})."
            )
        if form.analyzer == "word" and self.join is None:
            warn_if_words_are_cut(X)
        if callable(form.analyzer) and not callable(self.join):
            warn_if_samples_lose_letters(X, form.analyzer, form.between if self.join is None else self.join)
        reads = form.reads_tokens
        chosen = self.binary_features, sequences, form.scale, not in_stream  # what is constant now may move later
        binary, one_hot = ((), ()) if reads else chosen_binary(*chosen)
        if not reads and self.binary_features == "auto":
            warn_of_broken_one_hot(sequences, tuple(k for k in binary if k not in sum(one_hot, ())))
        ragged = form.kind in RAGGED or (form.kind == "features" and sequences.lengths is not None)
        return replace(
            targets,
            form=form,
            ends=(ragged and len(sequences) > 1) if self.end == "auto" else bool(self.end),
            longest=longest,
            carried=carried,
            alone=len(sequences) == 1,
            lists=lists,
            dtype=None if lists or not reads else np.asarray(X).dtype,
            binary=binary,
            one_hot=one_hot,
        )

    def _in_windows(self, examples, argument):
        """One long sequence as the windows that it is cut into; a short one as it is."""
        sequences, width = examples.sequences, int(self.window)
        if len(sequences) > 1:
            each = ", call partial_fit for each of them, or fit a new generator" if argument == "X" else ""
            raise ValueError(
                f"{argument} holds {len(sequences)} sequences, but this generator learns a single long one, whose "
                f"windows go on from each other: join them into one{each}."
            )
        if sequences.values.shape[1] <= width:
            return examples
        if examples.targets:
            raise ValueError("X is one long sequence, and there is nothing to compare it with: pass no y.")
        check_weights(examples.sample_weight, 1)
        cut = following_windows(np.asarray(sequences.values[:1])[0], width)
        sequences = replace(sequences, values=cut["source"], lengths=cut["source_lengths"])
        return replace(examples, sequences=sequences, sample_weight=None)

    def _assembled(self, rows, class_weights):
        return rows, {}

    def _read_groups(self, groups, learnt, examples):
        if not learnt.targets.carried:
            return super()._read_groups(groups, learnt, examples)
        group_numbers(groups, 1)  # one sequence, whose windows all are of its group

    def _parting(self, targets, rows, groups):
        return HoldOut(in_order=True) if targets.carried else super()._parting(targets, rows, groups)

    def _strata(self, targets, rows):
        labels = targets.conditions is not None and targets.conditions.kind == "labels"
        return rows["condition"] if labels else None

    def _make_spec(self, learnt, rows):
        from skseq.nn.spec import GeneratorSpec

        targets, form = learnt.targets, learnt.source
        conditions = targets.conditions
        spec = GeneratorSpec(
            tied=bool(self.tie_embeddings),
            ends=targets.ends,
            training=self.training,
            n_sampled_tokens=self._n_drawn(learnt),
            condition=None if conditions is None else conditions.kind,
            condition_size=0 if conditions is None else conditions.size,
            carried=targets.carried,
            n_components=0 if form.reads_tokens else int(self.n_components),
            correlated=not form.reads_tokens and self.covariance == "full",
            reg_covar=GeneratorSpec.reg_covar if form.reads_tokens else float(self.reg_covar),
            binary=targets.binary,
            one_hot=targets.one_hot,
            **self._source_fields(form),
            **self._spec_fields(),
        )
        if spec.tied and (not spec.tokens or spec.embedding_dim is None):
            raise ValueError("tie_embeddings=True needs tokens and an embedding_dim: set one, or tie_embeddings=False.")
        if spec.correlated and spec.n_continuous != 2:
            raise ValueError(
                f"covariance='full' needs exactly two features that are not 0 or 1, but X has {spec.n_continuous}: set "
                "covariance='diag'."
            )
        return spec

    def _n_drawn(self, learnt):
        """How many tokens an update draws, or None where its softmax is over all of them."""
        n = self.n_sampled_tokens
        return None if n is None or n >= learnt.targets.size else int(n)

    def _model_timesteps(self, learnt):
        longest = int(self.window) if learnt.targets.carried else learnt.source.n_timesteps
        return longest + learnt.targets.ends, 0

    def _constant_answer(self, learnt, spec, data):
        if spec.n_sampled_tokens:  # the loss of a sampled softmax is another one
            return ConstantAnswer()
        if not spec.tokens:
            return of_densities(data, spec.feature_parts, spec.reg_covar, spec.ends)
        return of_classes(data, spec.target_size, spec.ends)

    def _nats_by_pairs(self, spec, data, held_out):
        if not spec.tokens or spec.n_sampled_tokens:
            return None
        return nats_by_pairs(data, held_out, spec.target_size, spec.ends)

    def _with_scales(self, learnt, data):
        scaled = super()._with_scales(learnt, data)
        if scaled is learnt or not learnt.targets.binary:
            return scaled
        source = replace(scaled.source, scale=scaled.source.scale.leaving(learnt.targets.binary))
        return replace(scaled, source=source, targets=replace(scaled.targets, form=source))

    def _learn(self, learnt, examples, validation, job):
        if not learnt.source.reads_tokens:
            if not job.incremental:
                job = replace(job, told_levels=self._warn_of_numbers(examples.sequences, learnt))
            elif not job.goes_on and self.binary_features == "auto":
                warn_if_constant_so_far(examples.sequences, learnt.targets.binary, learnt.targets.one_hot)
            job = replace(job, auto=self._auto_epochs_of_numbers)
        elif learnt.targets.carried:
            job = replace(job, auto=self._auto_epochs_of_one)
        if job.batch_size == "auto":
            job = replace(job, batch_size=_batch_size_of_tokens(learnt, examples.sequences, job))
        return super()._learn(learnt, examples, validation, job)

    def _facts_of(self, learnt, spec, data, job, *given):
        facts = super()._facts_of(learnt, spec, data, job, *given)
        judges = facts.n_epochs >= LEAST_EPOCHS and job.is_usual
        if not judges or learnt.source.reads_tokens or learnt.targets.conditions is not None:
            return facts
        sequences, n_flags = Sequences.of_rows(data.rows), len(learnt.targets.binary)
        if n_flags == learnt.source.n_features > 1 and not learnt.targets.one_hot:
            return replace(facts, by_rows=self._gain_of_rows(sequences))
        if learnt.targets.carried and not n_flags:
            return replace(facts, by_steps=self._gain_of_steps(sequences))
        return facts

    def _gain_of_steps(self, windows):
        """What `Facts.by_steps` is of one long sequence of numbers, given as windows as the network reads them."""
        numbers = np.asarray(windows.values)[windows.mask][:LOOKED_AT]  # (t, f)
        if not wanders(numbers):
            return None
        learnt = self._log_probs(Sequences(values=numbers[None]), None)[0] / len(numbers) + self._log_units
        gain = log_density_of_steps(numbers) - learnt
        return float(gain) if np.isfinite(gain) else None

    def _gain_of_rows(self, sequences):
        """What `Facts.by_rows` is of sequences of flags alone, as the network reads them."""
        most, most_numbers = FLAGS_LOOKED_AT
        n_timesteps = min(sequences.values.shape[1], PIECE)
        some = slice(max(min(most, most_numbers // sequences.values.shape[2]) // n_timesteps, 1))
        lengths = np.minimum(sequences.real_lengths[some], n_timesteps).astype(np.int32)
        some = Sequences(values=np.asarray(sequences.values[some])[:, :n_timesteps], lengths=lengths)
        nats = nats_given_the_row_before(some.values[some.mask], np.argwhere(some.mask)[:, 1] == 0)
        if nats is None:
            return None
        alone, together = nats
        if alone - together > LIKELIER:
            log_probs = self._predict("step_log_probs", some.rows)[:, :n_timesteps][some.mask]
            alone = min(alone, -float(log_probs.mean(dtype=np.float64)))
        return alone - together

    def _may_try(self, learnt, job):
        tokens = learnt.source.reads_tokens and not learnt.targets.carried
        return tokens and super()._may_try(learnt, job)

    def _warn_of_numbers(self, sequences, learnt):
        """Warn of what numbers look like; returns whether of levels or absolute times."""
        numbers = np.asarray(sequences.values)[sequences.mask]
        warn_if_constant(numbers, learnt.targets.binary)
        if self.source_type == "auto" and ids_among(sequences) is None:  # else reading has told
            warn_if_symbols(numbers, learnt.source.univariate)
        if learnt.targets.carried:  # whose windows go on from each other
            return False
        effect = "samples do not move as they do"
        return warn_if_clocks(sequences, effect) or warn_if_levels_differ(sequences, effect)

    def _train(self, training):
        spec, data, validation, options = training.spec, training.data, training.validation, training.options
        if spec.n_sampled_tokens:
            shares = of_classes(data, spec.target_size, spec.ends).shares
            data = replace(data, shared=draw_tables(shares, spec.n_sampled_tokens, spec.dtype))
        if spec.carried:  # windows in the order of the sequence, in as many streams as a batch has rows
            order, batch_size = streams(data.n_samples, options.batch_size)
            data = followed(data).take(np.sort(data.samples)[order])
            validation = None if validation is None else followed(validation)
            # Every rate that is tried has a batch of its own.
            shuffle = options.shuffle and options.rate_factors is not None
            options = replace(options, batch_size=batch_size, shuffle=shuffle)
        return super()._train(replace(training, data=data, validation=validation, options=options))

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        targets = learnt.targets
        self._learnt = replace(learnt, targets=replace(targets, form=learnt.source))
        for name in ("classes_", "condition_classes_"):
            vars(self).pop(name, None)
        if learnt.source.reads_tokens:
            self.classes_ = self._learnt.targets.next_tokens(np.arange(learnt.source.has_unknown, targets.size))
        self.condition_type_ = None if targets.conditions is None else targets.conditions.kind
        if self.condition_type_ == "labels":
            self.condition_classes_ = targets.conditions.classes
        self.max_length_ = targets.longest
