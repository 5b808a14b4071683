"""People add, correct and close contact points; the imported one is never lost, and no import undoes a person."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from planner.domain import Role
from planner.store import NotAllowed, Store
from tests.planner.store.factories import HERE, NOW, THERE, overdue_list, place_word, principal, source

MANAGER = principal(name="lin")
DAYS = timedelta(days=1)


def place_of(store: Store, debtor_id: str = "D1", *, closed: bool = False) -> list[tuple[str, str, float, float]]:
    table = store.places(MANAGER, HERE, closed=closed)
    mine = table[table["debtor_id"] == debtor_id]
    return list(mine[["place_id", "kind", "lon", "accuracy_m"]].itertuples(index=False, name=None))


def import_again(store: Store, day: int, lon: float = 103.9, ids: str = "P") -> None:
    tables = overdue_list()
    for name in ("places", "addresses"):
        tables[name] = tables[name].assign(place_id=[f"{ids}{k}" for k in range(1, 7)])
    tables["places"] = tables["places"].assign(lon=lon)
    tables["addresses"] = tables["addresses"].assign(address="新地址")
    store.save_import(MANAGER, HERE, tables, **source(f"{day:064d}", now=NOW + day * DAYS))


def test_a_correction_is_kept_and_the_imported_place_is_remembered(store: Store) -> None:
    word = place_word(place_id="P1", lon=103.95, address="云溪路 2 号", how="visit")
    assert store.put_place(MANAGER, HERE, word, change_id="x1", now=NOW) == "P1"
    import_again(store, 1)
    assert place_of(store) == [("P1", "home", 103.95, 20.0)]
    addresses = store.addresses(MANAGER, HERE).set_index("place_id")["address"]
    assert (addresses["P1"], addresses["P2"]) == ("云溪路 2 号", "新地址")
    history = store.place_changes(MANAGER, HERE)
    assert history[["deed", "was_lon", "lon", "was_address", "made_by"]].to_numpy().tolist() == [
        ["correct", 103.9, 103.95, "云溪路 1 号", "lin"]
    ]


def test_a_list_that_says_something_new_is_heard_once_and_changes_nothing(store: Store) -> None:
    store.put_place(MANAGER, HERE, place_word(place_id="P1"), change_id="x1", now=NOW)
    for day in (1, 2):
        import_again(store, day, lon=103.8)
    assert place_of(store)[0][2] == 103.95
    assert place_of(store, "D2")[0][2] == 103.8
    told = store.place_changes(MANAGER, HERE)
    assert told[["deed", "lon"]].to_numpy().tolist() == [["correct", 103.95], ["list", 103.8]]


def test_a_closed_place_stays_closed_until_a_person_opens_it(store: Store) -> None:
    store.close_place(MANAGER, HERE, "P1", change_id="x1", now=NOW)
    import_again(store, 1)
    assert place_of(store) == []
    assert place_of(store, closed=True)[0][:2] == ("P1", "home")
    store.close_place(MANAGER, HERE, "P1", change_id="x2", now=NOW + 2 * DAYS, reopen=True)
    assert place_of(store)[0][0] == "P1"


def test_closing_and_opening_again_takes_no_correction_back(store: Store) -> None:
    word = place_word(place_id="P1", lon=103.95, address="云溪路 2 号")
    store.put_place(MANAGER, HERE, word, change_id="x1", now=NOW)
    for number, reopen in ((2, False), (3, True)):
        store.close_place(MANAGER, HERE, "P1", change_id=f"x{number}", now=NOW + DAYS, reopen=reopen)
    import_again(store, 2, lon=103.8)
    assert place_of(store)[0][2] == 103.95
    assert store.addresses(MANAGER, HERE).set_index("place_id").loc["P1", "address"] == "云溪路 2 号"


def test_a_place_that_was_only_closed_and_opened_again_is_where_the_list_says(store: Store) -> None:
    for number, reopen in ((1, False), (2, True)):
        store.close_place(MANAGER, HERE, "P1", change_id=f"x{number}", now=NOW + number * DAYS / 2, reopen=reopen)
    import_again(store, 2, lon=103.8)
    assert place_of(store)[0][2] == 103.8
    assert store.addresses(MANAGER, HERE).set_index("place_id").loc["P1", "address"] == "新地址"


def test_an_added_place_survives_a_list_with_another_of_its_kind(store: Store) -> None:
    added = store.put_place(MANAGER, HERE, place_word(), change_id="x1", now=NOW)
    import_again(store, 1, ids="Q")
    assert {one[0] for one in place_of(store)} == {added, "Q1"}
    assert {one[0] for one in place_of(store, "D2")} == {"Q2"}  # an imported one gives way as before


def test_the_same_change_sent_again_is_one(store: Store) -> None:
    first = store.put_place(MANAGER, HERE, place_word(), change_id="x1", now=NOW)
    assert store.put_place(MANAGER, HERE, place_word(lon=1.0), change_id="x1", now=NOW) == first
    assert len(store.place_changes(MANAGER, HERE)) == 1
    assert len(place_of(store)) == 2


def test_only_an_address_waits_for_a_position(store: Store) -> None:
    word = place_word(lon=float("nan"), lat=float("nan"), address="某村", accuracy_m=5000.0)
    store.put_place(MANAGER, HERE, word, change_id="x1", now=NOW)
    assert np.isnan([one[2] for one in place_of(store)]).sum() == 1


@pytest.mark.parametrize(
    "changes",
    [{"kind": "bar"}, {"how": "guess"}, {"accuracy_m": float("nan")}, {"accuracy_m": 0.0}, {"lon": 999.0},
     {"lon": float("nan")}, {"debtor_id": "D99"}, {"place_id": "P2"}, {"place_id": "P99"}],
)  # fmt: skip
def test_what_is_no_contact_point_is_refused(store: Store, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"contact point|on the Earth|no debtor|no place"):
        store.put_place(MANAGER, HERE, place_word(**changes), change_id="x1", now=NOW)
    assert store.place_changes(MANAGER, HERE).empty


def test_written_addresses_are_for_who_sees_cards(store: Store) -> None:
    store.put_place(MANAGER, HERE, place_word(place_id="P1", address="云溪路 2 号"), change_id="x1", now=NOW)
    seen = store.place_changes(principal(Role.SYSTEM), HERE)
    assert seen[["address", "was_address"]].to_numpy().tolist() == [["", ""]]
    crew_b = principal(Role.COLLECTOR, crew=f"{HERE}-B")
    assert store.place_changes(crew_b, HERE).empty
    with pytest.raises(NotAllowed):
        store.put_place(crew_b, HERE, place_word(), change_id="x2", now=NOW)
    with pytest.raises(NotAllowed):
        store.close_place(principal(Role.MANAGER, THERE), HERE, "P1", change_id="x3", now=NOW)
