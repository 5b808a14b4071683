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
from geodata.roads import OsrmServer
from geodata.roads.osrm_files import installed
from geodata.roads.region import open_region
from planner.demo.team import BRANCH_CREWS
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
        asking = Principal("gate", Role.SYSTEM, frozenset(code for code, _crews in BRANCH_CREWS))
        branches = self.store.branches(asking)
        crews = {one.code: self.store.crews(asking, one.code) for one in branches}
        first = self.settings.demo_role
        return tuple(sorted(demo_roles(branches, crews), key=lambda role: role.principal.role is not first))


@lru_cache(maxsize=1)
def services() -> Services:
    """Open the services of this process from its environment."""
    settings = load_settings(ROOT, os.environ)
    return Services(settings, open_store(settings.database_url))


@contextmanager
def private_roads() -> Iterator[None]:
    """Run the road engine of the demo's region beside the application, unless the bank has its own.

    Planning processes, which this one starts, learn its address from the environment.
    """
    settings = services().settings
    region = settings.paths.region(OWN_REGION)
    if settings.osrm_url or not (region / "region.json").is_file() or not installed(settings.paths.osrm):
        yield
        return
    with OsrmServer(settings.paths.osrm, open_region(region).osrm) as server:
        os.environ[PRIVATE_OSRM] = server.url
        try:
            yield
        finally:
            os.environ.pop(PRIVATE_OSRM, None)
