"""Telephone and addresses are covered until somebody asks; the asking stands in the trail before anything is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.screens import debtor, uncovered
from dashboard.screens.uncovered import covered_phone
from planner.domain import Principal, Role
from planner.store import Store
from tests.dashboard.screens.conftest import Stopped, act_as, texts
from tests.dashboard.screens.test_survey import debtor_script, press, run
from tests.planner.store.factories import HERE, NOW, overdue_list, source


@pytest.fixture(autouse=True)
def over_the_town(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debtor, "services", lambda: kit)


@pytest.fixture(autouse=True)
def cards(store: Store) -> None:
    """Give the debtors of the town telephones and addresses: the list comes again, with them."""
    who = Principal("auditor", Role.MANAGER, frozenset({HERE}))
    mine = store.debtors(who, HERE)["debtor_id"].tolist()[:3]
    listed = overdue_list(HERE, 3)
    for name in ("contacts", "addresses"):
        listed[name] = listed[name].assign(debtor_id=mine)
    at = store.places(who, HERE).drop_duplicates("debtor_id").set_index("debtor_id")
    tables = {name: getattr(store, name)(who, HERE) for name in ("debtors", "accounts", "places")}
    listed["addresses"] = listed["addresses"].assign(place_id=at.loc[mine, "place_id"].to_numpy())
    store.save_import(
        who, HERE, {**tables, **{one: listed[one] for one in ("contacts", "addresses")}}, **source("b" * 64)
    )


def told(app: AppTest) -> str:
    assert not app.exception
    return texts(app).replace("\\", "")


def looks(store: Store) -> list[tuple[str, object]]:
    everybody = Principal("auditor", Role.MANAGER, frozenset({HERE}))
    trail = store.audit_entries(everybody, HERE)
    return [(one.who, one.ids["debtors"]) for one in trail if one.what == "cards.shown"]


def somebody(store: Store) -> tuple[str, str, str]:
    """Give a debtor with a telephone and an address."""
    who = Principal("auditor", Role.MANAGER, frozenset({HERE}))
    row = store.contacts(who, HERE).iloc[0]
    places = store.addresses(who, HERE)
    return row["debtor_id"], row["phone"], places.loc[places["debtor_id"] == row["debtor_id"], "address"].iloc[0]


def test_they_are_covered_then_asked_for_then_covered_again(
    monkeypatch: pytest.MonkeyPatch, store: Store, kit: Stopped
) -> None:
    act_as(monkeypatch, Role.MANAGER, debtor)
    one, phone, address = somebody(store)
    app = run(debtor_script, query=one)
    assert phone not in told(app)
    assert address not in told(app)
    assert looks(store) == []
    app = press(app, "Show telephone and addresses")
    assert phone in told(app)
    assert address in told(app)
    assert looks(store) == [("somebody", [one])]
    monkeypatch.setattr(Stopped, "now", lambda _self: NOW + timedelta(minutes=16))
    app = app.run()
    assert phone not in told(app)


def test_what_cannot_be_noted_is_not_shown(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    act_as(monkeypatch, Role.MANAGER, debtor)
    one, phone, _ = somebody(store)
    app = run(debtor_script, query=one)

    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Store, "note_cards", full)
    app = press(app, "Show telephone and addresses")
    assert app.exception
    assert phone not in texts(app)
    app = app.run()
    assert phone not in texts(app)


def test_another_person_in_the_same_tab_asks_anew(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    act_as(monkeypatch, Role.MANAGER, debtor)
    one, phone, _ = somebody(store)
    app = press(run(debtor_script, query=one), "Show telephone and addresses")
    assert phone in told(app)
    other = Principal("another", Role.MANAGER, frozenset({HERE}))
    monkeypatch.setattr(debtor, "current_principal", lambda: other)
    assert phone not in told(app.run())


def test_a_telephone_keeps_its_shape_and_its_last_two_digits() -> None:
    assert covered_phone("+86 138-0000-0042") == "+•• •••-••••-••42"
    assert covered_phone("12") == "12"
    assert uncovered.covered_address("") == ""
