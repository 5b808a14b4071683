"""One matrix for several questions about the same places."""

from __future__ import annotations

import numpy as np

from geodata.roads.travel import Floats, OnCells, RoadEngine, RouteShape, TravelTimes, alike, unheard


class SharedTimes:
    """An engine that is asked once, for all points together; what is wanted later is cut out of that.

    Points at one place (alike to a millionth of a degree) are asked once, in an order of their own, so that the same
    places in another order are the same question to a cache behind.

    Parameters
    ----------
    engine
        Who is asked.
    points
        (n, 2) longitudes and latitudes; rows of NaN are left out. Other points than these are asked of the engine.
    """

    def __init__(self, engine: RoadEngine, points: Floats) -> None:
        self._engine = engine
        rounded = alike(points)
        self._points: Floats = np.unique(rounded[np.isfinite(rounded).all(axis=1)], axis=0)
        self._row = {(lon, lat): row for row, (lon, lat) in enumerate(self._points.tolist())}
        self._all: TravelTimes | None = None

    @property
    def source(self) -> str:
        """Name the engine behind."""
        return self._engine.source

    def travel_times(self, points: Floats, *, on_cells: OnCells = unheard) -> TravelTimes:
        """Cut the times between (n, 2) points out of the shared matrix, which the first question asks."""
        rows = [self._row.get((lon, lat), -1) for lon, lat in alike(points).tolist()]
        if not rows or min(rows) < 0:
            return self._engine.travel_times(points, on_cells=on_cells)
        if self._all is None:
            self._all = self._engine.travel_times(self._points, on_cells=on_cells)
        whole, cut = self._all, np.ix_(rows, rows)
        return TravelTimes(whole.seconds[cut], whole.metres[cut], whole.snap_m[rows], whole.source, whole.estimated)

    def route(self, points: Floats) -> RouteShape:
        """Ask the engine."""
        return self._engine.route(points)
