"""What plans are made with: the store, the roads, the rules and the numbers behind a visit's value."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.osm.gazetteer import Gazetteer
from geodata.roads import RoadEngine
from planner.rules.pack import RulePack
from planner.store import Store
from planner.value.parameters import Parameters


@dataclass(frozen=True)
class Means:
    """What plans are made with, whatever the branch. Without a gazetteer visit groups go by their numbers."""

    store: Store
    roads: RoadEngine
    pack: RulePack
    parameters: Parameters
    gazetteer: Gazetteer | None = None
