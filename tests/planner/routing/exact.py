"""The best plan of a tiny problem by trying everything; shares no code with the solver."""

import math
from itertools import product

import numpy as np

from planner.routing import Lock, Problem, Shift

Best = dict[frozenset[int], float]

#: Locks broken and gain of the best way to make a set of visits.
Ranked = dict[frozenset[int], tuple[int, float]]


def best_possible(problem: Problem) -> tuple[int, float]:
    """Required visits missing (as a negative number) and objective of the best plan."""
    _, missing, gain = best_kept(problem)
    return missing, gain


def best_kept(problem: Problem) -> tuple[int, int, float]:
    """Locks broken, required or locked visits missing (as negative numbers) and objective of the best plan."""
    locked = frozenset(v for v, visit in enumerate(problem.visits) if _lock(problem, visit.id))
    required = locked | frozenset(v for v, visit in enumerate(problem.visits) if visit.required)
    change = 0.0 if problem.published is None else problem.published.change_cost
    promised = {} if problem.published is None else problem.published.shift_of()
    plans: Ranked = {frozenset(): (0, -change * len(promised))}
    for shift in problem.shifts:
        merged = dict(plans)
        for (made, (kept, gain)), (more, (well, extra)) in product(plans.items(), _tours(problem, shift).items()):
            if not made & more:
                both = made | more
                for v in more:
                    home = promised.get(problem.visits[v].id)
                    extra += change if home == shift.id else -change if home is None else 0.0
                merged[both] = max(merged.get(both, (-99, 0.0)), (kept + well, gain + extra))
        plans = merged
    return max(
        (kept - len(locked - made), len(made & required) - len(required), gain) for made, (kept, gain) in plans.items()
    )


def tours(problem: Problem, shift: Shift) -> Best:
    """The best gain of this shift for every set of visits that it can make."""
    return {made: gain for made, (_, gain) in _tours(problem, shift).items()}


def _lock(problem: Problem, visit: str) -> Lock | None:
    return next((one for one in problem.locks if one.visit == visit), None)


def _tours(problem: Problem, shift: Shift) -> Ranked:
    breaks = [one for one in shift.breaks if one.opens >= shift.starts and one.closes + one.lasts_s <= shift.ends]
    breaks.sort(key=lambda one: (one.opens, one.closes, one.lasts_s))
    found: Ranked = {}
    most = len(problem.visits) if shift.max_stops is None else shift.max_stops

    def rest(ready: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """All (time, breaks taken) after taking none, one, ... of the next breaks now."""
        result = list(ready)
        for at, taken in result:
            if taken < len(breaks):
                begins = max(at, breaks[taken].opens)
                if begins <= breaks[taken].closes:
                    result.append((begins + breaks[taken].lasts_s, taken + 1))
        return result

    def driven(at: int, seconds: float) -> int:
        """The earliest arrival, leaving now or at one of the next full hours."""
        if problem.hour_factors is None:
            return at + math.ceil(seconds)
        hours = [at, *(h * 3600 for h in range(at // 3600 + 1, at // 3600 + 30))]
        return min(t + math.ceil(math.ceil(seconds) * problem.hour_factors[problem.local_hour(t)]) for t in hours)

    def drive(ready: list[tuple[int, int]], a: int, b: int) -> list[tuple[int, int]]:
        seconds = problem.seconds[a, b]
        if np.isnan(seconds):
            return []
        return rest([(driven(at, seconds), taken) for at, taken in rest(ready)])

    def back_in_time(at: int, taken: int) -> bool:
        return at <= shift.ends and all(at < one.closes + one.lasts_s for one in breaks[taken:])

    def go(place: int, ready: list[tuple[int, int]], made: frozenset[int], kept: int, gain: float) -> None:
        home = drive(ready, place, shift.end_place)
        if made and any(back_in_time(*one) for one in home):
            whole = gain - problem.travel_cost_per_s * float(problem.seconds[place, shift.end_place])
            found[made] = max(found.get(made, (-99, 0.0)), (kept, whole))
        if len(made) >= most:
            return
        for v, visit in enumerate(problem.visits):
            lock = _lock(problem, visit.id)
            if v in made or not visit.needs <= shift.skills or (lock is not None and lock.shift != shift.id):
                continue
            astray = lock is not None and lock.position is not None and lock.position != len(made)
            for o, option in enumerate(visit.options):
                opens, closes = option.opens, option.closes
                if lock is not None and lock.begins is not None:
                    opens, closes = max(opens, lock.begins), min(closes, lock.begins)
                there = visit.place_in(o)
                door = [
                    (max(at, opens) + visit.service_in(o), taken)
                    for at, taken in drive(ready, place, there)
                    if max(at, opens) <= closes
                ]
                earliest: dict[int, int] = {}
                for at, taken in door:
                    earliest[taken] = min(at, earliest.get(taken, at))
                if earliest:
                    cost = problem.travel_cost_per_s * float(problem.seconds[place, there])
                    go(
                        there,
                        [(at, k) for k, at in earliest.items()],
                        made | {v},
                        kept - astray,
                        gain + option.value - cost,
                    )

    go(shift.start_place, [(shift.starts, 0)], frozenset(), 0, 0.0)
    return found
