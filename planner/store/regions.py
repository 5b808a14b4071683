"""Districts of a road region, shared by all branches that lie in it."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.store.access import NotAllowed
from planner.store.frames import frame, rows
from planner.store.merge import all_rows, merge
from planner.store.schema import branch as branch_table
from planner.store.schema import region
from planner.tables import TEXT, Schema

#: One row a district of a road region; ``geojson`` is its geometry, WGS-84, as text.
REGIONS: Schema = {"code": TEXT, "name_zh": TEXT, "name_en": TEXT, "geojson": TEXT}


def branch_in(connection: Connection, road_region: str, branches: frozenset[str]) -> str:
    """Give the first of the branches that lies in a road region.

    Raises
    ------
    NotAllowed
        If none does.
    """
    query = (
        sa.select(branch_table.c.code)
        .where(branch_table.c.road_region == road_region, branch_table.c.code.in_(sorted(branches)))
        .order_by(branch_table.c.code)
    )
    code: str | None = connection.execute(query).scalars().first()
    if code is None:
        raise NotAllowed(f"none of your branches lies in road region {road_region!r}")
    return code


def read(connection: Connection, road_region: str) -> pd.DataFrame:
    """Give the districts of a road region, by code."""
    query = sa.select(*(region.c[name] for name in REGIONS)).where(region.c.road_region == road_region)
    return frame(all_rows(connection, query.order_by(region.c.code)), REGIONS)


def save(connection: Connection, road_region: str, districts: pd.DataFrame) -> None:
    """Make these the districts of a road region."""
    connection.execute(region.delete().where(region.c.road_region == road_region))
    found = [(road_region, *row) for row in rows(districts, REGIONS)]
    merge(connection, region, ["road_region", *REGIONS], found, within={"road_region": road_region})
