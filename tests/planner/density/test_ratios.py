"""Two periods compared: known values, and what must hold for any."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from planner.density.ratios import DRAWS, UNTOLD, Change, crossings, money_change, rate_change

COUNTS = st.integers(0, 60)
EXPOSURES = st.integers(20, 900)
AMOUNTS = st.lists(st.integers(1, 9_000_000), max_size=12)


def inverted(change: Change) -> tuple[float, float, float, float]:
    ends = [math.inf if x == 0 else 1 / x for x in (change.ratio, change.high, change.low)]
    return ends[0], ends[1], ends[2], change.p_value


def told(change: Change) -> tuple[float, float, float, float]:
    return change.ratio, change.low, change.high, change.p_value


@given(COUNTS, COUNTS, EXPOSURES, EXPOSURES, st.sampled_from([1.0, 0.7, 2.5]))
@settings(max_examples=60, deadline=None)
def test_swapping_the_periods_inverts_the_ratio_of_counts(x, y, before, after, scale):
    assume(x + y)
    one, other = rate_change(x, y, before, after, scale=scale), rate_change(y, x, after, before, scale=scale)
    assert told(one) == pytest.approx(inverted(other), rel=1e-6, abs=1e-9)
    assert one.low <= one.ratio <= one.high


@given(AMOUNTS, AMOUNTS, EXPOSURES, EXPOSURES, st.sampled_from([0.0, 0.3]))
@settings(max_examples=40, deadline=None)
def test_swapping_the_periods_inverts_the_ratio_of_money(before, after, hours_before, hours_after, spread):
    assume(before or after)
    one = money_change(before, after, hours_before, hours_after, spread=spread, draws=1000)
    other = money_change(after, before, hours_after, hours_before, spread=spread, draws=1000)
    assert told(one) == pytest.approx(inverted(other), rel=1e-6, abs=1e-9)


@given(AMOUNTS, AMOUNTS, st.sampled_from([0.01, 1 / 3, 1000.0]), st.sampled_from([0.1, 60.0]))
@settings(max_examples=40, deadline=None)
def test_neither_the_currencys_unit_nor_that_of_time_matters(before, after, unit, hour):
    assume(before or after)
    one = money_change(before, after, 40, 60, draws=1000)
    other = money_change(unit * np.array(before), unit * np.array(after), 40 * hour, 60 * hour, draws=1000)
    assert told(one) == pytest.approx(told(other), rel=1e-9)


@pytest.mark.parametrize(("x", "y", "before", "after"), [(15, 41, 19017, 28010), (3, 9, 120, 80), (30, 22, 700, 640)])
def test_counts_agree_with_the_binomial_test(x, y, before, after):
    """Mid-p is the exact one-sided p less half of what is seen; the exact interval is a little wider."""
    pi = after / (before + after)
    at_least, at_most = (stats.binomtest(y, x + y, pi, alternative=side) for side in ("greater", "less"))
    half = stats.binom.pmf(y, x + y, pi) / 2
    found = rate_change(x, y, before, after)
    assert found.p_value == pytest.approx(2 * min(at_least.pvalue - half, at_most.pvalue - half), rel=1e-9)
    exact = stats.binomtest(y, x + y, pi).proportion_ci(0.9, method="exact")
    low, high = (share / (1 - share) * before / after for share in (exact.low, exact.high))
    assert low < found.low < found.ratio < found.high < high
    for limit in (found.low, found.high):  # at a limit one side of the mid-p is five per cent
        at = after * limit / (before + after * limit)
        side = stats.binom.sf(y, x + y, at) + stats.binom.pmf(y, x + y, at) / 2
        assert min(side, 1 - side) == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "before", "after"), [(15, 41, 19017, 28010), (30, 22, 700, 640), (80, 120, 900, 900)]
)
def test_counts_are_near_another_test_of_two_poisson_means(x, y, before, after):
    """The E-test (Krishnamoorthy and Thomson 2004) is no conditional test, so near is all it can be."""
    other = stats.poisson_means_test(y, after, x, before).pvalue
    assert rate_change(x, y, before, after).p_value == pytest.approx(other, rel=0.25)


def test_equal_payments_are_counted():
    counted, weighed = rate_change(6, 14, 300, 280), money_change([50.0] * 6, [50.0] * 14, 300, 280)
    assert weighed.p_value == pytest.approx(counted.p_value, abs=0.012)
    assert (weighed.low, weighed.high) == pytest.approx((counted.low, counted.high), rel=0.04)


def test_money_agrees_with_all_ways_to_lie():
    """Of six payments all 64 ways can be written down."""
    amounts = np.array([1.0, 2.0, 3.5, 5.0, 9.0, 20.0])
    later = [4, 5]  # the two largest came after
    ways = (np.arange(64)[:, None] >> np.arange(6)) & 1
    sums, came = ways @ amounts, amounts[later].sum()
    p_one_side = (sums > came).mean() + (sums == came).mean() / 2
    found = money_change(amounts[:4], amounts[later], 10, 10)
    assert found.p_value == pytest.approx(2 * p_one_side, abs=0.015)


def test_one_large_payment_is_no_rise():
    rng = np.random.default_rng(2)
    before, after = rng.lognormal(6, 0.5, 30), rng.lognormal(6, 0.5, 30)
    after[0] = 20 * after.sum()
    found = money_change(before, after, 100, 100)
    assert found.ratio > 15
    assert found.p_value > 0.3
    assert found.low < 1


def test_a_spread_adds_to_the_doubt():
    rng = np.random.default_rng(6)
    before, after = rng.lognormal(6, 0.3, 900), rng.lognormal(6, 0.3, 900)
    alone, spread = (money_change(before, after, 100, 100, spread=s) for s in (0.0, 0.5))
    assert spread.ratio == alone.ratio
    width, more = (math.log(one.high / one.low) / 3.29 for one in (alone, spread))  # standard deviations
    assert more == pytest.approx(math.hypot(width, 0.5), rel=0.05)


def test_nothing_on_one_side_leaves_one_end_open():
    none_after, none_before = rate_change(12, 0, 100, 100), rate_change(0, 12, 100, 100)
    assert (none_after.ratio, none_after.low) == (0, 0)
    assert 0 < none_after.high < 1
    assert (none_before.ratio, none_before.high) == (math.inf, math.inf)
    assert none_before.low > 1
    money = money_change([], [10.0] * 12, 100, 100)
    assert (money.ratio, money.high) == (math.inf, math.inf)
    assert money.low == pytest.approx(none_before.low, rel=0.1)
    assert money.p_value >= 1 / (2 * DRAWS)
    assert told(rate_change(0, 0, 10, 10)) == pytest.approx(told(UNTOLD), nan_ok=True)
    assert told(money_change([0.0], [], 10, 10)) == pytest.approx(told(UNTOLD), nan_ok=True)


def test_seeded_and_hardly_dependent_on_the_seed():
    rng = np.random.default_rng(4)
    before, after = rng.lognormal(6, 1, 12), rng.lognormal(6, 1, 15)
    assert money_change(before, after, 50, 50) == money_change(before, after, 50, 50)
    lows = [math.log(money_change(before, after, 50, 50, seed=k).low) for k in range(12)]
    width = math.log(money_change(before, after, 50, 50).high) - np.mean(lows)
    assert np.std(lows) < 0.03 * width


def test_many_payments_are_drawn_less_often_and_as_well():
    amounts = np.sort(np.random.default_rng(3).lognormal(6, 1, 6000))
    assert len(crossings(amounts, amounts[::2].sum(), spread=0.0, draws=DRAWS, seed=1)) == 4 * (4_000_000 // 6000)
    found = money_change(amounts[1::2], amounts[::2], 100, 100)
    assert 0.9 < found.low < found.ratio < found.high < 1.1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: rate_change(1, 2, 0, 10),
        lambda: rate_change(-1, 2, 10, 10),
        lambda: rate_change(1, 2, 10, 10, scale=0),
        lambda: rate_change(1, 2, 10, 10, level=1.0),
        lambda: money_change([1.0], [math.nan], 10, 10),
        lambda: money_change([1.0], [2.0], 10, math.nan),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        wrong()
