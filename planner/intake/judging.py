"""Coordinates judged by the ground: what a road engine would make of them, and whether another datum fits better.

A road engine answers for any point, however wrong: it moves it to some street. So a row whose coordinates lie far from
the streets, beside a street that is cut off, or across water from the one that would be used is told before it is
stored; and so is a list of which markedly fewer points lie off the streets when it is read by another datum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

import numpy as np
import pandas as pd

from geodata.datum import Datum
from geodata.roads.travel import FAR_SNAP_M
from geodata.snapping import Snapper
from planner.intake.issue import Issue, issue

#: as people write them
WRITTEN: Mapping[str, str] = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09", "cgcs2000": "CGCS2000"}


def judged(long: pd.DataFrame, headings: Mapping[str, str], ground: Callable[[], Snapper]) -> list[Issue]:
    """Judge the coordinates that rows bring; what was located by its address lies where the ground knows it.

    Parameters
    ----------
    long
        One row a place: ``row``, ``prefix``, ``lon``, ``lat`` (WGS-84), ``source_lon``, ``source_lat``,
        ``source_datum`` (WGS-84 where none was declared).
    ground
        Gives the region's streets; asked only if there are coordinates.
    """
    given = long.loc[long["source_lon"].notna()]
    if given.empty:
        return []
    snapper = ground()
    return [*_datums(given, headings, snapper), *_places(given, headings, snapper)]


def _datums(given: pd.DataFrame, headings: Mapping[str, str], snapper: Snapper) -> Iterator[Issue]:
    for (prefix, datum), mine in given.groupby(["prefix", "source_datum"], sort=True):
        raw = mine[["source_lon", "source_lat"]].to_numpy(float)
        better = snapper.better_datum(raw, cast(Datum, datum))
        if better is not None:
            yield issue(
                "datum_doubtful",
                column=headings.get(f"{prefix}_lon", ""),
                declared=WRITTEN[str(datum)],
                other=WRITTEN[better.datum],
                off=better.off,
                fewer=better.other_off,
                count=better.asked,
            )


def _places(given: pd.DataFrame, headings: Mapping[str, str], snapper: Snapper) -> Iterator[Issue]:
    snaps = snapper.snaps(given[["lon", "lat"]].to_numpy(float))
    cut_off, far = snaps.cut_off(FAR_SNAP_M), snaps.linked_m > FAR_SNAP_M
    for n in np.flatnonzero(cut_off | far | snaps.across_water).tolist():
        one = given.iloc[n]
        code = "place_cut_off" if cut_off[n] else "place_off_streets" if far[n] else "place_across_water"
        metres = snaps.linked_m[n]
        yield issue(
            code,
            row=int(one["row"]),
            column=headings.get(f"{one['prefix']}_lon", ""),
            metres=f"{metres:.0f}" if np.isfinite(metres) else "?",
        )
