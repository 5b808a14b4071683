"""The tables that pass between the parts: their columns, types and meaning, declared once.

A table is a pandas DataFrame with a plain RangeIndex. Columns ending in ``_on`` are dates (``datetime64[s]``, midnight,
no zone, NaT unknown), in ``_at`` instants in UTC (``datetime64[us, UTC]``), in ``_minor`` integer minor units of money.
Text columns are pandas ``str``; the empty text means unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

TEXT, INT, REAL, DAY, AT, FLAG = "str", "int64", "float64", "datetime64[s]", "datetime64[us, UTC]", "bool"

Schema = Mapping[str, str]

#: One row a person at a branch: one person with several accounts is one stop.
DEBTORS: Schema = {
    "debtor_id": TEXT,
    "branch": TEXT,
    "region": TEXT,  # code of the district the home lies in, "" where unknown
    "group": TEXT,  # domain.Group
    "occupation": TEXT,  # domain.Occupation
    "debtor_type": TEXT,  # domain.DebtorType
    "agency": TEXT,  # in_house, agency, joint
    "needs": TEXT,  # skills a visit needs, separated by blanks
}

#: One row an account (case) of a debtor.
ACCOUNTS: Schema = {
    "case_id": TEXT,
    "debtor_id": TEXT,
    "branch": TEXT,
    "product": TEXT,  # business_loan, consumer_loan, card, mortgage, auto_loan, other
    "collateral": TEXT,  # none, dwelling, shop, vehicle, machinery, land, other
    "overdue_minor": INT,
    "principal_minor": INT,
    "days_past_due": INT,  # as of as_of_on
    "as_of_on": DAY,
    "due_on": DAY,  # when the last instalment fell due: the limitation period runs from here unless interrupted
    "last_paid_on": DAY,
    "interrupted_on": DAY,  # last act that interrupts the limitation period
    "interruption": TEXT,  # its evidence: payment, notice_signed, delivery_proof, plan, suit, request, ""
    "clock_set_by": TEXT,  # who answers for these dates
    "guarantee_kind": TEXT,  # none, ordinary, joint
    "guarantee_ends_on": DAY,
}

#: Places where a debtor may be met. WGS-84; source_* keeps what the file said.
PLACES: Schema = {
    "place_id": TEXT,
    "debtor_id": TEXT,
    "branch": TEXT,
    "kind": TEXT,  # domain.PlaceKind
    "lon": REAL,
    "lat": REAL,
    "accuracy_m": REAL,
    "source_datum": TEXT,  # wgs84, gcj02, bd09, cgcs2000
    "source_lon": REAL,
    "source_lat": REAL,
}

#: The contact card, kept apart: only pages and exports join it.
CONTACTS: Schema = {"debtor_id": TEXT, "branch": TEXT, "name": TEXT, "phone": TEXT}
ADDRESSES: Schema = {"place_id": TEXT, "debtor_id": TEXT, "branch": TEXT, "address": TEXT}

HOLDS: Schema = {
    "hold_id": TEXT,
    "debtor_id": TEXT,
    "branch": TEXT,
    "kind": TEXT,  # domain.HoldKind
    "from_on": DAY,
    "until_on": DAY,  # NaT: until lifted
    "set_by": TEXT,
}

#: What must be respected, never why: no_visit_weekdays "5 6", no_visit_before "10:00", no_visit_after "18:00",
#: language "yue", no_entry, accessible_venue, interpreter, visitor_gender, safe_contact_only.
ACCOMMODATIONS: Schema = {
    "accommodation_id": TEXT,
    "debtor_id": TEXT,
    "branch": TEXT,
    "kind": TEXT,
    "value": TEXT,
    "said_by": TEXT,
    "set_on": DAY,
    "expires_on": DAY,
}

#: Visits that happened, append-only.
OUTCOMES: Schema = {
    "outcome_id": TEXT,  # made by the client, so that a resend is the same row
    "debtor_id": TEXT,
    "branch": TEXT,
    "place_id": TEXT,
    "crew_id": TEXT,
    "plan_id": TEXT,
    "started_at": AT,
    "ended_at": AT,
    "code": TEXT,  # domain.OutcomeCode
    "willing": TEXT,  # yes, no, unknown
    "able": TEXT,
    "promised_on": DAY,
    "promised_how": TEXT,
    "promised_minor": INT,
    "paid_minor": INT,
    "evidence": TEXT,
    "next_action": TEXT,  # visit_again, call, letter, review, legal; "" unsaid
    "note": TEXT,  # linted where it is written (``rules.notes``); no names, no numbers
    "replaces": TEXT,  # outcome_id that this entry corrects, "" where none
    "recorded_at": AT,
    "recorded_by": TEXT,
}

#: How an account stood on the day of a full list: successive lists tell who paid, who got worse and who left.
ACCOUNT_STATES: Schema = {
    "branch": TEXT,
    "case_id": TEXT,
    "debtor_id": TEXT,
    "as_of_on": DAY,  # the list's day; one row an account and list
    "region": TEXT,
    "product": TEXT,
    "overdue_minor": INT,
    "principal_minor": INT,
    "days_past_due": INT,
    "last_paid_on": DAY,
}

#: Money that came in, from visits or without one.
PAYMENTS: Schema = {
    "branch": TEXT,
    "case_id": TEXT,
    "debtor_id": TEXT,
    "paid_on": DAY,
    "paid_minor": INT,
}

#: What a branch made of a debtor (复盘), append-only: how willing, how able, on what grounds, by whom. A row that
#: ``confirms`` another one is the second reviewer's word on a proposed bad faith: it repeats what it confirms, or gives
#: grounds of doubt, and then neither answers nor a type.
REVIEWS: Schema = {
    "review_id": TEXT,  # made by the client, so that a resend is the same row
    "debtor_id": TEXT,
    "branch": TEXT,
    "willing": TEXT,  # yes, no, unknown
    "able": TEXT,
    "proposed": TEXT,  # domain.DebtorType that follows
    "grounds": TEXT,  # codes of rules.review.GROUNDS, of a doubt of its DOUBTS, separated by blanks
    "note": TEXT,  # linted; "" for who may not see contact cards
    "reviewer": TEXT,
    "reviewed_at": AT,
    "expires_on": DAY,  # last day on which it counts
    "confirms": TEXT,  # review_id that this row confirms or doubts, "" where it is a review of its own
}

#: Which type is in force for a debtor, and what each source says.
TYPES: Schema = {
    "debtor_id": TEXT,
    "debtor_type": TEXT,  # domain.DebtorType in force
    "source": TEXT,  # review, list, ""
    "proposed": TEXT,  # bad_faith while a second reviewer is waited for, else ""
    "listed": TEXT,  # what the list says
    "listed_at": AT,  # since when
    "review_id": TEXT,  # of the newest review that counts, "" where none does
    "reviewed": TEXT,  # the type it found
    "reviewer": TEXT,
    "reviewed_at": AT,
    "expires_on": DAY,
    "second": TEXT,  # who confirmed it
    "doubted": TEXT,  # who was not convinced of it
    "expired": FLAG,  # there are reviews, and all of them are too old
}

#: What the list has said of a debtor's type and since when, append-only. Of a new debtor without a type there is none.
LISTED_TYPES: Schema = {
    "listed_id": TEXT,
    "debtor_id": TEXT,
    "branch": TEXT,
    "debtor_type": TEXT,
    "listed_at": AT,
}

#: What a debtor may own, append-only; a later row ``replaces`` an earlier one.
CLUES: Schema = {
    "clue_id": TEXT,  # made by the client
    "debtor_id": TEXT,
    "branch": TEXT,
    "asset": TEXT,  # key of rules.assets.ASSETS: the class (claims, physical, intangible) follows from it
    "place": TEXT,  # where it is, in words; "" for who may not see contact cards
    "source": TEXT,  # rules.assets.SOURCES
    "certainty": TEXT,  # seen, documented, told
    "seen_on": DAY,
    "recorded_at": AT,
    "recorded_by": TEXT,
    "replaces": TEXT,
    "withdrawn": FLAG,  # the clue that this row replaces was wrong or is gone
}

#: What became of a place and by whom, append-only: what the list had said is never lost.
PLACE_CHANGES: Schema = {
    "change_id": TEXT,
    "place_id": TEXT,
    "debtor_id": TEXT,
    "branch": TEXT,
    "deed": TEXT,  # add, correct, close, reopen; list: the list now says this, and the person's word was kept
    "how": TEXT,  # map, address, visit, document
    "kind": TEXT,
    "lon": REAL,
    "lat": REAL,
    "accuracy_m": REAL,
    "address": TEXT,  # "" for who may not see contact cards
    "was_kind": TEXT,  # the state before, "" and NaN where there was none
    "was_lon": REAL,
    "was_lat": REAL,
    "was_accuracy_m": REAL,
    "was_address": TEXT,
    "made_at": AT,
    "made_by": TEXT,
}

#: Single values of debtors and accounts that people corrected, append-only.
EDITS: Schema = {
    "edit_id": TEXT,
    "batch_id": TEXT,  # of the edits saved together
    "branch": TEXT,
    "subject": TEXT,  # debtor, account
    "subject_id": TEXT,
    "field": TEXT,
    "was": TEXT,
    "now": TEXT,
    "source": TEXT,  # person; list: the list says this, the person's word was kept; released: the list's word counts
    "made_at": AT,
    "made_by": TEXT,
}

#: What somebody complained of, entered by the branch, append-only. No names and no text: a kind, a crew and a day.
COMPLAINTS: Schema = {
    "complaint_id": TEXT,
    "branch": TEXT,
    "crew_id": TEXT,
    "received_on": DAY,
    "kind": TEXT,  # conduct, hours, privacy, third_party, amount, other
    "upheld": TEXT,  # yes, no, open; a later entry that replaces this one decides
    "replaces": TEXT,  # complaint_id that this entry corrects, "" where none
    "recorded_at": AT,
    "recorded_by": TEXT,
}

#: What a crew and its branch say for the crew's safety, append-only: never of a debtor, never where anybody is.
#: Nothing of it goes into learning, into the comparison of crews, or into what anybody is judged by.
SAFETY_ENTRIES: Schema = {
    "entry_id": TEXT,  # made on the phone, so that a resend is the same entry
    "branch": TEXT,
    "crew_id": TEXT,
    "day_on": DAY,  # the day of the shift, by the branch's clock
    "kind": TEXT,  # planner.safety.Kind
    "minutes": INT,  # of all_well: how many more the crew asks for
    "about": TEXT,  # the alert that is withdrawn or seen to; "check_in" where a missed check-in is
    "said": TEXT,  # of acknowledged: what was done (planner.safety.Done)
    "happened_at": AT,
    "recorded_at": AT,
    "recorded_by": TEXT,
}

#: Where all customers live: what "clustered" is tested against. No names.
CUSTOMERS: Schema = {"customer_id": TEXT, "branch": TEXT, "region": TEXT, "lon": REAL, "lat": REAL}


@dataclass(frozen=True)
class Unsaid:
    """What a list says nothing of, because it has no column for it.

    Attributes
    ----------
    columns
        Table → its columns of which the list does not speak.
    positions
        Kinds of places (``domain.PlaceKind``) of which it gives no coordinates.
    unanswered
        Ids of places whose address was asked of somebody who did not answer.
    """

    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    positions: frozenset[str] = frozenset()
    unanswered: frozenset[str] = frozenset()


#: a list that speaks of everything
ALL_SAID = Unsaid()


def empty(schema: Schema) -> pd.DataFrame:
    """Make a table with these columns and no rows."""
    return _empty(tuple(schema.items())).copy()


@cache
def _empty(columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns})


def as_dtype(name: str) -> Any:
    """Give a declared type as pandas takes it."""
    return pd.api.types.pandas_dtype(name)


def conform(table: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Give the table with exactly the declared columns, in order, with the declared types.

    Raises
    ------
    ValueError
        If a column is missing or its values do not fit the type; the message names the column.
    """
    missing = [name for name in schema if name not in table]
    if missing:
        raise ValueError(f"columns missing from the table: {', '.join(missing)}")
    columns = {}
    for name, dtype in schema.items():
        try:
            columns[name] = table[name].astype(as_dtype(dtype))
        except (TypeError, ValueError) as error:
            raise ValueError(f"column {name!r} does not hold {dtype}: {error}") from error
    return pd.DataFrame(columns).reset_index(drop=True)
