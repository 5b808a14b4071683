"""Why a visit is where it is, what another slot would cost, what one more shift is worth."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard.screens import edit_desks, more_shifts, week, why
from dashboard.screens.standing import NotToHand, stood_up
from dashboard.screens.why import out_by_hand, still_ahead
from dashboard.screens.why_words import Told
from dashboard.text.sentences import OVER
from planner import routing
from planner.desk import open_desk, read_known, times_of_desk
from planner.domain import Principal, Role
from planner.saved_times import problem_of, times_of
from planner.store import JobState
from planner.view import WeekView
from planner.why import DAY, EVENING, Here, Worth, agrees, stand, why_here, why_not
from planner.worth_command import FOUND, KIND
from tests.dashboard.screens.conftest import texts
from tests.dashboard.screens.friday import FRIDAY, NOW_SHOWN, Friday, friday_kit, newest, run  # noqa: F401
from tests.planner.conftest import in_process, own_store, story  # noqa: F401
from tests.planner.factories import BRANCH, NEXT_WEEK, means, principal


def why_page() -> None:
    import streamlit as st

    from dashboard.screens import why
    from dashboard.screens.edit_hand import Hand
    from tests.dashboard.screens import friday as here

    kit, view = here.NOW_SHOWN["kit"], here.NOW_SHOWN["view"]
    branch = kit.store.branches(here.principal())[0]
    rows = kit.store.plans(here.principal(), branch.code, view.week)
    row = next(one for one in rows if one.plan_id == view.plan_id)
    why.show(st.container(), Hand(kit, here.principal(), branch, rows, row, view))


def worth_page() -> None:
    from dashboard.screens import more_shifts
    from tests.dashboard.screens import friday as here

    branch = here.NOW_SHOWN["kit"].store.branches(here.principal())[0]
    more_shifts.show(here.NOW_SHOWN["kit"], here.NOW_SHOWN["who"], branch, here.NOW_SHOWN["view"])


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


def test_a_planned_visit_says_why_it_is_there(stood: Any) -> None:
    view: WeekView = NOW_SHOWN["view"]
    for stop in view.routes[0].stops[:3]:
        said = texts(run(why_page, debtor=stop.debtor_id))
        assert "Why here and now" in said
        here = why_here(stood, stop.debtor_id)
        assert here is not None
        assert f"{round(here.here.gain):,}" in said
        assert ("a visit that must be made would not be made" in said) == here.required


def test_what_a_visit_earns_leads_to_the_uplift_on_its_card(stood: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card says the uplift; the plan counts what a call or a letter would not bring."""
    saved = NOW_SHOWN["kit"].store.plan(principal(), NOW_SHOWN["view"].plan_id)
    view: WeekView = NOW_SHOWN["view"]
    told = Told.of(view, stood, saved)
    found = [(one, why_here(stood, one.debtor_id).here) for route in view.routes for one in route.stops]  # type: ignore[union-attr]
    less = [(stop, slot) for stop, slot in found if stop.value_minor - 100 * slot.value >= 100]
    assert less
    for stop, slot in less[:3]:
        card, here = told.money(stop.value_minor / 100), told.money(slot.value)
        assert told.earned(stop.debtor_id, slot).startswith(f"{here} (its uplift of {card} less ")
    stop, slot = less[0]
    assert told.money(stop.value_minor / 100 - slot.value) in told.earned(stop.debtor_id, slot)
    same = replace(slot, value=stop.value_minor / 100)
    assert told.earned(stop.debtor_id, same) == told.money(same.value)


def test_somebody_left_out_is_offered_the_best_slot(stood: Any) -> None:
    out = [one.debtor_id for one in NOW_SHOWN["view"].left_out]
    known = [one for one in out if why_not(stood, one) is not None]
    removed = [one for one in out if one not in known]
    assert removed
    for debtor in known[:2]:
        assert "Best slot" in texts(run(why_page, debtor=debtor))
    assert "No slot can be offered" in texts(run(why_page, debtor=removed[0]))
    assert texts(run(why_page, debtor="nobody")) == ""


def test_of_a_shift_that_has_begun_no_slot_is_offered(stood: Any) -> None:
    standing, (_, saved, _) = stood, why.stood_up()
    told = Told.of(NOW_SHOWN["view"], standing, saved)
    every = (why_here(standing, stop.debtor_id) for route in NOW_SHOWN["view"].routes for stop in route.stops)
    found = next(one for one in every if one is not None and one.others)
    assert still_ahead(found, told, FRIDAY) == found
    starts = sorted({told.at(int(one["starts"])) for one in told.shifts.values()})
    for now in starts:
        left = still_ahead(found, told, now)
        assert isinstance(left, Here)
        gone = told.begun(found.here.shift, now)
        assert left.others == () if gone else all(not told.begun(one.shift, now) for one in left.others)
    last = still_ahead(found, told, starts[-1])
    assert isinstance(last, Here)
    assert last.others == ()


def test_where_only_slots_that_have_begun_were_found_that_is_said(stood: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It said that no shift of the week can make the visit, under a sentence that names one."""
    tried = {one.debtor_id: why_not(stood, one.debtor_id) for one in NOW_SHOWN["view"].left_out}
    known = next(name for name, one in tried.items() if one is not None and one.slots)
    assert "**Best slot.** No" not in texts(run(why_page, debtor=known))
    monkeypatch.setattr(Friday, "now", lambda _: FRIDAY + timedelta(weeks=2))
    assert "None is left" in texts(run(why_page, debtor=known))


def test_of_a_stop_whose_shift_has_begun_nothing_can_be_changed_here(kit: Friday) -> None:
    """The card says that what is left of the day is changed from the crew's phone; beside it stood four buttons."""
    view: WeekView = NOW_SHOWN["view"]
    first = min((route for route in view.routes if route.stops), key=lambda route: route.shift_starts_at)
    before, begun = first.shift_starts_at - timedelta(minutes=1), first.shift_starts_at
    for now, buttons in ((before, 4), (begun, 0)):
        NOW_SHOWN["at"] = now
        app = run(card_page, debtor=first.stops[0].debtor_id)
        assert app.session_state["drawn"] == buttons
        assert (first.shift_id in app.session_state["targets"]) == (buttons > 0)


def test_the_week_makes_no_proposals_for_shifts_that_have_begun(kit: Friday, monkeypatch: pytest.MonkeyPatch) -> None:
    view: WeekView = NOW_SHOWN["view"]
    route, out = view.routes[0], view.left_out[0]
    action = f"Lengthen {route.shift_id} by 9 min at its end. Then there is room for it, and the plan gains 668."
    view = replace(view, left_out=(replace(out, action=action),))
    monkeypatch.setattr(week, "read_plan", lambda *_: view)
    monkeypatch.setattr(week, "audience", lambda _: "m")
    rows = kit.store.plans(principal(), BRANCH, NEXT_WEEK)
    told = []
    over = max(one.shift_starts_at for one in view.routes)  # a week that is over is left as it was planned
    for now in (route.shift_starts_at - timedelta(minutes=1), route.shift_starts_at, over):
        monkeypatch.setattr(Friday, "now", lambda _, at=now: at)
        told.append(week.read_chosen(kit, principal(), rows).left_out[0].action)
    assert told == [action, OVER, action]


def card_page() -> None:
    import streamlit as st

    from dashboard.screens import edit_card
    from dashboard.screens.edit_hand import Hand
    from tests.dashboard.screens import friday as here

    kit, view = here.NOW_SHOWN["kit"], here.NOW_SHOWN["view"]
    kit = type("At", (), {"store": kit.store, "now": lambda _: here.NOW_SHOWN["at"]})()
    branch = kit.store.branches(here.principal())[0]
    rows = kit.store.plans(here.principal(), branch.code, view.week)
    row = next(one for one in rows if one.plan_id == view.plan_id)
    hand = Hand(kit, here.principal(), branch, rows, row, view)
    drawn: list[object] = []
    of = {name: getattr(edit_card, name) for name in ("move", "lock", "apart", "drop")}
    for name in of:
        setattr(edit_card, name, lambda *_: drawn.append(1))
    try:
        edit_card.show(hand, st.session_state["debtor"])
    finally:
        for name, one in of.items():
            setattr(edit_card, name, one)
    st.session_state["drawn"], st.session_state["targets"] = len(drawn), hand.shifts_ahead


def test_of_one_taken_out_by_hand_no_slot_is_denied() -> None:
    plan = {"left_out": [{"visit": "D1", "reason": "dropped"}, {"visit": "D2", "reason": "displaced"}]}
    assert [out_by_hand(plan, one) for one in ("D1", "D2", "D3")] == [True, False, False]


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
    NOW_SHOWN["who"] = Principal("auditor", Role.AUDITOR, frozenset({BRANCH}))
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
