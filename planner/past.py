"""What a branch's past teaches, read from the store in one place: visits, money, and who was overdue when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, Principal
from planner.store import Store
from planner.tables import ACCOUNT_STATES, PAYMENTS, conform, empty
from planner.value.learning import current
from planner.value.promises import AT_DOOR, local_day
from planner.value.receipts import receipts
from planner.value.survey import survey


@dataclass(frozen=True)
class Past:
    """A branch's past. ``survey`` and ``places`` have those who have left the list too.

    ``payments`` are what the bank gave, else what successive lists imply; empty where neither is there.
    ``money`` adds the payments at the doors that no list shows, for what was collected in all.
    """

    branch: Branch
    today: date
    survey: pd.DataFrame
    on_list: pd.DataFrame
    places: pd.DataFrame
    outcomes: pd.DataFrame
    states: pd.DataFrame
    payments: pd.DataFrame
    money: pd.DataFrame
    visits: pd.DataFrame

    @property
    def zone(self) -> ZoneInfo:
        """The branch's time zone."""
        return ZoneInfo(self.branch.timezone)


def read_past(store: Store, principal: Principal, branch: Branch, *, today: date) -> Past:
    """Read a branch's past."""
    code, zone = branch.code, ZoneInfo(branch.timezone)
    everybody = survey(
        store.debtors(principal, code, closed=True), store.accounts(principal, code, closed=True), today=today
    )
    on_list = survey(store.debtors(principal, code), store.accounts(principal, code), today=today)
    outcomes = current(store.latest_outcomes(principal, code))
    states = optional(store, "account_states", principal, code)
    states = empty(ACCOUNT_STATES) if states is None else conform(states, ACCOUNT_STATES)
    given = optional(store, "payments", principal, code)
    payments = receipts(states) if given is None or given.empty else conform(given, PAYMENTS)
    door = outcomes[outcomes["code"].isin(AT_DOOR) & (outcomes["paid_minor"] > 0)]
    at_door = pd.DataFrame(
        {
            "branch": door["branch"],
            "case_id": "",
            "debtor_id": door["debtor_id"],
            "paid_on": local_day(door["started_at"], zone),
            "paid_minor": door["paid_minor"],
        }
    )
    return Past(
        branch=branch,
        today=today,
        survey=everybody,
        on_list=on_list,
        places=store.places(principal, code, closed=True),
        outcomes=outcomes,
        states=states,
        payments=payments,
        money=unbooked(payments, conform(at_door, PAYMENTS)),
        visits=pd.DataFrame({"debtor_id": outcomes["debtor_id"], "on": local_day(outcomes["started_at"], zone)}),
    )


def optional(store: Store, name: str, principal: Principal, code: str) -> pd.DataFrame | None:
    """Give a table that the store may not keep."""
    read: Callable[[Principal, str], pd.DataFrame] | None = getattr(store, name, None)
    return None if read is None else read(principal, code)


def unbooked(payments: pd.DataFrame, at_door: pd.DataFrame) -> pd.DataFrame:
    """Give the payments, and of those at the doors what is not booked within a week of the visit."""
    door = at_door.reset_index(drop=True).assign(row=range(len(at_door)))
    both = door.merge(payments[["debtor_id", "paid_on", "paid_minor"]], on="debtor_id", suffixes=("", "_booked"))
    apart = (both["paid_on_booked"] - both["paid_on"]).dt.days
    same = (apart >= -7) & (apart <= 7) & (both["paid_minor_booked"] >= both["paid_minor"])
    alone = door[~door["row"].isin(both.loc[same, "row"])]
    return conform(pd.concat([payments, alone], ignore_index=True), PAYMENTS)
