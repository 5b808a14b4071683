"""Invented truths for the demo's people, and twelve weeks of visits and payments that follow from them.

Who is visited, when and where is drawn by the demo's own process (``planner.demo.history``); what happens at each door
is drawn anew for each truth. The truth lies in the ranges of the domain survey. Where it gives none, these are taken:

- address valid .86–.97 and right person .78–.92 (their product with "somebody there" stays in the sourced .50–.65);
- each setting and slot: its default times the branch's level, and up to .8 of log-odds either way (the demo's own
  truth, .42 at home on weekdays by day where .60 is assumed, lies in it);
- odds to pay at the door: a third to three times the default's;
- part of the amount that is paid at the door .35 to .95, and promised half to one and a half times the default
  (``parts`` draws them; else they are as assumed);
- share paid in sixty days without a visit: .8 to 1.25 times the default, by bucket. It comes in parts of 15 to 35 % of
  what is owed at the time, at a rate that follows the age of the debt on each day, to everybody on the list.

Each class (bucket × type) is uniform over its range, on the scale of log-odds where the range is one of odds. Classes
of one truth resemble each other: behind each lies a normal score of which .35 of the variance belongs to the branch,
.20 to the bucket, .30 to the type and .15 to the class alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtr

from planner.demo.history import history
from planner.demo.truth import Truth
from planner.domain import BUCKET_FLOORS, Bucket, DebtorType, Principal, Role
from planner.store import open_store
from planner.tables import OUTCOMES, PAYMENTS, conform
from planner.value.calibration import calibrate
from planner.value.candidates import BranchTables
from planner.value.learning import prior_cells
from planner.value.parameters import Parameters
from planner.value.slots import setting_of, slot_of
from planner.value.survey import survey

PARTS = np.sqrt((0.35, 0.20, 0.30, 0.15))
ADDRESS, RIGHT, SLOT, PAYS, WITHOUT = (0.86, 0.97), (0.78, 0.92), 0.8, 3.0, 1.25
PAID, PROMISED = (0.35, 0.95), (0.5, 1.5)
WALKS, WEEKS = 8, 12
#: each payment without a visit, as a part of what is owed
ANYWAY_PART = (0.15, 0.35)


@dataclass(frozen=True)
class World:
    """A branch of the demo with its walks: who was visited where and when in twelve weeks, several times over."""

    tables: BranchTables
    surveyed: pd.DataFrame
    walks: tuple[pd.DataFrame, ...]
    zone: ZoneInfo
    monday: datetime


@dataclass(frozen=True)
class Drawn:
    """A truth: the chance of each cell by rate, cell and within, and the share paid without a visit by bucket.

    ``hazard`` is the rate at which that share comes in while the debt's age lies in a bucket, a day.
    """

    rates: Mapping[tuple[str, str, str], float]
    without: Mapping[Bucket, float]
    hazard: Mapping[Bucket, float]


def world(var: Path, branch: str, monday: datetime, *, walks: int = WALKS) -> World:
    """Read a branch of the demo that set-up made, and walk its past shifts several times."""
    store = open_store(f"sqlite:///{var / 'rounds.sqlite'}")
    asking = Principal("study", Role.SYSTEM, frozenset({branch}))
    tables = BranchTables(
        debtors=store.debtors(asking, branch),
        accounts=store.accounts(asking, branch),
        places=store.places(asking, branch),
        holds=store.holds(asking, branch),
        accommodations=store.accommodations(asking, branch),
        outcomes=store.latest_outcomes(asking, branch),
    )
    zone = ZoneInfo(store.branches(asking)[0].timezone)
    surveyed = survey(tables.debtors, tables.accounts, today=monday.date())
    shifts = store.shifts(asking, branch, monday.date() - timedelta(weeks=WEEKS), monday.date() - timedelta(days=1))
    store.close()
    past = tuple(history(surveyed, tables.places, shifts, Truth(), seed=900 + k) for k in range(walks))
    return World(tables, surveyed, past, zone, monday)


def drawn_truth(rng: np.random.Generator, parameters: Parameters, *, parts: bool = True, spread: float = PAYS) -> Drawn:
    """Draw a truth from the ranges; ``spread`` is by how much the odds of paying may lie off, either way."""
    rates: dict[tuple[str, str, str], float] = {}
    address, right = rng.uniform(*ADDRESS), rng.uniform(*RIGHT)
    productive = rng.uniform(parameters.productive.low, parameters.productive.high)
    rates["address", "", ""], rates["right", "", ""] = address, right
    calibration = calibrate(parameters)
    scale = productive / (address * right) / calibration.there
    buckets, types = [one.value for one in Bucket], [one.value for one in DebtorType]
    for rate, cell, within, prior in prior_cells(parameters, calibration):
        if rate == "there":
            rates[rate, cell, within] = float(expit(logit(min(prior * scale, 0.95)) + rng.uniform(-SLOT, SLOT)))
    for rate in ("pays", "promises", "kept", "paid_part", "promised_part"):
        branch, row, column = rng.normal(), rng.normal(size=len(buckets)), rng.normal(size=len(types))
        own = rng.normal(size=(len(buckets), len(types)))
        score = PARTS[0] * branch + PARTS[1] * row[:, None] + PARTS[2] * column[None] + PARTS[3] * own
        share = ndtr(score)
        for i, bucket in enumerate(buckets):
            for j, kind in enumerate(types):
                if rate == "pays":
                    chance = expit(logit(calibration.pays[Bucket(bucket)]) + np.log(spread) * (2 * share[i, j] - 1))
                elif rate == "paid_part":
                    chance = PAID[0] + (PAID[1] - PAID[0]) * share[i, j] if parts else parameters.paid_at_door.value
                elif rate == "promised_part":
                    default = calibration.promised_part[Bucket(bucket)]
                    chance = min(default * (PROMISED[0] + (PROMISED[1] - PROMISED[0]) * share[i, j]), 0.98)
                    chance = chance if parts else default
                else:
                    ranged = parameters.promises if rate == "promises" else parameters.promise_kept
                    chance = ranged.low + (ranged.high - ranged.low) * share[i, j]
                rates[rate, bucket, kind] = float(chance)
    for bucket in buckets:
        for kind in types:
            # Somebody either pays or promises.
            most = 0.97 - rates["promises", bucket, kind]
            rates["pays", bucket, kind] = min(rates["pays", bucket, kind], most)
    drawn = {bucket: one.value * WITHOUT ** rng.uniform(-1, 1) for bucket, one in parameters.collected_without.items()}
    without, hazard = background(drawn, int(parameters.follow_up.value))
    return Drawn(rates, without, hazard)


def background(wanted: Mapping[Bucket, float], follow: int) -> tuple[dict[Bucket, float], dict[Bucket, float]]:
    """Give the share that comes in within the follow-up by bucket at its beginning, and the daily hazards behind it.

    A debt ages during its follow-up, so the hazards of later buckets have a part in an earlier one's share. They are
    solved for from the oldest bucket on; a share that could only come about by a negative one is what it is at 0.
    """
    floors = sorted((floor, Bucket(bucket)) for floor, bucket in BUCKET_FLOORS)
    floors = [(floor, bucket) for floor, bucket in floors if bucket in wanted]
    starts = np.array([floor for floor, _ in floors])
    names = [bucket for _, bucket in floors]
    days = np.zeros((len(names), len(names)))
    for i in range(len(names)):
        last = starts[i + 1] if i + 1 < len(names) else starts[i] + follow
        ages = np.arange(starts[i], last)[:, None] + np.arange(follow)[None]
        at = np.searchsorted(starts, ages, side="right") - 1
        days[i] = np.bincount(at.ravel(), minlength=len(names)) / len(ages)
    level = np.zeros(len(names))
    for i in reversed(range(len(names))):
        rest = -np.log1p(-wanted[names[i]]) - days[i] @ level
        level[i] = max(rest / days[i, i], 0.0)
    come = 1 - np.exp(-days @ level)
    return (dict(zip(names, come.tolist(), strict=True)), dict(zip(names, level.tolist(), strict=True)))


def happened(
    made: World, walk: pd.DataFrame, truth: Drawn, parameters: Parameters, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw what happened at the doors of a walk, and the payments that kept promises brought; all rows at once."""
    kinds = made.tables.places.set_index("place_id")["kind"]
    person = made.surveyed.set_index("debtor_id").loc[walk["debtor_id"]]
    bucket, kind = person["bucket"].to_numpy(str), person["debtor_type"].replace("", "unreviewed").to_numpy(str)
    slot = slot_of(walk["started_at"], parameters.slots, made.zone).to_numpy(str)
    occupations = pd.Series(person["occupation"].to_numpy(str))
    setting = setting_of(walk["place_id"].map(kinds), occupations, parameters).to_numpy(str)

    def chance(rate: str, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return np.array([truth.rates[rate, r, c] for r, c in zip(rows, columns, strict=True)])

    n = len(walk)
    u = rng.random((5, n))
    valid = u[0] < truth.rates["address", "", ""]
    there = u[1] < chance("there", setting, slot)
    right = u[2] < truth.rates["right", "", ""]
    pays, promises = chance("pays", bucket, kind), chance("promises", bucket, kind)
    wait = np.select([u[4] < 0.25, u[4] < 0.60], [2, 3], rng.integers(5, 25, n))
    promise_code = np.select([wait == 2, wait == 3], ["PTP_2D", "PTP_3D"], "PTP_LATER")
    rest = rng.choice(
        ["REFUSED", "HARDSHIP", "DISPUTE", "NOTICE_SIGNED", "NEGOTIATE"], n, p=[0.3, 0.1, 0.03, 0.12, 0.45]
    )
    # Whoever does not pay in full pays about a quarter: the chance of full payment makes the mean part come out.
    paid_part, promised_part = chance("paid_part", bucket, kind), chance("promised_part", bucket, kind)
    little = rng.uniform(0.15, 0.35, n)
    full = rng.random(n) < np.clip((paid_part - 0.25) / 0.75, 0, 1)
    code = np.select(
        [~valid, ~there, ~right, u[3] < pays, u[3] < pays + promises],
        ["MOVED", "NOT_HOME", "THIRD_PARTY_ONLY", np.where(full, "PAID_FULL", "PAID_PART"), promise_code],
        rest,
    )
    owed = person["overdue_minor"].to_numpy(np.float64)
    paid = np.isin(code, ["PAID_FULL", "PAID_PART"])
    promised = np.isin(code, ["PTP_2D", "PTP_3D", "PTP_LATER"])
    given = walk["started_at"].dt.tz_convert(made.zone).dt.tz_localize(None).dt.normalize()
    promised_on = (given + pd.to_timedelta(wait, unit="D")).where(promised)
    # A promise of more than the whole is none: the factor keeps the mean and the bound.
    room = np.minimum(0.6, (1 - promised_part) / promised_part)
    about = 1 + room * rng.uniform(-1, 1, n)
    promised_minor = np.where(promised, owed * promised_part * about, 0).astype(np.int64)
    outcomes = walk.assign(
        code=code,
        paid_minor=np.where(paid, owed * np.where(full, 1.0, little), 0).astype(np.int64),
        promised_on=promised_on,
        promised_minor=promised_minor,
    )
    keeps = promised & (rng.random(n) < chance("kept", bucket, kind))
    late = rng.integers(-1, int(parameters.promise_grace.value) + 1, n)
    payments = pd.DataFrame(
        {
            "branch": walk["branch"],
            "case_id": "",
            "debtor_id": walk["debtor_id"],
            "paid_on": promised_on + pd.to_timedelta(late, unit="D"),
            "paid_minor": promised_minor,
        }
    )[keeps]
    until = pd.Timestamp(made.monday.date())
    at_doors = outcomes.loc[paid, ["branch", "debtor_id", "paid_minor"]].assign(case_id="", paid_on=given[paid])
    known = pd.concat([payments[payments["paid_on"] < until], at_doors], ignore_index=True)
    gave = walk.loc[paid | keeps, ["debtor_id"]].assign(on=given)
    money = anyway(made, truth, known, gave, int(parameters.follow_up.value), rng)
    return conform(outcomes, OUTCOMES), conform(pd.concat([known, money]), PAYMENTS)


def anyway(
    made: World, truth: Drawn, known: pd.DataFrame, gave: pd.DataFrame, follow: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw what is paid without a visit, in all the weeks; what is owed today is what they leave.

    So the days are lived backwards: what was owed before a payment is what is owed after it, and the payment. Who paid
    at the door, or gave a promise that he keeps, pays that instead, for as long as the follow-up; everybody else goes
    on as if nobody had come (``planner.value.meeting``).
    """
    people = made.surveyed.reset_index(drop=True)
    number = pd.Series(people.index, index=people["debtor_id"])
    days = 7 * WEEKS
    start = pd.Timestamp(made.monday.date()) - pd.Timedelta(days=days)
    laid = np.zeros((len(people), days))
    day = (known["paid_on"] - start).dt.days
    inside = ((day >= 0) & (day < days)).to_numpy()
    np.add.at(laid, (known["debtor_id"].map(number)[inside], day[inside]), known["paid_minor"][inside])
    given = np.zeros((len(people), days + 1))
    day = (gave["on"] - start).dt.days
    inside = ((day >= 0) & (day < days)).to_numpy()
    np.add.at(given, (gave["debtor_id"].map(number)[inside], day[inside]), 1)
    total = np.concatenate([np.zeros((len(people), 1)), given.cumsum(axis=1)], axis=1)
    owed = people["overdue_minor"].to_numpy(np.float64)
    due = people["days_past_due"].to_numpy(np.int64)
    floors = sorted((floor, Bucket(bucket)) for floor, bucket in BUCKET_FLOORS)
    starts = np.array([floor for floor, _ in floors])
    hazard = np.array([truth.hazard.get(bucket, 0.0) for _, bucket in floors])
    part = np.mean(ANYWAY_PART)
    rows = []
    for back in range(days):
        on, age = days - 1 - back, due - 1 - back
        owed = owed + laid[:, on]
        rate = np.where(age >= 0, hazard[np.maximum(np.searchsorted(starts, age, side="right") - 1, 0)], 0.0)
        alone = total[:, on + 1] == total[:, max(on + 1 - follow, 0)]
        comes = (rng.random(len(people)) < rate / part) & alone
        share = rng.uniform(*ANYWAY_PART, len(people))
        amount = np.where(comes, owed * share / (1 - share), 0.0)
        owed = owed + amount
        rows.append(
            people.loc[comes, ["branch", "debtor_id"]].assign(
                case_id="", paid_on=start + pd.Timedelta(days=on), paid_minor=amount[comes].astype(np.int64)
            )
        )
    return pd.concat(rows, ignore_index=True)


def with_outcomes(made: World, outcomes: pd.DataFrame) -> BranchTables:
    """Give the branch's tables with this past."""
    return replace(made.tables, outcomes=outcomes)


def yesterday(made: World) -> date:
    """Give the last day of the past."""
    return made.monday.date() - timedelta(days=1)
