from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import overdue_issues, overdue_load, overdue_words
from dashboard.screens.overdue_heat import heat_cells
from dashboard.screens.overdue_preview import issue_csv, issue_table
from dashboard.screens.overdue_table import chosen_rows
from dashboard.text import speaking
from planner.__main__ import take
from planner.demo.marks import SEEDED
from planner.domain import Bucket, DebtorType, Group, Principal, Role
from planner.intake.columns import COLUMNS
from planner.intake.issue import KINDS, issue
from planner.store import Store
from planner.value.clocks import ACTS
from planner.value.survey import missing, survey
from tests.dashboard.screens.conftest import Stopped, act_as, frames, texts
from tests.planner.store.factories import NOW

LIST = (
    "案件编号,姓名,逾期金额,逾期天数,家庭地址,民族\n"
    "N-1,=SUM(A1),1200.00,40,柳巷1号,汉\n"
    "N-2,**赵五**,800.00,400,柳巷1号,汉\n"
    "N-3,周六,abc,12,柳巷1号,汉\n"
).encode("gb18030")


STREET_INDEX = overdue_load.street_index  # the fixture puts another in its place


def test_streets_of_a_region_built_anew_are_read_anew(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(overdue_load, "index_of", lambda _, name: read.append(name) or len(read))
    folder = kit.settings.paths.region("north")
    folder.mkdir(parents=True)
    found = [STREET_INDEX(kit, "north"), STREET_INDEX(kit, "north")]
    for name in ("districts.geojson", "buildings.parquet", "region.json"):
        (folder / name).touch()
        found += [STREET_INDEX(kit, "north"), STREET_INDEX(kit, "north")]
    assert found == [1, 1, 2, 2, 3, 3, 4, 4]


def script() -> None:
    from dashboard.screens import overdue

    overdue.page()


def run(language: str = "en", **state: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=30)
    for name, value in {"language": language, **state}.items():
        app.session_state[name] = value
    return app.run()


def test_the_manager_sees_the_list(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER)
    app = run()
    assert not app.exception
    values = {one.label: one.value for one in app.metric}
    assert values["Debtors"] == "120"
    assert values["Overdue"] == "¥2.4M"
    assert "list.csv" in texts(app)
    assert any(len(one) == 120 for one in frames(app))


def test_it_speaks_chinese(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER)
    app = run("zh")
    assert not app.exception
    assert "逾期清单" in texts(app)
    assert app.metric[0].label == "债务人"


def test_an_auditor_sees_no_button_to_load(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.AUDITOR)
    app = run(overdue_loading=True)
    assert not app.exception
    assert [one.key for one in app.button if one.key and one.key.startswith("overdue_")] == []
    assert not app.get("file_uploader")


def test_before_the_first_list_the_panel_is_open(
    kit: Stopped, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from dashboard.screens import overdue
    from planner.store import migrate, open_store
    from tests.planner.store.factories import NOW, branch, principal

    url = f"sqlite:///{tmp_path_factory.mktemp('none') / 'none.sqlite'}"
    migrate(url)
    bare = open_store(url)
    bare.save_branch(principal(Role.SYSTEM), branch(), now=NOW)
    monkeypatch.setattr(overdue, "services", lambda: Stopped(kit.settings, bare))
    act_as(monkeypatch, Role.MANAGER)
    app = run()
    assert not app.exception
    assert "Load the first overdue list" in texts(app)
    assert "Nobody is overdue here yet" in texts(app)


def loaded(kit: Stopped, principal: object, data: bytes = LIST) -> overdue_load.Reading:
    branch = kit.store.branches(principal)[0]  # type: ignore[arg-type]
    return overdue_load.read(
        kit, principal, branch, "list.csv", data, (branch.code, "a" * 64, "auto", kit.now().date().isoformat(), ())
    )  # type: ignore[arg-type]


def test_a_list_is_read_and_compared_before_anything_is_stored(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    reading = loaded(kit, who)
    assert reading.checked.report["encoding"] == "gb18030"
    assert reading.rejected == 1
    assert (reading.changes.added, reading.changes.gone) == (2, 120)
    assert {"column_protected", "amount_unreadable"} <= {one.code for one in reading.issues}
    assert len(kit.store.imports(who, "YX01")) == 1


def test_the_preview_shows_what_was_read_and_import_stores_it(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    reading = loaded(kit, who)

    def panel() -> None:
        import streamlit as st

        from dashboard.screens import overdue, overdue_load, overdue_preview, overdue_told

        kit, who = overdue.services(), overdue.current_principal()
        branch = kit.store.branches(who)[0]
        overdue_told.told(who, branch)
        reading = st.session_state.get("overdue_reading")
        if reading is not None:
            overdue_preview.show(reading.checked, reading.issues, file_name=reading.file_name)
            overdue_load.confirm(kit, who, branch, reading)

    app = AppTest.from_function(panel, default_timeout=30)
    app.session_state["overdue_reading"] = reading
    app.run()
    assert not app.exception
    assert "2 of 3 rows can be taken" in texts(app)
    assert {one.label: one.value for one in app.metric}["Accounts added"] == "2"
    app.checkbox(key="overdue_full").check().run()
    assert {one.label: one.value for one in app.metric}["Gone"] == "120"
    app.button(key="overdue_import").click().run()
    assert not app.exception
    assert "2 accounts added" in texts(app)
    assert sorted((one.result.added, one.result.gone) for one in kit.store.imports(who, "YX01")) == [(2, 120), (120, 0)]
    assert set(kit.store.debtors(who, "YX01")["region"]) == {"W"}
    assert "overdue_reading" not in app.session_state


def test_a_file_that_was_imported_before_is_called_so_before_it_is_imported_again(
    kit: Stopped, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    branch = kit.store.branches(who)[0]
    first = loaded(kit, who)
    assert not any(first.repeats.values())
    made = overdue_load.take(kit, who, branch, first, full_list=False)

    def panel() -> None:
        import streamlit as st

        from dashboard.screens import overdue, overdue_load

        kit, who = overdue.services(), overdue.current_principal()
        overdue_load.confirm(kit, who, kit.store.branches(who)[0], st.session_state["overdue_reading"])

    app = AppTest.from_function(panel, default_timeout=30)
    app.session_state["overdue_reading"] = loaded(kit, who)
    app.run()
    assert not app.exception
    assert "imported before: importing it again changes nothing" in texts(app)
    assert not app.metric
    # As the full list it was not: then it closes what it does not name.
    app.checkbox(key="overdue_full").check().run()
    assert "imported before" not in texts(app)
    assert {one.label: one.value for one in app.metric}["Gone"] == "120"
    kit.store.undo_import(who, branch.code, made.batch_id, now=NOW)
    assert not any(loaded(kit, who).repeats.values())


def test_what_a_list_has_no_column_for_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER)

    def panel() -> None:
        from dashboard.screens import overdue_changes

        overdue_changes.silent({"phone", "principal_minor", "region", "workplace_lon"})
        overdue_changes.silent(set())

    app = AppTest.from_function(panel, default_timeout=30).run()
    assert not app.exception
    (said,) = app.caption
    assert said.value == (
        "This list has no column for: District, Phone, Principal, Workplace: longitude. What is known of these stays "
        "as it is."
    )


def test_names_of_a_list_are_no_markdown(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    branch = kit.store.branches(who)[0]
    overdue_load.take(kit, who, branch, loaded(kit, who), full_list=True)
    app = run()
    assert not app.exception
    assert not any("**赵五**" in str(one.value) for one in app.markdown)


def test_search_and_filters_go_together() -> None:
    rows = pd.DataFrame(
        {"name": ["甲", "Null", "乙"], "debtor_id": ["D1", "D2", "D3"], "case_ids": ["K1 K9", "K2", "K3"]}
        | {"bucket": ["M1", "M2", "M1"]}
    )
    assert chosen_rows(rows, " k9", {"bucket": []})["debtor_id"].tolist() == ["D1"]
    assert chosen_rows(rows, "null", {})["debtor_id"].tolist() == ["D2"]
    assert chosen_rows(rows, "", {"bucket": ["M1"]})["debtor_id"].tolist() == ["D1", "D3"]
    assert chosen_rows(rows, "d3", {"bucket": ["M2"]}).empty
    assert chosen_rows(rows, "(", {}).empty


def test_the_heat_table_has_totals_that_add_up() -> None:
    summary = pd.DataFrame(
        {"group": ["farm", "farm", "company"], "bucket": ["M1", "Y3+", "M1"], "debtor_type": ["", "unreviewed", ""]}
        | {"debtors": [2, 1, 4], "overdue_minor": [100_00, 50_00, 900_00]}
    )
    cells = heat_cells(summary, by="group", unit="debtors", currency="CNY").set_index(["row", "column"])
    assert cells.loc[("All", "All"), "debtors"] == 7
    assert cells.loc[("All", "Farm household"), "full"] == "¥150"
    assert cells.loc[("M2 · 31–60 days", "Company"), "text"] == "–"
    merged = heat_cells(summary, by="debtor_type", unit="debtors", currency="CNY")
    assert set(merged["column"]) == {"Not yet reviewed", "All"}


def test_every_code_has_words() -> None:
    assert set(overdue_words.GROUPS) >= {one.value for one in Group}
    assert set(overdue_words.TYPES) >= {one.value for one in DebtorType}
    assert set(overdue_words.BUCKETS) == set(overdue_words.BUCKET_COLOURS) == {one.value for one in Bucket}
    assert set(overdue_words.ACTS) == set(overdue_words.ACT_COUNTS) == set(ACTS)
    assert [name for name in COLUMNS if overdue_words.column_words(name) == name] == []


def test_what_is_missing_has_words_and_a_next_step(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    who = act_as(monkeypatch, Role.MANAGER)
    accounts = kit.store.accounts(who, "YX01")
    surveyed = survey(kit.store.debtors(who, "YX01"), accounts, today=kit.now().date())
    assert set(overdue_words.MISSING) == set(missing(surveyed, accounts, kit.store.places(who, "YX01"))["code"])


def test_issues_are_the_intakes_own_and_speak_both_languages() -> None:
    assert {code: (one.text, one.cure) for code, one in KINDS.items()} == overdue_issues.ISSUES
    one = issue("days_negative", row=7, column="DPD", value="-3")
    assert overdue_issues.issue_words(one) == (one.text, one.cure)
    with speaking("zh"):
        assert overdue_issues.issue_words(one)[0] == "逾期 -3 天：该账户没有逾期。"


def test_the_issues_file_runs_nothing_in_a_spreadsheet() -> None:
    table = issue_table([issue("amount_unreadable", row=2, column="=HYPERLINK(1)", value="@x")])
    line = issue_csv(table).decode("utf-8-sig").splitlines()[1]
    assert line.startswith("2,'=HYPERLINK(1),amount_unreadable,")
    assert ",'@x is not an amount." in line


def test_in_the_demo_it_is_said_before_a_list_is_loaded_who_may_open_it(
    kit: Stopped,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    act_as(monkeypatch, Role.MANAGER)
    said = "whoever sits at this machine opens it without a password"
    assert said not in texts(run(overdue_loading=True))
    who = Principal("set-up", Role.SYSTEM, frozenset({"YX01"}))
    store.save_setting(who, "YX01", SEEDED, value=NOW.isoformat(), now=NOW)
    assert said in texts(run(overdue_loading=True))


def test_the_command_says_what_a_file_would_change(
    kit: Stopped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    index = overdue_load.street_index(kit, "")
    monkeypatch.setattr("config.places.index_of", lambda *_: index)
    settings = replace(kit.settings, database_url=f"sqlite:///{tmp_path / 'town.sqlite'}")
    path = tmp_path / "list.csv"
    path.write_bytes(LIST)

    def said(*more: str) -> dict[str, Any]:
        assert take([str(path), "--branch", "YX01", "--json", *more], settings) == 0
        return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]

    part, full = said("--preview")["changes"], said("--preview", "--full")["changes"]
    assert (part["added"], part["gone"], part["repeated"]) == (2, 0, False)
    assert {one["what"] for one in part["details"]} == {"added"}
    assert (full["added"], full["gone"]) == (2, 120)
    assert said()["stored"]["gone"] == 0
    assert said("--preview")["changes"]["repeated"]
    assert not said("--preview", "--full")["changes"]["repeated"]
