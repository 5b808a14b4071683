"""What crews can expect of a week among given debtors, before any plan is made.

A crew's day goes into the way out and back, the legs from door to door, and the time at the doors. How long the legs
are depends on who is visited, and who is visited on how long the legs are: so both are found together. A linear
programme takes the visits that bring most for the time that there is in each part of the week; the tree through those
it takes says how long the legs between them are; and so on until both agree. Nothing is put in an order and no crew is
assigned, which is why it takes a fraction of a second.

Three numbers are not derived but were fitted to planned weeks (benchmarks/outlook_check.py, docs/outlook.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geodata.patterns.tour_length import Floats, LegLaw, nearest_metres, tree_edges, way_out_seconds
from planner.domain import Crew, Shift
from planner.value.parameters import Slot

#: driving between doors as a multiple of the tree through them
LEGS = 1.3
#: share of a shift without breaks that is spent on the road or at doors; the rest is waiting and what no visit fits in
USED = 0.985
#: what the visits of a plan bring of what the programme takes
BRINGS = 0.975
MOMENTS = ("opens_at", "closes_at")
#: how often visits and legs are found anew
ROUNDS = 8


@dataclass(frozen=True)
class CrewTime:
    """Crew-days, and their seconds without breaks by slot name; part of a day is a share of both."""

    crew_days: float
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class Expected:
    """An expected week: ``days`` are the crew-days that it takes, out of those that there are.

    ``chosen`` has the rows that are taken. ``leg_edges_m`` are the straight metres of the tree through them, rising.
    """

    crew_days: float
    days: float
    visits: float
    service_s: float
    legs_s: float
    out_and_back_s: float
    value_minor: float
    chosen: NDArray[np.intp]
    leg_edges_m: Floats

    @property
    def field_hours(self) -> float:
        """Hours of travel and at the doors."""
        return (self.service_s + self.legs_s + self.out_and_back_s) / 3600


def crew_time(shifts: Sequence[Shift], slots: Sequence[Slot], zone: ZoneInfo) -> CrewTime:
    """Count the crews' time by slot; a break is taken in the middle of the time in which it may begin."""
    seconds = dict.fromkeys((slot.name for slot in slots), 0.0)
    for name, starts, ends, _ in pieces(shifts, slots, zone):
        seconds[name] += (ends - starts).total_seconds()
    for shift in shifts:
        for pause in shift.breaks:
            begins = pause.opens + (pause.closes - pause.opens) / 2
            taken_off = replace(shift, starts=begins, ends=begins + pause.lasts, breaks=())
            for name, starts, ends, _ in pieces([taken_off], slots, zone):
                seconds[name] -= (ends - starts).total_seconds()
    return CrewTime(len(shifts), {name: length for name, length in seconds.items() if length > 0})


def by_slot(
    options: pd.DataFrame, crews: Sequence[Crew], shifts: Sequence[Shift], slots: Sequence[Slot], zone: ZoneInfo
) -> pd.DataFrame:
    """Give each debtor's best option in every slot in which some crew could make it: one row a debtor and slot.

    Parameters
    ----------
    options
        As ``planner.value.candidates`` gives them: ``debtor_id``, ``day``, ``opens_at``, ``closes_at``, ``needs``,
        ``value_minor``, and any more columns, which stay.
    """
    skills = {crew.crew_id: crew.skills for crew in crews}
    kind, kinds = pd.factorize(options["needs"])
    needed = [frozenset(str(text).split()) for text in kinds]
    opens, closes = (options[name].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy() for name in MOMENTS)
    rows, names = [], []
    for slot, starts, ends, able in sorted(
        {(s, a, b, skills[c]) for s, a, b, c in pieces(shifts, slots, zone)}, key=str
    ):
        skilled = np.array([wanted <= able for wanted in needed], dtype=bool)[kind]
        at = np.flatnonzero(skilled & (opens < instant(ends)) & (closes > instant(starts)))
        rows.append(at)
        names.append(np.full(len(at), slot, dtype=object))
    place = np.concatenate([np.zeros(0, np.intp), *rows])
    slot_names = np.concatenate([np.zeros(0, object), *names])
    # A row counts once a slot, however many days and crews reach it; only the best is taken out of the table.
    order = pd.DataFrame(
        {
            "debtor": pd.factorize(options["debtor_id"], sort=True)[0][place],
            "slot": slot_names,
            "value": options["value_minor"].to_numpy()[place],
        }
    ).sort_values(["debtor", "slot", "value"], ascending=[True, True, False], kind="stable")
    best = order.drop_duplicates(["debtor", "slot"]).index.to_numpy()
    chosen: pd.DataFrame = options.iloc[place[best]].reset_index(drop=True)
    chosen["slot"] = pd.Series(slot_names[best], dtype="str")
    return chosen


def instant(when: datetime) -> np.datetime64:
    """Give an aware moment as numpy compares it: in UTC, without a zone."""
    return np.datetime64(when.astimezone(UTC).replace(tzinfo=None), "us")


def pieces(shifts: Sequence[Shift], slots: Sequence[Slot], zone: ZoneInfo) -> list[tuple[str, datetime, datetime, str]]:
    """Cut shifts at the borders of the slots: slot name, from, to, crew id."""
    found = []
    for shift in shifts:
        midnight = shift.starts.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for slot in slots:
            if midnight.weekday() in slot.weekdays:
                opens, closes = (midnight + timedelta(minutes=m) for m in (slot.opens_min, slot.closes_min))
                starts, ends = max(shift.starts, opens), min(shift.ends, closes)
                if starts < ends:
                    found.append((slot.name, starts, ends, shift.crew_id))
    return found


def expected(
    rows: pd.DataFrame,
    xy: Floats,
    depot_s: Floats,
    law: LegLaw,
    time: CrewTime,
    *,
    travel_minor_per_s: float,
) -> Expected:
    """Find the week that crews can expect.

    Parameters
    ----------
    rows
        One row a debtor and slot: ``debtor_id``, ``slot``, ``value_minor``, ``service_s``; rows of slots in which no
        crew works count for nothing.
    xy, depot_s
        (n, 2) metres and (n,) driving seconds between the crews' start and each row's place, in the order of the rows.
    law
        How long a leg takes by its straight length.
    travel_minor_per_s
        What a second on the road costs, in minor units: a visit that brings less than its leg costs is left.
    """
    slots = list(time.seconds)
    usable = np.flatnonzero(rows["slot"].isin(slots).to_numpy() & np.isfinite(depot_s) & np.isfinite(xy).all(axis=1))
    if not len(usable) or not time.crew_days:
        return Expected(time.crew_days, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, usable[:0], np.zeros(0))
    rows, xy, depot_s = rows.iloc[usable], xy[usable], depot_s[usable]
    owner = pd.factorize(rows["debtor_id"])[0].astype(np.intp)
    slot = pd.Index(slots).get_indexer(pd.Index(rows["slot"]))
    value, service_s = rows["value_minor"].to_numpy(float), rows["service_s"].to_numpy(float)
    there_s = np.array([time.seconds[name] for name in slots])
    whole_s = float(there_s.sum())
    chosen = np.ones(len(rows), dtype=bool)
    leg_s = law_of_nearest(law, nearest_metres(xy, owner, chosen))
    days, visits = float(time.crew_days), float(owner.max() + 1)
    for turn in range(ROUNDS):
        a_tour = max(1, round(visits / days))
        out_s = 2 * way_out_seconds(xy[chosen], depot_s[chosen], a_tour)
        left = max(0.0, USED - time.crew_days * out_s / whole_s)
        share = taken(owner, slot, value - travel_minor_per_s * leg_s, service_s + leg_s, there_s * left)
        chosen = share > 0.5
        if not chosen.any():
            return Expected(time.crew_days, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, usable[:0], np.zeros(0))
        visits = float(share.sum())
        edges = tree_edges(xy[chosen])
        legs_s = LEGS * float(law(edges).sum()) * visits / max(1, len(edges))
        used_s = float((service_s * share).sum()) + legs_s
        days = float(np.clip(used_s / max(1.0, left * whole_s) * time.crew_days, 1, time.crew_days))
        near_s = law_of_nearest(law, nearest_metres(xy, owner, chosen))
        # The nearest neighbour's way says who lies apart; the tree says how long all ways together are.
        scale = legs_s / max(float((near_s * share).sum()), 1e-9)
        fresh = near_s * min(scale, 5.0)
        fresh += max(0.0, legs_s - float((fresh * share).sum())) / visits
        leg_s = fresh if turn == 0 else (leg_s + fresh) / 2
    return Expected(
        crew_days=time.crew_days,
        days=days,
        visits=visits,
        service_s=float((service_s * share).sum()),
        legs_s=float((leg_s * share).sum()),
        out_and_back_s=days * out_s,
        value_minor=BRINGS * float((value * share).sum()),
        chosen=usable[chosen],
        leg_edges_m=edges,
    )


def law_of_nearest(law: LegLaw, metres: Floats) -> Floats:
    """Give the seconds of the way to the nearest neighbour; somebody without a neighbour is not reached from a door."""
    return law(np.where(np.isfinite(metres), metres, 0.0))


def taken(owner: NDArray[np.intp], slot: NDArray[np.intp], worth: Floats, takes_s: Floats, there_s: Floats) -> Floats:
    """Give the share, 0 to 1, in which each row is taken so that most is earned in the time there is.

    Parameters
    ----------
    owner, slot
        (n,) whose row it is, each taken at most once in all, and in which slot it takes its time.
    worth, takes_s
        (n,) what it earns and how many seconds it takes.
    there_s
        Seconds there are in each slot.
    """
    n, owners = len(owner), int(owner.max()) + 1
    # A column for each row: it counts once for its owner, and takes its seconds from its slot.
    entries = np.column_stack([np.ones(n), takes_s]).ravel()
    limited = np.column_stack([owner, owners + slot]).ravel()
    rows: Any = sparse.csc_matrix((entries, limited, np.arange(0, 2 * n + 1, 2)), shape=(owners + len(there_s), n))
    limits = np.concatenate([np.ones(owners), there_s])
    # The solver's tolerances suppose numbers about 1: with a debt of a thousand million it took nobody at all.
    # ``linprog`` gives the same answer and takes a third longer to look its input over.
    unit = max(float(np.abs(worth).max()), 1e-9)
    found = milp(-worth / unit, constraints=LinearConstraint(rows, ub=limits), bounds=Bounds(0, 1))
    return np.clip(np.asarray(found.x, dtype=np.float64), 0, 1)
