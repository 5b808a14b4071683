"""The chance that a route ends in its shift: numbers that can be checked in one's head, and what must always hold."""

from dataclasses import replace

import numpy as np
import pytest

from planner.routing import Break, Option, Plan
from planner.routing.finish import Case, TravelSpread, finish_risk
from planner.routing.plan import Pause, Route, Stop
from tests.planner.routing.factories import HOUR, problem, shift, visit

STEADY = TravelSpread(0.0, 0.0)
SURE = (Case(1.0, 1200.0),)


def one_stop(*, ends: int = 17 * HOUR, closes: int = 18 * HOUR) -> tuple:
    task = problem(visits=(visit("D001", options=(Option(9 * HOUR, closes, 500.0),)),), shifts=(shift(ends=ends),))
    begins = 9 * HOUR + 600
    stop = Stop("D001", 0, begins, begins, begins + 1200)
    route = Route("crew1-mon", 9 * HOUR, begins + 1200 + 650, (stop,))
    return task, Plan((route,), (), 0.0, "feasible")


def test_a_day_without_chance_goes_as_planned():
    task, plan = one_stop()
    risk = finish_risk(task, plan, {"D001": [SURE]}, STEADY, draws=50)["crew1-mon"]
    assert risk.in_time == 1.0
    assert risk.overtime_s == 0.0
    assert risk.returns == (plan.routes[0].reaches_end,) * 3
    assert risk.stops[0].begins == (9 * HOUR + 600,) * 3
    assert risk.stops[0].made == 1.0


def test_two_cases_at_the_door_give_their_shares():
    # Nobody there: back at 9:00 + 600 + 300 + 650; the debtor: 1500 s more, which is after the shift's end.
    ends = 9 * HOUR + 600 + 300 + 650 + 60
    task, plan = one_stop(ends=ends)
    door = (Case(0.6, 300.0), Case(0.4, 1800.0))
    risk = finish_risk(task, plan, {"D001": [door]}, STEADY, draws=20_000)["crew1-mon"]
    assert risk.in_time == pytest.approx(0.6, abs=0.012)
    assert risk.overtime_s == pytest.approx(0.4 * 1440, rel=0.03)


def test_who_comes_after_the_window_drives_on():
    task, plan = one_stop(closes=9 * HOUR + 600)
    risk = finish_risk(task, plan, {"D001": [SURE]}, TravelSpread(0.3, 0.0), draws=4_000)["crew1-mon"]
    assert 0.4 < risk.stops[0].made < 0.7
    assert risk.fragile == risk.stops
    assert risk.returns[2] < plan.routes[0].reaches_end + 1200  # a missed visit takes no time at the door


def test_a_visit_is_made_as_long_as_it_is_permitted_though_it_is_worth_something_else_by_then():
    task, plan = one_stop(closes=9 * HOUR + 600)
    (whole,) = task.visits
    later = replace(whole, options=(*whole.options, Option(9 * HOUR + 600, 18 * HOUR, 100.0)))
    risk = finish_risk(
        replace(task, visits=(later,)), plan, {"D001": [SURE, SURE]}, TravelSpread(0.3, 0.0), draws=4_000
    )
    assert risk["crew1-mon"].stops[0].made == 1.0


@pytest.mark.parametrize("after", [False, True])
def test_a_break_is_taken_once_and_not_before_it_may_begin(after):
    pause = Break(9 * HOUR + 300, 13 * HOUR, 1800)
    task = problem(visits=(visit("D001"),), shifts=(shift(breaks=(pause,)),))
    begins = pause.opens + (600 if after else 0)
    if after:
        taken, stop_at = Pause(begins, 1800), begins + 1800
    else:
        taken, stop_at = Pause(begins, 1800), begins + 1800 + 600
    leaves = 9 * HOUR if not after else begins - 600
    stop = Stop("D001", 0, stop_at, stop_at, stop_at + 1200)
    route = Route("crew1-mon", leaves, stop_at + 1200 + 650, (stop,), (taken,))
    plan = Plan((route,), (), 0.0, "feasible")
    risk = finish_risk(task, plan, {"D001": [SURE]}, STEADY, draws=10)["crew1-mon"]
    assert risk.returns == (route.reaches_end,) * 3


def test_more_spread_and_longer_visits_never_help():
    task, plan = one_stop(ends=9 * HOUR + 600 + 1200 + 650 + 300)
    doors = {"D001": [(Case(0.5, 300.0), Case(0.5, 1500.0, 0.6))]}
    longer = {"D001": [(Case(0.5, 300.0), Case(0.5, 2400.0, 0.6))]}
    calm = finish_risk(task, plan, doors, TravelSpread(0.1, 0.1))["crew1-mon"]
    wild = finish_risk(task, plan, longer, TravelSpread(0.1, 0.1))["crew1-mon"]
    assert wild.in_time < calm.in_time
    assert wild.overtime_s > calm.overtime_s


def test_a_route_keeps_its_days_whatever_other_routes_there_are():
    task, plan = one_stop()
    other = shift("crew2-mon", crew="crew2")
    both = replace(task, shifts=(*task.shifts, other))
    doors = {"D001": [(Case(0.5, 300.0), Case(0.5, 1500.0, 0.6))]}
    spread = TravelSpread(0.1, 0.2)
    assert finish_risk(task, plan, doors, spread) == finish_risk(both, plan, doors, spread)
    assert finish_risk(task, plan, doors, spread, seed=2) != finish_risk(task, plan, doors, spread)


def test_the_hour_of_departure_counts():
    task, plan = one_stop()
    slow = replace(task, hour_factors=tuple(2.0 if hour == 9 else 1.0 for hour in range(24)))
    risk = finish_risk(slow, plan, {"D001": [SURE]}, STEADY, draws=5)["crew1-mon"]
    assert np.isclose(risk.returns[1], plan.routes[0].reaches_end + 600 + 650)
