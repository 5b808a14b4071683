"""Reviews of debtors: only ever added, each under the name of who asks; bad faith holds with a second person only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import DebtorType, Principal
from planner.rules.notes import faults
from planner.rules.review import (
    ReviewTerms,
    doubters,
    in_force,
    is_doubt,
    proposed_type,
    same_person,
    seconds,
    waiting,
)
from planner.store import appending
from planner.store.access import RIGHTS, NotAllowed, Right
from planner.store.appending import Added, Reach
from planner.store.frames import frame, fresh_ids
from planner.store.merge import all_rows
from planner.store.schema import branch as branches
from planner.store.schema import debtor, listed_type, review
from planner.tables import LISTED_TYPES, REVIEWS

#: The store writes these itself, so a resend may carry anything in them.
_SAID = ("debtor_id", "debtor_type")
#: With these a list says nothing of a type: of a new debtor there is nothing to remember.
_NO_WORD = frozenset({"", DebtorType.UNREVIEWED.value})
UNSAID = ("reviewer", "reviewed_at", "expires_on", "proposed")


class SamePerson(NotAllowed):
    """Somebody confirms what he proposed himself."""


def read(connection: Connection, principal: Principal, branch: str, reach: Reach) -> pd.DataFrame:
    """Give the reviews of a branch, oldest first; notes only to who may see contact cards."""
    table = appending.read(connection, review, REVIEWS, branch, reach, "reviewed_at")
    return table if Right.READ_CARDS in RIGHTS[principal.role] else table.assign(note="")


def to_confirm(connection: Connection, branch: str, *, on: date) -> pd.DataFrame:
    """Give the proposals of bad faith that wait for a second person, oldest first; their notes stay at the branch."""
    return waiting(appending.read(connection, review, REVIEWS, branch, None, "reviewed_at"), on=on).assign(note="")


def save(
    connection: Connection, principal: Principal, branch: str, table: pd.DataFrame, terms: ReviewTerms, *, now: datetime
) -> Added:
    """Add reviews, confirmations and doubts that are not known yet; the type, the day of expiry and the name are ours.

    Raises
    ------
    ValueError
        If an answer or ground is unknown, a note is not fit to be kept, or what is confirmed or doubted does not wait.
    SamePerson
        If somebody answers his own proposal.
    NotAllowed
        If a row belongs to another branch, or the role may only confirm.
    """
    today = now.astimezone(_zone(connection, branch)).date()
    said_of = zip(table["confirms"], table["willing"], table["able"], _split(table), strict=True)
    found = [
        DebtorType.UNREVIEWED if is_doubt(str(first), grounds) else proposed_type(willing, able, grounds)
        for first, willing, able, grounds in said_of
    ]
    table = table.assign(
        proposed=[one.value for one in found],
        reviewer=principal.name,
        reviewed_at=pd.Timestamp(now),
        expires_on=pd.to_datetime(pd.Series([terms.expires_on(one, today) for one in found], index=table.index)),
    )
    missing, said = appending.sorted_out(connection, review, REVIEWS, branch, table, unsaid=UNSAID)
    fresh = table[table["review_id"].isin(said.added)].drop_duplicates("review_id")
    # What is confirmed is a review of a debtor there is; who only confirms is shown no debtors by the second wall.
    appending.require_debtors(connection, branch, fresh.loc[fresh["confirms"] == "", "debtor_id"].tolist(), None)
    before = appending.read(connection, review, REVIEWS, branch, None, "reviewed_at")
    for row in fresh.to_dict("records"):
        if row["confirms"]:
            _may_confirm({str(key): value for key, value in row.items()}, before, principal, today)
        elif Right.WRITE_REVIEWS not in RIGHTS[principal.role]:
            raise NotAllowed(f"the role {principal.role.value} may confirm a review, not make one")
        wrong = faults(str(row["note"]))
        if wrong:
            raise ValueError(f"the note cannot be kept: {', '.join(wrong)}")
    appending.append(connection, review, REVIEWS, missing)
    return said


def types(connection: Connection, branch: str, reach: Reach, *, on: date | None) -> pd.DataFrame:
    """Give which type is in force for each debtor (``tables.TYPES``), by debtor id."""
    # Two reads that are put together here: joined, PostgreSQL goes through the branch's words for each of its debtors
    # as long as it has not counted the rows of a new table.
    words = sa.select(listed_type.c.debtor_id, sa.func.max(listed_type.c.listed_at))
    words = words.where(listed_type.c.branch == branch).group_by(listed_type.c.debtor_id)
    query = sa.select(debtor.c.debtor_id, debtor.c.debtor_type).where(debtor.c.branch == branch)
    if reach is not None:
        words, query = words.where(listed_type.c.debtor_id.in_(reach)), query.where(debtor.c.debtor_id.in_(reach))
    since: dict[str, str] = dict(all_rows(connection, words))
    said = all_rows(connection, query.order_by(debtor.c.debtor_id))
    listed = frame([("", one, branch, word, since.get(one)) for one, word in said], LISTED_TYPES)
    return in_force(listed, appending.read(connection, review, REVIEWS, branch, reach, "reviewed_at"), on=on)


def with_types(
    connection: Connection, branch: str, reach: Reach, debtors: pd.DataFrame, on: date | None
) -> pd.DataFrame:
    """Give debtors with the type in force in place of what the list says."""
    table = types(connection, branch, reach, on=on).set_index("debtor_id")["debtor_type"]
    return debtors.assign(debtor_type=debtors["debtor_id"].map(table).astype("str"))


def note_listed(
    connection: Connection,
    branch: str,
    debtors: pd.DataFrame,
    added: Collection[str],
    changed: Collection[str],
    at: str,
) -> None:
    """Remember since when the list says what it says of a type: of new debtors, of whom it says one, and of changed."""
    words = dict(zip(*(debtors[name].tolist() for name in _SAID), strict=True))
    # Most lists say no type at all.
    fresh = () if _NO_WORD.issuperset(words.values()) else (one for one in added if words[one] not in _NO_WORD)
    news = {*fresh, *(one for one in changed if one in words)}
    # Both in one order, so that the table and its index are written from end to end.
    said = sorted(news)
    found = [
        (one, debtor_id, branch, words[debtor_id], at)
        for one, debtor_id in zip(fresh_ids(len(said)), said, strict=True)
    ]
    appending.append(connection, listed_type, LISTED_TYPES, found)


def listed_now(connection: Connection, branch: str) -> dict[str, str]:
    """Give what the list says of each debtor's type."""
    query = sa.select(debtor.c.debtor_id, debtor.c.debtor_type).where(debtor.c.branch == branch)
    return dict(all_rows(connection, query))


def _zone(connection: Connection, branch: str) -> ZoneInfo:
    return ZoneInfo(connection.execute(sa.select(branches.c.timezone).where(branches.c.code == branch)).scalar_one())


def _split(table: pd.DataFrame) -> list[list[str]]:
    return [str(text).split() for text in table["grounds"]]


def _may_confirm(row: dict[str, object], before: pd.DataFrame, principal: Principal, today: date) -> None:
    theirs = before[(before["debtor_id"] == row["debtor_id"]) & (before["confirms"] == "")]
    valid = theirs[~(theirs["expires_on"] < pd.Timestamp(today))]
    newest = valid.sort_values(["reviewed_at", "review_id"]).tail(1)
    said = str(row["confirms"]), str(row["grounds"]).split()
    waits = (
        len(newest) == 1
        and newest["review_id"].iloc[0] == row["confirms"]
        and newest["proposed"].iloc[0] == DebtorType.BAD_FAITH.value
        and (row["proposed"] == DebtorType.BAD_FAITH.value or is_doubt(*said))
    )
    if not waits:
        raise ValueError("there is no proposal of bad faith here that waits for a second reviewer")
    if same_person(str(newest["reviewer"].iloc[0]), principal.name):
        raise SamePerson(f"{principal.name} proposed this: another person has to confirm it")
    if seconds(newest, before):
        raise ValueError("somebody has confirmed this already")
    if doubters(newest, before):
        raise ValueError("somebody was not convinced of this already: the branch reviews it anew")
