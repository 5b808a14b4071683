"""The same branch under two rule packs: different plans, and each names the pack and version it was made under."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.rules import load_pack
from planner.plan import plan_week
from planner.reading import NothingToPlan, read_week
from planner.rules.pack import Holiday, RulePack, Term
from planner.store import SavedPlan, Store
from planner.view import WeekView, week_view
from tests.planner.conftest import in_process
from tests.planner.factories import (
    BRANCH,
    CENTRE,
    MONDAY,
    NOW,
    SYSTEM,
    WEEK,
    cases,
    collectors,
    crews,
    import_list,
    means,
    principal,
    shift,
    store_at,
    write_list,
)  # fmt: skip

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The town's branch with an evening shift on Monday, and a collector who goes alone on Tuesday."""
    opened = store_at(tmp_path / "rounds.sqlite")
    import_list(opened, write_list(tmp_path / "list.csv", cases()))
    alone = replace(crews()[0], crew_id="YX01-S", name="S", members=(collectors()[3].collector_id,), skills=frozenset())
    assert alone.start == CENTRE

    def late(day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour, 30), ZONE)

    opened.save_crews(SYSTEM, BRANCH, [alone], now=NOW)
    evening = shift("YX01-A", MONDAY, starts=late(MONDAY, 17), ends=late(MONDAY, 21), breaks=(), max_stops=8)
    tuesday = MONDAY + timedelta(days=1)
    opened.save_shifts(SYSTEM, BRANCH, [evening, shift("YX01-S", tuesday, shift_id="S-1")], now=NOW)
    yield opened
    opened.close()


def planned(store: Store, pack: RulePack) -> tuple[SavedPlan, WeekView]:
    by = replace(means(store), pack=pack)
    saved = plan_week(by, principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW)
    return saved, week_view(store, principal(), saved.plan_id)


def test_the_pack_decides_hours_and_crew_and_the_plan_names_it(store):
    china, india = load_pack("CN"), load_pack("IN")
    (saved_cn, cn), (saved_in, in_) = planned(store, china), planned(store, india)
    last = {one.rule_pack[:2]: max(s.leaves_at.time() for r in one.routes for s in r.stops) for one in (cn, in_)}
    assert last["CN"] > time(19)
    assert last["IN"] <= time(19)
    out = {one.rule_pack[:2]: {r.crew_id for r in one.routes if r.stops} for one in (cn, in_)}
    assert "YX01-S" not in out["CN"]
    assert "YX01-S" in out["IN"]
    for saved, pack in ((saved_cn, china), (saved_in, india)):
        assert saved.rule_pack == pack.version == f"{pack.code} 2026-11-24 {pack.digest}"
        assert saved.context["parameters"]["rule_pack_digest"] == pack.digest
    assert china.digest != india.digest


def test_a_festival_of_the_area_moves_the_week_out_of_its_day(store):
    term = Term(True, "A notice of the area", date(2026, 1, 1), "L")
    busy = {one.day for one in planned(store, load_pack("CN"))[1].routes if one.stops}
    wednesday = MONDAY + timedelta(days=2)
    assert wednesday in busy
    for areas, free in (({"330108"}, True), ({"滨江区"}, True), ({"3301*"}, True), ({"440000"}, False)):
        pack = replace(load_pack("CN"), holidays=(Holiday(wednesday, "Fair", term, frozenset(areas)),))
        stops = [one for one in planned(store, pack)[1].routes if one.stops and one.day == wednesday]
        assert (not stops) == free, areas


def test_where_no_crew_may_go_out_the_reason_is_the_article(store):
    strict = load_pack("CN")
    strict = replace(strict, crew_min=replace(strict.crew_min, value=3))
    with pytest.raises(NothingToPlan, match="at least 3 needed"):
        read_week(store, principal(), BRANCH, WEEK, now=NOW, pack=strict)
