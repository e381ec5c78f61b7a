"""The report of `benchmarks.speed`: a table of ratios above the plain ones, curves, settings in the CSV."""

import pandas as pd

from benchmarks.harness.report import OURS, SECONDS, Report
from benchmarks.harness.timing import Ratio, alternating, chosen

__all__ = ["RATIOS", "SKORCH", "TORCH", "Speeds"]

TORCH, SKORCH = "PyTorch", "skorch"
RATIOS = "ratios"  # stands for the columns of the table of ratios


class Speeds(Report):
    """A report with comparisons of speed."""

    def __init__(self, name, columns):
        super().__init__(name, columns=(RATIOS, *columns))
        self.compared = {}  # (experiment, quantity) -> {implementation: Chosen}
        self.curves = {}  # name -> (x, y), for the picture

    def compare(self, experiment, quantity, contenders, *, piece, seconds, repeats):
        """Find the fastest setting of every implementation; time these in alternation."""
        best = chosen(contenders, seconds)
        found = alternating({by: one.measure for by, one in best.items()}, repeats)
        for by, values in found.items():
            self.add(experiment, quantity, f"s a {piece}", by, values, setting=best[by].contender.setting)
            self.add(experiment, f"{quantity}{FIRST}", SECONDS, by, best[by].compiling)
        self.compared[experiment, quantity] = {by: (one.contender.setting, one.compiling) for by, one in best.items()}

    def add(self, experiment, quantity, unit, by, values, *, setting=""):
        before = len(self.records)
        super().add(experiment, quantity, unit, by, values)
        for record in self.records[before:]:
            record["setting"] = setting

    def ratio(self, experiment, quantity, by):
        """`Ratio` of an implementation over skseq."""
        return Ratio.of(self.values(experiment, quantity, by), self.values(experiment, quantity, OURS))

    def medians(self, experiment, by):
        """Quantity -> median ratio of an implementation over skseq, for all that an experiment compares with it."""
        pairs = [(quantity, found) for (name, quantity), found in self.compared.items() if name == experiment]
        return {quantity: self.ratio(experiment, quantity, by).median for quantity, found in pairs if by in found}

    # --- tables -------------------------------------------------------------------------------------------------------

    def shown(self, columns):
        """Records of the plain tables: none of what stands in the table of ratios."""
        elsewhere = {(experiment, f"{q}{more}") for experiment, q in self.compared for more in ("", FIRST)}
        return [r for r in super().shown(columns) if (r["experiment"], r["quantity"]) not in elsewhere]

    def table(self, columns):
        return self.ratios() if columns == RATIOS else super().table(columns)

    def ratios(self):
        """A row for all that was compared: milliseconds [setting; compiling] of everyone, and the others over skseq."""
        rows = [self._row(experiment, quantity, found) for (experiment, quantity), found in self.compared.items()]
        if not rows:
            return pd.DataFrame()
        return pd.DataFrame(rows).astype(object).fillna("").set_index(["experiment", "compared"])

    def _row(self, experiment, quantity, found):
        cells = {f"{by}, ms": self._cell(experiment, quantity, by, *how) for by, how in found.items()}
        others = [by for by in found if by != OURS]
        ratios = {f"{by} / {OURS}": str(self.ratio(experiment, quantity, by)) for by in others}
        return {"experiment": experiment, "compared": quantity, **cells, **ratios}

    def _cell(self, experiment, quantity, by, setting, compiling):
        median = 1000 * pd.Series(self.values(experiment, quantity, by)).median()
        return f"{median:.3g} [{setting}; {compiling:.1f} s]"


FIRST = ", more at the first call"
