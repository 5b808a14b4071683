"""Figures about many, for whoever may see no row: the program counts, and tells nothing of fewer than ``FEWEST``.

A regional head compares districts and branches. The store gives him no debtor, account, place, plan or outcome, so what
his pages show is counted here by the program's own reader (``planner.store.counter``), and leaves as figures only: what
rests on some but fewer than ``FEWEST`` debtors, or as few visits where only visits are counted, is unknown (NaN),
merged, or left out, and a sum of payments where fewer paid. Whoever may see rows reads for himself and gets everything.
No other module asks for that reader.

This keeps a figure from being one debtor's; it is no proof against somebody who subtracts figures of one day from those
of another (docs/decisions/0030).

References
----------
Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (the minimum frequency rule for tables of magnitudes).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from math import nan
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pandas as pd

from geodata.roads import RoadEngine
from geodata.roads.straight_line import is_estimate
from planner.ahead import Ahead
from planner.cells import FEWEST
from planner.domain import Branch, Principal
from planner.rules.pack import RulePack
from planner.store import RIGHTS, Right, Store, counter, ruling
from planner.tables import INT, REAL, TEXT, Schema, conform
from planner.value.parameters import Parameters
from planner.view import planned_days as plans_of
from planner.view import regions, risk
from planner.view.past_weeks import EVERY
from planner.view.regions import Comparison, RegionsView
from planner.view.risk import RiskView
from planner.week import week_days

#: what a district says though nothing else is told of it: where it is, and how many customers live on how much ground
OF_THE_GROUND = ("region", "name_zh", "name_en", "customers", "inhabited_km2")
#: what it says though too few past visits stand behind the rest
BEFORE_THE_PAST = ("debtors", "overdue_minor", "uplift_minor", "visits", "travel_hours", "field_hours")

#: One row a branch and week. ``plan_id`` is "" without a published plan; ``value_minor`` is the expected uplift;
#: ``recorded`` and ``paid_minor`` are of the visits recorded so far. With ``roads_estimated``
#: the hours are of straight lines. What rests on too few visits is NaN.
WEEKS: Schema = {
    "branch": TEXT,
    "week": TEXT,
    "plan_id": TEXT,
    "crew_days": INT,
    "visits": REAL,
    "field_hours": REAL,
    "travel_share": REAL,
    "value_minor": REAL,
    "baseline_minor": REAL,  # of "largest balances, nearest first" with the same crews
    "recorded": REAL,
    "paid_minor": REAL,
    "roads_estimated": "bool",
}


def sees_rows(principal: Principal) -> bool:
    """Say whether somebody may read rows about single debtors."""
    return Right.READ_OVERDUE in RIGHTS[principal.role]


def reader(principal: Principal, branches: Sequence[Branch]) -> Principal:
    """Give who reads rows: whoever may, himself; else the program, for figures about many.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may read neither rows nor figures of one of the branches.
    """
    return principal if sees_rows(principal) else counter(principal, [one.code for one in branches])


def state(store: Store, principal: Principal, branch: Branch, *, field_until: datetime | None = None) -> int:
    """Give a number that grows with every write to what the branch's pages show; ``field_until`` as in the store."""
    return store.version(reader(principal, [branch]), branch.code, field_until=field_until)


def comparison(
    store: Store,
    principal: Principal,
    branches: Sequence[Branch],
    packs: Mapping[str, RulePack],
    parameters: Parameters,
    *,
    now: datetime,
    roads: RoadEngine | None = None,
    lived_in: regions.LivedIn | None = None,
) -> Comparison | None:
    """Compare the districts as ``planner.view.regions`` does; None where nobody is overdue."""
    who = reader(principal, branches)
    if all(store.debtors(who, one.code).empty for one in branches):
        return None
    found = regions.comparison(store, who, branches, packs, parameters, now=now, roads=roads, lived_in=lived_in)
    return found if sees_rows(principal) else replace(found, view=kept_back(found.view))


def kept_back(view: RegionsView, *, fewest: int = FEWEST) -> RegionsView:
    """Give the comparison without what rests on too few debtors or visits."""
    table = view.table
    few = table[["debtors", "visits"]].apply(lambda column: column.between(1, fewest - 1)).any(axis=1)
    few_visits = few | table[["outcomes", "payments"]].apply(lambda one: one.between(1, fewest - 1)).any(axis=1)
    told = set(table.loc[~few, "region"])
    numbers = [one for one in table.select_dtypes("number").columns if one not in OF_THE_GROUND]
    blank = {
        name: table[name].astype("float64").mask(few if name in BEFORE_THE_PAST else few_visits) for name in numbers
    }
    words = {"assumption": table["assumption"] | few_visits, "funnel": table["funnel"].mask(few_visits, "unknown")}
    weeks = weeks_told(view.weeks, told, fewest=fewest)
    changes = view.changes
    counts = ["visits_before", "visits_after", "payments_before", "payments_after"]
    seldom = changes[counts].apply(lambda column: column.between(1, fewest - 1)).any(axis=1)
    seldom |= ~changes["region"].isin({*told, ""})
    amounts = ["before", "after", "ratio", "low", "high", "p_value", "p_adjusted"]
    prospects = {code: replace(one, offers=numbered(one.offers)) for code, one in view.ahead.of.items() if code in told}
    return replace(
        view,
        table=table.assign(**blank, **words),
        weeks=weeks,
        changes=changes.assign(
            **{name: changes[name].mask(seldom) for name in amounts}, answer=changes["answer"].mask(seldom, "too_few")
        ),
        spots=view.spots[view.spots["debtors"] >= fewest].reset_index(drop=True),
        ahead=Ahead(prospects, fewest=fewest),
        verdicts=MappingProxyType({code: one for code, one in view.verdicts.items() if code in told}),
    )


def weeks_told(weeks: pd.DataFrame, told: Collection[str], *, fewest: int = FEWEST) -> pd.DataFrame:
    """Give the weeks without amounts of few visits or payments; all together where the hidden rest are enough."""
    counts, amounts = ["visits", "payments"], ["actual_minor", "expected_minor", "hours"]
    rare = weeks[counts].apply(lambda one: one.between(1, fewest - 1)).any(axis=1)
    rare |= ~weeks["region"].isin({*told, EVERY})
    every, beside = weeks["region"] == EVERY, weeks[rare & (weeks["region"] != EVERY)]
    rest = beside.groupby("week_on")[counts].sum().reindex(weeks["week_on"]).fillna(0).set_axis(weeks.index)
    rare |= every & rest.apply(lambda one: one.between(1, fewest - 1)).any(axis=1)
    return weeks.assign(**{name: weeks[name].mask(rare) for name in amounts})


def numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Give rows with running numbers for the ids of debtors, places and cases."""
    ids = [name for name in ("debtor_id", "place_id", "case_id") if name in rows]
    return rows.assign(**{name: pd.Series(pd.factorize(rows[name])[0], index=rows.index).astype("str") for name in ids})


def newest_plans(store: Store, principal: Principal, branches: Sequence[Branch], week: str) -> dict[str, str]:
    """Give the plan of the week by branch: the one in force, else the newest."""
    return plans_of.newest_plans(store, reader(principal, branches), branches, week)


def planned_days(
    store: Store,
    principal: Principal,
    branches: Sequence[Branch],
    plans: Mapping[str, str],
    regions_of: Mapping[str, str],
) -> dict[str, float]:
    """Give the crew-days that plans, by branch, spend in each region."""
    return plans_of.planned_days(store, reader(principal, branches), plans, regions_of)


def risk_of(store: Store, principal: Principal, branches: Sequence[Branch], *, now: datetime) -> RiskView:
    """Read the successive lists as ``planner.view.risk`` does; without whose accounts they are where that is no right.

    Districts of too few debtors are put together with the unknown one, and the next smallest while these are too few.
    """
    view = risk.risk_view(store, reader(principal, branches), branches, now=now)
    return view if sees_rows(principal) else nameless(view)


def nameless(view: RiskView, *, fewest: int = FEWEST) -> RiskView:
    """Give the lists with running numbers for ids, and small districts as one unknown."""
    tables = {name: getattr(view, name) for name in ("now", "earlier", "moves", "spells")}
    people = pd.concat([one[["region", "debtor_id"]] for one in tables.values()], ignore_index=True)
    numbers = {name: str(k) for k, name in enumerate(dict.fromkeys(people["debtor_id"]))}
    many = districts_told(view.now, fewest=fewest)
    plain = {
        name: table.assign(
            **({"case_id": [str(k) for k in range(len(table))]} if "case_id" in table else {}),
            debtor_id=table["debtor_id"].map(numbers).astype(table["debtor_id"].dtype),
            region=table["region"].where(table["region"].isin(many), ""),
        )
        for name, table in tables.items()
    }
    return replace(view, **plain, fewest=fewest)


def districts_told(states: pd.DataFrame, *, fewest: int = FEWEST) -> set[str]:
    """Give the districts that stand for themselves.

    The smallest of them joins the others while those are some but too few: all together less what is told is theirs.
    """
    here = states.groupby("region")["debtor_id"].nunique()
    many = sorted(here.index[(here >= fewest) & (here.index != "")], key=lambda code: (-here[code], code))
    while many and 0 < states.loc[~states["region"].isin(many), "debtor_id"].nunique() < fewest:
        many.pop()
    return set(many)


def plan_sums(
    store: Store, principal: Principal, branches: Sequence[Branch], weeks: Sequence[str], *, fewest: int = FEWEST
) -> pd.DataFrame:
    """Give what the published plans of some weeks hold together, and what was recorded in them (``WEEKS``)."""
    who = reader(principal, branches)
    rows = [of_week(store, who, one, week, fewest=fewest) for week in weeks for one in branches]
    return conform(pd.DataFrame(rows, columns=list(WEEKS)), WEEKS)


def of_week(store: Store, who: Principal, branch: Branch, week: str, *, fewest: int) -> dict[str, object]:
    """Give one row of ``WEEKS``."""
    row: dict[str, object] = {name: nan for name, kind in WEEKS.items() if kind == REAL}
    row |= {"branch": branch.code, "week": week, "plan_id": "", "crew_days": 0, "roads_estimated": False}
    begins = datetime.combine(week_days(week)[0], time.min, ZoneInfo(branch.timezone))
    done = store.latest_outcomes(who, branch.code, since=begins)
    done = done[done["started_at"] < pd.Timestamp(begins + timedelta(weeks=1))]
    if not 0 < done["debtor_id"].nunique() < fewest:
        row |= {"recorded": len(done)}
    if not 0 < done.loc[done["paid_minor"] > 0, "debtor_id"].nunique() < fewest:
        row |= {"paid_minor": done["paid_minor"].sum()}
    plan = ruling(store.plans(who, branch.code, week))
    if plan is None:
        return row
    ours, baseline = plan.metrics["plan"], plan.metrics["baseline"]
    row |= {"roads_estimated": is_estimate(plan.road_source)}
    row |= {"plan_id": plan.plan_id, "crew_days": sum(one["visits"] > 0 for one in plan.metrics["routes"].values())}
    if not 0 < ours["visits"] < fewest:
        row |= {name: ours[name] for name in ("visits", "field_hours", "travel_share")}
        row |= {"value_minor": 100 * ours["value"], "baseline_minor": 100 * baseline["value"]}
    return row
