"""Reads a branch's clocks with acts that are permitted and in time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, Principal
from planner.rules.facts import Facts
from planner.rules.pack import RulePack
from planner.store import Store
from planner.value.clocks import clocks
from planner.value.in_time import in_time
from planner.value.survey import survey
from planner.value.uplift import addresses_seen
from planner.view.debtor import branch_areas


def clocks_in_time(
    store: Store,
    principal: Principal,
    branch: Branch,
    pack: RulePack,
    *,
    accounts: pd.DataFrame,
    places: pd.DataFrame,
    now: datetime,
) -> pd.DataFrame:
    """Give ``clocks.CLOCKS`` of accounts (those overdue), soonest first, as of today at the branch.

    What the rules look at is read of those alone whose claim only a visit keeps: a few of a whole list.
    """
    code, zone = branch.code, ZoneInfo(branch.timezone)
    today = now.astimezone(zone).date()
    outcomes = store.latest_outcomes(principal, code)
    seen = addresses_seen(outcomes)
    ticking = clocks(accounts, pack.clocks, today=today, places=places, bad_places=seen.index[seen == "moved"])
    due = set(ticking.loc[ticking["visit_needed"], "debtor_id"])
    if not due:
        return ticking

    def theirs(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["debtor_id"].isin(due)].reset_index(drop=True)

    facts = Facts(
        survey=survey(theirs(store.debtors(principal, code, on=today)), theirs(accounts), today=today),
        places=theirs(places),
        holds=theirs(store.holds(principal, code)),
        accommodations=theirs(store.accommodations(principal, code)),
        outcomes=theirs(outcomes),
        clocks=theirs(ticking),
        zone=zone,
        now=now,
        areas=branch_areas(store, principal, branch, pack),
        agencies=store.agencies(principal, code),
    )
    return in_time(ticking, facts, pack)
