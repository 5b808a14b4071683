from __future__ import annotations

import json
import math
import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import comparing
from dashboard.beside import NotDone, done_beside
from dashboard.comparing import Compared, compare
from dashboard.maps import Drawing
from dashboard.screens import regions, regions_card, regions_map, regions_outlook, regions_standing, regions_words
from dashboard.screens.regions_charts import funnel_limits
from dashboard.screens.versions import counted_until
from dashboard.services import ROOT
from dashboard.text import speaking
from geodata.patterns.verdict import SENTENCES, Why, no_reference
from geodata.roads import RoadFailure
from geodata.roads.straight_line import StraightLine, straight_line
from planner import advice
from planner.ahead import Ahead
from planner.domain import Principal, Role
from planner.view import regions as compared
from tests.dashboard.screens.conftest import Stopped, act_as, frames, texts
from tests.planner.store.factories import NOW, outcome, outcomes


def script() -> None:
    from dashboard.screens import regions

    regions.page()


def run(language: str = "en", **state: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for name, value in {"language": language, **state}.items():
        app.session_state[name] = value
    return app.run()


def test_the_head_compares_districts(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    app = run()
    assert not app.exception
    (table,) = frames(app)
    assert table["verdict"].tolist()[-1] == "—"
    assert "Clustered" in table["verdict"].tolist()
    assert {one.label: one.value for one in app.metric}["Debtors"] == "120"
    assert "What these figures assume" in texts(app)


def test_the_head_of_the_page_lies_between_its_districts(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    app = run()
    (table,) = frames(app)
    cards = {one.label: one for one in app.metric}
    per_hour = float(cards["Uplift per field hour"].value.strip("¥").replace(",", ""))
    assert table["hour"].min() <= per_hour <= table["hour"].max()
    assert "after the past" in cards["Uplift per field hour"].help
    assert set(regions_words.UNITS) == {*(one.column for one in regions_words.FIGURES), regions_words.PER_100}


def test_hours_whose_uplift_is_kept_back_do_not_count() -> None:
    table = pd.DataFrame({"uplift_after_minor": [6000.0, math.nan], "field_hours": [3.0, 9.0]})
    assert regions.uplift_and_hours(table) == (6000.0, 3.0)


@pytest.mark.parametrize(("language", "said"), [("en", "fewer than 5 debtors: kept back"), ("zh", "5")])
def test_districts_that_are_kept_back_are_not_called_empty(
    kit: Stopped, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    with speaking(language):
        assert said in regions_card.nobody_told(math.nan)
        assert "5" not in regions_card.nobody_told(0)
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    made = regions.read_comparison

    def of_few(*given: object) -> object:
        read = made(*given)
        view = replace(read.found.view, table=read.found.view.table.assign(debtors=math.nan))
        return replace(read, found=replace(read.found, view=view))

    monkeypatch.setattr(regions, "read_comparison", of_few)
    app = run(language)
    assert not app.exception
    assert said in " ".join(one.value for one in app.info)


def test_the_factor_from_the_past_is_told_as_an_estimate(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    app = run(region="W")
    (table,) = frames(app)
    west = table[table["district"] == "West"].iloc[0]
    low, high = (float(end) for end in west["factor_interval"].split("–"))
    assert low < west["factor"] < high
    shown = texts(app)
    assert f"| Factor from the past | {west['factor']:.2f} | {west['factor_interval']} |" in shown
    assert "drawn towards all districts, 80% interval" in shown
    assert "observed 15 of 60 visits" in shown
    assert set(table["changed"]) == {"Too few to tell"}
    assert "Too few visits or payments to tell whether it has changed" in shown


def test_a_chosen_district_shows_its_card_in_chinese(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER)
    app = run("zh", region="W")
    assert not app.exception
    assert "西区" in texts(app)
    assert "债务人比客户住得更集中" in texts(app)
    app = run("zh", region="N")
    assert "此处没有已定位的债务人" in texts(app)


@pytest.mark.parametrize(("language", "said"), [("en", "stand in for districts"), ("zh", "暂以地面网格代替区县")])
def test_cells_in_place_of_districts_are_called_so(
    kit: Stopped, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    assert said not in texts(run(language, region="W"))
    for module in (regions, regions_card):
        monkeypatch.setattr(module, "is_cell", lambda code: code == "W")
    shown = texts(run(language, region="W"))
    assert said in shown
    assert {"en": "Of a cell of the ground, not of a district", "zh": "不是区县的判定"}[language] in shown


def test_a_branch_without_a_list_says_what_to_do(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    old = kit.store.branches(act_as(monkeypatch, Role.MANAGER))[0]
    new = frozenset({"YX09"})
    kit.store.save_branch(Principal("set-up", Role.SYSTEM, new), replace(old, code="YX09"), now=NOW)
    monkeypatch.setattr(regions, "current_principal", lambda: Principal("somebody", Role.MANAGER, new))
    app = run()
    assert not app.exception
    assert "Nobody is overdue here yet" in app.info[0].value


def test_the_comparison_is_computed_once(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER)
    calls = []
    real = compared.comparison
    monkeypatch.setattr(compared, "comparison", lambda *a, **k: calls.append(1) or real(*a, **k))
    run()
    run(region="E")
    assert len(calls) == 1
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    run()
    assert len(calls) == 2


def renewed() -> None:
    """Wait until no comparison is being renewed."""
    for one in threading.enumerate():
        if one.name == "regions anew":
            one.join()


def test_visits_are_counted_every_ten_minutes_and_a_new_list_at_once(
    kit: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, calls = act_as(monkeypatch, Role.MANAGER), []
    real = compared.comparison
    monkeypatch.setattr(compared, "comparison", lambda *a, **k: calls.append(1) or real(*a, **k))
    assert f"Visits recorded until {NOW.astimezone(ZoneInfo('Asia/Shanghai')):%H}:" in texts(run())
    debtors, here = kit.store.debtors(who, "YX01"), kit.store.places(who, "YX01")
    visit = outcome("o-late", debtor_id=debtors["debtor_id"].iloc[0], place_id=here["place_id"].iloc[0])
    recorded_at = counted_until(NOW) + timedelta(minutes=1)
    kit.store.save_outcomes(who, "YX01", outcomes(visit), now=recorded_at)
    run()
    assert len(calls) == 1
    monkeypatch.setattr(Stopped, "now", lambda _: NOW + timedelta(minutes=10))
    stood = f"Visits recorded until {counted_until(NOW).astimezone(ZoneInfo('Asia/Shanghai')):%H:%M} are counted"
    assert stood in texts(run())  # nobody waits for the renewal
    renewed()
    assert stood not in texts(run())
    assert len(calls) == 2
    kit.store.save_holds(who, "YX01", kit.store.holds(who, "YX01"), now=NOW + timedelta(minutes=11))
    run()
    assert len(calls) == 3


@pytest.mark.parametrize("estimated", [True, False])
def test_a_district_s_week_by_straight_lines_is_not_called_driven(
    kit: Stopped,
    monkeypatch: pytest.MonkeyPatch,
    *,
    estimated: bool,
) -> None:
    act_as(monkeypatch, Role.MANAGER)
    monkeypatch.setattr(regions_card, "advice", lambda *_: "An ordinary round")
    monkeypatch.setattr(Ahead, "row", lambda *_: {"roads_estimated": estimated})
    shown = texts(run(region="W"))
    assert ("since the road engine did not answer" in shown) == estimated
    assert ("driven on the roads" in shown) != estimated


def test_without_the_engine_a_region_of_walkers_is_reckoned_on_foot(
    kit: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RoadFailure("gone", fault="engine", try_again=True)

    asked: list[str] = []
    monkeypatch.setattr(comparing, "roads_of", fails)
    monkeypatch.setattr(comparing, "profile_of", lambda *_: "foot")
    monkeypatch.setattr(comparing.sums, "comparison", lambda *_, roads, **__: asked.append(roads.source))
    who = act_as(monkeypatch, Role.REGIONAL_HEAD)
    branches = kit.store.branches(who)
    assert compare(kit.store, kit.settings, who, branches, NOW).fault == "engine"
    assert asked == [straight_line("foot").source]


def test_what_was_compared_without_the_engine_is_compared_anew_with_it(
    kit: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    asked, branches = list[str](), kit.store.branches(who)
    monkeypatch.setattr(compared, "comparison", lambda *_, roads, **__: asked.append(roads.source))
    for _ in range(2):
        assert regions.read_comparison(kit, who, branches).found is None
        renewed()
    assert asked == [StraightLine().source]  # the region's roads were never built; for a while that stands
    engine = StraightLine(1.1)
    monkeypatch.setattr(comparing, "roads_of", lambda *_, **__: nullcontext(engine))
    for minutes in (6, 7, 13):
        monkeypatch.setattr(Stopped, "now", lambda _, after=minutes: NOW + timedelta(minutes=after))
        regions.read_comparison(kit, who, branches)
        renewed()
    assert asked[:2] == [StraightLine().source, engine.source]
    assert StraightLine().source not in asked[1:]  # and what was compared by it is kept
    assert len(asked) <= 3  # ten minutes of visits more


def test_a_renewal_that_fails_leaves_what_stood(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    branches = kit.store.branches(who)
    first = regions.read_comparison(kit, who, branches)

    def fails(*_: object) -> Compared:
        raise NotDone("ended with status -9")

    monkeypatch.setattr(regions, "_compared", fails)
    monkeypatch.setattr(regions, "counted_until", lambda _: NOW + timedelta(minutes=10))
    monkeypatch.setattr(regions, "data_version", lambda *_, field_until: str(field_until.date()))
    monkeypatch.setattr(regions_standing, "standing", lambda *_: place)
    place = regions_standing.Standing(made=regions_standing.Made(Compared(first.found), "before", first.until, NOW))
    for _ in range(2):
        assert regions.read_comparison(kit, who, branches).until == first.until
        renewed()
    assert place.made is not None
    assert place.made.version == "before"


def test_another_process_compares_the_same(kit: Stopped, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    branches = kit.store.branches(who)
    here = regions.read_comparison(kit, who, branches).found
    settings = replace(kit.settings, database_url=f"sqlite:///{tmp_path / 'town.sqlite'}")
    there = done_beside(settings, compare, who, branches, kit.now()).found
    assert here is not None
    pd.testing.assert_frame_equal(there.view.table, here.view.table)
    pd.testing.assert_frame_equal(there.view.ahead.outlook(), here.view.ahead.outlook())
    assert there.view.verdicts == here.view.verdicts
    with pytest.raises(TypeError):
        there.view.verdicts["W"] = no_reference(1)
    level = next(iter(there.squares.levels.values()))
    with pytest.raises(ValueError, match="read-only"):
        level.sums[:] = 0


def test_what_an_auditor_has_compared_by_another_process_is_noted(kit: Stopped, tmp_path: Path) -> None:
    auditor, manager = (Principal("a", role, frozenset({"YX01"})) for role in (Role.AUDITOR, Role.MANAGER))
    settings = replace(kit.settings, database_url=f"sqlite:///{tmp_path / 'town.sqlite'}")
    assert done_beside(settings, compare, auditor, kit.store.branches(manager), kit.now()).found is not None
    assert any(one.what.startswith("read.") for one in kit.store.audit_entries(manager, "YX01"))


def test_another_process_that_fails_says_so(kit: Stopped) -> None:
    nobody = Principal("nobody", Role.COLLECTOR, frozenset())
    with pytest.raises(NotDone, match="status 1"):
        done_beside(kit.settings, compare, nobody, (), kit.now())


def test_a_reader_who_writes_changes_nothing_for_the_next(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    branches = kit.store.branches(who)
    first = regions.read_comparison(kit, who, branches).found
    second = regions.read_comparison(kit, who, branches).found
    assert first is not None
    assert second is not None
    table, districts = second.view.table.copy(), second.view.districts.copy()
    # They are the same figures in the same memory until somebody writes.
    assert np.shares_memory(first.view.table["debtors"].to_numpy(), second.view.table["debtors"].to_numpy())
    assert first.squares is second.squares
    first.view.table.loc[:, "debtors"] = 0
    first.view.table["uplift_minor"] = -1.0
    first.view.districts.loc[0, "name_en"] = "Elsewhere"
    first.view.spots["place"] = "hot"
    crews = first.view.ahead.outlook()
    crews["visits"] = -1.0
    third = regions.read_comparison(kit, who, branches).found
    assert third is not None
    for one in (second, third):
        pd.testing.assert_frame_equal(one.view.table, table)
        pd.testing.assert_frame_equal(pd.DataFrame(one.view.districts), pd.DataFrame(districts))
        assert not (one.view.spots["place"] == "hot").any()
        assert (one.view.ahead.outlook()["visits"] >= 0).all()
    with pytest.raises(TypeError):
        first.view.verdicts["W"] = no_reference(1)  # type: ignore[index]


def test_spots_lie_over_the_map_when_asked_for(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    drawn: list[str] = []

    def kept(picture: Drawing, **_: object) -> None:
        drawn.extend(one.value for one in picture.layer._children.values())

    monkeypatch.setattr(regions_map.maps, "show", kept)
    for language, label, word in (
        ("en", "Hot and cold spots", "Too few visits side by side to tell"),
        ("zh", "热点与冷点", "相邻外访过少，尚无法判断"),
    ):
        app = run(language)
        assert not app.exception
        (toggle,) = app.toggle
        assert toggle.label == label
        assert not toggle.value
        assert '"spots":' not in drawn[-1]
        toggle.set_value(True).run()
        assert not app.exception
        assert '"spots":' in drawn[-1]
        assert json.dumps(word) in drawn[-1]  # as a script holds it: plain letters only


def test_reasons_are_the_patterns_own() -> None:
    assert regions_words.REASONS == SENTENCES
    assert set(regions_words.VERDICTS) == {"clustered", "scattered", "cannot_tell"}
    assert regions_words.verdict_word(None) == "—"
    verdict = no_reference(12)
    assert regions_words.verdict_reason(verdict) == verdict.said("debtors", "customers")
    many = replace(verdict, n_marked=1327, why_code=Why.TOO_FEW)
    assert regions_words.verdict_reason(many).startswith("With 1,327 debtors")
    assert regions_words.verdict_reason(many) == many.said("debtors", "customers")
    assert "do not argue from the map" in regions_words.VERDICTS["cannot_tell"][2]
    assert "do not argue from" in (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
    for count in (1, 9):
        rough = replace(many, n_coarse=count)
        assert f"Left out: {count} debtor" in regions_words.verdict_reason(rough)
    assert regions_words.verdict_reason(rough) == rough.said("debtors", "customers")
    with speaking("zh"):
        assert "客户的位置未知" in regions_words.verdict_reason(verdict)
        assert "另有 9 名债务人" in regions_words.verdict_reason(rough)


def test_the_funnel_narrows() -> None:
    curves = funnel_limits(1.1, 50_000.0, 100_000.0, 90_000_000.0)
    assert (curves["low998"] <= curves["low95"]).all()
    assert (curves["high95"] <= curves["high998"]).all()
    wide = (curves["high95"] - curves["low95"]).to_numpy()
    assert wide[-1] < wide[0] / 3
    assert np.isfinite(curves.to_numpy()).all()


def test_an_unknown_interval_is_a_dash() -> None:
    assert regions_words.interval(math.nan, 3.0, "CNY") == "—"


def test_what_crews_can_expect_is_told_with_how_it_is_computed(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD)
    app = run(**{"regions_section en": "crews"})
    assert not app.exception
    shown = texts(app)
    assert "To send a crew, use these" in shown or "No crew works" in app.info[0].value
    assert "Where a borrowed crew-day gains most" in shown or "No crew works" in app.info[0].value
    assert regions_outlook.ADVISED == advice.SENTENCES
    assert set(regions_outlook.ADVICE) == {one.value for one in advice.Advice}
