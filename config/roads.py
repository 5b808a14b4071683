"""The road engine of a region as the settings have it: the bank's own server, or ours, running already or started."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date

from config.settings import PRIVATE_OSRM, Settings
from geodata.roads import RoadEngine, RoadFailure
from geodata.roads.machine import open_machine_roads
from geodata.roads.opening import open_bank_roads, open_roads
from geodata.roads.region import Profile, open_region


def engines(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the addresses of the application's private engines by region, as ``told`` wrote them.

    >>> engines({PRIVATE_OSRM: "north=http://127.0.0.1:5000 south=http://127.0.0.1:5001"})["south"]
    'http://127.0.0.1:5001'
    >>> engines({})
    {}
    """
    pairs = (one.partition("=") for one in environ.get(PRIVATE_OSRM, "").split())
    return {region: url for region, _, url in pairs}


def told(addresses: Mapping[str, str]) -> str:
    """Write addresses by region for the environment of the processes that we start."""
    return " ".join(f"{region}={url}" for region, url in addresses.items())


def roads_of(
    settings: Settings,
    region: str,
    environ: Mapping[str, str],
    *,
    today: date,
    go_on: bool = False,
    together: bool = False,
) -> AbstractContextManager[RoadEngine]:
    """Give a region's engine for as long as the block lasts.

    Parameters
    ----------
    go_on
        Whether marked estimates stand in for an engine that gives no answer: for a new plan, which is better made so
        than not at all. What is compared with a plan that was made before needs that plan's own times.
    together
        Whether to share one engine with the other processes of this machine that ask so, instead of starting one for
        the block; it is never gone on without.

    Raises
    ------
    geodata.roads.RoadFailure
        If the region was never built, or the engine does not start and is not to be gone on without.
    """
    if settings.osrm_url:
        return open_bank_roads(
            settings.osrm_url,
            settings.paths.matrices,
            max_table=settings.osrm_table,
            today=today,
            go_on=go_on,
            profile=profile_of(settings, region),
        )
    known = open_region(settings.paths.region(region))
    url = engines(environ).get(region)
    paths = settings.paths
    if together and url is None:
        return open_machine_roads(known, paths.osrm, paths.matrices, paths.engines)
    return open_roads(known, paths.osrm, paths.matrices, url=url, go_on=go_on)


def profile_of(settings: Settings, region: str) -> Profile:
    """Give how crews go in a region; by car where none was built, as a bank with a server of its own may do without."""
    try:
        return open_region(settings.paths.region(region)).profile
    except RoadFailure:
        return "car"
