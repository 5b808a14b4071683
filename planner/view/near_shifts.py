"""The shifts of a crew before and after a day on which it has none: where its reader wants to go from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from planner.domain import Principal, Shift
from planner.store import Store

#: how far one looks: two weeks cover every holiday of the rule packs
DAYS = timedelta(days=14)


@dataclass(frozen=True)
class NearShifts:
    """The last shift before a day and the first one after it, None where there is none within two weeks."""

    before: Shift | None = None
    after: Shift | None = None


def near_shifts(store: Store, principal: Principal, branch: str, crew_id: str, day: date) -> NearShifts:
    """Give the shifts of a crew next to a day, those that a plan called in among them.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not read the branch's field team.
    """
    near = [one for one in store.shifts_worked(principal, branch, day - DAYS, day + DAYS) if one.crew_id == crew_id]
    return NearShifts(
        before=max((one for one in near if one.day < day), key=lambda one: (one.day, one.starts), default=None),
        after=min((one for one in near if one.day > day), key=lambda one: (one.day, one.starts), default=None),
    )
