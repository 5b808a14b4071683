"""What a sample of roads shows: the law of legs, and the ways from the start."""

import numpy as np
import pytest

from geodata.roads import StraightLine
from geodata.roads.travel import TravelTimes
from planner.ways import SAMPLE, ways

BASE = (103.8, 30.6)


def places(n, seed=1):
    return np.random.default_rng(seed).uniform(-0.02, 0.02, (n, 2)) + BASE


def test_straight_roads_are_found_again():
    seen = ways(places(400), (BASE[0] + 0.1, BASE[1]), StraightLine(detour=1.3, kmh=26))
    assert seen.law(np.array([1000.0])) == pytest.approx(1000 * 1.3 * 3.6 / 26, rel=0.02)
    away = np.linalg.norm(seen.xy - seen.xy.mean(axis=0), axis=1)
    assert away.max() < 3500
    assert seen.depot_s.mean() == pytest.approx(0.1 * 95_800 * 1.3 * 3.6 / 26, rel=0.03)
    assert seen.estimated


def test_a_bridge_before_the_start_is_seen():
    """Between the places all is straight; whoever comes from the start has a detour of twenty minutes."""

    class Bridge(StraightLine):
        def travel_times(self, points, **kwargs):
            times = super().travel_times(points, **kwargs)
            seconds = times.seconds.copy()
            seconds[0, 1:] += 1200
            seconds[1:, 0] += 1200
            return TravelTimes(seconds, times.metres, times.snap_m, "bridge", estimated=False)

    start = (BASE[0] + 0.05, BASE[1])
    plain, bridge = ways(places(200), start, StraightLine()), ways(places(200), start, Bridge())
    assert bridge.depot_s.mean() - plain.depot_s.mean() == pytest.approx(1200, rel=0.1)
    assert bridge.law(np.array([500.0])) == pytest.approx(plain.law(np.array([500.0])))


def test_a_sample_is_small_and_each_place_is_asked_once():
    asked = []

    class Counting(StraightLine):
        def travel_times(self, points, **kwargs):
            asked.append(points)
            return super().travel_times(points, **kwargs)

    at = np.repeat(places(300), 3, axis=0)
    ways(at, BASE, Counting())
    assert len(asked[0]) == SAMPLE + 1
    assert len(np.unique(asked[0], axis=0)) == SAMPLE + 1


def test_unknown_places_stay_unknown():
    at = places(50)
    at[3] = np.nan
    seen = ways(at, BASE, StraightLine())
    assert np.isnan(seen.xy[3]).all()
    assert np.isnan(seen.depot_s[3])
    assert np.isfinite(np.delete(seen.depot_s, 3)).all()


def test_one_place_is_known_from_the_start_alone():
    seen = ways(np.array([[BASE[0] + 0.01, BASE[1]]]), BASE, StraightLine(detour=1.0, kmh=36))
    assert seen.depot_s[0] == pytest.approx(0.01 * 95_800 / 10, rel=0.01)


def test_places_at_the_start_itself_are_no_way_at_all():
    at = np.vstack([np.array([BASE]), places(40)])
    seen = ways(at, BASE, StraightLine())
    assert seen.depot_s[0] == 0


def test_who_all_live_where_the_crew_starts_is_not_without_a_road():
    seen = ways(np.array([BASE, BASE, (np.nan, np.nan)]), BASE, StraightLine())
    assert seen.depot_s[:2].tolist() == [0, 0]
    assert np.isnan(seen.depot_s[2])
    assert seen.law(np.array([0.0])).tolist() == [0]
