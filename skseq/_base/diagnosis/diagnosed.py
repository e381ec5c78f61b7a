"""What an estimator says of its last fit: warnings, errors, and the table of `diagnose`."""

from __future__ import annotations

from dataclasses import replace

from sklearn.utils.validation import check_is_fitted

from skseq._base.diagnosis.advice import remedies
from skseq._base.diagnosis.exploding import explosion
from skseq._base.diagnosis.fit_checks import Diagnosis, diagnose
from skseq._base.fits.facts import LEAST_EPOCHS, Facts, is_doubtful, judged, leaves_much, same_output_share
from skseq._base.fits.noise import NO_VERDICT
from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.clocks_as_values import code_of_steps, never_falls
from skseq._data.mistakes.numbers.levels import levels_apart, levels_are_scales
from skseq._data.mistakes.tables.likely_channels import smooth_and_wide
from skseq._data.scaling import ENOUGH
from skseq._data.sequences import Sequences
from skseq._data.training_data import TrainingData
from skseq._typing import SequencesLike

SAMPLES_LOOKED_AT = 128  # for units that are always 0
FEWEST_LETTERS = 3  # of a word


class DiagnosedMixin:
    """An estimator that warns of what its fits show. It gathers the facts, which `fit_checks` judges."""

    def diagnose(self, X: SequencesLike | None = None) -> Diagnosis:
        """Print a table of what the last fit shows of itself: all that it warns of, with figures and limits.

        Parameters
        ----------
        X : array-like of the kind in fit, default=None
            Sequences to look at, training data or others: what is predicted for them, how many of their tokens are
            unknown, and which units of a relu network are 0 for the first 128 of them. None shows what is known from
            fit, and computes nothing.

        Returns
        -------
        diagnosis : tuple
            One entry for every check, with ``name``, ``measured``, ``value``, ``limit``, ``found`` and ``message``.
            The list ``diagnosis.found`` has those that warn. ``str(diagnosis)`` is the table.

        Examples
        --------
        >>> import numpy as np
        >>> from skseq import SequenceClassifier
        >>> X, y = np.random.RandomState(0).randn(20, 3), [0, 1] * 10
        >>> model = SequenceClassifier(units=2, epochs=5, learning_rate=1e-6, random_state=0).fit(X, y)
        >>> diagnosis = model.diagnose()  # doctest: +ELLIPSIS
        check                   what is measured ...
        exploding gradients     highest loss / loss of the first epoch ...
        constant answer         loss at the end / loss of a constant answer ... WARNS
        ...
        >>> [check.name for check in diagnosis.found]
        ['constant answer', 'one class']
        """
        return self._diagnosed(X)

    def _diagnosed(self, X, **known):
        """Print and return the diagnosis; ``known`` is what `predict` is told besides X."""
        check_is_fitted(self)
        facts = self._facts if X is None else self._facts_from(X, **known)
        diagnosis = diagnose(self.history_, facts, self._parameters_used())
        print(diagnosis)
        return diagnosis

    def _facts_of(self, learnt, spec, data, job, early_stopping, constant, n_before):
        """`Facts` of a fit that has been kept, together with so many epochs before it, of other `partial_fit`."""
        verdict = job.verdict or NO_VERDICT
        facts = Facts(
            of=type(self).__name__,
            n_epochs=n_before + self.n_iter_,
            most_epochs=job.epochs,
            early_stopping=early_stopping,
            constant=constant,
            auto_epochs=self.epochs == "auto",
            noisy=verdict.noisy,
            held_out=verdict.least,
            whole_trial=verdict.whole,
            stuck_trial=verdict.stuck,
            tried_epochs=verdict.n_tried,
            by_heart=verdict.by_heart,
            above_chance=verdict.above_chance,
            lowest=verdict.lowest,
            n_others=verdict.n_others,
            rare=verdict.rare,
            uncut_epochs=verdict.n_uncut,
            summaries=verdict.summaries,
            columns_in_trial=verdict.columns,
            pairs=verdict.pairs,
            clipnorm=self.clipnorm,
            unknown=learnt.source.unknown_share(data),
            tokens=learnt.source.reads_tokens,
            words=learnt.source.reads_tokens and any(map(_is_word, learnt.source.vocabulary)),
            longest=learnt.source.n_timesteps,
            grouped=job.groups is not None,
            told_levels=job.told_levels,
            few=job.incremental and data.n_samples < ENOUGH,
        )
        some = data.samples[:SAMPLES_LOOKED_AT]
        rows = {name: x[some] for name, x in data.rows.items()}
        settled = facts.n_epochs >= LEAST_EPOCHS and job.is_usual
        doubtful, much = is_doubtful(self.history_, facts), leaves_much(self.history_, facts)
        told = self._told_by_forests(rows, learnt.source, settled=settled, much=much, doubtful=doubtful)
        facts = replace(facts, **told)
        if not doubtful:  # the next looks take some time
            return facts
        equal = self._least_of_equal(learnt, spec, data) if constant.loss else None
        if not learnt.source.reads_tokens:
            sequences = Sequences.of_rows(rows)
            facts = replace(facts, **facts_of_levels(sequences, learnt.source), wide=smooth_and_wide(sequences))
        return replace(facts, silent=self._silent_share(spec, rows), equal=equal)

    def _told_by_forests(self, rows, form, *, settled, much, doubtful):
        """What `Facts` has of what forests tell of these rows, by name.

        ``settled`` is whether a usual fit had some epochs, ``much`` that it leaves many errors, ``doubtful`` that its
        loss is near that of a constant answer.
        """
        return {}

    def _with_simple_models(self, facts, data, result, job):
        """`Facts` with what simple models leave of the data of a fit that has ended."""
        if result.interrupted or not job.is_usual:
            return facts
        if facts.auto_epochs and leaves_much(self.history_, facts):  # though it had the epochs it asked for
            facts = replace(facts, columns=self._left_by_columns(data))
        found = self._left_with_other_levels(data)
        return facts if found is None else replace(facts, **found)

    def _left_by_columns(self, data):
        """What `Facts.columns` is of these data."""
        return None

    def _left_in_trial(self, data, held_out):
        """What linear models of these data leave of the errors of a constant in those held out, by what they read.

        None where that is not known.
        """
        return {}

    def _nats_by_pairs(self, spec, data, held_out):
        """What `nats_by_pairs` is of these data and those held out, or None."""
        return None

    def _left_with_other_levels(self, data):
        """What `Facts.other_levels` and others of levels are of these data, by name, or None."""
        return None

    def _facts_from(self, X, **known):
        """The `Facts` of the last fit, with what some sequences show instead of those in fit."""
        sequences = self._as_network_reads(X)
        some = sequences.take(slice(SAMPLES_LOOKED_AT))
        outputs = None if self._learnt.targets is None else self._output_labels(self.predict(X, **known))
        return replace(
            self._facts,
            silent=self._silent_share(self._spec, some.rows),
            unknown=self._learnt.source.unknown_share(TrainingData(sequences.rows)),
            same_output=None if outputs is None else same_output_share(outputs),
        )

    def _output_labels(self, predicted):
        """What is predicted as strings, a list per sample, for a look at whether all is the same."""
        return self._targets.labels(predicted)

    def _least_of_equal(self, learnt, spec, data):
        """What `equal_sequences.least_loss` finds; None where steps have targets, which their place may tell apart."""
        return None

    def _silent_share(self, spec, rows):
        """Share of relu units that are 0 for all of these rows, or None without relu."""
        if getattr(spec, "activation", None) != "relu":  # nor has a network of the user's own
            return None
        from skseq.nn.networks.activity import silent_share

        return silent_share(spec, self.weights_, rows)

    def _warn(self, result, job):
        """Warn of an interrupt and of what a fit shows.

        With `partial_fit` of an explosion alone, or of numbers beyond the scales, when either begins.
        """
        if result.interrupted:
            from skseq.nn.training.interrupts import warn_of_interrupt

            warn_of_interrupt()
        if job.rate_factors is not None:  # only the losses count
            return
        told = diagnose(self.history_, self._facts, self._parameters_used()).told
        if self._facts.told_levels:
            told = [check for check in told if check.name != "levels"]
        if job.incremental:
            told = [check for check in told if self._begins(check)]
        for check in told:
            warn_caller(check.message, check.category)

    def _begins(self, check):
        """Whether a check warns of what the epochs before a `partial_fit` did not show."""
        if check.name == "exploding gradients":
            before = {name: x[:-1] for name, x in judged(self.history_, self._facts).items()}
            return not explosion(before, few=self._facts.few)
        return check.name == "beyond scales" and self._facts.beyond_is_new

    def _raise_if_diverged(self, what, estimator):
        if what is not None:
            raise FloatingPointError(
                f"Training of {type(self).__name__} diverged: {what}. Likely causes: a learning rate that is too high, "
                f"exploding gradients on long sequences, or numbers that are not scaled. Try {self._remedies()}. The "
                f"estimator {estimator}."
            )

    def _parameters_used(self):
        """Parameters by name, with what "auto" stood for in the last fit."""
        return {name: getattr(self, name) for name in self._parameter_constraints} | self._sizes  # of subclasses, too

    def _remedies(self):
        return remedies(self._parameters_used())


def facts_of_levels(sequences, form):
    """What `Facts` has of the levels of `Sequences`, by name, as the network reads numbers of a `SourceForm`."""
    some = sequences.take(slice(SAMPLES_LOOKED_AT))
    numbers = replace(some, values=form.scale.undo(some.values), univariate=form.univariate)
    levels = levels_apart(sequences, usual=True)
    rises = levels is not None and never_falls(numbers, levels[0])
    steps = code_of_steps(numbers, levels[0]) if rises else ""
    return {"levels": levels, "scales": levels_are_scales(numbers), "steps": steps}


def _is_word(token):
    """Whether a token has an end, of fewer letters than a word."""
    return isinstance(token, str) and len(token) >= FEWEST_LETTERS and token.isalpha()
