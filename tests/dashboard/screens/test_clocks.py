"""The clocks page: the sentence, the acts, names only for managers, and evidence that moves a clock."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from config.rules import load_pack
from dashboard import formats
from dashboard.screens import clocks, clocks_read, early, playbook
from dashboard.screens.clocks_letters import letters, note
from dashboard.screens.rules_table import RULE_WORDS
from dashboard.text import speaking
from planner.domain import Role
from planner.rules.catalog import CATALOG
from planner.tables import HOLDS, conform
from planner.view.clocks import acts, clocks_view
from tests.dashboard.screens.conftest import Stopped, act_as, frames, texts
from tests.planner.store.factories import HERE, NOW, branch, outcome, outcomes, place_word, principal

MODULES = (clocks, early, playbook)
REAL_VIEW = clocks_read.read_view


@pytest.fixture
def soon(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> Stopped:
    """The small town with debts whose period ends in 5, 40 and -10 days."""
    who = principal()
    tables = {
        "debtors": kit.store.debtors(who, HERE),
        "accounts": kit.store.accounts(who, HERE),
    }
    left = [5, 40, -10]
    accounts = tables["accounts"].head(3)
    due = [pd.Timestamp(NOW.date() + timedelta(days=days)) - pd.DateOffset(years=3) for days in left]
    accounts = accounts.assign(
        due_on=pd.Series(due, index=accounts.index).astype("datetime64[s]"),
        days_past_due=[1090, 1055, 1105],
        interrupted_on=pd.Series(pd.NaT, index=accounts.index, dtype="datetime64[s]"),
        interruption="",
        last_paid_on=pd.Series(pd.NaT, index=accounts.index, dtype="datetime64[s]"),
        overdue_minor=2_000_000,
        guarantee_kind="none",
    )
    debtors = tables["debtors"][tables["debtors"]["debtor_id"].isin(accounts["debtor_id"])]
    kit.store.save_import(
        who, HERE, {"debtors": debtors, "accounts": accounts}, file_name="soon.csv", sha256="5" * 64, profile="auto",
        rows_read=3, rows_accepted=3, issues_json="[]", now=NOW, full_list=True,
    )  # fmt: skip
    for module in MODULES:
        monkeypatch.setattr(module, "services", lambda: kit)
    return kit


def page() -> None:
    from dashboard.screens import clocks

    clocks.page()


def test_the_sentence_counts_what_lapses_by_what_is_enough(soon, monkeypatch):
    act_as(monkeypatch, Role.MANAGER, clocks)
    shown = AppTest.from_function(page).run(timeout=60)
    assert not shown.exception
    assert "2 debts lapse within 60 days:" in texts(shown)
    assert "The debtor may refuse to pay" in "\n".join(one.value for one in shown.warning)
    passed = [one for one in frames(shown) if (one.get("days") < 0).any()]
    assert len(passed) == 1, "what has passed stands in a table of its own"
    view = clocks_view(soon.store, principal(), branch(), load_pack("CN"), now=NOW)
    assert sum(act.count for act in acts(view.lapsing)) == 2
    assert view.lapsing["days_left"].tolist() == [5, 40]


def test_an_auditor_sees_no_form(soon, monkeypatch):
    act_as(monkeypatch, Role.AUDITOR, clocks)
    shown = AppTest.from_function(page).run(timeout=60)
    assert not shown.exception
    assert not [one for one in shown.selectbox if one.label == "Evidence"]


def test_evidence_is_previewed_saved_and_moves_the_clock(soon, monkeypatch):
    act_as(monkeypatch, Role.MANAGER, clocks)
    shown = AppTest.from_function(page).run(timeout=60)
    kind = next(one for one in shown.selectbox if one.label == "Evidence")
    save = next(one for one in shown.button if one.label == "Save the evidence")
    assert save.disabled
    kind.set_value("gps_check_in").run(timeout=60)
    assert any("proves nothing that the law counts" in one.value for one in shown.warning)
    next(one for one in shown.selectbox if one.label == "Evidence").set_value("notice_signed")
    shown.text_input[0].set_value("folder 3").run(timeout=60)
    save = next(one for one in shown.button if one.label == "Save the evidence")
    assert not save.disabled
    save.click().run(timeout=60)
    assert not shown.exception
    assert "1 debt lapses within 60 days:" in texts(shown)
    assert any("runs anew" in one.value for one in shown.success)
    assert soon.store.audit_entries(principal(), HERE)[-1].what == "clock.interrupt"


def test_the_letters_name_address_and_day_and_formulas_stay_text(soon):
    view = clocks_view(soon.store, principal(), branch(), load_pack("CN"), now=NOW)
    with speaking("en"):
        table = letters(soon, principal(), view)
    assert list(table.columns[:5]) == ["Send by", "Last day", "Debtor", "Address", "Note"]
    assert len(table) == int(view.lapsing["cheapest_act"].isin(["letter", "demand_on_guarantor"]).sum())


def test_no_letter_goes_where_a_crew_found_the_address_wrong(soon):
    who, view = principal(), clocks_view(soon.store, principal(), branch(), load_pack("CN"), now=NOW)
    debtor_id = view.lapsing.loc[view.lapsing["cheapest_act"] == "letter", "debtor_id"].iloc[0]
    for number, address in enumerate(("新巷 1 号", "旧巷 2 号")):
        word = place_word(debtor_id=debtor_id, address=address)
        last = soon.store.put_place(who, HERE, word, change_id=f"x{number}", now=NOW)
        if number == 0:
            good = last
    for place in set(soon.store.places(who, HERE).query("debtor_id == @debtor_id")["place_id"]) - {good}:
        found = outcome(f"o-{place}", debtor_id=debtor_id, place_id=place, code="MOVED")
        soon.store.save_outcomes(who, HERE, outcomes(found), now=NOW)
    view = clocks_view(soon.store, who, branch(), load_pack("CN"), now=NOW)
    with speaking("en"):
        table = letters(soon, who, view)
    name = view.lapsing.set_index("debtor_id").loc[debtor_id, "name"]
    assert table.set_index("Debtor").loc[name, "Address"] == "新巷 1 号"


def test_a_letter_without_an_address_says_why_and_what_else_lapses(soon):
    view = clocks_view(soon.store, principal(), branch(), load_pack("CN"), now=NOW)
    one = view.lapsing[view.lapsing["cheapest_act"] == "letter"].iloc[0]
    other = {"case_id": "K99", "cheapest_act": "signed_notice", "kind": "limitation"}
    both = pd.concat([view.lapsing, pd.DataFrame([one.to_dict() | other])], ignore_index=True)
    crowded = SimpleNamespace(lapsing=both, terms=view.terms, today=view.today)
    with speaking("en"):
        assert note(view, one.to_dict(), "柳巷 1 号", moved=False) == ""
        told = note(crowded, one.to_dict(), "", moved=False)
        assert told == "no home address is on file; also lapsing: K99, Notice signed at a visit"
        assert "found wrong" in note(view, one.to_dict(), "", moved=True)
        demand = one.to_dict() | {"cheapest_act": "demand_on_guarantor", "ends_on": pd.Timestamp(view.today)}
        assert note(view, demand, "", moved=True) == (
            "no address of the guarantor is on file: take it from the contract; "
            "too late by post: hand it over and have it signed for"
        )


def early_page() -> None:
    from dashboard.screens import early

    early.page()


def playbook_page() -> None:
    from dashboard.screens import playbook

    playbook.page()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
@pytest.mark.parametrize("one", [early_page, playbook_page])
def test_the_other_pages_show_for_every_role(soon, monkeypatch, role, one):
    act_as(monkeypatch, role, *MODULES)
    shown = AppTest.from_function(one).run(timeout=60)
    assert not shown.exception
    assert shown.subheader[0].value.startswith(("First days", "Playbook and rules"))


def test_every_rule_of_the_catalogue_has_words() -> None:
    assert list(RULE_WORDS) == [rule.name for rule in CATALOG]
    assert [rule.says for rule in CATALOG] == list(RULE_WORDS.values())


def card() -> None:
    import streamlit as st

    from dashboard.screens import clock_line, clocks

    kit, who = clocks.services(), clocks.current_principal()
    clock_line.show(kit, who, "YX01", st.session_state["debtor"])


def test_the_card_of_somebody_left_out_shows_his_clock_and_an_act_that_is_permitted(soon, monkeypatch):
    act_as(monkeypatch, Role.MANAGER, clocks)
    rows = clocks_view(soon.store, principal(), branch(), load_pack("CN"), now=NOW).lapsing
    first = rows.iloc[0]
    app = AppTest.from_function(card)
    app.session_state["debtor"] = first["debtor_id"]
    shown = texts(app.run(timeout=60))
    assert "5 days left" in shown
    assert f"last day {formats.day(first['ends_on'].date(), year=True)}" in shown
    assert "Notice signed at a visit" in shown
    row = {"hold_id": "H9", "debtor_id": first["debtor_id"], "branch": HERE, "kind": "dispute", "from_on": None,
           "until_on": None, "set_by": "branch"}  # fmt: skip
    soon.store.save_holds(principal(), HERE, conform(pd.DataFrame([row]), HOLDS), now=NOW)
    barred = clocks_view(soon.store, principal(), branch(), load_pack("CN"), now=NOW).lapsing.iloc[0]
    assert (barred["cheapest_act"], barred["barred_by"]) == ("suit", "hold")
    app.session_state["debtor"] = "nobody"
    assert not app.run(timeout=60).markdown


def test_one_debtors_clocks_are_those_of_the_page_and_follow_what_is_recorded(soon, monkeypatch):
    act_as(monkeypatch, Role.MANAGER, clocks)
    who, read = principal(), []
    monkeypatch.setattr(clocks_read, "read_view", lambda *given: read.append(1) or REAL_VIEW(*given))
    rows = clocks_view(soon.store, who, branch(), load_pack("CN"), now=NOW).lapsing
    first, none = rows["debtor_id"].iloc[0], soon.store.accounts(who, HERE)["debtor_id"].iloc[2]
    assert none not in set(rows["debtor_id"])
    assert clocks_read.lapsing_of(soon, who, branch(), none) is None
    assert not read  # the branch's clocks are not read for somebody who has none
    assert clocks_read.lapsing_of(soon, who, branch(), first)["case_id"].tolist() == rows["case_id"].head(1).tolist()
    # A proof puts it off, and taking the proof back brings it on again.
    case = rows["case_id"].iloc[0]
    for proof, left in ((NOW.date(), None), (None, 1)):
        accounts = soon.store.accounts(who, HERE)
        mine = accounts["case_id"] == case
        day = pd.Timestamp(proof) if proof else pd.NaT
        accounts.loc[mine, "interrupted_on"] = day
        accounts.loc[mine, "interruption"] = "notice_signed" if proof else ""
        monkeypatch.setattr(type(soon.store), "accounts", lambda *_, table=accounts, **__: table)
        found = clocks_read.lapsing_of(soon, who, branch(), first)
        assert (None if found is None else len(found)) == left
