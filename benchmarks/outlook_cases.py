"""Invented weeks for the check of the outlook: parts of the demo's branches, other crews, other hours, other starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.roads import RoadEngine
from planner.ask import Question, ask
from planner.domain import Break, Crew, Shift
from planner.posing import travel_cost_per_s
from planner.reading import Week
from planner.value.candidates import Candidates
from planner.value.parameters import Parameters

MEAL = timedelta(minutes=45)


@dataclass(frozen=True)
class Case:
    """One week of a branch. ``region`` "" is the whole branch; ``share`` of its debtors are kept, drawn by ``seed``.

    ``start`` is the branch's own place, or a debtor's place drawn by the seed.
    """

    branch: str
    region: str = ""
    share: float = 1.0
    crews: int = 1
    days: int = 5
    hours: float = 8.5
    elsewhere: bool = False
    seed: int = 1

    @property
    def name(self) -> str:
        """A short name for tables."""
        start = " from elsewhere" if self.elsewhere else ""
        part = f"{self.branch} {self.region or 'all'} {self.share:.0%}"
        return f"{part} {self.crews}x{self.days} days {self.hours:g} h{start}"


def cases(branch: str, regions: Sequence[tuple[str, int]], most_crews: int, *, seed: int) -> Iterator[Case]:
    """Give a branch's cases: parts of it with few to many crews, its districts alone, and drawn mixtures.

    Parameters
    ----------
    regions
        District codes with how many debtors may be visited there.
    """
    yield Case(branch, crews=most_crews)
    yield Case(branch, share=0.5, crews=most_crews, seed=seed)
    yield Case(branch, share=0.25, crews=1, seed=seed)
    yield Case(branch, crews=most_crews, hours=6.5)
    yield Case(branch, crews=1, hours=10, seed=seed)
    yield Case(branch, share=0.7, crews=most_crews, elsewhere=True, seed=seed)
    rng = np.random.default_rng(seed)
    for region, count in regions:
        if count >= 30:
            yield Case(branch, region, crews=1, days=2 if count < 100 else 5, seed=seed)
            yield Case(
                branch,
                region,
                share=float(rng.choice([0.5, 0.75])),
                crews=1 if count < 200 else 2,
                days=int(rng.choice([1, 2])) if count < 100 else int(rng.choice([3, 4])),
                hours=float(rng.choice([7, 8, 9.5])),
                elsewhere=bool(rng.random() < 0.5),
                seed=seed + 1,
            )


@dataclass(frozen=True)
class Posed:
    """A case as the product poses a week, and what is foretold from: options (with ``lon``, ``lat``), crews, shifts."""

    question: Question
    options: pd.DataFrame
    crews: tuple[Crew, ...]
    shifts: tuple[Shift, ...]


def pose_case(case: Case, week: Week, found: Candidates, roads: RoadEngine, parameters: Parameters) -> Posed:
    """Pose a part of a branch's week."""
    rng = np.random.default_rng(case.seed)
    survey = found.survey if not case.region else found.survey[found.survey["region"] == case.region]
    debtors = survey["debtor_id"].to_numpy()
    kept = debtors[rng.random(len(debtors)) < case.share]
    options = found.options[found.options["debtor_id"].isin(kept)]
    options = options.merge(week.tables.places[["place_id", "lon", "lat"]], on="place_id")
    at = (week.branch.lon, week.branch.lat)
    if case.elsewhere:
        homes = week.tables.places.dropna(subset=["lon", "lat"])
        row = homes.iloc[int(rng.integers(len(homes)))]
        at = (float(row["lon"]), float(row["lat"]))
    crews = tuple(
        replace(week.crews[k % len(week.crews)], crew_id=f"crew-{k}", start=at, end=at) for k in range(case.crews)
    )
    zone = ZoneInfo(week.branch.timezone)
    shifts = tuple(
        shift_on(
            crew, week.monday.date() + timedelta(days=day + k % 2), case.hours, late=bool((k + day) % 2), zone=zone
        )
        for k, crew in enumerate(crews)
        for day in range(case.days)
    )
    needs = dict(zip(options["debtor_id"], options["needs"], strict=True))
    question = ask(
        week.monday,
        crews,
        shifts,
        options,
        week.tables.places,
        needs,
        roads,
        travel_cost_per_s=travel_cost_per_s(parameters, shifts),
    )
    return Posed(question, options, crews, shifts)


def shift_on(crew: Crew, day: date, hours: float, *, late: bool, zone: ZoneInfo) -> Shift:
    """Give an early shift that begins at nine or a late one that ends at half past eight, with its meal."""

    def at(clock: time) -> datetime:
        return datetime.combine(day, clock, zone)

    long = timedelta(hours=hours)
    starts = at(time(20, 30)) - long if late else at(time(9))
    meal = (time(17), time(18, 30)) if late else (time(11, 30), time(13, 30))
    return Shift(
        shift_id=f"{crew.crew_id}-{day:%Y%m%d}",
        crew_id=crew.crew_id,
        branch=crew.branch,
        day=day,
        starts=starts,
        ends=starts + long,
        breaks=(Break(at(meal[0]), at(meal[1]), MEAL),),
    )
