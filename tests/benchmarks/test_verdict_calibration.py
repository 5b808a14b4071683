"""The calibration study in small, and the exact law of its hot spots; the whole of it with ``-m long``."""

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import verdict_calibration
from benchmarks.verdict_calibration import told, wilson
from benchmarks.verdict_trials import Spots, district_trials, hot_spots, null_trials, pool_of_draws, spot_trials
from geodata.patterns.layout import lay_out
from geodata.patterns.verdict import MARGIN, RADII_M
from tests.geodata.patterns.towns import town


@pytest.fixture(scope="module")
def layout():
    return lay_out(town(np.random.default_rng(41), customers=1_500, side_m=6_000.0), RADII_M, keep=True)


@pytest.mark.parametrize("n", [30, 100])
def test_random_customers_are_called_clustered_about_as_often_as_promised(layout, n):
    pool = pool_of_draws(layout, n, draws=2_000, seed=1)
    tally = null_trials(layout, n, pool, trials=300, simulations=199, seed=1)
    assert 0.015 <= tally.significant / 300 <= 0.095
    assert tally.clustered / 300 <= 0.095
    assert max(tally.missed) / 300 <= 0.09


def test_scattered_is_rarely_said_of_hot_spots_at_the_margin(layout):
    pool = pool_of_draws(layout, 300, draws=500, seed=1)
    spots = {"radius_m": 500.0, "share": 0.2, "places": 10, "trials": 20, "seed": 1}
    tally = spot_trials(layout, 300, pool, relative_risk=None, **spots)
    assert tally.ratio / 200 == pytest.approx(MARGIN, abs=1e-3)
    assert tally.scattered / 200 <= 0.08
    assert 0 < max(tally.missed) / 200 <= 0.09


def test_hot_spots_of_risk_eight_are_found_more_often_than_those_of_risk_three(layout):
    pool = pool_of_draws(layout, 100, draws=500, seed=1)
    spots = {"radius_m": 500.0, "share": 0.1, "places": 5, "trials": 10, "seed": 1}
    three, eight = (spot_trials(layout, 100, pool, relative_risk=risk, **spots) for risk in (3.0, 8.0))
    assert three.clustered < eight.clustered
    assert eight.clustered / 50 >= 0.9


def test_the_true_ratio_of_hot_spots_is_what_their_draws_average_to(layout):
    rng = np.random.default_rng(42)
    spots = Spots(layout, hot_spots(rng, layout.points_xy, radius_m=500.0, share=0.1), 150)
    labels = np.column_stack(spots.draw(rng, 4.0, 1_500))
    expected = spots.pairs.sum(axis=0) * 150 * 149 / (1_500 * 1_499)
    seen = layout.pairs(layout.sites.counts(labels)).mean(axis=1) / expected
    assert seen == pytest.approx(spots.true_ratio(4.0), rel=0.02)
    assert spots.true_ratio(1.0) == pytest.approx(1.0)


def test_districts_are_corrected_for_having_looked_at_several(layout):
    district = np.array([f"D{k % 6}" for k in np.argsort(np.argsort(layout.points_xy[:, 0])) // 250])
    called, significant = district_trials(layout.points_xy, district, 300, trials=100, seed=1)
    assert called <= significant <= 13


def test_a_share_that_cannot_be_what_was_promised_is_named():
    cell = {"study": "null", "city": "Yunxi", "n": 30, "trials": 1_000}
    assert wilson(50, 1_000) == pytest.approx((0.0381, 0.0653), abs=1e-4)
    for count, word, fine in ((50, None, True), (75, "outside", True), (100, "BROKEN", False), (10, "BROKEN", False)):
        line, kept = told(cell, {"p05": count})
        assert kept == fine
        assert word is None or word in line


@pytest.mark.long
def test_the_whole_study_on_the_demo_city(tmp_path, monkeypatch):
    made = Path("var/demo")
    city = made if (made / "city.json").exists() else tmp_path / "city"
    asked = ["--city", str(city), "--keep", str(tmp_path / "kept.jsonl"), "--studies", "null", "margin", "districts"]
    monkeypatch.setattr(sys, "argv", ["verdict_calibration", *asked])
    assert verdict_calibration.main() == 0
