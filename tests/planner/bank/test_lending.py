"""Crew-days between branches: found where one has too many and its neighbour too few, and none where nothing gains."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from config.profiles import load_profile
from planner.bank import branch as branch_module
from planner.bank import lending as lending_module
from planner.bank import loans as loans_module
from planner.bank.branch import plan_branch
from planner.bank.guests import free_days, guests, hosting
from planner.bank.lend import Lent, lend, table, told_as_json
from planner.bank.lending import TASK, lending_task
from planner.bank.order import Order, order_of
from planner.desk import open_desk, read_known, take, times_of_desk
from planner.editing import Lock
from planner.intake.read import read_list
from planner.reading import read_week
from planner.receive import ListSource, receive
from planner.scenarios.adopt import CREW, lacks
from planner.store import Store, open_store
from tests.planner import factories as town
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, MONDAY, NOW, WEEK, means, principal

RICH, POOR = BRANCH, "YX02"
BOTH = (RICH, POOR)
ORDER = Order("run-1", WEEK, BOTH, NOW, 1, 5.0, 30, 1, None)
ASKING = principal(branches=BOTH)


class Here:
    """Workers' place: what is submitted is done at once, here."""

    def nthreads(self) -> dict[str, int]:
        return {"a": 1}

    def submit(self, work: Any, told: Any, branch: str, *, key: str, pure: bool) -> Any:
        answer = work(told, branch)
        future = SimpleNamespace(key=key, status="finished", result=lambda: answer)
        future.add_done_callback = lambda put: put(future)
        return future


def bank_of(folder: Path, rich: int, poor: int, *, poor_days: int = 1) -> Store:
    """A bank of two branches side by side: so many debtors each, one with five crew-days, the other with few."""
    store = town.store_at(folder / "bank.sqlite")
    town.import_list(store, town.write_list(folder / "rich.csv", town.cases(rich)))
    asking = principal(branches=(POOR,))
    store.save_branch(asking, town.branch(POOR, lon=town.CENTRE[0] + 0.01), now=NOW)
    store.save_collectors(asking, POOR, town.collectors(POOR), now=NOW)
    store.save_crews(asking, POOR, town.crews(POOR), now=NOW)
    days = [MONDAY + timedelta(days=k) for k in range(poor_days)]
    store.save_shifts(asking, POOR, [town.shift(f"{POOR}-A", day, branch=POOR) for day in days], now=NOW)
    store.save_customers(asking, POOR, town.customers(code=POOR), now=NOW)
    listed = town.write_list(folder / "poor.csv", town.cases(poor))
    checked = read_list(listed, load_profile("auto"), today=NOW.date())
    source = ListSource(listed.name, town.sha256(listed), "auto")
    receive(store, asking, POOR, checked, source, index=town.street_index(), now=NOW)
    return store


def search_here(patch: pytest.MonkeyPatch) -> None:
    """Search in this process and shortly."""
    patch.setattr(branch_module.SOLVER, "start", lambda: None)
    patch.setattr(branch_module.SOLVER, "solve", lambda problem, **_: in_process(problem))
    patch.setattr(lending_module, "STEPS", 200)


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    search_here(monkeypatch)


@pytest.fixture(scope="module")
def planned(tmp_path_factory) -> Path:
    """A bank of which one branch has far too many crews and the other far too few, with the run's plans."""
    folder = tmp_path_factory.mktemp("uneven")
    with pytest.MonkeyPatch.context() as patch, closing(bank_of(folder, 4, 30, poor_days=3)) as store:
        search_here(patch)
        plan_both(store)
    return folder / "bank.sqlite"


@pytest.fixture
def uneven(planned, tmp_path) -> Iterator[Store]:
    """A copy of that bank, to write."""
    shutil.copy(planned, tmp_path / "bank.sqlite")
    with closing(open_store(f"sqlite:///{tmp_path / 'bank.sqlite'}")) as store:
        yield store


def plan_both(store: Store) -> None:
    for code in BOTH:
        supplied = nullcontext(means(store))
        assert plan_branch(ORDER, code, store=store, supply=lambda _, one=supplied: one, limit_mb=1e9).plan_id


def lent(store: Store, said: list[str] | None = None) -> Lent:
    def supply(_: str) -> Any:
        return nullcontext(means(store))

    def work(told: Mapping[str, Any], branch: str) -> Mapping[str, Any]:
        plain = order_of({key: value for key, value in told.items() if key != TASK})
        return lending_task(plain, branch, told[TASK], store=store, supply=supply, limit_mb=1e9)

    return lend(Here(), work, ORDER, BOTH, store, now=NOW, say=[].append if said is None else said.append)  # type: ignore[arg-type]


def test_a_branch_with_too_many_crews_lends_to_one_with_too_few(uneven):
    found = lent(uneven)
    (one,) = found.loans
    assert (one.loan.lender, one.loan.borrower) == (RICH, POOR)
    assert one.kept
    assert one.realised > 0
    # No crew-day twice, and on one day one crew.
    assert len({each.shift for each in one.loan.crew_days}) == len({each.day for each in one.loan.crew_days})
    went = {each.shift for each in one.loan.crew_days}
    assert went <= {each.shift_id for each in town.shifts()}

    for code, plan_id in zip(BOTH, one.drafts, strict=True):
        newest = uneven.plans(ASKING, code, WEEK)[0]
        assert (newest.plan_id, newest.parent) == (plan_id, ORDER.plan_id(code))
        assert uneven.scenarios(ASKING, code, WEEK) == ()
    mine, theirs = (uneven.plan(ASKING, plan_id) for plan_id in one.drafts)
    assert not went & {each["id"] for each in mine.problem["shifts"]}
    assert went <= {each["id"] for each in theirs.problem["shifts"]}
    before = [uneven.plan(ASKING, ORDER.plan_id(code)) for code in BOTH]
    gained = sum(each.plan["objective"] for each in (mine, theirs)) - sum(each.plan["objective"] for each in before)
    assert gained == pytest.approx(one.realised)
    assert theirs.metrics["plan"]["visits"] > before[1].metrics["plan"]["visits"]
    # What the borrower has to enter before its draft can be published; the lender nothing.
    parameters = means(uneven).parameters
    crews = {each.crew for each in one.loan.crew_days}
    assert {each.which for each in lacks(uneven, ASKING, theirs, parameters) if each.kind == CREW} == crews
    assert lacks(uneven, ASKING, mine, parameters) == ()

    # What is told names no debtor.
    told = table(found) + str(told_as_json(found))
    ids = {one for code in BOTH for one in uneven.debtors(ASKING, code, on=NOW.date())["debtor_id"]}
    assert ids
    assert not [one for one in ids if one in told]
    assert "测试" not in told
    assert f"{RICH} to {POOR}" in told
    assert "1 of 1 kept" in told

    # Who lent already is left alone by a second call.
    again = lent(uneven)
    assert again.loans == ()
    assert all("after this run" in one.out for one in again.worths)


def test_a_shift_to_which_a_manager_has_locked_somebody_is_not_lent(tmp_path):
    """A run keeps what was settled by hand; without the shift of a lock there is no plan, and that was a fault."""
    with closing(bank_of(tmp_path, 4, 30, poor_days=3)) as store:
        first = replace(ORDER, run="run-0", now=NOW - timedelta(hours=1))
        for code in BOTH:
            supplied = nullcontext(means(store))
            assert plan_branch(first, code, store=store, supply=lambda _, one=supplied: one, limit_mb=1e9).plan_id
        held = lock_all(store, first.plan_id(RICH))
        plan_both(store)
        found = lent(store)
        assert [one.out for one in found.worths] == ["", ""]
        kept = {one["shift"] for one in store.plan(ASKING, ORDER.plan_id(RICH)).problem["locks"]}
        assert kept == held
        offered = {day.shift for one in found.worths for day in one.lendable}
        assert not kept & offered


def lock_all(store: Store, plan_id: str) -> set[str]:
    """Lock every visit of a plan to its shift; gives the shifts."""
    by, saved = means(store), store.plan(ASKING, plan_id)
    branch = next(one for one in store.branches(ASKING) if one.code == saved.branch)
    known = read_known(store, ASKING, branch, WEEK, by.pack, now=NOW)
    desk = open_desk(saved, times_of_desk(saved, known, by.roads), known, by)
    for minute, name in enumerate(sorted(desk.draft.at)):
        desk = take(by, ASKING, desk, [Lock(name)], known, now=NOW - timedelta(minutes=50 - minute))
    return {one.shift for one in desk.draft.locks.values()}


def test_where_nothing_gains_nothing_is_proposed(tmp_path):
    store = bank_of(tmp_path, 3, 3, poor_days=3)
    plan_both(store)
    found = lent(store)
    assert found.loans == ()
    assert [one.out for one in found.worths] == ["", ""]
    assert found.worths[0].wanted
    assert "no loan is proposed" in table(found)
    assert len(store.plans(ASKING, RICH, WEEK)) == 1
    store.close()


def test_a_published_week_neither_lends_nor_borrows(uneven):
    uneven.publish(ASKING, ORDER.plan_id(RICH), NOW)
    found = lent(uneven)
    assert found.loans == ()
    assert {one.branch: bool(one.out) for one in found.worths} == {RICH: True, POOR: False}
    pack = means(uneven).pack
    used = {each.shift_id for _, each in free_days(uneven, ORDER, RICH, pack)}
    routes = uneven.plan(ASKING, ORDER.plan_id(RICH)).plan["routes"]
    assert not used & {each["shift"] for each in routes if each["stops"]}


def test_a_loan_that_does_not_gain_leaves_nothing_behind(uneven, monkeypatch):
    def worse(problem: Any, **_: Any) -> Any:
        return in_process(replace(problem, shifts=tuple(replace(one, max_stops=0) for one in problem.shifts)))

    monkeypatch.setattr(branch_module.SOLVER, "solve", worse)
    monkeypatch.setattr(loans_module, "SHARE", 3.0)
    said: list[str] = []
    (one,) = lent(uneven, said).loans
    # Half of it was tried until a single crew-day was left.
    assert any("better half" in each for each in said)
    assert len(one.loan.crew_days) == 1
    assert not one.kept
    assert one.drafts == ()
    for code in BOTH:
        assert [each.plan_id for each in uneven.plans(ASKING, code, WEEK)] == [ORDER.plan_id(code)]
        assert uneven.scenarios(ASKING, code, WEEK) == ()


# ---- who may come


def test_an_agencys_crew_and_one_that_is_too_small_never_go(uneven):
    pack = means(uneven).pack
    assert {crew.crew_id for crew, _ in free_days(uneven, ORDER, RICH, pack)} == {f"{RICH}-A", f"{RICH}-B"}
    a, b = town.crews()
    changed = [replace(a, members=a.members[:1]), replace(b, skills=b.skills | {"agency:HY"})]
    uneven.save_crews(ASKING, RICH, changed, now=NOW)
    assert free_days(uneven, ORDER, RICH, pack) == []


def test_the_way_is_the_crews_own_where_roads_reach_and_an_estimate_cut_off_where_not(uneven):
    kit = means(uneven)
    week = read_week(uneven, ASKING, POOR, WEEK, now=NOW, pack=kit.pack)
    far = [replace(one, start=(town.CENTRE[0] + 0.1, town.CENTRE[1]), end=town.CENTRE) for one in town.crews()]
    uneven.save_crews(ASKING, RICH, far, now=NOW)
    near = guests(uneven, ORDER, week, [RICH], kit.pack, kit.roads)
    own = {one.shift_id: one for one in town.shifts()}
    assert {one.shift.starts for one in near} == {own[one.shift_id].starts for one in near}
    assert {one.crew.start for one in near} == {far[0].start}
    assert all(one.way_s > 600 for one in near)

    elsewhere = replace(town.branch(RICH), road_region="another")
    uneven.save_branch(principal(branches=(RICH,)), elsewhere, now=NOW)
    cut = guests(uneven, ORDER, week, [RICH], kit.pack, kit.roads)
    assert all(one.estimated for one in cut)
    assert {one.crew.start for one in cut} == {town.CENTRE}
    for one in cut:
        assert (one.shift.starts - own[one.shift_id].starts).total_seconds() == pytest.approx(one.way_s)
        assert one.shift.ends < own[one.shift_id].ends


def test_ids_that_the_branch_has_already_are_told_apart(uneven):
    kit = means(uneven)
    asking = principal(branches=(POOR,))
    uneven.save_crews(asking, POOR, [replace(town.crews(POOR)[0], crew_id=f"{RICH}-A")], now=NOW)
    uneven.save_shifts(asking, POOR, [town.shift(f"{RICH}-A", MONDAY, branch=POOR)], now=NOW)
    week = read_week(uneven, ASKING, POOR, WEEK, now=NOW, pack=kit.pack)
    made = hosting(week, guests(uneven, ORDER, week, [RICH], kit.pack, kit.roads))
    for ids in ([one.crew_id for one in made.crews], [one.shift_id for one in made.shifts]):
        assert len(ids) == len(set(ids))
    assert np.all([one.branch == POOR for one in made.shifts])
