"""The road engine of a region, whichever way it is to be had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path

import httpx

from geodata.roads.cached import CachedRoads
from geodata.roads.going_on import GoingOn, NoEngine
from geodata.roads.osrm import OsrmRoads
from geodata.roads.osrm_files import installed
from geodata.roads.region import Profile, Region
from geodata.roads.server import OsrmServer
from geodata.roads.straight_line import straight_line
from geodata.roads.travel import RoadEngine, RoadFailure

#: A process of this machine that dies ends its connection at once; one that is slow shares its cores with others.
PRIVATE_TIMEOUT_S = 600.0
#: A private server has so many threads; a bank's own serves others too and is asked one block at a time.
AT_ONCE = 2


@contextmanager
def open_roads(
    region: Region, executables: Path, matrices: Path, *, url: str | None = None, go_on: bool = False
) -> Iterator[RoadEngine]:
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
    go_on
        Whether estimates, marked as such, stand in for a server that does not start or falls silent. Matrices that are
        kept are the streets' even then.

    Raises
    ------
    RoadFailure
        If the server does not start and is not to be gone on without.
    """
    with ExitStack() as open_while:
        if url is not None:
            running = open_while.enter_context(closing(engine_at(url, region)))
            if running.healthy():
                yield kept(running, matrices, go_on=go_on, profile=region.profile)
                return
        if not (region.routable and installed(executables)):
            yield straight_line(region.profile)
            return
        try:
            server = open_while.enter_context(OsrmServer(executables, region.osrm))
        except RoadFailure as failure:
            if not go_on:
                raise
            yield kept(NoEngine(region.source, failure), matrices, go_on=go_on, profile=region.profile)
            return
        own = open_while.enter_context(closing(engine_at(server.url, region)))
        yield kept(own, matrices, go_on=go_on, profile=region.profile)


def kept(engine: RoadEngine, matrices: Path, *, go_on: bool, profile: Profile = "car") -> RoadEngine:
    """Put the kept matrices before an engine, and estimates behind it where it is to be gone on."""
    roads = CachedRoads(engine, matrices)
    return GoingOn(roads, straight_line(profile)) if go_on else roads


def engine_at(url: str, region: Region) -> OsrmRoads:
    """Give the engine behind an address, which must answer with this region's data."""
    return OsrmRoads(
        url, source=region.source, data_version=region.version, at_once=AT_ONCE, timeout_s=PRIVATE_TIMEOUT_S
    )


@contextmanager
def open_bank_roads(
    url: str,
    matrices: Path,
    *,
    max_table: int,
    today: date,
    go_on: bool = False,
    profile: Profile = "car",
    transport: httpx.BaseTransport | None = None,
) -> Iterator[RoadEngine]:
    """Give a bank's own server for as long as the block lasts.

    Matrices are kept by the server's address and the data version it gives. A server that gives none may have been
    given new streets at any time: its matrices are kept for the day.

    Parameters
    ----------
    max_table
        The server's ``--max-table-size``.
    go_on
        As for ``open_roads``. A server that does not even tell its data's version has no kept matrices either.
    profile
        How crews go: what the estimates are of.
    transport
        How requests are sent; for tests.

    Raises
    ------
    RoadFailure
        If the server does not answer and is not to be gone on without.
    """
    try:
        with closing(OsrmRoads(url, transport=transport)) as asked:
            version = asked.answered_version()
    except RoadFailure as failure:
        if not go_on:
            raise
        yield GoingOn(NoEngine(f"OSRM {url}", failure), straight_line(profile))
        return
    data = f"data {version}" if version else f"as of {today.isoformat()}"
    source = f"OSRM {asked.url}, {data}"
    bank = OsrmRoads(url, source=source, data_version=version, max_table=max_table, transport=transport)
    with closing(bank):
        yield kept(bank, matrices, go_on=go_on, profile=profile)
