"""What an auditor is shown stands in the trail first: the page, and whose card it was, however he came to it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import main
from dashboard.screens import alarm, debtor, looked, overdue
from planner.domain import Principal, Role
from planner.store import Store
from tests.dashboard.screens.conftest import Stopped, act_as, texts
from tests.dashboard.screens.test_survey import debtor_script, run
from tests.planner.store.factories import HERE

MANAGER = Principal("lin", Role.MANAGER, frozenset({HERE}))


@pytest.fixture(autouse=True)
def over_the_town(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (debtor, main, alarm):
        if hasattr(module, "services"):
            monkeypatch.setattr(module, "services", lambda: kit)


def overdue_script() -> None:
    from dashboard.screens import overdue

    overdue.page()


def main_script() -> None:
    from dashboard.main import main

    main()


def pages(store: Store) -> list[tuple[str, object]]:
    """Give which pages were looked at, and whose card."""
    trail = store.audit_entries(MANAGER, HERE)
    return [(one.what, dict(one.ids)) for one in trail if one.what.startswith("read.page.")]


def test_a_card_that_is_opened_by_an_address_is_noted(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    first, second = store.debtors(MANAGER, HERE)["debtor_id"].tolist()[:2]
    act_as(monkeypatch, Role.MANAGER, debtor)
    run(debtor_script, query=first)
    assert pages(store) == []
    act_as(monkeypatch, Role.AUDITOR, debtor)
    app = run(debtor_script, query=first)
    assert not app.exception
    app.query_params["id"] = second
    assert not app.run().exception  # the branch's rows are remembered: the store hears nothing of it
    assert pages(store) == [("read.page.debtor", {"debtor": one}) for one in (first, second)]
    app.query_params["id"] = "somebody else"  # what is typed stays out of the trail
    app.run()
    assert len(pages(store)) == 2


def test_a_card_that_is_chosen_in_a_table_is_noted(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    one = store.debtors(MANAGER, HERE)["debtor_id"].tolist()[5]
    act_as(monkeypatch, Role.AUDITOR, overdue)
    assert not run(overdue_script, overdue_debtor=one).exception
    assert pages(store) == [("read.page.overdue", {"debtor": one})]


def test_what_cannot_be_noted_is_not_shown(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    one = store.debtors(MANAGER, HERE)["debtor_id"].iloc[0]
    name = store.accounts(MANAGER, HERE).set_index("debtor_id").loc[[one], "case_id"].iloc[0]
    act_as(monkeypatch, Role.AUDITOR, debtor)
    assert str(name) in texts(run(debtor_script, query=one)) + _frames(run(debtor_script, query=one))

    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Store, "note_page", full)
    app = run(debtor_script, query=one)
    assert app.exception
    assert str(name) not in texts(app) + _frames(app)


def _frames(app: AppTest) -> str:
    return "\n".join(one.value.to_csv() for one in app.dataframe)


def test_a_page_and_each_card_are_noted_anew_when_the_page_runs_anew(kit: Stopped, store: Store) -> None:
    auditor = Principal("somebody", Role.AUDITOR, frozenset({HERE}))
    kept: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(looked, "st", SimpleNamespace(session_state=kept))
        for _ in range(2):
            looked.page(kit, auditor, "week")
            for one in ("D1", "D1", "D2"):
                looked.card(kit, auditor, HERE, "week", one)
            looked.page(kit, MANAGER, "week")
            looked.card(kit, MANAGER, HERE, "week", "D3")
    assert [ids.get("debtor", "") for _what, ids in pages(store)] == ["", "D1", "D2"] * 2


def test_every_page_of_an_auditor_is_noted_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    monkeypatch.setattr(main, "current_principal", lambda: Principal("somebody", Role.AUDITOR, frozenset({HERE})))
    monkeypatch.setattr(overdue, "current_principal", lambda: Principal("somebody", Role.AUDITOR, frozenset({HERE})))
    app = AppTest.from_function(main_script, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert pages(store)[0] == ("read.page.overdue", {})
