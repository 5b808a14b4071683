"""When a visit was, told by an entry that corrects another one: a correction is of the same visit.

A phone once wrote the moment of correcting into a correction, as if the visit had been then. Such an entry begins after
the one that it replaces was over; it is read with the times of that one. A time that a person gave for a visit stands
on a whole minute, and is believed. What is kept in the database is never changed.
"""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.frames import moment
from planner.store.merge import all_rows
from planner.store.schema import outcome

#: databases limit the number of values in one query
MOST_ASKED = 500
#: what is asked of an entry: debtor, what it replaces, and its times
Asked = tuple[str, str, pd.Timestamp, pd.Timestamp]


def as_visited(connection: Connection, branch: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give entries (``tables.OUTCOMES``) with the times of their visits."""
    mends = table["replaces"].ne("")
    if not mends.any():
        return table
    before = _replaced(connection, branch, set(table.loc[mends, "replaces"]))
    found = table.copy()
    for at in table.index[mends]:
        row = table.loc[at]
        mine = (row["debtor_id"], row["replaces"], row["started_at"], row["ended_at"])
        times = visited(mine, before)
        if times != mine[2:]:
            found.loc[at, ["started_at", "ended_at"]] = times
    return found


def visited(entry: Asked, before: dict[str, Asked]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the times of the visit of an entry; ``before`` are those that were replaced, by id."""
    chain, seen = [entry], set[str]()
    while (name := chain[-1][1]) in before and name not in seen and before[name][0] == entry[0]:
        seen.add(name)
        chain.append(before[name])
    times = chain[-1][2:]
    for _, _, began, ended in reversed(chain[:-1]):
        written = began >= times[1] and began != began.floor("min")
        times = times if written else (began, ended)
    return times


def _replaced(connection: Connection, branch: str, wanted: set[str]) -> dict[str, Asked]:
    """Give what was replaced, and what that had replaced before."""
    found: dict[str, Asked] = {}
    names = ("outcome_id", "debtor_id", "replaces", "started_at", "ended_at")
    while wanted:
        asked = sorted(wanted)
        for start in range(0, len(asked), MOST_ASKED):
            query = sa.select(*(outcome.c[name] for name in names)).where(
                outcome.c.branch == branch, outcome.c.outcome_id.in_(asked[start : start + MOST_ASKED])
            )
            for one in all_rows(connection, query):
                found[str(one[0])] = (str(one[1]), str(one[2]), _at(one[3]), _at(one[4]))
        wanted = {one[1] for one in found.values()} - found.keys() - wanted - {""}
    return found


def _at(text: str | None) -> pd.Timestamp:
    return pd.Timestamp(moment(text)) if text else pd.Timestamp("NaT")
