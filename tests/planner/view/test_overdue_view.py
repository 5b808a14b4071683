from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from config.rules import load_pack
from planner.domain import Role
from planner.store import NotAllowed, Store, migrate, open_store
from planner.view.changes import Changes, changes
from planner.view.overdue import heat, overdue_view
from tests.planner.store.factories import HERE, NOW, branch, fill, overdue_list, principal, source

PACK = load_pack("CN")
MANAGER = principal(Role.MANAGER)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    url = f"sqlite:///{tmp_path_factory.mktemp('overdue') / 'store.sqlite'}"
    migrate(url)
    made = open_store(url)
    fill(made)
    return made


@pytest.fixture
def empty_store(tmp_path: Path) -> Callable[[], Store]:
    def make() -> Store:
        url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
        migrate(url)
        made = open_store(url)
        made.save_branch(principal(Role.SYSTEM), branch(), now=NOW)
        return made

    return make


def test_the_view_adds_up_to_the_list(store: Store) -> None:
    view = overdue_view(store, MANAGER, branch(), PACK, now=NOW)
    assert len(view.debtors) == 6
    assert view.debtors["overdue_minor"].tolist() == [60000, 50000, 40000, 30000, 20000, 10000]
    assert view.summary["overdue_minor"].sum() == 210000
    assert view.last is not None
    assert view.last.source.file_name == "list.csv"
    assert heat(view.summary)["debtors"].sum() == 6
    assert len(heat(view.summary)) == 7
    assert heat(view.summary, "debtor_type")["overdue_minor"].sum() == 210000


def test_names_are_for_those_who_may_see_cards(store: Store) -> None:
    seen = overdue_view(store, MANAGER, branch(), PACK, now=NOW)
    job = overdue_view(store, principal(Role.SYSTEM), branch(), PACK, now=NOW)
    assert set(seen.debtors["name"]) == {"甄不存"}
    assert set(job.debtors["name"]) == {""}
    with pytest.raises(NotAllowed):
        overdue_view(store, principal(Role.MANAGER, "YX02"), branch(), PACK, now=NOW)


def test_an_empty_branch_is_a_view_too(empty_store: Callable[[], Store]) -> None:
    view = overdue_view(empty_store(), MANAGER, branch(), PACK, now=NOW)
    assert view.last is None
    assert view.debtors.empty
    assert view.lapsing.empty
    assert view.acts == {}


def test_what_lapses_comes_first_and_is_counted_by_act(empty_store: Callable[[], Store]) -> None:
    made = empty_store()
    due = [NOW.date() - timedelta(days=3 * 365 + 1 - left) for left in (50, 5, 400, -30)]
    listed = overdue_list(debtors=4)
    days = pd.Series(pd.to_datetime(due)).astype("datetime64[s]")
    listed["accounts"] = listed["accounts"].assign(due_on=days, overdue_minor=50_000_00)
    made.save_import(MANAGER, HERE, listed, **source())
    view = overdue_view(made, MANAGER, branch(), PACK, now=NOW)
    assert view.lapsing["debtor_id"].tolist() == ["D2", "D1"]
    assert view.acts == {"signed_notice": 1, "letter": 1}
    assert view.expired == 1
    by_id = view.debtors.set_index("debtor_id")["days_left"]
    assert by_id["D2"] < by_id["D1"] < by_id["D3"]
    assert pd.isna(by_id["D4"])


def test_the_day_is_the_branchs_own(store: Store) -> None:
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert overdue_view(store, MANAGER, branch(), PACK, now=late).today.isoformat() == "2026-11-24"


def drop_rows(listed: dict[str, pd.DataFrame], debtor: str) -> dict[str, pd.DataFrame]:
    return {name: table[table["debtor_id"] != debtor].reset_index(drop=True) for name, table in listed.items()}


def dearer(listed: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    accounts = listed["accounts"]
    return {**listed, "accounts": accounts.assign(overdue_minor=accounts["overdue_minor"] + (accounts.index == 1))}


def renamed(listed: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    contacts = listed["contacts"]
    return {
        **listed,
        "contacts": contacts.assign(phone=["1" if k == 2 else p for k, p in enumerate(contacts["phone"])]),
    }


def moved(listed: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    places, addresses = listed["places"], listed["addresses"]
    new = places["place_id"].where(places.index != 0, "P-new")
    return {**listed, "places": places.assign(place_id=new), "addresses": addresses.assign(place_id=new.to_numpy())}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda listed: listed, Changes(0, 0, 6, 0)),
        (lambda listed: drop_rows(listed, "D6"), Changes(0, 0, 5, 1)),
        (lambda _: overdue_list(debtors=8), Changes(2, 0, 6, 0)),
        (dearer, Changes(0, 1, 5, 0)),
        (renamed, Changes(0, 1, 5, 0)),
        (moved, Changes(0, 1, 5, 0)),
    ],
)
def test_what_is_told_before_is_what_the_import_does(
    empty_store: Callable[[], Store],
    change: Callable[[dict[str, pd.DataFrame]], dict[str, pd.DataFrame]],
    expected: Changes,
) -> None:
    made = empty_store()
    made.save_import(MANAGER, HERE, overdue_list(), **source())
    listed = change(overdue_list())
    told = changes(made, MANAGER, HERE, listed)
    assert told == expected
    done = made.save_import(MANAGER, HERE, listed, **source("b" * 64), full_list=True)
    assert (done.added, done.changed, done.unchanged, done.gone) == (
        told.added,
        told.changed,
        told.unchanged,
        told.gone,
    )


def test_a_closed_account_that_comes_back_counts_as_changed(empty_store: Callable[[], Store]) -> None:
    made = empty_store()
    made.save_import(MANAGER, HERE, overdue_list(), **source())
    made.save_import(MANAGER, HERE, drop_rows(overdue_list(), "D6"), **source("b" * 64), full_list=True)
    told = changes(made, MANAGER, HERE, overdue_list())
    done = made.save_import(MANAGER, HERE, overdue_list(), **source("c" * 64), full_list=True)
    assert told == replace(told, added=done.added, changed=done.changed, unchanged=done.unchanged, gone=done.gone)
    assert told.changed == 1


def test_a_second_address_that_is_no_longer_named_is_a_change(empty_store: Callable[[], Store]) -> None:
    made, once = empty_store(), overdue_list()
    second = once["places"].head(1).assign(place_id="P1-second", lon=103.95)
    made.save_import(MANAGER, HERE, {**once, "places": pd.concat([once["places"], second])}, **source())
    told = changes(made, MANAGER, HERE, once)
    done = made.save_import(MANAGER, HERE, once, **source("b" * 64))
    assert told.changed == done.changed == 1
