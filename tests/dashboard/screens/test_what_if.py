"""What if: scenarios side by side, adopted, put together, and told apart from what is out of date."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from config.parameters import load as load_parameters
from config.rules import load_pack
from dashboard.screens import (
    what_if,
    what_if_base,
    what_if_form,
    what_if_hours,
    what_if_job,
    what_if_table,
)
from dashboard.text import speaking
from dashboard.text.called import called
from planner import times
from planner.domain import Principal, Role
from planner.editing import Drop
from planner.rules.pack import Term
from planner.scenarios.adopt import adopt
from planner.scenarios.run import plan_scenario
from planner.scenarios.scenario import Scenario
from planner.store import Keep, Store
from planner.view import WeekView, week_view
from planner.week import week_days
from tests.dashboard.screens.conftest import texts
from tests.dashboard.screens.friday import FRIDAY, NOW_SHOWN, Friday, friday_kit, newest, run  # noqa: F401
from tests.planner.conftest import in_process, own_store, story  # noqa: F401
from tests.planner.desk.test_desk import Branch, some_stop
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, ZONE, means, outcomes, principal

LAW_SINCE = date(2026, 1, 1)


def what_if_page() -> None:
    from dashboard.screens import what_if

    what_if.page()


def scenario(
    kit: Friday, one: Scenario, now: datetime = FRIDAY, beside: float | None = None, keep: Keep | None = None
) -> str:
    return plan_scenario(
        means(kit.store),
        principal(),
        BRANCH,
        NEXT_WEEK,
        one,
        packs=load_pack,
        solve_in=lambda _: in_process,
        seed=1,
        now=now,
        beside=beside,
        keep=keep,
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
    adopts(app)[0].click().run()
    plans = page.store.plans(principal(), BRANCH, NEXT_WEEK)
    assert len(plans) == before + 1
    draft = next(one for one in plans if "origin" in one.metrics)
    assert draft.metrics["origin"]["scenario"]["crew_more"] == crew
    assert not draft.in_force
    # Beside its own draft the scenario would tell nothing, and a second draft of it nobody needs.
    after = run(what_if_page, week=NEXT_WEEK)
    assert "Adopted already" in texts(after)
    assert not adopts(after)
    assert what_if_base.plan_of(plans).plan_id != draft.plan_id


def test_of_two_scenarios_with_one_name_each_can_be_chosen(page: Friday) -> None:
    """A box knows its options by their words: both were the older one, and that was adopted."""
    old = scenario(page, Scenario("Same"))
    new = scenario(page, Scenario("Same"), now=FRIDAY + timedelta(minutes=1))
    app = run(what_if_page, week=NEXT_WEEK)
    assert app.button_group[0].options == ["Same (2)", "Same"]
    assert [one.label for one in adopts(app)] == ["Adopt “Same (2)” as a draft"]
    right = next(one for one in app.selectbox if one.label == "Map on the right")
    right.select("Same").run()
    assert [one.key for one in adopts(app)] == [f"adopt {old}"]
    assert new != old


def wishes_page() -> None:
    import streamlit as st

    from dashboard.screens.what_if import wishes_count

    st.write(str(wishes_count("week", st.session_state["names"])))


def test_once_a_scenario_came_the_address_of_before_counts_no_more() -> None:
    """Also in the next run: a click that ends the first one before its boxes stand brings the old address still."""
    app = run(wishes_page, names=["old"])
    assert texts(app) == "True"
    app.session_state["names"] = ["new", "old"]
    assert [texts(app.run()) for _ in range(2)] == ["False", "False"]
    app.session_state["names"] = ["new"]  # one was deleted
    assert texts(app.run()) == "True"


def test_changes_by_hand_that_adopting_would_undo_are_named_and_planned_in(
    page: Friday, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario(page, Scenario("Older"))
    assert "by hand" not in texts(run(what_if_page, week=NEXT_WEEK))
    plan = page.store.plan(principal(), NOW_SHOWN["view"].plan_id)
    draft = Branch(page.store, means(page.store), plan)
    desk = draft.desk()
    out = some_stop(desk)
    mine = draft.take(desk, Drop(out)).saved
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(what_if_job.plan_job, "spawn", lambda _kit, job, _command: asked.append(dict(job.request)))
    app = run(what_if_page, week=NEXT_WEEK)
    said = texts(app)
    assert "The week's plan has 1 change by hand that this scenario does not have" in said
    name = called(NOW_SHOWN["view"]).visits[out].partition(" (")[0]  # in the draft it is no stop any more
    assert f"- Take {name} out of the week" in said
    app.button(key="what_if_again").click().run()
    assert (asked[0]["scenario"]["name"], asked[0]["keep"], asked[0]["stops"]) == ("Older", mine.plan_id, False)
    # Whoever went back from the draft has undone that himself.
    page.store.mark_undone(principal(), mine.plan_id, True, now=FRIDAY)
    monkeypatch.setattr(what_if_job, "running", lambda *_: None)
    app = run(what_if_page, week=NEXT_WEEK)
    assert "by hand" not in texts(app)
    next(one for one in app.button if one.label == "Plan this scenario").click().run()
    assert asked[1]["keep"] == plan.plan_id
    page.store.mark_undone(principal(), mine.plan_id, False, now=FRIDAY)
    # Planned with it there is nothing to name, and a scenario that is to forget it is not planned once more.
    scenario(page, Scenario("Newer"), now=FRIDAY + timedelta(hours=1), keep=Keep(mine.plan_id, stops=False))
    assert "by hand" not in texts(run(what_if_page, week=NEXT_WEEK))
    scenario(page, Scenario("Anew", anew=True), now=FRIDAY + timedelta(hours=2))
    app = run(what_if_page, week=NEXT_WEEK)
    assert "begins without what was settled by hand" in texts(app)
    assert not [one for one in app.button if one.key == "what_if_again"]


def test_longer_hours_are_adopted_with_their_price_and_too_long_ones_are_not(
    page: Friday, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario(page, Scenario("Later", ends_min=60))
    app = run(what_if_page, week=NEXT_WEEK)
    assert "Adopting takes the hours of" in texts(app)
    assert "Beside the week's plan: +" in texts(app)
    assert "planner team" not in texts(app)
    pack = load_pack(page.store.branches(principal())[0].rule_pack)
    short = Term(1.0, "Labour Law 41: at most three hours of overtime a day, agreed with the employee", LAW_SINCE, "M")
    monkeypatch.setattr(what_if_hours, "load_pack", lambda _: replace(pack, day_hours_most=short))
    app = run(what_if_page, week=NEXT_WEEK)
    assert "so it cannot be adopted. — Labour Law 41" in texts(app)
    assert not adopts(app)


def test_shifts_that_were_over_when_a_scenario_was_planned_are_in_no_column(
    page: Friday, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an hour longer looks like forty visits fewer, since the week's plan still has its Monday."""
    scenario(page, Scenario("As it is"))
    asked: dict[str, datetime] = {}
    own = what_if.kpis.ahead

    def ahead(view: WeekView, moment: datetime) -> WeekView:
        asked[view.plan_id] = moment
        return replace(own(view, moment), metrics={**view.metrics, "visits": 77_777})

    monkeypatch.setattr(what_if.kpis, "ahead", ahead)
    row = table_of(run(what_if_page, week=NEXT_WEEK)).split("Visits</td>")[1].split("</tr>")[0]
    assert row.count("77,777") == 2
    made = page.store.scenarios(principal(), BRANCH, NEXT_WEEK)[0]
    assert set(asked.values()) == {made.created_at}
    assert made.plan_id in asked
    assert len(asked) == 2


def test_the_table_counts_whom_crews_would_visit_otherwise(page: Friday) -> None:
    busy = next(route for route in NOW_SHOWN["view"].routes if route.stops)
    scenario(page, Scenario("Fewer", crews_off=(busy.crew_id,)))
    rows = page.store.plans(principal(), BRANCH, NEXT_WEEK)
    assert "Visits changed for the crews" not in table_of(run(what_if_page, week=NEXT_WEEK))  # they have no plan yet
    page.store.publish(principal(), rows[0].plan_id, FRIDAY + timedelta(minutes=2))
    app = run(what_if_page, week=NEXT_WEEK)
    row = table_of(app).split("Visits changed for the crews</td>")[1].split("</tr>")[0]
    base, other = (int(cell.split("</td>")[0]) for cell in row.split("<td>")[1:])
    assert (base, other > 0) == (0, True)
    assert [one.label for one in app.checkbox] == ["All anew"]


def test_hours_that_crews_have_already_are_nothing_that_adopting_takes(page: Friday) -> None:
    (branch,) = page.store.branches(principal())
    usual = replace(load_pack(branch.rule_pack), day_hours=None, day_hours_most=None)
    later = scenario(page, Scenario("Later", ends_min=60))
    draft = adopt(page.store, principal(), later, now=FRIDAY, taking=usual)
    page.store.publish(principal(), draft.plan_id, FRIDAY)
    told = []
    for minutes in (0, 30):
        one = page.store.plan(principal(), scenario(page, Scenario("x", ends_min=minutes), keep=Keep(draft.plan_id)))
        days = what_if_hours.long_days(page, principal(), branch, one)
        told.append((what_if_hours.price(page, principal(), one, None, "CNY"), len(days)))
    assert told[0] == ("", 0)
    assert "Adopting takes the hours" in told[1][0]


def test_a_scenario_of_another_certainty_says_so_and_is_not_judged(page: Friday) -> None:
    scenario(page, Scenario("Less sure", certainty=0.0))
    scenario(page, Scenario("Surer"), now=FRIDAY + timedelta(minutes=1), beside=0.8)
    app = run(what_if_page, week=NEXT_WEEK)
    assert "in time: 80%" in table_of(app)
    assert "Made with another chance to end in time" in texts(app)
    surer = [one.split("</td>")[0] for one in table_of(app).split("<td>")[2::4]]
    assert not any("✓" in one or "▽" in one for one in surer), surer


def test_a_scenario_is_put_together_and_its_job_started(page: Friday, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(what_if_job.plan_job, "spawn", lambda _kit, job, _command: asked.append(dict(job.request)))
    app = run(what_if_page, week=NEXT_WEEK)
    crew = page.store.crews(principal(), BRANCH)[0]
    next(one for one in app.multiselect if one.label == "Crews off").select(crew.crew_id)
    next(one for one in app.button if one.label == "Plan this scenario").click().run()
    assert asked[0]["scenario"]["crews_off"] == [crew.crew_id]
    assert asked[0]["scenario"]["name"].startswith("Without")
    assert asked[0]["scenario"].get("certainty") is None
    NOW_SHOWN["who"] = Principal("auditor", Role.AUDITOR, frozenset({BRANCH}))
    assert not [one for one in run(what_if_page, week=NEXT_WEEK).button if one.label == "Plan this scenario"]


def test_a_scenario_is_planned_as_surely_as_the_week_unless_another_chance_is_chosen(
    page: Friday, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(what_if_job.plan_job, "spawn", lambda _kit, job, _command: asked.append(dict(job.request)))
    app = run(what_if_page, week=NEXT_WEEK)
    sure = next(one for one in app.selectbox if one.label == "Ends in its shift with")
    assert sure.value is not None  # Streamlit shows None as nothing chosen
    sure.select(0.8)
    next(one for one in app.button if one.label == "Plan this scenario").click().run()
    assert asked[0]["scenario"]["certainty"] == 0.8


def adopts(app: AppTest) -> list[Any]:
    return [one for one in app.button if str(one.key).startswith("adopt ")]


def table_of(app: AppTest) -> str:
    return "\n".join(str(one.proto.body) for one in app.get("html"))


def visited_last_week(kit: Friday, now: datetime) -> None:
    """One who is planned is met at the door on the Saturday before the week."""
    stop = next(route for route in NOW_SHOWN["view"].routes if route.stops).stops[0]
    saturday = week_days(NEXT_WEEK)[0] - timedelta(days=2)
    row = {
        "outcome_id": "saturday",
        "debtor_id": stop.debtor_id,
        "place_id": stop.place_id,
        "started_at": datetime(saturday.year, saturday.month, saturday.day, 10, tzinfo=ZONE),
        "recorded_at": now,
    }
    kit.store.save_outcomes(principal(), BRANCH, outcomes(row), now=row["started_at"])


def test_a_base_that_is_out_of_date_says_so_and_gives_way_to_one_of_today(
    page: Friday, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(what_if_job.plan_job, "spawn", lambda _kit, job, _command: asked.append(dict(job.request)))
    monkeypatch.setattr(what_if_job, "running", lambda *_: None)
    visited_last_week(page, FRIDAY + timedelta(hours=1))
    monkeypatch.setattr(Friday, "now", lambda _: FRIDAY + timedelta(hours=2))
    crew = page.store.crews(principal(), BRANCH)[0].crew_id
    scenario(page, Scenario("Fewer", crews_off=(crew,)), now=FRIDAY + timedelta(hours=2))
    app = run(what_if_page, week=NEXT_WEEK)
    assert "The week's plan is out of date. Since it was made: 1 outcome recorded" in app.warning[0].value
    assert "✓" not in table_of(app)
    assert "▽" not in table_of(app)
    assert "Without ✓ and ▽" in texts(app)
    assert (
        "本周计划已过时。计划排定之后：又录入 1 条外访结果。"
        in run(what_if_page, "zh", week=NEXT_WEEK).warning[0].value
    )
    app.button(key="what_if_base").click().run()
    assert set(asked[0]["scenario"]) == {"name"}
    assert asked[0]["scenario"]["name"].startswith("This week as it is, planned ")
    scenario(page, Scenario("Today"), now=FRIDAY + timedelta(hours=3))
    app = run(what_if_page, week=NEXT_WEEK)
    assert not app.warning
    assert "Differences are to “Today”, which knows that." in app.info[0].value
    html = table_of(app)
    assert html.index("Today") < html.index("The week&#x27;s plan") < html.index("Fewer")
    assert "▽" in html  # of the scenario that knows the same


def test_scenarios_are_compared_with_the_plan_in_force_and_not_with_an_undone_draft(page: Friday) -> None:
    first = page.store.plans(principal(), BRANCH, NEXT_WEEK)[0].plan_id
    saved = page.store.plan(principal(), first)
    page.store.save_plan(
        principal(), replace(saved, plan_id="undone", parent=first, created_at=FRIDAY + timedelta(minutes=1))
    )
    page.store.publish(principal(), first, FRIDAY + timedelta(minutes=2))
    scenario(page, Scenario("As it is"))
    shown: list[str] = []

    def read(_kit: object, _who: object, _audience: str, plan_id: str, _published: str) -> WeekView:
        shown.append(plan_id)
        return week_view(page.store, principal(), plan_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(what_if, "read_plan", read)
        app = run(what_if_page, week=NEXT_WEEK, plan="undone")
    assert first in shown
    assert "undone" not in shown
    assert "published" in table_of(app)
    assert not app.warning


def test_the_address_opens_the_scenarios_the_maps_and_the_day_that_it_names(page: Friday) -> None:
    names = [scenario(page, Scenario(name), now=FRIDAY + timedelta(minutes=k)) for k, name in enumerate("ABCD")]
    day = week_days(NEXT_WEEK)[1].isoformat()
    shown = f"{names[0]},{names[3]}"
    app = AppTest.from_function(what_if_page, default_timeout=90)
    app.session_state["week"] = NEXT_WEEK
    for name, said in (("show", f"{shown},gone"), ("left", names[3]), ("right", names[0]), ("day", day)):
        app.query_params[name] = said
    app.run()
    assert not app.exception
    said = {name: app.query_params[name] for name in ("show", "left", "right", "day")}
    said = {name: one if isinstance(one, str) else one[0] for name, one in said.items()}
    assert sorted(said["show"].split(",")) == sorted((names[0], names[3]))
    assert (said["left"], said["right"], said["day"]) == (names[3], names[0], day)
    assert day_marked(app) == ["Tue 1"]


def day_marked(app: AppTest) -> list[str]:
    """Give what a browser is told to mark as chosen."""
    days = next(one for one in app.get("button_group") if one.proto.label == "Day")
    return list(days.proto.raw_values)


def test_all_days_are_marked_as_chosen_until_a_day_is(page: Friday) -> None:
    for k in range(2):
        scenario(page, Scenario("AB"[k]), now=FRIDAY + timedelta(minutes=k))
    app = run(what_if_page, week=NEXT_WEEK)
    assert day_marked(app) == ["All days"]
    assert "day" not in app.query_params


def test_a_scenario_says_which_times_were_adopted_since_it_was_planned(page: Friday) -> None:
    crew = page.store.crews(principal(), BRANCH)[0].crew_id
    scenario(page, Scenario("Before", crews_off=(crew,)))
    assert "was planned: other" not in texts(run(what_if_page, week=NEXT_WEEK))
    after = FRIDAY + timedelta(minutes=5)
    base = load_parameters()
    learnt = replace(base.times, hour_factors=tuple(1.0 + k / 100 for k in range(24)), day_cv=0.1, leg_cv=0.2)
    until = (NOW - timedelta(days=1)).date()
    times.adopt(
        page.store, principal(), BRANCH, times.ROADS, learnt, learnt_until=until, count=9, compared={}, now=after
    )
    app = run(what_if_page, week=NEXT_WEEK)
    assert "Since the scenario “Before” was planned: other travel times adopted." in texts(app)
    told = app.warning[0].value
    assert told.startswith("The week's plan is out of date. Since it was made: ")
    assert "other travel times adopted" in told
    # One that is planned now knows them, so it and the week's plan are of different data.
    scenario(page, Scenario("After", crews_off=(crew,)), now=after + timedelta(minutes=1))
    said = texts(run(what_if_page, week=NEXT_WEEK))
    assert "“Before” was planned" in said
    assert "“After” was planned" not in said
    assert "plans made from other data than the first column" in said


def test_a_scenario_named_after_what_it_changes_is_named_in_the_readers_language() -> None:
    spot = (103.8, 30.6)
    of = what_if_form.Choices({"C1": "Crew 1"}, {"en": {spot: "Old town"}, "zh": {spot: "老城"}}, (), ())
    one = Scenario("?", crews_off=("C1",), start_crew="C1", start_lon=spot[0], start_lat=spot[1])
    with speaking("en"):
        english = what_if_form.proposed(one, of)
        assert "Old town" in english
    with speaking("zh"):
        chinese = what_if_form.called(replace(one, name=english), of)
        assert "老城" in chinese
        assert what_if_form.called(Scenario("As it is now"), of) != "As it is now"
        assert what_if_form.called(replace(one, name="My own"), of) == "My own"
    with speaking("en"):
        assert what_if_form.called(replace(one, name=chinese), of) == english


@pytest.mark.parametrize(
    ("now", "was", "told"),
    [(0.0351, 0.0349, "▽ +1 point"), (0.29, 0.28, "▽ +1 point"), (0.05, 0.0251, "▽ +2 points"), (0.0449, 0.0351, "=")],
)
def test_a_difference_of_shares_is_that_of_the_shares_that_stand_there(now: float, was: float, told: str) -> None:
    """3 % and 4 % stood beside each other as equal, and one point was "1 points"."""
    figure = what_if_table.Figure("Travel share", lambda _: now, lambda x, _: f"{x:.0%}", False, 0.005, share=True)
    assert re.sub("<.*?>", "", what_if_table.difference(figure, now, was, "CNY")) == told
