"""One shift in a model for CP-SAT: a round over the nodes it may take, with its times, breaks and locked positions.

An arc is a leg, a loop leaves a node out, and the loop of the base keeps the crew at home. Times are whole seconds; a
leg ties the moments of its two stops, hour by hour of the departure where some hours are slower. A break is taken at
one door, before or after the visit there, at the base too: for each of these places a literal says whether.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from planner.routing.compiled.layout import HOUR_S
from planner.routing.hours import Hours
from planner.routing.instance import NO_ROAD_S, Instance
from planner.routing.ortools_model import Model, no

#: The crew's base; its stops follow.
BASE = 0


class Moment(NamedTuple):
    """A time: a variable, or none where it is known, and seconds after it."""

    variable: int | None
    after: int


class _Door(NamedTuple):
    """When the crew comes to a door, when the visit begins and ends, and when the crew is ready to drive on."""

    arrives: Moment
    begins: Moment
    served: Moment
    departs: Moment


@dataclass(frozen=True)
class Round:
    """A shift in the model.

    Parameters
    ----------
    nodes
        The nodes it may take; in the circuit they are numbered from 1 on, behind the base.
    legs
        The literal of each leg, by the numbers of its ends.
    made
        The literal of each node.
    astray
        The literal of each node whose visit is locked to a position: that it stands elsewhere.
    """

    shift: int
    nodes: tuple[int, ...]
    legs: dict[tuple[int, int], int]
    made: tuple[int, ...]
    astray: dict[int, int]

    def order(self, values: Sequence[int]) -> list[int]:
        """Give the nodes of the round in order, from the values of all variables."""
        following = {tail: head for (tail, head), literal in self.legs.items() if values[literal]}
        found, at = [], following.get(BASE, BASE)
        while at != BASE:
            found.append(self.nodes[at - 1])
            at = following[at]
        return found


def possible_legs(instance: Instance, shift: int, nodes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the legs of a shift over some nodes that a road and the windows allow, as numbers in its round."""
    one, at = instance.problem.shifts[shift], np.asarray(nodes, dtype=np.int64)
    place = np.concatenate(([one.start_place], instance.place[at]))
    to = np.concatenate(([one.end_place], instance.place[at]))
    leaves = np.concatenate(([one.starts], np.maximum(instance.opens[at], one.starts) + instance.service_s[at]))
    by = np.concatenate(([one.ends], np.minimum(instance.closes[at], one.ends - instance.service_s[at])))
    visit = np.concatenate(([-1], instance.visit[at]))
    legs = instance.travel_s[np.ix_(place, to)]
    fastest = 1.0 if instance.hours is None else min(instance.hours.factors)
    possible = (legs < NO_ROAD_S) & (leaves[:, None] + np.ceil(legs * fastest) <= by[None, :])
    yield from map(tuple, np.argwhere(possible & (visit[:, None] != visit[None, :])).tolist())


def shift_round(model: Model, instance: Instance, shift: int, nodes: Sequence[int], *, free: bool) -> Round:
    """Write the round of a shift over some nodes into the model.

    ``free`` lets breaks be taken in any order, and spares those that opened before the crew left, as the format does;
    ``tour`` is stricter.
    """
    owed, one = instance.layers[shift], instance.problem.shifts[shift]
    legs = {ends: model.literal() for ends in possible_legs(instance, shift, nodes)}
    made = tuple(model.literal() for _ in nodes)
    out = model.literal()
    loops = [(k, k, no(literal)) for k, literal in enumerate((out, *made))]
    model.circuit([(tail, head, literal) for (tail, head), literal in legs.items()] + loops)
    for literal in made:
        model.any_of([out], only_if=[literal])
    if one.max_stops is not None and one.max_stops < len(nodes):
        model.linear([(literal, 1) for literal in made], 0, one.max_stops)
    doors = _doors(model, instance, shift, nodes)
    _drive(model, instance, shift, nodes, doors, legs)
    if owed.breaks:
        _breaks(model, instance, shift, doors, (out, *made), free=free)
    _day(model, instance, shift, nodes, legs)
    return Round(shift, tuple(nodes), legs, made, _positions(model, instance, nodes, legs, made))


def _doors(model: Model, instance: Instance, shift: int, nodes: Sequence[int]) -> list[_Door]:
    """Give the moments at the base (it is left first and reached last) and at each door.

    Without breaks and slower hours a crew begins as it comes and leaves as it is done: one variable serves for all.
    """
    one = instance.problem.shifts[shift]
    plain = not instance.layers[shift].breaks and instance.hours is None
    starts, ends = Moment(None, one.starts), Moment(model.integer(one.starts, one.ends), 0)
    if plain:
        doors = [_Door(ends, ends, starts, starts)]
    else:
        home, leaves = (Moment(model.integer(one.starts, one.ends), 0) for _ in range(2))
        after(model, ends, home)
        doors = [_Door(home, ends, starts, leaves)]
    for node in nodes:
        service = int(instance.service_s[node])
        earliest, latest = (
            max(int(instance.opens[node]), one.starts),
            min(int(instance.closes[node]), one.ends - service),
        )
        begins = Moment(model.integer(earliest, max(earliest, latest)), 0)
        served = Moment(begins.variable, service)
        if plain:
            doors.append(_Door(begins, begins, served, served))
        else:
            arrives, departs = (Moment(model.integer(one.starts, one.ends), 0) for _ in range(2))
            after(model, begins, arrives)
            after(model, departs, served)
            doors.append(_Door(arrives, begins, served, departs))
    return doors


def after(model: Model, later: Moment, sooner: Moment, by: int = 0, only_if: Sequence[int] = ()) -> None:
    """Let a moment be at least so many seconds after another, wherever all of some literals hold."""
    terms = [(one.variable, sign) for one, sign in ((later, 1), (sooner, -1)) if one.variable is not None]
    least = sooner.after + by - later.after
    if terms:
        model.linear(terms, least, only_if=only_if)
    elif least > 0:
        model.any_of([no(literal) for literal in only_if])


def _drive(
    model: Model,
    instance: Instance,
    shift: int,
    nodes: Sequence[int],
    doors: Sequence[_Door],
    legs: Mapping[tuple[int, int], int],
) -> None:
    """Tie the doors at both ends of every leg; where hours differ, the leg takes what the hour of departure asks."""
    one, place = instance.problem.shifts[shift], [int(instance.place[node]) for node in nodes]
    starts, ends = [one.start_place, *place], [one.end_place, *place]
    stretches = list(_stretches(instance.hours, one.starts, one.ends)) if instance.hours is not None else []
    departs_in = [[model.literal() for _ in stretches] for _ in doors]
    for door, literals in zip(doors, departs_in, strict=True):
        for (first, last, _), literal in zip(stretches, literals, strict=True):
            assert door.departs.variable is not None, "with hours no departure is known beforehand"
            model.linear([(door.departs.variable, 1)], first, last, only_if=[literal])
        if literals:
            model.one_of(literals, exactly=True)
    for (tail, head), literal in legs.items():
        leg = float(instance.travel_s[starts[tail], ends[head]])
        if not stretches:
            after(model, doors[head].arrives, doors[tail].departs, int(leg), only_if=[literal])
        for (_, _, factor), within in zip(stretches, departs_in[tail], strict=True):
            after(model, doors[head].arrives, doors[tail].departs, int(np.ceil(leg * factor)), [literal, within])


def _stretches(hours: Hours, first: int, last: int) -> Iterator[tuple[int, int, float]]:
    """Give the stretches of a shift in which one factor holds: first second, last second, factor."""
    at = first
    while at <= last:
        factor, ends = hours.factors[(hours.into_day + at) // HOUR_S % 24], at
        while ends <= last and hours.factors[(hours.into_day + ends) // HOUR_S % 24] == factor:
            ends += HOUR_S - (hours.into_day + ends) % HOUR_S
        yield at, min(ends - 1, last), factor
        at = ends


def _breaks(
    model: Model, instance: Instance, shift: int, doors: Sequence[_Door], made: Sequence[int], *, free: bool
) -> None:
    """Place the breaks, each at one door that is visited, or not at all: the crew is back before it would be owed."""
    sooner: list[tuple[int, Moment, Moment]] = []
    for pause in instance.layers[shift].breaks:
        begins, taken = Moment(model.integer(pause.opens, pause.closes), 0), model.literal()
        ends, spared = Moment(begins.variable, pause.lasts_s), [no(taken)]
        for door, visited in zip(doors, made, strict=True):
            for earliest, latest in ((door.arrives, door.begins), (door.served, door.departs)):
                here = model.literal()
                model.any_of([visited], only_if=[here])
                after(model, begins, earliest, only_if=[here])
                after(model, latest, ends, only_if=[here])
                spared.append(here)
        model.one_of(spared, exactly=True)
        back, late = model.literal(), model.literal()
        after(model, Moment(None, pause.closes + pause.lasts_s - 1), doors[BASE].begins, only_if=[back])
        after(model, doors[BASE].departs, Moment(None, pause.opens + 1), only_if=[late])
        model.any_of([taken, back, late] if free else [taken, back], only_if=[made[BASE]])
        for other, other_begins, other_ends in sooner if free else sooner[-1:]:
            if free:
                first = model.literal()
                after(model, other_begins, ends, only_if=[taken, other, first])
                after(model, begins, other_ends, only_if=[taken, other, no(first)])
            else:
                model.any_of([other], only_if=[taken])
                after(model, begins, other_ends, only_if=[taken])
        sooner.append((taken, begins, ends))


def _positions(
    model: Model,
    instance: Instance,
    nodes: Sequence[int],
    legs: Mapping[tuple[int, int], int],
    made: Sequence[int],
) -> dict[int, int]:
    """Count the stops where a lock wants a position; gives for such nodes the literal that they stand elsewhere."""
    wanted = {k: int(instance.position[instance.visit[node]]) for k, node in enumerate(nodes)}
    wanted = {k: position for k, position in wanted.items() if position >= 0}
    if not wanted:
        return {}
    stands = [model.integer(0, len(nodes)) for _ in nodes]
    for (tail, head), literal in legs.items():
        if head != BASE and tail == BASE:
            model.linear([(stands[head - 1], 1)], 0, 0, only_if=[literal])
        elif head != BASE:
            model.linear([(stands[head - 1], 1), (stands[tail - 1], -1)], 1, 1, only_if=[literal])
    astray = {}
    for k, position in wanted.items():
        astray[k] = model.literal()
        model.linear([(stands[k], 1)], position, position, only_if=[made[k], no(astray[k])])
    return astray


def _day(
    model: Model, instance: Instance, shift: int, nodes: Sequence[int], legs: Mapping[tuple[int, int], int]
) -> None:
    """Say in one sum that legs, services and the waiting they force fit into the shift.

    The single moments imply it, but CP-SAT's linear relaxation does not see that: with it, routes of sixteen stops
    are proven that were not before.
    """
    one, at = instance.problem.shifts[shift], np.asarray(nodes, dtype=np.int64)
    places, service = instance.place[at].tolist(), instance.service_s[at].astype(int)
    starts, ends, stays = [one.start_place, *places], [one.end_place, *places], [0, *service.tolist()]
    opens = [one.starts, *np.maximum(instance.opens[at], one.starts).astype(int).tolist()]
    leaves_by = [one.starts, *(instance.closes[at].astype(int) + service).tolist()]
    fastest = 1.0 if instance.hours is None else min(instance.hours.factors)
    lasts = []
    for (tail, head), literal in legs.items():
        leg = int(np.ceil(float(instance.travel_s[starts[tail], ends[head]]) * fastest))
        waits = opens[head] - leaves_by[tail] if head != BASE else 0
        lasts.append((literal, stays[tail] + max(leg, waits)))
    model.linear(lasts, 0, one.ends - one.starts)
