"""Changing a plan on the page: what is said of a price, of a refusal, of the list, and what undo and redo show."""

from __future__ import annotations

import re
from datetime import time, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import edit, edit_hand, edit_over, edit_panel, edit_published, edit_week, edit_words
from dashboard.text import speaking
from dashboard.text.called import Called, called
from planner.editing import (
    Add,
    CallIn,
    Chance,
    DayOff,
    Drop,
    Forbid,
    Hours,
    Lock,
    Move,
    Refusal,
    Restore,
    SwapDays,
    Unlock,
    Why,
)
from planner.editing.told import command_to_dict
from planner.routing.replan import Difference, DifferenceKind
from planner.rules.check import Broken
from tests.dashboard import fakes

ORIGIN = fakes.at(0, 0)
NAMES = Called({"D1": "蔡明远 (stop 1)", "D2": "<b>Null</b>"}, {}, "CNY")
SHIFTS = {"S1": {"day": "2026-11-24", "crew_name": "Crew 1", "crew_id": "C1"}}


def row(plan_id: str, parent: str | None, minute: int, *, edited: bool = True) -> Any:
    edits = {"edit": {"commands": [command_to_dict(Drop("D1"))], "price": {"objective": -120.5}}} if edited else {}
    made = fakes.NOW + timedelta(minutes=minute)
    return SimpleNamespace(
        plan_id=plan_id, parent=parent, metrics=edits, created_at=made, created_by="m", in_force=False
    )


def test_the_changes_of_a_plan_are_those_up_to_the_plan_that_was_searched() -> None:
    rows = [row("c", "b", 3), row("x", "a", 2), row("b", "a", 1), row("a", None, 0, edited=False)]
    assert [one.plan_id for one in edit.changes_of(rows, rows[0])] == ["c", "b"]
    assert edit.changes_of(rows, rows[3]) == []


COMMANDS = [
    (Move("D1", "S1", 2, ("D2",)), "as stop 3"),
    (Add("D1"), "Visit"),
    (Lock("D1"), "Lock"),
    (Unlock("D1"), "Unlock"),
    (Drop("D1"), "out of the week"),
    (Restore("D1"), "back into the week"),
    (Forbid("D1", "D2"), "on one route"),
    (SwapDays(fakes.DAY, fakes.DAY + timedelta(days=1), "C1"), "Crew 1"),
    (DayOff("C1", fakes.DAY), "off"),
    (Hours("S1", 9 * 3600, 17 * 3600), "09:00–17:00"),
]


def test_a_day_off_names_whose_it_is_and_leads_to_the_whole_crews() -> None:
    one = DayOff("C1", fakes.DAY, "K1")
    said = edit_words.command_words(command_to_dict(one), NAMES, SHIFTS, ORIGIN, {"K1": "Lin"})
    assert "Lin, " in said
    assert said.endswith("off")
    assert edit.instead([one]) == ((DayOff("C1", fakes.DAY),),)
    assert edit.instead([DayOff("C1", fakes.DAY)]) == ()


@pytest.mark.parametrize(("command", "told"), COMMANDS, ids=lambda one: type(one).__name__)
def test_every_change_has_words_in_both_languages(command: Any, told: str) -> None:
    said = command_to_dict(command)
    english = edit_words.command_words(said, NAMES, SHIFTS, ORIGIN)
    assert told in english
    assert "<b>" not in english
    with speaking("zh"):
        assert edit_words.command_words(said, NAMES, SHIFTS, ORIGIN) != english


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The bar of a plan with two changes, without what reads the store."""
    monkeypatch.setattr(edit.edit_week, "show", lambda _hand: None)
    monkeypatch.setattr(edit.edit_published, "show", lambda _hand: None)
    nothing = SimpleNamespace(origin=ORIGIN, shifts={}, locks={})
    monkeypatch.setattr(edit_hand, "settled", lambda *_: nothing)
    return AppTest.from_function(bar_page, default_timeout=60)


@pytest.mark.parametrize("why", list(Why))
def test_every_refusal_has_words(why: Why) -> None:
    answer = Refusal(why, ("D1",), "S1", skills=("legal",), windows=((9 * 3600, 10 * 3600),))
    said = edit_words.refusal_words(answer, NAMES, ORIGIN)
    assert said.endswith(".")
    with speaking("zh"):
        assert edit_words.refusal_words(answer, NAMES, ORIGIN) != said


def test_a_refusal_for_want_of_minutes_names_the_reserve_that_is_the_cause() -> None:
    answer = Refusal(Why.NO_ROOM, ("D1",), minutes=5, takes=((Hours("S1", 9 * 3600, 17 * 3600),),))
    said = edit_words.refusal_words(answer, NAMES, ORIGIN, reserve_s=40 * 60, certainty=0.85)
    assert "40 minutes" in said
    assert "85%" in said
    assert "5 minutes more" in said
    assert "reserve" not in edit_words.refusal_words(answer, NAMES, ORIGIN)
    hand = SimpleNamespace(settled=SimpleNamespace(reserves_s={"S1": 2400}))
    assert edit.reserve_s(hand, answer) == 2400  # type: ignore[arg-type]
    assert edit.reserve_s(hand, Refusal(Why.LOCKED, ("D1",))) == 0  # type: ignore[arg-type]


def test_a_skill_is_named_and_not_coded() -> None:
    answer = Refusal(Why.SKILL, ("D1",), "S1", skills=("language:yue", "legal"))
    assert edit_words.refusal_words(answer, NAMES, ORIGIN).endswith(" Cantonese, Legal.")
    with speaking("zh"):
        assert "法务" in edit_words.refusal_words(answer, NAMES, ORIGIN)


def test_windows_that_touch_are_told_as_one() -> None:
    spans = [(9 * 3600, 12 * 3600), (12 * 3600, 14 * 3600), (15 * 3600, 16 * 3600)]
    said = edit_words.windows_words(spans, ORIGIN)
    assert said == "Tue 09:00–14:00, Tue 15:00–16:00"


def test_a_rule_that_many_visits_break_is_told_once_with_its_article() -> None:
    broken = [Broken("crew_size", f"D{k}", "a crew of 1", "Two collectors visit together") for k in range(3)]
    (said,) = edit_words.rule_words(broken, NAMES)
    assert "3 visits" in said
    assert "Two collectors visit together" in said


@pytest.mark.parametrize(("amount", "said"), [(-0.4, "−1"), (0.9, "±0"), (2.0, "+2")])
def test_rounding_never_hides_a_loss_or_makes_a_gain(amount: float, said: str) -> None:
    whole = edit_panel.floored(amount)
    assert edit_panel.signed(str(abs(whole)), whole) == said


def test_time_spent_is_rounded_up_and_time_saved_down() -> None:
    assert "+1 min" in edit_panel.minutes("t", 1)
    assert "±0 min" in edit_panel.minutes("t", -59)
    assert "−1 min" in edit_panel.minutes("t", -61)


def test_a_line_without_figures_has_the_whole_width() -> None:
    assert 'colspan="3"' in edit_panel.row("Leaves the week: somebody", "", "", -1)
    assert "colspan" not in edit_panel.row("Visits", "", "-1", 0)


def test_a_row_of_the_price_escapes_what_it_tells() -> None:
    assert "<img" not in edit_panel.row(fakes.HOSTILE[0], fakes.HOSTILE[0], fakes.HOSTILE[0], 1)


def test_changes_nobody_asked_for_are_told_first() -> None:
    found = edit_published.Since(
        (
            Difference("D1", DifferenceKind.DROPPED, "S1", begins_before=3600),
            Difference("D2", DifferenceKind.MOVED, "S1", "S2", 3600, 7200),
        ),
        frozenset({"D1"}),
        SHIFTS,
    )
    hand: Any = SimpleNamespace(names=NAMES, settled=SimpleNamespace(origin=ORIGIN))
    rows = rows_of(edit_published.listed(hand, found))
    assert rows[1:] == [
        ["Not asked for · 1"],
        ["<b>Null</b>Moved", "Tue 24 Nov 01:00 · Crew 1", "S2 02:00"],
        ["Asked for · 1"],
        ["蔡明远 (stop 1)Not visited", "Tue 24 Nov 01:00 · Crew 1", "—"],
    ]
    assert [one.visit for one in found.unasked] == ["D2"]


def rows_of(table: str) -> list[list[str]]:
    """Read what stands in the cells of a table, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", table)
    return [
        [unescape(re.sub(r"<.*?>", "", cell)) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", one)] for one in rows
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_reads_that_a_better_plan_was_not_taken_is_led_to_where_it_can_be_had(language: str) -> None:
    """“All anew” stands on the published plan's page only, and the sentence on the pages of drafts only."""
    app = AppTest.from_function(passed_over_page, default_timeout=60)
    app.session_state["language"] = language
    app.session_state["plan"] = "the draft"
    app.run()
    assert not app.exception
    assert ("on the published plan's page" if language == "en" else "已发布计划页面上") in app.caption[0].value
    app.button(key="edit_published_there").click().run()
    assert app.session_state["plan"] == "the published one"


def passed_over_page() -> None:
    from types import SimpleNamespace

    from dashboard.screens import edit_published

    more = {"passed_over": {"more": 1234.0, "changes": 17}}
    row = SimpleNamespace(plan_id="the draft", metrics={"replan": more}, in_force=False)
    rows = (row, SimpleNamespace(plan_id="the published one", metrics={}, in_force=True))
    hand: object = SimpleNamespace(may=True, row=row, rows=rows, in_part=(), view=SimpleNamespace(currency="CNY"))
    edit_published.passed_over(hand)  # type: ignore[arg-type]


def test_the_list_of_changes_is_in_the_language_of_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """What two plans differ in is kept: who read it first, in English, made the Chinese page name English days."""
    plan = SimpleNamespace(created_at=fakes.NOW, problem={"origin": ORIGIN.isoformat()}, plan={})
    plan.context = {"shifts": SHIFTS}
    moved = Difference("D1", DifferenceKind.RETIMED, "S1", "S1", 3600, 7200)
    monkeypatch.setattr(edit_published, "read", lambda *_: plan)
    monkeypatch.setattr(edit_published, "plan_from_dict", lambda plan: plan)
    monkeypatch.setattr(edit_published, "differences", lambda *_, since_s: iter((moved,)))
    hand: Any = SimpleNamespace(names=NAMES, settled=SimpleNamespace(origin=ORIGIN))
    nobody: Any = SimpleNamespace()
    before = {}
    for language in ("en", "zh"):
        with speaking(language):
            found = edit_published.since(nobody, nobody, "a manager of both languages", "before", "now")
            before[language] = rows_of(edit_published.listed(hand, found))[2][1]
    assert before == {"en": "Tue 24 Nov 01:00 · Crew 1", "zh": "11月24日 周二 01:00 · Crew 1"}


def priced_page() -> None:
    from dataclasses import replace
    from types import SimpleNamespace

    import numpy as np
    import streamlit as st

    from dashboard.screens import edit_panel
    from dashboard.text.called import Called
    from planner.desk import Offer
    from planner.editing import Draft, Drop, apply, draft, price
    from planner.routing.greedy import greedy
    from planner.routing.instance import prepare
    from planner.routing.translate import to_plan
    from planner.rules.check import Broken
    from tests.planner.routing.factories import random_problem

    problem = replace(random_problem(np.random.default_rng(3), visits=14, shifts=4), travel_cost_per_s=0.1)
    instance = prepare(problem)
    of = draft(problem, to_plan(instance, greedy(instance), made_with="test"))
    tried = {one: apply(of, Drop(one)) for one in of.at}
    drafts = {one: after for one, after in tried.items() if isinstance(after, Draft)}
    # One whose leaving saves a way, so that the price has that row too.
    name = next(one for one, after in drafts.items() if price(of, after, frozenset({one})).amounts.travel_cost < -1)
    after = drafts[name]

    saved = SimpleNamespace(
        metrics={"plan": {"value": 1234.0, "visits": len(of.at)}},
        context={"shifts": {}},
    )
    crew = SimpleNamespace(name="<img src=x onerror=alert(1)>", start=(103.8, 30.6))
    first, *rest = of.problem.shifts
    shorter = SimpleNamespace(problem=replace(of.problem, shifts=(replace(first, ends=first.ends - 1800), *rest)))
    known = SimpleNamespace(crews={one.crew: crew for one in problem.shifts})
    desk = SimpleNamespace(saved=saved, known=known, draft=shorter)
    law = (Broken("crew_size", name, "a crew of 1", "Two collectors visit together"),)
    offer = Offer((Drop(name),), after, price(of, after, frozenset({name})), law, ())
    of_page = {"value": 1000.0, "visits": len(of.at) - 2}  # without a day that is over
    edit_panel.show(desk, offer, Called({name: "*Null*"}, {}, "CNY"), before=of_page)  # type: ignore[arg-type]
    st.session_state["permitted"] = offer.permitted


def test_the_price_is_shown_with_the_broken_rule_and_its_article() -> None:
    app = AppTest.from_function(priced_page, default_timeout=60).run()
    assert not app.exception
    assert app.session_state["permitted"] is False
    told = " ".join(one.value for one in app.markdown)
    assert "Two collectors visit together" in told
    table = " ".join(one.proto.body for one in app.get("html"))
    assert "For the plan in all" in table
    assert "<img" not in table
    assert re.search(r"Crews(&#x27;|') shifts in all</td>.*?\+30 min", table)
    # What the sum is made of stands under it and adds up, each part rounded by itself.
    amount = r'<td class="[^"]*">([^<]+)</td><td class="was">[^<]*</td><td class="[^"]*">([+−±])¥([\d,]+)<'
    found = re.findall(amount, table)
    total, *parts = [int(money.replace(",", "")) * {"+": 1, "−": -1, "±": 0}[sign] for _name, sign, money in found]
    assert "What the travel costs" in [name for name, _sign, _money in found]
    assert abs(sum(parts) - total) <= len(parts)


def grave_page() -> None:
    """The price of a shift less, whose visits must be made."""
    from dataclasses import replace
    from types import SimpleNamespace

    import numpy as np
    import streamlit as st

    from dashboard.screens import edit, edit_panel
    from dashboard.text.called import Called
    from planner.desk import Offer
    from planner.editing import DayOff, apply, draft, price
    from planner.routing.greedy import greedy
    from planner.routing.instance import prepare
    from planner.routing.translate import to_plan
    from tests.planner.routing.factories import random_problem

    problem = random_problem(np.random.default_rng(1), visits=14, shifts=4)
    due = st.session_state["due"]
    visits = (replace(one, required=due and one.id == "D9") for one in problem.visits)
    problem = replace(problem, visits=tuple(visits))
    instance = prepare(problem)
    of = draft(problem, to_plan(instance, greedy(instance), made_with="test"))
    most = max(of.tours, key=lambda one: len(one.nodes)).shift
    crew = problem.shifts[most].crew
    command = DayOff(crew, of.day(problem.shifts[most]))
    after = apply(of, command)
    saved = SimpleNamespace(metrics={}, context={"shifts": {}})
    known = SimpleNamespace(crews={one.crew: SimpleNamespace(name="A", start=(103.8, 30.6)) for one in problem.shifts})
    desk = SimpleNamespace(saved=saved, known=known, draft=of)
    offer = Offer((command,), after, price(of, after, frozenset()), (), ())
    st.session_state["unmade"] = edit_panel.unmade_by(offer)
    st.session_state["gone"] = edit_panel.leaving(offer)
    edit_panel.show(desk, offer, Called({}, {}, "CNY"), before={"value": 1000.0, "visits": len(of.at)})  # type: ignore[arg-type]
    edit.buttons(offer)


@pytest.mark.parametrize("due", [True, False])
def test_who_must_be_visited_and_leaves_is_named_first_and_taking_it_is_not_suggested(due: bool) -> None:
    """They were one in a folded list of twenty, under an ordinary blue button."""
    app = AppTest.from_function(grave_page, default_timeout=60)
    app.session_state["due"] = due
    app.run()
    assert not app.exception
    gone = app.session_state["gone"]
    assert gone
    unmade = app.session_state["unmade"]
    assert len(unmade) == due
    table = " ".join(one.proto.body for one in app.get("html"))
    assert [one for one in gone if f"Must be visited, and leaves the week: {one}" in table] == unmade
    take = app.button(key="edit_take")
    assert (take.label, take.proto.type) == (("Take it all the same", "secondary") if due else ("Take it", "primary"))
    listed = [one.value for one in app.caption if "not visited" in one.value]
    assert len(listed) == len(gone)
    assert [one.startswith(":red[") for one in listed] == [True] * due + [False] * (len(gone) - due)


def bar_page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.screens import edit, edit_hand
    from tests.dashboard import fakes
    from tests.dashboard.screens.test_edit import row

    rows = (row("c", "b", 2), row("b", "a", 1), row("a", None, 0, edited=False))
    shown = next(one for one in rows if one.plan_id == st.session_state.get("plan", "c"))
    marked = st.session_state.setdefault("marked", {})
    store = SimpleNamespace(mark_undone=lambda _who, plan, undone, now: marked.update({plan: undone}))
    kit = SimpleNamespace(store=store, now=lambda: fakes.NOW)
    hand = edit_hand.Hand(kit, fakes.MANAGER, fakes.BRANCH, rows, shown, fakes.week(crews=1))  # type: ignore[arg-type]
    edit.bar(hand)


def test_days_of_which_a_shift_has_begun_are_not_offered_to_be_swapped() -> None:
    days = ("2026-11-30", "2026-11-30", "2026-12-01", "2026-12-02")
    shifts = {f"s{k}": {"day": day} for k, day in enumerate(days)}
    hours = {f"s{k}": (begins * 3600, (begins + 8) * 3600) for k, begins in enumerate((9, 12, 33, 57))}
    settled: Any = SimpleNamespace(origin=ORIGIN, shifts=shifts, hours=hours)

    def ahead(hour: int) -> list[str]:
        kit = SimpleNamespace(now=lambda: ORIGIN + timedelta(hours=hour))
        hand: Any = SimpleNamespace(kit=kit, settled=settled)
        hand.begun = edit_hand.Hand.begun.fget(hand)  # type: ignore[attr-defined]
        hand.to_come = edit_hand.Hand.to_come.fget(hand)  # type: ignore[attr-defined]
        return [one.isoformat() for one in edit_hand.Hand.days_ahead.fget(hand)]  # type: ignore[attr-defined]

    hand: Any = SimpleNamespace(kit=SimpleNamespace(now=lambda: ORIGIN + timedelta(hours=10)), settled=settled)
    hand.begun = edit_hand.Hand.begun.fget(hand)  # type: ignore[attr-defined]
    assert hand.begun == {"s0"}
    assert edit_hand.Hand.shifts_ahead.fget(hand) == ["s1", "s2", "s3"]  # type: ignore[attr-defined]
    assert ahead(8) == ["2026-11-30", "2026-12-01", "2026-12-02"]
    assert ahead(10) == ["2026-12-01", "2026-12-02"]  # of Monday one shift has begun
    assert ahead(34) == ["2026-12-02"]


def test_undo_shows_the_parent_and_redo_the_child_without_end(bar: AppTest) -> None:
    app = bar.run()
    assert not app.exception
    assert app.button(key="edit_redo").disabled
    for shown in ("b", "a"):
        app.button(key="edit_undo").click().run()
        assert app.session_state["plan"] == shown
    assert app.button(key="edit_undo").disabled
    assert app.session_state["marked"] == {"b": True, "c": True}
    for shown in ("b", "c"):
        app.button(key="edit_redo").click().run()
        assert app.session_state["plan"] == shown
    assert app.session_state["marked"] == {"b": False, "c": False}
    assert not app.exception


def ruling_page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.screens import edit, edit_hand
    from tests.dashboard import fakes
    from tests.dashboard.screens.test_edit import row

    rows = (row("b", "a", 1), row("a", None, 0, edited=False))
    rows[0].in_force, rows[0].published_by = True, "manager.YX02"
    shown = next(one for one in rows if one.plan_id == st.session_state.get("plan", "b"))
    kit = SimpleNamespace(store=SimpleNamespace(), now=lambda: fakes.NOW)  # nothing may be written
    hand = edit_hand.Hand(kit, fakes.MANAGER, fakes.BRANCH, rows, shown, fakes.week(crews=1))  # type: ignore[arg-type]
    edit.bar(hand)


def test_to_go_back_from_a_published_plan_takes_nothing_back_and_says_so(
    bar: AppTest,
) -> None:
    app = AppTest.from_function(ruling_page, default_timeout=60).run()
    app.button(key="edit_undo").click().run()
    assert not app.exception
    assert app.session_state["plan"] == "a"
    assert "manager.YX02 published stays in force" in app.info[0].value
    assert not app.run().info


def test_the_list_of_changes_tells_what_it_cost_never_less(bar: AppTest) -> None:
    app = bar.run()
    assert any("−¥121" in one.value for one in app.markdown)


def test_a_shift_called_in_has_words() -> None:
    from planner.routing import ProblemShift

    extra = ProblemShift("E", "C1", 0, 0, 16 * 3600, 20 * 3600)
    said = edit_words.command_words(command_to_dict(CallIn(extra)), NAMES, SHIFTS, ORIGIN)
    assert said.startswith("Crew 1")
    assert "16:00–20:00" in said


def extra_page() -> None:
    from datetime import UTC, datetime, timedelta
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.screens import edit_week
    from tests.dashboard import fakes

    day, hours = fakes.DAY, st.session_state.get("hours", (18 * 3600, 20 * 3600 + 1800))
    shifts = {"S1": {"shift_id": "S1", "crew_id": "C1", "day": day.isoformat()}}
    settled = SimpleNamespace(shifts=shifts, hours={"S1": (9 * 3600, 17 * 3600)})
    monday = datetime.combine(day - timedelta(days=day.weekday()), datetime.min.time(), UTC)
    kit, branch = SimpleNamespace(now=lambda: monday), SimpleNamespace(timezone="Asia/Shanghai")
    hand = SimpleNamespace(may=True, settled=settled, view=fakes.week(crews=1), kit=kit, branch=branch)
    edit_week.offer_extra(hand, "C1", day + timedelta(days=st.session_state.get("later", 0)), *hours)  # type: ignore[arg-type]
    edit_week.call_in(hand)  # type: ignore[arg-type]


def test_a_shift_found_to_be_worth_most_is_filled_in_and_its_price_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    crews = {one: SimpleNamespace(crew_id=one, name=f"Crew {one}") for one in ("C0", "C1")}
    monkeypatch.setattr(edit_week, "team", lambda _hand: SimpleNamespace(crews=crews))
    monkeypatch.setattr(edit, "opened", lambda _hand: "desk")
    asked: list[Any] = []
    monkeypatch.setattr(edit_week, "extra_of", lambda _desk, *what: what)
    monkeypatch.setattr(edit_week, "ask", lambda _hand, commands: asked.append(commands[0].shift))
    app = AppTest.from_function(extra_page, default_timeout=60).run()
    assert not app.exception
    app.button[0].click().run()
    assert not app.exception
    assert asked == [("C1", fakes.DAY, time(18, 0), time(20, 30))]
    assert [one.value for one in app.time_input] == [time(18, 0), time(20, 30)]
    app.session_state["hours"] = (10 * 3600, 12 * 3600)  # the crew it is like is out then: another one is free
    app.run().button[0].click().run()
    assert asked[1] == ("C0", fakes.DAY, time(10, 0), time(12, 0))
    app.run()
    assert len(asked) == 2, "a price is asked for once"


def swapped(chances: list[tuple[str, float, float]], crew: str | None = "C1", routes: int = 0) -> tuple[list[str], int]:
    """Whose chances are told of a swap of Monday and Tuesday, where the shift's name begins with its day."""
    days = {"mon": fakes.DAY.isoformat(), "tue": (fakes.DAY + timedelta(days=1)).isoformat(), "wed": "2026-11-29"}
    chances = chances + [(f"wed{k}", 0.5, 0.9) for k in range(routes)]
    shifts = {name: {"day": days[name[:3]], "crew_id": f"C{name[3:]}"} for name, _before, _after in chances}
    price = SimpleNamespace(chances=[Chance(*one) for one in chances])
    swap = SwapDays(fakes.DAY, fakes.DAY + timedelta(days=1), crew)
    offer: Any = SimpleNamespace(commands=(swap,), price=price)
    told, more = edit_panel.chances(offer, shifts)
    return [one.shift for one in told], len(more)


def test_of_two_days_that_are_swapped_both_chances_are_told() -> None:
    alike = [("mon1", 0.90, 0.60), ("tue1", 0.90, 0.905)]
    assert swapped(alike) == (["mon1", "tue1"], 0)
    # Whoever else changes comes after them, and only if he does.
    assert swapped([("wed7", 0.5, 0.505), ("wed8", 0.5, 0.6), *alike]) == (["mon1", "tue1", "wed8"], 0)


def test_of_all_crews_swaps_as_many_as_can_be_read_are_told_and_the_rest_counted() -> None:
    every = [(f"{day}{k}", 0.9, 0.9) for day in ("mon", "tue") for k in range(5)]
    assert swapped(every, None) == ([name for name, _before, _after in every], 0)
    told, more = swapped(every, None, routes=20)
    assert (len(told), more) == (edit_panel.SWAPPED, 30 - edit_panel.SWAPPED)


def test_whose_chance_falls_most_is_told_first_and_nobody_is_only_counted() -> None:
    """Four are seen at once: a steep fall was among those behind "and 2 more", which led nowhere."""
    offer: Any = SimpleNamespace(
        commands=(), price=SimpleNamespace(chances=[Chance(f"s{k}", 0.9, 0.88) for k in range(5)])
    )
    offer.price.chances += [Chance("worst", 0.9, 0.2), Chance("better", 0.5, 0.9)]
    told, more = edit_panel.chances(offer, {})
    assert [one.shift for one in told] == ["worst", "s0", "s1", "s2"]
    assert [one.shift for one in more] == ["s3", "s4", "better"]


def test_who_leaves_the_week_is_named_unless_that_was_asked_for() -> None:
    """Two who may not be on one route: one of the two that were named may be the one who leaves."""
    gone = [Difference(one, DifferenceKind.DROPPED) for one in ("V1", "V2")]
    late = Difference("V3", DifferenceKind.RETIMED)
    price: Any = SimpleNamespace(differences=(*gone, late))
    assert edit_panel.leaving(SimpleNamespace(commands=(Forbid("V1", "V9"),), price=price)) == ["V1", "V2"]
    assert edit_panel.leaving(SimpleNamespace(commands=(Drop("V1"),), price=price)) == ["V2"]


def test_who_makes_room_or_leaves_is_named_with_day_and_crew() -> None:
    """A number of a stop is there once a day and crew: two of one number are two places."""
    view = fakes.week(2)
    names = called(view)
    first, second = (route.stops[2] for route in view.routes)
    assert first.number == second.number
    words = edit_words.command_words(command_to_dict(Add("D1", None, None, (second.debtor_id,))), names, SHIFTS, ORIGIN)
    crew = view.routes[1].crew_name
    assert f"{crew}, stop {second.number})" in words
    rows = edit_panel.left([first.debtor_id], names)
    assert f"{view.routes[0].crew_name}, stop {first.number})" in rows[0]
    assert view.routes[0].crew_name != crew


def test_what_a_draft_has_and_the_published_plan_has_not_can_be_taken_over() -> None:
    base, mine = row("base", None, 0, edited=False), row("mine", "base", 1)
    theirs = row("theirs", "base", 2)
    theirs.in_force = True
    rows = [theirs, mine, base]
    assert edit_over.own(rows, mine) == (Drop("D1"),)
    assert edit_over.based_elsewhere(rows, mine, theirs)
    assert edit_over.own(rows, theirs) == ()
    on_theirs = row("next", "theirs", 3)
    assert not edit_over.based_elsewhere([on_theirs, *rows], on_theirs, theirs)


def left_page() -> None:
    from types import SimpleNamespace

    from dashboard.screens import edit_over

    edit_over.show(SimpleNamespace(row=SimpleNamespace(plan_id="p"), rows=(), may=False))  # type: ignore[arg-type]


def test_nothing_is_told_of_changes_that_all_went_over() -> None:
    app = AppTest.from_function(left_page)
    app.session_state[edit_over.LEFT] = ("p", [])
    assert not app.run().warning
    app.session_state[edit_over.LEFT] = ("p", ["Lock: it is taken out."])
    assert "1 change could not be taken over" in app.run().warning[0].value


def place_page() -> None:
    from dashboard.screens import edit_card

    edit_card.order(2, "place")


def test_a_place_in_the_order_is_one_that_is_shown_as_chosen() -> None:
    place = AppTest.from_function(place_page, default_timeout=60).run().selectbox(key="place")
    assert place.options == ["wherever it is best", "as stop 1", "as stop 2"]
    assert place.value is not None  # Streamlit shows None as nothing chosen
