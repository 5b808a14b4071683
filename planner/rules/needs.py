"""Which skills a visit needs so that what the debtor asked for is respected."""

from __future__ import annotations

from datetime import date

import pandas as pd


def needs_of(survey: pd.DataFrame, accommodations: pd.DataFrame, *, first_day: date, last_day: date) -> pd.Series:
    """Give each debtor's needs, separated by blanks, by debtor id.

    The survey's own needs come first; ``language`` adds ``language:VALUE``, ``interpreter`` adds ``interpreter`` and
    ``visitor_gender`` adds ``visitor:VALUE``, if they hold on any day from ``first_day`` to ``last_day``. A crew
    without such a skill cannot make the visit, so it is left out with that reason, not made against the wish.
    """
    first, last = pd.Timestamp(first_day), pd.Timestamp(last_day)
    asked = accommodations[~(accommodations["set_on"] > last) & ~(accommodations["expires_on"] < first)]
    needs = {str(one): str(skills).split() for one, skills in zip(survey["debtor_id"], survey["needs"], strict=True)}
    rows = asked[["debtor_id", "kind", "value"]].astype(str).sort_values(["debtor_id", "kind", "value"])
    for debtor_id, kind, value in rows.to_numpy().tolist():
        skill = {"language": f"language:{value}", "interpreter": "interpreter", "visitor_gender": f"visitor:{value}"}
        if debtor_id in needs and kind in skill and skill[kind] not in needs[debtor_id]:
            needs[debtor_id].append(skill[kind])
    return pd.Series({one: " ".join(skills) for one, skills in needs.items()}, dtype="str")
