"""The districts of one road region compared, with its road engine where that answers; of no page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from config.parameters import load as load_parameters
from config.roads import profile_of, roads_of
from config.rules import load_pack
from config.settings import Settings
from geodata.lived_in import lived_in
from geodata.roads import RoadFailure
from geodata.roads.region import open_region
from geodata.roads.straight_line import straight_line
from planner.domain import Branch, Principal
from planner.store import Store
from planner.view import sums
from planner.view.regions import Comparison, LivedIn


@dataclass(frozen=True)
class Compared:
    """``found`` is None where nobody is overdue; ``fault`` says why the roads were not asked, "" where they were."""

    found: Comparison | None
    fault: str = ""


def compare(
    store: Store, settings: Settings, principal: Principal, branches: Sequence[Branch], now: datetime
) -> Compared:
    """Compare the districts of branches of one road region as ``planner.view.sums.comparison`` does.

    Districts are compared without roads too; what rests on a straight line says so.
    """
    packs = {code: load_pack(code) for code in {one.rule_pack for one in branches}}
    given = (store, principal, branches, packs, load_parameters())
    region, today = branches[0].road_region, now.astimezone(ZoneInfo(branches[0].timezone)).date()
    ground = lived_in_of(settings, region)
    try:
        with roads_of(settings, region, os.environ, today=today) as roads:
            return Compared(sums.comparison(*given, now=now, roads=roads, lived_in=ground))
    except RoadFailure as failure:
        estimates = straight_line(profile_of(settings, region))
        return Compared(sums.comparison(*given, now=now, roads=estimates, lived_in=ground), failure.fault)


def lived_in_of(settings: Settings, region: str) -> LivedIn | None:
    """Give what tells the inhabited ground of a region's districts; None where none was built."""
    try:
        return partial(lived_in, open_region(settings.paths.region(region)))
    except RoadFailure:
        return None
