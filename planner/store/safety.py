"""What crews and their branch say for the crews' safety; only ever added, and never about a debtor or a place."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal, Role
from planner.store import appending
from planner.store.access import NotAllowed
from planner.store.appending import Added
from planner.store.field_team import crews
from planner.store.frames import day, frame
from planner.store.schema import safety_entry
from planner.store.scope import own_crew
from planner.tables import SAFETY_ENTRIES

#: what a crew says of itself, and what its branch says that it has seen to
OF_CREWS = ("shift_begun", "shift_ended", "all_well", "alert", "alert_withdrawn")
OF_BRANCH = ("acknowledged",)
LONGEST_MIN = 60


def read(connection: Connection, principal: Principal, branch: str, first: date, last: date) -> pd.DataFrame:
    """Give the entries of some days, both included, as they happened; to a collector his own crew's."""
    columns = safety_entry.c
    query = sa.select(*(columns[name] for name in SAFETY_ENTRIES)).where(
        columns.branch == branch, columns.day_on >= day(first), columns.day_on <= day(last)
    )
    if principal.role is Role.COLLECTOR:
        query = query.where(columns.crew_id == own_crew(principal))
    return frame(connection.execute(query.order_by(columns.happened_at, columns.entry_id)).fetchall(), SAFETY_ENTRIES)


def save(connection: Connection, principal: Principal, branch: str, table: pd.DataFrame, *, now: datetime) -> Added:
    """Add the entries that are not known yet, under the name of who asks.

    Raises
    ------
    ValueError
        If one has no id, is about no crew of the branch, or says what is unknown.
    NotAllowed
        If a collector speaks for another crew, or somebody says what is not his to say: signs of life come from the
        crew alone, and a crew does not see to its own alert.
    """
    mine = OF_CREWS if principal.role is Role.COLLECTOR else OF_BRANCH
    known = {one.crew_id for one in crews(connection, branch)}
    for row in table.to_dict("records"):
        if row["kind"] not in (*OF_CREWS, *OF_BRANCH) or not 0 <= row["minutes"] <= LONGEST_MIN:
            raise ValueError(f"an entry for safety cannot say {row['kind']!r} of {row['minutes']} minutes")
        if row["crew_id"] not in known:
            raise ValueError(f"{row['crew_id']!r} is no crew of branch {branch!r}")
        if row["kind"] not in mine:
            raise NotAllowed(f"{principal.name} may not say {row['kind']!r} for a crew")
        if principal.role is Role.COLLECTOR and row["crew_id"] != own_crew(principal):
            raise NotAllowed(f"{principal.name} speaks for crew {principal.crew!r} only")
    table = table.assign(recorded_by=principal.name, recorded_at=pd.Timestamp(now))
    missing, said = appending.sorted_out(
        connection, safety_entry, SAFETY_ENTRIES, branch, table, unsaid=("recorded_by", "recorded_at")
    )
    appending.append(connection, safety_entry, SAFETY_ENTRIES, missing)
    return said
