"""What new evidence would do to a clock: the clock before and after, and why some evidence moves nothing.

Only what the rule pack names interrupts. A date that is older than the present start, or later than the end of the
period, moves nothing either: what has passed is not brought back by a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from planner.domain import ClockKind
from planner.rules.pack import ClockTerms
from planner.value.clocks import clocks

#: why evidence is refused
REFUSALS = {
    "not_evidence": "This does not interrupt the period: it proves nothing that the law counts.",
    "in_future": "The day lies ahead.",
    "no_start": "The start of the period is not known: the due date is needed first.",
    "too_old": "The period runs from a later day already: an older act changes nothing.",
    "after_end": "The period had passed on that day: ask the legal department, nothing is entered here.",
    "no_source": "Say where the paper or the receipt is kept.",
}


@dataclass(frozen=True)
class Moved:
    """The limitation clock of an account before and after; ``refusal`` is a code of ``REFUSALS`` or empty.

    Before and after are rows of ``clocks.CLOCKS``; where the evidence is refused they are the same.
    """

    before: pd.Series
    after: pd.Series
    refusal: str


def moved(
    account: pd.DataFrame, terms: ClockTerms, *, on: date, evidence: str, source: str, who: str, today: date
) -> Moved:
    """Say what an interruption on a day would do to the clock of an account, one row of ``tables.ACCOUNTS``."""
    before = limitation(account, terms, today)
    why = refusal(before, terms, on=on, evidence=evidence, source=source, today=today)
    if why:
        return Moved(before, before, why)
    changed = account.assign(
        interrupted_on=pd.Timestamp(on).as_unit("s"), interruption=evidence, clock_set_by=f"{who}: {source}"
    )
    return Moved(before, limitation(changed, terms, today), "")


def limitation(account: pd.DataFrame, terms: ClockTerms, today: date) -> pd.Series:
    """Give the limitation clock of one account."""
    table = clocks(account, terms, today=today)
    row: pd.Series = table[table["kind"] == ClockKind.LIMITATION.value].iloc[0]
    return row


def refusal(before: pd.Series, terms: ClockTerms, *, on: date, evidence: str, source: str, today: date) -> str:
    """Give why the evidence is not entered, empty where it is."""
    day = pd.Timestamp(on)
    checks = (
        ("not_evidence", evidence not in terms.interrupting.value),
        ("in_future", on > today),
        ("no_start", bool(pd.isna(before["starts_on"]))),
        ("too_old", bool(day <= before["starts_on"])),
        ("after_end", bool(day > before["ends_on"])),
        ("no_source", not source.strip()),
    )
    return next((code for code, holds in checks if holds), "")
