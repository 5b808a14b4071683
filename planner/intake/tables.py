"""Checked rows to the tables of the store: people, accounts, places and what must be respected.

One person with several accounts is one debtor with one stop. A place that cannot be located is kept with its address,
without coordinates, and reported; so is a debtor who has no place at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.geocoding.answer import Answer
from geodata.snapping import Snapper
from planner.intake.check import Checked
from planner.intake.columns import ACCOMMODATION_KINDS, unsaid
from planner.intake.issue import Issue
from planner.intake.placing import place_rows
from planner.tables import (
    ACCOMMODATIONS,
    ACCOUNTS,
    ADDRESSES,
    ALL_SAID,
    CONTACTS,
    DEBTORS,
    HOLDS,
    PLACES,
    Unsaid,
    conform,
    empty,
)

Locate = Callable[[Sequence[str]], Sequence[Answer]]
RegionOf = Callable[[NDArray[np.float64]], list[str]]
#: What the list is silent about, said by nobody.
SAID_BY = "overdue list"
#: An accommodation is asked for again after this long.
ACCOMMODATION_MONTHS = 12


@dataclass(frozen=True)
class IntakeTables:
    """What an import stores, by the schemas of ``planner.tables``, and what was found while locating."""

    debtors: pd.DataFrame
    accounts: pd.DataFrame
    places: pd.DataFrame
    contacts: pd.DataFrame
    addresses: pd.DataFrame
    holds: pd.DataFrame = field(default_factory=lambda: empty(HOLDS))
    accommodations: pd.DataFrame = field(default_factory=lambda: empty(ACCOMMODATIONS))
    issues: tuple[Issue, ...] = ()
    unsaid: Unsaid = ALL_SAID

    def listed(self) -> Mapping[str, pd.DataFrame]:
        """Give the tables by name, as the store's import takes them."""
        names = ("debtors", "accounts", "places", "contacts", "addresses", "holds", "accommodations")
        return {name: getattr(self, name) for name in names}


def to_tables(
    checked: Checked,
    branch: str,
    *,
    locate: Locate,
    region_of: RegionOf | None = None,
    ground: Callable[[], Snapper] | None = None,
    known: Mapping[str, str] | None = None,
) -> IntakeTables:
    """Turn accepted rows into tables.

    Parameters
    ----------
    locate
        Gives the places of addresses, or why there is none (``Geocoder.all_of``); asked once, with each address once.
    region_of
        Gives the district's code of points (n, 2) in degrees, WGS-84, for places that come with coordinates. Without
        it only a located address tells the region.
    ground
        Gives the streets by which coordinates are judged; without it they are believed.
    known
        Case id → debtor id of accounts that the branch already has: a person keeps the id while one of the cases
        lasts. A new person's id comes from the branch and the first case id, so that the same list gives the same ids.
    """
    rows = checked.rows.copy()
    if rows.empty:
        return IntakeTables(empty(DEBTORS), empty(ACCOUNTS), empty(PLACES), empty(CONTACTS), empty(ADDRESSES))
    rows["branch"] = branch
    rows["debtor_id"] = _debtor_ids(rows, branch, known or {})
    placed, issues = place_rows(rows, checked.report["columns"], locate, region_of, ground)
    people = _people(rows)
    homes = placed.loc[(placed["region"] != "")].sort_values("kind", key=lambda kinds: kinds != "home", kind="stable")
    # Backwards, so that the first one of a debtor is the one that stays.
    regions = dict(zip(homes["debtor_id"].tolist()[::-1], homes["region"].tolist()[::-1], strict=True))
    people["region"] = [regions.get(one, "") for one in people["debtor_id"].tolist()]
    accounts = rows.assign(
        principal_minor=rows["principal_minor"].fillna(0),
        clock_set_by=rows["clock_set_by"].where(rows["clock_set_by"] != "", SAID_BY),
    )
    return IntakeTables(
        debtors=conform(people, DEBTORS),
        accounts=conform(accounts, ACCOUNTS),
        places=conform(placed, PLACES),
        contacts=conform(people, CONTACTS),
        addresses=conform(placed.loc[placed["address"] != ""], ADDRESSES),
        holds=_holds(rows),
        accommodations=_accommodations(rows),
        issues=issues,
        unsaid=replace(unsaid(checked.report["columns"]), unanswered=_unanswered(placed)),
    )


def _unanswered(placed: pd.DataFrame) -> frozenset[str]:
    return frozenset(placed.loc[placed["unanswered"], "place_id"])


def _debtor_ids(rows: pd.DataFrame, branch: str, known: Mapping[str, str]) -> pd.Series:
    """Give each row its debtor's id: the known one of a case of the person, else a new one from the first case.

    Should a list say that two known debtors are one person, each account stays with its own: nobody merges histories
    on the strength of a phone number. Accounts new to the branch go to the first of them.
    """
    cases, persons = rows["case_id"].tolist(), rows["person"].tolist()
    first_case: dict[int, str] = {}
    first_known: dict[int, str] = {}
    for case, person in zip(cases, persons, strict=True):
        before = first_case.get(person)
        if before is None or case < before:
            first_case[person] = case
        if case in known:
            first_known.setdefault(person, known[case])
    theirs = {
        person: first_known[person] if person in first_known else stable_id("D", branch, case)
        for person, case in first_case.items()
    }
    ids = [known.get(case) or theirs[person] for case, person in zip(cases, persons, strict=True)]
    return pd.Series(ids, index=rows.index, dtype="str")


def _people(rows: pd.DataFrame) -> pd.DataFrame:
    """Take each debtor's particulars from the first of its rows that has them."""
    # These say nothing when they say this.
    silent = {"group": "", "occupation": "unknown", "debtor_type": "unreviewed", "agency": "", "name": "", "phone": ""}
    said = pd.DataFrame({name: rows[name].mask(rows[name] == nothing) for name, nothing in silent.items()})
    people = said.groupby(rows["debtor_id"], sort=False).first()
    people = people.fillna(silent)
    skills = rows.loc[rows["needs"] != ""].groupby("debtor_id")["needs"]
    people["needs"] = skills.agg(lambda every: " ".join(sorted({word for one in every for word in one.split()})))
    people["needs"] = people["needs"].fillna("")
    people["branch"] = rows["branch"].iloc[0]
    return people.reset_index()


def _holds(rows: pd.DataFrame) -> pd.DataFrame:
    held = rows.loc[rows["hold"] != ""].drop_duplicates(["debtor_id", "hold"])
    if held.empty:
        return empty(HOLDS)
    ids = [stable_id("H", *which) for which in zip(held["debtor_id"], held["hold"], strict=True)]
    return conform(
        held.assign(
            hold_id=ids, kind=held["hold"], from_on=held["as_of_on"], until_on=held["hold_until_on"], set_by=SAID_BY
        ),
        HOLDS,
    )


def _accommodations(rows: pd.DataFrame) -> pd.DataFrame:
    if not any((rows[kind] != "").any() for kind in ACCOMMODATION_KINDS):
        return empty(ACCOMMODATIONS)
    long = rows.melt(
        ["debtor_id", "branch", "as_of_on"], list(ACCOMMODATION_KINDS), var_name="kind", value_name="value"
    )
    long = long.loc[long["value"] != ""].drop_duplicates(["debtor_id", "kind"])
    if long.empty:
        return empty(ACCOMMODATIONS)
    ids = [stable_id("M", *which) for which in zip(long["debtor_id"], long["kind"], strict=True)]
    expires = long["as_of_on"] + pd.DateOffset(months=ACCOMMODATION_MONTHS)
    return conform(
        long.assign(accommodation_id=ids, said_by=SAID_BY, set_on=long["as_of_on"], expires_on=expires), ACCOMMODATIONS
    )


def stable_id(letter: str, *parts: str) -> str:
    """Give the same short id for the same parts, in every import.

    >>> stable_id("D", "YX01", "A-1") == stable_id("D", "YX01", "A-1") != stable_id("D", "YX02", "A-1")
    True
    """
    return letter + hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()
