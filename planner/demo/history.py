"""Twelve weeks of past visits in the demo city, drawn from ``truth.py``."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.projection import local_metres
from planner.demo.truth import Truth
from planner.domain import Bucket, OutcomeCode, PlaceKind, Shift
from planner.tables import OUTCOMES, conform

#: nobody is visited again within this many days, nor more than twice within thirty
REST_DAYS, MONTH_DAYS, VISITS_A_MONTH = 7, 30, 2


def history(
    survey: pd.DataFrame, places: pd.DataFrame, shifts: Sequence[Shift], truth: Truth, *, seed: int
) -> pd.DataFrame:
    """Draw the outcomes of past shifts: each crew works through a neighbourhood, as crews do.

    Parameters
    ----------
    survey
        ``debtor_id``, ``branch``, ``bucket`` and ``overdue_minor``.
    places
        Columns of ``tables.PLACES``; unlocated places are not visited.
    shifts
        The past shifts of every branch.

    Returns
    -------
    pandas.DataFrame
        ``tables.OUTCOMES``; ids are made from the seed, so drawing twice gives the same rows.
    """
    rng = np.random.default_rng(seed)
    located = places[places["lon"].notna()].merge(survey, on=["debtor_id", "branch"])
    rows: list[dict[str, object]] = []
    for branch, rows_here in located.groupby("branch"):
        here = rows_here.reset_index(drop=True)
        tree = cKDTree(local_metres(here[["lon", "lat"]].to_numpy(float)))
        visits: dict[str, list[datetime]] = {}
        for shift in sorted((s for s in shifts if s.branch == branch), key=lambda s: (s.starts, s.shift_id)):
            rows += shift_outcomes(shift, here, tree, visits, truth, rng)
    table = pd.DataFrame.from_records(rows, columns=list(OUTCOMES))
    return conform(table, OUTCOMES)


def shift_outcomes(
    shift: Shift,
    here: pd.DataFrame,
    tree: cKDTree,
    visits: dict[str, list[datetime]],
    truth: Truth,
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    """Draw one shift: start somewhere, go to the nearest who may be visited, until the shift is over."""
    rows: list[dict[str, object]] = []
    clock = shift.starts + timedelta(minutes=20)
    meal = shift.breaks[0] if shift.breaks else None
    first = int(rng.integers(len(here)))
    _, nearest = tree.query(tree.data[first], k=min(120, len(here)))
    for index in np.atleast_1d(nearest):
        if clock > shift.ends - timedelta(minutes=45):
            break
        person = here.iloc[int(index)]
        past = visits.setdefault(str(person["debtor_id"]), [])
        month = [t for t in past if clock - t < timedelta(days=MONTH_DAYS)]
        rested = not past or clock - past[-1] >= timedelta(days=REST_DAYS)
        if not rested or len(month) >= VISITS_A_MONTH or rng.random() < 0.55:
            continue
        row, ended = outcome(shift, person, clock, truth, rng)
        past.append(clock)
        rows.append(row)
        clock = ended + timedelta(minutes=float(rng.uniform(6, 22)))
        if meal is not None and meal.opens <= clock <= meal.closes:
            clock, meal = clock + meal.lasts, None
    return rows


def outcome(
    shift: Shift, person: pd.Series, begins: datetime, truth: Truth, rng: np.random.Generator
) -> tuple[dict[str, object], datetime]:
    """Draw what happens at one door, and when it is over."""
    code, minutes = door(person, begins, truth, rng)
    overdue = int(person["overdue_minor"])
    paid = {
        OutcomeCode.PAID_FULL: overdue,
        OutcomeCode.PAID_PART: int(overdue * truth.part_payment_share * rng.uniform(0.5, 1.5)) // 100 * 100,
    }.get(code, 0)
    promised = code in (OutcomeCode.PTP_2D, OutcomeCode.PTP_3D, OutcomeCode.PTP_LATER)
    wait = {OutcomeCode.PTP_2D: 2, OutcomeCode.PTP_3D: 3, OutcomeCode.PTP_LATER: int(rng.integers(5, 25))}.get(code, 0)
    met = code not in (OutcomeCode.NOT_HOME, OutcomeCode.MOVED, OutcomeCode.WRONG_ADDRESS, OutcomeCode.THIRD_PARTY_ONLY)
    yes = {True: "yes", False: "no"}
    ended = begins + timedelta(minutes=minutes)
    row = {
        "outcome_id": str(uuid.UUID(bytes=rng.bytes(16), version=4)),
        "debtor_id": person["debtor_id"],
        "branch": shift.branch,
        "place_id": person["place_id"],
        "crew_id": shift.crew_id,
        "plan_id": "",
        "started_at": begins,
        "ended_at": ended,
        "code": code.value,
        "willing": yes[bool(promised or paid)] if met else "unknown",
        "able": yes[code != OutcomeCode.HARDSHIP] if met else "unknown",
        "promised_on": pd.Timestamp(begins.date() + timedelta(days=wait)) if promised else pd.NaT,
        "promised_how": "transfer" if promised else "",
        "promised_minor": promise_of(overdue, Bucket(person["bucket"]), truth, rng) if promised else 0,
        "paid_minor": paid,
        "evidence": "payment" if paid else ("notice_signed" if code == OutcomeCode.NOTICE_SIGNED else ""),
        "next_action": "",
        "note": "",
        "replaces": "",
        "recorded_at": ended + timedelta(minutes=1),
        "recorded_by": shift.crew_id,
    }
    return row, ended


def promise_of(overdue: int, bucket: Bucket, truth: Truth, rng: np.random.Generator) -> int:
    """Draw how much is promised, in whole yuan and not more than is owed."""
    wanted = overdue * truth.promised_part[bucket] * float(rng.choice([0.7, 1.0, 1.3]))
    return max(100, min(overdue, int(wanted) // 100 * 100))


def door(person: pd.Series, begins: datetime, truth: Truth, rng: np.random.Generator) -> tuple[OutcomeCode, float]:
    """Draw the outcome code and the minutes spent, access included."""
    access = truth.access_minutes
    if rng.random() > truth.address_valid:
        return (OutcomeCode.MOVED if rng.random() < 0.6 else OutcomeCode.WRONG_ADDRESS), access + truth.minutes_nobody
    if person["kind"] == PlaceKind.HOME:
        slot = "weekend" if begins.weekday() >= 5 else ("weekday_evening" if begins.hour >= 17 else "weekday_day")
        there = truth.someone_there_home[slot]
    else:
        there = truth.someone_there_work
    if rng.random() > there:
        return OutcomeCode.NOT_HOME, access + truth.minutes_nobody
    if rng.random() < truth.third_party_only:
        return OutcomeCode.THIRD_PARTY_ONLY, access + truth.minutes_third_party
    sigma = np.sqrt(np.log1p(truth.minutes_met_cv**2))
    minutes = access + truth.minutes_met_mean * float(np.exp(rng.normal(-(sigma**2) / 2, sigma)))
    draw = rng.random()
    for code, share in (
        (OutcomeCode.PAID_FULL, truth.pays_now[Bucket(person["bucket"])] * 0.5),
        (OutcomeCode.PAID_PART, truth.pays_now[Bucket(person["bucket"])] * 0.5),
        (OutcomeCode.PTP_2D, truth.promises * 0.25),
        (OutcomeCode.PTP_3D, truth.promises * 0.35),
        (OutcomeCode.PTP_LATER, truth.promises * 0.40),
        (OutcomeCode.REFUSED, truth.refuses),
        (OutcomeCode.HARDSHIP, truth.reports_hardship),
        (OutcomeCode.DISPUTE, truth.disputes),
        (OutcomeCode.NOTICE_SIGNED, 0.06),
    ):
        draw -= share
        if draw < 0:
            return code, minutes
    return OutcomeCode.NEGOTIATE, minutes
