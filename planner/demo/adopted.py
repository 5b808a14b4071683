"""The demo's branches have adopted what their twelve weeks taught, so that plans and pages show learnt values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from planner.adoption import adopt, adoptions, elsewhere, share
from planner.demo.seed import ZONE
from planner.domain import Principal, Role
from planner.past import read_past
from planner.store import Store
from planner.value.learning import with_assumed_background
from planner.value.parameters import Parameters
from planner.view.learning import compare, learnt

DAY = timedelta(days=1)


def prepare_models(
    store: Store, parameters: Parameters, branches: tuple[str, ...], *, now: datetime, say: Callable[[str], None]
) -> None:
    """Let each branch's manager adopt the model learnt up to Sunday, where none was adopted yet.

    The first plan is made as at Monday morning: its numbers know nothing later. All branches share their counts before
    any of them adopts, as they would in the second week.
    """
    today = now.astimezone(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    at = min(now, datetime.combine(monday, time(5, 0), ZONE))
    pasts = {}
    for code in branches:
        manager = manager_of(code)
        branch = next((one for one in store.branches(manager) if one.code == code), None)
        if branch is None or adoptions(store, manager, code):
            continue
        past = read_past(store, manager, branch, parameters, today=monday)
        if past.visits.empty:
            continue
        pasts[code] = past
        counts = with_assumed_background(learnt(past, parameters)).rates
        share(store, manager, code, counts, until=monday - DAY, visits=len(past.outcomes), now=at)
    for code, before in pasts.items():
        manager = manager_of(code)
        # What the neighbours have shared meanwhile is new.
        past = replace(before, elsewhere=elsewhere(store, manager, code))
        model = with_assumed_background(learnt(past, parameters))
        found = compare(past, (), model, parameters, first=past.visits["on"].min().date())
        new = adopt(
            store,
            manager,
            code,
            model,
            learnt_until=monday - DAY,
            visits=len(past.outcomes),
            compared={} if found is None else found.summary(),
            now=at,
        )
        say(f"Branch {code} adopts model {new.name}, learnt from {new.visits:,} visits")


def manager_of(branch: str) -> Principal:
    """Give a branch's manager."""
    return Principal(f"manager.{branch}", Role.MANAGER, frozenset({branch}))
