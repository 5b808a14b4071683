"""What a visit needs so that what the debtor asked for is respected: skills of the crew, and duties at the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

#: accommodations that a crew must be able to keep, as the skill that it takes
SKILLS: dict[str, str] = {"language": "language:{}", "interpreter": "interpreter", "visitor_gender": "visitor:{}"}
#: accommodations that every crew can keep if it knows of them
DUTIES = ("no_entry", "accessible_venue")


def needs_of(survey: pd.DataFrame, accommodations: pd.DataFrame, *, first_day: date, last_day: date) -> pd.Series:
    """Give each debtor's needs, separated by blanks, by debtor id.

    The survey's own needs come first; ``language`` adds ``language:VALUE``, ``interpreter`` adds ``interpreter`` and
    ``visitor_gender`` adds ``visitor:VALUE``, if they hold on any day from ``first_day`` to ``last_day``. A crew
    without such a skill cannot make the visit, so it is left out with that reason, not made against the wish.
    """
    needs = {str(one): str(skills).split() for one, skills in zip(survey["debtor_id"], survey["needs"], strict=True)}
    for debtor_id, kind, value in asked(accommodations, first_day, last_day):
        skill = SKILLS[kind].format(value) if kind in SKILLS else ""
        if debtor_id in needs and skill and skill not in needs[debtor_id]:
            needs[debtor_id].append(skill)
    return pd.Series({one: " ".join(skills) for one, skills in needs.items()}, dtype="str")


def duties_of(accommodations: pd.DataFrame, *, first_day: date, last_day: date) -> dict[str, tuple[str, ...]]:
    """Give what a crew must be told for the door, by debtor id: whatever holds on any day of the week."""
    duties: dict[str, tuple[str, ...]] = {}
    for debtor_id, kind, _ in asked(accommodations, first_day, last_day):
        if kind in DUTIES and kind not in duties.get(debtor_id, ()):
            duties[debtor_id] = (*duties.get(debtor_id, ()), kind)
    return duties


def asked(accommodations: pd.DataFrame, first_day: date, last_day: date) -> list[tuple[str, str, str]]:
    """Give debtor id, kind and value of the accommodations that hold on any of these days, in a settled order."""
    first, last = pd.Timestamp(first_day), pd.Timestamp(last_day)
    held = accommodations[~(accommodations["set_on"] > last) & ~(accommodations["expires_on"] < first)]
    rows = held[["debtor_id", "kind", "value"]].astype(str).sort_values(["debtor_id", "kind", "value"])
    return [(one, kind, value) for one, kind, value in rows.to_numpy().tolist()]


#: the rules that are about what a visit needs; ``check.py`` reads them again on a finished plan
RULES: dict[str, Callable[..., object]] = {"skills": needs_of, "duties": duties_of}
