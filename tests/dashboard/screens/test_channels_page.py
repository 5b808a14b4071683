"""The pages Ways and Crews over the story: a planned week with an agency, and visits on file."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from config.settings import Paths, load_settings
from dashboard.screens import channels, crews
from dashboard.screens.who import kept_by
from dashboard.services import ROOT, Services
from dashboard.text import speaking
from planner.domain import Principal, Role
from planner.store import Store
from planner.view.channels import ChannelsView
from tests.dashboard.screens.conftest import frames, texts
from tests.planner.conftest import own_store, story, story_store  # noqa: F401  fixtures
from tests.planner.factories import BRANCH, NOW, WEEK, branch, outcomes, principal
from tests.planner.test_choice import HY, planned

PAGES = (channels, crews)
NAMES = {"en": "Ways to the debtors", "zh": "接触债务人的方式"}


class Then(Services):
    """Services whose clock stands where the story begins."""

    def now(self) -> datetime:
        return NOW


def over(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, who: Principal) -> Then:
    st.cache_data.clear()
    st.cache_resource.clear()
    kit = Then(replace(load_settings(ROOT, dict(os.environ)), paths=Paths(ROOT, folder)), store)
    for module in PAGES:
        monkeypatch.setattr(module, "services", lambda: kit)
        monkeypatch.setattr(module, "current_principal", lambda: who)
    return kit


def channels_script() -> None:
    from dashboard.screens import channels

    channels.page()


def crews_script() -> None:
    from dashboard.screens import crews

    crews.page()


def run(script: object, language: str = "en", **state: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)  # type: ignore[arg-type]
    for name, value in {"language": language, "week": WEEK, **state}.items():
        app.session_state[name] = value
    return app.run()


@pytest.mark.parametrize(("role", "language"), [(Role.MANAGER, "en"), (Role.MANAGER, "zh"), (Role.AUDITOR, "en")])
def test_everybody_has_a_way_with_its_reason_and_names_are_the_managers(
    own_store: Store,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    role: Role,
    language: str,
) -> None:
    saved = planned(own_store)
    over(own_store, tmp_path, monkeypatch, principal(role))
    app = run(channels_script, language)
    assert not app.exception
    assert NAMES[language] in texts(app)
    rows = frames(app)[0]
    assert len(rows) == len(saved.context["channels"]["rows"])
    assert (rows["why"].str.len() > 10).all()
    named = set(own_store.contacts(principal(), BRANCH)["name"]) & set(rows["debtor"])
    assert bool(named) == (role is Role.MANAGER)
    offered = app.get("download_button")
    assert bool(offered) == (role is Role.MANAGER)
    if language == "zh":  # no sentence of the planner is left in English
        assert not rows["why"].str.contains("[A-Za-z]{4}").any()


def test_a_week_without_a_plan_says_so(
    own_store: Store,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over(own_store, tmp_path, monkeypatch, principal())
    app = run(channels_script, week="2026-W50")
    assert not app.exception
    assert "No plan for Week 50, 2026 yet" in texts(app)


def test_money_has_the_branch_s_own_sign_and_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame(
        {
            "debtor_id": ["D1"], "name": [""], "channel": ["phone"], "agency": [""], "bucket": ["M1"],
            "planned": [False], "why": ["A call brings 5 net; a visit would bring less than is paid anyway."],
            **{f"{one}_minor": [501.0] for one in
               ("overdue", "gross", "cost", "fee", "net", "own", "agency", "letter", "phone")},
        }
    )  # fmt: skip
    shown: dict[str, object] = {}
    monkeypatch.setattr(channels.st, "pills", lambda *_, **__: ["phone"])
    monkeypatch.setattr(channels.st, "dataframe", lambda table, **config: shown.update(table=table, **config))
    for currency, heading, amount in (("INR", "Overdue ₹", 5), ("JPY", "Overdue JP¥", 501)):
        with speaking("en"):
            channels.table(ChannelsView("p", WEEK, True, rows, 1.0, 1.0, (), currency))
        assert shown["column_config"]["overdue"]["label"] == heading  # type: ignore[index]
        assert shown["table"]["net"].tolist() == [amount]  # type: ignore[index]
    monkeypatch.setattr(channels.st, "pills", lambda *_, **__: ["letter"])  # the table is cut to the ways chosen
    with speaking("en"):
        channels.table(ChannelsView("p", WEEK, True, rows, 1.0, 1.0, (), "CNY"))
    assert shown["table"].empty  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", [channels_script, crews_script])
def test_without_a_branch_it_is_said_how_one_comes_about(
    own_store: Store,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    page: object,
) -> None:
    over(own_store, tmp_path, monkeypatch, Principal("nobody", Role.MANAGER, frozenset()))
    app = run(page)
    assert not app.exception
    assert "No branch is set up yet" in texts(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_manager_sees_every_crew_and_a_collector_his_own(
    own_store: Store,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    for crew in ("A", "B"):
        store_visit(own_store, f"{BRANCH}-{crew}")
    over(own_store, tmp_path, monkeypatch, principal())
    app = run(crews_script, language)
    assert not app.exception
    assert len(frames(app)[0]) == len(own_store.crews(principal(), BRANCH))
    assert not [name for name in frames(app)[0] if "paid" in name or "minor" in name]
    over(own_store, tmp_path, monkeypatch, principal(Role.COLLECTOR, crew=f"{BRANCH}-A"))
    his = run(crews_script, language)
    assert not his.exception
    assert len(frames(his)[0]) == 1
    assert not his.get("form_submit_button")


def store_visit(store: Store, crew: str) -> None:
    """Record a visit of a crew at a door that is known."""
    place = store.places(principal(), BRANCH).iloc[0]
    row = {"debtor_id": place["debtor_id"], "place_id": place["place_id"], "crew_id": crew, "outcome_id": f"o {crew}"}
    at = datetime(2026, 11, 12, 10, tzinfo=NOW.tzinfo)
    store.save_outcomes(principal(), BRANCH, outcomes(row | {"started_at": at, "ended_at": at}), now=NOW)


def test_a_complaint_is_kept_and_counted(
    own_store: Store,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store_visit(own_store, f"{BRANCH}-A")
    over(own_store, tmp_path, monkeypatch, principal())
    app = run(crews_script)
    assert set(frames(app)[0]["complaints"]) == {"0, 0 upheld"}
    next(one for one in app.button if one.label == "Save").click().run()
    assert not app.exception
    assert len(own_store.complaints(principal(), BRANCH)) == 1
    assert sorted(frames(app)[0]["complaints"])[-1] == "1, 0 upheld"
    (first,) = own_store.complaints(principal(), BRANCH)["complaint_id"]
    next(one for one in app.selectbox if one.label == "Which").set_value(first)
    next(one for one in app.selectbox if one.label == "State").set_value("yes")
    next(one for one in app.button if one.label == "Save").click().run()
    assert not app.exception
    assert own_store.complaints(principal(), BRANCH)["replaces"].tolist() == [first]
    assert sorted(frames(app)[0]["complaints"])[-1] == "1, 1 upheld"  # answered, not counted twice


def test_a_cached_view_is_kept_by_who_asks_the_day_and_the_data(
    own_store: Store,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kit = over(own_store, tmp_path, monkeypatch, principal())
    manager, head = principal(), principal(Role.REGIONAL_HEAD)
    before = kept_by(kit, manager, branch())
    assert kept_by(kit, manager, branch()) == before
    assert kept_by(kit, head, branch()) != before
    assert kept_by(kit, manager, branch(), "more") != before
    own_store.save_agencies(manager, BRANCH, [HY], now=NOW)
    assert kept_by(kit, manager, branch()) != before
    collector = principal(Role.COLLECTOR, crew=f"{BRANCH}-A")  # who may not read the trail
    assert kept_by(kit, collector, branch())[1] == BRANCH
