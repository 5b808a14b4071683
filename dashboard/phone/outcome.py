"""What a phone sends back: one outcome, checked here field by field before the store sees it.

A phone may send the same outcome twice, or weeks later: its id was made on the phone, so it is the same row. What
happened at a door is true whatever became of the plan: an outcome of a stop that has left the crew's day meanwhile is
kept under the plan by which the crew was sent there, and only if it was sent there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pandas as pd

from dashboard import formats
from dashboard.phone.answers import BadSent
from dashboard.phone.days import opening
from dashboard.phone.words import (
    ABLE_OF,
    EVIDENCE_OF,
    FURTHEST_PROMISE,
    MOST_TIMES_OVERDUE,
    NEXT_ACTIONS,
    PAID,
    PROMISED,
    WAYS,
    WILLING_OF,
)
from dashboard.text import N_, _
from planner.domain import OutcomeCode, Principal
from planner.rules.notes import faults
from planner.store import CLOCK_ERROR, OnceStop, Store, TooEarly
from planner.tables import OUTCOMES, conform
from planner.view import DayView
from planner.view.day_clocks import AT_THE_DOOR
from planner.view.recorded import entries_of_day

KNOWN = frozenset(
    [
        "outcome_id",
        "debtor_id",
        "place_id",
        "plan_id",
        "code",
        "started_at",
        "ended_at",
        "promised_on",
        "promised_how",
        "promised_minor",
        "paid_minor",
        "correction",
        "replaces",
        "evidence",
        "willing",
        "able",
        "next_action",
        "note",
    ]
)
ANSWERS = frozenset({"yes", "no", "unknown"})
MOST_MINOR = 10**12
LATE = timedelta(days=30)
AHEAD = N_("This day is still to come: outcomes are recorded from {day} on. The entry stays on this phone.")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class BadOutcome(BadSent):
    """The outcome cannot be kept; the message is a sentence for the collector."""


class DayAhead(BadOutcome):
    """The day is still to come where the branch is: a phone keeps the entry, and sends it again on the day."""

    status = 425


#: asks who was ever a stop of the crew's day; asked only where an outcome is of none of today's stops
Once = Callable[[], Mapping[str, OnceStop]]


@dataclass(frozen=True)
class Door:
    """Where an outcome belongs: ``moved`` if the stop is not in the crew's day any more. 0 overdue: not known here."""

    debtor_id: str
    place_id: str
    plan_id: str
    overdue_minor: int
    moved: bool = False


@dataclass(frozen=True)
class Outcome:
    """A checked outcome of one stop. ``replaces`` is the entry it corrects as far as the phone knew it, "" for none."""

    outcome_id: str
    door: Door
    code: OutcomeCode
    started_at: datetime
    ended_at: datetime
    promised_on: date | None
    promised_how: str
    promised_minor: int
    paid_minor: int
    correction: bool
    evidence: str = ""
    willing: str = "unknown"
    able: str = "unknown"
    next_action: str = ""
    note: str = ""
    note_faults: tuple[str, ...] = ()
    replaces: str = ""


def read_outcome(sent: Mapping[str, Any], view: DayView, once: Once, *, now: datetime) -> Outcome:
    """Check what a phone sent against the day it belongs to.

    Raises
    ------
    BadOutcome
        If a field is unknown, missing, malformed, or does not fit the others; ``DayAhead`` if the day has not begun.
    """
    unknown = set(sent) - KNOWN
    if unknown:
        raise BadOutcome(_("This page is too old or too new: reload it."))
    if not opening(view.branch, view.day, now=now)["open"]:
        raise DayAhead(_(AHEAD).format(day=formats.day(view.day)))
    door = door_of(sent, view, once)
    try:
        outcome_id = str(UUID(str(sent["outcome_id"])))
        replaces = str(UUID(str(sent["replaces"]))) if sent.get("replaces") else ""
        code = OutcomeCode(str(sent["code"]))
        started, ended = instant(sent["started_at"]), instant(sent["ended_at"])
    except (KeyError, ValueError) as error:
        raise BadOutcome(_("The outcome is incomplete: record it once more.")) from error
    if replaces == outcome_id:
        raise BadOutcome(_("The outcome is incomplete: record it once more."))
    was = once().get(door.debtor_id) if replaces else None
    if was is not None and replaces in was.foreign:
        replaces = ""  # what another crew recorded is put right by that crew
    if not now - LATE <= started <= ended <= now + CLOCK_ERROR:
        raise BadOutcome(_("The time of the visit cannot be right: check the phone's clock."))
    paid, promised = amount(sent.get("paid_minor", 0)), amount(sent.get("promised_minor", 0))
    if max(paid, promised) > MOST_TIMES_OVERDUE * door.overdue_minor > 0:
        raise BadOutcome(_("That is over ten times what is overdue: check the amount."))
    promised_on = promise_day(sent.get("promised_on", ""), started.date())
    how = str(sent.get("promised_how", ""))
    if how and how not in WAYS:
        raise BadOutcome(_("The outcome is incomplete: record it once more."))
    if (paid > 0) != (code in PAID) or not promise_fits(code, promised, promised_on):
        raise BadOutcome(_("The amount does not fit the outcome: record it once more."))
    # An outcome is worth more than its note: one that must not be kept is left away, and the phone is told.
    note = str(sent.get("note", "")).strip()
    wrong = faults(note)
    return Outcome(
        outcome_id,
        door,
        code,
        started,
        ended,
        promised_on,
        how,
        promised,
        paid,
        sent.get("correction") is True,
        evidence=one_of(sent, "evidence", {"", *AT_THE_DOOR}, EVIDENCE_OF.get(code, "")),
        willing=one_of(sent, "willing", ANSWERS, WILLING_OF.get(code, "unknown")),
        able=one_of(sent, "able", ANSWERS, ABLE_OF.get(code, "unknown")),
        next_action=one_of(sent, "next_action", {"", *NEXT_ACTIONS}, ""),
        note="" if wrong else note,
        note_faults=wrong,
        replaces=replaces,
    )


def once_of(store: Store, principal: Principal, view: DayView) -> Once:
    """Give who asks the store for the stops of a crew's day over all plans; it asks once at most."""
    return cache(lambda: store.once_stops(principal, view.branch.code, view.crew_id, view.day))


def door_of(sent: Mapping[str, Any], view: DayView, once: Once) -> Door:
    """Give the stop of an outcome: one of the day as it is, or of a plan by which the crew worked before.

    Raises
    ------
    BadOutcome
        If the crew was never sent there on that day.
    """
    wanted = sent.get("debtor_id")
    for stop in view.stops:
        if stop.debtor_id == wanted:
            return Door(stop.debtor_id, stop.place_id, stop.plan_id or view.plan_id, stop.overdue_minor)
    was = once().get(wanted) if isinstance(wanted, str) else None
    if was is None:
        raise BadOutcome(_("This debtor was never a stop of this crew's day."))
    plan_id = sent.get("plan_id") if sent.get("plan_id") in was.plan_ids else was.plan_ids[0]
    place_id = sent.get("place_id") if sent.get("place_id") in was.place_ids else ""
    return Door(was.debtor_id, str(place_id), str(plan_id), 0, moved=True)


def one_of(sent: Mapping[str, Any], name: str, known: Collection[str], otherwise: str) -> str:
    """Give a word that was sent, or what holds where none was.

    Raises
    ------
    BadOutcome
        If it is none of the known ones.
    """
    value = sent.get(name, otherwise)
    if value not in known:
        raise BadOutcome(_("The outcome is incomplete: record it once more."))
    return str(value)


def instant(text: object) -> datetime:
    """Read an aware time.

    Raises
    ------
    ValueError
        If it is malformed or has no zone.
    """
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment.astimezone(UTC)


def amount(value: object) -> int:
    """Read an amount in minor units.

    Raises
    ------
    BadOutcome
        If it is no whole number within reason.
    """
    if type(value) is not int or not 0 <= value <= MOST_MINOR:
        raise BadOutcome(_("The amount does not fit the outcome: record it once more."))
    return value


def promise_day(value: object, visited: date) -> date | None:
    """Read the day of a promise, None where there is none.

    Raises
    ------
    BadOutcome
        If it is malformed, before the visit or more than a year later.
    """
    if value in ("", None):
        return None
    try:
        if not DAY.fullmatch(str(value)):
            raise ValueError("no day")
        day = date.fromisoformat(str(value))
    except ValueError as error:
        raise BadOutcome(_("Choose today or a later day.")) from error
    # A visit after midnight in UTC may be on the day before by the branch's clock.
    if day < visited - timedelta(days=1):
        raise BadOutcome(_("Choose today or a later day."))
    if day > visited + FURTHEST_PROMISE:
        raise BadOutcome(_("Choose a day within the next year."))
    return day


def promise_fits(code: OutcomeCode, minor: int, on: date | None) -> bool:
    """Say whether what was promised fits the outcome.

    A promise may leave open what was not said at the door, day and amount; one within two or three days has its day.
    """
    if code not in PROMISED:
        return minor == 0 or on is None
    return on is not None or code is OutcomeCode.PTP_LATER


def save(store: Store, principal: Principal, view: DayView, outcome: Outcome, *, now: datetime) -> bool:
    """Keep an outcome; True if it is new, False if it was known already."""
    branch = view.branch.code
    replaces = outcome.replaces
    if outcome.correction and not replaces:
        replaces = replaced(store, principal, view, outcome)
    row = {
        "outcome_id": outcome.outcome_id,
        "debtor_id": outcome.door.debtor_id,
        "branch": branch,
        "place_id": outcome.door.place_id,
        "crew_id": view.crew_id,
        "plan_id": outcome.door.plan_id,
        "started_at": outcome.started_at,
        "ended_at": outcome.ended_at,
        "code": outcome.code.value,
        "willing": outcome.willing,
        "able": outcome.able,
        "promised_on": pd.Timestamp(outcome.promised_on) if outcome.promised_on else pd.NaT,
        "promised_how": outcome.promised_how,
        "promised_minor": outcome.promised_minor,
        "paid_minor": outcome.paid_minor,
        "evidence": outcome.evidence,
        "next_action": outcome.next_action,
        "note": outcome.note,
        "replaces": replaces,
        "recorded_at": now,
        "recorded_by": principal.name,
    }
    try:
        saved = store.save_outcomes(principal, branch, conform(pd.DataFrame([row]), OUTCOMES), now=now)
    except TooEarly as error:
        raise DayAhead(_(AHEAD).format(day=formats.day(view.day))) from error
    return outcome.outcome_id in saved.added


def beside(store: Store, principal: Principal, view: DayView, outcome: Outcome) -> str:
    """Say what counts of an entry and those that stand beside it; "" where it stands alone.

    Both of a crew may have written down the same visit, each on a phone that does not know of the other yet.
    """
    table = entries_of_day(store, principal, view.branch, view.day, plan_id=outcome.door.plan_id)
    table = table[table["debtor_id"].eq(outcome.door.debtor_id) & ~table["outcome_id"].isin(table["replaces"])]
    if len(table) < 2 or outcome.outcome_id not in set(table["outcome_id"]):
        return ""
    return told_beside(table["paid_minor"].astype(int), view.branch.currency)


def told_beside(amounts: Iterable[int], currency: str) -> str:
    """Say what counts of entries that stand beside each other, as the day counts them (``view.recorded``)."""
    paid = [one for one in amounts if one]
    if not paid:
        return _("This stop is recorded elsewhere too. Both are kept; the later visit counts.")
    money = formats.money(sum(paid), currency, cents=True)
    if len(paid) == 1:
        return _(
            "This stop is recorded elsewhere too. Both are kept; the payment of {money} counts, whatever was later."
        ).format(money=money)
    return _(
        "This stop is recorded elsewhere too. All are kept; what was paid counts together: {money}. "
        "If it is the same payment, correct one of them."
    ).format(money=money)


def replaced(store: Store, principal: Principal, view: DayView, outcome: Outcome) -> str:
    """Give the id of the entry that a correction replaces: the debtor's last one of this crew and plan, or day.

    A day that was planned again goes on under another plan.
    """
    table = store.latest_outcomes(principal, view.branch.code, since=outcome.started_at - timedelta(days=1))
    mine = table[
        (table["debtor_id"] == outcome.door.debtor_id)
        & (table["outcome_id"] != outcome.outcome_id)  # what is sent twice does not replace itself
        & (table["crew_id"] == view.crew_id)
        & (
            (table["plan_id"] == outcome.door.plan_id)
            | (table["started_at"] >= outcome.started_at - timedelta(hours=18))
        )
    ].sort_values("recorded_at")
    return str(mine["outcome_id"].iloc[-1]) if len(mine) else ""
