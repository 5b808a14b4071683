"""The address of the week page restores a view, holds no name, and what a plan does not know is dropped."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.maps.week import Choice
from dashboard.screens import steps, week_filters
from dashboard.screens.week_address import Asked, asked, written
from tests.dashboard.fakes import DAY, NAMES, left_out, route, week

OTHER = DAY + timedelta(days=1)
PLAN = replace(
    week(left_out=(left_out(1), replace(left_out(2), bucket="M3", reason="no_road", visit_group="g1"))),
    days=(DAY, OTHER),
)
PLAN = replace(PLAN, routes=(*PLAN.routes, route(0, 4, OTHER)))

CHOICES = st.builds(
    Choice,
    day=st.sampled_from([None, DAY, OTHER]),
    crews=st.frozensets(st.sampled_from(["YX01-1", "YX01-2", "YX01-3"])),
    buckets=st.frozensets(st.sampled_from(["M1", "M2", "M3"])),
    group=st.sampled_from(["", "g1", "scattered"]),
    reason=st.sampled_from(["", "displaced", "no_road"]),
)


@given(CHOICES, st.sampled_from(["", "D001", "L002"]), st.sampled_from([None, (109.5, 29.12345, 13.25)]))
def test_what_is_written_is_read_again(choice: Choice, debtor: str, at: tuple[float, float, float] | None) -> None:
    wish = Asked(choice, debtor, at)
    assert asked(written(wish, PLAN), PLAN, OTHER) == wish


def test_the_address_holds_ids_and_no_names() -> None:
    text = urlencode(written(Asked(Choice(crews=frozenset({"YX01-1"})), "D001", (1.0, 2.0, 3.0)), PLAN))
    assert "D001" in text
    assert not any(name in text for name in (*NAMES, "Crew"))


def test_what_the_plan_does_not_know_is_dropped() -> None:
    odd = {
        "day": "2020-01-01",
        "crew": "YX02-1,<b>,YX01-2",
        "bucket": "M9",
        "group": "x",
        "why": "${x}",
        "debtor": "<script>",
        "at": "1,2,x",
    }
    found = asked(odd, PLAN, OTHER)
    assert found == Asked(Choice(day=OTHER, crews=frozenset({"YX01-2"})))
    assert asked({}, PLAN, DAY + timedelta(days=30)).choice.day == DAY


def test_the_page_opens_on_the_first_day_with_visits_that_is_not_over() -> None:
    days = tuple(DAY + timedelta(days=k) for k in range(5))
    empty, full = route(0, 0, days[0]), (route(0, 4, days[1]), route(0, 4, days[3]))
    plan = replace(PLAN, days=days, routes=(empty, *full))
    before, after = DAY - timedelta(days=7), DAY + timedelta(days=30)
    opened = [asked({}, plan, today).choice.day for today in (before, *days, after)]
    assert opened == [days[k] for k in (1, 1, 1, 3, 3, 3, 1)]
    # Who asks for an empty day gets it; a plan without any visits has the day it always had.
    assert asked({"day": days[0].isoformat()}, plan, days[2]).choice.day == days[0]
    none = replace(plan, routes=())
    assert [asked({}, none, today).choice.day for today in (before, days[2])] == [days[0], days[2]]


def other_week_page() -> None:
    import streamlit as st

    from dashboard.screens import week_filters
    from tests.dashboard.test_week_address import OTHER, PLAN

    st.session_state.setdefault(week_filters.key_of("day"), "2020-01-06")
    st.text(str(week_filters.days(PLAN, OTHER)))


def test_a_day_of_another_week_gives_way_to_the_day_on_which_this_one_opens() -> None:
    app = AppTest.from_function(other_week_page, default_timeout=60).run()
    assert not app.exception
    assert app.text[0].value == str(OTHER)


def test_from_day_to_day_and_stop_to_stop() -> None:
    assert week_filters.neighbour(PLAN, DAY, 1) == OTHER
    assert week_filters.neighbour(PLAN, OTHER, 1) == OTHER
    assert week_filters.neighbour(PLAN, None, 1) == DAY
    assert week_filters.neighbour(PLAN, None, -1) == OTHER
    order = steps.order_of(PLAN, Choice(day=OTHER))
    assert order == [stop.debtor_id for stop in route(0, 4, OTHER).stops]
    assert steps.neighbour(order, order[-1], 1) == order[0]
    assert steps.position(PLAN, Choice(day=OTHER), order[1]) == "Visit 2 of 4"
    assert steps.position(PLAN, Choice(day=OTHER), "L001") == ""
