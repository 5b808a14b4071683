"""Recorded times: what may be true of them, what is learnt, and what is left out with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from config.parameters import load
from planner.value.recorded_times import doors, last_third, legs, plausible
from planner.value.times import door_part, learn, learn_doors, learn_hours, road_part

ZONE = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 11, 23, 9, tzinfo=ZONE)
PARAMETERS = load()


def visit(number: int, begins: float, lasts: float, **changes: object) -> dict[str, object]:
    start = NINE + timedelta(minutes=begins)
    row = {"outcome_id": f"o{number}", "debtor_id": f"d{number}", "crew_id": "c1", "plan_id": "p1", "code": "NOT_HOME"}
    ends = start + timedelta(minutes=lasts)
    return row | {"started_at": start.astimezone(UTC), "ended_at": ends.astimezone(UTC)} | changes


def table(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(rows)


def reasons(*rows: dict[str, object]) -> list[str]:
    return plausible(table(*rows), PARAMETERS).tolist()


def test_ordinary_visits_are_believed() -> None:
    assert reasons(visit(1, 0, 9), visit(2, 20, 24, code="REFUSED"), visit(3, 60, 11)) == ["", "", ""]


def test_what_cannot_be_true_is_left_out_by_its_reason() -> None:
    assert reasons(visit(1, 0, 0)) == ["no_times"]
    assert reasons(visit(1, 0, 0.2)) == ["no_times"]
    assert reasons(visit(1, 0, -5)) == ["no_times"]
    assert reasons(visit(1, 0, 300)) == ["too_long"]
    assert reasons(visit(1, 0, 30), visit(2, 10, 9), visit(3, 60, 9)) == ["two_doors", "two_doors", ""]
    evening = [visit(k, 600 + k / 10, 5) for k in range(4)]
    assert reasons(*evening) == ["at_once"] * 4
    assert reasons(visit(1, 0, 9, code="TO_VERIFY")) == ["other_code"]


def test_another_crew_at_the_same_time_is_no_matter() -> None:
    assert reasons(visit(1, 0, 30), visit(2, 10, 9, crew_id="c2")) == ["", ""]


def test_entries_of_a_desk_do_not_move_what_is_learnt() -> None:
    true = [visit(k, 30 * k, 12) for k in range(60)]
    evening = [visit(100 + k, 5000 + k / 20, 0.1) for k in range(30)]
    clean = learn_doors(doors(table(*true), {}, PARAMETERS, ZONE).table, PARAMETERS)
    seen = doors(table(*true, *evening), {}, PARAMETERS, ZONE)
    assert seen.left_out == {"no_times": 30}
    pd.testing.assert_frame_equal(learn_doors(seen.table, PARAMETERS), clean)


def plan(
    *gaps: float, rest: float | None = None, opens: float = 0.0, factors: list[float] | None = None
) -> dict[str, object]:
    at, stops = 0.0, []
    for number, gap in enumerate(gaps, start=1):
        at += 60 * gap
        stops.append({"visit": f"d{number}", "option": 0, "arrives": at, "begins": at, "leaves": at + 600})
        at += 600
    breaks = [] if rest is None else [{"begins": 60 * rest, "lasts_s": 1800}]
    return {"p1": {"origin": NINE.isoformat(), "routes": [{"stops": stops, "breaks": breaks}], "hour_factors": factors,
                   "visits": [{"id": one["visit"], "options": [{"opens": 60 * opens}]} for one in stops]}}  # fmt: skip


def test_a_leg_is_from_leaving_one_door_to_standing_at_the_next() -> None:
    rows = table(visit(1, 10, 10), visit(2, 32, 10), visit(3, 48, 10))
    found = legs(plan(10, 10, 10), rows, PARAMETERS, ZONE)  # type: ignore[arg-type]
    assert found.table[["hour", "planned_s", "took_s"]].to_numpy().tolist() == [[9, 600.0, 720.0], [9, 600.0, 360.0]]
    slowed = legs(plan(10, 10, 10, factors=[1.2] * 24), rows, PARAMETERS, ZONE)  # type: ignore[arg-type]
    assert slowed.table["planned_s"].tolist() == [500.0, 500.0]


@pytest.mark.parametrize(
    ("changes", "rows", "reason"),
    [
        ({"rest": 21}, (visit(1, 10, 10), visit(2, 32, 10)), "break"),
        ({"opens": 31}, (visit(1, 10, 10), visit(2, 32, 10)), "waited"),
        ({}, (visit(1, 10, 10), visit(2, 140, 10)), "strayed"),
        ({}, (visit(2, 10, 10), visit(1, 32, 10)), "order"),
        ({}, (visit(1, 10, 0), visit(2, 32, 10)), "no_times"),
    ],
)
def test_a_leg_that_tells_nothing_of_the_road_is_counted(changes, rows, reason) -> None:
    found = legs(plan(10, 10, **changes), table(*rows), PARAMETERS, ZONE)
    assert found.table.empty
    assert found.left_out == {reason: 1}


def test_a_leg_beside_a_straight_line_tells_nothing_of_the_hour() -> None:
    rows = table(visit(1, 10, 10), visit(2, 32, 10))
    known = plan(10, 10)
    assert len(legs(known, rows, PARAMETERS, ZONE).table) == 1  # type: ignore[arg-type]
    known["p1"]["estimated"] = True  # type: ignore[index]
    found = legs(known, rows, PARAMETERS, ZONE)  # type: ignore[arg-type]
    assert (len(found.table), found.left_out) == (0, {"estimated": 1})


def test_a_short_leg_tells_of_parking_only() -> None:
    found = legs(plan(10, 1), table(visit(1, 10, 10), visit(2, 25, 10)), PARAMETERS, ZONE)  # type: ignore[arg-type]
    assert found.left_out == {"short": 1}


def test_without_data_everything_is_as_assumed() -> None:
    seen = doors(table(visit(1, 0, 0)), {}, PARAMETERS, ZONE)
    driven = legs({}, table(visit(1, 0, 9)), PARAMETERS, ZONE)
    nothing = learn(seen.table, driven.table, PARAMETERS)
    assert nothing.doors["assumption"].all()
    np.testing.assert_allclose(nothing.doors["mean"], nothing.doors["assumed"])
    np.testing.assert_allclose(nothing.hours["mean"], 1.0)
    assert (nothing.doors["low"] < nothing.doors["mean"]).all()


def driven(factor: dict[int, float], count: int = 900, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    hour = rng.choice(list(factor), count)
    day = rng.integers(0, 30, count)
    slow = np.exp(rng.normal(0, 0.1, 30))[day]
    planned = rng.uniform(150, 900, count)
    took = planned * np.array([factor[int(one)] for one in hour]) * slow * np.exp(rng.normal(0, 0.2, count))
    return pd.DataFrame({"crew_id": "c1", "on": day, "hour": hour, "planned_s": planned, "took_s": took})


def test_the_hours_are_found_and_meals_do_not_move_them() -> None:
    true = {9: 1.4, 12: 1.0, 15: 1.1}
    table_ = driven(true)
    hours, _day, leg = learn_hours(table_, PARAMETERS)
    found = hours.set_index("hour")["mean"]
    for hour, factor in true.items():
        assert found[hour] == pytest.approx(factor, rel=0.1)
    assert leg == pytest.approx(0.2, abs=0.05)
    meals = table_.copy()
    meals.loc[::12, "took_s"] += 1500
    moved = learn_hours(meals, PARAMETERS)[0].set_index("hour")["mean"]
    assert (moved[list(true)] / found[list(true)] - 1).abs().max() < 0.1


def test_legs_of_one_day_tell_less_than_those_of_many() -> None:
    many = driven({9: 1.0}, 200)
    one = many.assign(on=0)
    wide, narrow = (learn_hours(rows, PARAMETERS)[0].set_index("hour").loc[9] for rows in (one, many))
    assert wide["high"] / wide["low"] > narrow["high"] / narrow["low"]


def test_adopted_times_are_what_a_door_takes() -> None:
    seen = table(*[visit(k, 30 * k, 15) for k in range(80)])
    learnt = learn(doors(seen, {}, PARAMETERS, ZONE).table, driven({9: 1.3}), PARAMETERS)
    times = replace(door_part(learnt, "a"), hour_factors=road_part(learnt).hour_factors)
    mine = replace(PARAMETERS, times=times)
    assert mine.minutes_of("nobody", rural=False)[0] == pytest.approx(15, rel=0.03)
    assert PARAMETERS.minutes_of("nobody", rural=False)[0] == 9
    assert mine.minutes_of("nobody", rural=True)[0] > 11


def test_the_last_third_of_the_days_is_held_out() -> None:
    assert last_third(pd.Series([1, 1, 2, 3])) == 3
    assert last_third(pd.Series([1, 1])) is None
