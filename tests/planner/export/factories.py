"""A comparison of three districts and a crowd in squares, as the screen hands it to the files."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.cells import for_export, pyramid
from planner.export import Bar, Column, Kind, Outline, Report, Sheet
from tests.planner.test_cells import crowd

NAMES = ("云中区", "=HYPERLINK(1)", "@南区")


def districts() -> gpd.GeoDataFrame:
    shapes = [shapely.box(109.4 + 0.1 * k, 29.0, 109.5 + 0.1 * k, 29.2) for k in range(3)]
    return gpd.GeoDataFrame({"code": ["A", "B", "C"]}, geometry=shapes, crs=4326)


def report(**changes: Any) -> Report:
    table = pd.DataFrame(
        {"region": ["C", "A", "B"], "name": NAMES, "debtors": [120, 7, 0], "per_hour": [123_456.7, np.nan, -50.0]}
        | {"ratio": [1.234, np.nan, 0.5], "assumption": [False, True, True]}
    )
    columns = (
        Column("region", "code", "Code", "", Kind.TEXT),
        Column("name", "name", "District", "", Kind.TEXT),
        Column("debtors", "debtors", "Debtors", "On the lists", Kind.COUNT),
        Column("per_hour", "uplift_cny_per_field_hour", "¥ per field hour", "-by hour", Kind.MONEY),
        Column("ratio", "actual_by_expected", "Actual ÷ expected", "", Kind.NUMBER, 2),
        Column("assumption", "assumption", "Assumption", "", Kind.FLAG),
    )
    squares = (
        Column("level", "level", "Level", "", Kind.COUNT),
        Column("km2", "km2", "km²", "", Kind.NUMBER, 3),
        Column("debtors", "debtors", "Debtors", "", Kind.COUNT),
        Column("uplift_minor", "uplift_cny", "Uplift, ¥", "", Kind.MONEY),
    )
    wanted = {
        "title": "+Districts compared", "made_on": date(2026, 11, 24), "columns": columns, "districts": districts(),
        "table": table, "square_columns": squares, "squares": for_export(pyramid(crowd())),
        "notes": [("Method", "=by the book"), ("Assumption", "none")], "sheets": ("Districts", "Squares", "Notes"),
    }  # fmt: skip
    return Report(**{**wanted, **changes})


def sheet(rows: int = 3, **changes: Any) -> Sheet:
    names = [f"{NAMES[k % 3]}{k}" for k in range(rows)]
    shapes = [shapely.box(109.4 + 0.1 * k, 29.0, 109.5 + 0.1 * k, 29.2) for k in range(rows)]
    bars = [
        Bar(name, "12", "¥10", 10.0 * k, 5.0 * k, np.nan if k == 1 else 20.0 * k, hollow=k == 2)
        for k, name in enumerate(names)
    ]
    wanted = {
        "language": "zh",
        "title": "各区县回收密度比较",
        "subtitle": "支行：云溪",
        "made": "2026年11月24日",
        "author": "Rounds",
        "map_title": "¥/外访小时",
        "outlines": [Outline(shape, name, "#86B8DA") for shape, name in zip(shapes, names, strict=True)],
        "legend": [("#86B8DA", "¥100")],
        "ranking_title": "排名",
        "ranking_note": "空心：假设",
        "bars": bars,
        "ticks": [(0.0, "¥0"), (10.0, "¥10")],
        "table_title": "区县",
        "table_note": "",
        "headings": ["区县", "债务人"],
        "right": [False, True],
        "wide": [True, False],
        "rows": [[name, "12"] for name in names],
        "notes": ["#panic() *所有* $数字$ = 假设", "= 标题"],
    }
    return Sheet(**{**wanted, **changes})
