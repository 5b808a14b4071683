"""What is said beside the figures of a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import workbench
from dashboard.screens.kpis import ahead, hourly_sentence, told
from dashboard.text import speaking
from planner.view import WeekView
from tests.dashboard.fakes import week
from tests.dashboard.screens.test_week_again import row


def compared(hourly: float, value: float = 6_700.0, visits: int = 352) -> WeekView:
    """A week beside one by hand that brings 3,700 with 123 visits, 100 an hour."""
    return replace(
        week(),
        metrics={"value": value, "visits": visits, "value_per_field_hour": hourly},
        baseline={"value": 3_700.0, "visits": 123, "value_per_field_hour": 100.0},
    )


def test_fewer_an_hour_than_by_hand_has_its_reason_in_both_languages() -> None:
    assert "(123 visits): more an hour, less in all" in hourly_sentence(compared(66.0))
    with speaking("zh"):
        assert "123 户" in hourly_sentence(compared(66.0))


@pytest.mark.parametrize(
    "one",
    [compared(100.0), compared(130.0), compared(66.0, value=3_000.0), compared(66.0, visits=100)],
    ids=["alike", "more", "less in all too", "fewer visits"],
)
def test_no_reason_is_given_where_none_is_needed_or_it_would_not_be_true(one: WeekView) -> None:
    assert hourly_sentence(one) == ""


def test_what_had_begun_when_another_plan_was_made_counts_in_no_figure_beside_it() -> None:
    """An hour longer was told as 41 visits fewer, since the plan beside it still counted Monday's."""
    whole = week()
    first = min((one for one in whole.routes if one.stops), key=lambda one: one.shift_starts_at)
    left = ahead(whole, first.shift_starts_at + timedelta(seconds=1))  # in the middle of the day as well
    gone = {one.shift_id for one in whole.routes if one.stops and one.shift_starts_at <= first.shift_starts_at}
    assert gone
    assert not gone & {one.shift_id for one in left.routes}
    rest = [one.efficiency for one in whole.routes if one.stops and one.shift_id not in gone]
    assert left.metrics["visits"] == sum(one["visits"] for one in rest)
    assert left.metrics["value"] == sum(one["value"] for one in rest)
    assert ahead(whole, first.shift_starts_at) is whole


def test_a_price_stands_beside_what_the_row_of_figures_tells() -> None:
    """Only what was over before there was a plan is left out there, also where more is over by now."""
    whole = week()
    rows = (row("p", None, published=True),)
    last = max(one.shift_ends_at for one in whole.routes)
    early = (replace(rows[0], first_published_at=min(one.shift_starts_at for one in whole.routes)),)
    assert told(whole, early, now=last) == whole.metrics
    late = (replace(rows[0], first_published_at=last + timedelta(hours=1)),)
    assert told(whole, late, now=last + timedelta(hours=2))["visits"] == 0


@pytest.mark.parametrize(("language", "word"), [("en", "are loading"), ("zh", "加载中")])
def test_an_outline_with_a_word_stands_where_map_and_timeline_will_be(language: str, word: str) -> None:
    with speaking(language):
        told = workbench.outline(240)
    assert told.startswith("--lines: 240px; ")
    assert word in told
    assert told.count('"') == 2
    assert "content: var(--loading" in workbench.STYLE


def said_page() -> None:
    from dataclasses import replace

    from dashboard.screens import kpis
    from planner.view.without_plan import WithoutPlan
    from tests.dashboard.fakes import DAY
    from tests.dashboard.screens.test_kpis import compared

    one, paces = compared(100.0), {"visits_per_hour": 1.0, "waiting_s": 0}
    view = replace(one, metrics=one.metrics | paces, baseline=one.baseline | paces, one_more={DAY: 900.0})
    kpis.said(view, WithoutPlan())


@pytest.mark.parametrize(("language", "end"), [("en", ". "), ("zh", "。")])
def test_sentences_follow_each_other_with_a_space_in_english_only(language: str, end: str) -> None:
    app = AppTest.from_function(said_page, default_timeout=60)
    app.session_state["language"] = language
    app.run()
    assert not app.exception
    said = app.caption[0].value
    assert end in said
    assert "。 " not in said
