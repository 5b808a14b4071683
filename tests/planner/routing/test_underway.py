"""The rest of a route from where the crew is: sure where nothing varies, worse the later it is, home as planned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.routing.finish import Case, TravelSpread
from planner.routing.underway import Ahead, Underway, rest_of_route

CALM, ROUGH = TravelSpread(0.0, 0.0), TravelSpread(0.12, 0.3)
DOOR = (Case(1.0, 600.0),)
VARIED = (Case(0.5, 300.0), Case(0.5, 1_500.0, 0.6))


def stop(closes: float = 1e9, opens: float = 0.0, **changes: object) -> Ahead:
    return Ahead(**{"drive_s": 600.0, "opens": opens, "closes": closes, "door": DOOR, **changes})  # type: ignore[arg-type]


def rest(*ahead: Ahead, spread: TravelSpread = CALM, now: float = 0.0, ends: float = 1e9) -> Underway:
    return rest_of_route(ahead, free_from=0.0, now=now, home_s=900.0, ends=ends, spread=spread)


def test_where_nothing_varies_it_is_the_plan() -> None:
    found = rest(stop(), stop(opens=5_000.0), stop(closes=100.0))
    assert [begins[1] for begins in found.begins] == [600.0, 5_000.0, 6_200.0]
    assert [found.chance([k]) for k in range(3)] == [1.0, 1.0, 0.0]
    assert found.chance([]) == 1.0
    assert found.returns == pytest.approx((7_100.0,) * 3)  # the third is driven to and not made


def test_a_visit_that_is_not_reported_is_not_over_before_now() -> None:
    found = rest(stop(), stop(), now=4_000.0)
    assert found.begins[1][0] == 4_600.0
    assert rest(stop(), stop(), now=700.0).begins[1] == rest(stop(), stop()).begins[1]


def test_a_rest_is_taken_and_not_before_it_may_begin() -> None:
    assert rest(stop(rest_s=2_700.0, rest_from=3_000.0)).begins[0][1] == 6_300.0


def test_no_visit_begins_after_the_shift() -> None:
    found = rest(stop(), stop(), ends=1_000.0)
    assert (found.chance([0]), found.chance([1]), found.in_time) == (1.0, 0.0, 0.0)


@given(st.floats(0, 20_000), st.floats(0, 20_000))
def test_the_later_it_is_the_less_is_made(first: float, second: float) -> None:
    early, late = sorted((first, second))
    # Only the last may be missed: to miss one earlier gives time to those after it.
    ahead = [stop(door=VARIED), stop(door=VARIED), stop(closes=9_000.0, door=VARIED)]
    sooner, later = (rest(*ahead, spread=ROUGH, now=now, ends=15_000.0) for now in (early, late))
    assert (later.made <= sooner.made).all(), "the same days are drawn, so none may gain by being late"
    assert later.in_time <= sooner.in_time
    assert later.returns[1] >= sooner.returns[1]


def test_all_together_is_no_likelier_than_the_least() -> None:
    found = rest(*(stop(closes=1_200.0 + 1_900 * k, door=VARIED) for k in range(4)), spread=ROUGH)
    each = [found.chance([k]) for k in range(4)]
    assert 0 < found.chance(range(4)) <= min(each) < 1


def test_nothing_ahead_is_the_way_home() -> None:
    found = rest(spread=ROUGH, ends=3_000.0)
    assert found.made.shape == (1_000, 0)
    assert 500 < found.returns[0] < found.returns[2] < 2_000
    assert np.isclose(found.in_time, 1.0)
