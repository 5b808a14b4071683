"""What the score may look at, and what it must never see: an allow-list, and a lint that refuses a protected name.

The value of a visit is computed from the columns listed here alone: ``allowed`` cuts every table down to them before
anything is computed, so a protected column cannot slip in with a bank's own list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

#: table, then the columns that the score reads; ids only join, they carry no weight
FEATURES: dict[str, tuple[str, ...]] = {
    "survey": ("debtor_id", "group", "occupation", "debtor_type", "bucket", "overdue_minor"),
    "places": ("place_id", "debtor_id", "kind", "accuracy_m"),
    "outcomes": (
        *("outcome_id", "debtor_id", "place_id", "started_at", "code"),
        *("promised_on", "promised_minor", "paid_minor"),
    ),
    "payments": ("debtor_id", "paid_on", "paid_minor"),
    # early signs at accounts that are not overdue yet (planner.value.early)
    "watched_accounts": (
        "case_id",
        "debtor_id",
        "overdue_minor",
        "days_past_due",
        "as_of_on",
        "due_on",
        "last_paid_on",
    ),
    "promises": ("debtor_id", "started_at", "code", "promised_on", "promised_minor", "paid_minor"),
}


class ProtectedFeature(ValueError):
    """The score was to look at a protected characteristic; the message names it."""


#: words of protected characteristics, in the two languages of the lists
PROTECTED = re.compile(
    r"(?:^|_)(?:ethnic\w*|race|nationality|religio\w*|faith|gender|sex|age|birth\w*|born|native\w*|hometown|marital\w*|"
    r"marriage|health\w*|disab\w*|politic\w*|caste|id_?(?:number|card|no|prefix)|identity)(?:_|$)"
    r"|民族|宗教|信仰|性别|年龄|出生|生日|籍贯|户籍|婚姻|健康|政治面貌|证件|身份证",
    re.IGNORECASE,
)


def protected(name: str) -> bool:
    """Say whether a column's name stands for a protected characteristic.

    >>> [protected(name) for name in ("gender", "birth_year", "民族", "bucket", "ageing", "agency")]
    [True, True, True, False, False, False]
    """
    return PROTECTED.search(name) is not None


def lint(names: Iterable[str]) -> None:
    """Refuse names of features of which one stands for a protected characteristic.

    >>> lint(["bucket", "gender"])
    Traceback (most recent call last):
    ...
    planner.value.features.ProtectedFeature: a score may not look at 'gender': it is a protected characteristic

    Raises
    ------
    ProtectedFeature
        Naming the first of them.
    """
    for name in names:
        if protected(name):
            raise ProtectedFeature(f"a score may not look at {name!r}: it is a protected characteristic")


def allowed(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Cut a table down to the columns the score may read.

    Raises
    ------
    ProtectedFeature
        If somebody has put a protected characteristic on the list.
    ValueError
        If a listed column is missing.
    """
    lint(FEATURES[kind])
    missing = [name for name in FEATURES[kind] if name not in table]
    if missing:
        raise ValueError(f"columns missing from {kind}: {', '.join(missing)}")
    return table[list(FEATURES[kind])]
