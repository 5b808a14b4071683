"""Do learnt minutes at doors and hours on the road cover what is true, and does a route's finish come truer by them?

``python -m benchmarks.times_study --seeds 40``. Each seed draws a truth (minutes at doors, factors of the hours, how
driving strays), lets some crews walk some weeks under it and write it down as people do: lunches that nobody planned,
visits entered at the evening's desk, arrivals that nobody tapped. What is written down is read and learnt as the
product does (``planner.value.recorded_times``, ``planner.value.times``). Then new days are planned with the assumed and
with the learnt times, and lived through under the truth: how likely each was said to end in its shift beside how often
it did.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from config.parameters import load
from planner.domain import OutcomeCode
from planner.door_times import door_time, travel_spread
from planner.routing import Option, Plan, Problem, ProblemShift, Route, Stop, Visit
from planner.routing.finish import Case, DoorTime, TravelSpread, finish_risk
from planner.value.parameters import Parameters, Times
from planner.value.recorded_times import CONTACTS, doors, legs
from planner.value.times import Learnt, door_part, learn, road_part

ZONE, STOPS = UTC, 16
CODES = {
    "nobody": OutcomeCode.NOT_HOME,
    "third_party": OutcomeCode.THIRD_PARTY_ONLY,
    "right_person": OutcomeCode.REFUSED,
}
SHARES = {"nobody": 0.48, "third_party": 0.08, "right_person": 0.44}
MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
#: the hours in which crews are on the road, and are asked about
WORKED = range(9, 18)


@dataclass(frozen=True)
class World:
    """What is true of one seed."""

    minutes: dict[str, float]
    cvs: dict[str, float]
    factors: np.ndarray
    day_cv: float
    leg_cv: float


def world(rng: np.random.Generator, parameters: Parameters) -> World:
    """Draw a truth about the assumed times: as far from them as the priors say, two peaks a day."""
    minutes = {
        contact: parameters.assumed_minutes(contact, rural=False)[0] * float(np.exp(rng.normal(0, 0.3)))
        for contact in CONTACTS
    }
    hours = np.arange(24)
    level = rng.normal(0.08, 0.15)
    peaks = sum(
        rng.uniform(0.0, 0.3) * np.exp(-0.5 * ((hours - at) / 1.3) ** 2)
        for at in (rng.uniform(7.5, 9), rng.uniform(16.5, 18))
    )
    cvs = {"nobody": rng.uniform(0.1, 0.3), "third_party": rng.uniform(0.1, 0.4), "right_person": rng.uniform(0.4, 0.7)}
    return World(minutes, cvs, np.exp(level + peaks), rng.uniform(0.06, 0.15), rng.uniform(0.15, 0.35))


def varied(rng: np.random.Generator, cv: float, size: Any = None) -> Any:
    """Draw lognormal factors of mean one."""
    sigma = np.sqrt(np.log1p(cv**2))
    return np.exp(rng.normal(-(sigma**2) / 2, sigma, size))


def walked(rng: np.random.Generator, true: World, days: int, crews: int) -> tuple[dict[str, Any], pd.DataFrame]:
    """Let crews walk planned routes and write down what happened, faults included."""
    plans, rows, number = dict[str, Any](), list[dict[str, Any]](), 0
    for day in range(days):
        for crew in range(crews):
            plan_id, origin = f"P{day}-{crew}", MONDAY + timedelta(days=day)
            at = origin + timedelta(hours=9)
            clock, stops, visits = 9 * 3600.0, [], []
            slow = varied(rng, true.day_cv)
            desk = rng.random() < 0.1  # this crew enters its day in the evening
            lunch = int(rng.integers(5, 11)) if rng.random() < 0.5 else -1
            for k in range(STOPS):
                planned, name = float(rng.uniform(150, 900)), f"D{number}"
                number += 1
                arrives = clock + planned
                stops.append(
                    {"visit": name, "option": 0, "arrives": arrives, "begins": arrives, "leaves": arrives + 900}
                )
                visits.append({"id": name, "options": [{"opens": 0.0}]})
                clock = arrives + 900
                took = planned * true.factors[at.hour] * slow * varied(rng, true.leg_cv)
                if k == lunch:
                    took += rng.uniform(1200, 3600)  # a meal that no plan knew
                arrived = at + timedelta(seconds=took)
                contact = str(rng.choice(CONTACTS, p=[SHARES[one] for one in CONTACTS]))
                ended = arrived + timedelta(minutes=true.minutes[contact] * varied(rng, true.cvs[contact]))
                started, written = arrived, ended
                if desk:
                    started = written = origin + timedelta(hours=19, seconds=10 * k)
                elif rng.random() < 0.15:
                    started = ended - timedelta(seconds=12)  # nobody tapped at the door
                rows.append({"outcome_id": name, "debtor_id": name, "crew_id": f"C{crew}", "plan_id": plan_id,
                             "started_at": started, "ended_at": written, "code": CODES[contact].value})  # fmt: skip
                at = ended
            plans[plan_id] = {
                "origin": origin.isoformat(),
                "visits": visits,
                "routes": [{"stops": stops, "breaks": []}],
                "hour_factors": None,
            }
    return plans, pd.DataFrame(rows)


def learnt_of(plans: dict[str, Any], table: pd.DataFrame, parameters: Parameters) -> Learnt:
    """Read and learn as the product does."""
    seen = doors(table, {}, parameters, ZONE)  # type: ignore[arg-type]
    driven = legs(plans, table, parameters, ZONE)  # type: ignore[arg-type]
    return learn(seen.table, driven.table, parameters)


def days_ahead(
    rng: np.random.Generator, true: World, models: dict[str, Parameters], days: int
) -> list[tuple[float, dict[str, float]]]:
    """Give for new days how often they end in their shift in truth, and what each model says, the order being given."""
    found = []
    for day in range(days):
        minutes = rng.uniform(3, 15, STOPS + 1) * 60
        size = STOPS + 1
        seconds = np.zeros((size, size), dtype=np.float32)
        for k in range(STOPS):
            seconds[k, k + 1] = minutes[k]
        seconds[STOPS, 0] = minutes[STOPS]
        hours = float(rng.uniform(6.5, 9.0))
        somebody, right = 0.52, 0.846
        told = {}
        for name, parameters in [("truth", None), *models.items()]:
            door = true_door(true) if parameters is None else door_time(somebody, right, False, parameters)
            spread = TravelSpread(true.day_cv, true.leg_cv) if parameters is None else travel_spread(parameters)
            factors = true.factors if parameters is None else np.array(parameters.times.hour_factors or (1.0,) * 24)
            told[name] = chance(seconds, door, spread, tuple(factors.tolist()), hours=hours, seed=day)
        found.append((told.pop("truth"), told))
    return found


def true_door(true: World) -> DoorTime:
    """Give what may happen at a door in truth."""
    return tuple(Case(SHARES[one], 60 * true.minutes[one], true.cvs[one]) for one in CONTACTS)


def chance(
    seconds: np.ndarray, door: DoorTime, spread: TravelSpread, factors: tuple[float, ...], *, hours: float, seed: int
) -> float:
    """Give the chance that one crew's day of all the stops ends within so many hours."""
    ids = [f"V{k}" for k in range(1, len(seconds))]
    option = Option(opens=0, closes=86_400, value=1.0, place=1, service_s=900)
    visits = tuple(
        Visit(id=one, place=k, service_s=900, options=(replace(option, place=k),)) for k, one in enumerate(ids, start=1)
    )
    shift = ProblemShift(id="S", crew="C", start_place=0, end_place=0, starts=9 * 3600, ends=round((9 + hours) * 3600))
    problem = Problem(
        origin=MONDAY, travel_cost_per_s=0.0, seconds=seconds, visits=visits, shifts=(shift,), hour_factors=factors
    )
    at, stops = 9 * 3600, []
    mean = round(sum(case.share * case.mean_s for case in door))
    for k, one in enumerate(ids):
        at += round(float(seconds[k, k + 1]) * factors[min(at // 3600, 23)])
        stops.append(Stop(one, 0, at, at, at + mean))
        at += mean
    route = Route("S", 9 * 3600, at + round(float(seconds[len(ids), 0])), tuple(stops))
    plan = Plan((route,), (), 0.0, "feasible")
    risk = finish_risk(problem, plan, {one: [door] for one in ids}, spread, draws=1_500, seed=seed)
    return risk["S"].in_time


def main() -> None:
    """Run the study and print its tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=40)
    asked.add_argument("--days", type=int, default=18, help="days that crews walk")
    asked.add_argument("--crews", type=int, default=3)
    asked.add_argument("--ahead", type=int, default=6, help="new days whose finish is told")
    args = asked.parse_args()
    parameters, began = load(), time.process_time()
    door_rows, hour_rows, finish = [], [], []
    for seed in range(args.seeds):
        rng = np.random.default_rng([20261129, seed])
        true = world(rng, parameters)
        plans, table = walked(rng, true, args.days, args.crews)
        found = learnt_of(plans, table, parameters)
        for row in found.doors[~found.doors["rural"]].to_dict("records"):
            what = true.minutes[row["contact"]]
            door_rows.append({**row, "true": what, "in": row["low"] <= what <= row["high"], "seed": seed})
        for row in found.hours[found.hours["hour"].isin(WORKED)].to_dict("records"):
            what = float(true.factors[int(row["hour"])])
            hour_rows.append({**row, "true": what, "in": row["low"] <= what <= row["high"], "seed": seed})
        times = road_part(found)
        doors_too = door_part(found)
        both = Times(doors_too.minutes, doors_too.cvs, times.hour_factors, times.day_cv, times.leg_cv)
        models = {
            "assumed": parameters,
            "doors": replace(parameters, times=doors_too),
            "both": replace(parameters, times=both),
        }
        finish += days_ahead(rng, true, models, args.ahead)
    tell(pd.DataFrame(door_rows), "minutes at doors", "contact")
    tell(pd.DataFrame(hour_rows), "factors of the hours", "hour")
    truth = np.array([one for one, _ in finish])
    print(f"\nfinish of {len(finish)} days: ended in time {truth.mean():.2f}")
    for name in ("assumed", "doors", "both"):
        said = np.array([told[name] for _, told in finish])
        print(f"  {name:8} said {said.mean():.2f}, mean distance from the truth {np.abs(said - truth).mean():.3f}")
    print(f"{args.seeds} seeds, {time.process_time() - began:.0f} CPU s")


def tell(table: pd.DataFrame, title: str, by: str) -> None:
    """Print coverage with its standard error by seed, and the error beside that of what is assumed."""
    print(f"\n{title}: 80% intervals")
    for name, rows in [*table.groupby(by), ("all", table)]:
        of_seed = rows.groupby("seed")["in"].mean()
        error = of_seed.std(ddof=1) / np.sqrt(len(of_seed))
        learnt, assumed = (np.sqrt((np.log(rows[one] / rows["true"]) ** 2).mean()) for one in ("mean", "assumed"))
        covered = 100 * rows["in"].mean()
        print(f"  {name!s:12} {covered:5.1f} % ({100 * error:.1f})  error {learnt:.3f}, assumed {assumed:.3f}")


if __name__ == "__main__":
    main()
