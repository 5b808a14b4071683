"""The best plan of a tiny problem by trying everything; shares no code with the solver."""

import math
from itertools import product

import numpy as np

from planner.routing import Problem, Shift

Best = dict[frozenset[int], float]


def best_possible(problem: Problem) -> tuple[int, float]:
    """Required visits missing (as a negative number) and objective of the best plan."""
    required = frozenset(v for v, visit in enumerate(problem.visits) if visit.required)
    plans: Best = {frozenset(): 0.0}
    for shift in problem.shifts:
        merged = dict(plans)
        for (made, gain), (more, extra) in product(plans.items(), tours(problem, shift).items()):
            if not made & more:
                both = made | more
                merged[both] = max(merged.get(both, -math.inf), gain + extra)
        plans = merged
    return max((len(made & required) - len(required), gain) for made, gain in plans.items())


def tours(problem: Problem, shift: Shift) -> Best:
    """The best gain of this shift for every set of visits that it can make."""
    breaks = [one for one in shift.breaks if one.opens >= shift.starts and one.closes + one.lasts_s <= shift.ends]
    breaks.sort(key=lambda one: (one.opens, one.closes, one.lasts_s))
    found: Best = {}
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

    def drive(ready: list[tuple[int, int]], a: int, b: int) -> list[tuple[int, int]]:
        seconds = problem.seconds[a, b]
        if np.isnan(seconds):
            return []
        return rest([(at + math.ceil(seconds), taken) for at, taken in rest(ready)])

    def back_in_time(at: int, taken: int) -> bool:
        return at <= shift.ends and all(at < one.closes + one.lasts_s for one in breaks[taken:])

    def go(place: int, ready: list[tuple[int, int]], made: frozenset[int], gain: float) -> None:
        home = drive(ready, place, shift.end_place)
        if made and any(back_in_time(*one) for one in home):
            whole = gain - problem.travel_cost_per_s * float(problem.seconds[place, shift.end_place])
            found[made] = max(found.get(made, -math.inf), whole)
        if len(made) >= most:
            return
        for v, visit in enumerate(problem.visits):
            if v in made or not visit.needs <= shift.skills:
                continue
            for o, option in enumerate(visit.options):
                there = visit.place_in(o)
                door = [
                    (max(at, option.opens) + visit.service_in(o), taken)
                    for at, taken in drive(ready, place, there)
                    if at <= option.closes
                ]
                earliest: dict[int, int] = {}
                for at, taken in door:
                    earliest[taken] = min(at, earliest.get(taken, at))
                if earliest:
                    cost = problem.travel_cost_per_s * float(problem.seconds[place, there])
                    go(there, [(at, k) for k, at in earliest.items()], made | {v}, gain + option.value - cost)

    go(shift.start_place, [(shift.starts, 0)], frozenset(), 0.0)
    return found
