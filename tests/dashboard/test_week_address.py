"""The address of the week page restores a view, holds no name, and what a plan does not know is dropped."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

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
