"""Why a visit cannot be made where somebody wants it, and the smallest changes with which it could."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.editing.commands import Add, Command, Hours, Move, Refusal, Why
from planner.editing.draft import Draft, best_place, nodes_on, placed, taken_out
from planner.routing.greedy import astray
from planner.routing.instance import NEVER, NO_ROAD_S, Instance, layers
from planner.routing.tour import insertions, tour

#: a shift is not proposed to be lengthened by more than this, in such steps
MOST_MIN, STEP_MIN = 120, 5


def why_not(of: Draft, command: Move | Add, target: int | None) -> Refusal:
    """Say why a visit does not fit; ``target`` None asks of all shifts."""
    name = command.visit
    one = of.visit(name)
    windows = tuple((option.opens, option.closes) for option in one.options)
    if not one.options:
        return Refusal(Why.NO_OPTION, (name,), takes=())
    shifts = of.problem.shifts if target is None else (of.problem.shifts[target],)
    shift = "" if target is None else shifts[0].id
    skilled = [each for each in shifts if one.needs <= each.skills]
    elsewhere = _elsewhere(of, command, target)
    if not skilled:
        lacking = min((tuple(sorted(one.needs - each.skills)) for each in shifts), key=len, default=())
        return Refusal(Why.SKILL, (name,), shift, skills=lacking, takes=elsewhere)
    if target is None:
        return _nowhere(of, command, windows)
    met = tuple(sorted(of.kept.rivals(name) & set(of.stops(target))))
    if met:
        return Refusal(Why.APART, met, shift, takes=elsewhere)
    if not nodes_on(of, name, target):
        return Refusal(Why.CLOSED, (name,), shift, windows=windows, takes=elsewhere)
    nodes = nodes_on(of, name, target)
    instance, plain = of.instance, shifts[0]
    places = instance.place[nodes]
    roads = instance.travel_s[plain.start_place, places] + instance.travel_s[places, plain.end_place]
    if (roads >= NO_ROAD_S).all():
        return Refusal(Why.NO_ROAD, (name,), shift, takes=elsewhere)
    most = plain.max_stops
    away = of if name not in of.at else taken_out(of, [name]) or of
    takes = [*_gap(away, command, target), *_exchange(away, command, target), *elsewhere]
    if most is not None and len(away.tours[target].nodes) >= most:
        return Refusal(Why.FULL, (name,), shift, takes=tuple(takes))
    minutes, longer = _longer(away, command, target)
    return Refusal(
        Why.NO_ROOM, (name,), shift, minutes=minutes, windows=windows, takes=(*takes[:1], *longer, *takes[1:])
    )


def _nowhere(of: Draft, command: Move | Add, windows: tuple[tuple[int, int], ...]) -> Refusal:
    """Say of a visit that fits on no shift what would make room for it."""
    name = command.visit
    able = [s for s in range(len(of.tours)) if nodes_on(of, name, s)]
    if not able:
        return Refusal(Why.CLOSED, (name,), windows=windows)
    takes = [one for s in able for one in _exchange(of, command, s)]
    long = [_longer(of, command, s) for s in able]
    least = min((one for one in long if one[0] is not None), key=lambda one: one[0] or 0, default=(None, ()))
    best = sorted(takes, key=lambda way: -_worth(of, way))[:1]
    return Refusal(Why.NO_ROOM, (name,), minutes=least[0], windows=windows, takes=(*least[1], *best))


def _worth(of: Draft, way: tuple[Command, ...]) -> float:
    """Give by how little the visits that make room are worth: only to choose whom to propose."""
    names = [one for command in way if isinstance(command, Move | Add) for one in command.instead_of]
    return -sum(float(of.instance.value[of.tours[s].nodes[k]]) for s, k in (of.at[name] for name in names))


def _again(command: Move | Add, **changes: object) -> Move | Add:
    return replace(command, **changes)  # type: ignore[arg-type]


def _gap(of: Draft, command: Move | Add, target: int) -> list[tuple[Command, ...]]:
    """Propose another position on the same shift."""
    if command.position is None or placed(of, command.visit, target) is None:
        return []
    return [(_again(command, position=None),)]


def _elsewhere(of: Draft, command: Move | Add, target: int | None) -> tuple[tuple[Command, ...], ...]:
    """Propose the shift on which the visit earns most."""
    away = of if command.visit not in of.at else taken_out(of, [command.visit])
    if away is None or target is None:
        return ()
    barred = [target] if command.visit not in of.at else [target, of.at[command.visit][0]]
    made = best_place(away, command.visit, but=barred)
    if made is None:
        return ()
    return ((_again(command, shift=of.problem.shifts[made.shift].id, position=None, instead_of=(), moved=()),),)


def _exchange(of: Draft, command: Move | Add, target: int) -> list[tuple[Command, ...]]:
    """Propose the one stop whose leaving makes room and costs least; required and locked ones stay."""
    name, found = command.visit, list[tuple[float, str]]()
    for other in of.stops(target):
        number = of.number[other]
        if of.instance.required[number] or of.instance.locked[number]:
            continue
        cleared = taken_out(of, [other])
        made = None if cleared is None else placed(cleared, name, target)
        if made is not None and astray(of.instance, made) == 0:
            found.append((made.gain, other))
    if not found:
        return []
    shift = of.problem.shifts[target].id
    return [(_again(command, shift=shift, position=None, instead_of=(max(found)[1],), moved=()),)]


def _longer(of: Draft, command: Move | Add, target: int) -> tuple[int | None, tuple[tuple[Command, ...], ...]]:
    """Give by how many minutes the shift would have to end later, and the commands that do it."""
    shift, nodes = of.problem.shifts[target], np.array(nodes_on(of, command.visit, target), dtype=np.int64)
    for minutes in range(STEP_MIN, MOST_MIN + 1, STEP_MIN) if len(nodes) else ():
        changed = _lengthened(of.instance, target, 60 * minutes)
        now = tour(changed, target, of.tours[target].nodes)
        found = None if now is None else insertions(changed, now, nodes)
        if found is not None and (found.added_s < NEVER).any():
            later = Hours(shift.id, shift.starts, shift.ends + 60 * minutes, fill=False)
            return minutes, ((later, _again(command, shift=shift.id, position=None)),)
    return None, ()


def _lengthened(instance: Instance, target: int, by_s: int) -> Instance:
    """Give the instance with one shift that ends later."""
    shifts = instance.problem.shifts
    changed = replace(shifts[target], ends=shifts[target].ends + by_s)
    problem = replace(instance.problem, shifts=(*shifts[:target], changed, *shifts[target + 1 :]))
    owed = (*instance.layers[:target], layers(changed), *instance.layers[target + 1 :])
    return replace(instance, problem=problem, layers=owed)
