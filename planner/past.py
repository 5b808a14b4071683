"""What a branch's past teaches, read from the store in one place: visits, money, and who was overdue when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from planner.adoption import Elsewhere, elsewhere
from planner.domain import Branch, Principal
from planner.store import Store
from planner.tables import PAYMENTS, empty
from planner.value.learning import current
from planner.value.parameters import Parameters
from planner.value.payments import payments_of
from planner.value.promises import local_day
from planner.value.survey import survey
from planner.value.then import then


@dataclass(frozen=True)
class Past:
    """A branch's past. ``survey`` and ``places`` have those who have left the list too.

    ``payments`` is the money that successive lists and the doors tell of; empty where there is but one list.
    What a list's fall tells of has the day of that list (``list_days``). ``then`` is how debtors stood at each visit
    (``value.then.THEN``). ``elsewhere`` is what neighbours have shared.
    """

    branch: Branch
    today: date
    survey: pd.DataFrame
    on_list: pd.DataFrame
    places: pd.DataFrame
    outcomes: pd.DataFrame
    states: pd.DataFrame
    payments: pd.DataFrame
    list_days: tuple[pd.Timestamp, ...]
    visits: pd.DataFrame
    then: pd.DataFrame
    elsewhere: Elsewhere

    @property
    def zone(self) -> ZoneInfo:
        """The branch's time zone."""
        return ZoneInfo(self.branch.timezone)


def read_past(store: Store, principal: Principal, branch: Branch, parameters: Parameters, *, today: date) -> Past:
    """Read a branch's past; the parameters say what lists tell of money."""
    code, zone = branch.code, ZoneInfo(branch.timezone)
    everybody = survey(
        store.debtors(principal, code, closed=True), store.accounts(principal, code, closed=True), today=today
    )
    on_list = survey(store.debtors(principal, code), store.accounts(principal, code), today=today)
    outcomes = current(store.latest_outcomes(principal, code))
    states = store.account_states(principal, code)
    # Without a second list nothing is seen of money but what crews wrote down at the doors.
    lists = states["as_of_on"].nunique() > 1
    payments = payments_of(states, outcomes, parameters, zone=zone) if lists else empty(PAYMENTS)
    return Past(
        branch=branch,
        today=today,
        survey=everybody,
        on_list=on_list,
        places=store.places(principal, code, closed=True),
        outcomes=outcomes,
        states=states,
        payments=payments,
        list_days=tuple(sorted(pd.Timestamp(day) for day in states["as_of_on"].unique())),
        visits=pd.DataFrame({"debtor_id": outcomes["debtor_id"], "on": local_day(outcomes["started_at"], zone)}),
        then=then(
            outcomes,
            states,
            store.debtor_types(principal, code),
            store.reviews(principal, code),
            zone=zone,
        ),
        elsewhere=elsewhere(store, principal, code),
    )
