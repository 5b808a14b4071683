"""The review 复盘: which type follows from willingness and ability, when it counts, and for how long.

Two questions decide: is the debtor willing, is he able. Bad faith is more than *unwilling*: it needs an act that can be
named, and a second person who confirms it; until then the debtor counts as not reviewed. Of several reviews the newest
that has not expired counts, and it counts until the list says something new of the debtor. A second person who is not
convinced says why; the proposal waits no longer, and the branch reviews the debtor anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from planner.domain import DebtorType
from planner.rules.pack import Term
from planner.tables import LISTED_TYPES, REVIEWS, TYPES, conform

ANSWERS = ("yes", "no", "unknown")

#: ground → whether it is an act of bad faith
GROUNDS: Mapping[str, bool] = {
    "income_lost": False,
    "burden_at_home": False,
    "business_down": False,
    "disaster": False,
    "many_debts": False,
    "forgot": False,
    "away": False,
    "pays_when_pressed": False,
    "broke_promises": False,
    "disputes_amount": False,
    "keeps_contact": False,
    "income_regular": False,
    "owns_assets": False,
    "hides_assets": True,
    "false_papers": True,
    "moved_to_evade": True,
    "loan_misused": True,
}
ACTS = frozenset(code for code, act in GROUNDS.items() if act)
#: why a second reviewer was not convinced of bad faith
DOUBTS = ("act_not_shown", "other_reason", "not_heard", "long_ago")
#: what tells nothing about a debtor
SILENT = ("", DebtorType.UNREVIEWED.value, DebtorType.BAD_FAITH.value)


@dataclass(frozen=True)
class ReviewTerms:
    """How many months a review counts, by the type it found; dated parameters with their source."""

    months: Mapping[DebtorType, Term[int]]

    def expires_on(self, found: DebtorType, reviewed_on: date) -> date:
        """Give the last day on which a review of this day counts."""
        last = pd.Timestamp(reviewed_on) + pd.DateOffset(months=self.months[found].value)
        return last.date()


def proposed_type(willing: str, able: str, grounds: Iterable[str] = ()) -> DebtorType:
    """Give the type that follows from the answers.

    Unwilling is careless where the debtor could pay. Bad faith is proposed only for somebody unwilling of whom an act
    of bad faith is named; who is neither willing nor able, without such an act, is not yet understood.

    >>> [proposed_type(w, a).value for w, a in (("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no"))]
    ['occasional', 'hardship', 'careless', 'unreviewed']
    >>> proposed_type("no", "yes", ["hides_assets"]).value, proposed_type("yes", "no", ["hides_assets"]).value
    ('bad_faith', 'hardship')

    Raises
    ------
    ValueError
        If an answer or a ground is unknown.
    """
    named = frozenset(grounds)
    for answer in (willing, able):
        if answer not in ANSWERS:
            raise ValueError(f"an answer is one of {', '.join(ANSWERS)}, not {answer!r}")
    if not named <= set(GROUNDS):
        raise ValueError(f"unknown ground {sorted(named - set(GROUNDS))[0]!r}")
    if willing == "no" and named & ACTS:
        return DebtorType.BAD_FAITH
    return {
        ("yes", "yes"): DebtorType.OCCASIONAL,
        ("yes", "no"): DebtorType.HARDSHIP,
        ("no", "yes"): DebtorType.CARELESS,
    }.get((willing, able), DebtorType.UNREVIEWED)


def is_doubt(confirms: str, grounds: Iterable[str]) -> bool:
    """Say whether a row is a second reviewer's no: it answers a proposal, and every ground is one of doubt.

    >>> is_doubt("r1", ["not_heard"]), is_doubt("r1", []), is_doubt("", ["not_heard"])
    (True, False, False)
    """
    named = set(grounds)
    return bool(confirms) and bool(named) and named <= set(DOUBTS)


def same_person(one: str, other: str) -> bool:
    """Say whether two reviewers' names are one person's.

    >>> same_person("Lin ", "lin"), same_person("Lin", "Su")
    (True, False)
    """
    return one.strip().casefold() == other.strip().casefold()


def in_force(listed: pd.DataFrame, reviews: pd.DataFrame, *, on: date | None) -> pd.DataFrame:
    """Say which type is in force for each debtor.

    Parameters
    ----------
    listed
        Columns of ``tables.LISTED_TYPES``, at most one row a debtor: what the list says now, and since when (NaT:
        always).
    reviews
        Columns of ``tables.REVIEWS``; debtors of whom the list says nothing are left out.
    on
        The day; None takes reviews however old they are.

    Returns
    -------
    pandas.DataFrame
        Columns of ``tables.TYPES``, one row a row of ``listed``, in its order.
    """
    listed, reviews = conform(listed, LISTED_TYPES), conform(reviews, REVIEWS)
    own = reviews[reviews["confirms"] == ""]
    valid = own if on is None else own[~(own["expires_on"] < pd.Timestamp(on))]
    newest = valid.sort_values(["reviewed_at", "review_id"]).drop_duplicates("debtor_id", keep="last")
    second, against = seconds(newest, reviews), doubters(newest, reviews)
    table = listed.rename(columns={"debtor_type": "listed"})[["debtor_id", "listed", "listed_at"]].merge(
        newest.rename(columns={"proposed": "reviewed"})[
            ["debtor_id", "review_id", "reviewed", "reviewer", "reviewed_at", "expires_on"]
        ],
        on="debtor_id",
        how="left",
    )
    for name in ("review_id", "reviewed", "reviewer"):
        table[name] = table[name].astype(object).fillna("")
    table["second"] = table["review_id"].map(second).astype(object).fillna("")
    table["doubted"] = table["review_id"].map(against).astype(object).fillna("")
    silent = table["listed"].isin(SILENT)
    bad = table["reviewed"] == DebtorType.BAD_FAITH.value
    unconfirmed = bad & (table["second"] == "")
    found = table["reviewed"].mask(unconfirmed, DebtorType.UNREVIEWED.value)
    by_review = (table["review_id"] != "") & (silent | ~(table["listed_at"] > table["reviewed_at"]))
    words = table["listed"].replace(DebtorType.BAD_FAITH.value, DebtorType.UNREVIEWED.value)
    return conform(
        table.assign(
            debtor_type=found.where(by_review, words),
            source=by_review.map({True: "review", False: "list"}).mask(~by_review & silent, ""),
            proposed=(unconfirmed & (table["doubted"] == "")).map({True: DebtorType.BAD_FAITH.value, False: ""}),
            expired=(table["review_id"] == "") & table["debtor_id"].isin(own["debtor_id"]),
        ),
        TYPES,
    )


def waiting(reviews: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Give the proposals of bad faith (``tables.REVIEWS``) that wait for a second person on a day, oldest first."""
    own = reviews[(reviews["confirms"] == "") & ~(reviews["expires_on"] < pd.Timestamp(on))]
    newest = own.sort_values(["reviewed_at", "review_id"]).drop_duplicates("debtor_id", keep="last")
    bad = newest[newest["proposed"] == DebtorType.BAD_FAITH.value]
    answered = {**seconds(bad, reviews), **doubters(bad, reviews)}
    told: pd.DataFrame = bad[~bad["review_id"].isin(answered)].reset_index(drop=True)
    return told


def seconds(firsts: pd.DataFrame, reviews: pd.DataFrame) -> dict[str, str]:
    """Give, by review id, the other person who confirmed a review; nobody confirms a review of his own."""
    return _answers(firsts, reviews, DebtorType.BAD_FAITH)


def doubters(firsts: pd.DataFrame, reviews: pd.DataFrame) -> dict[str, str]:
    """Give, by review id, the other person who was not convinced of a proposed bad faith: the branch has it back."""
    return _answers(firsts, reviews, DebtorType.UNREVIEWED)


def _answers(firsts: pd.DataFrame, reviews: pd.DataFrame, answer: DebtorType) -> dict[str, str]:
    found: dict[str, str] = {}
    answers = reviews[reviews["confirms"] != ""]
    answered = firsts[firsts["review_id"].isin(answers["confirms"])]  # few are, and each row is a mapping
    by_id = {str(row["review_id"]): row for row in answered.to_dict("records")}
    for row in answers.sort_values("reviewed_at").to_dict("records"):
        first = by_id.get(str(row["confirms"]))
        if (
            first is not None
            and first["debtor_id"] == row["debtor_id"]
            and first["proposed"] == DebtorType.BAD_FAITH.value
            and row["proposed"] == answer.value
            and not same_person(str(first["reviewer"]), str(row["reviewer"]))
        ):
            found.setdefault(str(row["confirms"]), str(row["reviewer"]))
    return found
