"""The cases at a door: their mean is what the plan counts with."""

import pytest

from config.parameters import load
from planner.door_times import door_time, door_times


@pytest.mark.parametrize(("somebody", "right"), [(0.0, 0.5), (0.6, 0.85), (1.0, 1.0)])
def test_shares_add_up_and_the_mean_is_the_time_planned(somebody, right):
    parameters = load()
    door = door_time(somebody, right, False, parameters)
    assert sum(case.share for case in door) == pytest.approx(1.0)
    planned = 4 + (1 - somebody) * 5 + somebody * (1 - right) * 6 + somebody * right * 20
    assert sum(case.share * case.mean_s for case in door) == pytest.approx(60 * planned)
    talk = door[2]
    assert talk.cv * talk.mean_s == pytest.approx(0.6 * 20 * 60)


def test_the_way_to_a_farm_is_longer():
    options = {name: [{"p_address": 0.9, "p_there": 0.5, "p_right": 0.8}] for name in ("town", "farm")}
    found = door_times(options, {"town": "individual", "farm": "farm"}, load())
    assert found["farm"][0][0].mean_s - found["town"][0][0].mean_s == pytest.approx(120)
