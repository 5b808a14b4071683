"""The whole demo on a small ground: an empty store becomes three branches with people, history and a published plan."""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import datetime, time, timedelta

import pytest

from config.profiles import load_profile
from config.survey import load_survey
from planner.demo import prepare, seed
from planner.demo.people import WATCHED
from planner.demo.phones import prepare_phones
from planner.demo.prepare import BRANCHES, prepare_plans, prepare_store
from planner.demo.seed import HELD, WISHES, ZONE, system
from planner.demo.team import BRANCH_CREWS
from planner.domain import Principal, Role
from planner.safety import BRANCH_PHONE, CREW_PHONE
from planner.store import migrate, open_store
from planner.week import iso_week
from tests.planner.conftest import in_process
from tests.planner.demo.factories import MONDAY, NOW, TODAY, ground, staff, street_index
from tests.planner.factories import means

ALL = system(frozenset(BRANCHES))


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder / 'demo.sqlite'}"
    migrate(url)
    store = open_store(url)
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seed, "CUSTOMERS", 2000)
        patch.setattr(seed, "OVERDUE", 500)
        patch.setattr(seed, "PAST_WEEKS", 1)
        patch.setattr(seed, "WALKED_WEEKS", {})
        prepare_store(
            store,
            ground(),
            folder,
            profile=load_profile("auto"),
            index=street_index(),
            terms=load_survey().review,
            now=NOW,
            say=said.append,
        )
    yield store, said, folder
    store.close()


def test_three_branches_with_people_lists_and_visits(seeded):
    store, said, folder = seeded
    assert [one.code for one in store.branches(ALL)] == list(BRANCHES)
    debtors = {code: store.debtors(ALL, code) for code in BRANCHES}
    assert sum(map(len, debtors.values())) == 500 + WATCHED[1]
    assert len(debtors["YX01"]) > len(debtors["YX03"])
    assert said[-1].startswith(f"2,000 customers, {500 + WATCHED[1]} debtors")
    for code in BRANCHES:
        visits = store.outcomes(ALL, code)
        assert len(visits) > 20
        # The first plan is made as at Monday morning, so nothing may have happened since.
        assert visits["started_at"].max() < datetime.combine(MONDAY, time(), ZONE)
        held = store.holds(ALL, code)
        assert set(held["kind"]) <= set(HELD)
        assert held["debtor_id"].isin(debtors[code]["debtor_id"]).all()
        assert set(store.accommodations(ALL, code)["kind"]) <= {kind for kind, _ in WISHES}
        (batch,) = store.imports(ALL, code)
        assert batch.source.rows_read == batch.source.rows_accepted
        raw = (folder / f"overdue_{code}.csv").read_bytes()
        assert "案件编号" in raw.decode("gb18030").splitlines()[0]


def test_the_first_plan_is_published_by_a_manager_and_a_second_run_does_nothing(seeded, monkeypatch):
    store, said, _ = seeded
    monkeypatch.setattr(prepare, "BRANCHES", ("YX01",))
    monkeypatch.setattr(prepare, "solve_in_child", lambda problem, **_: in_process(problem))
    week = iso_week(TODAY)
    for _ in range(2):
        prepare_plans(store, lambda _: nullcontext(means(store)), now=NOW, say=said.append)
        (row,) = store.plans(ALL, "YX01", week)
    assert row.in_force
    assert row.published_by == "manager.YX01"
    saved = store.published(Principal("m", Role.MANAGER, frozenset({"YX01"})), "YX01", week)
    assert saved.context["days"][0] == MONDAY.isoformat()  # a whole week, although today is Thursday
    assert saved.metrics["plan"]["visits"] > 0
    (batch,) = store.imports(ALL, "YX01")
    assert batch.result.list_on == MONDAY
    assert batch.created_at == row.created_at, "on a Thursday, too, the plan knows the week's list"


def test_every_crew_is_a_pair_with_five_shifts_a_week():
    team = staff((0, 1))
    assert [(b.code, sum(c.branch == b.code for c in team.crews)) for b in team.branches] == list(BRANCH_CREWS)
    members = [one for crew in team.crews for one in crew.members]
    assert len(set(members)) == len(members) == len(team.collectors) == 14
    assert all(len(crew.members) == 2 for crew in team.crews)
    assert len({one.name for one in team.collectors}) == 14
    for crew in team.crews:
        mine = [one for one in team.shifts if one.crew_id == crew.crew_id]
        days = [one.day for one in mine]
        assert len(set(days)) == len(days) == 10
        assert max(days) < MONDAY + timedelta(days=13)
        skills = {skill for one in team.collectors if one.collector_id in crew.members for skill in one.skills}
        assert crew.skills == skills
        for shift in mine:
            (meal,) = shift.breaks
            assert shift.starts <= meal.opens < meal.closes <= shift.ends - meal.lasts
    assert {shift.ends.hour for shift in team.shifts} == {17, 20}


def test_branches_and_crews_have_numbers_of_an_exchange_that_there_is_none(seeded):
    store, _, _ = seeded
    crews = {code: [one.crew_id for one in store.crews(ALL, code)] for code in BRANCHES}
    silent = CREW_PHONE + crews["YX01"][0]
    store.save_setting(ALL, "YX01", silent, "", now=NOW)  # somebody took it out: it stays out
    for _ in range(2):
        prepare_phones(store, now=NOW)
    names = {code: [BRANCH_PHONE, *(CREW_PHONE + one for one in crews[code])] for code in BRANCHES}
    numbers = [store.setting(ALL, code, name) for code in BRANCHES for name in names[code] if name != silent]
    assert store.setting(ALL, "YX01", silent) == ""
    assert len(set(numbers)) == len(numbers)
    # A local number never begins with a nought, and no debtor of the demo has one of this exchange.
    assert all(re.fullmatch(r"010-0001-\d{4}", one) for one in numbers)
    assert not [one for code in BRANCHES for one in store.contacts(manager(code), code)["phone"] if "0001-" in one]


def manager(code: str) -> Principal:
    return Principal(f"manager.{code}", Role.MANAGER, frozenset({code}))
