"""The reasons under the debtor's card, what one more shift is worth, and scenarios, run as pages over a small story."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from config.rules import load_pack
from config.settings import Paths, load_settings
from dashboard.screens import edit_desks, more_shifts, what_if, what_if_job, why
from dashboard.screens.standing import NotToHand, stood_up
from dashboard.services import ROOT, Services
from planner import routing
from planner.desk import open_desk, read_known, times_of_desk
from planner.domain import Principal, Role
from planner.saved_times import problem_of, times_of
from planner.scenarios.run import plan_scenario
from planner.scenarios.scenario import Scenario
from planner.store import JobState, Store
from planner.view import WeekView, week_view
from planner.why import DAY, EVENING, Worth, agrees, stand, why_here, why_not
from planner.worth_command import FOUND, KIND
from tests.dashboard.screens.conftest import texts
from tests.planner.conftest import in_process, own_store, story  # noqa: F401
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, means, principal

FRIDAY = NOW + timedelta(weeks=1)


class Friday(Services):
    """Services whose clock stands on the Friday before the week."""

    def now(self) -> datetime:
        return FRIDAY


def why_page() -> None:
    import streamlit as st

    from dashboard.screens import why
    from tests.dashboard.screens import test_why_and_what_if as here

    branch = here.NOW_SHOWN["kit"].store.branches(here.principal())[0]
    why.show(st.container(), here.NOW_SHOWN["kit"], here.principal(), branch, here.NOW_SHOWN["view"])


def worth_page() -> None:
    from dashboard.screens import more_shifts
    from tests.dashboard.screens import test_why_and_what_if as here

    branch = here.NOW_SHOWN["kit"].store.branches(here.principal())[0]
    more_shifts.show(here.NOW_SHOWN["kit"], here.NOW_SHOWN["who"], branch, here.NOW_SHOWN["view"])


def what_if_page() -> None:
    from dashboard.screens import what_if

    what_if.page()


#: what the scripts above show
NOW_SHOWN: dict[str, Any] = {}


@pytest.fixture
def kit(own_store: Store, tmp_path: Path) -> Iterator[Friday]:  # noqa: F811
    st.cache_data.clear()
    st.cache_resource.clear()
    made = Friday(replace(load_settings(ROOT, dict(os.environ)), paths=Paths(ROOT, tmp_path)), own_store)
    NOW_SHOWN.update(kit=made, who=principal(), view=newest(own_store))
    yield made
    NOW_SHOWN.clear()


def newest(store: Store) -> WeekView:
    return week_view(store, principal(), store.plans(principal(), BRANCH, NEXT_WEEK)[0].plan_id)


@pytest.fixture
def stood(kit: Friday, monkeypatch: pytest.MonkeyPatch) -> Any:
    saved = kit.store.plan(principal(), NOW_SHOWN["view"].plan_id)
    plan = routing.plan_from_dict(saved.plan)
    crews, places = kit.store.crews(principal(), BRANCH), kit.store.places(principal(), BRANCH)
    times = times_of(saved, means(kit.store).roads, crews=crews, places=places)
    standing = stand(problem_of(saved, times), plan)
    assert agrees(standing, plan)
    monkeypatch.setattr(why, "stood_up", lambda *_: (standing, saved, True))
    return standing


def test_a_plan_on_the_desk_is_stood_up_without_asking_the_roads_again(
    kit: Friday, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = next(one for one in kit.store.branches(principal()) if one.code == BRANCH)
    saved, made = kit.store.plan(principal(), NOW_SHOWN["view"].plan_id), means(kit.store)
    known = read_known(kit.store, principal(), branch, NEXT_WEEK, made.pack, now=kit.now())
    edit_desks.shelf().put(open_desk(saved, times_of_desk(saved, known, made.roads), known, made))

    def asked(*_: Any, **__: Any) -> Any:
        raise AssertionError("the roads were asked")

    monkeypatch.setattr(edit_desks, "roads_of", asked)
    standing, again, same = stood_up(kit, principal(), branch, saved.plan_id, NEXT_WEEK)
    assert same
    assert again == saved
    assert agrees(standing, routing.plan_from_dict(saved.plan))


def test_roads_are_opened_as_of_the_day_on_which_the_plan_was_made(
    kit: Friday, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bank's server without a version of its data is known by the day: tomorrow it is still that of the plan."""
    branch = next(one for one in kit.store.branches(principal()) if one.code == BRANCH)
    saved = replace(kit.store.plan(principal(), NOW_SHOWN["view"].plan_id), created_at=kit.now() - timedelta(days=3))
    days = []

    def opened(*_: Any, today: date) -> Any:
        days.append(today)
        return nullcontext(means(kit.store).roads)

    monkeypatch.setattr(edit_desks, "roads_of", opened)
    with edit_desks.means_of(kit, branch, saved):
        pass
    assert days == [saved.created_at.astimezone().date()]


def run(script: Any, language: str = "en", **state: Any) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for key, value in {"language": language, **state}.items():
        app.session_state[key] = value
    found = app.run()
    assert not found.exception
    return found


def test_a_planned_visit_says_why_it_is_there(stood: Any) -> None:
    view: WeekView = NOW_SHOWN["view"]
    for stop in view.routes[0].stops[:3]:
        said = texts(run(why_page, debtor=stop.debtor_id))
        assert "Why here and now" in said
        here = why_here(stood, stop.debtor_id)
        assert here is not None
        assert f"{round(here.here.gain):,}" in said
        assert ("It cannot be dropped" in said) == here.required


def test_somebody_left_out_is_offered_the_best_slot(stood: Any) -> None:
    out = [one.debtor_id for one in NOW_SHOWN["view"].left_out]
    known = [one for one in out if why_not(stood, one) is not None]
    removed = [one for one in out if one not in known]
    assert removed
    for debtor in known[:2]:
        assert "Best slot" in texts(run(why_page, debtor=debtor))
    assert "No slot can be offered" in texts(run(why_page, debtor=removed[0]))
    assert texts(run(why_page, debtor="nobody")) == ""


def test_both_languages_say_it(stood: Any) -> None:
    del stood
    debtor = NOW_SHOWN["view"].routes[0].stops[0].debtor_id
    assert "为什么在此时此地" in texts(run(why_page, language="zh", debtor=debtor))


def test_without_roads_it_says_so(kit: Friday, monkeypatch: pytest.MonkeyPatch) -> None:
    del kit

    def refuse(*_: Any) -> None:
        raise NotToHand("no roads")

    monkeypatch.setattr(why, "stood_up", refuse)
    debtor = NOW_SHOWN["view"].routes[0].stops[0].debtor_id
    assert "cannot be tried now" in texts(run(why_page, debtor=debtor))


def test_what_a_job_found_is_drawn_and_only_managers_may_start_one(
    kit: Friday, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = NOW_SHOWN["view"].plan_id
    started: list[list[str]] = []
    monkeypatch.setattr(more_shifts.plan_job, "spawn", lambda _kit, _job, command: started.append(list(command)))
    head = Principal("head", Role.REGIONAL_HEAD, frozenset({BRANCH}))
    NOW_SHOWN["who"] = head
    assert not run(worth_page).button
    NOW_SHOWN["who"] = principal()
    run(worth_page).button(key="worth").click().run()
    assert started
    assert plan in started[0]
    job = kit.store.jobs(principal(), BRANCH)[0]
    each = [
        asdict(Worth(0, DAY, "x", 32_400, 61_200, 10.0, 2)),
        asdict(Worth(1, DAY, "x", 118_800, 147_600, 20.0, 3)),
        asdict(Worth(1, EVENING, "x", 147_600, 160_200, 5.0, 1)),
    ]
    system = Principal("planner", Role.SYSTEM, frozenset({BRANCH}))
    kit.store.start_job(system, job.job_id, pid=os.getpid(), now=FRIDAY)
    told = {FOUND: {"each": each, "searched": 0.0, "steps": 1, "complete": True}}
    kit.store.report_progress(system, job.job_id, told, now=FRIDAY)
    kit.store.finish_job(system, job.job_id, JobState.DONE, result_id=plan, error="", now=FRIDAY)
    assert job.kind == KIND
    said = texts(run(worth_page))
    assert "Most on Tue 1 Dec, 09:00–17:00" in said
    assert "¥20" in said


def scenario(kit: Friday, one: Scenario) -> str:
    return plan_scenario(
        means(kit.store),
        principal(),
        BRANCH,
        NEXT_WEEK,
        one,
        packs=load_pack,
        solve_in=lambda _: in_process,
        seed=1,
        now=FRIDAY,
    ).plan_id


@pytest.fixture
def page(kit: Friday, monkeypatch: pytest.MonkeyPatch) -> Friday:
    monkeypatch.setattr(what_if, "services", lambda: kit)
    monkeypatch.setattr(what_if, "current_principal", lambda: NOW_SHOWN["who"])
    monkeypatch.setattr(what_if.maps, "show", lambda *_, **__: None)
    monkeypatch.setattr(what_if.maps, "plan_pair", lambda views, *_, **__: tuple(views))
    none = pd.DataFrame(columns=["code", "name_zh", "name_en", "geojson"])
    monkeypatch.setattr(Store, "regions", lambda *_: none)
    return kit


def test_scenarios_stand_side_by_side_and_one_is_adopted(page: Friday) -> None:
    crew = page.store.crews(principal(), BRANCH)[0].crew_id
    scenario(page, Scenario("<b>More</b>", crew_more=crew))
    app = run(what_if_page, week=NEXT_WEEK)
    said = "\n".join(str(one.proto.body) for one in app.get("html"))
    assert "&lt;b&gt;More" in said
    assert "<b>More" not in said
    assert "The week&#x27;s plan" in said
    assert "It needs what the branch does not have" in texts(app)
    before = len(page.store.plans(principal(), BRANCH, NEXT_WEEK))
    app.button(key="adopt").click().run()
    plans = page.store.plans(principal(), BRANCH, NEXT_WEEK)
    assert len(plans) == before + 1
    draft = next(one for one in plans if "origin" in one.metrics)
    assert draft.metrics["origin"]["scenario"]["crew_more"] == crew
    assert not draft.in_force


def test_a_scenario_is_put_together_and_its_job_started(page: Friday, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(what_if_job.plan_job, "spawn", lambda _kit, job, _command: asked.append(dict(job.request)))
    app = run(what_if_page, week=NEXT_WEEK)
    crew = page.store.crews(principal(), BRANCH)[0]
    next(one for one in app.multiselect if one.label == "Crews off").select(crew.crew_id)
    next(one for one in app.button if one.label == "Plan this scenario").click().run()
    assert asked[0]["scenario"]["crews_off"] == [crew.crew_id]
    assert asked[0]["scenario"]["name"].startswith("Without")
    NOW_SHOWN["who"] = Principal("head", Role.REGIONAL_HEAD, frozenset({BRANCH}))
    assert not [one for one in run(what_if_page, week=NEXT_WEEK).button if one.label == "Plan this scenario"]
