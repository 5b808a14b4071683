"""What crews can expect is worked out when first asked for, once, and is the same as all at once."""

from __future__ import annotations

import pandas as pd
import pytest

from config.parameters import load
from config.rules import load_pack
from geodata.roads import StraightLine
from planner import ahead
from planner.advice import terms
from planner.ahead import Ahead
from planner.crew_days import CREW_DAYS, crew_days
from planner.outlook import OUTLOOK, Prospect, outlook, prospect
from tests.planner.weeks import CREW, ZONE, debtors, effort

PARAMETERS = load()


@pytest.fixture(scope="module")
def found() -> dict[str, Prospect]:
    conditions = terms(PARAMETERS, load_pack("CN"), CREW)
    roads = StraightLine(detour=1.3, kmh=25)
    return {
        code: prospect("YX01", debtors(n), effort(), roads, PARAMETERS.slots, ZONE, conditions)
        for code, n in (("E", 30), ("W", 12))
    }


def test_district_by_district_is_the_same_as_all_at_once(found: dict[str, Prospect]) -> None:
    one = Ahead(found, {"E": 1.5})
    assert one.row("N") is None
    row = one.row("W")
    assert row is not None
    assert row["visits"] == outlook(found).set_index("region").loc["W", "visits"]
    pd.testing.assert_frame_equal(one.outlook(), outlook(found))
    pd.testing.assert_frame_equal(one.crew_days(), crew_days(found, {"E": 1.5}))


def test_each_is_worked_out_once_and_nobody_can_spoil_it(
    found: dict[str, Prospect], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(ahead, "outlook", lambda of: calls.extend(of) or outlook(of))
    one = Ahead(found)
    one.row("E")
    assert calls == ["E"]
    before, days = one.outlook(), one.crew_days()
    spoilt = one.crew_days()
    spoilt["branch"] = "nowhere"
    other = one.outlook()
    other.loc[:, "visits"] = -1.0
    pd.testing.assert_frame_equal(one.outlook(), before)
    pd.testing.assert_frame_equal(one.crew_days(), days)
    assert calls == ["E", "W"]


def test_without_crews_there_is_nothing_to_expect() -> None:
    nothing = Ahead()
    assert list(nothing.outlook()) == list(OUTLOOK)
    assert list(nothing.crew_days()) == list(CREW_DAYS)
    assert nothing.outlook().empty
