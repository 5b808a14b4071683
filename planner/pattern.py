"""Are a branch's debtors clustered or scattered, region by region, and which of them form a visit group?

Debtors are compared with where all customers of the branch live. A debtor's home and the same person's row among the
customers come from different systems and differ by metres, so each debtor marks the nearest customer not yet marked;
where none lives near enough, the home itself joins the customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.osm.gazetteer import Gazetteer
from geodata.patterns.groups import SCATTERED, driving_groups
from geodata.patterns.regions import verdicts_by_region
from geodata.patterns.split import split_by_hours
from geodata.patterns.verdict import Verdict, located
from geodata.projection import local_metres
from planner.domain import PlaceKind
from planner.visit_groups import group_code, visit_groups

#: how far the two records of one home may lie apart
SAME_HOME_M = 60.0
#: so many of the nearest houses are looked at before all that are near enough
NEAREST_HOUSES = 8
#: a group that takes longer than this at the doors is split: more than one crew can do in a shift
GROUP_HOURS = 5.0


@dataclass(frozen=True)
class Pattern:
    """Verdicts by region code; visit group by debtor ("" = scattered), the groups, and how they were formed.

    ``named`` has one row a group, ``planner.visit_groups.VISIT_GROUPS``.
    """

    verdicts: Mapping[str, Verdict]
    groups: Mapping[str, str]
    reach_s: float
    share: float
    share_null: float
    named: pd.DataFrame


def homes_of(places: pd.DataFrame) -> pd.DataFrame:
    """Give one located place a debtor: the home, else the shop, else the workplace."""
    rank = {PlaceKind.HOME: 0, PlaceKind.SHOP: 1, PlaceKind.WORKPLACE: 2}
    located = places[places["lon"].notna() & places["kind"].isin(list(rank))]
    ordered = located.assign(rank=located["kind"].map(rank)).sort_values(["debtor_id", "rank", "place_id"])
    columns = ["debtor_id", "lon", "lat", "accuracy_m"]
    return ordered.drop_duplicates("debtor_id")[columns].reset_index(drop=True)


def mark_customers(
    customers_xy: NDArray[np.float64], homes_xy: NDArray[np.float64], *, within_m: float = SAME_HOME_M
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find each home's row among the customers.

    Returns
    -------
    rows, missing
        ``rows`` (n,): the customer each home marks, no customer twice, -1 where none is near; ``missing``: those homes.

    Examples
    --------
    >>> import numpy as np
    >>> block = np.array([[0.0, 0.0], [0.0, 0.0], [500.0, 0.0]])
    >>> mark_customers(block, np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]))
    (array([ 0,  1, -1]), array([2]))
    """
    rows = np.full(len(homes_xy), -1, dtype=np.intp)
    if len(customers_xy) and len(homes_xy):
        # By house: in a tower live hundreds, and to look at each of them for each home would take the square of that.
        houses, house_of, many = np.unique(customers_xy, axis=0, return_inverse=True, return_counts=True)
        living = np.argsort(house_of, kind="stable")
        first, free = np.cumsum(many) - many, many.copy()
        reach = np.nextafter(within_m, np.inf)
        tree = cKDTree(houses)
        _, near = tree.query(homes_xy, k=range(1, NEAREST_HOUSES + 1), distance_upper_bound=reach)
        for home, nearest in enumerate(np.asarray(near).tolist()):
            own = next((one for one in nearest if one < len(houses) and free[one]), None)
            if own is None and nearest[-1] < len(houses):  # all of these are taken: whoever else is near enough
                others = np.asarray(tree.query_ball_point(homes_xy[home], within_m), dtype=np.intp)
                others = others[free[others] > 0]
                away = np.linalg.norm(houses[others] - homes_xy[home], axis=1)
                own = int(others[np.argmin(away)]) if len(others) else None
            if own is not None:
                free[own] -= 1
                rows[home] = living[first[own] + many[own] - free[own] - 1]
    return rows, np.flatnonzero(rows < 0)


@dataclass(frozen=True, eq=False)
class Marked:
    """Customers and the homes that are none of theirs, in metres, with those marked where debtors live.

    ``points_xy`` (n, 2), ``marked`` (n,) bool, ``regions`` (n,) codes, ``accuracy_m`` (n,) NaN where not known;
    ``rows`` gives the point of each debtor's home, in the homes' order.
    """

    points_xy: NDArray[np.float64]
    marked: NDArray[np.bool_]
    regions: NDArray[np.str_]
    accuracy_m: NDArray[np.float64]
    rows: NDArray[np.intp]

    def verdicts(self) -> dict[str, Verdict]:
        """Say of each region whether its debtors are clustered among its customers."""
        return verdicts_by_region(self.points_xy, self.marked, self.regions, accuracy_m=self.accuracy_m)


def mark(homes: pd.DataFrame, customers: pd.DataFrame) -> Marked:
    """Mark the customers who are debtors; both tables have ``lon``, ``lat``, ``region``, the homes ``accuracy_m``.

    Customers whose place is unknown (NaN) are left out.
    """
    customers = customers[customers[["lon", "lat"]].notna().all(axis=1)]
    lonlat = np.vstack([customers[["lon", "lat"]].to_numpy(float), homes[["lon", "lat"]].to_numpy(float)])
    metres = local_metres(lonlat)
    everyone, homes_xy = metres[: len(customers)], metres[len(customers) :]
    rows, missing = mark_customers(everyone, homes_xy)
    points = np.vstack([everyone, homes_xy[missing]])
    marked = np.zeros(len(points), dtype=bool)
    marked[rows[rows >= 0]] = True
    marked[len(everyone) :] = True
    accuracy = np.full(len(points), np.nan)
    accuracy[rows[rows >= 0]] = homes["accuracy_m"].to_numpy(float)[rows >= 0]
    accuracy[len(everyone) :] = homes["accuracy_m"].to_numpy(float)[missing]
    regions = np.concatenate([customers["region"].to_numpy(str), homes["region"].to_numpy(str)[missing]])
    rows[missing] = len(everyone) + np.arange(len(missing))
    return Marked(points, marked, regions, accuracy, rows)


def branch_pattern(
    homes: pd.DataFrame,
    customers: pd.DataFrame,
    seconds: NDArray[np.float64],
    service_s: NDArray[np.float64],
    *,
    value_minor: NDArray[np.float64] | None = None,
    gazetteer: Gazetteer | None = None,
) -> Pattern:
    """Give verdicts and visit groups of one branch.

    Parameters
    ----------
    homes
        One row a debtor with a located home: ``debtor_id``, ``region``, ``lon``, ``lat``, ``accuracy_m``.
    customers
        ``tables.CUSTOMERS`` of the branch.
    seconds
        (n, n) driving seconds between the homes in the same order, NaN no road.
    service_s
        (n,) expected seconds at the door.
    value_minor
        (n,) what the best option of each debtor is worth, NaN for who has none.
    gazetteer
        What the region's places are called; None where no region is known.
    """
    worth = np.full(len(homes), np.nan) if value_minor is None else value_minor
    lonlat = homes[["lon", "lat"]].to_numpy(float)
    if not len(homes):
        nobody = np.zeros(0, dtype=np.intp)
        return Pattern({}, {}, np.nan, 0.0, np.nan, visit_groups(lonlat, nobody, seconds, service_s, worth, gazetteer))
    marked = mark(homes, customers)
    verdicts = marked.verdicts() if len(customers) else {}
    # Many who are only known to be in a district stand in one point: a group of them would be none.
    known = located(np.ones(len(homes), dtype=bool), homes["accuracy_m"].to_numpy(float))
    found = driving_groups(seconds[np.ix_(known, known)], marked.points_xy, marked.rows[known])
    labels = np.full(len(homes), SCATTERED, dtype=np.intp)
    labels[known] = split_by_hours(found.labels, seconds[np.ix_(known, known)], service_s[known], max_hours=GROUP_HOURS)
    codes = ["" if label == SCATTERED else group_code(label) for label in labels.tolist()]
    return Pattern(
        verdicts,
        dict(zip(homes["debtor_id"], codes, strict=True)),
        found.reach_s,
        found.share,
        found.share_null,
        visit_groups(lonlat, labels, seconds, service_s, worth, gazetteer),
    )
