"""Visit groups as things to talk about: a name people recognise, a size, hours, a value, and a shape on the map."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.osm.gazetteer import Gazetteer, PlaceName
from geodata.patterns.outline import outline
from geodata.projection import local_crs
from planner.tables import INT, REAL, TEXT, Schema, conform

#: One row a visit group.
VISIT_GROUPS: Schema = {
    "visit_group": TEXT,  # code, unique in a plan: G01, …
    "name_zh": TEXT,  # never empty, unique in a plan
    "name_en": TEXT,  # never empty, unique in a plan
    "kind": TEXT,  # what it is named after: estate, village, street, town; "" where nothing is near
    "size": INT,  # debtors
    "door_s": INT,  # expected seconds at the doors
    "travel_s": REAL,  # estimated driving seconds from the first door to the last; NaN where a road is missing
    "value_minor": REAL,  # sum of the best option of each debtor; 0 for who may not be visited
    "outline": TEXT,  # JSON: a closed ring of [lon, lat], WGS-84
}
#: east and west of two groups of one name; more are numbered from west to east
SIDES = (("west", "西"), ("east", "东"), ("south", "南"), ("north", "北"))


def group_code(number: int) -> str:
    """Give the code of a group by its number from 0.

    >>> group_code(0), group_code(99)
    ('G01', 'G100')
    """
    return f"G{number + 1:02d}"


def visit_groups(
    lonlat: NDArray[np.float64],
    labels: NDArray[np.intp],
    seconds: NDArray[np.float64],
    service_s: NDArray[np.float64],
    value_minor: NDArray[np.float64],
    gazetteer: Gazetteer | None,
) -> pd.DataFrame:
    """Describe groups, ``VISIT_GROUPS``, in the order of their numbers.

    Parameters
    ----------
    lonlat
        (n, 2) degrees, WGS-84: the debtors' homes.
    labels
        (n,) groups from 0 on, -1 scattered.
    seconds
        (n, n) driving seconds, NaN no road.
    service_s, value_minor
        (n,) expected seconds at the door, and what the best option is worth; NaN for who has none counts as nothing.
    gazetteer
        What the region's places are called; None where no region is known: then groups go by their numbers.
    """
    count = int(labels.max(initial=-1)) + 1
    if not count:
        return conform(pd.DataFrame({name: [] for name in VISIT_GROUPS}), VISIT_GROUPS)
    members = [np.flatnonzero(labels == group) for group in range(count)]
    named = gazetteer.names(lonlat, labels) if gazetteer else [PlaceName("", "", "")] * count
    names = told_apart(named, [lonlat[rows].mean(axis=0) for rows in members])
    plane = local_crs(*lonlat.mean(axis=0))
    waters = gazetteer.waters(plane) if gazetteer else []
    there = pyproj.Transformer.from_crs(4326, plane, always_xy=True)
    back = pyproj.Transformer.from_crs(plane, 4326, always_xy=True)
    table = pd.DataFrame(
        {
            "visit_group": [group_code(group) for group in range(count)],
            "name_zh": [zh for zh, _ in names],
            "name_en": [en for _, en in names],
            "kind": [name.kind for name in named],
            "size": [len(rows) for rows in members],
            "door_s": [round(float(service_s[rows].sum())) for rows in members],
            "travel_s": [round_s(seconds[np.ix_(rows, rows)]) for rows in members],
            "value_minor": [float(np.nansum(value_minor[rows])) for rows in members],
            "outline": [ring(lonlat[rows], there, back, waters) for rows in members],
        }
    )
    return conform(table, VISIT_GROUPS)


def told_apart(named: Sequence[PlaceName], middles: Sequence[NDArray[np.float64]]) -> list[tuple[str, str]]:
    """Give each group its Chinese and English name, none twice and none empty.

    Two of one name are told apart by the side on which they lie, more by numbers from west to east.

    Examples
    --------
    >>> street, none = PlaceName("street", "桂庭街", "Guiting Jie"), PlaceName("", "", "")
    >>> told_apart([street, street, none], [np.array([109.61, 29.1]), np.array([109.6, 29.1]), np.zeros(2)])
    [('桂庭街（东）', 'Guiting Jie (east)'), ('桂庭街（西）', 'Guiting Jie (west)'), ('片区3', 'Group 3')]
    """
    of: dict[tuple[str, str], list[int]] = {}
    for group, name in enumerate(named):
        of.setdefault((name.name_zh, name.name_en), []).append(group)
    found = [("", "")] * len(named)
    for (zh, en), groups in of.items():
        if not zh:
            words = {group: (f"片区{group + 1}", f"Group {group + 1}") for group in groups}
        elif len(groups) == 1:
            words = {groups[0]: (zh, en)}
        else:
            order, marks = along(np.array([middles[group] for group in groups]))
            words = {
                groups[k]: (f"{zh}（{chinese}）", f"{en} ({english})")
                for k, (english, chinese) in zip(order, marks, strict=True)
            }
        for group, both in words.items():
            found[group] = both
    return unique(found)


def along(middles: NDArray[np.float64]) -> tuple[NDArray[np.intp], Sequence[tuple[str, str]]]:
    """Order groups of one name, (n, 2) lon, lat, and give what tells each apart, in English and Chinese."""
    if len(middles) > 2:
        return np.lexsort(middles.T[::-1]), [(str(k + 1), str(k + 1)) for k in range(len(middles))]
    east, north = np.ptp(middles, axis=0) * [np.cos(np.radians(middles[0, 1])), 1.0]
    if north > east:
        return np.argsort(middles[:, 1], kind="stable"), SIDES[2:]
    return np.argsort(middles[:, 0], kind="stable"), SIDES[:2]


def unique(names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put the code behind a name that two groups still share: two streets may be spelt alike in one language only."""
    zh, en = Counter(one for one, _ in names), Counter(one for _, one in names)
    return [
        (
            a if zh[a] == 1 else f"{a} {group_code(group)}",
            b if en[b] == 1 else f"{b} {group_code(group)}",
        )
        for group, (a, b) in enumerate(names)
    ]


def round_s(seconds: NDArray[np.float64]) -> float:
    """Estimate the driving seconds from door to door: nearest first, from whichever member it is the shortest.

    >>> round_s(np.array([[0.0, 60.0, 100.0], [60.0, 0.0, 50.0], [100.0, 50.0, 0.0]]))
    110.0
    """
    best = np.nan
    for start in range(len(seconds)):
        at, total, left = start, 0.0, np.ones(len(seconds), dtype=bool)
        left[start] = False
        while left.any() and np.isfinite(total):
            ahead = np.where(left & np.isfinite(seconds[at]), seconds[at], np.inf)
            at = int(np.argmin(ahead))
            total += float(ahead[at])
            left[at] = False
        if np.isfinite(total):
            best = float(np.fmin(best, total))
    return best


def ring(
    lonlat: NDArray[np.float64],
    there: pyproj.Transformer,
    back: pyproj.Transformer,
    waters: Sequence[BaseGeometry],
) -> str:
    """Give a group's outline as JSON: a closed ring of [lon, lat], to a decimetre or two.

    ``there`` leads from degrees to a plane in metres, ``back`` from it.
    """
    shape = outline(np.column_stack(there.transform(lonlat[:, 0], lonlat[:, 1])), waters)
    x_m, y_m = shapely.get_coordinates(shape.exterior).T
    lon, lat = back.transform(x_m, y_m)
    return json.dumps([[round(float(x), 6), round(float(y), 6)] for x, y in zip(lon, lat, strict=True)])


def as_said(groups: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the groups as a plan keeps them: JSON values, the outline as a list."""
    return [
        {str(name): value for name, value in row.items()}
        | {"travel_s": None if np.isnan(row["travel_s"]) else row["travel_s"], "outline": json.loads(row["outline"])}
        for row in groups.to_dict("records")
    ]
