"""Commands about shifts: days swapped, a day off, other hours, another crew called in.

Whoever loses his place goes where he earns most in the rest of the week, the required first; who finds none stays out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.editing.commands import CallIn, DayOff, Hours, Refusal, SwapDays, Unlock, Why
from planner.editing.draft import Draft, chosen, filled, nodes_on, placed, posed, rehomed, with_tours
from planner.editing.kept import Kept
from planner.routing import Problem, ProblemShift
from planner.routing.greedy import astray
from planner.routing.instance import prepare
from planner.routing.tour import tour

Routes = dict[str, list[tuple[str, int]]]


def routes_of(of: Draft) -> Routes:
    """Give the visits and options of each shift."""
    return {shift.id: chosen(of, s) for s, shift in enumerate(of.problem.shifts)}


def with_shifts(of: Draft, shifts: Sequence[ProblemShift]) -> Problem:
    """Give the problem with other shifts; of what is published, those that are gone are forgotten."""
    ids = {one.id for one in shifts}
    published = of.problem.published
    if published is not None:
        published = replace(published, routes=tuple(one for one in published.routes if one.shift in ids))
    return replace(of.problem, shifts=tuple(shifts), published=published)


def day_off(of: Draft, command: DayOff) -> Draft | Refusal:
    """Take a crew's shifts of a day away, or one of its collectors from them."""
    mine = [one for one in of.problem.shifts if one.crew == command.crew and of.day(one) == command.day]
    if not mine:
        return Refusal(Why.NOTHING if any(one.crew == command.crew for one in of.problem.shifts) else Why.UNKNOWN)
    ids = {one.id for one in mine}
    if command.collector is not None:
        return _absent(of, command, ids)
    held = tuple(name for name, lock in of.locks.items() if lock.shift in ids)
    if held:
        return Refusal(Why.LOCKED, held, mine[0].id, takes=((*(Unlock(one) for one in held), command),))
    homeless = [name for name, (s, _) in of.at.items() if of.problem.shifts[s].id in ids]
    routes = {shift: stops for shift, stops in routes_of(of).items() if shift not in ids}
    left = [one for one in of.problem.shifts if one.id not in ids]
    kept = replace(
        of.kept,
        off={**of.kept.off, **{one.id: one for one in mine}},
        shifts={name: one for name, one in of.kept.shifts.items() if name not in ids},
    )
    made = posed(of, with_shifts(of, left), kept, [routes[one.id] for one in left])
    return rehomed(made, homeless)


def _absent(of: Draft, command: DayOff, ids: set[str]) -> Draft | Refusal:
    """Let a crew work without one of its collectors: what only that one can do goes elsewhere."""
    who = str(command.collector)
    if all(who in of.kept.absent.get(one, ()) for one in ids):
        return Refusal(Why.NOTHING)
    held = tuple(name for name, lock in of.locks.items() if lock.shift in ids and _lacks(of, name, command.skills))
    if held:
        return Refusal(Why.LOCKED, held, takes=((*(Unlock(one) for one in held), command),))
    shifts = [replace(one, skills=command.skills) if one.id in ids else one for one in of.problem.shifts]
    kept = replace(
        of.kept,
        absent={**of.kept.absent, **{one: (*of.kept.absent.get(one, ()), who) for one in ids}},
        shifts={**of.kept.shifts, **{one.id: one for one in shifts if one.id in ids}},
    )
    return _refit(of, shifts, kept, ids, command)


def _lacks(of: Draft, name: str, skills: frozenset[str]) -> bool:
    return not of.visit(name).needs <= skills


def hours(of: Draft, command: Hours) -> Draft | Refusal:
    """Let a shift begin and end at other times; who does not fit any more goes elsewhere."""
    if command.shift not in of.shift_number:
        return Refusal(Why.UNKNOWN, shift=command.shift)
    old = of.shift(command.shift)
    if command.starts >= command.ends:
        return Refusal(Why.BACKWARDS, shift=command.shift)
    if (command.starts, command.ends) == (old.starts, old.ends):
        return Refusal(Why.NOTHING, shift=command.shift)
    new = replace(old, starts=command.starts, ends=command.ends)
    if any(_overlap(new, one) for one in of.problem.shifts if one.crew == old.crew and one.id != old.id):
        return Refusal(Why.BUSY, shift=command.shift)
    shifts = [new if one.id == old.id else one for one in of.problem.shifts]
    kept = replace(of.kept, shifts={**of.kept.shifts, new.id: new})
    made = _refit(of, shifts, kept, {old.id}, command)
    if isinstance(made, Refusal):
        return made
    return filled(made, [made.shift_number[new.id]]) if command.fill else made


def call_in(of: Draft, command: CallIn) -> Draft | Refusal:
    """Let a crew work a shift more."""
    new = command.shift
    if new.starts >= new.ends:
        return Refusal(Why.BACKWARDS, shift=new.id)
    if new.id in of.shift_number or any(_overlap(new, one) for one in of.problem.shifts if one.crew == new.crew):
        return Refusal(Why.BUSY, shift=new.id)
    if max(new.start_place, new.end_place) >= len(of.problem.seconds):
        return Refusal(Why.UNKNOWN, shift=new.id)
    shifts = [*of.problem.shifts, new]
    kept = replace(
        of.kept,
        shifts={**of.kept.shifts, new.id: new},
        off={name: one for name, one in of.kept.off.items() if name != new.id},
    )
    routes = routes_of(of) | {new.id: []}
    made = posed(of, with_shifts(of, shifts), kept, [routes[one.id] for one in shifts])
    return filled(made, [made.shift_number[new.id]]) if command.fill else made


def swap_days(of: Draft, command: SwapDays) -> Draft | Refusal:
    """Exchange the visits of two days, crew by crew."""
    pairs = []
    for crew in dict.fromkeys(one.crew for one in of.problem.shifts):
        if command.crew not in (None, crew):
            continue
        days = {
            day: [s for s, one in enumerate(of.problem.shifts) if one.crew == crew and of.day(one) == day]
            for day in (command.first, command.second)
        }
        pairs += list(zip(days[command.first], days[command.second], strict=False))
    if command.first == command.second or not pairs:
        return Refusal(Why.NOTHING)
    moving = [name for pair in pairs for s in pair for name in of.stops(s)]
    held = tuple(name for name in moving if name in of.locks)
    if held:
        return Refusal(Why.LOCKED, held, takes=((*(Unlock(one) for one in held), command),))
    made, homeless = of, list[str]()
    wanted = {a: of.stops(b) for one in pairs for a, b in (one, one[::-1])}
    for s in wanted:
        empty = tour(of.instance, s, ())
        assert empty is not None, "a shift may always stay at home"
        made = with_tours(made, empty)
    for s, names in wanted.items():
        made, out = composed(made, s, names)
        homeless += out
    return rehomed(made, homeless)


def composed(of: Draft, shift: int, names: Sequence[str]) -> tuple[Draft, list[str]]:
    """Let an idle shift make visits: in their order if it can, else each where it earns most; gives who stays out."""
    best = [nodes_on(of, name, shift) for name in names]
    if all(best):
        in_order: list[int] = []
        for nodes in best:
            tries = [tour(of.instance, shift, [*in_order, node]) for node in nodes]
            good = [one for one in tries if one is not None]
            if not good:
                break
            in_order = list(max(good, key=lambda one: one.gain).nodes)
        whole = tour(of.instance, shift, in_order)
        if len(in_order) == len(names) and whole is not None:
            return with_tours(of, whole), []
    out, value = [], of.instance.value
    must = [bool(of.instance.required[of.number[name]]) for name in names]
    worth = [float(value[nodes].max()) if nodes else 0.0 for nodes in best]
    for k in sorted(range(len(names)), key=lambda k: (not must[k], -worth[k], k)):
        made = placed(of, names[k], shift)
        if made is None:
            out.append(names[k])
        else:
            of = with_tours(of, made)
    return of, out


def _refit(
    of: Draft, shifts: Sequence[ProblemShift], kept: Kept, ids: set[str], command: DayOff | Hours
) -> Draft | Refusal:
    """Fit the routes into changed shifts; where a lock is in the way, say so."""
    try:
        return refitted(of, shifts, kept)
    except ValueError:  # a lock that a shift could not keep even if it did nothing else
        held = tuple(name for name, lock in of.locks.items() if lock.shift in ids)
        return Refusal(Why.LOCKED, held, takes=((*(Unlock(one) for one in held), command),) if held else ())


def refitted(of: Draft, shifts: Sequence[ProblemShift], kept: Kept) -> Draft:
    """Give the draft on changed shifts: from a route that cannot be made the least valuable stops go elsewhere.

    Raises
    ------
    ValueError
        If a lock cannot be kept.
    """
    routes = routes_of(of)
    problem = with_shifts(of, shifts)
    instance = prepare(problem, like=of.instance)
    homeless = list[str]()
    for s, shift in enumerate(shifts):
        stops, number = routes[shift.id], of.number
        nodes = [int(instance.nodes_of[number[visit]][option]) for visit, option in stops]
        held = [bool(instance.locked[instance.visit[node]]) for node in nodes]
        keep = [k for k, node in enumerate(nodes) if instance.may[s, node]]
        while (made := tour(instance, s, [nodes[k] for k in keep])) is None or astray(instance, made):
            free = [k for k in keep if not held[k]]
            if not free:
                raise ValueError(f"the locks of {shift.id!r} cannot be kept")
            cost = {
                k: (bool(instance.required[instance.visit[nodes[k]]]), float(instance.value[nodes[k]])) for k in free
            }
            enough = [k for k in free if tour(instance, s, [nodes[j] for j in keep if j != k]) is not None]
            keep.remove(min(enough or free, key=cost.__getitem__))
        homeless += [stops[k][0] for k in range(len(nodes)) if k not in keep]
        routes[shift.id] = [stops[k] for k in keep]
    return rehomed(posed(of, problem, kept, [routes[one.id] for one in shifts]), homeless)


def _overlap(a: ProblemShift, b: ProblemShift) -> bool:
    return a.starts < b.ends and b.starts < a.ends
