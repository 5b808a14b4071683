"""How the rest of a route goes from where the crew is now: the chance that each stop is still made, and the return.

The same days are drawn as in ``finish``: slower and quicker roads, nobody, somebody else or the debtor at a door. What
is new is what is known: the crew left its last door at a stated time, and the next visit is not reported yet, so in no
drawn day is it over before now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.finish import DoorTime, TravelSpread, door_seconds, quantiles, varied


@dataclass(frozen=True)
class Ahead:
    """A stop that is not reported yet: the drive to it as planned, rests before it, its window and its door. Seconds.

    ``opens`` and ``closes`` count from the same origin as all times of the route; ``rest_from`` is before which no rest
    begins.
    """

    drive_s: float
    opens: float
    closes: float
    door: DoorTime
    rest_s: float = 0.0
    rest_from: float = 0.0


@dataclass(frozen=True)
class Underway:
    """What is left of a route: chance by stop that it is made, when each begins (early, middle, late), and the return.

    ``made`` is (draws, stops): on which days which stop is made, so that chances of several together can be told.
    ``overtime_s`` is how much later than the end of the shift the crew is back, in the mean.
    """

    made: NDArray[np.bool_]
    begins: tuple[tuple[float, float, float], ...]
    returns: tuple[float, float, float]
    in_time: float
    overtime_s: float

    def chance(self, stops: Sequence[int]) -> float:
        """Give the chance that all of these stops are made; 1 for none."""
        return float(self.made[:, list(stops)].all(axis=1).mean()) if stops else 1.0


def rest_of_route(
    ahead: Sequence[Ahead],
    *,
    free_from: float,
    now: float,
    home_s: float,
    ends: float,
    spread: TravelSpread,
    draws: int = 1_000,
    seed: int = 1,
) -> Underway:
    """Draw the rest of a route.

    Parameters
    ----------
    free_from
        When the crew left its last door, or leaves the start.
    now
        The next visit is not over before it.
    home_s
        The drive back from the last stop.
    ends
        When the shift ends: a visit that would begin later is not made.

    Examples
    --------
    >>> from planner.routing.finish import Case
    >>> calm = TravelSpread(0.0, 0.0)
    >>> found = rest_of_route(
    ...     [Ahead(600, 0, 9_000, (Case(1.0, 600.0),)), Ahead(600, 0, 2_000, (Case(1.0, 600.0),))],
    ...     free_from=0, now=0, home_s=600, ends=10_000, spread=calm)
    >>> found.chance([0]), found.chance([1]), found.returns[1]
    (1.0, 1.0, 3000.0)
    """
    rng = np.random.default_rng(seed)
    day = varied(rng, spread.day_cv, (draws, 1))
    slow = day * varied(rng, spread.leg_cv, (draws, len(ahead) + 1))
    at = np.full(draws, float(free_from))
    made, begins = np.zeros((draws, len(ahead)), dtype=bool), []
    for number, stop in enumerate(ahead):
        if stop.rest_s > 0:
            at = np.maximum(at, stop.rest_from) + stop.rest_s
        at = at + stop.drive_s * slow[:, number]
        starts = np.maximum(at, stop.opens)
        made[:, number] = (starts <= stop.closes) & (starts <= ends)
        length = door_seconds(rng, stop.door, draws)
        at = np.where(made[:, number], starts + length, at)
        if number == 0:
            at = np.maximum(at, now)
        begins.append(quantiles(starts))
    back = at + home_s * slow[:, -1]
    over = float(np.maximum(back - ends, 0).mean())
    return Underway(made, tuple(begins), quantiles(back), float((back <= ends).mean()), over)
