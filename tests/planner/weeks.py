"""An invented district for the outlook: debtors about a place, one crew's week, straight roads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.domain import Break, Crew, Shift
from planner.outlook import Effort

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
#: longitude and latitude; a thousandth of a degree is about a hundred metres
BASE = (103.80, 30.60)
CREW = Crew("c1", "YX01", "one", ("m1", "m2"), frozenset(), BASE, BASE)


def at(day: int, hour: float) -> datetime:
    return datetime.combine(MONDAY, datetime.min.time(), ZONE) + timedelta(days=day, hours=hour)


def shifts(days: int = 5, hours: float = 8.5) -> tuple[Shift, ...]:
    return tuple(
        Shift(
            f"s{day}", "c1", "YX01", MONDAY + timedelta(days=day), at(day, 9), at(day, 9 + hours),
            (Break(at(day, 11.5), at(day, 13.5), timedelta(minutes=45)),),
        )
        for day in range(days)
    )  # fmt: skip


def effort(start: tuple[float, float] = BASE, days: int = 5, hours: float = 8.5) -> Effort:
    return Effort(start, replace(CREW, start=start, end=start), shifts(days, hours))


def debtors(
    n: int, *, centre: tuple[float, float] = BASE, spread: float = 0.02, value_minor: float = 30_000, seed: int = 1
) -> pd.DataFrame:
    """Options as the candidates give them: every weekday from 8:30 to 19:55, about 17 minutes at the door."""
    rng = np.random.default_rng(seed)
    where = rng.uniform(-spread, spread, (n, 2)) + centre
    worth = value_minor * rng.lognormal(0, 0.5, n)
    service = rng.integers(900, 1100, n)
    rows = [
        {
            "debtor_id": f"D{k}", "branch": "YX01", "region": "R1",
            "day": pd.Timestamp(MONDAY) + pd.Timedelta(days=day), "opens_at": at(day, 8.5), "closes_at": at(day, 19.9),
            "value_minor": worth[k], "service_s": service[k],
            "needs": "", "lon": where[k, 0], "lat": where[k, 1],
        }
        for k in range(n)
        for day in range(5)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    for name in ("opens_at", "closes_at"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return table
