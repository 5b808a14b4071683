"""Travel times and routes from an OSRM server: the private process of this machine, or a bank's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from geodata.roads.osrm_messages import (
    Block,
    TableAnswer,
    blocks_of,
    joined,
    route_answer,
    route_path,
    table_answer,
    table_path,
)
from geodata.roads.travel import (
    Floats,
    OnCells,
    RoadFailure,
    RouteShape,
    TravelTimes,
    checked_points,
    unheard,
    with_missing_rows,
    without_far,
)

MAX_CELLS = 2_000_000  # 26 MB of JSON; smaller blocks search the same streets more often
MAX_POINTS = 2_000  # in one address, of which httpx takes 65,536 characters
ANYWHERE = "/nearest/v1/driving/0,0?number=1&generate_hints=false"
ROUTE_POINTS = 50  # per request: long routes are asked in chunks


class OsrmRoads:
    """An OSRM server by its address.

    Parameters
    ----------
    url
        For example ``"http://127.0.0.1:5000"``, or a function that gives the address of the moment.
    source
        Names the server and its data; the cache keeps answers by it. The address where not given.
    data_version
        What the server's answers must carry (``osrm-extract --data_version``), so that data of another region or day is
        never taken for this one's. None accepts any.
    max_table
        The server's ``--max-table-size``; OSRM's own default is 100.
    at_once
        How many blocks of a table are asked at the same time.
    transport
        How requests are sent; for tests.
    """

    def __init__(
        self,
        url: str | Callable[[], str],
        *,
        source: str | None = None,
        data_version: str | None = None,
        max_table: int = 10_000,
        at_once: int = 1,
        timeout_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = url
        self._source = source
        self._data_version = data_version
        self._max_table = max_table
        self._at_once = at_once
        # trust_env=False: a proxy named in the environment has no business with a loopback address.
        # Over plain HTTP there is no certificate to check, and reading those of the world takes 25 ms each time.
        secure = not (isinstance(url, str) and url.startswith("http://"))
        self._client = httpx.Client(timeout=timeout_s, transport=transport, trust_env=False, verify=secure)

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return (self._url if isinstance(self._url, str) else self._url()).rstrip("/")

    @property
    def source(self) -> str:
        """Name the server and its data."""
        return self._source or f"OSRM {self.url}"

    def travel_times(self, points: Floats, *, on_cells: OnCells = unheard) -> TravelTimes:
        """Ask the table of (n, 2) points in blocks; a row of NaN gives NaN, and a point 5 km from every street no road.

        Parameters
        ----------
        on_cells
            Told after each block how many cells are there, and of how many.

        Raises
        ------
        RoadFailure
            If the points are impossible or the server gives no answer.
        """
        array = checked_points(points, missing=True)
        known = np.asarray(np.isfinite(array).all(axis=1), dtype=np.bool_)
        asked = array[known]
        n = len(asked)
        seconds, metres, snap_m = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)
        done = 0
        for block, answer in self._answers(asked, [Block((0, n), (0, n))] if n else []):
            rows, columns = slice(*block.rows), slice(*block.columns)
            seconds[rows, columns], metres[rows, columns] = answer.seconds, answer.metres
            snap_m[rows] = answer.snap_m
            done += answer.seconds.size
            on_cells(done, n * n)
        np.fill_diagonal(seconds, 0.0)
        np.fill_diagonal(metres, 0.0)
        times = TravelTimes(seconds, metres, snap_m, self.source, estimated=False)
        return with_missing_rows(without_far(times), known)

    def extended(
        self, points: Floats, kept: TravelTimes, rows: NDArray[np.intp], *, on_cells: OnCells = unheard
    ) -> TravelTimes:
        """Ask only rows and columns of what is new among (n, 2) points; the rest is taken from ``kept``.

        Raises
        ------
        RoadFailure
            As for ``travel_times``.
        """
        array = checked_points(points, missing=True)
        old, new = np.flatnonzero(rows >= 0), np.flatnonzero((rows < 0) & np.isfinite(array).all(axis=1))
        n, m = len(array), len(new)
        seconds, metres, snap_m = np.full((n, n), np.nan), np.full((n, n), np.nan), np.full(n, np.nan)
        cut, of_old = np.ix_(old, old), np.ix_(rows[old], rows[old])
        seconds[cut], metres[cut], snap_m[old] = kept.seconds[of_old], kept.metres[of_old], kept.snap_m[rows[old]]
        order = np.concatenate([new, old])  # the new ones first: then what is asked are two rectangles
        whole = [Block((0, m), (0, len(order))), Block((m, len(order)), (0, m))] if m else []
        total = sum((one.rows[1] - one.rows[0]) * (one.columns[1] - one.columns[0]) for one in whole)
        done = 0
        for block, answer in self._answers(array[order], whole):
            at, columns = order[slice(*block.rows)], order[slice(*block.columns)]
            seconds[np.ix_(at, columns)], metres[np.ix_(at, columns)] = answer.seconds, answer.metres
            snap_m[at] = answer.snap_m
            done += answer.seconds.size
            on_cells(done, total)
        seconds[order, order] = metres[order, order] = 0.0
        return without_far(TravelTimes(seconds, metres, snap_m, self.source, estimated=False))

    def _answers(self, points: Floats, wholes: Sequence[Block]) -> Iterator[tuple[Block, TableAnswer]]:
        """Ask parts of a matrix in blocks, a few at once so that no processor waits for another; in any order."""
        # Rows and columns of a block may be different points: then both together must fit into one address.
        side = min(MAX_POINTS if len(points) <= MAX_POINTS else MAX_POINTS // 2, self._max_table)
        waiting = iter([one for whole in wholes for one in blocks_of(whole, max_table=side, max_cells=MAX_CELLS)])
        with ThreadPoolExecutor(max_workers=self._at_once, thread_name_prefix="osrm table") as pool:
            running = {pool.submit(self._answer, points, one): one for one in islice(waiting, self._at_once)}
            while running:
                for ended in wait(running, return_when=FIRST_COMPLETED).done:
                    # The next one is asked only now, so that no more answers lie in memory than are asked at once.
                    yield running.pop(ended), ended.result()
                    running |= {pool.submit(self._answer, points, one): one for one in islice(waiting, 1)}

    def _answer(self, points: Floats, block: Block) -> TableAnswer:
        if block.rows == block.columns and block.rows[1] - block.rows[0] == 1:
            # A table of one point is refused by OSRM, yet the point's distance to the street is wanted: ask it twice.
            twice = self._answer(np.repeat(points[slice(*block.rows)], 2, axis=0), Block((0, 2), (0, 2)))
            return TableAnswer(twice.seconds[:1, :1], twice.metres[:1, :1], twice.snap_m[:1])
        return table_answer(self._get(table_path(points, block)), block, data_version=self._data_version)

    def route(self, points: Floats) -> RouteShape:
        """Ask the way through (k, 2) points in their order.

        A leg without a road does not spoil the others: it is NaN and its line is empty.

        Raises
        ------
        RoadFailure
            If the points are impossible or the server gives no answer.
        """
        array = checked_points(points, missing=False)
        if len(array) < 2:
            return RouteShape(array.copy(), np.empty(0), np.empty(0), (), estimated=False)
        parts = []
        for start in range(0, len(array) - 1, ROUTE_POINTS - 1):
            parts += self._legs(array[start : start + ROUTE_POINTS])
        lines = tuple(line for part in parts for line in part.leg_lines)
        return RouteShape(
            joined(lines),
            np.concatenate([part.leg_seconds for part in parts]),
            np.concatenate([part.leg_metres for part in parts]),
            lines,
            estimated=False,
        )

    def answered_version(self) -> str | None:
        """Give the ``data_version`` that the server's answers carry now; None where it gives none.

        Raises
        ------
        RoadFailure
            If the server gives no answer.
        """
        version = self._get(ANYWHERE).get("data_version")
        return str(version) if version else None

    def healthy(self) -> bool:
        """Say whether the server answers, with the expected data."""
        try:
            body = self._get(ANYWHERE)
        except RoadFailure:
            return False
        return self._data_version is None or body.get("data_version") == self._data_version

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _legs(self, points: Floats) -> list[RouteShape]:
        legs = len(points) - 1
        try:
            return [route_answer(self._get(route_path(points)), legs, data_version=self._data_version)]
        except RoadFailure as failure:
            if failure.fault != "input":
                raise
        if legs == 1:
            return [RouteShape(np.empty((0, 2)), np.array([np.nan]), np.array([np.nan]), (np.empty((0, 2)),), False)]
        middle = legs // 2  # one leg without a road fails the whole request: halve until it stands alone
        return self._legs(points[: middle + 1]) + self._legs(points[middle:])

    def _get(self, path: str) -> Any:
        url = self.url + path
        try:
            response = self._client.get(url)
        except httpx.TransportError:
            # Once more: the server may have been restarted since the connection was made.
            try:
                response = self._client.get(url)
            except httpx.TransportError as error:
                raise RoadFailure(
                    f"the road engine at {self.url} does not answer ({type(error).__name__})",
                    fault="network",
                    try_again=True,
                ) from error
        if response.status_code >= 500 or response.status_code in (408, 429):
            raise RoadFailure(f"the road engine failed ({response.status_code})", fault="engine", try_again=True)
        try:
            return response.json()
        except ValueError as error:
            raise RoadFailure(
                f"what answers at {self.url} is no OSRM server ({response.status_code})",
                fault="engine",
                try_again=False,
            ) from error
