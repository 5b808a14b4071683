"""Teams, shifts, ground and settings come back as they were given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from planner import tables
from planner.store import Store
from planner.store.regions import REGIONS
from tests.planner.store.factories import HERE, NOW, THERE, branch, principal, table, team

MANAGER = principal()
PEOPLE, CREWS, SHIFTS = team()
MONDAY = date(2026, 11, 23)


def test_a_team_comes_back(store: Store) -> None:
    assert store.branches(MANAGER) == (branch(),)
    assert store.collectors(MANAGER, HERE) == PEOPLE
    assert store.crews(MANAGER, HERE) == CREWS
    assert store.shifts(MANAGER, HERE, MONDAY, MONDAY) == SHIFTS
    assert store.shifts(MANAGER, HERE, MONDAY + timedelta(days=1), MONDAY + timedelta(days=6)) == ()
    assert store.shifts(MANAGER, HERE, MONDAY, MONDAY)[0].starts.isoformat() == "2026-11-23T09:00:00+08:00"


def test_a_team_changes(store: Store) -> None:
    crew = replace(CREWS[0], members=(PEOPLE[3].collector_id,), skills=frozenset())
    shift = replace(SHIFTS[0], breaks=(), max_stops=None, starts=SHIFTS[0].starts + timedelta(hours=1))
    store.save_crews(MANAGER, HERE, [crew], now=NOW)
    store.save_shifts(MANAGER, HERE, [shift], now=NOW)
    store.save_branch(MANAGER, branch(name_en="Weir"), now=NOW)
    assert store.crews(MANAGER, HERE) == (crew, CREWS[1])
    assert store.shifts(MANAGER, HERE, MONDAY, MONDAY) == (shift, SHIFTS[1])
    assert store.branches(MANAGER)[0].name_en == "Weir"
    assert store.crews(principal(MANAGER.role, THERE), THERE) == team(THERE)[1]


def test_strangers_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="no collector of branch"):
        store.save_crews(MANAGER, HERE, [replace(CREWS[0], members=("nobody",))], now=NOW)
    with pytest.raises(ValueError, match="no crew of branch"):
        store.save_shifts(MANAGER, HERE, [replace(SHIFTS[0], crew_id="nobody")], now=NOW)
    assert store.crews(MANAGER, HERE) == CREWS


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.save_setting(MANAGER, HERE, "x", 1, now=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="time zone"):
        store.save_shifts(MANAGER, HERE, [replace(SHIFTS[0], starts=SHIFTS[0].starts.replace(tzinfo=None))], now=NOW)


def test_regions_and_customers_come_back(store: Store) -> None:
    districts = table(REGIONS, [{"code": f"R{k}", "name_zh": "河东", "geojson": '{"type": "Polygon"}'} for k in (1, 2)])
    customers = table(
        tables.CUSTOMERS, [{"customer_id": f"c{k}", "branch": HERE, "region": "R1", "lon": 103.9} for k in (1, 2)]
    )
    store.save_regions(MANAGER, "yunxi", districts, now=NOW)
    store.save_customers(MANAGER, HERE, customers, now=NOW)
    pd.testing.assert_frame_equal(store.regions(MANAGER, "yunxi"), districts)
    pd.testing.assert_frame_equal(store.customers(MANAGER, HERE), customers)
    store.save_regions(MANAGER, "yunxi", districts.iloc[:1], now=NOW)
    pd.testing.assert_frame_equal(store.regions(MANAGER, "yunxi"), districts.iloc[:1])


def test_settings_are_a_branchs_own(store: Store) -> None:
    other = principal(MANAGER.role, THERE)
    store.save_setting(MANAGER, HERE, "seconds", {"plan": 30}, now=NOW)
    store.save_setting(MANAGER, HERE, "seconds", {"plan": 60}, now=NOW)
    store.save_setting(MANAGER, HERE, "colour", "blue", now=NOW)
    assert store.setting(MANAGER, HERE, "seconds") == {"plan": 60}
    assert store.setting(other, THERE, "seconds") is None
