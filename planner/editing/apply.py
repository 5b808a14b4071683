"""Applies a command to a draft: a new draft with everything re-timed, or a refusal with what it would take.

Nothing is done that was not asked, but for two things that are said in the price: who must make room goes where he
earns most elsewhere, and room that is made by longer hours or another crew is filled if the command says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.editing.commands import (
    Add,
    Allow,
    CallIn,
    Command,
    DayOff,
    Drop,
    Forbid,
    Hours,
    Lock,
    Move,
    Refusal,
    Restore,
    SwapDays,
    Unlock,
    Why,
)  # fmt: skip
from planner.editing.draft import Draft, best_place, placed, posed, rehomed, taken_out, with_tours
from planner.editing.kept import Dropped, bare
from planner.editing.shifts import call_in, day_off, hours, swap_days
from planner.editing.ways import why_not
from planner.routing import Lock as ProblemLock
from planner.routing import Pair, pair
from planner.routing.changes import Moved


def apply(of: Draft, command: Command) -> Draft | Refusal:
    """Give the draft as it is after a command, or why that cannot be, and what it would take.

    Each proposal is tried: what does not work is not said.
    """
    made = _tried(of, command)
    if isinstance(made, Draft):
        return made
    return replace(made, takes=tuple(way for way in dict.fromkeys(made.takes) if _works(of, way)))


def apply_all(of: Draft, commands: Sequence[Command]) -> Draft | Refusal:
    """Apply commands one after the other; the first that cannot be done answers for all."""
    for command in commands:
        made = _tried(of, command)
        if isinstance(made, Refusal):
            return made
        of = made
    return of


def _works(of: Draft, way: Sequence[Command]) -> bool:
    return isinstance(apply_all(of, way), Draft)


def _tried(of: Draft, command: Command) -> Draft | Refusal:
    made = _done(of, command)
    if isinstance(made, Refusal):
        return made
    broken = _unkept(made)
    if broken:
        unlock = tuple(Unlock(name) for name in broken if name in of.locks)
        return Refusal(Why.LOCKED, broken, takes=((*unlock, command),) if unlock else ())
    return made


def _done(of: Draft, command: Command) -> Draft | Refusal:
    match command:
        case Move():
            return _move(of, command)
        case Add():
            return _add(of, command)
        case Lock():
            return _lock(of, command)
        case Unlock():
            return _unlock(of, command)
        case Drop():
            return _drop(of, command)
        case Restore():
            return _restore(of, command)
        case Forbid() | Allow():
            return _apart(of, command)
        case SwapDays():
            return swap_days(of, command)
        case DayOff():
            return day_off(of, command)
        case Hours():
            return hours(of, command)
        case CallIn():
            return call_in(of, command)


def _unkept(made: Draft) -> tuple[str, ...]:
    """Name the locked visits that stand elsewhere, at another position, or nowhere."""
    broken = []
    for name, lock in made.locks.items():
        at = made.at.get(name)
        here = at is not None and made.problem.shifts[at[0]].id == lock.shift
        if not here or (lock.position is not None and at is not None and at[1] != lock.position):
            broken.append(name)
    return tuple(broken)


def _move(of: Draft, command: Move) -> Draft | Refusal:
    name, shift = command.visit, command.shift
    if name not in of.number or shift not in of.shift_number:
        return Refusal(Why.UNKNOWN, (name,), shift)
    if name not in of.at:
        return Refusal(Why.NOT_PLANNED, (name,), shift, takes=((Add(name, shift, command.position),),))
    target, (at, position) = of.shift_number[shift], of.at[name]
    if at == target and command.position in (None, position) and not command.instead_of:
        return Refusal(Why.NOTHING, (name,), shift)
    lock = of.locks.get(name)
    if lock is not None and (lock.shift != shift or lock.position is not None):
        return Refusal(Why.LOCKED, (name,), shift, takes=((Unlock(name), command),))
    return _put(of, command, target)


def _add(of: Draft, command: Add) -> Draft | Refusal:
    name = command.visit
    if name not in of.number or (command.shift is not None and command.shift not in of.shift_number):
        return Refusal(Why.UNKNOWN, (name,), command.shift or "")
    if name in of.at:
        return Refusal(Why.PLANNED, (name,), of.problem.shifts[of.at[name][0]].id)
    if name in of.kept.dropped:
        restored = _restore(of, Restore(name))
        return restored if isinstance(restored, Refusal) else _add(restored, command)
    if command.shift is not None:
        return _put(of, command, of.shift_number[command.shift])
    made = best_place(of, name)
    return why_not(of, command, None) if made is None else with_tours(of, made)


def _put(of: Draft, command: Move | Add, target: int) -> Draft | Refusal:
    """Make a visit on a shift, after those who make room for it have left."""
    name, makers = command.visit, [one for one in command.instead_of if one != command.visit]
    unknown = [one for one in makers if one not in of.at]
    if unknown:
        return Refusal(Why.NOT_PLANNED, tuple(unknown), command.shift or "")
    fixed = [one for one in _makers(command) if one in of.locks]
    if fixed:
        freed = tuple(Unlock(one) for one in fixed)
        return Refusal(Why.LOCKED, tuple(fixed), command.shift or "", takes=((*freed, command),))
    cleared = taken_out(of, [name, *makers])
    if cleared is None:
        return Refusal(Why.NO_ROAD, (name,), of.problem.shifts[target].id)
    made = placed(cleared, name, target, command.position)
    if made is None:
        return why_not(of, command, target)
    now = with_tours(cleared, made)
    for one in command.moved:
        now = _moved(now, one)
    return rehomed(now, [one for one in makers if one not in now.at], but=[target])


def _makers(command: Move | Add) -> list[str]:
    """Name everybody who makes room for a command, on whatever shift."""
    return [*command.instead_of, *(out for one in command.moved for out in one.instead_of)]


def _moved(of: Draft, one: Moved) -> Draft:
    """Make a visit that made room where it was said; as it is where that cannot be any more."""
    there, freed = of.shift_number.get(one.shift), taken_out(of, one.instead_of)
    if there is None or freed is None or one.visit in freed.at:
        return of
    made = placed(freed, one.visit, there)
    return of if made is None else with_tours(freed, made)


def _lock(of: Draft, command: Lock) -> Draft | Refusal:
    name = command.visit
    if name not in of.at:
        return Refusal(Why.NOT_PLANNED if name in of.number else Why.UNKNOWN, (name,))
    shift, position = of.at[name]
    here = of.problem.shifts[shift].id
    foes = tuple(one for one in sorted(of.kept.rivals(name)) if one in of.locks and of.locks[one].shift == here)
    if foes:
        return Refusal(Why.LOCKED, foes, here, takes=((*(Unlock(one) for one in foes), command),))
    stop = next(stop for route in of.routes if route.shift == here for stop in route.stops if stop.visit == name)
    lock = ProblemLock(
        name,
        here,
        position if command.position else None,
        stop.begins if command.time else None,
    )
    if of.locks.get(name) == lock:
        return Refusal(Why.NOTHING, (name,), lock.shift)
    locks = (*(one for one in of.problem.locks if one.visit != name), lock)
    return posed(of, replace(of.problem, locks=locks), of.kept)


def _unlock(of: Draft, command: Unlock) -> Draft | Refusal:
    if command.visit not in of.locks:
        return Refusal(Why.NOTHING if command.visit in of.number else Why.UNKNOWN, (command.visit,))
    locks = tuple(one for one in of.problem.locks if one.visit != command.visit)
    return posed(of, replace(of.problem, locks=locks), of.kept)


def _drop(of: Draft, command: Drop) -> Draft | Refusal:
    name = command.visit
    if name not in of.number:
        return Refusal(Why.UNKNOWN, (name,))
    if name in of.kept.dropped:
        return Refusal(Why.NOTHING, (name,))
    if name in of.locks:
        return Refusal(Why.LOCKED, (name,), of.locks[name].shift, takes=((Unlock(name), command),))
    out = taken_out(of, [name])
    if out is None:
        return Refusal(Why.NO_ROAD, (name,), of.problem.shifts[of.at[name][0]].id)
    whole = of.visit(name)
    visits = tuple(bare(one) if one.id == name else one for one in of.problem.visits)
    kept = replace(of.kept, dropped={**of.kept.dropped, name: Dropped(command.why, whole)})
    return posed(out, replace(of.problem, visits=visits), kept)


def _restore(of: Draft, command: Restore) -> Draft | Refusal:
    name = command.visit
    if name not in of.kept.dropped:
        return Refusal(Why.NOTHING if name in of.number else Why.UNKNOWN, (name,))
    whole = of.kept.dropped[name].visit
    visits = tuple(whole if one.id == name else one for one in of.problem.visits)
    kept = replace(of.kept, dropped={one: why for one, why in of.kept.dropped.items() if one != name})
    return posed(of, replace(of.problem, visits=visits), kept)


def _apart(of: Draft, command: Forbid | Allow) -> Draft | Refusal:
    """Forbid or allow two on one route; where they are on one, the one whose leaving costs less goes elsewhere."""
    both = (command.first, command.second)
    unknown = tuple(one for one in both if one not in of.number)
    if unknown or command.first == command.second:
        return Refusal(Why.UNKNOWN, unknown or both)
    key = pair(*both)
    if (key in of.kept.apart) == isinstance(command, Forbid):
        return Refusal(Why.NOTHING, both)
    if isinstance(command, Allow):
        return _with_apart(of, of.kept.apart - {key})
    apart = of.kept.apart | {key}
    together = all(one in of.at for one in both) and of.at[both[0]][0] == of.at[both[1]][0]
    locked = [of.locks[one].shift for one in both if one in of.locks]
    if not together and len(set(locked)) == len(locked):
        return _with_apart(of, apart)
    free = [one for one in both if one not in of.locks]
    if not free:
        return Refusal(Why.LOCKED, both, takes=((Unlock(command.second), command),))
    tries = [_elsewhere(of, one, apart) for one in free]
    good = [one for one in tries if one is not None]
    if not good:
        return Refusal(Why.NO_ROAD, both)
    return max(good, key=lambda one: (not _lost(of, one), one.objective))


def _with_apart(of: Draft, apart: frozenset[Pair]) -> Draft:
    return posed(of, replace(of.problem, apart=apart), replace(of.kept, apart=apart))


def _elsewhere(of: Draft, name: str, apart: frozenset[Pair]) -> Draft | None:
    out = taken_out(of, [name])
    return None if out is None else rehomed(_with_apart(out, apart), [name], but=[of.at[name][0]])


def _lost(before: Draft, now: Draft) -> bool:
    """Say whether a required visit is made no more."""
    return any(one.required and one.id in before.at and one.id not in now.at for one in before.problem.visits)
