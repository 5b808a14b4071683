"""A road region's traffic: by how much each hour lengthens a drive, until recorded legs have taught better.

A bank writes ``NAME.traffic.toml`` beside the region's folder::

    format = "rounds-traffic/1"
    dated = 2026-11-29

    [[hours]]
    from = 7          # drives that begin from 7:00 on
    to = 9            # and before 9:00, local time
    factor = 1.6      # take 1.6 times what the road engine says
    confidence = "M"
    source = "Floating-car report of the city, second quarter of 2026"

Hours that are not named count once. There is none without the file.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from config.parameters import load as load_parameters
from config.settings import Settings
from config.strict import BadConfig, confidence, day, keys, read_toml, typed
from planner.times import FACTORS
from planner.value.parameters import Parameters, Traffic

FORMAT = "rounds-traffic/1"
HOURS = 24


def load_traffic(path: Path) -> Traffic | None:
    """Load a region's traffic; None where there is no file.

    Raises
    ------
    BadConfig
        If a key is unknown, missing or of the wrong kind, hours overlap or a factor is none; the message names it.
    """
    if not path.is_file():
        return None
    top = keys(read_toml(path), ["format", "dated", "hours"], path.name)
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    dated = day(top["dated"], "dated")
    factors: list[float | None] = [None] * HOURS
    for n, one in enumerate(typed(top["hours"], list, "hours"), 1):
        where = f"hours {n}"
        keys(one, ["from", "to", "factor", "confidence", "source"], where)
        confidence(one["confidence"], where)
        typed(one["source"], str, f"{where}.source")
        first, last = (typed(one[key], int, f"{where}.{key}") for key in ("from", "to"))
        factor = float(typed(one["factor"], (int, float), f"{where}.factor"))
        if not 0 <= first < last <= HOURS:
            raise BadConfig(f"{where}: from and to are hours of one day, the first before the last, 0 to 24")
        if not FACTORS[0] <= factor <= FACTORS[1]:
            raise BadConfig(f"{where}: a factor lies between {FACTORS[0]} and {FACTORS[1]}, not {factor}")
        if any(factors[hour] is not None for hour in range(first, last)):
            raise BadConfig(f"{where}: the hours from {first} to {last} are named twice")
        factors[first:last] = [factor] * (last - first)
    digest = hashlib.sha256(repr(factors).encode()).hexdigest()[:8]
    return Traffic(tuple(1.0 if one is None else one for one in factors), f"{dated.isoformat()} {digest}")


def parameters_for(settings: Settings, road_region: str) -> Parameters:
    """Give the defaults with the traffic of a region.

    Raises
    ------
    BadConfig
        As for ``load_traffic``.
    """
    return replace(load_parameters(), traffic=load_traffic(settings.paths.traffic(road_region)))
