"""The districts of one road region compared, with its road engine where that answers; of no page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from config.parameters import load as load_parameters
from config.roads import roads_of
from config.rules import load_pack
from config.settings import Settings
from geodata.roads import RoadFailure
from planner.domain import Branch, Principal
from planner.store import Store
from planner.view import sums
from planner.view.regions import Comparison


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
    today = now.astimezone(ZoneInfo(branches[0].timezone)).date()
    try:
        with roads_of(settings, branches[0].road_region, os.environ, today=today) as roads:
            return Compared(sums.comparison(*given, now=now, roads=roads))
    except RoadFailure as failure:
        return Compared(sums.comparison(*given, now=now), failure.fault)
