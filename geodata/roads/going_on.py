"""An engine that goes on with labelled estimates while the one behind it gives no answer."""

from __future__ import annotations

import logging

from geodata.roads.straight_line import StraightLine
from geodata.roads.travel import Floats, OnCells, RoadEngine, RoadFailure, RouteShape, TravelTimes, unheard

LOG = logging.getLogger("geodata")


class GoingOn:
    """An engine behind which estimates stand: what it does not answer, the straight line does.

    Its matrix is then marked (``TravelTimes.estimated``) and names the straight line as its source, so that it is
    never taken for the streets' nor kept as such. What cannot be answered because of the question itself (a point that
    is not on the Earth) is not answered by an estimate either.

    Parameters
    ----------
    engine
        Who is asked first, each time anew: an engine that comes back is used again.
    estimates
        Who is asked else.
    """

    def __init__(self, engine: RoadEngine, estimates: RoadEngine | None = None) -> None:
        self._engine = engine
        self._estimates = estimates or StraightLine()

    @property
    def source(self) -> str:
        """Name the engine that is asked first."""
        return self._engine.source

    def travel_times(self, points: Floats, *, on_cells: OnCells = unheard) -> TravelTimes:
        """Give the times between (n, 2) points by the streets, or else as estimated."""
        try:
            return self._engine.travel_times(points, on_cells=on_cells)
        except RoadFailure as failure:
            _tell(failure)
            return self._estimates.travel_times(points, on_cells=on_cells)

    def route(self, points: Floats) -> RouteShape:
        """Give the way by the streets, or else straight lines."""
        try:
            return self._engine.route(points)
        except RoadFailure as failure:
            _tell(failure)
            return self._estimates.route(points)


class NoEngine:
    """An engine that could not be opened: it has a name, so that what it answered before is found, and no answers."""

    def __init__(self, source: str, failure: RoadFailure) -> None:
        self._source = source
        self._failure = failure

    @property
    def source(self) -> str:
        """Name the engine that is not there."""
        return self._source

    def travel_times(self, points: Floats, *, on_cells: OnCells = unheard) -> TravelTimes:  # noqa: ARG002
        """Refuse."""
        raise self._failure

    def route(self, points: Floats) -> RouteShape:  # noqa: ARG002
        """Refuse."""
        raise self._failure


def _tell(failure: RoadFailure) -> None:
    if failure.fault == "input":
        raise failure
    LOG.warning("the road engine gives no answer: estimated instead", extra={"fault": failure.fault})
