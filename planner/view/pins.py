"""Which pins a crew has put right at a visit, and whether a plan goes there already."""

from __future__ import annotations

from planner.domain import Branch, Principal
from planner.store import Store

#: two places are one, in degrees (about ten centimetres)
SAME = 1e-6


def set_at_visits(store: Store, principal: Principal, branch: Branch, week: str) -> frozenset[str]:
    """Give the places whose position was last put right by a crew that stood there, as far as the principal sees."""
    table = store.place_changes(principal, branch.code, week=week)
    last = table.drop_duplicates("place_id", keep="last")
    return frozenset(last.loc[(last["deed"] == "correct") & (last["how"] == "visit"), "place_id"])


def same_spot(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Say whether two positions (lon, lat) are one; an unknown one is none.

    >>> same_spot((109.5, 29.1), (109.5, 29.1)), same_spot((109.5, 29.1), (109.6, 29.1))
    (True, False)
    """
    return abs(one[0] - other[0]) < SAME and abs(one[1] - other[1]) < SAME
