"""When a visit may begin: the windows of a visit are cut where its worth changes, and one cut is no closed door.

An option (``problem.Option``) is a piece of the permitted hours in which the visit is worth the same. A crew that comes
after the piece it was planned for may still knock as long as the next piece follows without a gap at the same place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planner.routing.problem import Visit

#: pieces that lie this near are one window: a piece may end a second before the next begins
GAP_S = 60


def may_begin(visit: Visit, option: int) -> tuple[int, int]:
    """Give from when to when a visit may begin around a chosen option, in seconds from the origin."""
    pieces = [(visit.place_in(number), one.opens, one.closes) for number, one in enumerate(visit.options)]
    return joined(pieces, option)


def may_begin_saved(visit: Mapping[str, Any], option: int) -> tuple[int, int]:
    """Give the same for a visit as a plan keeps it."""
    pieces = [(one.get("place", visit["place"]), int(one["opens"]), int(one["closes"])) for one in visit["options"]]
    return joined(pieces, option)


def joined(pieces: Sequence[tuple[int, int, int]], chosen: int) -> tuple[int, int]:
    """Join to a piece (place, opens, closes) those of its place that follow or precede it without a gap.

    >>> joined([(1, 0, 50), (1, 50, 90), (2, 90, 95), (1, 300, 400)], 0)
    (0, 90)
    """
    place, opens, closes = pieces[chosen]
    here = sorted((first, last) for where, first, last in pieces if where == place)
    for first, last in here:
        if first <= closes + GAP_S and last > closes:
            closes = last
    for first, last in reversed(here):
        if last >= opens - GAP_S and first < opens:
            opens = first
    return opens, closes
