"""The clocks of a branch: what lapses soon with the cheapest act that is enough, what has passed, what is planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, ClockKind, PlaceKind, Principal
from planner.rules.pack import ActCosts, ClockTerms, RulePack
from planner.store import Store
from planner.tables import DAY, REAL, TEXT, Schema, conform
from planner.value.clocks import ACTS, CLOCKS
from planner.value.early import overdue_only
from planner.view.clocks_in_time import clocks_in_time
from planner.view.planned_days import newest_plans
from planner.view.week import contact_names, week_view
from planner.week import iso_week

#: the clock that a visit at a place of such a kind is for; one at the debtor's own is for the limitation, "" for none
SERVES = {PlaceKind.GUARANTOR.value: ClockKind.GUARANTEE.value, PlaceKind.COLLATERAL.value: ""}
#: one row a clock; price and planned visit beside it
ROWS: Schema = {
    **CLOCKS,
    "name": TEXT,  # "" for who may not see contact cards
    "product": TEXT,
    "price_minor": REAL,  # of the cheapest act; NaN where the pack does not say
    "planned_on": DAY,  # the day of a visit that lies ahead, of this week's plan or the next; NaT where there is none
    "planned_crew": TEXT,
}


@dataclass(frozen=True)
class ClocksView:
    """Everything the clocks page shows. ``rows`` has the columns of ``ROWS``, soonest first; ``accounts`` as stored.

    ``published`` says whether the plan whose visits are shown is in force; None where the week has no plan.
    """

    branch: Branch
    today: date
    terms: ClockTerms
    pack_version: str
    rows: pd.DataFrame
    accounts: pd.DataFrame
    published: bool | None

    @property
    def lapsing(self) -> pd.DataFrame:
        """Give the clocks that lapse soon, both kinds, soonest first."""
        return self._in_state("lapses_soon")

    @property
    def expired(self) -> pd.DataFrame:
        """Give the clocks that have passed, the latest first."""
        return self._in_state("expired")[::-1].reset_index(drop=True)

    @property
    def unknown(self) -> pd.DataFrame:
        """Give the clocks that cannot be told, and those with a question for a lawyer."""
        asked = (self.rows["state"] == "unknown") | (self.rows["question"] != "")
        return self.rows[asked].reset_index(drop=True)

    def _in_state(self, state: str) -> pd.DataFrame:
        return self.rows[self.rows["state"] == state].reset_index(drop=True)


def clocks_view(store: Store, principal: Principal, branch: Branch, pack: RulePack, *, now: datetime) -> ClocksView:
    """Read a branch's clocks as of today at the branch.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not read the branch's list.
    """
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    accounts = overdue_only(store.accounts(principal, branch.code))
    places = store.places(principal, branch.code)
    table = clocks_in_time(store, principal, branch, pack, accounts=accounts, places=places, now=now)
    visits, published = planned_visits(store, principal, branch, today)
    names = contact_names(store, principal, branch.code)
    products = dict(zip(accounts["case_id"], accounts["product"], strict=True))
    of_clock = list(zip(table["debtor_id"], table["kind"], strict=True))
    rows = table.assign(
        name=[names.get(one, "") for one in table["debtor_id"]],
        product=[products[one] for one in table["case_id"]],
        price_minor=prices(table, pack.costs),
        planned_on=pd.to_datetime(pd.Series([visits.get(one, (None, ""))[0] for one in of_clock])),
        planned_crew=[visits.get(one, (None, ""))[1] for one in of_clock],
    )
    ordered = rows.sort_values(["ends_on", "overdue_minor", "case_id", "kind"], ascending=[True, False, True, True])
    return ClocksView(branch, today, pack.clocks, pack.version, conform(ordered, ROWS), accounts, published)


def prices(table: pd.DataFrame, costs: ActCosts | None) -> list[float]:
    """Give what the cheapest act of each clock costs, NaN where it is not known."""
    if costs is None:
        return [float("nan")] * len(table)
    fixed = {
        "record_payment": 0.0,
        "letter": float(costs.letter_minor.value),
        "signed_notice": float(costs.visit_minor.value),
        "demand_on_guarantor": float(costs.letter_minor.value),
    }
    columns = zip(table["cheapest_act"], table["overdue_minor"], table["visit_needed"], strict=True)
    return [
        float(costs.suit_minor(owed))
        if act == "suit"
        else float(costs.visit_minor.value)
        if by_visit
        else fixed.get(act, float("nan"))
        for act, owed, by_visit in columns
    ]


def planned_visits(
    store: Store, principal: Principal, branch: Branch, today: date
) -> tuple[Mapping[tuple[str, str], tuple[date, str]], bool | None]:
    """Give day and crew of the first visit ahead that is for a clock, by debtor and kind of clock.

    Looked at are the plans of this week and the next. What was planned for a day that is over saves no clock any more.
    A visit to the guarantor is for the guarantee alone, one to the debtor for the limitation alone. Beside them stands
    whether all those plans are in force; None where neither week has a plan.
    """
    visits: dict[tuple[str, str], tuple[date, str]] = {}
    published: bool | None = None
    for day in (today, today + timedelta(weeks=1)):
        plan = newest_plans(store, principal, [branch], iso_week(day)).get(branch.code)
        if plan is None:
            continue
        week = week_view(store, principal, plan)
        published = week.published_at is not None and published is not False
        for route in sorted(week.routes, key=lambda one: one.day):
            if route.day >= today:
                for stop in route.stops:
                    kind = SERVES.get(stop.place_kind, ClockKind.LIMITATION.value)
                    visits.setdefault((stop.debtor_id, kind), (route.day, route.crew_name))
    return visits, published


@dataclass(frozen=True)
class Act:
    """What one kind of act takes: how many clocks, how much they are about, and what the acts cost together."""

    code: str
    count: int
    overdue_minor: int
    price_minor: float


def acts(rows: pd.DataFrame) -> tuple[Act, ...]:
    """Sum clocks up by the cheapest act that is enough, the cheapest first; an account with two clocks counts twice."""
    found = []
    for code in ACTS:
        mine = rows[rows["cheapest_act"] == code]
        if len(mine):
            price = mine["price_minor"].sum(min_count=1)
            found.append(Act(code, len(mine), int(mine["overdue_minor"].sum()), float(price)))
    return tuple(found)
