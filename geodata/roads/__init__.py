"""Roads: travel times and routes between places, and the regions they are known for."""

from geodata.roads.cached import CachedRoads
from geodata.roads.osrm import OsrmRoads
from geodata.roads.server import OsrmServer
from geodata.roads.straight_line import StraightLine
from geodata.roads.travel import RoadEngine, RoadFailure, RouteShape, TravelTimes

__all__ = [
    "CachedRoads",
    "OsrmRoads",
    "OsrmServer",
    "RoadEngine",
    "RoadFailure",
    "RouteShape",
    "StraightLine",
    "TravelTimes",
]
