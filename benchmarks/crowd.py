"""An invented crowd of any size in an invented province, and its comparison over sixteen square districts."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.ahead import Ahead
from planner.cells import POINTS, pyramid
from planner.density import CHANGES
from planner.tables import conform, empty
from planner.view.past_weeks import WEEKS
from planner.view.regions import Comparison, RegionsView
from planner.view.spots import SPOTS
from planner.view.travel import Travel

WEST, SOUTH, EAST, NORTH = 107.0, 26.0, 113.0, 31.5
TOWNS = 400


def people(count: int, *, per_100: float = 8.0, seed: int = 1) -> pd.DataFrame:
    """Draw customers around towns of very different size; so many in one hundred are debtors."""
    rng = np.random.default_rng(seed)
    towns = np.column_stack([rng.uniform(WEST, EAST, TOWNS), rng.uniform(SOUTH, NORTH, TOWNS)])
    weight = rng.pareto(1.1, TOWNS) + 0.05
    town = rng.choice(TOWNS, count, p=weight / weight.sum())
    spread = 0.01 + 0.08 * np.sqrt(weight / weight.max())
    lonlat = towns[town] + rng.normal(0, 1, (count, 2)) * spread[town, None]
    debtor = rng.random(count) < per_100 / 100
    lon, lat = lonlat[:, 0].clip(WEST, EAST), lonlat[:, 1].clip(SOUTH, NORTH)
    table = pd.DataFrame({"lon": lon, "lat": lat, "customers": 1, "debtors": debtor, "visits": debtor})
    worth = rng.lognormal(8, 1, count) * debtor
    hours = rng.uniform(0.3, 1.5, count) * debtor
    return conform(table.assign(overdue_minor=100 * worth, uplift_minor=4 * worth, field_hours=hours), POINTS)


def compared(points: pd.DataFrame) -> Comparison:
    """Put the crowd into districts and squares; what the map does not show stays unknown."""
    corners = [(WEST + 1.5 * k, SOUTH + 1.375 * j) for j in range(4) for k in range(4)]
    codes = [f"Q{k:02d}" for k in range(16)]
    districts = gpd.GeoDataFrame(
        {"code": codes, "name_zh": [f"区{k}" for k in range(16)], "name_en": [f"Square {k}" for k in range(16)]},
        geometry=[shapely.box(x, y, x + 1.5, y + 1.375) for x, y in corners],
        crs=4326,
    )
    column = ((points["lon"] - WEST) / 1.5).clip(0, 3).astype(int)
    row = ((points["lat"] - SOUTH) / 1.375).clip(0, 3).astype(int)
    summed = points.groupby(4 * row + column)[[name for name in POINTS if name not in ("lon", "lat")]].sum()
    table = summed.reindex(range(16)).fillna(0).assign(region=codes, outcomes=0, assumption=True, inhabited_km2=np.nan)
    table = table.assign(
        name_zh=districts["name_zh"], name_en=districts["name_en"], travel_hours=table["field_hours"] / 2
    )
    for name in ("actual_minor", "expected_minor", "ratio"):
        table[name] = np.nan
    for name, below in (("field_hour", "field_hours"), ("visit", "visits"), ("km2", "inhabited_km2")):
        rate = table["uplift_minor"] / table[below]
        table[f"per_{name}_minor"], table[f"per_{name}_minor_low"], table[f"per_{name}_minor_high"] = (
            rate,
            0.8 * rate,
            1.2 * rate,
        )
    table["rank"] = table["per_field_hour_minor"].rank(ascending=False)
    day = date(2026, 11, 24)
    travel = Travel(door_to_door_s=600.0, gaps=0, detour=1.3, kmh=25.0, visits_a_day=10.0)
    view = RegionsView(
        districts, table.reset_index(drop=True), empty(WEEKS), empty(CHANGES), empty(SPOTS), Ahead(), {},
        travel, float("nan"), 0.8, day, day, (day,), "2026-W48",
        customers=len(points), outcomes=0, elsewhere=0, barred=0, currency="CNY",
    )  # fmt: skip
    return Comparison(view, pyramid(points))
