"""The road engine of a region, whichever way it is to be had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import httpx

from geodata.roads.cached import CachedRoads
from geodata.roads.osrm import OsrmRoads
from geodata.roads.osrm_files import installed
from geodata.roads.region import Region
from geodata.roads.server import OsrmServer
from geodata.roads.straight_line import StraightLine
from geodata.roads.travel import RoadEngine

#: A process of this machine that dies ends its connection at once; one that is slow shares its cores with others.
PRIVATE_TIMEOUT_S = 600.0


@contextmanager
def open_roads(region: Region, executables: Path, matrices: Path, *, url: str | None = None) -> Iterator[RoadEngine]:
    """Give a region's engine for as long as the block lasts.

    A server that another process of ours runs is used if it answers with this region's data; else one is started for
    the block; where there are no executables, the labelled straight line is given.

    Parameters
    ----------
    executables
        The folder that ``python -m geodata.roads.executables`` filled.
    matrices
        Where matrices are kept.
    url
        The address of a server that runs already, as ``OsrmServer.url`` gave it to another process.

    Raises
    ------
    RoadFailure
        If the server does not start.
    """
    if url is not None:
        running = engine_at(url, region)
        if running.healthy():
            yield CachedRoads(running, matrices)
            running.close()
            return
        running.close()
    if not (region.routable and installed(executables)):
        yield StraightLine()
        return
    with OsrmServer(executables, region.osrm) as server:
        own = engine_at(server.url, region)
        yield CachedRoads(own, matrices)
        own.close()


def engine_at(url: str, region: Region) -> OsrmRoads:
    """Give the engine behind an address, which must answer with this region's data."""
    return OsrmRoads(url, source=region.source, data_version=region.version, timeout_s=PRIVATE_TIMEOUT_S)


@contextmanager
def open_bank_roads(
    url: str, matrices: Path, *, max_table: int, today: date, transport: httpx.BaseTransport | None = None
) -> Iterator[RoadEngine]:
    """Give a bank's own server for as long as the block lasts.

    Matrices are kept by the server's address and the data version it gives. A server that gives none may have been
    given new streets at any time: its matrices are kept for the day.

    Parameters
    ----------
    max_table
        The server's ``--max-table-size``.
    transport
        How requests are sent; for tests.

    Raises
    ------
    RoadFailure
        If the server does not answer.
    """
    with closing(OsrmRoads(url, transport=transport)) as asked:
        version = asked.answered_version()
    data = f"data {version}" if version else f"as of {today.isoformat()}"
    source = f"OSRM {asked.url}, {data}"
    bank = OsrmRoads(url, source=source, data_version=version, max_table=max_table, transport=transport)
    with closing(bank):
        yield CachedRoads(bank, matrices)
