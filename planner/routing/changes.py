"""The smallest change that would bring a visit into a plan, each tried by building the route that it gives.

What might do is found by compiled code for all visits at once (``look``). Here the changed route is built anew by
``tour``, which shares nothing with that; what does not come out as promised is not proposed. The changes are tried from
the least to the greatest: one stop more, up to two hours more, a skill, a shift more. The windows of a visit are never
among them: a window that is missing was removed by a rule, a hold or an accommodation. What it would mean to make the
visit in place of others is weighed in the same way (``displace``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from planner.routing.compiled.layout import NEVER
from planner.routing.compiled.reach import ALONE, FULL, ROOM, SKILL, Lacking
from planner.routing.greedy import astray
from planner.routing.instance import Instance, layers
from planner.routing.look import Looked
from planner.routing.problem import Shift
from planner.routing.tour import Tour, tour


class Kind(StrEnum):
    """What is changed."""

    MORE_STOPS = "more_stops"
    LONGER = "longer"
    SKILL = "skill"
    IN_PLACE = "in_place"
    SHIFT_MORE = "shift_more"


@dataclass(frozen=True)
class Moved:
    """A visit that made room and is then made on another shift, in place of visits that are left out for it."""

    visit: str
    shift: str
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A change with which the plan holds a visit, as tried.

    Parameters
    ----------
    shift
        The shift that is changed, or like which another is added.
    gain
        What the objective gains by it, the cost of the change itself not counted; negative for a loss.
    minutes
        By which the shift is lengthened at its end.
    stops
        The largest number of stops that the shift then needs, None where that does not change.
    skills
        What the crew lacks.
    displaced
        The visits whose place it takes.
    moved
        Those of them that are then made elsewhere.
    break_even
        The value from which the plan would lose nothing by it.
    least_value
        About the value from which it could pay by the prices of a proof, an estimate; None where they say nothing more.
    """

    kind: Kind
    shift: str
    gain: float
    minutes: int = 0
    stops: int | None = None
    skills: frozenset[str] = frozenset()
    displaced: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()
    break_even: float = 0.0
    least_value: float | None = None


def fitting(of: Looked, visit: int) -> Change | None:
    """Give what the plan would gain or lose by making a visit that fits now; None where the trial refuses it."""
    shift, node, gap = of.seen.fit_at[visit].tolist()
    if shift < 0:
        return None
    now = of.tours[shift].nodes
    return tried(of, Kind.IN_PLACE, shift, (*now[:gap], node, *now[gap:]), node)


def smallest_change(of: Looked, visit: int) -> Change | None:
    """Give the smallest change that makes room for a visit and displaces nobody, or a shift more; None if none does."""
    for kind, column, minutes in _proposals(of.found, visit):
        if kind == Kind.SHIFT_MORE and of.instance.locked[visit]:
            continue  # its lock keeps it off any other shift
        shift, node, gap = of.found.at[column, visit].tolist()
        now = () if kind == Kind.SHIFT_MORE else of.tours[shift].nodes
        nodes = (*now[:gap], node, *now[gap:])
        change = tried(of, kind, shift, nodes, node, minutes=minutes)
        if change is not None and (change.gain > 0 or of.instance.required[visit]):
            return change
    return None


def _proposals(found: Lacking, visit: int) -> Iterator[tuple[Kind, int, int]]:
    """Give what could be tried: the kind of change, where it was found, and the minutes more."""
    room, full, skill, alone = found.minutes[:, visit].tolist()
    if full == 0:
        yield Kind.MORE_STOPS, FULL, 0
    if 0 < room < NEVER:
        yield Kind.LONGER, ROOM, room
    if 0 < full < NEVER:
        yield Kind.MORE_STOPS, FULL, full
    if skill < NEVER:
        yield Kind.SKILL, SKILL, skill
    if alone < NEVER:
        yield Kind.SHIFT_MORE, ALONE, alone % (NEVER // 2)


def tried(of: Looked, kind: Kind, shift: int, nodes: Sequence[int], node: int, *, minutes: int = 0) -> Change | None:
    """Build the route on the shift changed as the kind says; None where it cannot be made."""
    plain, visit = of.instance.problem.shifts[shift], of.instance.problem.visits[of.instance.visit[node]]
    stops = len(nodes) if kind == Kind.MORE_STOPS else plain.max_stops
    lacks = visit.needs - plain.skills if kind in (Kind.SKILL, Kind.SHIFT_MORE) else frozenset[str]()
    changed = replace(plain, ends=plain.ends + 60 * minutes, max_stops=stops, skills=plain.skills | lacks)
    built = _built(of.instance, shift, changed, nodes)
    if built is None or not visit.needs <= changed.skills:
        return None
    alone = kind == Kind.SHIFT_MORE
    if not alone and astray(of.instance, _with_nodes(built, nodes)) > astray(of.instance, of.tours[shift]):
        return None
    gain = built.gain - (0.0 if alone else of.tours[shift].gain)
    if alone and of.instance.home is not None and of.instance.home[of.instance.visit[node]] == shift:
        # A shift like the published one is another shift.
        gain -= float(of.instance.worth(shift, [node])[0] - of.instance.value[node])
    return Change(
        kind,
        plain.id,
        gain,
        minutes=minutes,
        stops=stops if kind == Kind.MORE_STOPS else None,
        skills=lacks,
        break_even=float(of.instance.value[node]) - gain,
    )


def _built(instance: Instance, shift: int, changed: Shift, nodes: Sequence[int]) -> Tour | None:
    """Build a route on a changed shift; its nodes are numbered from 0."""
    at = np.array(nodes, dtype=np.int64)
    shifts = instance.problem.shifts
    part = replace(
        instance,
        problem=replace(instance.problem, shifts=(*shifts[:shift], changed, *shifts[shift + 1 :])),
        layers=(*instance.layers[:shift], layers(changed), *instance.layers[shift + 1 :]),
        visit=instance.visit[at],
        place=instance.place[at],
        service_s=instance.service_s[at],
        opens=instance.opens[at],
        closes=instance.closes[at],
        value=instance.value[at],
    )
    return tour(part, shift, range(len(nodes)))


def _with_nodes(built: Tour, nodes: Sequence[int]) -> Tour:
    return replace(built, nodes=tuple(nodes))
