"""Clark and Evans' index on the textbook patterns, with the figures of R's spatstat."""

from pathlib import Path

import numpy as np
import pytest

from geodata.patterns.clark_evans import clark_evans, clark_evans_p

PATTERNS = Path(__file__).parents[2] / "data" / "patterns"


#: What R's spatstat gives (spatstat.explore 3.0.6, R 4.2.2, Debian's r-cran-spatstat). For each file
#:   X <- ppp(d$x, d$y, window = owin(c(0,1), c(0,1)))        (redwood: owin(c(0,1), c(-1,0)))
#:   print(clarkevans(X, correction = c("none", "Donnelly")), digits = 7)
#:   clarkevans.test(X, correction = "none")$p.value          (z from its source: (Dobs - Dpois) / SE)
#:   set.seed(1); clarkevans.test(X, correction = "Donnelly", nsim = 19999)$p.value
#: The last compares with 19,999 random patterns: its p-value is itself random in the third digit where it is not small.
SPATSTAT = {
    "redwood": {"none": "0.6186502", "Donnelly": "0.5849906", "z": "-5.744439", "p": "9.222611e-09", "p_mc": 0.0001},
    "cells": {"none": "1.67168", "Donnelly": "1.560426", "z": "8.327506", "p": None, "p_mc": 0.0001},
    "japanesepines": {"none": "1.064002", "Donnelly": "1.007507", "z": "0.9871402", "p": "0.3235739", "p_mc": 0.9146},
}
WINDOWS = {"redwood": (0, -1, 1, 0), "cells": (0, 0, 1, 1), "japanesepines": (0, 0, 1, 1)}


def pattern(name):
    """Read one of the textbook patterns."""
    return np.loadtxt(PATTERNS / f"{name}.csv", delimiter=",", skiprows=1)


def printed(number):
    """Write a number as R prints it with seven digits."""
    return f"{number:.7g}"


@pytest.mark.parametrize("name", SPATSTAT)
def test_textbook_patterns_match_spatstat_to_the_printed_digits(name):
    found, theirs = clark_evans(pattern(name), area=1.0, perimeter=4.0), SPATSTAT[name]
    assert printed(found.index) == theirs["Donnelly"]
    assert printed(found.naive_index) == theirs["none"]
    assert printed(found.naive_z) == theirs["z"]
    if theirs["p"] is None:  # R's 2 (1 - pnorm(8.3)) has no digits left and prints 0
        assert found.naive_p_value < 2.2e-16
    else:
        assert printed(found.naive_p_value) == theirs["p"]


@pytest.mark.parametrize("name", SPATSTAT)
def test_the_simulated_p_value_is_spatstats_within_its_own_chance(name):
    p = clark_evans_p(pattern(name), window=WINDOWS[name], simulations=1_999, seed=1)
    theirs = SPATSTAT[name]["p_mc"]
    # The two patterns that differ from chance were passed by no simulation, there or here: the smallest p there is.
    assert p == 2 / 2_000 if theirs == 2 / 20_000 else p == pytest.approx(theirs, abs=0.06)


def test_the_normal_p_value_agrees_with_the_simulated_one_for_random_points():
    rng = np.random.default_rng(6)
    both = []
    for trial in range(8):
        points = rng.uniform(0, 1, (50, 2))
        simulated = clark_evans_p(points, window=(0, 0, 1, 1), simulations=499, seed=trial)
        both.append((clark_evans(points, area=1.0, perimeter=4.0).p_value, simulated))
    assert np.abs(np.subtract(*np.array(both).T)).max() < 0.12


@pytest.mark.parametrize(
    "change", [{"window": (0, 0, 1, 0)}, {"window": (0, 0, 0.5, 1)}, {"simulations": 0}, {"points": np.zeros((1, 2))}]
)
def test_a_window_that_does_not_hold_the_points_is_refused(change):
    asked = {"points": pattern("cells"), "window": (0, 0, 1, 1)} | change
    with pytest.raises(ValueError, match=r"window|needed"):
        clark_evans_p(asked.pop("points"), **asked)


def test_clustered_regular_and_random_are_told_apart():
    redwood, cells, pines = (
        clark_evans(pattern(name), area=1.0, perimeter=4.0) for name in ("redwood", "cells", "japanesepines")
    )
    assert redwood.z < -3
    assert cells.z > 3
    assert pines.p_value > 0.5
    assert max(redwood.p_value, cells.p_value) < 0.001


def test_the_unit_of_length_does_not_matter():
    points = pattern("redwood")
    small, large = clark_evans(points, area=1, perimeter=4), clark_evans(points * 1_000, area=1e6, perimeter=4_000)
    assert large.index == pytest.approx(small.index)
    assert large.z == pytest.approx(small.z)


@pytest.mark.parametrize(
    ("points", "area"),
    [
        (np.zeros((1, 2)), 1.0),
        (np.array([[0, 0], [np.nan, 1]]), 1.0),
        (np.zeros((4, 3)), 1.0),
        (np.eye(2), 0.0),
        (np.eye(2), np.nan),
        (np.eye(2), np.inf),
    ],
)
def test_what_has_no_index_is_refused(points, area):
    with pytest.raises(ValueError, match=r"needed|window"):
        clark_evans(points, area=area, perimeter=4)
