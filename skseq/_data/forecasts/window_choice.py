"""How many steps windows of long series have, and how many of these windows are held out to calibrate."""

from dataclasses import dataclass, replace
from math import gcd, lcm

import numpy as np

from skseq._callers import warn_caller

LEAST_WINDOW = 14  # by default, where series have as many steps
SPREAD = 5  # the last of so many parts of its windows are those over which a series spreads the ones it holds out
LIKELY_SEASON = 7 * 24  # where none is set, for hours and days
MET = 3  # one in so many of its phases, at least, is begun at
# Ends an error about rows that are too short for series.
OF_ROWS = " If it is one long series with a timestep in every row, pass a list of it, [X], or a frame with times."


@dataclass(frozen=True, kw_only=True)
class WindowChoice:
    """What was asked of windows, and what follows of it for series of these lengths.

    ``season`` is that of the forecasts. ``held_season`` is the one that every window must hold, 1 for none,
    ``n_seasons`` times, and ``held_season_name`` the parameter with it. ``flat``: windows become rows of a table; then
    the shortest window that is allowed must hold a season, and not only the shortest that there is.
    """

    horizon: int
    window: int | None = None
    min_window: int | None = None
    stride: int = 1
    calibration_windows: int = 0
    season: int | None = None
    held_season: int = 1
    held_season_name: str = "season"
    n_seasons: int = 1
    flat: bool = False

    def __post_init__(self):
        if self.window and self.min_window and self.min_window > self.window:
            raise ValueError(
                f"min_window={self.min_window} is more than window={self.window}. Expected at most that: it is the "
                "least that a window may be shortened to."
            )

    # --- steps of a window --------------------------------------------------------------------------------------------

    def n_steps(self, lengths, *, as_columns=False):
        """Steps of a window: those that were set, or the default of all if the shortest series has as many.

        ``as_columns``: every step of the series is a column of X.
        """
        room = self._room(lengths)
        window = self._default(room) if self.window is None else self.window
        least = window if self.min_window is None else min(self.min_window, window)
        self._check_room(lengths, room, window, least, as_columns)
        self._check_season(least if self.flat else min(window, room.min()))
        self._tell_of_short_windows(lengths, room, window)
        return int(window)

    @property
    def held(self):
        """The steps that every window must hold."""
        return self.n_seasons * self.held_season

    @property
    def least(self):
        """The fewest steps of a window, as far as they are known before the lengths of the series are."""
        return self.min_window or self.window or self.held

    @property
    def wanted(self):
        """The default where all series are long enough."""
        return max(2 * self.horizon, 2 * (self.season or 1), 2 * self.held_season, self.held, LEAST_WINDOW)

    def _default(self, room):
        """A season at least, unless `min_window` allows for less."""
        if self.min_window:
            return max(self.min_window, min(self.wanted, room.max()))
        return max(self.held, min(self.wanted, room.min(), self._with_enough(room), self._with_a_season(room)))

    def _with_enough(self, room):
        """The most steps of which there are as many windows as steps in one: few series give fewer longer ones."""
        return max(1, int((room + self.stride).sum()) // (len(room) + self.stride))

    def _room(self, lengths):
        """Steps of each series that a window with its targets leaves for it, behind which others are held out.

        A series that is too short for these, as long as another is not, has room up to its end: it gives fewer to
        calibrate, or none, before all windows by default are shorter than in the longest series.
        """
        room = lengths - self.horizon - self.n_held_out(self.calibration_windows)
        chooses = self.window is None and self.min_window is None
        enough = max(self.least, min(self.wanted, room.max())) if chooses else self.least
        return np.where((room < enough) & (room.max() >= self.least), lengths - self.horizon, room)

    def _with_a_season(self, room):
        """The most steps of which the longest series has a window, with targets, at every phase of the season."""
        return room.max() - self.held_season + 1

    # --- windows that calibrate ---------------------------------------------------------------------------------------

    def spread(self, lengths, window, least):
        """With the stride of the windows to hold out, a multiple: errors of a few weeks do not know those of a year.

        They reach over the last fifth of the windows of the shortest series that holds out all of them. The multiple
        has no factor in common with the season, so that they begin at as many of its phases as without. Where none is
        set, a third of those of a week of hours is enough.
        """
        whole = lengths[self.n_calibrating(lengths, least) == self.calibration_windows]
        n_windows = np.min(whole, initial=lengths.max()) - window - self.horizon + 1
        most = (n_windows // SPREAD - self.horizon) // max(1, (self.calibration_windows - 1) * self.stride)
        season = lcm(self.season or 1, self.held_season)
        season, common = (season, 1) if season > 1 else (LIKELY_SEASON, MET)
        n_phases = season // gcd(season, self.stride)
        times = next((times for times in range(most, 1, -1) if gcd(times, n_phases) <= common), 1)
        return replace(self, stride=times * self.stride)

    def n_calibrating(self, lengths, least):
        """Numbers of held-out windows (n_series,): fewer where a window of ``least`` steps would not be left."""
        room = lengths - 2 * self.horizon - least  # for origins behind the first held-out one
        return np.where(room < 0, 0, np.minimum(room // self.stride + 1, self.calibration_windows))

    def n_held_out(self, n_calibrating):
        """Number of last steps of a series with so many held-out windows that the fit for their errors does not see."""
        return np.where(n_calibrating, self.horizon + (n_calibrating - 1) * self.stride, 0)

    # --- series that are too short ------------------------------------------------------------------------------------

    def _check_room(self, lengths, room, window, least, as_columns):
        short = np.flatnonzero(room < least)
        if not short.size:
            return
        has = lengths[short[0]]
        needs = least + int(has - room[short[0]])
        spans = self._spans(window, held_out=needs > least + self.horizon)
        if as_columns:  # in scikit-learn's words, which its checks of estimators look for
            raise ValueError(
                f"X: found array with {has} feature(s), one per timestep, while a minimum of {needs} is required by "
                f"{spans}.{OF_ROWS if len(lengths) >= needs else ''}"
            )
        shortens = self.min_window is None and not self._season_decides
        others = f", and {short.size - 1} other series too few" if short.size > 1 else ""
        instead = ", or set min_window to let them give shorter windows" if shortens else ""
        raise ValueError(
            f"{spans} need {needs} timesteps, but X[{short[0]}] has {has}{others}. Set smaller numbers, or remove such "
            f"series{instead}.{self._fit_on_long(lengths)}"
        )

    def _fit_on_long(self, lengths):
        """How a fit on the long series alone can forecast all of them: a forecast needs no targets behind a window."""
        least = min(self.min_window or self.window or self.wanted, lengths.min())
        needs = least + self.horizon
        long, choice = lengths[lengths >= needs], replace(self, min_window=int(least))
        if least < self.held or not long.size or (choice._room(long) < least).any():
            return ""
        return (
            f" To forecast them as well, fit on [own for own in X if len(own) >= {needs}] with min_window={least}, and "
            "then predict(X)."
        )

    def _spans(self, window, *, held_out):
        length = self._asked_season if self._season_decides else {"window": window}
        parts = {"min_window": self.min_window, "horizon": self.horizon}
        parts |= {"calibration_windows": self.calibration_windows if held_out else None}
        return ", ".join(f"{name}={value}" for name, value in (length | parts).items() if value is not None)

    @property
    def _season_decides(self):
        """Whether the season alone decides how long a series has to be."""
        return self.window is None and self.min_window is None and self.held > 1

    @property
    def _asked_season(self):
        """The parameters that say how many steps every window must hold."""
        return {self.held_season_name: self.held_season} | ({"n_seasons": self.n_seasons} if self.n_seasons > 1 else {})

    def _check_season(self, shortest):
        if self.held > shortest:
            asked = " and ".join(f"{name}={value}" for name, value in self._asked_season.items())
            needs = "needs as many" if self.n_seasons == 1 else f"need {self.held}"
            raise ValueError(
                f"{asked} {needs} steps in every window, but the shortest may have {shortest}. Set a larger window or "
                f"min_window, remove series that are too short for it, or set a smaller {list(self._asked_season)[-1]}."
            )

    def _tell_of_short_windows(self, lengths, room, window):
        """Warn where a short series takes more than half of the window from most others."""
        shortest = lengths.argmin()
        decides = self.window is None and not self.min_window and window == room[shortest]
        if decides and 2 * window < self.wanted <= np.median(room):
            warn_caller(
                f"X[{shortest}] has {lengths[shortest]} timesteps, so windows of all {len(room)} series have "
                f"{window}, not {self.wanted}. Leave out short series, or set min_window={window} to let them give "
                "shorter windows than the others."
            )
