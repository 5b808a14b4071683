"""What pages and routes work with: the settings and the store, opened once in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from config.settings import PRIVATE_OSRM, Settings, load_settings
from dashboard.doorkeeper import DemoRole, demo_roles
from dashboard.maps import Ground
from dashboard.text import current_language
from geodata.roads import OsrmServer, RoadFailure
from geodata.roads.osrm_files import installed
from geodata.roads.region import Region, open_region
from planner.domain import Branch, Principal, Role
from planner.store import Store, open_store

ROOT = Path(__file__).parent.parent

#: The demo's city is ours; any other region comes from OpenStreetMap and must say so.
OWN_REGION = "yunxi"
OSM_CREDIT = "© OpenStreetMap contributors"


@dataclass(frozen=True)
class Services:
    """Settings and store. ``now`` is the application's only clock."""

    settings: Settings
    store: Store

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        return datetime.now(UTC)

    def ground(self, branch: Branch) -> Ground:
        """Give what lies under a branch's maps."""
        return Ground(
            region=branch.road_region,
            folder=self.settings.paths.basemap,
            language=current_language(),
            centre=(branch.lon, branch.lat),
            attribution="" if branch.road_region == OWN_REGION else OSM_CREDIT,
        )

    def demo_roles(self) -> tuple[DemoRole, ...]:
        """List the roles of the demo, those of the kind it begins with first."""
        asking = everywhere(self.store, "gate")
        branches = self.store.branches(asking)
        crews = {one.code: self.store.crews(asking, one.code) for one in branches}
        first = self.settings.demo_role
        return tuple(sorted(demo_roles(branches, crews), key=lambda role: role.principal.role is not first))


def everywhere(store: Store, name: str) -> Principal:
    """Give a system principal of all branches that there are."""
    codes = store.branch_codes(Principal(name, Role.SYSTEM, frozenset()))
    return Principal(name, Role.SYSTEM, frozenset(codes))


@lru_cache(maxsize=1)
def services() -> Services:
    """Open the services of this process from its environment."""
    settings = load_settings(ROOT, os.environ)
    return Services(settings, open_store(settings.database_url))


@contextmanager
def private_roads() -> Iterator[None]:
    """Run the road engine of the first branch's region beside the application, unless the bank has its own.

    Planning processes, which this one starts, learn its address from the environment. One that plans for another region
    finds that the data behind the address is not its region's, and starts an engine of its own.
    """
    known, settings = services(), services().settings
    region = None if settings.osrm_url or not installed(settings.paths.osrm) else first_region(known)
    if region is None:
        yield
        return
    with OsrmServer(settings.paths.osrm, region.osrm) as server:
        os.environ[PRIVATE_OSRM] = server.url
        try:
            yield
        finally:
            os.environ.pop(PRIVATE_OSRM, None)


def first_region(known: Services) -> Region | None:
    """Give the region of the first branch whose roads have been built, None if there is no such branch."""
    for branch in known.store.branches(everywhere(known.store, "roads")):
        try:
            region = open_region(known.settings.paths.region(branch.road_region))
        except RoadFailure:
            continue
        if region.routable:
            return region
    return None
