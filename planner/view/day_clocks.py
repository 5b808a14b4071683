"""What a paper signed at the door would do to a debtor's limitation clocks, told before anybody asks for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from planner.domain import ClockKind
from planner.rules.pack import ClockTerms
from planner.value.clocks import clocks
from planner.value.evidence import refusal

#: what a visit can bring home, the usual first
AT_THE_DOOR = ("notice_signed", "delivery_proof", "payment", "plan")


@dataclass(frozen=True)
class ClockEffect:
    """When the first limitation period ends that this evidence would move, and when it would end then.

    ``refusal`` is a code of ``value.evidence.REFUSALS`` where it would move none; both days are None then.
    """

    ends_on: date | None
    would_end_on: date | None
    refusal: str = ""


def clock_effects(
    accounts: pd.DataFrame, ticking: pd.DataFrame, terms: ClockTerms, day: date
) -> dict[str, dict[str, ClockEffect]]:
    """Give the effect of each kind of evidence taken on a day, by debtor; who has no account is left away.

    Parameters
    ----------
    accounts, ticking
        ``tables.ACCOUNTS``, those overdue, and their clocks (``value.clocks.CLOCKS``) on that day.
    """
    if accounts.empty:
        return {}
    signed = accounts.assign(interrupted_on=pd.Timestamp(day).as_unit("s"), interruption=AT_THE_DOOR[0])
    then = limitations(clocks(signed, terms, today=day))
    ends = dict(zip(then["case_id"], then["ends_on"], strict=True))
    # Whether an account's period is moved does not depend on the kind of evidence, but on whether the law names it.
    names = [kind for kind in AT_THE_DOOR if kind in terms.interrupting.value]
    found: dict[str, dict[str, ClockEffect]] = {}
    first: dict[str, pd.Timestamp] = {}
    for _, row in limitations(ticking).iterrows():
        debtor_id = str(row["debtor_id"])
        told = found.setdefault(debtor_id, {kind: ClockEffect(None, None, "not_evidence") for kind in AT_THE_DOOR})
        why = refusal(row, terms, on=day, evidence=names[0], source="at the door", today=day) if names else ""
        moved = not why and (debtor_id not in first or row["ends_on"] < first[debtor_id])
        if moved:
            first[debtor_id] = row["ends_on"]
        if moved or (why and debtor_id not in first):
            effect = (
                ClockEffect(None, None, why) if why else ClockEffect(row["ends_on"].date(), ends[row["case_id"]].date())
            )
            told.update(dict.fromkeys(names, effect))
    return found


def limitations(ticking: pd.DataFrame) -> pd.DataFrame:
    """Give the limitation clocks among all."""
    return ticking[ticking["kind"] == ClockKind.LIMITATION.value]
