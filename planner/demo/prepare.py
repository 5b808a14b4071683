"""Prepares the demo step by step: the city, its roads, the store, a first plan. A step already done is skipped."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from geodata.geocoding.index import StreetIndex
from geodata.roads.building import build_region
from geodata.roads.publishing import publish_basemap
from geodata.roads.region import Region
from planner.demo.agency import SEEDED as AGENCY_SEEDED
from planner.demo.agency import bring_agency, draw_complaints
from planner.demo.ground import REGION, SEED, Ground, ground
from planner.demo.lists import past_lists
from planner.demo.seed import WEEKS_AHEAD, ZONE, monday_morning, seed, system
from planner.demo.team import BRANCH_CREWS
from planner.demo.truth import Truth
from planner.domain import Principal, Role
from planner.intake.profile import Profile
from planner.means import Means
from planner.plan import plan_week
from planner.rules.review import ReviewTerms
from planner.solving import solve_in_child
from planner.store import Store
from planner.tables import DEBTORS, conform
from planner.week import iso_week

#: wall seconds of the search for each first plan
FIRST_PLAN_S = 8.0
#: the setting that says that a branch's past lists are in
LISTS_SEEDED = "demo_lists_seeded_at"
BRANCHES = tuple(code for code, _ in BRANCH_CREWS)
Say = Callable[[str], None]


def prepare_ground(folder: Path, region: Path, executables: Path, basemaps: Path, say: Say) -> tuple[Ground, Region]:
    """Grow the city and build its roads, where that has not been done."""
    grown = ground(folder, say)
    built = build_region(grown.pbf, region, executables, say)
    publish_basemap(built, basemaps)
    return grown, built


def prepare_store(
    store: Store,
    grown: Ground,
    lists: Path,
    *,
    profile: Profile,
    index: StreetIndex,
    terms: ReviewTerms,
    now: datetime,
    say: Say,
) -> None:
    """Fill the store with the demo's people, where it is empty."""
    counts = seed(store, grown, lists, profile=profile, index=index, terms=terms, now=now, say=say)
    say(
        f"{counts.customers:,} customers, {counts.debtors:,} debtors with {counts.accounts:,} accounts, "
        f"{counts.outcomes:,} past visits"
    )


def prepare_lists(store: Store, *, now: datetime, say: Say) -> None:
    """Bring in the past lists of every branch that has none yet, as older lists are: today's accounts stay.

    They are drawn from the list that is loaded, whenever that was, and come in by the store's import.
    """
    everybody = system(frozenset(BRANCHES))
    codes = sorted(store.regions(everybody, REGION)["code"])
    for branch in BRANCHES:
        asking = system(frozenset({branch}))
        if store.setting(asking, branch, LISTS_SEEDED) is not None:
            continue
        newest = store.list_days(asking, branch)[-1].as_of_on
        debtors, accounts = store.debtors(asking, branch), store.accounts(asking, branch)
        lists = past_lists(
            accounts,
            store.latest_outcomes(asking, branch),
            dict(zip(debtors["debtor_id"], debtors["region"], strict=True)),
            codes,
            Truth(),
            today=newest,
            seed=[SEED, int(branch[2:]), 3],
        )
        say(f"Bringing in {len(lists)} past lists of branch {branch}")
        for day, states in lists.items():
            older_list(store, asking, branch, accounts, states, day, now=now)
        store.save_setting(asking, branch, LISTS_SEEDED, value=now.isoformat(), now=now)


def older_list(
    store: Store,
    asking: Principal,
    branch: str,
    accounts: pd.DataFrame,
    states: pd.DataFrame,
    day: date,
    *,
    now: datetime,
) -> None:
    """Import one past list."""
    unsaid = {str(one): accounts[one].iloc[:1].repeat(len(states)).to_numpy() for one in accounts if one not in states}
    people = states.drop_duplicates("debtor_id")
    blank = dict.fromkeys((one for one in DEBTORS if one not in people), "")
    store.save_import(
        asking,
        branch,
        {"debtors": conform(people.assign(**blank), DEBTORS), "accounts": states.assign(**unsaid)},
        file_name=f"overdue_{branch}_{day.isoformat()}.csv",
        sha256=f"demo {branch} {day.isoformat()}",
        profile="demo",
        rows_read=len(states),
        rows_accepted=len(states),
        issues_json="[]",
        full_list=True,
        now=now,
    )


def prepare_agency(store: Store, *, now: datetime, say: Say) -> None:
    """Bring in the agency of the first branch, and complaints at all, where that has not been done."""
    today = now.astimezone(ZONE).date()
    for number, code in enumerate(BRANCHES):
        asking = system(frozenset({code}))
        if store.setting(asking, code, AGENCY_SEEDED) is not None:
            continue
        crews = [one.crew_id for one in store.crews(asking, code)]
        store.save_complaints(asking, code, draw_complaints(code, crews, today), now=now)
        if number == 0:
            (branch,) = store.branches(asking)
            say(f"Bringing in an agency of branch {code}")
            bring_agency(store, asking, branch, now=now, today=today, weeks=WEEKS_AHEAD)
        store.save_setting(asking, code, AGENCY_SEEDED, now.isoformat(), now=now)


def prepare_plans(
    store: Store,
    supply: Callable[[str], AbstractContextManager[Means]],
    *,
    now: datetime,
    say: Say,
) -> None:
    """Plan the current week of every branch that has no plan for it, and publish the first branch's.

    It is made as at the moment when the week's list came.
    """
    week = iso_week(now.astimezone(ZONE).date())
    monday = monday_morning(now)
    for number, branch in enumerate(BRANCHES):
        asking = system(frozenset({branch}))
        if store.plans(asking, branch, week):
            continue
        say(f"First plan of branch {branch} for {week}")
        with supply(branch) as means:
            saved = plan_week(
                means,
                asking,
                branch,
                week,
                solve=lambda problem: solve_in_child(problem, seconds=FIRST_PLAN_S, seed=1),
                seed=1,
                now=monday,
            )
        if number == 0:
            manager = Principal(f"manager.{branch}", Role.MANAGER, frozenset({branch}))
            store.publish(manager, saved.plan_id, now)
        figures, by_hand = saved.metrics["plan"], saved.metrics["baseline"]
        say(f"  {figures['visits']} visits worth {figures['value']:,.0f}, by hand {by_hand['value']:,.0f} yuan")
