"""The road engine of a region as the settings have it: the bank's own server, or ours, running already or started."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date

from config.settings import PRIVATE_OSRM, Settings
from geodata.roads import RoadEngine
from geodata.roads.opening import open_bank_roads, open_roads
from geodata.roads.region import open_region

#: What a bank's own server takes in one table, OSRM's own default.
BANK_TABLE = 100


def roads_of(
    settings: Settings, region: str, environ: Mapping[str, str], *, today: date
) -> AbstractContextManager[RoadEngine]:
    """Give a region's engine for as long as the block lasts.

    Raises
    ------
    geodata.roads.RoadFailure
        If the region was never built or the engine does not start.
    """
    if settings.osrm_url:
        return open_bank_roads(settings.osrm_url, settings.paths.matrices, max_table=BANK_TABLE, today=today)
    known = open_region(settings.paths.region(region))
    return open_roads(known, settings.paths.osrm, settings.paths.matrices, url=environ.get(PRIVATE_OSRM))
