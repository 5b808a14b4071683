"""Evidence that a person entered for a clock, and how an import leaves it alone.

It is written where the clock reads it, at the account. A later list that knows of no interruption, or of an older one
only, does not undo it: a list that forgets an interruption would let a claim lapse on paper. That a person entered it
stands in the audit trail, which no list can write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.schema import account, audit_entry

#: the deed in the audit trail
DEED = "clock.interrupt"
#: how the setter of a date is written down where a person entered it: name, then the source
BY_HAND = "{who}: {source}"


def save(
    connection: Connection, branch: str, case_id: str, *, on: date, evidence: str, who: str, source: str
) -> tuple[str, str]:
    """Note an interruption at an account, and give the day and the evidence that stood there before.

    Raises
    ------
    ValueError
        If the branch has no such open account, or a newer interruption is there already.
    """
    here = sa.and_(account.c.branch == branch, account.c.case_id == case_id, account.c.closed_at.is_(None))
    before = connection.execute(sa.select(account.c.interrupted_on, account.c.interruption).where(here)).first()
    if before is None:
        raise ValueError(f"branch {branch!r} has no open account {case_id!r}")
    if before.interruption and before.interrupted_on is not None and before.interrupted_on >= on.isoformat():
        raise ValueError(f"account {case_id!r} has an interruption of {before.interrupted_on} already")
    by = BY_HAND.format(who=who, source=source)
    values = {"interrupted_on": on.isoformat(), "interruption": evidence, "clock_set_by": by}
    connection.execute(account.update().where(here).values(values))
    return before.interrupted_on or "", before.interruption


def by_hand(connection: Connection, branch: str) -> frozenset[tuple[str, str, str]]:
    """Give case, day and evidence of every interruption that a person ever entered here, from the audit trail."""
    query = sa.select(audit_entry.c.ids).where(audit_entry.c.branch == branch, audit_entry.c.what == DEED)
    told = [json.loads(row.ids) for row in connection.execute(query)]
    return frozenset((str(one["case"]), str(one["on"]), str(one["evidence"])) for one in told)


def kept(connection: Connection, branch: str, given: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give an import's tables with the evidence in them that people entered and the list does not know."""
    tables = dict(given)
    if "accounts" not in tables:
        return tables
    entered = by_hand(connection, branch)
    if not entered:
        return tables
    query = sa.select(
        account.c.case_id, account.c.interrupted_on, account.c.interruption, account.c.clock_set_by
    ).where(account.c.branch == branch, account.c.interrupted_on.is_not(None))
    mine = {
        row.case_id: row
        for row in connection.execute(query)
        if (row.case_id, row.interrupted_on, row.interruption) in entered
    }
    table = tables["accounts"]
    at = table.index[table["case_id"].isin(list(mine))]
    if at.empty:
        return tables
    table = table.copy()
    held = [mine[case_id] for case_id in table.loc[at, "case_id"].tolist()]
    there = pd.Series(pd.to_datetime([one.interrupted_on for one in held]), index=at).astype("datetime64[s]")
    older = ~(table.loc[at, "interrupted_on"] >= there) | (table.loc[at, "interruption"] == "")
    rows = at[older.to_numpy()]
    table.loc[rows, "interrupted_on"] = there[rows]
    for name in ("interruption", "clock_set_by"):
        table.loc[rows, name] = pd.Series([getattr(one, name) for one in held], index=at)[rows]
    tables["accounts"] = table
    return tables
