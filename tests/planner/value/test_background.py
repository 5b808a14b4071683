"""What is paid beside the visits: known truths are found, every day of a debtor counts once."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from config.parameters import load
from planner.tables import PAYMENTS, conform, empty
from planner.value.background import background
from planner.value.learning import TRIALS, fitted, untaught
from planner.value.untreated import SPANS
from tests.planner.value.factories import ZONE, outcomes, visited
from tests.planner.value.test_untreated import BEGIN, DAYS, TODAY

PARAMETERS = load()
#: each payment is so much of what is owed
PART = 0.2


def spans_of(count: int, past_due: int = 1200) -> pd.DataFrame:
    rows = {
        "debtor_id": [f"D{k}" for k in range(count)], "group": "", "from_on": pd.Timestamp(BEGIN),
        "until_on": pd.Timestamp(TODAY), "days_past_due": past_due, "owed_minor": 1_000.0,
    }  # fmt: skip
    return conform(pd.DataFrame(rows), SPANS)


def types_of(count: int, kind: str = "careless") -> pd.DataFrame:
    return pd.DataFrame({"debtor_id": [f"D{k}" for k in range(count)], "debtor_type": kind})


def money(rows: list[tuple[str, int, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["debtor_id", "day", "paid_minor"])
    paid_on = pd.Timestamp(BEGIN) + pd.to_timedelta(table["day"], unit="D")
    return conform(table.assign(branch="B", case_id="", paid_on=paid_on), PAYMENTS)


def went(debtor: str, day: int, code: str = "REFUSED", **more) -> dict:
    return visited(BEGIN + timedelta(days=day), code, debtor_id=debtor, place_id=f"P{debtor}", **more)


def counts(people: pd.DataFrame, past: pd.DataFrame, paid: pd.DataFrame, kind: str = "careless") -> pd.DataFrame:
    found = background(people, types_of(len(people), kind), past, paid, PARAMETERS, zone=ZONE, today=TODAY)
    return found.set_index("rate")


def drawn(anyway: float, later: float, seed: int, count: int = 600) -> pd.DataFrame:
    """Debtors of whom half are met in vain on some day; money comes in fifths of what is owed, by chance."""
    rng = np.random.default_rng(seed)
    rows, past = [], []
    for k in range(count):
        owed = 100_000.0
        day = int(rng.integers(5, DAYS - 5)) if k % 2 else DAYS + 99
        if k % 2:
            past.append(went(f"D{k}", day))
        for at in range(DAYS):
            share = later if day <= at < day + 60 else anyway
            if rng.random() < -np.log1p(-share) / 60 / -np.log1p(-PART):
                rows.append((f"D{k}", at, owed * PART))
                owed -= owed * PART
    paid = money(rows)
    left = 100_000.0 - paid.groupby("debtor_id")["paid_minor"].sum().reindex(spans_of(count)["debtor_id"]).fillna(0)
    return counts(spans_of(count).assign(owed_minor=left.to_numpy(np.float64)), outcomes(*past), paid)


def test_both_shares_are_found():
    several = [drawn(0.12, 0.03, seed) for seed in (1, 2, 3)]
    for rate, share in (("anyway", 0.12), ("later", 0.03)):
        rows = pd.DataFrame([one.loc[rate] for one in several])
        mean = rows["successes"].sum() / rows["visits"].sum()
        assert mean == pytest.approx(share, abs=0.012)
        # Payments of a fifth, at most few of them: as sure as some five answers of yes and no.
        within = (rows["squares"] / rows["visits"] - (rows["successes"] / rows["visits"]) ** 2).mean()
        assert 3 < mean * (1 - mean) / within < 7


def share_of(rows: pd.DataFrame, rate: str) -> float:
    return float(rows.at[rate, "successes"] / rows.at[rate, "visits"])


def test_every_day_of_a_debtor_counts_once():
    rows = counts(spans_of(30), outcomes(), money([("D0", 90, 100)]))
    assert rows.at["anyway", "visits"] == pytest.approx((30 * DAYS + 1) / 60)
    assert (rows.at["anyway", "cell"], rows.at["anyway", "within"]) == ("Y3+", "careless")
    assert "later" not in rows.index


def test_a_meeting_that_gave_something_begins_nothing():
    people, paid = spans_of(80), money([("D0", 119, 100)])
    for code, more in (("PAID_PART", {"paid_minor": 50}), ("NOT_HOME", {}), ("THIRD_PARTY_ONLY", {})):
        past = outcomes(*(went(f"D{k}", 20, code, **more) for k in range(80)))
        assert "later" not in counts(people, past, paid).index
    past = outcomes(*(went(f"D{k}", 20) for k in range(80)))
    assert counts(people, past, paid).at["later", "visits"] == pytest.approx(80, rel=0.01)


def promise(debtor: str, day: int, due: int) -> dict:
    on = pd.Timestamp(BEGIN) + pd.Timedelta(days=due)
    return went(debtor, day, "PTP_LATER", promised_on=on, promised_minor=500)


def test_a_promise_counts_as_nothing_only_once_it_is_broken():
    people = spans_of(80)
    past = outcomes(*(promise(f"D{k}", 20, 30) for k in range(80)))
    kept = money([(f"D{k}", 30, 500.0) for k in range(80)])
    assert "later" not in counts(people, past, kept).index
    broken = counts(people, past, money([(f"D{k}", 60, 500.0) for k in range(80)]))
    # Until the day of its grace it is broken only because nothing came in: those days would tell nothing but that.
    followed = 20 + 60 - (30 + int(PARAMETERS.promise_grace.value) + 1)
    assert broken.at["later", "visits"] == pytest.approx(80 * followed / 60, rel=0.01)
    # What came too late is what came later: 500 of the 1,500 that were owed, on one of these days.
    assert share_of(broken, "later") == pytest.approx(1 - (1 - 1 / 3 / followed) ** 60)
    open_yet = outcomes(*(promise(f"D{k}", 20, DAYS + 20) for k in range(80)))
    assert "later" not in counts(people, open_yet, money([("D0", 119, 100)])).index


def test_a_follow_up_ends_with_the_next_meeting_and_not_with_a_visit_in_vain():
    """What comes after a second meeting is of the second one."""
    people, paid = spans_of(80), money([(f"D{k}", 50, 500.0) for k in range(80)])
    past = outcomes(*(went(f"D{k}", day) for k in range(80) for day in (10, 40)))
    # Thirty days of the first and sixty of the second.
    assert counts(people, past, paid).at["later", "visits"] == pytest.approx(80 * 90 / 60, rel=0.01)
    gave = outcomes(*(went(f"D{k}", *one) for k in range(80) for one in ((10, "REFUSED"), (40, "CLAIMS_PAID"))))
    assert counts(people, gave, paid).at["later", "visits"] == pytest.approx(80 * 90 / 60, rel=0.01)
    paying = outcomes(
        *(went(f"D{k}", 10) for k in range(80)), *(went(f"D{k}", 40, "PAID_PART", paid_minor=9) for k in range(80))
    )
    ended = counts(people, paying, paid)
    assert ended.at["later", "visits"] == pytest.approx(80 * 30 / 60, rel=0.01)
    assert share_of(ended, "later") == 0
    vain = outcomes(*(went(f"D{k}", *one) for k in range(80) for one in ((10, "REFUSED"), (40, "NOT_HOME"))))
    assert counts(people, vain, paid).at["later", "visits"] == pytest.approx(80, rel=0.01)


def test_a_debt_ages_while_it_is_followed():
    """From the first month on a tenth comes of what is owed every ten days, from the second on nothing."""
    count, rows = 400, []
    for k in range(count):
        owed = 10_000.0
        for day in range(k % 10, 30, 10):
            rows.append((f"D{k}", day, owed / 10))
            owed -= owed / 10
    people = spans_of(count, past_due=1).assign(owed_minor=10_000 * 0.9**3)
    found = background(people, types_of(count), outcomes(), money(rows), PARAMETERS, zone=ZONE, today=TODAY)
    share = (found["successes"] / found["visits"]).set_axis(found["cell"])
    # At the age of 1 to 30 days there are 15.5 days left of the first month.
    assert share["M1"] == pytest.approx(1 - 0.99**15.5, abs=0.002)
    assert share["M2"] == pytest.approx(0, abs=0.001)


def test_what_a_class_has_not_come_to_yet_is_as_usual_there():
    """Of bad faith there are only debts of one month; what comes of them later is what comes of the others then."""
    people = pd.concat(
        [spans_of(40, past_due=1), spans_of(40, past_due=1).assign(debtor_id=lambda t: "X" + t.index.astype(str))]
    )
    young = people["debtor_id"].str.startswith("X")
    people["until_on"] = people["until_on"].mask(young, pd.Timestamp(BEGIN) + pd.Timedelta(days=30))
    types = pd.DataFrame({"debtor_id": people["debtor_id"], "debtor_type": np.where(young, "bad_faith", "careless")})
    paid = money([(f"D{k}", 40, 100.0) for k in range(40)])
    found = background(people, types, outcomes(), paid, PARAMETERS, zone=ZONE, today=TODAY)
    share = (found["successes"] / found["visits"]).set_axis(pd.MultiIndex.from_frame(found[["cell", "within"]]))
    assert share["M1", "bad_faith"] == pytest.approx(share["M1", "careless"], rel=0.05)
    assert share["M1", "bad_faith"] > 0.02
    assert ("M2", "bad_faith") not in share.index


def test_without_money_or_people_nothing_is_counted():
    assert background(spans_of(3), types_of(3), outcomes(), empty(PAYMENTS), PARAMETERS, zone=ZONE, today=TODAY).empty
    assert background(
        empty(SPANS), types_of(0), outcomes(), money([("D0", 3, 5)]), PARAMETERS, zone=ZONE, today=TODAY
    ).empty


def test_what_was_paid_beside_moves_its_own_rates_and_no_others():
    base = untaught(PARAMETERS)
    nothing = pd.DataFrame({name: [] for name in TRIALS}).astype({"success": float})
    beside = pd.DataFrame(
        [("anyway", "M1", "careless", 100.0, 60.0, 1_000)],
        columns=["rate", "cell", "within", "successes", "squares", "visits"],
    )
    model = fitted(nothing, PARAMETERS, None, beside)
    moved = (model.rates["mean"] - base.rates["mean"]).abs() > 1e-9
    assert set(model.rates.loc[moved, "rate"]) == {"anyway"}
    assert model.means("anyway")["M1", "careless"] == pytest.approx(0.1, abs=0.02)


def test_who_has_given_lately_has_paid_for_those_weeks():
    """Paid on day 10, refused on day 30: what comes until day 70 is of neither kind."""
    people, paid = spans_of(80), money([(f"D{k}", day, 100.0) for k in range(80) for day in (50, 80)])
    past = outcomes(
        *(went(f"D{k}", 10, "PAID_PART", paid_minor=9) for k in range(80)), *(went(f"D{k}", 30) for k in range(80))
    )
    rows = counts(people, past, paid)
    assert rows.at["later", "visits"] == pytest.approx(80 * 20 / 60, rel=0.01)
    assert share_of(rows, "later") == pytest.approx(1 - (1 - 100 / 1100 / 20) ** 60)
