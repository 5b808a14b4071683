"""What is said to an OSRM server and what it answers: both pure, so a recorded answer is the whole test.

References
----------
OSRM HTTP API, services ``table`` and ``route``: https://project-osrm.org/docs/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.roads.travel import Floats, RoadFailure, RouteShape

PROFILE = "driving"


@dataclass(frozen=True)
class Block:
    """Rows and columns of a matrix that are asked at once, as ranges [start, stop)."""

    rows: tuple[int, int]
    columns: tuple[int, int]


@dataclass(frozen=True)
class TableAnswer:
    """One block: seconds and metres (rows, columns), NaN = no road; snap_m of the rows' points."""

    seconds: Floats
    metres: Floats
    snap_m: Floats


def blocks(n: int, *, max_table: int, max_cells: int) -> list[Block]:
    """Cut an n × n matrix into blocks that a server accepts.

    Parameters
    ----------
    max_table
        The server's ``--max-table-size``: neither rows nor columns of a block are more.
    max_cells
        Rows × columns of a block, so that no answer is huge.

    Examples
    --------
    >>> [(block.rows, block.columns) for block in blocks(3, max_table=2, max_cells=2)]
    [((0, 1), (0, 2)), ((1, 2), (0, 2)), ((2, 3), (0, 2)), ((0, 2), (2, 3)), ((2, 3), (2, 3))]
    """
    return blocks_of(Block((0, n), (0, n)), max_table=max_table, max_cells=max_cells)


def blocks_of(whole: Block, *, max_table: int, max_cells: int) -> list[Block]:
    """Cut any rows and columns of a matrix into blocks that a server accepts, as ``blocks``."""
    found = []
    (first, last), (start, end) = whole.rows, whole.columns
    for left in range(start, end, max_table):
        right = min(end, left + max_table)
        height = max(1, min(max_table, max_cells // (right - left)))
        found += [Block((top, min(last, top + height)), (left, right)) for top in range(first, last, height)]
    return found


def table_path(points: Floats, block: Block) -> str:
    """Give path and query that ask one block of the table of (n, 2) points."""
    rows, columns = np.arange(*block.rows), np.arange(*block.columns)
    asked = np.union1d(rows, columns)
    sources = "" if len(rows) == len(asked) else "&sources=" + _indices(np.searchsorted(asked, rows))
    targets = "" if len(columns) == len(asked) else "&destinations=" + _indices(np.searchsorted(asked, columns))
    query = f"annotations=duration,distance&generate_hints=false{sources}{targets}"
    return f"/table/v1/{PROFILE}/{_coordinates(points[asked])}?{query}"


def table_answer(body: Any, block: Block, *, data_version: str | None) -> TableAnswer:
    """Read the answer to :func:`table_path`.

    Raises
    ------
    RoadFailure
        If the server refused, speaks of other data than expected, or answered another shape.
    """
    _refuse_failure(body, data_version)
    shape = (block.rows[1] - block.rows[0], block.columns[1] - block.columns[0])
    try:
        seconds = np.array(body["durations"], dtype=np.float64).reshape(-1, shape[1])  # None becomes NaN
        metres = np.array(body["distances"], dtype=np.float64).reshape(-1, shape[1])
        snap_m = np.array([point["distance"] for point in body["sources"]], dtype=np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise _misunderstood("table") from error
    if seconds.shape != shape or metres.shape != shape or snap_m.shape != shape[:1]:
        raise _misunderstood("table")
    return TableAnswer(seconds, np.where(np.isnan(seconds), np.nan, metres), snap_m)


def route_path(points: Floats) -> str:
    """Give path and query that ask the way through (k, 2) points, with its line in steps, to be cut by leg."""
    query = "geometries=geojson&overview=false&steps=true&generate_hints=false&continue_straight=false"
    return f"/route/v1/{PROFILE}/{_coordinates(points)}?{query}"


def route_answer(body: Any, legs: int, *, data_version: str | None) -> RouteShape:
    """Read the answer to :func:`route_path`.

    Raises
    ------
    RoadFailure
        As for :func:`table_answer`; ``fault`` is ``"input"`` when there is no way.
    """
    _refuse_failure(body, data_version)
    try:
        found = body["routes"][0]["legs"]
        lines = tuple(_leg_line(leg["steps"]) for leg in found)
        seconds = np.array([leg["duration"] for leg in found], dtype=np.float64)
        metres = np.array([leg["distance"] for leg in found], dtype=np.float64)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise _misunderstood("route") from error
    if len(lines) != legs:
        raise _misunderstood("route")
    return RouteShape(joined(lines), seconds, metres, lines, estimated=False)


def joined(lines: tuple[Floats, ...]) -> Floats:
    """Join lines end to end, without the points that repeat."""
    together = np.concatenate([np.empty((0, 2)), *lines])
    repeats = np.zeros(len(together), dtype=bool)
    repeats[1:] = (together[1:] == together[:-1]).all(axis=1)
    return together[~repeats]


def _leg_line(steps: list[Any]) -> Floats:
    return joined(tuple(np.array(step["geometry"]["coordinates"], dtype=np.float64).reshape(-1, 2) for step in steps))


def _coordinates(points: Floats) -> str:
    return ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in points.tolist())


def _indices(numbers: np.ndarray[Any, np.dtype[np.intp]]) -> str:
    return ";".join(map(str, numbers.tolist()))


def _refuse_failure(body: Any, data_version: str | None) -> None:
    code = body.get("code") if isinstance(body, dict) else None
    if code in ("NoRoute", "NoSegment", "NoTable"):
        raise RoadFailure("there is no road between the points", fault="input", try_again=False)
    if code == "TooBig":
        raise RoadFailure(
            "the server takes fewer points at once: set ROUNDS_OSRM_TABLE to its --max-table-size",
            fault="input",
            try_again=False,
        )
    if code != "Ok":
        message = body.get("message", "") if isinstance(body, dict) else ""
        raise RoadFailure(f"the server refused: {code} {message}".rstrip(), fault="engine", try_again=False)
    answered = body.get("data_version")
    if data_version is not None and answered != data_version:
        raise RoadFailure(
            f"the server has other road data ({answered}) than this region ({data_version}): start it anew",
            fault="engine",
            try_again=True,
        )


def _misunderstood(service: str) -> RoadFailure:
    return RoadFailure(f"the answer of the {service} service was not understood", fault="engine", try_again=False)
