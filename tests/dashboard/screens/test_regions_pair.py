from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboard.screens import regions_how
from dashboard.screens.regions_pair import difference, lines_of
from dashboard.screens.regions_weeks import lines, weekly
from dashboard.text import speaking
from planner.domain import Role
from planner.view.past_weeks import EVERY
from tests.dashboard.screens.conftest import Stopped, act_as, texts
from tests.dashboard.screens.test_regions import run

WEEKS = pd.DataFrame(
    {"region": ["W", "W", "E", "E", "", ""], "week_on": pd.to_datetime(["2026-11-16", "2026-11-23"] * 3)}
    | {"visits": [3, 0, 1, 2, 4, 2], "payments": [1, 0, 1, 0, 2, 0]}
    | {"actual_minor": [600_00, 0, 400_00, 0, 1000_00, 0], "expected_minor": [500_00, 0, 100_00, 0, 600_00, 0]}
    | {"hours": [2.0, 0.0, 2.0, 1.0, 4.0, 1.0]}
)  # fmt: skip


def test_two_districts_stand_side_by_side(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    app = run(**{"regions_section en": "side_by_side", "region": "E"})
    assert not app.exception
    assert [one.value for one in app.selectbox if one.label in ("District", "beside")] == ["E", "W"]
    shown = texts(app)
    assert "| | East | West | Difference |" in shown
    assert "| Debtors | 60 | 60 | 0 |" in shown
    assert "What these figures assume" in shown


def test_all_districts_together_are_one_line() -> None:
    points = lines(WEEKS, {"W": "West"}).set_index(["region", "week_on"])
    assert points.loc[("W", "2026-11-16"), "per_hour"] == 300
    assert math.isnan(points.loc[("W", "2026-11-23"), "per_hour"])  # nobody was out: unknown, not nothing
    assert points.loc[(EVERY, "2026-11-16"), "per_hour"] == 250
    assert points.loc[(EVERY, "2026-11-23"), "per_hour"] == 0
    assert "E" not in points.index.get_level_values(0)
    # What is kept back of a district is in the sum of all.
    kept = WEEKS.assign(actual_minor=WEEKS["actual_minor"].mask(WEEKS["region"] == "E"))
    assert lines(kept, {"W": "West"}).set_index(["region", "week_on"]).loc[(EVERY, "2026-11-16"), "per_hour"] == 250


def test_without_visits_there_is_no_chart() -> None:
    assert weekly(WEEKS.assign(visits=0), {"W": "West"}, currency="CNY", until=date(2026, 11, 24)) is None
    assert weekly(WEEKS, {"W": "West"}, currency="CNY", until=date(2026, 11, 24)) is not None


def test_the_axis_says_that_a_week_is_not_over_only_while_it_is_not() -> None:
    def axis(until: date, weeks: pd.DataFrame = WEEKS) -> str:
        drawn = weekly(weeks, {"W": "West"}, currency="CNY", until=until)
        assert drawn is not None
        return str(drawn.to_dict()["layer"][0]["encoding"]["x"]["axis"]["title"])

    assert axis(date(2026, 11, 29)) == "Week beginning; the last is not over"  # its Sunday
    assert axis(date(2026, 11, 30)) == "Week beginning"
    # Nobody has been out this week: it is not drawn, and the last that is drawn is over.
    assert axis(date(2026, 11, 24), WEEKS.assign(hours=[2.0, 0.0, 2.0, 0.0, 4.0, 0.0])) == "Week beginning"


def test_a_difference_has_its_sign_and_the_unknown_has_none() -> None:
    class View:
        currency, verdicts = "CNY", {}

    by_label = {one.label: one for one in lines_of(View())}  # type: ignore[arg-type]
    debtors = by_label["Debtors"]
    assert difference(debtors, {"debtors": 5}, {"debtors": 8}) == "+3"
    assert difference(debtors, {"debtors": 8}, {"debtors": 5}) == "−3"
    assert difference(debtors, {"debtors": 8}, {"debtors": np.nan}) == "—"
    assert difference(by_label["Verdict"], {}, {}) == ""


def test_a_difference_is_that_of_the_figures_shown() -> None:
    class View:
        currency, verdicts = "CNY", {}

    by_label = {one.label: one for one in lines_of(View())}  # type: ignore[arg-type]

    def gap(label: str, column: str, one: float, other: float, **more: float) -> str:
        return difference(by_label[label], {column: one, **more}, {column: other, **more})

    assert gap("Actual ÷ expected", "ratio", 0.9756, 0.3144) == "−0.67"  # 0.98 and 0.31 are shown
    assert gap("Factor from the past", "factor", 0.9949, 1.0051) == "+0.02"  # 0.99 and 1.01
    assert gap("of it on the road", "travel_hours", 4.44, 4.56, field_hours=10.0) == "+2 points"  # 44% and 46%
    assert gap("of it on the road", "travel_hours", 4.4, 4.5, field_hours=10.0) == "+1 point"
    assert gap("Per visit", "per_visit_minor", 100_49, 101_51) == "+¥2"  # ¥100 and ¥102
    assert gap("Overdue", "overdue_minor", 799_840_00, 1_249_000_00) == "+¥400.2K"  # ¥799.8K and ¥1.2M
    with speaking("zh"):
        assert gap("Overdue", "overdue_minor", 799_840_00, 1_249_000_00) == "+¥44.9万"  # ¥80万 and ¥124.9万
        assert gap("of it on the road", "travel_hours", 4.4, 4.5, field_hours=10.0) == "+1 个百分点"


def test_how_it_is_computed_is_said_of_the_rows() -> None:
    notes = [title for title, _ in regions_how.PAIR]
    told = {"Clustered or scattered", "Factor from the past", "From when on a visit pays", "One crew-day more"}
    assert told <= set(notes)
    assert "Chance to be among the best three; rank from–to" in notes
    assert not {"Funnel", "Hot and cold spots", "Recovered per past hour"} & set(notes)


def test_whether_districts_have_changed_stands_under_the_weeks(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    for language, question, few, how in (
        ("en", "Has it changed?", ":gray[too few to tell]", "No change shown is not unchanged"),
        ("zh", "有变化吗？", ":gray[数据太少]", "不等于“没有变化”"),
    ):
        app = run(language, **{f"regions_section {language}": "side_by_side", "region": "E"})
        assert not app.exception
        shown = texts(app)
        assert question in shown
        assert few in shown
        assert how in shown  # how it is computed
