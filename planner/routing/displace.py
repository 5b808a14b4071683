"""Whose place a visit left out would take, where they would go, and what the plan would lose, each as tried.

Two exchanges are known of each visit (``look``): one by the worth of those who make room, one by what of it would not
come back. Of each, the changed routes are built by ``tour``: the visit in place of its neighbours, then each of these,
the dearest first, at its best place on a shift that is still as it was, if that gains anything. The better one is told.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from planner.routing.changes import Change, Kind, Moved, tried
from planner.routing.compiled.exchange import Exchanges
from planner.routing.greedy import astray
from planner.routing.look import Looked
from planner.routing.tour import Tour, tour

#: So much less than what was tried, as a share, a value by the prices of a proof must be to be told.
WORTH_TELLING = 0.05


def exchanged(of: Looked, visit: int) -> Change | None:
    """Give the better of the exchanges that bring a visit into the plan; None if there is none."""
    best: Change | None = None
    found = sorted(((_hoped(of, one, visit), k, one) for k, one in enumerate((of.by_worth, of.by_toll))), reverse=True)
    for hoped, _, one in found:
        if hoped == -math.inf or (best is not None and hoped <= best.gain):
            break
        change = _displacing(of, one, visit)
        if change is not None and (best is None or change.gain > best.gain):
            best = change
    if best is None or not of.priced:
        return best
    node = of.by_toll.at[visit, 1]
    least = float(of.instance.value[node] - of.by_toll.gain[visit])
    useful = best.gain < 0 and of.by_toll.gain[visit] < 0 and least < (1.0 - WORTH_TELLING) * best.break_even
    return replace(best, least_value=least) if useful else best


def _hoped(of: Looked, found: Exchanges, visit: int) -> float:
    """Give what an exchange gains if everybody who makes room goes to his best place elsewhere."""
    out = removed(of, found, visit)
    back = of.elsewhere.gain[out] + found.toll[out] - of.by_worth.toll[out]
    return float(found.gain[visit] + back.sum())


def removed(of: Looked, found: Exchanges, visit: int) -> np.ndarray:
    """Give the visits that make room."""
    shift, _, before, behind, _ = found.at[visit].tolist()
    nodes = of.tours[shift].nodes[before : behind - 1] if shift >= 0 else ()
    return of.instance.visit[list(nodes)]


def _route(of: Looked, found: Exchanges, visit: int) -> tuple[int, ...]:
    """Give the nodes of the changed route in order."""
    shift, node, before, behind, gap = found.at[visit].tolist()
    now = of.tours[shift].nodes
    stay = (*now[:before], *now[behind - 1 :])
    return (*stay[:gap], node, *stay[gap:])


def _displacing(of: Looked, found: Exchanges, visit: int) -> Change | None:
    """Try an exchange and what comes of it; None where it cannot be."""
    shift, node = found.at[visit, :2].tolist()
    out = removed(of, found, visit)
    change = tried(of, Kind.IN_PLACE, shift, _route(of, found, visit), node)
    if change is None or of.instance.locked[out].any():
        return None
    gain, told, touched = change.gain, list[Moved](), {shift}
    for v in sorted(out.tolist(), key=lambda v: -of.elsewhere.gain[v]):
        there = int(of.elsewhere.at[v, 0])
        built = moved(of, v) if there >= 0 and there not in touched else None
        if built is not None:
            gain += built.gain - of.tours[there].gain
            touched.add(there)
            on = of.instance.problem.shifts[there].id
            told.append(Moved(_name(of, v), on, _names(of, removed(of, of.elsewhere, v))))
    return replace(
        change,
        gain=gain,
        displaced=_names(of, out),
        moved=tuple(told),
        break_even=change.break_even + change.gain - gain,
    )


def moved(of: Looked, visit: int) -> Tour | None:
    """Build the route of the best place elsewhere; None where that does not do what it promised."""
    shift = int(of.elsewhere.at[visit, 0])
    now, built = of.tours[shift], tour(of.instance, shift, _route(of, of.elsewhere, visit))
    good = built is not None and built.gain > now.gain and astray(of.instance, built) <= astray(of.instance, now)
    return built if good else None


def _name(of: Looked, visit: int) -> str:
    return of.instance.problem.visits[visit].id


def _names(of: Looked, visits: np.ndarray) -> tuple[str, ...]:
    return tuple(_name(of, visit) for visit in visits.tolist())
