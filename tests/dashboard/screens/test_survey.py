"""The survey page and the debtor's page, run over a small town as each role."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType, SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.maps import contact_map
from dashboard.maps.frame import Ground
from dashboard.screens import contact_dialog, debtor, debtor_words, review_form, second_reviews, survey, survey_words
from dashboard.screens.contact_dialog import EXACT, sayable
from dashboard.screens.debtor_chart import drawn, waterfall_rows
from dashboard.screens.links import ADDRESS
from dashboard.screens.survey_edit import WORDS, changes
from dashboard.text import speaking
from geodata.geocoding.answer import UNKNOWN, Located
from planner.domain import DebtorType, Principal, Role
from planner.rules.assets import ASSETS, CERTAINTIES, SOURCES
from planner.rules.review import ANSWERS, DOUBTS, GROUNDS
from planner.store import Store
from planner.store.edits import FIELDS
from planner.view.debtor_timeline import LANES
from tests.dashboard.fakes import ROOT
from tests.dashboard.screens.conftest import Stopped, act_as, frames, texts
from tests.planner.store.factories import HERE, NOW, TERMS, bad_faith, clue, clues, reviews

MANAGER = Principal("lin", Role.MANAGER, frozenset({HERE}))
SAME = Principal("somebody", Role.MANAGER, frozenset({HERE}))
PAGES: tuple[ModuleType, ...] = (debtor, survey, second_reviews)


def survey_script() -> None:
    from dashboard.screens import survey

    survey.page()


def second_script() -> None:
    from dashboard.screens import second_reviews

    second_reviews.page()


def debtor_script() -> None:
    from dashboard.screens import debtor

    debtor.page()


@pytest.fixture(autouse=True)
def over_the_town(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in PAGES:
        monkeypatch.setattr(module, "services", lambda: kit)


def run(script: object, language: str = "en", query: str = "", **state: object) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)  # type: ignore[arg-type]
    for name, value in {"language": language, **state}.items():
        app.session_state[name] = value
    if query:
        app.query_params["id"] = query
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if label in one.label).click().run()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_the_survey_is_shown_to_who_may_read_it(monkeypatch: pytest.MonkeyPatch, role: Role, language: str) -> None:
    act_as(monkeypatch, role, *PAGES)
    app = run(survey_script, language)
    assert not app.exception
    assert {"en": "Next things to do", "zh": "接下来要做的"}[language] in texts(app)
    assert any(len(one) == 120 for one in frames(app))
    sets = [one for one in app.selectbox if one.label in ("Set", "设置")]
    assert len(sets) == (1 if role is Role.MANAGER else 0)


def test_a_thing_to_do_opens_the_table_of_those_who_lack_it(monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER, *PAGES)
    app = press(run(survey_script), "Type not yet reviewed")
    assert not app.exception
    assert "Review willingness and ability before the visit." in texts(app)
    assert app.session_state["survey_lack"] == "review"
    assert not press(app, "Show everybody").exception


def test_a_review_is_saved_and_the_next_one_appears_at_once(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    who = act_as(monkeypatch, Role.MANAGER, *PAGES)
    app = run(survey_script, **{"survey_part en": "reviews"})
    assert not app.exception
    assert "120 are left to review" in texts(app)
    first = next(one.key for one in app.button if one.key and one.key.startswith("save review ")).split()[-1]
    app.session_state[f"willing {first}"], app.session_state[f"able {first}"] = "yes", "no"
    app = app.run()
    assert "Hardship" in texts(app)
    app = press(app, "Save and next")
    assert not app.exception
    assert "119 are left to review" in texts(app)
    row = store.reviews(who, HERE).iloc[0]
    assert (row["debtor_id"], row["proposed"], row["reviewer"]) == (first, "hardship", "somebody")


def test_a_note_with_a_telephone_cannot_be_saved(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    who = act_as(monkeypatch, Role.MANAGER, *PAGES)
    app = run(survey_script, **{"survey_part en": "reviews"})
    first = next(one.key for one in app.button if one.key and one.key.startswith("save review ")).split()[-1]
    app.session_state[f"willing {first}"], app.session_state[f"able {first}"] = "yes", "no"
    app.session_state[f"note {first}"] = "call 138 0000 0000"
    app = app.run()
    assert "long number" in str([one.value for one in app.warning])
    assert next(one for one in app.button if "Save and next" in one.label).disabled
    assert store.reviews(who, HERE).empty


@pytest.mark.parametrize(("proposer", "may"), [(MANAGER, True), (SAME, False)])
def test_a_second_person_confirms_and_the_first_is_told_why_not(
    monkeypatch: pytest.MonkeyPatch, store: Store, proposer: Principal, may: bool
) -> None:
    store.save_reviews(proposer, HERE, reviews(bad_faith("r1", "D7")), TERMS, now=NOW - timedelta(hours=2))
    who = act_as(monkeypatch, Role.MANAGER, *PAGES)
    app = run(survey_script, **{"survey_part en": "second"})
    assert not app.exception
    assert ("another person has to confirm it" in texts(app)) == (not may)
    assert any("Confirm bad faith" in one.label for one in app.button) == may
    if may:
        app = press(app, "Confirm bad faith")
        assert not app.exception
        assert "No proposal of bad faith waits" in texts(app)
        assert store.debtor_types(who, HERE).set_index("debtor_id").loc["D7", "debtor_type"] == "bad_faith"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_head_confirms_on_a_page_that_names_nobody(
    monkeypatch: pytest.MonkeyPatch, store: Store, language: str
) -> None:
    act_as(monkeypatch, Role.REGIONAL_HEAD, *PAGES)
    none, yes = {"en": ("No proposal of bad faith", "Confirm"), "zh": ("没有等待第二复核人", "确认不良型")}[language]
    assert none in texts(run(second_script, language))
    store.save_reviews(MANAGER, HERE, reviews(bad_faith("r1", "D7", note="秘密")), TERMS, now=NOW - timedelta(hours=2))
    app = run(second_script, language)
    assert not app.exception
    assert "D7" in texts(app)
    cards = store.contacts(MANAGER, HERE)
    assert not [one for one in {"秘密", *cards["name"], *cards["phone"]} if one and one in texts(app)]
    app = press(app, yes)
    assert not app.exception
    assert none in texts(app)
    assert store.debtor_types(MANAGER, HERE).set_index("debtor_id").loc["D7", "second"] == "somebody"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_head_who_is_not_convinced_sends_back_and_the_branch_is_told_why(
    monkeypatch: pytest.MonkeyPatch, store: Store, language: str
) -> None:
    acts = "hides_assets false_papers broke_promises"
    proposed = {**bad_faith("r1", "D7"), "grounds": acts}
    store.save_reviews(MANAGER, HERE, reviews(proposed), TERMS, now=NOW - timedelta(hours=2))
    head = act_as(monkeypatch, Role.REGIONAL_HEAD, *PAGES)
    app = run(second_script, language)
    told = {
        "en": "Act: hides assets, gave false papers · Broke promises",
        "zh": "行为：隐匿资产、提供虚假材料 · 多次失约",
    }
    assert told[language] in texts(app)
    send, none = {"en": ("Send back", "No proposal of bad faith"), "zh": ("退回支行", "没有等待第二复核人")}[language]
    assert next(one for one in app.button if send in one.label).disabled  # a no has a ground
    app = press(run(second_script, language, **{"doubts r1": ["act_not_shown", "not_heard"]}), send)
    assert not app.exception
    assert none in texts(app)
    act_as(monkeypatch, Role.MANAGER, *PAGES)
    app = run(survey_script, language, **{f"survey_part {language}": "second"})
    why = {"en": "The act is not shown, The debtor was not heard", "zh": "行为没有依据、没有听取债务人的说法"}[language]
    assert head.name in texts(app)
    assert why in texts(app)
    store.save_reviews(SAME, HERE, reviews({**bad_faith("r9", "D7"), "willing": "yes"}), TERMS, now=NOW)
    assert why not in texts(run(survey_script, language, **{f"survey_part {language}": "second"}))


def test_an_edit_is_told_and_taken_back(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    who = act_as(monkeypatch, Role.MANAGER, *PAGES)
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b1", now=NOW - timedelta(minutes=1))
    app = run(survey_script)
    assert "Last edit: Customer group, 1 values" in texts(app)
    app = press(app, "Undo")
    assert not app.exception
    assert store.debtors(who, HERE).set_index("debtor_id").loc["D1", "group"] == "individual"
    assert "Last edit" not in texts(app)


def test_many_are_set_at_once_by_debtor_or_on_every_account() -> None:
    rows = pd.DataFrame({"debtor_id": ["D1", "D2"], "group": ["farm", ""], "product": ["card", "other"],
                         "case_ids": ["K1 K2", "K3"]})  # fmt: skip
    assert changes(rows, "group", "farm") == ([("debtor", "D2", "group", "farm")], 1)
    wanted, same = changes(rows, "product", "card")
    assert [one[1] for one in wanted] == ["K1", "K2", "K3"]
    assert same == 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_the_debtors_page_has_every_part(
    monkeypatch: pytest.MonkeyPatch, store: Store, role: Role, language: str
) -> None:
    store.save_clues(MANAGER, HERE, clues(clue(debtor_id="D4")), now=NOW)
    act_as(monkeypatch, role, *PAGES)
    app = run(debtor_script, language, "D4")
    assert not app.exception
    parts = {
        "en": ("Clocks", "What a visit is worth", "What is allowed", "Contact points", "Asset clues", "Truck"),
        "zh": ("时效时钟", "外访的价值", "未来几天允许什么", "联系地点", "资产线索", "货车"),
    }
    for words in parts[language]:
        assert words in texts(app)
    assert "云溪路 9 号" in texts(app)
    review = {"en": "Review", "zh": "复盘"}[language]
    assert any(one.label == review for one in app.button) == (role is Role.MANAGER)


@pytest.mark.parametrize(("known", "kept"), [((103.5, 30.5, 40.0), True), ((None, None, None), False)])
def test_an_address_that_no_index_knows_keeps_the_place_where_it_was(
    kit: Stopped, monkeypatch: pytest.MonkeyPatch, known: tuple[float | None, ...], kept: bool
) -> None:
    said: list[str] = []
    monkeypatch.setattr(contact_dialog, "street_index", lambda *_: lambda address: UNKNOWN)
    monkeypatch.setattr(contact_dialog.st, "caption", said.append)
    old = dict(zip(("lon", "lat", "accuracy_m"), (float("nan") if one is None else one for one in known), strict=True))
    here = next(iter(kit.store.branches(MANAGER)))
    with speaking("en"):
        lon, lat, metres = contact_dialog.position(
            kit, MANAGER, SimpleNamespace(branch=here), "新巷 9 号", "address", old, "x"
        )
    if kept:
        assert (lon, lat, metres) == known
        assert "the position stays as it was" in said[0]
    else:
        assert (pd.isna(lon), pd.isna(lat), metres) == (True, True, 100)
        assert said == ["This address is not in the street index."]


@pytest.mark.parametrize(
    ("language", "code", "said"), [("en", "W", "West"), ("zh", "W", "西区"), ("en", "X9", "X9"), ("en", "", "District")]
)
def test_where_an_address_was_found_is_told_by_the_name_of_the_district(
    kit: Stopped, monkeypatch: pytest.MonkeyPatch, language: str, code: str, said: str
) -> None:
    told: list[str] = []
    found = Located(103.8, 30.6, 15.0, code, "house")
    monkeypatch.setattr(contact_dialog, "street_index", lambda *_: lambda address: found)
    monkeypatch.setattr(contact_dialog.st, "caption", told.append)
    here = SimpleNamespace(branch=next(iter(kit.store.branches(MANAGER))))
    with speaking(language):
        assert contact_dialog.position(kit, MANAGER, here, "新巷 9 号", "address", {}, "x") == (103.8, 30.6, 15.0)
    assert said in told[0]


def test_the_point_that_wants_a_correction_is_offered_first_and_as_set_on_the_map() -> None:
    nan = float("nan")
    columns = ["place_id", "open", "lon", "accuracy_m"]
    rows = [("a", True, 109.6, 15.0), ("b", True, 109.6, 535.0), ("c", True, 109.6, 4_000.0), ("d", False, nan, nan)]
    assert contact_dialog.to_correct(pd.DataFrame(rows[:1], columns=columns)) == ""
    assert contact_dialog.to_correct(pd.DataFrame(rows, columns=columns)) == "c"
    assert contact_dialog.to_correct(pd.DataFrame([*rows, ("e", True, nan, nan)], columns=columns)) == "e"
    assert contact_dialog.to_correct(pd.DataFrame([], columns=columns)) == ""


@pytest.mark.parametrize("accuracy_m", [3.0, 50.0, 35_000.0])
def test_an_accuracy_that_may_not_be_said_is_offered_as_the_nearest_that_may(accuracy_m: float) -> None:
    assert EXACT[0] <= sayable(accuracy_m) <= EXACT[1]


def test_a_stranger_and_nobody_are_answered_kindly(monkeypatch: pytest.MonkeyPatch) -> None:
    act_as(monkeypatch, Role.MANAGER, *PAGES)
    assert "not on the list" in texts(run(debtor_script, query="D999"))
    app = run(debtor_script)
    assert not app.exception
    assert "Look somebody up" in texts(app)
    app = run(debtor_script, debtor_search="K12")
    assert not app.exception


def test_a_page_of_a_collector_without_stops_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    who = Principal("c", Role.COLLECTOR, frozenset({HERE}), f"{HERE}-A")
    for module in PAGES:
        monkeypatch.setattr(module, "current_principal", lambda: who)
    app = run(debtor_script, query="D4")
    assert not app.exception
    assert "not among your stops" in texts(app)


def test_every_code_has_words() -> None:
    assert set(debtor_words.GROUNDS) == set(GROUNDS)
    assert set(debtor_words.DOUBTS) == set(DOUBTS)
    assert set(debtor_words.ANSWERS) == set(ANSWERS)
    assert set(debtor_words.ASSETS) == set(ASSETS)
    assert set(debtor_words.SOURCES) == set(SOURCES)
    assert set(debtor_words.CERTAINTIES) == set(CERTAINTIES)
    assert set(debtor_words.LANES) == set(LANES)
    assert set(survey_words.FIELDS) == {field for fields in FIELDS.values() for field in fields}
    for fields in FIELDS.values():
        for field, values in fields.items():
            assert values is None or set(WORDS[field]) <= values
    assert set(review_form.FAULTS) == {"long", "number"}
    assert debtor_words.type_words("unreviewed", "bad_faith") != debtor_words.type_words("bad_faith")
    assert {one.value for one in DebtorType} <= set(debtor_words.TYPES)


def test_the_page_has_the_address_that_links_name() -> None:
    assert f'"{ADDRESS}", debtor.page' in (ROOT / "dashboard" / "navigation.py").read_text(encoding="utf-8")


def test_the_waterfall_ends_at_the_whole() -> None:
    parts = {"pays_now_minor": 300_00.0, "promises_minor": 200_00.0, "paid_anyway_minor": -150_00.0}
    option = {**parts, "information_minor": 10_00.0, "evidence_minor": 0.0}
    with speaking("en"):
        rows = waterfall_rows(option, "CNY")
    assert rows["end"].tolist()[-1] == pytest.approx(360.0)
    assert (rows["begin"].to_numpy()[1:-1] == rows["end"].to_numpy()[:-2]).all()


def test_old_events_and_far_ends_stay_on_the_axis() -> None:
    events = pd.DataFrame(
        {
            "on": pd.to_datetime(["2010-01-01", "2026-11-01", "2010-01-01"]),
            "until_on": pd.to_datetime(["2046-01-01", None, "2011-01-01"]),
            "lane": ["clocks", "visits", "clocks"], "kind": ["clock", "visit", "clock"],
            "code": ["limitation", "NOT_HOME", "guarantee"], "minor": [1.0, float("nan"), 1.0], "who": "", "about": "",
            "more": "", "ahead": False,
        }
    )  # fmt: skip
    with speaking("en"):
        rows = drawn(events, NOW.date(), "CNY")
    assert rows["kind"].tolist() == ["clock", "visit"]
    assert (rows["begin"] >= pd.Timestamp(NOW.date()) - pd.Timedelta(days=731)).all()
    assert (rows["end"] <= pd.Timestamp(NOW.date()) + pd.Timedelta(days=121)).all()


def test_the_map_shows_how_exact_a_point_is() -> None:
    places = pd.DataFrame(
        {"place_id": ["a", "b", "c"], "kind": ["home", "shop", "guarantor"], "lon": [109.5, 109.6, float("nan")],
         "lat": [29.1, 29.1, float("nan")], "accuracy_m": [500.0, float("nan"), 20.0], "open": [True, False, True]}
    )  # fmt: skip
    ground = Ground("yunxi", ROOT / "static" / "basemap", "en", (109.57, 29.1))
    with speaking("en"):
        value = next(iter(contact_map(places, ground).layer._children.values())).value
    assert value.count('"ring"') == 1
    assert '"radius":[7.0,7.0]' in value
