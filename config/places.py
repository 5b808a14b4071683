"""The street index of a region as the settings have it: its own, and an online geocoder behind it where one is set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.settings import Settings
from geodata.geocoding.answer import Geocoder
from geodata.geocoding.index import StreetIndex
from geodata.geocoding.kept import Kept, forget
from geodata.geocoding.services import SERVICES
from geodata.roads.region import Region, open_region
from planner.region_index import region_index


def index_of(settings: Settings, name: str) -> StreetIndex:
    """Give the index of a built region; RoadFailure if there is none."""
    region = open_region(settings.paths.region(name))
    return region_index(region, beyond_of(settings, region))


def beyond_of(settings: Settings, region: Region) -> Geocoder | None:
    """Give who is asked for what the region's index does not find: nobody, unless a bank has set somebody."""
    if not settings.geocoder:
        return None
    from geodata.geocoding.online import Online

    service = SERVICES[settings.geocoder]
    online = Online(
        service,
        settings.geocoder_url,
        settings.geocoder_key,
        region.bounds,
        region.version,
        per_second=settings.geocoder_per_second,
    )
    return Kept(online, settings.paths.geocoded(region.name))


def forget_addresses(settings: Settings, addresses: Sequence[str], before: datetime) -> None:
    """Forget what an online geocoder answered about addresses, in whichever region, and all it did before a time."""
    for file in sorted(settings.paths.geocoded("*").parent.glob("*.sqlite")):
        forget(file, addresses, before=before.timestamp())
