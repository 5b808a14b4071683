"""What one branch adds to a comparison of districts: its people, the best visit to each, its crews and its past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.adoption import model_in_use
from planner.density import PAST
from planner.domain import Branch, Principal
from planner.outlook import Effort, located, one_crew
from planner.pattern import homes_of
from planner.rules.areas import areas_of
from planner.rules.pack import RulePack
from planner.store import Store
from planner.tables import DAY, REAL, TEXT, Schema, conform, empty
from planner.value.candidates import BranchTables, candidates
from planner.value.early import not_yet_due
from planner.value.learning import Model
from planner.value.parameters import Parameters
from planner.value.slots import slot_of
from planner.value.survey import SURVEY, survey
from planner.value.uplift import uplift
from planner.view.past_weeks import monday, recorded_hours

WEEKS_BACK = 12
DAYS_AHEAD = 7


#: one row a debtor who may be visited within the coming days: his best option
OPTIONS: Schema = {
    "debtor_id": TEXT,
    "branch": TEXT,
    "region": TEXT,
    "value_minor": REAL,
    "service_s": REAL,
    "travel_s": REAL,  # the share of travel that falls to one visit
    "lon": REAL,
    "lat": REAL,
}
#: one row a past visit to somebody whose list entry is known
PAST_HERE: Schema = {**PAST, "week_on": DAY, "door_s": REAL, "hours": REAL, "lon": REAL, "lat": REAL}


@dataclass(frozen=True)
class BranchShare:
    """What one branch adds to the comparison.

    ``homes`` also has ``region``. ``options`` is each debtor's best option (``OPTIONS``), ``offered`` every option as
    ``planner.outlook.located`` gives it, ``effort`` the crew that districts are looked at with, None where nobody works
    in the coming days.
    """

    branch: Branch
    surveyed: pd.DataFrame
    homes: pd.DataFrame
    customers: pd.DataFrame
    options: pd.DataFrame
    offered: pd.DataFrame
    effort: Effort | None
    outcomes: pd.DataFrame
    past: pd.DataFrame


def coming_days(today: date) -> tuple[date, ...]:
    """Give the days from tomorrow on over which each debtor's best option is looked for."""
    return tuple(today + timedelta(days=k) for k in range(1, DAYS_AHEAD + 1))


def branch_share(
    store: Store, principal: Principal, branch: Branch, pack: RulePack, parameters: Parameters, *, now: datetime
) -> BranchShare:
    """Read a branch and value each debtor's best visit of the coming days."""
    code, zone = branch.code, ZoneInfo(branch.timezone)
    today = now.astimezone(zone).date()
    places = store.places(principal, code)
    tables = BranchTables(
        debtors=store.debtors(principal, code, on=today),
        accounts=store.accounts(principal, code),
        places=places,
        holds=store.holds(principal, code),
        accommodations=store.accommodations(principal, code),
        outcomes=store.latest_outcomes(principal, code),
        areas=areas_of(places, store.regions(principal, branch.road_region)) if pack.local_holidays else {},
    )
    customers = store.customers(principal, code)
    homes = homes_of(tables.places).merge(tables.debtors[["debtor_id", "region"]], on="debtor_id")
    if not tables.debtors["debtor_id"].isin(tables.accounts["debtor_id"]).any():
        nothing = empty(OPTIONS)
        return BranchShare(
            branch, empty(SURVEY), homes[:0], customers, nothing, nothing, None, tables.outcomes, empty(PAST_HERE)
        )
    days = coming_days(today)
    model = model_in_use(store, principal, code, parameters)
    found = candidates(tables, pack, parameters, days=days, now=now, zone=zone, model=model)
    surveyed = found.survey
    homes = homes[homes["debtor_id"].isin(surveyed["debtor_id"])].reset_index(drop=True)
    best = found.options.sort_values(["debtor_id", "value_minor"], ascending=[True, False])
    best = best.drop_duplicates("debtor_id").merge(surveyed[["debtor_id", "branch", "region"]], on="debtor_id")
    best = best.merge(tables.places[["place_id", "lon", "lat"]], on="place_id", how="left").assign(travel_s=np.nan)
    since = pd.Timestamp(now - timedelta(weeks=WEEKS_BACK))
    recent = tables.outcomes[tables.outcomes["started_at"] >= since].reset_index(drop=True)
    ever = survey(store.debtors(principal, code, closed=True), ever_owed(store, principal, code), today=today)
    past = past_visits(recent, ever, store.places(principal, code, closed=True), found.model, zone)
    effort = one_crew(store.crews(principal, code), store.shifts(principal, code, days[0], days[-1]))
    offered = located(found.options, surveyed, tables.places)
    best = conform(best, OPTIONS)
    return BranchShare(branch, surveyed, homes, customers, best, offered, effort, recent, past)


def ever_owed(store: Store, principal: Principal, branch: str) -> pd.DataFrame:
    """Give all accounts there ever were, for visits of the past.

    Who paid and is listed as not due yet was overdue when the crew came: leaving him out would leave out a payer, so
    the accounts of who has no other one are taken as overdue.
    """
    accounts = store.accounts(principal, branch, closed=True)
    ahead = not_yet_due(accounts)
    only = ahead & ~accounts["debtor_id"].isin(accounts.loc[~ahead, "debtor_id"])
    return accounts.assign(due_on=accounts["due_on"].mask(only))


def past_visits(
    outcomes: pd.DataFrame, ever: pd.DataFrame, places: pd.DataFrame, model: Model, zone: ZoneInfo
) -> pd.DataFrame:
    """Give what each past visit brought at the door and what the model expects of such a visit.

    The expectation knows debtor, place and time, but not what was found at that door: rates are the branch's, amounts
    as last listed. Debtors who have paid and left the list are counted.
    """
    known = outcomes["debtor_id"].isin(ever["debtor_id"]) & outcomes["place_id"].isin(places["place_id"])
    visits = outcomes[known].reset_index(drop=True)
    if visits.empty:
        return empty(PAST_HERE)
    where = places.drop_duplicates("place_id").set_index("place_id")
    windows = visits[["debtor_id", "place_id"]].assign(slot=slot_of(visits["started_at"], model.parameters.slots, zone))
    valued = uplift(ever, places, windows, model, interval=False)
    debtor = ever.set_index("debtor_id")
    owed = visits["debtor_id"].map(debtor["overdue_minor"]).astype("float64")
    classes = (visits["debtor_id"].map(debtor[name]) for name in ("bucket", "debtor_type"))
    part = model.of_class("paid_part", *classes)
    return conform(
        pd.DataFrame(
            {
                "region": visits["debtor_id"].map(debtor["region"]),
                "debtor_id": visits["debtor_id"],
                "week_on": monday(visits["started_at"], zone),
                "paid_minor": visits["paid_minor"].astype("float64"),
                "expected_minor": valued["pays_now_minor"],
                "if_paid_minor": (part * owed).where(valued["pays_now_minor"] > 0, 0.0),
                # A telephone with a wrong clock may end a visit before it began.
                "door_s": (visits["ended_at"] - visits["started_at"]).dt.total_seconds().clip(lower=0),
                "hours": recorded_hours(visits, zone),
                "lon": visits["place_id"].map(where["lon"]),
                "lat": visits["place_id"].map(where["lat"]),
            }
        ),
        PAST_HERE,
    )
