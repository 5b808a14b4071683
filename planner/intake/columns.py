"""The columns an overdue list may have, by the names used from here on, and what their cells hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from planner.tables import Unsaid


class Holds(StrEnum):
    """What the cells of a column hold, and so how they are read."""

    CASE_ID = "case_id"
    ID_NUMBER = "id_number"
    NAME = "name"
    PHONE = "phone"
    TEXT = "text"
    ADDRESS = "address"
    MONEY = "money"
    DAYS = "days"
    DAY = "day"
    DEGREES = "degrees"
    CHOICE = "choice"
    WORDS = "words"
    WEEKDAYS = "weekdays"
    CLOCK = "clock"
    FLAG = "flag"


#: Places an account may name; the prefix of their columns → domain.PlaceKind.
PLACE_KINDS: Mapping[str, str] = {
    "home": "home",
    "work": "workplace",
    "shop": "shop",
    "guarantor": "guarantor",
    "collateral": "collateral",
}


@dataclass(frozen=True)
class Column:
    """A canonical column. ``otherwise`` is what an empty or unknown choice is read as."""

    holds: Holds
    otherwise: str = ""


COLUMNS: Mapping[str, Column] = {
    "case_id": Column(Holds.CASE_ID),
    "name": Column(Holds.NAME),
    "id_number": Column(Holds.ID_NUMBER),
    "phone": Column(Holds.PHONE),
    "product": Column(Holds.CHOICE, "other"),
    "collateral": Column(Holds.CHOICE, "none"),
    "agency": Column(Holds.CHOICE, "in_house"),
    "group": Column(Holds.CHOICE, "individual"),
    "occupation": Column(Holds.CHOICE, "unknown"),
    "debtor_type": Column(Holds.CHOICE, "unreviewed"),
    "overdue": Column(Holds.MONEY),
    "principal": Column(Holds.MONEY),
    "last_paid": Column(Holds.MONEY),
    "days_past_due": Column(Holds.DAYS),
    "bucket": Column(Holds.CHOICE),
    "as_of_on": Column(Holds.DAY),
    "due_on": Column(Holds.DAY),
    "last_paid_on": Column(Holds.DAY),
    "loan_on": Column(Holds.DAY),
    "loan_ends_on": Column(Holds.DAY),
    "interrupted_on": Column(Holds.DAY),
    "interruption": Column(Holds.CHOICE),
    "clock_set_by": Column(Holds.TEXT),
    "guarantor": Column(Holds.TEXT),
    "guarantee_kind": Column(Holds.CHOICE, "none"),
    "guarantee_ends_on": Column(Holds.DAY),
    "hold": Column(Holds.CHOICE),
    "hold_until_on": Column(Holds.DAY),
    "collector": Column(Holds.TEXT),
    "needs": Column(Holds.WORDS),
    "language": Column(Holds.CHOICE),
    "interpreter": Column(Holds.CHOICE),
    "visitor_gender": Column(Holds.CHOICE),
    "no_visit_weekdays": Column(Holds.WEEKDAYS),
    "no_visit_before": Column(Holds.CLOCK),
    "no_visit_after": Column(Holds.CLOCK),
    "no_entry": Column(Holds.FLAG),
    "accessible_venue": Column(Holds.FLAG),
    "safe_contact_only": Column(Holds.FLAG),
    "city": Column(Holds.TEXT),
    "district": Column(Holds.TEXT),
    "datum": Column(Holds.CHOICE),
    **{f"{place}_address": Column(Holds.ADDRESS) for place in PLACE_KINDS},
    **{f"{place}_lon": Column(Holds.DEGREES) for place in PLACE_KINDS},
    **{f"{place}_lat": Column(Holds.DEGREES) for place in PLACE_KINDS},
    **{f"{place}_datum": Column(Holds.CHOICE) for place in PLACE_KINDS},
}

#: Accommodations that a list may carry: what must be respected, never why.
ACCOMMODATION_KINDS = (
    "language",
    "interpreter",
    "visitor_gender",
    "no_visit_weekdays",
    "no_visit_before",
    "no_visit_after",
    "no_entry",
    "accessible_venue",
    "safe_contact_only",
)

#: A file is useless without these: each entry is a set of columns of which one must be there, and how to call it.
NEEDED: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"case_id"}), "the case id (案件编号)"),
    (frozenset({"overdue"}), "the overdue amount (逾期金额)"),
    (
        frozenset({"days_past_due", "due_on", "bucket"}),
        "days past due (逾期天数), due date (逾期日期) or bucket (账龄)",
    ),
)

_PLACED = tuple(f"{place}_{part}" for place in PLACE_KINDS for part in ("address", "lon"))
_INTERRUPTED = ("interrupted_on", "interruption")

#: Table → its column → the columns of a list of which one must be there for the list to say anything of it.
SAYS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "debtors": {
        "region": _PLACED,
        **{name: (name,) for name in ("group", "occupation", "debtor_type", "agency", "needs")},
    },
    "contacts": {name: (name,) for name in ("name", "phone")},
    "accounts": {
        "principal_minor": ("principal",),
        **{name: (name,) for name in ("product", "collateral", "due_on", "last_paid_on")},
        **{name: (name,) for name in ("guarantee_kind", "guarantee_ends_on")},
        # A day without its evidence, or the evidence of another day, would be neither.
        **dict.fromkeys(_INTERRUPTED, _INTERRUPTED),
        "clock_set_by": ("clock_set_by", *_INTERRUPTED),
    },
}


def unsaid(there: Collection[str]) -> Unsaid:
    """Give what a list with these columns says nothing of.

    >>> sorted(unsaid(["case_id", "overdue", "days_past_due", "name", "home_address"]).columns["contacts"])
    ['phone']
    """
    columns = {
        table: frozenset(name for name, by in says.items() if not set(by) & set(there)) for table, says in SAYS.items()
    }
    return Unsaid(columns, frozenset(kind for place, kind in PLACE_KINDS.items() if f"{place}_lon" not in there))
