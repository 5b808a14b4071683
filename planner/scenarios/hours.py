"""The hours that a scenario asks of the crews: how long their days become, and taking them as the manager's own word.

Longer hours, and a shift more of a crew that there is, are what the week's own commands do (``planner.editing``:
``Hours``, ``CallIn``). They are taken like these, so nobody has to enter them elsewhere first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from planner.desk.working_day import LongDay, Worked, longer
from planner.domain import Shift
from planner.editing import kept_from_dict, kept_to_dict
from planner.rules.pack import RulePack
from planner.scenarios.scenario import EVENING, MORE
from planner.store import SavedPlan


def used_shifts(saved: SavedPlan) -> list[Mapping[str, Any]]:
    """Give the shifts of a plan in which somebody is visited, as its problem has them."""
    used = {route["shift"] for route in saved.plan["routes"] if route["stops"]}
    return [one for one in saved.problem["shifts"] if one["id"] in used]


def own_end(saved: SavedPlan, shift: Mapping[str, Any]) -> int:
    """Give when a crew is off, in seconds from the origin: what is kept back of a shift is worked too."""
    return int(shift["ends"]) + int(saved.context["shifts"].get(shift["id"], {}).get("reserve_s", 0))


def long_days_of(saved: SavedPlan, own: Iterable[Shift], pack: RulePack) -> tuple[LongDay, ...]:
    """Give the days that a scenario makes longer than the rules have them; ``own`` are the branch's shifts.

    A crew that it adds is measured by the one it is like: what is as long already is nothing new.
    """
    return longer(_before(saved, own), _after(saved), pack)


def more_s(saved: SavedPlan, own: Iterable[Shift]) -> int:
    """Give by how many seconds a plan's shifts are longer than the branch's own, breaks left out."""
    before, after = _before(saved, own), _after(saved)
    return sum(max(seconds - before.get(key, 0), 0) for key, seconds in after.items())


@dataclass(frozen=True)
class OtherHours:
    """How a plan's hours differ from another's of the week.

    ``shifts`` of both begin or end otherwise, ``more_s`` seconds of the crews' work are added in them, breaks left out;
    ``days`` become longer than the rules have them.
    """

    shifts: int
    more_s: int
    days: tuple[LongDay, ...]


def other_hours(before: SavedPlan, now: SavedPlan, pack: RulePack) -> OtherHours:
    """Say how the hours of a plan differ from those of another one, which the crews have."""
    was = {one["id"]: _span(before, one) for one in before.problem["shifts"]}
    both = [(was[one["id"]], _span(now, one)) for one in used_shifts(now) if one["id"] in was]
    return OtherHours(
        shifts=sum(old != new for old, new in both),
        more_s=sum(max(int(((new[1] - new[0]) - (old[1] - old[0])).total_seconds()), 0) for old, new in both),
        days=longer(_worked(before, before.problem["shifts"]), _after(now), pack),
    )


def _span(saved: SavedPlan, shift: Mapping[str, Any]) -> tuple[datetime, datetime]:
    origin = datetime.fromisoformat(saved.problem["origin"])
    return origin + timedelta(seconds=shift["starts"]), origin + timedelta(seconds=own_end(saved, shift))


def taken_by_hand(saved: SavedPlan, names: Collection[str]) -> SavedPlan:
    """Let a plan have these of its shifts by hand, as if their hours had been changed in it, or they called in."""
    edits = saved.context.get("edits", {})
    told = kept_to_dict(kept_from_dict(edits.get("kept", {})))
    shifts = {one["id"]: one for one in saved.problem["shifts"] if one["id"] in names}
    told["shifts"] |= shifts
    told["proven"]["shifts"] |= shifts  # the bound knows them: it was computed with them
    return replace(saved, context=dict(saved.context) | {"edits": {"asked": [], **edits, "kept": told}})


def _after(saved: SavedPlan) -> Worked:
    return _worked(saved, used_shifts(saved))


def _worked(saved: SavedPlan, shifts: Iterable[Mapping[str, Any]]) -> Worked:
    total: dict[tuple[str, date], int] = defaultdict(int)
    for one in shifts:
        day = date.fromisoformat(saved.context["shifts"][one["id"]]["day"])
        pauses = sum(each["lasts_s"] for each in one["breaks"])
        total[one["crew"], day] += max(own_end(saved, one) - one["starts"] - pauses, 0)
    return total


def _before(saved: SavedPlan, own: Iterable[Shift]) -> Worked:
    total: dict[tuple[str, date], int] = defaultdict(int)
    for one in own:
        pauses = sum(each.lasts.total_seconds() for each in one.breaks)
        total[one.crew_id, one.day] += round((one.ends - one.starts).total_seconds() - pauses)
    added = {one["crew"] for one in saved.problem["shifts"]} - {crew for crew, _ in total}
    like = {crew: crew.removesuffix(MORE).removesuffix(EVENING) for crew in added}
    return total | {
        (crew, day): seconds for crew, old in like.items() for (who, day), seconds in total.items() if who == old
    }
