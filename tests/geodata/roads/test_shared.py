"""What is cut out of the shared matrix is what the engine would have answered, and the engine is asked once."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.roads import RouteShape, StraightLine, TravelTimes
from geodata.roads.shared import SharedTimes
from geodata.roads.travel import OnCells, unheard


class OneWay:
    """An engine whose way there is longer than its way back; it remembers what it was asked."""

    source = "one way"

    def __init__(self) -> None:
        self.asked: list[np.ndarray] = []

    def travel_times(self, points: np.ndarray, *, on_cells: OnCells = unheard) -> TravelTimes:
        self.asked.append(points)
        lon, lat = np.asarray(points)[:, 0], np.asarray(points)[:, 1]
        seconds = 1e4 * np.abs(lon[:, None] - lon) + np.maximum(0, lat[:, None] - lat)
        return TravelTimes(seconds, 7 * seconds, 100 * lat, self.source, estimated=False)

    def route(self, points: np.ndarray) -> RouteShape:
        return StraightLine().route(points)


def somewhere(n: int, seed: int) -> np.ndarray:
    return np.round(np.random.default_rng(seed).uniform(30, 30.00001, (n, 2)), 6)  # many at one place


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 30), seed=st.integers(0, 99), data=st.data())
def test_a_cut_is_what_the_engine_answers(n: int, seed: int, data: st.DataObject) -> None:
    points = somewhere(n, seed)
    chosen = points[data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=20))]
    engine, alone = OneWay(), OneWay()
    shared = SharedTimes(engine, points)
    for wanted in (chosen, points):
        got, right = shared.travel_times(wanted), alone.travel_times(wanted)
        assert np.array_equal(got.seconds, right.seconds)
        assert np.array_equal(got.metres, right.metres)
        assert np.array_equal(got.snap_m, right.snap_m)
    assert len(engine.asked) == 1
    assert len(engine.asked[0]) == len(np.unique(points, axis=0))


def test_the_order_of_the_places_is_no_new_question() -> None:
    points = somewhere(20, 1)
    asked = []
    for order in (points, points[::-1]):
        engine = OneWay()
        SharedTimes(engine, order).travel_times(order)
        asked.append(engine.asked[0])
    assert np.array_equal(*asked)


def test_other_points_and_unknown_ones_are_asked_of_the_engine() -> None:
    engine = OneWay()
    shared = SharedTimes(engine, np.vstack([somewhere(5, 2), [np.nan, np.nan]]))
    elsewhere = np.array([[31.0, 30.0], [32.0, 30.0]])
    assert shared.travel_times(elsewhere).seconds[0, 1] == 1e4
    shared.travel_times(np.array([[np.nan, np.nan]]))
    assert [len(points) for points in engine.asked] == [2, 1]
