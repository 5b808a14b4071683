"""Evidence moves a clock only if it interrupts: permitted, at the border, forbidden."""

from datetime import date, timedelta

import pytest

from config.rules import load_pack
from planner.value.clocks import WHY, clocks
from planner.value.evidence import REFUSALS, moved
from tests.planner.value.factories import accounts

CN, IN = load_pack("CN").clocks, load_pack("IN").clocks
TODAY = date(2026, 11, 27)
DUE = date(2024, 3, 1)


def change(on: date, evidence: str = "payment", *, terms=CN, source="folder 3", today=TODAY, **account):
    row = accounts({"due_on": DUE, **account})
    return moved(row, terms, on=on, evidence=evidence, source=source, who="somebody", today=today)


@pytest.mark.parametrize("evidence", sorted(CN.interrupting.value))
def test_what_interrupts_starts_the_period_anew(evidence):
    done = change(date(2025, 6, 1), evidence)
    assert done.refusal == ""
    assert done.before["ends_on"].date() == date(2027, 3, 1)
    assert done.after["ends_on"].date() == date(2028, 6, 1)
    assert (done.after["evidence"], done.after["set_by"]) == (evidence, "somebody: folder 3")


@pytest.mark.parametrize(
    ("on", "evidence", "refusal"),
    [
        (date(2025, 6, 1), "gps_check_in", "not_evidence"),
        (date(2025, 6, 1), "telephone", "not_evidence"),
        (date(2025, 6, 1), "", "not_evidence"),
        (TODAY, "payment", ""),
        (TODAY + timedelta(days=1), "payment", "in_future"),
        (DUE, "payment", "too_old"),
        (DUE + timedelta(days=1), "payment", ""),
    ],
)
def test_at_the_borders(on, evidence, refusal):
    done = change(on, evidence)
    assert done.refusal == refusal
    assert (done.after["ends_on"] == done.before["ends_on"]) == bool(refusal)


@pytest.mark.parametrize(("days", "refusal"), [(0, ""), (1, "after_end")])
def test_the_last_day_is_inside_and_the_day_after_is_not(days, refusal):
    on = date(2027, 3, 1) + timedelta(days=days)
    assert change(on, today=date(2027, 6, 1)).refusal == refusal


def test_without_a_start_or_a_source_nothing_moves():
    assert change(date(2025, 6, 1), due_on=None).refusal == "no_start"
    assert change(date(2025, 6, 1), source=" ").refusal == "no_source"
    assert set(REFUSALS) >= {"no_start", "no_source", "too_old", "after_end", "in_future", "not_evidence"}


def test_the_pack_decides_what_is_evidence():
    assert change(date(2025, 6, 1), "delivery_proof").refusal == ""
    assert change(date(2025, 6, 1), "delivery_proof", terms=IN).refusal == "not_evidence"


def test_a_leap_day_of_evidence_ends_on_the_last_of_february():
    done = change(date(2028, 2, 29), due_on=date(2026, 5, 1), today=date(2028, 3, 5))
    assert done.after["ends_on"].date() == date(2031, 2, 28)


@pytest.mark.parametrize(
    ("due", "ends"),
    [
        (date(2025, 12, 31), date(2026, 6, 30)), (date(2026, 1, 31), date(2026, 7, 31)),
        (date(2027, 8, 31), date(2028, 2, 29)), (date(2026, 8, 30), date(2027, 2, 28)),
        (date(2028, 2, 29), date(2028, 8, 29)),
    ],
)  # fmt: skip
def test_692_month_ends_and_leap_years_of_a_guarantee(due, ends):
    table = clocks(accounts({"guarantee_kind": "joint", "due_on": due}), CN, today=TODAY)
    assert table.loc[table["kind"] == "guarantee", "ends_on"].iloc[0].date() == ends


@pytest.mark.parametrize("terms", [CN, IN], ids=["CN", "IN"])
@pytest.mark.parametrize(("days", "state"), [(1, "lapses_soon"), (0, "lapses_soon"), (-1, "expired")])
def test_the_last_day_in_both_packs(terms, days, state):
    ends = date(TODAY.year + terms.limitation_years.value, TODAY.month, TODAY.day)
    row = clocks(accounts({"due_on": TODAY}), terms, today=ends - timedelta(days=days)).iloc[0]
    assert (row["ends_on"].date(), row["days_left"], row["state"]) == (ends, days, state)


@pytest.mark.parametrize("today", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)])
def test_days_are_dates_so_no_change_of_clocks_moves_one(today):
    """Days on which Europe or America turn their clocks: a day is a day."""
    due = date(today.year - 3, today.month, today.day) + timedelta(days=5)
    row = clocks(accounts({"due_on": due}), CN, today=today).iloc[0]
    assert row["days_left"] == 5
    assert clocks(accounts({"due_on": due}), CN, today=today + timedelta(days=1)).iloc[0]["days_left"] == 4


def test_every_act_says_why_none_is_cheaper():
    rows = accounts(
        *(
            {"case_id": f"C{k}", "due_on": date(2023, 11, 1) + timedelta(days=k), "guarantee_kind": kind,
             "overdue_minor": owed}
            for k in range(0, 100, 4)
            for kind, owed in (("joint", 10_000_00), ("ordinary", 100_00))
        )
    )  # fmt: skip
    table = clocks(rows.assign(case_id=[f"C{k}" for k in range(len(rows))]), CN, today=TODAY)
    due = table["cheapest_act"] != ""
    assert due.any()
    assert set(table.loc[due & (table["cheapest_act"] != "record_payment"), "why"]) <= set(WHY)
    assert (table.loc[~due, "why"] == "").all()


def test_the_court_s_scale_has_no_jump():
    costs = load_pack("CN").costs
    assert [costs.suit_minor(claim * 100) for claim in (1, 10_000, 100_000, 200_000, 500_000, 1_000_000)] == [
        5_000, 5_000, 230_000, 430_000, 880_000, 1_380_000,
    ]  # fmt: skip
    for step in costs.suit.value[1:]:
        assert abs(costs.suit_minor(step.above_minor) - costs.suit_minor(step.above_minor - 1)) <= 1
