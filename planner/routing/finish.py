"""How likely each route ends in its shift: the plan's day lived through many times, with ways and doors that vary.

A plan counts with expected minutes. At a door it is either nobody, somebody else or the debtor, and the last takes much
longer than the first; the road is slower on some days than on others. So each day is drawn: one factor for the day's
traffic, one for each leg, one length of every visit. The crew keeps the planned order, does not begin before a window
opens, takes its breaks where they are planned, and drives on where it comes after a window has closed: a rule may
forbid that visit, so it is counted as missed, not as made late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.routing.plan import Pause, Plan, Route
from planner.routing.problem import Problem, Shift, Visit
from planner.routing.windows import may_begin

Floats = NDArray[np.float64]
#: quantiles told of a moment: early, in the middle, late
QUANTILES = (0.1, 0.5, 0.9)
#: a stop is fragile if it may be missed with more than this chance
FRAGILE = 0.1


@dataclass(frozen=True)
class Case:
    """One thing that may happen at a door: how often, how long in the mean, and its coefficient of variation."""

    share: float
    mean_s: float
    cv: float = 0.0


#: what may happen at a door; the shares add up to one
DoorTime = tuple[Case, ...]


@dataclass(frozen=True)
class TravelSpread:
    """Coefficients of variation of driving times: of a whole day, and of each leg beside it."""

    day_cv: float
    leg_cv: float


@dataclass(frozen=True)
class StopRisk:
    """When a visit begins, in seconds from the origin (``QUANTILES``), and the chance that it can be made at all."""

    visit: str
    begins: tuple[float, float, float]
    made: float

    @property
    def fragile(self) -> bool:
        """Whether it may well be missed."""
        return self.made < 1 - FRAGILE


@dataclass(frozen=True)
class RouteRisk:
    """The chance that a route ends in its shift, the mean overtime, when it ends (``QUANTILES``), and its stops.

    ``margin_s`` is how much later than planned it may end, with the chance that was asked for.
    """

    shift: str
    in_time: float
    overtime_s: float
    returns: tuple[float, float, float]
    margin_s: float
    stops: tuple[StopRisk, ...]

    @property
    def fragile(self) -> tuple[StopRisk, ...]:
        """The stops that may well be missed."""
        return tuple(stop for stop in self.stops if stop.fragile)


def finish_risk(
    problem: Problem,
    plan: Plan,
    doors: Mapping[str, Sequence[DoorTime]],
    spread: TravelSpread,
    *,
    certainty: float = 0.85,
    draws: int = 2_000,
    seed: int = 1,
) -> dict[str, RouteRisk]:
    """Give the risk of each route that has stops, by shift.

    Parameters
    ----------
    doors
        For each visit what may happen at its door, by option.
    certainty
        The chance for which ``margin_s`` is told.
    draws
        Days lived through; the chance of one half is then known within 1.1 points (one standard error at 2,000).
    seed
        The same seed gives the same days to the same route, whatever other routes there are.

    Raises
    ------
    KeyError
        If the plan names a shift or a visit that the problem or ``doors`` does not have.
    """
    shifts = {one.id: (number, one) for number, one in enumerate(problem.shifts)}
    visits = {one.id: one for one in problem.visits}
    found = {}
    for route in plan.routes:
        if route.stops:
            number, shift = shifts[route.shift]
            rng = np.random.default_rng([seed, number])
            found[route.shift] = lived(problem, shift, visits, route, doors, spread, rng, (draws, certainty))
    return found


def lived(
    problem: Problem,
    shift: Shift,
    visits: Mapping[str, Visit],
    route: Route,
    doors: Mapping[str, Sequence[DoorTime]],
    spread: TravelSpread,
    rng: np.random.Generator,
    asked: tuple[int, float],
) -> RouteRisk:
    """Live through one route's day; ``asked`` are the draws and the certainty."""
    draws, certainty = asked
    places = [visits[stop.visit].place_in(stop.option) for stop in route.stops]
    legs = zip([shift.start_place, *places], [*places, shift.end_place], strict=True)
    planned = [float(problem.seconds[a, b]) for a, b in legs]
    slow = varied(rng, spread.day_cv, (draws, 1)) * varied(rng, spread.leg_cv, (draws, len(planned)))
    now = np.full(draws, float(route.leaves_start))
    left, stops = route.leaves_start, []
    for gap, leg_s in enumerate(planned):
        stop = route.stops[gap] if gap < len(route.stops) else None
        arrives = route.reaches_end if stop is None else stop.begins
        first, after = parted(route.breaks, left, arrives, leg_s)
        leg = leg_s * slow[:, gap] * factor(problem, left)
        now = rested(rested(now, first, shift) + leg, after, shift)
        if stop is None:
            break
        # Not before the hour it was planned for; as long as it is permitted.
        begins = np.maximum(now, visits[stop.visit].options[stop.option].opens)
        made = begins <= may_begin(visits[stop.visit], stop.option)[1]
        length = door_seconds(rng, doors[stop.visit][stop.option], draws)
        now = np.where(made, begins + length, now)
        stops.append(StopRisk(stop.visit, quantiles(begins), float(made.mean())))
        left = stop.leaves
    late = now - shift.ends
    return RouteRisk(
        shift=shift.id,
        in_time=float((late <= 0).mean()),
        overtime_s=float(np.maximum(late, 0).mean()),
        returns=quantiles(now),
        margin_s=float(np.quantile(now, certainty)) - route.reaches_end,
        stops=tuple(stops),
    )


def parted(
    breaks: Sequence[Pause], left: int, arrives: int, leg_s: float
) -> tuple[tuple[Pause, ...], tuple[Pause, ...]]:
    """Give the breaks of a gap that are taken before the drive, and those that are taken after it."""
    here = [pause for pause in breaks if left <= pause.begins < arrives or (left == arrives == pause.begins)]
    after = tuple(pause for pause in here if pause.begins - left >= leg_s)
    return tuple(pause for pause in here if pause not in after), after


def rested(now: Floats, pauses: Sequence[Pause], shift: Shift) -> Floats:
    """Take breaks: not before the time from which one may begin."""
    for pause in pauses:
        opens = max((one.opens for one in shift.breaks if one.opens <= pause.begins <= one.closes), default=0)
        now = np.maximum(now, opens) + pause.lasts_s
    return now


def factor(problem: Problem, at: int) -> float:
    """Give by how much the hour of departure lengthens a drive."""
    return 1.0 if problem.hour_factors is None else problem.hour_factors[problem.local_hour(at)]


def door_seconds(rng: np.random.Generator, door: DoorTime, draws: int) -> Floats:
    """Draw how long a visit takes, (draws,)."""
    shares = np.array([case.share for case in door])
    which = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], rng.random(draws), side="right")
    lengths = np.stack([case.mean_s * varied(rng, case.cv, (draws,)) for case in door])
    return np.asarray(lengths[which, np.arange(draws)], dtype=np.float64)


def varied(rng: np.random.Generator, cv: float, shape: tuple[int, ...]) -> Floats:
    """Draw lognormal factors of mean one with this coefficient of variation."""
    sigma = np.sqrt(np.log1p(cv**2))
    return np.exp(rng.normal(-(sigma**2) / 2, sigma, shape)) if cv > 0 else np.ones(shape)


def quantiles(of: NDArray[Any]) -> tuple[float, float, float]:
    """Give the early, the middle and the late value."""
    low, middle, high = np.quantile(of, QUANTILES).tolist()
    return low, middle, high
