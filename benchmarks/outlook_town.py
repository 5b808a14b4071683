"""Weeks of another town for the check of the outlook: real roads, invented debtors, half of them in clumps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from benchmarks.outlook_cases import Posed, shift_on
from geodata.roads import RoadEngine
from geodata.roads.region import Region
from planner.ask import ask
from planner.domain import Crew
from planner.posing import travel_cost_per_s
from planner.value.parameters import Parameters

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
#: debtors, share of them in clumps, crews, days, hours of a shift, whether the start lies at the edge of the town, and
#: the most minutes at the door, of which half are the least (with five, driving is a large part of a visit)
WEEKS = (
    (60, 0.5, 1, 2, 8.5, False, 20),
    (120, 0.0, 1, 4, 8.5, False, 20),
    (120, 0.8, 1, 4, 7.0, True, 20),
    (300, 0.5, 2, 5, 8.5, False, 20),
    (300, 0.0, 1, 5, 9.5, True, 20),
    (400, 0.8, 3, 3, 8.5, False, 20),
    (300, 0.0, 1, 3, 8.5, False, 5),
    (300, 0.7, 1, 3, 8.5, True, 5),
    (100, 0.5, 1, 2, 8.5, True, 5),
)
#: parts of a day, and what a visit is worth then
PARTS = ((8.5, 12.0, 0.85), (12.0, 17.0, 0.85), (17.0, 19.9, 1.2))


def town_cases(region: Region, roads: RoadEngine, parameters: Parameters) -> Iterator[tuple[str, Posed]]:
    """Pose the weeks; points lie in the middle part of the region, where its streets are."""
    west, south, east, north = region.bounds
    low, high = np.array([west, south]), np.array([east, north])
    low, high = low + 0.2 * (high - low), high - 0.2 * (high - low)
    for seed, (n, clumped, many, days, hours, edge, door) in enumerate(WEEKS):
        rng = np.random.default_rng(seed)
        at = rng.uniform(low, high, (n, 2))
        centres = rng.uniform(low, high, (6, 2))
        inside = rng.random(n) < clumped
        at[inside] = centres[rng.integers(6, size=int(inside.sum()))] + rng.normal(0, 0.002, (int(inside.sum()), 2))
        start = tuple(np.round(low if edge else (low + high) / 2, 6).tolist())
        crews = tuple(
            Crew(f"crew-{k}", "town", f"crew {k}", ("a", "b"), frozenset(), start, start) for k in range(many)
        )
        shifts = tuple(
            shift_on(crew, MONDAY + timedelta(days=day), hours, late=bool((k + day) % 2), zone=ZONE)
            for k, crew in enumerate(crews)
            for day in range(days)
        )
        options, places = offered(np.round(at, 6), door, rng)
        question = ask(
            datetime.combine(MONDAY, time(0), ZONE),
            crews,
            shifts,
            options,
            places,
            dict.fromkeys(options["debtor_id"], ""),
            roads,
            travel_cost_per_s=travel_cost_per_s(parameters, shifts),
        )
        spread = "strewn" if not clumped else f"{clumped:.0%} in clumps"
        name = f"{region.name} {n} {spread} {many}x{days} days {hours:g} h{' from the edge' if edge else ''}"
        name += f" {door} min" if door != WEEKS[0][-1] else ""
        yield name, Posed(question, options, crews, shifts)


def offered(at: np.ndarray, door: float, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give options (one a debtor, day and part of it) and places; minutes at the door and values as in the demo."""
    n = len(at)
    worth, minutes = 50_000 * rng.lognormal(0, 1.0, n), rng.uniform(door / 2, door, n)
    places = pd.DataFrame(
        {"place_id": [f"P{k}" for k in range(n)], "debtor_id": [f"D{k}" for k in range(n)], "kind": "home"}
    ).assign(lon=at[:, 0], lat=at[:, 1])
    rows = [
        {
            "debtor_id": f"D{k}",
            "place_id": f"P{k}",
            "day": pd.Timestamp(MONDAY) + pd.Timedelta(days=day),
            "opens_at": datetime.combine(MONDAY, time(0), ZONE) + timedelta(days=day, hours=opens),
            "closes_at": datetime.combine(MONDAY, time(0), ZONE) + timedelta(days=day, hours=closes),
            "value_minor": worth[k] * factor,
            "service_s": round(60 * minutes[k]),
            "needs": "",
            "required": False,
            "lon": at[k, 0],
            "lat": at[k, 1],
        }
        for k in range(n)
        for day in range(5)
        for opens, closes, factor in PARTS
    ]
    options = pd.DataFrame(rows)
    for name in ("opens_at", "closes_at"):
        options[name] = pd.to_datetime(options[name], utc=True)
    return options, places
