"""Reads what the comparison of crews needs out of the store, and cuts the answer to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.domain import Branch, Crew, Principal, Role
from planner.past import read_past
from planner.store import Store
from planner.value.learning import learn
from planner.value.parameters import Parameters
from planner.value.promises import judged
from planner.view.branch_share import past_visits
from planner.view.crews import Seen, compare

WEEKS_BACK = 12


@dataclass(frozen=True)
class CrewsView:
    """A branch's crews since a day. ``table`` has ``crews.CREWS``; a collector's has his crew alone."""

    branch: str
    table: pd.DataFrame
    crews: tuple[Crew, ...]
    since: date
    level: float
    assumption: bool


def crews_view(
    store: Store, principal: Principal, branch: Branch, parameters: Parameters, *, now: datetime
) -> CrewsView:
    """Compare a branch's crews over the past weeks.

    Who may see only his own crew still has it compared with what the whole branch's visits let expect: the comparison
    is made by the system, and his row alone is given.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not see the branch's team.
    """
    code, zone = branch.code, ZoneInfo(branch.timezone)
    crews = store.crews(principal, code)
    asking = Principal("crews", Role.SYSTEM, frozenset({code}))
    today = now.astimezone(zone).date()
    since = now - timedelta(weeks=WEEKS_BACK)
    known_past = read_past(store, asking, branch, today=today)
    ever, places, latest = known_past.survey, known_past.places, known_past.outcomes
    model = learn(ever, places, latest, parameters, zone=zone)
    recent = latest[latest["started_at"] >= pd.Timestamp(since)]
    known = recent["debtor_id"].isin(ever["debtor_id"]) & recent["place_id"].isin(places["place_id"])
    recent = recent[known].reset_index(drop=True)
    past = past_visits(recent, ever, places, model, zone)
    chance = (past["expected_minor"] / past["if_paid_minor"].where(past["if_paid_minor"] > 0)).fillna(0.0)
    entries = store.outcomes(asking, code, since=since)
    payments, lists = known_past.payments, known_past.list_days
    seen = Seen(
        outcomes=recent,
        entries=entries,
        expected=pd.Series(np.asarray(chance, dtype=float)),
        judged=judged(recent, payments, parameters, zone=zone, today=today, list_days=lists),
        complaints=store.complaints(principal, code),
    )
    seen = seen_since(seen, pd.Timestamp(since.astimezone(zone).date()))
    table = compare(seen, [one.crew_id for one in crews], level=parameters.interval.value)
    if principal.role is Role.COLLECTOR:
        table = table[table["crew_id"] == principal.crew].reset_index(drop=True)
        crews = tuple(one for one in crews if one.crew_id == principal.crew)
    assumption = bool((~model.rates["assumption"]).sum() == 0)
    return CrewsView(code, table, crews, since.astimezone(zone).date(), parameters.interval.value, assumption)


def seen_since(seen: Seen, day: pd.Timestamp) -> Seen:
    """Leave out complaints received before a day."""
    rows = seen.complaints[~(seen.complaints["received_on"] < day)]
    return Seen(seen.outcomes, seen.entries, seen.expected, seen.judged, rows)
