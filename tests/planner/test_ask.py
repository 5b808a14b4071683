"""The domain becomes solver integers: seconds from Monday's midnight, currency units, rows of the matrix."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from geodata.roads import StraightLine
from planner.ask import ask, midnight, plain, seconds_after
from planner.domain import Break
from tests.planner.factories import CENTRE, MONDAY, ZONE, branch, crews, shift

ORIGIN = midnight(branch(), MONDAY)


def option(debtor: str, hour: float, hours: float = 1, place: str = "", **changes) -> dict:
    opens = pd.Timestamp(ORIGIN).tz_convert("UTC") + pd.Timedelta(hours=hour)
    values = {
        "debtor_id": debtor, "place_id": place or f"{debtor}-home", "opens_at": opens,
        "closes_at": opens + pd.Timedelta(hours=hours), "value_minor": 12_345.0, "service_s": 900, "required": False,
        "needs": "", "p_met": 0.4,
    }  # fmt: skip
    return values | changes


def places(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"place_id": one, "debtor_id": debtor, "kind": "home", "lon": CENTRE[0] + 0.01 * k, "lat": CENTRE[1]}
            for k, (debtor, one) in enumerate(rows, start=1)
        ]
    )


TEAM = crews()
BOTH = (shift("YX01-A", MONDAY), shift("YX01-B", MONDAY))


def asked(options, where, team=TEAM, working=BOTH, needs=None):
    table = pd.DataFrame(options)
    return ask(ORIGIN, team, working, table, where, needs or {}, StraightLine(), travel_cost_per_s=0.05)


def test_options_come_in_the_order_of_time_with_their_own_place():
    rows = [
        option("D1", 19, place="home", service_s=1500, value_minor=80_12.0),
        option("D1", 9, place="shop", value_minor=51_00.0),
    ]
    question = asked(rows, places(("D1", "home"), ("D1", "shop")))
    (visit,) = question.problem.visits
    assert [(one.opens, one.closes) for one in visit.options] == [(9 * 3600, 10 * 3600), (19 * 3600, 20 * 3600)]
    assert [one.value for one in visit.options] == [51.0, 80.12]
    assert [one.service_s for one in visit.options] == [900, 1500]
    assert [one["place_id"] for one in question.options["D1"]] == ["shop", "home"]
    assert [one["p_met"] for one in question.options["D1"]] == [0.4, 0.4]
    rows = [one.place for one in visit.options]
    assert question.places.loc[rows, "place_id"].tolist() == ["shop", "home"]


def test_one_visit_a_debtor_and_only_places_that_are_used():
    rows = [option("D2", 9), option("D1", 9), option("D2", 33)]
    question = asked(rows, places(("D1", "D1-home"), ("D2", "D2-home"), ("D3", "D3-home")))
    assert [one.id for one in question.problem.visits] == ["D1", "D2"]
    assert [len(one.options) for one in question.problem.visits] == [1, 2]
    assert "D3-home" not in set(question.places["place_id"])
    assert question.problem.seconds.shape == (3, 3)


def test_crews_that_start_together_share_a_row_of_the_matrix():
    apart = tuple(replace(one, end=(120.2, 30.3)) for one in crews())
    together, other = (
        asked([option("D1", 9)], places(("D1", "D1-home")), team=team).problem for team in (crews(), apart)
    )
    assert [(one.start_place, one.end_place) for one in together.shifts] == [(0, 0), (0, 0)]
    assert [(one.start_place, one.end_place) for one in other.shifts] == [(0, 1), (0, 1)]
    assert other.seconds.shape == (3, 3)
    assert other.seconds[0, 1] > 0


def test_shifts_carry_skills_breaks_and_the_largest_number_of_stops():
    working = (shift("YX01-B", MONDAY + timedelta(days=1), max_stops=None),)
    (one,) = asked([option("D1", 9)], places(("D1", "D1-home")), working=working).problem.shifts
    day = 24 * 3600
    assert (one.starts, one.ends) == (day + 9 * 3600, day + int(17.5 * 3600))
    assert one.skills == {"legal"}
    assert one.max_stops is None
    (pause,) = one.breaks
    assert (pause.opens, pause.closes, pause.lasts_s) == (day + int(11.5 * 3600), day + int(13.5 * 3600), 2700)


def test_a_break_is_never_shortened_by_rounding():
    noon = datetime(2026, 11, 23, 12, tzinfo=ZONE)
    working = (shift("YX01-A", MONDAY, breaks=(Break(noon, noon, timedelta(seconds=1800.2)),)),)
    (one,) = asked([option("D1", 9)], places(("D1", "D1-home")), working=working).problem.shifts
    assert one.breaks[0].lasts_s == 1801


def test_a_meal_begins_six_hours_after_the_shift_at_the_latest():
    (early, *_rest) = BOTH
    late = replace(
        early,
        starts=early.starts + timedelta(hours=3),
        ends=early.starts + timedelta(hours=11, minutes=30),
        breaks=(Break(early.starts + timedelta(hours=8), early.starts + timedelta(hours=9.5), timedelta(minutes=45)),),
    )
    (pause,) = asked([option("D1", 9)], places(("D1", "D1-home")), working=(late,)).problem.shifts[0].breaks
    starts = seconds_after(ORIGIN, late.starts)
    assert (pause.opens - starts, pause.closes - starts) == (5 * 3600, 6 * 3600)


def test_needs_and_what_is_required():
    rows = [option("D1", 9, required=True), option("D2", 9)]
    question = asked(rows, places(("D1", "D1-home"), ("D2", "D2-home")), needs={"D1": "legal dialect", "D2": ""})
    assert [one.needs for one in question.problem.visits] == [{"legal", "dialect"}, frozenset()]
    assert [one.required for one in question.problem.visits] == [True, False]


def test_time_counts_across_the_change_of_the_clock():
    berlin = branch(timezone="Europe/Berlin")
    origin = midnight(berlin, date(2026, 10, 19))  # the clock goes back on the Sunday
    assert seconds_after(origin, datetime(2026, 10, 19, 9, tzinfo=ZoneInfo("Europe/Berlin"))) == 9 * 3600
    assert seconds_after(origin, pd.Timestamp("2026-10-19T07:00Z")) == 9 * 3600
    sunday = datetime(2026, 10, 25, 9, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    assert seconds_after(origin, sunday) == (6 * 24 + 10) * 3600


@pytest.mark.parametrize(
    ("value", "said"),
    [(np.float64(0.12345678), 0.123457), (np.nan, None), (np.int64(7), 7), ("text", "text"), (np.bool_(True), True)],
)
def test_json_can_say_it(value, said):
    assert plain(value) == said
    assert type(plain(value)) is type(said)
