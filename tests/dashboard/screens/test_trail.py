"""The page of the audit trail: every deed has words, each role sees its own trail, and no debtor's name is in it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from config.settings import load_settings
from dashboard.screens import trail
from dashboard.services import ROOT, Services
from dashboard.text import speaking
from dashboard.text.deeds import DEEDS, deed
from planner.domain import Principal, Role
from planner.store import AuditEntry, Login, Store, open_store
from tests.dashboard.screens.conftest import texts
from tests.planner.conftest import Story, own_store, story  # noqa: F401  fixtures
from tests.planner.factories import BRANCH, NOW, principal

LATER = NOW + timedelta(days=8)


def test_every_deed_of_the_store_has_words() -> None:
    """A deed that is added to the store shows its bare name until somebody words it here."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "planner" / "store").glob("*.py"))
    named = set(re.findall(r"(?:write|write_job|deed)\([^\n]*?\"([a-z]+\.[a-z_]+)\"", code))
    assert len(named) > 30
    assert not {one for one in named if deed(one) == one}
    assert set(DEEDS) >= named


def trail_page() -> None:
    from dashboard.screens import trail

    trail.page()


def opened(monkeypatch: pytest.MonkeyPatch, store: Store, who: Principal, language: str = "en") -> AppTest:
    class Later(Services):
        def now(self):
            return LATER

    st.cache_data.clear()
    st.cache_resource.clear()
    kit = Later(load_settings(ROOT, {}), store)
    monkeypatch.setattr(trail, "services", lambda: kit)
    monkeypatch.setattr(trail, "current_principal", lambda: who)
    app = AppTest.from_function(trail_page, default_timeout=60)
    app.session_state["language"] = language
    shown = app.run()
    assert not shown.exception
    return shown


def test_a_manager_reads_what_was_done_at_the_branch_and_finds_one_person(
    own_store: Store,  # noqa: F811
    story: Story,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trail, "period", lambda: "All entries")
    shown = opened(monkeypatch, own_store, principal())
    table = shown.dataframe[0].value
    assert {"Plan published", "Outcomes recorded"} <= set(table["What"])
    assert any(story.first.plan_id in one for one in table["About"])
    cards = own_store.contacts(principal(), BRANCH)
    assert not [name for name in cards["name"] if table["About"].str.contains(name, regex=False).any()]
    crew = next(one for one in set(table["Who"]) if one != principal().name)
    shown.multiselect[0].select(crew).run()
    assert set(shown.dataframe[0].value["Who"]) == {crew}


def test_a_day_on_which_nothing_was_done_says_so_in_chinese(
    own_store: Store,  # noqa: F811
    story: Story,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trail, "PERIODS", {"Today": 1})
    monkeypatch.setattr(trail, "period", lambda: "Today")
    shown = opened(monkeypatch, own_store, principal(), "zh")
    assert "此期间没有操作" in texts(shown)


def test_an_administrator_reads_of_accounts_alone_and_an_auditor_both(
    own_store: Store,  # noqa: F811
    story: Story,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    boss = Principal("boss", Role.ADMINISTRATOR, frozenset({BRANCH}))
    own_store.logins.save(boss, Login("lin", Role.MANAGER, frozenset({BRANCH})), password="h", now=LATER)
    shown = opened(monkeypatch, own_store, boss)
    assert set(shown.dataframe[0].value["What"]) == {"Account added or changed"}
    assert "lin" in shown.dataframe[0].value["About"].iloc[0]
    auditor = Principal("auditor", Role.AUDITOR, frozenset({BRANCH}))
    store = open_store(story.url.replace(str(story.database), str(tmp_path / "own.sqlite")), clock=lambda: LATER)
    shown = opened(monkeypatch, store, auditor)
    assert "Auditor read (audit)" in set(shown.dataframe[0].value["What"])
    monkeypatch.setattr(trail, "which", lambda _: trail.ACCOUNTS)
    shown = opened(monkeypatch, store, auditor)
    assert "Account added or changed" in set(shown.dataframe[0].value["What"])
    (zone,) = {one.value.split(".")[0] for one in shown.caption if "Times are of" in one.value}
    assert zone == "Times are of Asia/Shanghai", "one zone on both trails"
    store.close()


def test_entries_stand_strictly_by_time_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = []
    monkeypatch.setattr(trail.st, "dataframe", lambda table, **_: tables.append(table))
    monkeypatch.setattr(trail.st, "columns", lambda n: [SimpleNamespace(multiselect=lambda *_, **__: [])] * n)
    minutes = (5, 1, 9, 3)  # a job of another process is noted when it ends, with the time at which it was asked for
    entries = [
        AuditEntry(number, NOW + timedelta(minutes=one), "lin", "manager", BRANCH, "plan.save", {})
        for number, one in enumerate(minutes)
    ]
    trail.show(entries, ZoneInfo("UTC"))
    times = tables[0].iloc[:, 0].tolist()
    assert times == sorted(times, reverse=True)
    assert len(times) == len(minutes)


def test_a_page_is_told_by_its_title_in_the_readers_language() -> None:
    with speaking("zh"):
        assert trail.titles()["week"] in deed("read.page.week", trail.titles())
        assert "()" not in deed("read.page.", trail.titles())
        assert "（）" not in deed("read.page.", trail.titles())
