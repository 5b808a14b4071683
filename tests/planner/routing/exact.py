"""The best plan of a tiny problem by trying everything; shares no code with the solver."""

import math
from itertools import combinations, product

import numpy as np

from planner.routing import Lock, Problem, Shift

Best = dict[frozenset[int], float]

#: Times at which a crew may be ready, each with the breaks that it has taken, or does not owe.
State = list[tuple[int, frozenset[int]]]

#: Locks broken and gain of the best way to make a set of visits.
Ranked = dict[frozenset[int], tuple[int, float]]


def best_possible(problem: Problem) -> tuple[int, float]:
    """Required visits missing (as a negative number) and objective of the best plan."""
    _, missing, gain = best_kept(problem)
    return missing, gain


def best_kept(problem: Problem, *, free: bool = False) -> tuple[int, int, float]:
    """Locks broken, required or locked visits missing (as negative numbers) and objective of the best plan.

    The solver starts every shift at its beginning and takes breaks in order; ``free`` asks no more than the format.
    """
    locked = frozenset(v for v, visit in enumerate(problem.visits) if _lock(problem, visit.id))
    required = locked | frozenset(v for v, visit in enumerate(problem.visits) if visit.required)
    change = 0.0 if problem.published is None else problem.published.change_cost
    promised = {} if problem.published is None else problem.published.shift_of()
    plans: Ranked = {frozenset(): (0, -change * len(promised))}
    for shift in problem.shifts:
        merged = dict(plans)
        for (made, (kept, gain)), (more, (well, extra)) in product(
            plans.items(), _tours(problem, shift, free=free).items()
        ):
            if not made & more:
                both = made | more
                homes = [promised.get(problem.visits[v].id) for v in more]
                spared = change * (homes.count(shift.id) - homes.count(None))
                merged[both] = max(merged.get(both, (-99, 0.0)), (kept + well, gain + extra + spared))
        plans = merged
    return max(
        (kept - len(locked - made), len(made & required) - len(required), gain) for made, (kept, gain) in plans.items()
    )


def tours(problem: Problem, shift: Shift) -> Best:
    """The best gain of this shift for every set of visits that it can make."""
    return {made: gain for made, (_, gain) in _tours(problem, shift).items()}


def _lock(problem: Problem, visit: str) -> Lock | None:
    return next((one for one in problem.locks if one.visit == visit), None)


def _tours(problem: Problem, shift: Shift, *, free: bool = False) -> Ranked:
    breaks = [one for one in shift.breaks if one.opens >= shift.starts and one.closes + one.lasts_s <= shift.ends]
    breaks.sort(key=lambda one: (one.opens, one.closes, one.lasts_s))
    found: Ranked = {}
    most = len(problem.visits) if shift.max_stops is None else shift.max_stops
    ids = [one.id for one in problem.visits]
    foes = [{o for o, other in enumerate(ids) if (min(one, other), max(one, other)) in problem.apart} for one in ids]

    every = frozenset(range(len(breaks)))
    late = [frozenset(some) for n in range(len(breaks) + 1) for some in combinations(every, n)] if free else []

    def rest(ready: State) -> State:
        """All (time, breaks behind us) after taking none, one, ... of the next breaks now."""
        result = list(ready)
        for at, behind in result:
            ahead = sorted(every - behind)
            for k in ahead if free else ahead[:1]:
                begins = max(at, breaks[k].opens)
                if begins <= breaks[k].closes:
                    result.append((begins + breaks[k].lasts_s, behind | {k}))
        return result

    def driven(at: int, seconds: float) -> int:
        """The earliest arrival, leaving now or at one of the next full hours."""
        if problem.hour_factors is None:
            return at + math.ceil(seconds)
        hours = [at, *(h * 3600 for h in range(at // 3600 + 1, at // 3600 + 30))]
        return min(
            t + math.ceil(math.ceil(seconds) * problem.hour_factors[problem.local_hour(t)] - 1e-3) for t in hours
        )

    def drive(ready: State, a: int, b: int) -> State:
        seconds = problem.seconds[a, b]
        if np.isnan(seconds):
            return []
        return rest([(driven(at, seconds), behind) for at, behind in rest(ready)])

    def back_in_time(at: int, behind: frozenset[int]) -> bool:
        return at <= shift.ends and all(at < breaks[k].closes + breaks[k].lasts_s for k in every - behind)

    def go(place: int, ready: State, made: frozenset[int], kept: int, gain: float) -> None:
        home = drive(ready, place, shift.end_place)
        if made and any(back_in_time(*one) for one in home):
            whole = gain - problem.travel_cost_per_s * float(problem.seconds[place, shift.end_place])
            found[made] = max(found.get(made, (-99, 0.0)), (kept, whole))
        if len(made) >= most:
            return
        for v, visit in enumerate(problem.visits):
            lock = _lock(problem, visit.id)
            elsewhere = lock is not None and lock.shift != shift.id
            if v in made or foes[v] & made or elsewhere or not visit.needs <= shift.skills:
                continue
            astray = lock is not None and lock.position is not None and lock.position != len(made)
            for o, option in enumerate(visit.options):
                opens, closes = option.opens, option.closes
                if lock is not None and lock.begins is not None:
                    opens, closes = max(opens, lock.begins), min(closes, lock.begins)
                there = visit.place_in(o)
                door = [
                    (max(at, opens) + visit.service_in(o), behind)
                    for at, behind in drive(ready, place, there)
                    if max(at, opens) <= closes
                ]
                earliest: dict[frozenset[int], int] = {}
                for at, behind in door:
                    earliest[behind] = min(at, earliest.get(behind, at))
                if earliest:
                    cost = problem.travel_cost_per_s * float(problem.seconds[place, there])
                    go(
                        there,
                        [(at, behind) for behind, at in earliest.items()],
                        made | {v},
                        kept - astray,
                        gain + option.value - cost,
                    )

    start = [(max([shift.starts, *(breaks[k].opens + 1 for k in some)]), some) for some in late]
    go(shift.start_place, start or [(shift.starts, frozenset())], frozenset(), 0, 0.0)
    return found
