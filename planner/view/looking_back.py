"""A past week's plan beside what happened: visits, times at the doors, required visits, money, and rates that moved.

A plan cannot be judged by one week's money alone: visits pay seldom and unequally. So the money at the doors stands
beside the range that chance and the plan's own doubt about its rates would give, and crews are told by visits and
times, never by money.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from planner.domain import Branch, OutcomeCode, Principal
from planner.past import Past, read_past
from planner.routing.windows import may_begin_saved
from planner.store import SavedPlan, Store
from planner.tables import AT, DAY, FLAG, INT, REAL, TEXT, Schema, conform
from planner.value.learning import learn
from planner.value.parameters import Parameters
from planner.value.promises import judged
from planner.view.board import NOBODY
from planner.view.in_force import InForce, routes_in_force
from planner.view.recorded import counting
from planner.view.week import clock
from planner.week import week_days

#: one row a planned stop of the week, beside the outcome that names its plan or day
VISITS: Schema = {
    "debtor_id": TEXT,
    "crew_id": TEXT,
    "crew_name": TEXT,
    "shift_id": TEXT,
    "day": DAY,
    "number": INT,
    "planned_at": AT,
    "opens_at": AT,
    "closes_at": AT,
    "required": FLAG,
    "required_reason": TEXT,
    "overdue_minor": INT,
    "at_door_minor": REAL,  # expected money at the door, before it was known who would be there
    "uplift_minor": REAL,
    "low_minor": REAL,
    "high_minor": REAL,
    "outcome_id": TEXT,  # "" where nothing was recorded
    "code": TEXT,
    "began_at": AT,
    "late_min": REAL,  # later than planned, NaN where nothing was recorded
    "paid_minor": INT,
}
#: one row a rate that moved: what was believed before the week and after it, and how many answers the week gave
MOVED: Schema = {
    "rate": TEXT,
    "cell": TEXT,
    "within": TEXT,
    "before": REAL,
    "before_low": REAL,
    "before_high": REAL,
    "after": REAL,
    "after_low": REAL,
    "after_high": REAL,
    "answers": INT,
}
DRAWS, LEVEL = 4_000, 0.9
#: standard deviations of a normal to the ends of the 80 % interval in which the plan's values are told
TO_EIGHTY = 1.2816
#: what a payment is of the amount overdue where fewer payments than this are known
FEWEST_PAYMENTS, ASSUMED_PART = 10, 0.6
#: a begin within so many minutes of the planned one is on time
ON_TIME_MIN = 15.0
MOST_MOVED = 8


@dataclass(frozen=True)
class Money:
    """Money at the doors of the visits that were made: seen, expected, and the range that chance explains.

    ``low_minor`` and ``high_minor`` are of chance alone, as if the plan's rates were true; ``doubt`` is the wider range
    with the plan's own doubt about its rates.
    ``since_minor`` is all that came from these debtors from their visit on, lists included, until ``until``; None where
    no list came since.
    """

    seen_minor: float
    expected_minor: float
    low_minor: float
    high_minor: float
    doubt: tuple[float, float]
    since_minor: float | None
    until: datetime | None

    @property
    def by_chance(self) -> bool:
        """Whether chance alone explains what was seen."""
        return self.low_minor <= self.seen_minor <= self.high_minor

    @property
    def by_doubt(self) -> bool:
        """Whether chance and the plan's own doubt about its rates explain it."""
        return self.doubt[0] <= self.seen_minor <= self.doubt[1]


@dataclass(frozen=True)
class LookingBack:
    """A past week. ``visits`` has ``VISITS``; ``unplanned`` counts outcomes of the week that no plan had.

    ``given`` promises of the week, ``due`` of them so far, ``kept`` of those.
    """

    branch: Branch
    week: str
    plan: SavedPlan
    visits: pd.DataFrame
    unplanned: int
    money: Money
    given: int
    due: int
    kept: int
    moved: pd.DataFrame

    @property
    def made(self) -> pd.DataFrame:
        """Give the visits of which something was recorded."""
        return self.visits[self.visits["outcome_id"] != ""]

    @property
    def in_window(self) -> float | None:
        """Give the share of made visits that began inside their window."""
        made = self.made
        inside = (made["began_at"] >= made["opens_at"]) & (made["began_at"] <= made["closes_at"])
        return float(inside.mean()) if len(made) else None

    @property
    def on_time(self) -> float | None:
        """Give the share of made visits that began at most ``ON_TIME_MIN`` from the planned time."""
        made = self.made
        return float((made["late_min"].abs() <= ON_TIME_MIN).mean()) if len(made) else None

    @property
    def required_missed(self) -> pd.DataFrame:
        """Give the required visits that met nobody or of which nothing was recorded, with ``why``."""
        due = self.visits[self.visits["required"]]
        why = np.where(
            due["outcome_id"] == "", "nothing_recorded", np.where(due["code"].isin(NOBODY), "nobody_met", "")
        )
        told = due.assign(why=why)
        return told[told["why"] != ""].reset_index(drop=True)


def looking_back(
    store: Store, principal: Principal, branch: Branch, week: str, parameters: Parameters, *, now: datetime
) -> LookingBack | None:
    """Read a week's plan and what happened; None where none was published.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not see the branch.
    """
    plan = store.published(principal, branch.code, week)
    if plan is None:
        return None
    zone = ZoneInfo(branch.timezone)
    begins = datetime.combine(week_days(week)[0], time(), zone)
    past = read_past(store, principal, branch, parameters, today=now.astimezone(zone).date())
    mine = past.outcomes[
        (past.outcomes["started_at"] >= begins) & (past.outcomes["started_at"] < begins + timedelta(weeks=1))
    ]
    visits = beside(store, principal, branch, week, mine)
    promises = judged(past.outcomes, past.payments, parameters, zone=zone, today=past.today, list_days=past.list_days)
    promises = promises[promises["outcome_id"].isin(mine["outcome_id"])]
    given = mine[mine["promised_on"].notna() & (mine["promised_minor"] > 0)]
    return LookingBack(
        branch=branch,
        week=week,
        plan=plan,
        visits=visits,
        unplanned=int((~mine["outcome_id"].isin(visits["outcome_id"])).sum()),
        money=money(visits, past, begins),
        given=len(given),
        due=len(promises),
        kept=int(promises["kept"].sum()),
        moved=moved(past, parameters, begins),
    )


def beside(store: Store, principal: Principal, branch: Branch, week: str, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Lay the outcomes beside the stops that were in force (``VISITS``), each shift by the plan it worked by."""
    days = week_days(week)
    shifts = {one.shift_id: one for one in store.shifts_worked(principal, branch.code, days[0], days[-1])}
    routes = [one for one in routes_in_force(store, principal, branch, week) if one.shift_id in shifts]
    seen, rows = entries_of(routes, outcomes), []
    for one in routes:
        saved, route, shift = one.saved, one.route, shifts[one.shift_id]
        visits = {visit["id"]: visit for visit in saved.problem["visits"]}
        for number, stop in enumerate(route["stops"], start=1):
            debtor, visit = saved.context["debtors"][stop["visit"]], visits[stop["visit"]]
            opens, closes = may_begin_saved(visit, stop["option"])
            facts = saved.context["options"][stop["visit"]][stop["option"]]
            planned = clock(saved, stop["begins"])
            entry = seen.get((one.shift_id, stop["visit"]))
            began = None if entry is None else entry["started_at"]
            rows.append(
                {
                    "debtor_id": stop["visit"],
                    "crew_id": shift.crew_id,
                    "crew_name": saved.context["shifts"][shift.shift_id]["crew_name"],
                    "shift_id": shift.shift_id,
                    "day": pd.Timestamp(shift.day),
                    "number": number,
                    "planned_at": planned,
                    "opens_at": clock(saved, opens),
                    "closes_at": clock(saved, closes),
                    "required": bool(visit["required"]),
                    "required_reason": debtor["required_reason"],
                    "overdue_minor": int(debtor["overdue_minor"]),
                    "at_door_minor": float(facts.get("pays_now_minor", 0.0)),
                    "uplift_minor": float(facts.get("worth_minor", 0.0)),
                    "low_minor": float(facts.get("value_low_minor", np.nan)),
                    "high_minor": float(facts.get("value_high_minor", np.nan)),
                    "outcome_id": "" if entry is None else str(entry["outcome_id"]),
                    "code": "" if entry is None else str(entry["code"]),
                    "began_at": pd.NaT if began is None else began,
                    "late_min": np.nan if began is None else (began - planned).total_seconds() / 60,
                    "paid_minor": 0 if entry is None else int(entry["together_minor"]),
                }
            )
    table = pd.DataFrame.from_records(rows, columns=list(VISITS))
    for name in ("planned_at", "opens_at", "closes_at", "began_at"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return conform(table, VISITS)


def entries_of(routes: Sequence[InForce], outcomes: pd.DataFrame) -> dict[tuple[str, str], Mapping[Hashable, Any]]:
    """Give the entry of each stop that counts, by shift and debtor.

    Who was visited and planned again in the same week has two stops: an entry is of the one whose plan it names, else
    of the one that is nearest in time, and of no other.
    """
    stops: dict[str, list[tuple[str, str, datetime]]] = {}
    for one in routes:
        for stop in one.route["stops"]:
            planned = one.shift_id, one.saved.plan_id, clock(one.saved, stop["begins"])
            stops.setdefault(str(stop["visit"]), []).append(planned)
    told = outcomes[outcomes["debtor_id"].isin(list(stops))]
    of_shift = [
        min(stops[debtor], key=lambda one: (one[1] != plan_id, abs(one[2] - began)))[0]
        for debtor, plan_id, began in zip(told["debtor_id"], told["plan_id"], told["started_at"], strict=True)
    ]
    return {
        (str(shift_id), str(row["debtor_id"])): row
        for shift_id, entries in told.groupby(np.array(of_shift, dtype=object))
        for row in counting(entries).to_dict("records")
    }


def money(visits: pd.DataFrame, past: Past, begins: datetime) -> Money:
    """Put the money at the doors beside the range that chance gives, and that with the plan's doubt beside it.

    Each visit pays with the chance that the plan's expected amount stands for, and then a part of what is overdue as
    payers of the branch pay in the mean. The plan's interval of its values gives one doubt common to all visits.
    """
    made = visits[visits["outcome_id"] != ""]
    amounts = payer_part(past) * made["overdue_minor"].to_numpy(float)
    expected = made["at_door_minor"].to_numpy(float)
    chance = np.clip(np.divide(expected, amounts, out=np.zeros_like(expected), where=amounts > 0), 0.0, 1.0)
    rng = np.random.default_rng(1)
    doubt = np.exp(rng.normal(0.0, doubt_of(made), (DRAWS, 1)))
    drawn = rng.random((DRAWS, len(made)))
    ranges = [ends((drawn < chances) @ amounts) for chances in (chance, np.clip(chance * doubt, 0, 1))]
    since, until = paid_since(made, past, begins)
    return Money(float(made["paid_minor"].sum()), float(expected.sum()), *ranges[0], ranges[1], since, until)


def ends(sums: np.ndarray) -> tuple[float, float]:
    """Give the ends of the middle share ``LEVEL``."""
    low, high = np.quantile(sums, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist()
    return low, high


def payer_part(past: Past) -> float:
    """Give which part of the overdue amount a payment at the door was in the mean of the branch's past."""
    paid = past.outcomes[past.outcomes["code"].isin([OutcomeCode.PAID_FULL, OutcomeCode.PAID_PART])]
    owed = paid["debtor_id"].map(past.survey.set_index("debtor_id")["overdue_minor"]).to_numpy(float)
    parts = np.divide(paid["paid_minor"].to_numpy(float), owed, out=np.full(len(paid), np.nan), where=owed > 0)
    known = np.clip(parts[np.isfinite(parts)], 0.0, 1.0)
    return float(known.mean()) if len(known) >= FEWEST_PAYMENTS else ASSUMED_PART


def doubt_of(made: pd.DataFrame) -> float:
    """Give the standard deviation of the logarithm of a factor common to all expected amounts."""
    known = made[(made["uplift_minor"] > 0) & (made["low_minor"] > 0) & made["high_minor"].notna()]
    if known.empty:
        return 0.0
    return float(np.log(known["high_minor"].sum() / known["low_minor"].sum()) / (2 * TO_EIGHTY))


def paid_since(made: pd.DataFrame, past: Past, begins: datetime) -> tuple[float | None, datetime | None]:
    """Give all that the visited paid from their visit on, as doors and lists tell, and until when lists tell it."""
    later = [day for day in past.list_days if day > pd.Timestamp(begins.date())]
    if not later or past.payments.empty:
        return None, None
    both = past.payments.merge(made.groupby("debtor_id", as_index=False)["day"].min(), on="debtor_id")
    until: datetime = later[-1].to_pydatetime()
    return float(both.loc[both["paid_on"] >= both["day"], "paid_minor"].sum()), until


def moved(past: Past, parameters: Parameters, begins: datetime) -> pd.DataFrame:
    """Give the rates that the week moved most, in widths of what was doubtful before (``MOVED``)."""
    border, end = pd.Timestamp(begins), pd.Timestamp(begins + timedelta(weeks=1))
    before, after = (learnt_until(past, parameters, limit) for limit in (border, end))
    key = ["rate", "cell", "within"]
    both = before.merge(after, on=key, suffixes=("", "_after"))
    table = pd.DataFrame(
        {
            **{name: both[name] for name in key},
            "before": both["mean"],
            "before_low": both["low"],
            "before_high": both["high"],
            "after": both["mean_after"],
            "after_low": both["low_after"],
            "after_high": both["high_after"],
            "answers": both["visits_after"] - both["visits"],
        }
    )
    table = table[table["answers"] > 0]
    by = (table["after"] - table["before"]).abs() / (table["before_high"] - table["before_low"]).clip(lower=1e-9)
    return conform(table.loc[by.sort_values(ascending=False, kind="stable").index[:MOST_MOVED]], MOVED)


def learnt_until(past: Past, parameters: Parameters, limit: pd.Timestamp) -> pd.DataFrame:
    """Give the rates as learnt from what was known at a moment."""
    day = limit.tz_convert(past.zone).tz_localize(None).normalize()
    return learn(
        past.survey,
        past.places,
        past.outcomes[past.outcomes["started_at"] < limit],
        parameters,
        zone=past.zone,
        payments=past.payments[past.payments["paid_on"] < day],
        today=(day - pd.Timedelta(days=1)).date(),
        list_days=[one for one in past.list_days if one < day],
        then=past.then,
    ).rates


def weeks_published(store: Store, principal: Principal, branch: Branch, weeks: list[str]) -> list[str]:
    """Give those of the weeks that have a plan in force."""
    return [week for week in weeks if any(row.in_force for row in store.plans(principal, branch.code, week))]
