"""What pages and routes work with: the settings and the store, opened once in this process."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from config.roads import told
from config.settings import PRIVATE_OSRM, Settings, load_settings
from config.tiles import Tiles, tiles_of
from dashboard.doorkeeper import DemoRole, demo_roles
from dashboard.maps import Ground
from dashboard.text import current_language
from geodata.roads import OsrmServer, RoadFailure
from geodata.roads.osrm_files import installed
from geodata.roads.region import Region, open_region
from planner.demo.marks import SEEDED
from planner.domain import Branch, Principal, Role
from planner.store import Store, open_store

LOG = logging.getLogger("rounds")
ROOT = Path(__file__).parent.parent

#: The demo's city is ours; any other region comes from OpenStreetMap and must say so.
OWN_REGION = "yunxi"
#: addresses that only this machine reaches
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
OSM_CREDIT = "© OpenStreetMap contributors"
#: the road engines that this process runs, while it does
PRIVATE: list[OsrmServer] = []
#: each holds 80 to 480 MB; another region's engine is started for each question
MOST_ENGINES = 4


@dataclass(frozen=True)
class Services:
    """Settings and store. ``now`` is the application's only clock.

    ``busy``: this process answers many, so that long reckoning is done by another (``dashboard.beside``).
    """

    settings: Settings
    store: Store
    busy: bool = False

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
            tiles=tiles(),
        )

    def demo_door(self) -> bool:
        """Say whether the demo's ready accounts may be used: the demo's database, this machine only, nothing else said.

        That a request comes from this machine is for the gate to see.
        """
        settings = self.settings
        if settings.sign_in != "demo" or settings.public_url or not listens_here_only():
            return False
        asking = everywhere(self.store, "gate")
        return any(self.store.setting(asking, one, SEEDED) is not None for one in sorted(asking.branches))

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
    return Services(settings, open_store(settings.database_url, clock=lambda: datetime.now(UTC)), busy=True)


def public_url() -> str:
    """Give under which address browsers come, before anything is opened."""
    return load_settings(ROOT, os.environ).public_url


@lru_cache(maxsize=1)
def tiles() -> Tiles | None:
    """Give the online tiles that the settings name, None where they name none: the default."""
    return tiles_of(load_settings(ROOT, os.environ))


def tile_source() -> str:
    """Give the host of the online tiles, with its scheme, before anything is opened; empty where there are none."""
    found = tiles()
    return "" if found is None else found.source


def listens_here_only() -> bool:
    """Say whether the server was told to listen on this machine only."""
    from streamlit import config

    return str(config.get_option("server.address") or "") in LOOPBACK


@contextmanager
def private_roads() -> Iterator[None]:
    """Run the road engines of the branches' regions beside the application, unless the bank has its own.

    Planning processes, which this one starts, learn their addresses from the environment. One that plans for a region
    without an engine here starts one of its own. The application starts without engines too: plans are then made on
    estimates that are marked.
    """
    known, settings = services(), services().settings
    used = () if settings.osrm_url or not installed(settings.paths.osrm) else regions_in_use(known)
    addresses: dict[str, str] = {}
    try:
        for region in used:
            server = OsrmServer(settings.paths.osrm, region.osrm)
            PRIVATE.append(server)
            try:
                server.start()
                addresses[region.name] = server.url
            except RoadFailure as failure:
                LOG.error("the road engine did not start", extra={"fault": failure.fault})
        if addresses:
            os.environ[PRIVATE_OSRM] = told(addresses)
        yield
    finally:
        os.environ.pop(PRIVATE_OSRM, None)
        for server in PRIVATE:
            server.stop()
        PRIVATE.clear()


def regions_in_use(known: Services) -> tuple[Region, ...]:
    """Give the regions of the branches whose roads have been built, by branch, at most ``MOST_ENGINES``."""
    names = dict.fromkeys(one.road_region for one in known.store.branches(everywhere(known.store, "roads")))
    found = []
    for name in names:
        try:
            region = open_region(known.settings.paths.region(name))
        except RoadFailure:
            continue
        if region.routable:
            found.append(region)
    return tuple(found[:MOST_ENGINES])
