"""Whether a region has changed: what is counted when, and what is said of it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from planner.density.change import CHANGES, DATED, EVERY, HOW_OFTEN, PER_HOUR, WEEKS, changes, periods, unrest
from planner.density.ratios import rate_change
from planner.tables import conform
from planner.view.branch_share import WEEKS_BACK

TODAY = date(2026, 11, 24)  # a Tuesday
WHEN = periods(TODAY)


def visits(region, week_on, n, paid, *, amount=100_00.0, hours=0.5, debtors=None):
    """n visits of one week, of which the first ``paid`` pay."""
    names = debtors or [f"{region}{week_on}{k}" for k in range(n)]
    rows = {"region": region, "debtor_id": names, "week_on": pd.Timestamp(week_on), "hours": hours}
    return pd.DataFrame(rows | {"paid_minor": [amount] * paid + [0.0] * (n - paid)})


def week(k):
    """The Monday k weeks after the first of both periods."""
    return WHEN.before_on + pd.Timedelta(weeks=k)


def town(*parts):
    return conform(pd.concat(parts, ignore_index=True), DATED)


def by(found, region, figure=HOW_OFTEN):
    return found.set_index(["region", "figure"]).loc[(region, figure)]


def both(region, before, after, **more):
    """The visits of both periods, in their first weeks: (number, paid)."""
    return town(visits(region, week(0), *before, **more), visits(region, week(WEEKS), *after, **more))


def test_both_periods_fit_into_the_past_that_is_read() -> None:
    assert 2 * WEEKS + 1 <= WEEKS_BACK
    assert (WHEN.end_on, WHEN.after_on, WHEN.before_on) == (
        date(2026, 11, 23), date(2026, 10, 26), date(2026, 9, 28))  # fmt: skip
    assert periods(date(2026, 11, 29)) == WHEN  # on Sunday the week is not over
    assert periods(date(2026, 11, 30)).end_on == date(2026, 11, 30)
    with pytest.raises(ValueError, match="at least one week"):
        periods(TODAY, weeks=0)


def test_risen_fallen_not_shown_and_too_few():
    past = town(
        both("up", (200, 10), (200, 40)),
        both("down", (200, 40), (200, 10)),
        both("same", (200, 20), (200, 21)),
        both("few", (19, 9), (200, 40)),
        both("dry", (300, 2), (300, 2)),
    )
    codes = ["up", "down", "same", "few", "dry", "nobody"]
    found = changes(past, codes, today=TODAY)
    assert found.columns.tolist() == list(CHANGES)
    assert found["region"].tolist()[::2] == [*codes, EVERY]
    answers = found[found["figure"] == HOW_OFTEN].set_index("region")["answer"].to_dict()
    assert answers == {"up": "risen", "down": "fallen", "same": "not_shown", EVERY: "not_shown"} | dict.fromkeys(
        ["few", "dry", "nobody"], "too_few"
    )
    assert by(found, "up", PER_HOUR)["answer"] == "risen"
    same = by(found, "same")
    assert same["low"] < 1 < same["high"]
    few = by(found, "few")
    assert few[["ratio", "low", "high", "p_value", "p_adjusted"]].isna().all()
    assert (few["visits_before"], few["payments_after"], few["after"]) == (19, 40, 0.2)
    assert np.isnan(by(found, "nobody")["before"])


def test_the_week_of_today_later_ones_and_the_earlier_past_are_left_out():
    inside = both("W", (100, 10), (100, 20))
    outside = [visits("W", on, 100, 100) for on in (week(-1), week(2 * WEEKS), week(2 * WEEKS + 1))]
    elsewhere = both("", (100, 100), (100, 0))
    assert changes(town(inside, *outside, elsewhere), ["W"], today=TODAY).equals(changes(inside, ["W"], today=TODAY))
    last = town(inside, visits("W", week(2 * WEEKS - 1), 7, 0), visits("W", week(WEEKS - 1), 5, 0))
    assert by(changes(last, ["W"], today=TODAY), "W")[["visits_before", "visits_after"]].tolist() == [105, 107]


def test_looking_at_more_regions_asks_more_of_each():
    one = both("up", (150, 10), (150, 24))
    alone = by(changes(one, ["up"], today=TODAY), "up")
    others = [both(f"r{k}", (150, 15), (150, 15)) for k in range(12)]
    among = by(changes(town(one, *others), ["up", *(f"r{k}" for k in range(12))], today=TODAY), "up")
    assert (alone["answer"], among["answer"]) == ("risen", "not_shown")
    assert alone["p_value"] == among["p_value"] <= 0.05 < among["p_adjusted"]
    assert among["low"] > 1  # the interval is the region's own


def test_the_order_of_visits_and_regions_changes_nothing():
    rng = np.random.default_rng(3)
    past = town(both("A", (60, 6), (60, 11)), both("B", (80, 9), (80, 4)))
    past["paid_minor"] *= rng.lognormal(0, 1, len(past))
    found = changes(past, ["A", "B"], today=TODAY)
    mixed = changes(past.sample(frac=1, random_state=1), ["B", "A"], today=TODAY)
    for region in ("A", "B", EVERY):
        for figure in (HOW_OFTEN, PER_HOUR):
            pd.testing.assert_series_equal(by(found, region, figure), by(mixed, region, figure))


def test_a_debtor_who_pays_again_and_again_is_luck_once():
    debtors = [f"D{k // 3}" for k in range(90)]
    alone = both("W", (90, 3), (90, 12))
    again = town(
        visits("W", week(0), 90, 3, debtors=debtors),
        visits("W", week(WEEKS), 90, 12, debtors=[f"E{d}" for d in debtors]),
    )
    for figure in (HOW_OFTEN, PER_HOUR):
        assert by(changes(alone, ["W"], today=TODAY), "W", figure)["answer"] == "risen"
        assert by(changes(again, ["W"], today=TODAY), "W", figure)["answer"] == "not_shown"


def test_where_many_visits_pay_less_is_luck():
    found = by(changes(both("W", (100, 50), (100, 60)), ["W"], today=TODAY), "W")
    poisson = rate_change(50, 60, 100, 100)
    assert poisson.low < found["low"] < found["high"] < poisson.high


def shaken(spread, seed=5, regions=30):
    """Regions with 200 visits a week, whose share that pays differs from week to week."""
    rng, parts = np.random.default_rng(seed), []
    for region in range(regions):
        for k in range(2 * WEEKS):
            share = 0.2 * (rng.gamma(spread**-2, spread**2) if spread else 1.0)
            parts.append(visits(f"R{region}", week(k), 200, int(rng.binomial(200, min(share, 1.0)))))
    return town(*parts)


def test_weeks_that_differ_by_more_than_luck_add_to_the_doubt():
    codes = [f"R{k}" for k in range(30)]
    calm, stormy = (changes(shaken(spread), codes, today=TODAY).iloc[:-2] for spread in (0.0, 0.5))
    for figure in (HOW_OFTEN, PER_HOUR):
        still, moved = (found[found["figure"] == figure] for found in (calm, stormy))
        widths = [np.log(one["high"] / one["low"]).median() for one in (still, moved)]
        assert widths[1] > 2 * widths[0]
        assert (moved["p_value"] <= 0.05).mean() < 0.2
        assert 0.8 <= ((moved["low"] <= 1) & (moved["high"] >= 1)).mean() <= 1


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.6])
def test_by_how_much_weeks_differ_is_found_again(spread):
    past = shaken(spread, regions=80)
    past = past.assign(after=past["week_on"] >= pd.Timestamp(WHEN.after_on), payments=past["paid_minor"] > 0)
    assert unrest(past, 1.0) ** 0.5 == pytest.approx(spread, abs=0.06)


def test_without_recorded_hours_only_the_payments_are_told():
    found = changes(both("W", (100, 10), (100, 10), hours=0.0), ["W"], today=TODAY)
    assert (by(found, "W")["answer"], by(found, "W", PER_HOUR)["answer"]) == ("not_shown", "too_few")


def test_without_any_past_all_are_too_few():
    found = changes(town(visits("W", week(0), 0, 0)), ["W"], today=TODAY)
    assert found["answer"].tolist() == ["too_few"] * 4
    assert changes(both("W", (30, 3), (30, 3)), [], today=TODAY)["region"].tolist() == [EVERY, EVERY]
    old = changes(visits("W", week(-1), 30, 3), ["W"], today=TODAY)
    assert old[["visits_before", "visits_after"]].to_numpy().sum() == 0
    assert old["answer"].tolist() == ["too_few"] * 4


@pytest.mark.parametrize("column", ["paid_minor", "hours"])
def test_what_is_unknown_is_refused(column):
    past = both("W", (30, 3), (30, 3))
    past.loc[0, column] = np.nan
    with pytest.raises(ValueError, match="must be known"):
        changes(past, ["W"], today=TODAY)
