"""What comes back in a file from a day without a line: each entry taken for itself, once, whatever came before it.

The file is opened in the browser; here arrive its entries, as a phone with a line would have sent them. An entry that
cannot be kept never holds up the others, and what stands beside another entry is kept and shown, never written over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashboard import formats
from dashboard.phone.answers import BadSent
from dashboard.phone.days import crew_of
from dashboard.phone.outcome import Once, Outcome, once_of, read_outcome, save, told_beside
from dashboard.phone.pack_words import DAMAGED, FOREIGN
from dashboard.phone.pin import save_pin
from dashboard.phone.safety import keep
from dashboard.services import Services
from dashboard.text import _
from dashboard.text.words import OUTCOMES, word
from planner.domain import Principal
from planner.store import NotAllowed
from planner.view import DayView
from planner.view.recorded import entries_of_day
from planner.week import iso_week

#: a browser sends a file in parts of this size at most; the longest note fits so often into one request
MOST_ENTRIES = 8
SAME = ("debtor_id", "code", "paid_minor", "promised_minor")


class BadUpload(BadSent):
    """The file cannot be taken at all; the message is a sentence for the reader."""


@dataclass(frozen=True)
class Bringing:
    """An upload under way: who brings what back to which day, and what was known of the day before."""

    services: Services
    principal: Principal
    view: DayView
    once: Once
    known: pd.DataFrame
    ids: frozenset[str]

    def taken(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Take one entry in, or say why not."""
        body = entry.get("body")
        sent: Mapping[str, Any] = body if isinstance(body, dict) else {}
        told = {"id": id_of(sent), "who": self.who(sent), "here": "", "there": [], "told": []}
        try:
            if entry.get("path") == "/pin":
                return told | self.pin(sent)
            if entry.get("path") == "/outcome":
                return told | self.outcome(sent)
            if entry.get("path") == "/safety":
                return told | self.sign(sent)
            raise BadUpload(_("This page is too old or too new: reload it."))
        except BadSent as error:
            return told | {"state": "refused", "told": [str(error)]}
        except NotAllowed:
            return told | {"state": "refused", "told": [_("Only the crew itself says this.")]}
        except (ValueError, TypeError, KeyError, OverflowError):
            return told | {"state": "refused", "told": [_("The outcome is incomplete: record it once more.")]}

    def outcome(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Keep an outcome; say what else is known of the stop, and whether it is still one."""
        now = self.services.now()
        outcome = read_outcome(sent, self.view, self.once, now=now)
        before = self.known[self.known["outcome_id"] == outcome.outcome_id]
        if len(before) and differs(before.iloc[0].to_dict(), outcome):
            raise BadUpload(_("An entry with this id is kept already and says something else: the first stays."))
        here = {"here": self.said(row_of(outcome))}
        if not save(self.services.store, self.principal, self.view, outcome, now=now):
            return here | {"state": "known"}
        told = []
        if outcome.door.moved:
            told.append(_("Not a stop of this crew any more: the day was planned again. Kept as it happened."))
        if self.known["replaces"].eq(outcome.outcome_id).any():
            told.append(_("It has been corrected since: the correction counts."))
        if outcome.note_faults:
            told.append(_("The outcome is kept without its note: it held what must not be written."))
        there = self.beside(outcome)
        if len(there):
            told.append(self.both(outcome, there))
        return here | {"state": "new", "told": told, "there": [self.said(row) for row in there.to_dict("records")]}

    def pin(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Keep where a stop really is."""
        store, branch = self.services.store, self.view.branch.code
        before = store.place_changes(self.principal, branch, week=iso_week(self.view.day))["change_id"]
        save_pin(store, self.principal, self.view, sent, now=self.services.now())
        return {"here": _("pin put right by you"), "state": "known" if id_of(sent) in set(before) else "new"}

    def sign(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what the crew said for its safety, as of when it was said: nobody is called out by an old alert."""
        view, services = self.view, self.services
        crew = crew_of(services.store, self.principal, view.branch, view.crew_id)
        new = keep(services, self.principal, view.branch, crew, view.day, sent, late=True)
        return {"here": _("said for the crew’s safety"), "state": "new" if new else "known"}

    def beside(self, outcome: Outcome) -> pd.DataFrame:
        """Give what stands of the same stop besides, recorded elsewhere, as far as the reader may see it."""
        table = self.known
        standing = table[~table["outcome_id"].isin(table["replaces"]) & (table["outcome_id"] != outcome.replaces)]
        ours = standing["replaces"].eq(outcome.outcome_id) | standing["outcome_id"].isin(list(self.ids))
        return standing[standing["debtor_id"].eq(outcome.door.debtor_id) & ~ours]

    def both(self, outcome: Outcome, there: pd.DataFrame) -> str:
        """Say what counts of an entry and those that stand beside it."""
        return told_beside((outcome.paid_minor, *there["paid_minor"].astype(int)), self.view.branch.currency)

    def said(self, row: Mapping[Any, Any]) -> str:
        """Say an entry in a line: when, what, how much, by whom where it is not this upload's."""
        zone, money = ZoneInfo(self.view.branch.timezone), self.view.branch.currency
        paid, promised = int(row["paid_minor"]), int(row["promised_minor"])
        parts = [
            formats.clock(row["started_at"].astimezone(zone)),
            word(OUTCOMES, str(row["code"])),
            formats.money(paid, money, cents=True) if paid else "",
            formats.money(promised, money, cents=True) if promised else "",
            str(row.get("recorded_by", "")),
        ]
        return " · ".join(part for part in parts if part)

    def who(self, sent: Mapping[str, Any]) -> str:
        """Name a stop of the day as the reader sees it; one that is none of it any more by its id."""
        wanted = sent.get("debtor_id")
        for stop in self.view.stops:
            if stop.debtor_id == wanted:
                return f"{stop.number} · {stop.name or stop.debtor_id}"
        return str(wanted or "")[:80]


def taken_in(services: Services, principal: Principal, view: DayView, sent: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Take a part of a file in, in the order of the visits; gives what became of each entry.

    Raises
    ------
    BadUpload
        If it is of another crew or day, or malformed as a whole.
    """
    entries = sent.get("entries")
    if (sent.get("crew"), sent.get("day")) != (view.crew_id, view.day.isoformat()):
        raise BadUpload(_(FOREIGN))
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES or not all(isinstance(e, dict) for e in entries):
        raise BadUpload(_(DAMAGED))
    plans = dict.fromkeys(view.plan_ids or (view.plan_id,))
    read = [entries_of_day(services.store, principal, view.branch, view.day, plan_id=one) for one in plans]
    known = pd.concat(read).drop_duplicates("outcome_id", ignore_index=True) if len(read) > 1 else read[0]
    ids = frozenset(id_of(one.get("body")) for one in entries)
    bringing = Bringing(services, principal, view, once_of(services.store, principal, view), known, ids)
    return [bringing.taken(entry) for entry in in_order(entries)]


def in_order(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Sort entries by when the visit began, so that a correction comes after what it corrects."""

    def when(entry: Mapping[str, Any]) -> str:
        body = entry.get("body")
        return str(body.get("started_at") or body.get("happened_at") or "") if isinstance(body, dict) else ""

    return sorted(entries, key=when)


def id_of(sent: object) -> str:
    """Give the id of an entry, "" where it has none."""
    if not isinstance(sent, dict):
        return ""
    return str(sent.get("outcome_id") or sent.get("change_id") or sent.get("entry_id") or "")[:64]


def row_of(outcome: Outcome) -> dict[str, Any]:
    """Give of an outcome what is said of it."""
    return {"started_at": outcome.started_at, "code": outcome.code.value, "paid_minor": outcome.paid_minor,
            "promised_minor": outcome.promised_minor}  # fmt: skip


def differs(row: Mapping[Any, Any], outcome: Outcome) -> bool:
    """Say whether an entry that is kept says something else than this one."""
    mine = row_of(outcome) | {"debtor_id": outcome.door.debtor_id}
    return any(row[name] != mine[name] for name in SAME) or pd.Timestamp(row["started_at"]) != outcome.started_at
