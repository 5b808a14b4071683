"""Roads: travel times and routes between places, and the regions they are known for."""

from geodata.roads.building import build_region
from geodata.roads.cached import CachedRoads
from geodata.roads.opening import open_roads
from geodata.roads.osrm import OsrmRoads
from geodata.roads.publishing import publish_basemap
from geodata.roads.region import Region, open_region
from geodata.roads.server import OsrmServer
from geodata.roads.straight_line import StraightLine
from geodata.roads.travel import RoadEngine, RoadFailure, RouteShape, TravelTimes

__all__ = [
    "CachedRoads",
    "OsrmRoads",
    "OsrmServer",
    "Region",
    "RoadEngine",
    "RoadFailure",
    "RouteShape",
    "StraightLine",
    "TravelTimes",
    "build_region",
    "open_region",
    "open_roads",
    "publish_basemap",
]
