"""Reads what the comparison of crews needs out of the store, and cuts the answer to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.domain import Branch, Crew, PlaceKind, Principal, Role
from planner.past import read_past
from planner.store import Store
from planner.value.learning import Model, learn
from planner.value.parameters import Parameters
from planner.value.promises import judged
from planner.value.slots import slot_of
from planner.value.uplift import uplift
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
    known_past = read_past(store, asking, branch, parameters, today=today)
    ever, places, latest = known_past.survey, known_past.places, known_past.outcomes
    model = learn(ever, places, latest, parameters, zone=zone)
    recent = latest[latest["started_at"] >= pd.Timestamp(since)]
    known = recent["debtor_id"].isin(ever["debtor_id"]) & recent["place_id"].isin(places["place_id"])
    recent = recent[known].reset_index(drop=True)
    chance = chance_of_paying(recent, ever, places, model, zone)
    entries = store.outcomes(asking, code, since=since)
    payments, lists = known_past.payments, known_past.list_days
    promises = judged(latest, payments, parameters, zone=zone, today=today, list_days=lists)
    seen = Seen(
        outcomes=recent,
        entries=entries,
        expected=chance,
        judged=promises[promises["outcome_id"].isin(recent["outcome_id"])],
        complaints=store.complaints(principal, code),
    )
    seen = seen_since(seen, pd.Timestamp(since.astimezone(zone).date()))
    table = compare(seen, [one.crew_id for one in crews], level=parameters.interval.value)
    if principal.role is Role.COLLECTOR:
        table = table[table["crew_id"] == principal.crew].reset_index(drop=True)
        crews = tuple(one for one in crews if one.crew_id == principal.crew)
    assumption = bool((~model.rates["assumption"]).sum() == 0)
    return CrewsView(code, table, crews, since.astimezone(zone).date(), parameters.interval.value, assumption)


def chance_of_paying(
    visits: pd.DataFrame, ever: pd.DataFrame, places: pd.DataFrame, model: Model, zone: ZoneInfo
) -> pd.Series:
    """Give how likely each visit was to be paid something, in their order: met, and then paying.

    What is owed now has no part in it: who has paid all of it since was as likely to pay as anybody. Nobody is
    expected to pay where a guarantor lives or collateral stands.
    """
    if visits.empty:
        return pd.Series(dtype="float64")
    windows = visits[["debtor_id", "place_id"]].assign(slot=slot_of(visits["started_at"], model.parameters.slots, zone))
    met = uplift(ever, places, windows, model, interval=False)["p_met"].to_numpy(float)
    debtor = ever.set_index("debtor_id")
    classes = (visits["debtor_id"].map(debtor[name]) for name in ("bucket", "debtor_type"))
    pays = model.of_class("pays", *classes).to_numpy(float)
    kinds = visits["place_id"].map(places.drop_duplicates("place_id").set_index("place_id")["kind"])
    elsewhere = kinds.isin([PlaceKind.GUARANTOR, PlaceKind.COLLATERAL]).to_numpy()
    return pd.Series(np.where(elsewhere, 0.0, met * pays))


def seen_since(seen: Seen, day: pd.Timestamp) -> Seen:
    """Leave out complaints received before a day."""
    rows = seen.complaints[~(seen.complaints["received_on"] < day)]
    return Seen(seen.outcomes, seen.entries, seen.expected, seen.judged, rows)
