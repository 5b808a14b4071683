"""Where the customers of a branch live: what "clustered" is tested against."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.access import own_rows
from planner.store.frames import frame, rows
from planner.store.merge import all_rows, merge
from planner.store.schema import customer
from planner.tables import CUSTOMERS


def read(connection: Connection, branch: str) -> pd.DataFrame:
    """Give where a branch's customers live, by id."""
    query = sa.select(*(customer.c[name] for name in CUSTOMERS)).where(customer.c.branch == branch)
    return frame(all_rows(connection, query.order_by(customer.c.customer_id)), CUSTOMERS)


def save(connection: Connection, branch: str, table: pd.DataFrame) -> None:
    """Add or change customers of a branch."""
    found, at = rows(table, CUSTOMERS), list(CUSTOMERS).index("branch")
    own_rows(branch, (row[at] for row in found))
    merge(connection, customer, list(CUSTOMERS), found, within={"branch": branch})
