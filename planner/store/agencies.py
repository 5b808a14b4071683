"""Contracts with agencies, and complaints about crews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.agency import Agency
from planner.domain import Bucket, Principal, Role
from planner.store import schema
from planner.store.access import own_rows
from planner.store.field_team import crews
from planner.store.frames import day, frame, rows
from planner.store.merge import add_missing, merge
from planner.store.scope import own_crew
from planner.tables import COMPLAINTS

COLUMNS = ["branch", "code", "name", "products", "buckets", "data", "fee_share", "fee_visit_minor"]
COLUMNS += ["from_on", "until_on", "source", "confidence"]
#: what a complaint is about
KINDS = ("conduct", "hours", "privacy", "third_party", "amount", "other")


def read(connection: Connection, branch: str) -> tuple[Agency, ...]:
    """Give a branch's agencies, ended contracts too, by code."""
    table = schema.agency
    query = sa.select(table).where(table.c.branch == branch).order_by(table.c.code)
    return tuple(
        Agency(
            code=row.code,
            branch=row.branch,
            name=row.name,
            fee_share=row.fee_share,
            fee_visit_minor=row.fee_visit_minor,
            products=frozenset(row.products.split()),
            buckets=frozenset(Bucket(one) for one in row.buckets.split()),
            data=frozenset(row.data.split()),
            from_on=date.fromisoformat(row.from_on),
            until_on=None if row.until_on is None else date.fromisoformat(row.until_on),
            source=row.source,
            confidence=row.confidence,
        )
        for row in connection.execute(query)
    )


def save(connection: Connection, branch: str, agencies: Sequence[Agency]) -> None:
    """Add or change agencies of a branch."""
    own_rows(branch, (one.branch for one in agencies))
    values = [
        (
            one.branch,
            one.code,
            one.name,
            " ".join(sorted(one.products)),
            " ".join(sorted(bucket.value for bucket in one.buckets)),
            " ".join(sorted(one.data)),
            one.fee_share,
            one.fee_visit_minor,
            day(one.from_on),
            None if one.until_on is None else day(one.until_on),
            one.source,
            one.confidence,
        )
        for one in agencies
    ]
    merge(connection, schema.agency, COLUMNS, values, within={"branch": branch})


def complaints(connection: Connection, principal: Principal, branch: str) -> pd.DataFrame:
    """Give the complaints as they stand (``tables.COMPLAINTS``), to a collector those about his crew."""
    table = schema.complaint
    query = sa.select(*(table.c[name] for name in COMPLAINTS)).where(table.c.branch == branch)
    if principal.role is Role.COLLECTOR:
        query = query.where(table.c.crew_id == own_crew(principal))
    found = frame(connection.execute(query.order_by(table.c.received_on, table.c.complaint_id)).fetchall(), COMPLAINTS)
    return found[~found["complaint_id"].isin(found["replaces"])].reset_index(drop=True)


def save_complaints(
    connection: Connection, principal: Principal, branch: str, table: pd.DataFrame, *, now: datetime
) -> int:
    """Add complaints that are not known yet and give their number; whoever enters one signs it.

    Raises
    ------
    ValueError
        If one has no id, a kind that is none of ``KINDS``, or is about a crew that the branch does not have.
    """
    own_rows(branch, table["branch"])
    known = {one.crew_id for one in crews(connection, branch)}
    for row in table.to_dict("records"):
        if not row["complaint_id"] or row["complaint_id"] == row["replaces"]:
            raise ValueError("a complaint needs an id of its own")
        if row["kind"] not in KINDS or row["upheld"] not in ("yes", "no", "open"):
            raise ValueError(f"a complaint is one of {', '.join(KINDS)}, not {row['kind']!r}")
        if row["crew_id"] not in known:
            raise ValueError(f"a complaint names {row['crew_id']!r}, which is no crew of branch {branch!r}")
    signed = table.assign(recorded_by=principal.name, recorded_at=pd.Timestamp(now))
    add_missing(connection, schema.complaint, list(COMPLAINTS), rows(signed, COMPLAINTS))
    return len(signed)
