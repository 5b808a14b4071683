"""The times of a shift in a model for CP-SAT: when each door is reached, served and left, and where breaks are taken.

Times are whole seconds. A leg ties the moments of its two doors, hour by hour of the departure where some hours are
slower. A break is taken at one door, before or after the visit there, at the base too: for each of these places a
literal says whether.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from planner.routing.compiled.layout import HAIR_S, HOUR_S
from planner.routing.hours import Hours
from planner.routing.instance import Instance
from planner.routing.ortools_model import Model, no

#: The crew's base in a round; its stops follow.
BASE = 0


class Moment(NamedTuple):
    """A time: a variable, or none where it is known, and seconds after it."""

    variable: int | None
    after: int


class Door(NamedTuple):
    """When the crew comes to a door, when the visit begins and ends, and when the crew is ready to drive on."""

    arrives: Moment
    begins: Moment
    served: Moment
    departs: Moment


def places(instance: Instance, shift: int, nodes: Sequence[int]) -> tuple[list[int], list[int]]:
    """Give the places from which the legs of a round lead and those to which they do, the base first."""
    one, at = instance.problem.shifts[shift], instance.place[np.asarray(nodes, dtype=np.int64)].tolist()
    return [one.start_place, *at], [one.end_place, *at]


def doors(model: Model, instance: Instance, shift: int, nodes: Sequence[int]) -> list[Door]:
    """Give the moments at the base (it is left first and reached last) and at each door.

    Without breaks and slower hours a crew begins as it comes and leaves as it is done: one variable serves for all.
    """
    one = instance.problem.shifts[shift]
    plain = not instance.layers[shift].breaks and instance.hours is None
    starts, ends = Moment(None, one.starts), Moment(model.integer(one.starts, one.ends), 0)
    if plain:
        found = [Door(ends, ends, starts, starts)]
    else:
        home, leaves = (Moment(model.integer(one.starts, one.ends), 0) for _ in range(2))
        after(model, ends, home)
        found = [Door(home, ends, starts, leaves)]
    for node in nodes:
        service, earliest = int(instance.service_s[node]), max(int(instance.opens[node]), one.starts)
        # A visit longer than the shift is never made, but its moments must not contradict each other.
        latest = max(earliest, min(int(instance.closes[node]), one.ends - service))
        begins = Moment(model.integer(earliest, latest), 0)
        served = Moment(begins.variable, service)
        if plain:
            found.append(Door(begins, begins, served, served))
        else:
            arrives = Moment(model.integer(one.starts, latest), 0)
            departs = Moment(model.integer(one.starts, max(one.ends, earliest + service)), 0)
            after(model, begins, arrives)
            after(model, departs, served)
            found.append(Door(arrives, begins, served, departs))
    return found


def after(model: Model, later: Moment, sooner: Moment, by: int = 0, only_if: Sequence[int] = ()) -> None:
    """Let a moment be at least so many seconds after another, wherever all of some literals hold."""
    terms = [(one.variable, sign) for one, sign in ((later, 1), (sooner, -1)) if one.variable is not None]
    least = sooner.after + by - later.after
    if terms:
        model.linear(terms, least, only_if=only_if)
    elif least > 0:
        model.any_of([no(literal) for literal in only_if])


def drive(
    model: Model,
    instance: Instance,
    shift: int,
    nodes: Sequence[int],
    at: Sequence[Door],
    legs: Mapping[tuple[int, int], int],
) -> None:
    """Tie the doors at both ends of every leg; where hours differ, the leg takes what the hour of departure asks."""
    one, (origins, goals) = instance.problem.shifts[shift], places(instance, shift, nodes)
    stretches = list(_stretches(instance.hours, one.starts, one.ends)) if instance.hours is not None else []
    departs_in = [[model.literal() for _ in stretches] for _ in at]
    for door, literals in zip(at, departs_in, strict=True):
        for (first, last, _), literal in zip(stretches, literals, strict=True):
            assert door.departs.variable is not None, "with hours no departure is known beforehand"
            model.linear([(door.departs.variable, 1)], first, last, only_if=[literal])
        if literals:
            model.one_of(literals, exactly=True)
    for (tail, head), literal in legs.items():
        leg = float(instance.travel_s[origins[tail], goals[head]])
        if not stretches:
            after(model, at[head].arrives, at[tail].departs, int(leg), only_if=[literal])
        for (_, _, factor), within in zip(stretches, departs_in[tail], strict=True):
            after(model, at[head].arrives, at[tail].departs, int(np.ceil(leg * factor - HAIR_S)), [literal, within])


def _stretches(hours: Hours, first: int, last: int) -> Iterator[tuple[int, int, float]]:
    """Give the stretches of a shift in which one factor holds: first second, last second, factor."""
    at = first
    while at <= last:
        factor, ends = hours.factors[(hours.into_day + at) // HOUR_S % 24], at
        while ends <= last and hours.factors[(hours.into_day + ends) // HOUR_S % 24] == factor:
            ends += HOUR_S - (hours.into_day + ends) % HOUR_S
        yield at, min(ends - 1, last), factor
        at = ends


def breaks(
    model: Model, instance: Instance, shift: int, at: Sequence[Door], made: Sequence[int], *, free: bool
) -> None:
    """Place the breaks, each at one door that is visited, or not at all: the crew is back before it would be owed."""
    sooner: list[tuple[int, Moment, Moment]] = []
    for pause in instance.layers[shift].breaks:
        begins, taken = Moment(model.integer(pause.opens, pause.closes), 0), model.literal()
        ends, spared = Moment(begins.variable, pause.lasts_s), [no(taken)]
        for door, visited in zip(at, made, strict=True):
            for earliest, latest in ((door.arrives, door.begins), (door.served, door.departs)):
                here = model.literal()
                model.any_of([visited], only_if=[here])
                after(model, begins, earliest, only_if=[here])
                after(model, latest, ends, only_if=[here])
                spared.append(here)
        model.one_of(spared, exactly=True)
        back, late = model.literal(), model.literal()
        after(model, Moment(None, pause.closes + pause.lasts_s - 1), at[BASE].begins, only_if=[back])
        after(model, at[BASE].departs, Moment(None, pause.opens + 1), only_if=[late])
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
