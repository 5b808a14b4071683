"""Everything that happened with a debtor, and what is ahead, on one line of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import OutcomeCode
from planner.rules.review import is_doubt
from planner.tables import DAY, REAL, TEXT, Schema, empty
from planner.view.recorded import unsaid

#: one row an event, oldest first; a span has both ends
EVENTS: Schema = {
    "on": DAY,
    "until_on": DAY,  # NaT: a point in time, or a span without an end
    "lane": TEXT,  # see LANES
    "kind": TEXT,  # due, listed, paid, visit, promise, review, confirmed, doubted, hold, clock, interruption, …
    "code": TEXT,  # outcome, type, hold, accommodation, clock or state: the screens have the words
    "minor": REAL,  # money, NaN where none is meant
    "who": TEXT,
    "about": TEXT,  # case or place id
    "more": TEXT,  # the rest in codes: "willing able how" of a visit, the article of a clock
    "ahead": "bool",
}
LANES = ("accounts", "payments", "visits", "promises", "reviews", "respect", "clocks", "planned")
#: a payment may take so many days to be booked: a promise is broken only after them
BOOKED_DAYS = 3
#: a promise is kept when this share of it came in
ENOUGH = 0.95


@dataclass(frozen=True)
class Planned:
    """A visit of a published plan."""

    begins_at: datetime
    crew: str
    place_kind: str


def timeline(
    accounts: pd.DataFrame,
    outcomes: pd.DataFrame,
    reviews: pd.DataFrame,
    holds: pd.DataFrame,
    accommodations: pd.DataFrame,
    ticking: pd.DataFrame,
    *,
    planned: Iterable[Planned] = (),
    payments: pd.DataFrame | None = None,
    states: pd.DataFrame | None = None,
    today: date,
    zone: ZoneInfo,
) -> pd.DataFrame:
    """Give the events of one debtor (``EVENTS``), oldest first.

    Parameters
    ----------
    accounts, outcomes, reviews, holds, accommodations
        His rows as in ``planner.tables``; outcomes as they stand.
    ticking
        His rows of ``value.clocks.CLOCKS``.
    payments, states
        His rows of ``tables.PAYMENTS`` (those at visits among them) and ``tables.ACCOUNT_STATES``, where they are kept;
        without them the last payment of each account and what was paid at visits are all that is known.
    """
    rows: list[dict[str, object]] = []
    paid = received(accounts, outcomes, payments, zone)
    rows += [
        event(one["due_on"], "accounts", "due", minor=one["overdue_minor"], about=one["case_id"], code=one["product"])
        for one in accounts.to_dict("records")
    ]
    if states is not None:
        rows += [
            event(one["as_of_on"], "accounts", "listed", minor=one["overdue_minor"], about=one["case_id"])
            for one in news(states).to_dict("records")
        ]
    rows += [
        event(one["on"], "payments", "paid", minor=one["minor"], about=one["about"], code=one["code"])
        for one in paid.to_dict("records")
    ]
    rows += visits(outcomes, paid, today, zone)
    rows += judged(reviews, zone)
    for one in holds.to_dict("records"):
        rows.append(event(one["from_on"], "respect", "hold", one["until_on"], code=one["kind"], who=one["set_by"]))
    for one in accommodations.to_dict("records"):
        rows.append(
            event(
                one["set_on"],
                "respect",
                "accommodation",
                one["expires_on"],
                code=one["kind"],
                who=one["said_by"],
                more=one["value"],
            )
        )
    rows += clock_events(accounts, ticking)
    for stop in planned:
        day = stop.begins_at.astimezone(zone)
        rows.append(event(day.date(), "planned", "planned", code=stop.place_kind, who=stop.crew, more=f"{day:%H:%M}"))
    if not rows:
        return empty(EVENTS)
    table = pd.DataFrame(rows).dropna(subset=["on"])
    for name in ("on", "until_on"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    table["ahead"] = table["on"] > pd.Timestamp(today)
    rank = {lane: k for k, lane in enumerate(LANES)}
    order = table.assign(rank=table["lane"].map(rank)).sort_values(["on", "rank", "about"], kind="stable")
    return order[list(EVENTS)].astype({"minor": "float64", "ahead": "bool"}).reset_index(drop=True)


def news(states: pd.DataFrame) -> pd.DataFrame:
    """Keep the lists that said something new: the first one of each account, and those with another amount."""
    ordered = states.sort_values(["case_id", "as_of_on"], kind="stable")
    before = ordered.groupby("case_id")["overdue_minor"].shift()
    changed: pd.DataFrame = ordered[before.isna() | (before != ordered["overdue_minor"])]
    return changed


def event(
    on: object,
    lane: str,
    kind: str,
    until: object = pd.NaT,
    *,
    code: object = "",
    minor: object = float("nan"),
    who: object = "",
    about: object = "",
    more: object = "",
) -> dict[str, object]:
    """Make one row."""
    return {
        "on": on,
        "until_on": until,
        "lane": lane,
        "kind": kind,
        "code": code,
        "minor": minor,
        "who": who,
        "about": about,
        "more": more,
    }


def local_days(instants: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Give the days of instants where the branch is."""
    days: pd.Series = instants.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    return days


def received(
    accounts: pd.DataFrame, outcomes: pd.DataFrame, payments: pd.DataFrame | None, zone: ZoneInfo
) -> pd.DataFrame:
    """Give the money that came in: ``on``, ``minor`` (NaN unknown), ``about``, ``code`` (door, booked, listed)."""
    door = outcomes[outcomes["paid_minor"] > 0]
    at_door = pd.DataFrame(
        {
            "on": local_days(door["started_at"], zone),
            "minor": door["paid_minor"].astype("float64"),
            "about": "",
            "code": "door",
        }
    )
    if payments is not None and len(payments):
        # They hold what was paid at doors already: told apart by day and amount, not counted a second time.
        booked = pd.DataFrame(
            {
                "on": payments["paid_on"].astype("datetime64[s]"),
                "minor": payments["paid_minor"].astype("float64"),
                "about": payments["case_id"],
            }
        )
        key = ["on", "minor"]
        marked = [one.assign(nth=one.groupby(key).cumcount()) for one in (booked, at_door)]
        found = marked[0].merge(marked[1][[*key, "nth", "code"]], on=[*key, "nth"], how="left")
        return found.drop(columns="nth").assign(code=found["code"].astype(object).fillna("booked"))
    last = accounts[accounts["last_paid_on"].notna()]
    listed = pd.DataFrame(
        {"on": last["last_paid_on"], "minor": float("nan"), "about": last["case_id"], "code": "listed"}
    )
    parts = [at_door, listed]
    return pd.concat([one for one in parts if len(one)] or [parts[0]], ignore_index=True)


def visits(outcomes: pd.DataFrame, paid: pd.DataFrame, today: date, zone: ZoneInfo) -> list[dict[str, object]]:
    """Give each visit with its three elements, and each promise with what became of it."""
    rows: list[dict[str, object]] = []
    for one in outcomes.assign(on=local_days(outcomes["started_at"], zone)).to_dict("records"):
        more = " ".join(str(one[name] or "-") for name in ("willing", "able", "promised_how"))
        rows.append(
            event(
                one["on"],
                "visits",
                "visit",
                code=one["code"],
                who=one["crew_id"],
                about=one["place_id"],
                minor=float(one["promised_minor"]) if one["promised_minor"] else float("nan"),
                more=more,
            )
        )
        if one["promised_minor"] and not pd.isna(one["promised_on"]):
            state = promise_state(
                one["on"], one["promised_on"], int(one["promised_minor"]), paid, today, at_once=int(one["paid_minor"])
            )
            rows.append(
                event(
                    one["on"],
                    "promises",
                    "promise",
                    one["promised_on"],
                    code=state,
                    minor=float(one["promised_minor"]),
                    more=one["promised_how"],
                )
            )
        elif left := unsaid(one):
            # Whoever goes there next should ask for it.
            rows.append(event(one["on"], "promises", "promise_open", code="open", more=" ".join(left)))
        elif one["code"] == OutcomeCode.PLAN_SIGNED:
            rows.append(event(one["on"], "promises", "plan_signed", code="open"))
    return rows


def promise_state(
    given: pd.Timestamp, due: pd.Timestamp, minor: int, paid: pd.DataFrame, today: date, *, at_once: int = 0
) -> str:
    """Say what became of a promise: ``kept``, ``part``, ``broken``, ``open``, or ``unsure`` (paid, nobody knows what).

    Money that came in from the day of the promise until it could be booked counts, but what was paid ``at_once``, at
    the visit itself: the promise is about the rest.
    """
    last = due + pd.Timedelta(days=BOOKED_DAYS)
    came = paid[(paid["on"] >= given) & (paid["on"] <= last)]
    total = float(came["minor"].sum()) - at_once
    if total >= ENOUGH * minor:
        return "kept"
    if came["minor"].isna().any():
        return "unsure"
    if pd.Timestamp(today) <= last:
        return "open"
    return "part" if total > 0 else "broken"


def judged(reviews: pd.DataFrame, zone: ZoneInfo) -> list[dict[str, object]]:
    """Give each review, each confirmation and each doubt; a proposal says whether it holds."""
    rows = []
    for one in reviews.assign(on=local_days(reviews["reviewed_at"], zone)).to_dict("records"):
        doubt = is_doubt(one["confirms"], one["grounds"].split())
        kind = "doubted" if doubt else "confirmed" if one["confirms"] else "review"
        rows.append(
            event(
                one["on"],
                "reviews",
                kind,
                one["expires_on"],
                code=one["proposed"],
                who=one["reviewer"],
                more=one["grounds"],
                about=one["review_id"],
            )
        )
    return rows


def clock_events(accounts: pd.DataFrame, ticking: pd.DataFrame) -> list[dict[str, object]]:
    """Give the clocks as spans from start to end, and the interruptions with their evidence."""
    rows = [
        event(
            one["interrupted_on"],
            "clocks",
            "interruption",
            code=one["interruption"],
            about=one["case_id"],
            who=one["clock_set_by"],
        )
        for one in accounts[accounts["interrupted_on"].notna()].to_dict("records")
    ]
    rows += [
        event(
            one["starts_on"],
            "clocks",
            "clock",
            one["ends_on"],
            code=one["kind"],
            about=one["case_id"],
            minor=float(one["overdue_minor"]),
            who=one["set_by"],
            more=one["article"],
        )
        for one in ticking[ticking["ends_on"].notna()].to_dict("records")
    ]
    return rows
