"""The ways to the debtors of a week: who goes where, what it is expected to bring, and the lists that go out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from planner.agency import MINIMUM, MORE, Agency, cut
from planner.domain import Branch, Principal, Role
from planner.store import SavedPlan, Store, last_decided
from planner.tables import FLAG, INT, REAL, TEXT, Schema, conform
from planner.value.channels import Channel
from planner.value.survey import survey

#: one row a debtor on the list; nets of channels that are not allowed are NaN
ROWS: Schema = {
    "debtor_id": TEXT,
    "name": TEXT,  # "" for who may not see it
    "channel": TEXT,
    "agency": TEXT,
    "bucket": TEXT,
    "overdue_minor": INT,
    "gross_minor": REAL,
    "cost_minor": REAL,
    "fee_minor": REAL,
    "net_minor": REAL,
    "own_minor": REAL,  # net of each way, for the comparison
    "agency_minor": REAL,
    "letter_minor": REAL,
    "phone_minor": REAL,
    "planned": FLAG,
    "why": TEXT,
}
#: columns of a list that goes out; an agency's is cut to what its contract allows
LISTED = (*MINIMUM, *MORE, "channel", "expected")


@dataclass(frozen=True)
class ChannelsView:
    """The ways of one plan. ``rows``: ``ROWS``; prices of hours in minor units; ``known`` false in old plans."""

    plan_id: str
    week: str
    known: bool
    rows: pd.DataFrame
    crew_hour_minor: float
    scarce_hour_minor: float
    agencies: tuple[Agency, ...]
    currency: str

    def of(self, channel: Channel) -> pd.DataFrame:
        """Give the rows of one way."""
        found: pd.DataFrame = self.rows[self.rows["channel"] == channel]
        return found


def channels_view(
    store: Store, principal: Principal, branch: Branch, week: str, plan_id: str = ""
) -> ChannelsView | None:
    """Read the ways of a plan of the week, at first the last decided one; None where there is no plan.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not see the branch's plans.
    """
    rows = store.plans(principal, branch.code, week)
    if not rows:
        return None
    saved = store.plan(principal, next((one for one in rows if one.plan_id == plan_id), last_decided(rows)).plan_id)
    names = {}
    if principal.role is Role.MANAGER:
        cards = store.contacts(principal, branch.code)
        names = dict(zip(cards["debtor_id"], cards["name"], strict=True))
    known = saved.context.get("channels", {})
    return ChannelsView(
        plan_id=saved.plan_id,
        week=week,
        known=bool(known),
        rows=rows_of(saved, names),
        crew_hour_minor=float(known.get("crew_hour_minor", float("nan"))),
        scarce_hour_minor=float(known.get("scarce_hour_minor", float("nan"))),
        agencies=store.agencies(principal, branch.code),
        currency=saved.context["currency"],
    )


def rows_of(saved: SavedPlan, names: Mapping[str, str]) -> pd.DataFrame:
    """Join what was decided with the debtors of the plan (``ROWS``), the largest net first."""
    debtors, planned = saved.context["debtors"], planned_of(saved)

    def offer(row: Mapping[str, Any], channel: str) -> float:
        value = row["offers"].get(channel)
        return float("nan") if value is None or isinstance(value, str) else float(value)

    rows = [
        {
            "debtor_id": one,
            "name": names.get(one, ""),
            "channel": row["channel"],
            "agency": row["agency"],
            "bucket": debtors[one]["bucket"],
            "overdue_minor": debtors[one]["overdue_minor"],
            **{name: row[name] for name in ("gross_minor", "cost_minor", "fee_minor", "net_minor")},
            **{f"{channel}_minor": offer(row, channel) for channel in ("own", "agency", "letter", "phone")},
            "planned": one in planned,
            "why": row["why"],
        }
        for one, row in saved.context.get("channels", {}).get("rows", {}).items()
        if one in debtors
    ]
    table = conform(pd.DataFrame(rows, columns=list(ROWS)), ROWS)
    return table.sort_values(["net_minor", "debtor_id"], ascending=[False, True], ignore_index=True)


def planned_of(saved: SavedPlan) -> frozenset[str]:
    """Give the debtors on a route."""
    return frozenset(stop["visit"] for route in saved.plan["routes"] for stop in route["stops"])


def outgoing(
    store: Store,
    principal: Principal,
    branch: Branch,
    view: ChannelsView,
    channel: Channel,
    *,
    today: date,
    agency: Agency | None = None,
) -> pd.DataFrame:
    """Give a list to work with: case, name, address, telephone, amount, and what must be respected.

    Parameters
    ----------
    agency
        Whose list it is: then it holds its debtors alone and no column that its contract does not allow.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not see contact cards.
    """
    code = branch.code
    chosen = view.of(channel)
    if agency is not None:
        chosen = chosen[chosen["agency"] == agency.code]
    surveyed = survey(store.debtors(principal, code), store.accounts(principal, code), today=today)
    people = {str(row["debtor_id"]): row for row in surveyed.to_dict("records")}
    cards = store.contacts(principal, code).set_index("debtor_id")
    written = homes(store, principal, code)
    wishes = respected(store.accommodations(principal, code), today)
    rows = []
    for one in chosen.itertuples():
        debtor = str(one.debtor_id)
        if debtor not in people:
            continue  # closed by a newer list
        person = people[debtor]
        full: dict[str, Any] = {
            "case_id": person["case_ids"],
            "name": cards["name"].get(debtor, ""),
            "address": written.get(debtor, ""),
            "overdue": int(person["overdue_minor"]) / 100,
            "accommodations": wishes.get(debtor, ""),
            "phone": cards["phone"].get(debtor, ""),
            "product": person["product"],
            "bucket": person["bucket"],
            "days_past_due": int(person["days_past_due"]),
            "guarantee": person["guarantee"],
            "channel": channel.value,
            "expected": round(float(one.net_minor) / 100),  # type: ignore[arg-type]
        }
        rows.append(full if agency is None else cut(full, agency.sees))
    return pd.DataFrame(rows, columns=list(LISTED if agency is None else columns_for(agency.sees)))


def columns_for(fields: Collection[str]) -> tuple[str, ...]:
    """Give the columns of a list cut to the allowed fields, in their order."""
    return tuple(name for name in (*MINIMUM, *MORE) if name in fields)


def homes(store: Store, principal: Principal, branch: str) -> dict[str, str]:
    """Give one written address a debtor: the home, else the first place that has one; never a guarantor's."""
    places = store.places(principal, branch)
    own = places[~places["kind"].isin(["guarantor", "collateral"])]
    rank = own["kind"].map({"home": 0, "shop": 1, "workplace": 2}).fillna(3)
    ordered = own.assign(rank=rank).sort_values(["debtor_id", "rank", "place_id"])
    written = store.addresses(principal, branch).set_index("place_id")["address"]
    first = ordered.assign(address=ordered["place_id"].map(written).fillna(""))
    first = first[first["address"] != ""].drop_duplicates("debtor_id")
    return dict(zip(first["debtor_id"], first["address"], strict=True))


def respected(wishes: pd.DataFrame, today: date) -> dict[str, str]:
    """Give what must be respected, by debtor: kinds and values as the list says them, never why."""
    day = pd.Timestamp(today)
    now = wishes[~(wishes["set_on"] > day) & ~(wishes["expires_on"] < day)]
    said = (now["kind"] + " " + now["value"]).str.strip()
    return {str(one): "; ".join(texts) for one, texts in said.groupby(now["debtor_id"])}


def today_at(branch: Branch, now: Any) -> date:
    """Give the branch's date."""
    day: date = now.astimezone(ZoneInfo(branch.timezone)).date()
    return day
