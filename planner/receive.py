"""Takes a checked overdue list into the store: the same way for the page, the command and the demo."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import geopandas as gpd
import pandas as pd

from planner.domain import PlaceKind, Principal
from planner.intake.check import Checked
from planner.intake.locate import Located
from planner.intake.tables import IntakeTables, to_tables
from planner.store import ImportResult, Store

Locate = Callable[[str], Located | None]


@dataclass(frozen=True)
class ListSource:
    """Where a list came from: file name, SHA-256 of its bytes, profile it was read with."""

    file_name: str
    sha256: str
    profile: str


def receive(
    store: Store,
    principal: Principal,
    branch: str,
    checked: Checked,
    source: ListSource,
    *,
    locate: Locate,
    districts: gpd.GeoDataFrame,
    now: datetime,
    full_list: bool = False,
) -> ImportResult:
    """Locate the accepted rows, give each debtor its district, and store them; what was rejected is kept as issues.

    ``districts`` has columns ``code`` and ``geometry`` (WGS-84). Raises ``NotAllowed`` as the store does.
    """
    tables = located_tables(checked, branch, locate=locate, districts=districts)
    return store.save_import(
        principal,
        branch,
        {
            "debtors": tables.debtors,
            "accounts": tables.accounts,
            "places": tables.places,
            "contacts": tables.contacts,
            "addresses": tables.addresses,
        },
        file_name=source.file_name,
        sha256=source.sha256,
        profile=source.profile,
        rows_read=int(checked.report["rows_read"]),
        rows_accepted=int(checked.report["rows_accepted"]),
        issues_json=json.dumps([asdict(issue) for issue in checked.issues], ensure_ascii=False),
        full_list=full_list,
        now=now,
    )


def located_tables(checked: Checked, branch: str, *, locate: Locate, districts: gpd.GeoDataFrame) -> IntakeTables:
    """Give the tables of a checked list with the debtors' districts."""
    tables = to_tables(checked, branch, locate=locate)
    region = region_of(tables.places, districts)
    codes = tables.debtors["debtor_id"].map(region).fillna("").astype("str")
    return replace(tables, debtors=tables.debtors.assign(region=codes))


def region_of(places: pd.DataFrame, districts: gpd.GeoDataFrame) -> pd.Series:
    """Give the code of the district in which each debtor lives: by the home, else by any other place of his.

    Returns
    -------
    pandas.Series
        Codes by debtor id; debtors without a located place, or outside every district, are not in it.
    """
    located = places[places["lon"].notna() & places["lat"].notna()]
    order = located.assign(rank=(located["kind"] != PlaceKind.HOME).astype(int)).sort_values(["debtor_id", "rank"])
    first = order.drop_duplicates("debtor_id")
    points = gpd.GeoDataFrame(first[["debtor_id"]], geometry=gpd.points_from_xy(first["lon"], first["lat"]), crs=4326)
    inside = points.sjoin(districts[["code", "geometry"]].to_crs(4326), predicate="within").drop_duplicates("debtor_id")
    return pd.Series(inside["code"].astype("str").to_numpy(), index=inside["debtor_id"].to_numpy())
