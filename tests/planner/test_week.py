"""ISO weeks: every day lies in the week that its name says, and what is no week is refused in a sentence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.week import iso_week, week_days


@settings(max_examples=100)
@given(st.dates(date(1, 1, 8), date(9999, 12, 24)))
def test_a_day_lies_in_its_week(day):
    days = week_days(iso_week(day))
    assert day in days
    assert [one.weekday() for one in days] == list(range(7))
    assert {iso_week(one) for one in days} == {iso_week(day)}
    assert days[-1] - days[0] == timedelta(days=6)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((bad, "written like") for bad in ("", "2026-48", "2026W48", "26-W48", "2026-W4", " 2026-W48", "2026-W48\n")),
        ("２０２６-W48", "written like"),
        ("2026-W54", "no week 54"),
        ("2026-W00", "no week 00"),
        ("2027-W53", "no week 53"),
        ("0000-W01", "no week 01"),
        ("9999-W52", "no week 52"),
    ],
)
def test_what_is_no_week_is_refused(text, word):
    with pytest.raises(ValueError, match=word):
        week_days(text)


def test_the_53rd_week():
    assert week_days("2026-W53")[0] == date(2026, 12, 28)
