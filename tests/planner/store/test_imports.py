"""An overdue list comes in once, whatever happens; what a newer list no longer names is closed and kept."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner import tables
from planner.domain import Role
from planner.store import ImportResult, Store
from planner.tables import Unsaid
from tests.planner.store.factories import HERE, NOW, THERE, outcome, outcomes, overdue_list, principal, source, table

MANAGER = principal()
NAMES = ("debtors", "accounts", "places", "contacts", "addresses")


def numbers(result: ImportResult) -> tuple[int, int, int, int]:
    return result.added, result.changed, result.unchanged, result.gone


def everything(store: Store) -> dict[str, pd.DataFrame]:
    return {name: getattr(store, name)(MANAGER, HERE) for name in NAMES}


def test_what_went_in_comes_out(store: Store) -> None:
    for name, found in everything(store).items():
        pd.testing.assert_frame_equal(found, overdue_list()[name])


def test_the_same_file_again_changes_nothing_and_says_so(store: Store) -> None:
    first = store.save_import(MANAGER, HERE, overdue_list(overdue_minor=5), **source("b" * 64))
    again = store.save_import(MANAGER, HERE, overdue_list(overdue_minor=6), **source("b" * 64))
    assert numbers(first) == (0, 6, 0, 0)
    assert numbers(again) == (0, 0, 6, 0)
    assert again.repeated
    assert again.batch_id == first.batch_id
    assert set(store.accounts(MANAGER, HERE)["overdue_minor"]) == {5}
    assert len(store.imports(MANAGER, HERE)) == 2
    another_profile = store.save_import(
        MANAGER, HERE, overdue_list(overdue_minor=6), **source("b" * 64, profile="other")
    )
    assert numbers(another_profile) == (0, 6, 0, 0)
    wanted_again = store.save_import(MANAGER, HERE, overdue_list(overdue_minor=5), **source("b" * 64), mode="again")
    assert numbers(wanted_again) == (0, 6, 0, 0)
    assert not wanted_again.repeated


def test_a_file_that_is_now_said_to_be_the_full_list_closes_what_it_does_not_name(store: Store) -> None:
    told = {"tables": overdue_list(debtors=4), **source("b" * 64)}
    assert store.save_import(MANAGER, HERE, **told).gone == 0
    full = store.save_import(MANAGER, HERE, **told, full_list=True)
    assert (full.repeated, numbers(full)) == (False, (0, 0, 4, 2))
    for again in (True, False):
        assert store.save_import(MANAGER, HERE, **told, full_list=again).repeated
    assert len(store.accounts(MANAGER, HERE)) == 4


def test_a_full_list_closes_what_it_does_not_name(store: Store) -> None:
    shorter = store.save_import(MANAGER, HERE, overdue_list(debtors=4), **source("b" * 64), full_list=True)
    assert numbers(shorter) == (0, 0, 4, 2)
    for name in NAMES:
        assert set(getattr(store, name)(MANAGER, HERE)["debtor_id"]) == {"D1", "D2", "D3", "D4"}
    assert len(store.accounts(MANAGER, HERE, closed=True)) == 6
    assert len(store.debtors(MANAGER, HERE, closed=True)) == 6
    back = store.save_import(MANAGER, HERE, overdue_list(debtors=6), **source("c" * 64), full_list=True)
    assert numbers(back) == (0, 2, 4, 0)
    assert len(store.accounts(MANAGER, HERE)) == 6
    assert len(store.accounts(principal(MANAGER.role, THERE), THERE)) == 6


def test_a_partial_list_closes_nothing(store: Store) -> None:
    result = store.save_import(MANAGER, HERE, overdue_list(debtors=1), **source("b" * 64))
    assert numbers(result) == (0, 0, 1, 0)
    assert len(store.accounts(MANAGER, HERE)) == 6


def test_a_new_place_of_a_kind_closes_the_old_one(store: Store) -> None:
    mine = {"debtor_id": "D1", "branch": HERE, "lon": 104.0, "lat": 30.7}
    moved = {
        **overdue_list(debtors=1),
        "places": table(
            tables.PLACES, [{**mine, "place_id": "P1b", "kind": "home"}, {**mine, "place_id": "S1", "kind": "shop"}]
        ),
        "addresses": table(tables.ADDRESSES, [{"debtor_id": "D1", "branch": HERE, "place_id": "P1b"}]),
    }
    assert numbers(store.save_import(MANAGER, HERE, moved, **source("b" * 64))) == (0, 1, 0, 0)
    places = store.places(MANAGER, HERE)
    assert set(places["place_id"][places["debtor_id"] == "D1"]) == {"P1b", "S1"}
    assert "P1" not in set(store.addresses(MANAGER, HERE)["place_id"])
    assert "P1" in set(store.places(MANAGER, HERE, closed=True)["place_id"])


def test_an_account_counts_as_changed_when_anything_about_its_debtor_changed(store: Store) -> None:
    lists = overdue_list()
    lists["contacts"].loc[0, "phone"] = "13900000000"
    lists["addresses"].loc[1, "address"] = "云溪路 2 号"
    lists["debtors"].loc[2, "debtor_type"] = "hardship"
    assert numbers(store.save_import(MANAGER, HERE, lists, **source("b" * 64))) == (0, 3, 3, 0)


def test_holds_and_accommodations_outlive_imports(store: Store) -> None:
    mine = {"debtor_id": "D1", "branch": HERE}
    hold = table(tables.HOLDS, [{**mine, "hold_id": "h", "kind": "dispute", "from_on": "2026-11-01"}])
    wish = table(tables.ACCOMMODATIONS, [{**mine, "accommodation_id": "a", "kind": "language", "value": "yue"}])
    store.save_holds(MANAGER, HERE, hold, now=NOW)
    store.save_accommodations(MANAGER, HERE, wish, now=NOW)
    store.save_import(MANAGER, HERE, overdue_list(debtors=2), **source("b" * 64), full_list=True)
    pd.testing.assert_frame_equal(store.holds(MANAGER, HERE), hold)
    pd.testing.assert_frame_equal(store.accommodations(MANAGER, HERE), wish)
    lifted = hold.assign(until_on=pd.Timestamp("2026-11-20"))
    store.save_holds(MANAGER, HERE, lifted.astype(hold.dtypes), now=NOW)
    assert list(store.holds(MANAGER, HERE)["until_on"]) == [pd.Timestamp("2026-11-20")]


def test_bad_lists_are_refused_whole(store: Store) -> None:
    before = everything(store)
    stranger = overdue_list(debtors=7)
    stranger["debtors"] = stranger["debtors"].iloc[:6]
    twice = overdue_list(overdue_minor=1)
    twice["accounts"] = pd.concat([twice["accounts"], twice["accounts"]])
    for lists, message in (
        (stranger, "does not have"),
        (twice, "same case_id"),
        ({"names": before["debtors"]}, "no table 'names'"),
        ({"debtors": before["debtors"].drop(columns="group")}, "group"),
    ):
        with pytest.raises(ValueError, match=message):
            store.save_import(MANAGER, HERE, lists, **source("b" * 64))
    for name, found in everything(store).items():
        pd.testing.assert_frame_equal(found, before[name])
    assert len(store.imports(MANAGER, HERE)) == 1
    assert "import.save" not in [entry.what for entry in store.audit_entries(MANAGER, HERE)][-1:]


def test_the_history_tells_where_a_list_came_from(store: Store) -> None:
    (batch,) = store.imports(MANAGER, HERE)
    assert (batch.source.file_name, batch.source.rows_read, batch.created_by) == ("list.csv", 6, "manager")
    assert numbers(batch.result) == (6, 0, 0, 0)


def test_nothing_in_a_list_is_lost_on_the_way(store: Store) -> None:
    odd = {"debtor_id": "'; DROP TABLE debtor;--", "branch": HERE}
    lists = {
        "debtors": table(tables.DEBTORS, [odd]),
        "contacts": table(tables.CONTACTS, [{**odd, "name": "<img src=x onerror=alert(1)> 𠮷\n${x}", "phone": "NA"}]),
        "accounts": table(
            tables.ACCOUNTS, [{**odd, "case_id": "Null", "overdue_minor": 2**62, "due_on": "1999-12-31"}]
        ),
    }
    store.save_import(MANAGER, HERE, lists, **source("b" * 64))
    for name, given_table in lists.items():
        found = getattr(store, name)(MANAGER, HERE)
        found = found[found["debtor_id"] == odd["debtor_id"]].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, given_table)


LIST = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3), max_size=4)


@given(st.lists(st.tuples(LIST, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_of_lists_gives_what_it_should(
    fresh: Callable[[], Store], lists: list[tuple[dict[str, int], bool]]
) -> None:
    store = fresh()
    store.save_import(MANAGER, HERE, overdue_list(debtors=0), **source("0"), full_list=True)
    model: dict[str, int] = {}
    for number, (owed, full_list) in enumerate(lists, start=1):
        named = {
            "debtors": table(tables.DEBTORS, [{"debtor_id": f"D{case}", "branch": HERE} for case in owed]),
            "accounts": table(
                tables.ACCOUNTS,
                [
                    {"case_id": case, "debtor_id": f"D{case}", "branch": HERE, "overdue_minor": minor}
                    for case, minor in owed.items()
                ],
            ),
        }
        result = store.save_import(MANAGER, HERE, named, **source(str(number)), full_list=full_list)
        gone = set(model) - set(owed) if full_list else set()
        assert result.added + result.changed + result.unchanged == len(owed)
        assert result.unchanged == sum(model.get(case) == minor for case, minor in owed.items())
        assert result.gone == len(gone)
        model = {case: minor for case, minor in {**model, **owed}.items() if case not in gone}
        accounts = store.accounts(MANAGER, HERE)
        assert dict(zip(accounts["case_id"], accounts["overdue_minor"], strict=True)) == model
        again = store.save_import(MANAGER, HERE, named, **source(str(number)), full_list=full_list, mode="again")
        assert numbers(again) == (0, 0, len(owed), 0)


def test_outcomes_of_a_closed_debtor_stay(store: Store) -> None:
    store.save_outcomes(MANAGER, HERE, outcomes(outcome(debtor_id="D6")), now=NOW)
    store.save_import(MANAGER, HERE, overdue_list(debtors=2), **source("b" * 64), full_list=True)
    assert list(store.outcomes(MANAGER, HERE)["debtor_id"]) == ["D6"]


def test_a_column_that_a_list_does_not_have_wipes_nothing(store: Store) -> None:
    full = overdue_list(product="card", principal_minor=5_000, interrupted_on="2026-10-01", interruption="payment")
    full["debtors"].loc[0, ["group", "occupation"]] = ["farm", "farmer"]
    full["places"][["source_lon", "source_lat"]] = [103.9, 30.6]
    store.save_import(MANAGER, HERE, full, **source("b" * 64))
    before = everything(store)
    short = overdue_list(debtors=7, product="other", principal_minor=0, overdue_minor=7)
    short["contacts"]["phone"] = ""
    short["debtors"]["occupation"] = "unknown"
    short["places"][["lon", "lat"]] = float("nan")
    silent = Unsaid(
        {
            "debtors": frozenset({"occupation"}),
            "contacts": frozenset({"phone"}),
            "accounts": frozenset({"product", "interrupted_on", "interruption"}),
        },
        frozenset({"home"}),
    )
    told = store.as_imported(MANAGER, HERE, short, silent)
    assert told.kept == {"occupation", "phone", "product", "interrupted_on", "interruption", "home_lon"}
    store.save_import(MANAGER, HERE, short, **source("c" * 64), unsaid=silent)
    after = {name: found[found["debtor_id"] != "D7"] for name, found in everything(store).items()}
    for name in ("places", "contacts", "addresses"):
        pd.testing.assert_frame_equal(after[name], before[name])
    # What the list has a column for is taken, the empty cell too: the group of D1, what was owed, the principal.
    assert after["debtors"]["occupation"].equals(before["debtors"]["occupation"])
    assert set(after["debtors"]["group"]) == {"individual"}
    assert set(after["accounts"]["overdue_minor"]) == {7}
    assert set(after["accounts"]["principal_minor"]) == {0}
    for name in ("product", "interrupted_on", "interruption"):
        assert after["accounts"][name].equals(before["accounts"][name])
    assert set(store.account_states(MANAGER, HERE).query("debtor_id != 'D7'")["product"]) == {"card"}
    new = {name: found[found["debtor_id"] == "D7"].iloc[0] for name, found in everything(store).items()}
    assert (new["accounts"]["product"], new["contacts"]["phone"]) == ("other", "")
    # And what a list with all columns says counts again.
    store.save_import(MANAGER, HERE, short, **source("d" * 64))
    assert set(store.contacts(MANAGER, HERE)["phone"]) == {""}


def test_nobody_answering_for_an_address_wipes_no_position(store: Store) -> None:
    known = overdue_list()
    known["places"]["accuracy_m"] = 50.0
    known["debtors"]["region"] = "A"
    store.save_import(MANAGER, HERE, known, **source("b" * 64))
    silent = overdue_list(overdue_minor=7)
    silent["places"][["lon", "lat", "accuracy_m"]] = float("nan")
    silent["debtors"]["region"] = ""
    silent["places"].loc[1, ["lon", "lat", "accuracy_m"]] = [104.0, 30.7, 5_000.0]  # the district alone
    silent["places"].loc[2, ["lon", "lat", "accuracy_m"]] = [104.0, 30.7, 15.0]  # more exact than what is known
    nobody = Unsaid(unanswered=frozenset({"P1", "P2", "P3"}))
    assert store.as_imported(MANAGER, HERE, silent, nobody).kept == frozenset()
    store.save_import(MANAGER, HERE, silent, **source("c" * 64), unsaid=nobody)
    places = store.places(MANAGER, HERE).set_index("place_id")
    assert places["lon"].fillna(0).tolist() == [103.9, 103.9, 104.0, 0, 0, 0]
    assert places["accuracy_m"].fillna(0).tolist() == [50.0, 50.0, 15.0, 0, 0, 0]
    assert store.debtors(MANAGER, HERE)["region"].tolist() == ["A", "A", "A", "", "", ""]


def test_a_silent_column_is_no_word_against_a_person(store: Store) -> None:
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b1", now=NOW)
    silent = Unsaid({"debtors": frozenset({"group"})})
    store.save_import(MANAGER, HERE, overdue_list(overdue_minor=5), **source("b" * 64), unsaid=silent)
    assert store.debtors(MANAGER, HERE).set_index("debtor_id").at["D1", "group"] == "farm"
    assert set(store.survey_edits(MANAGER, HERE)["source"]) == {"person"}


def test_who_may_not_see_cards_gets_none_by_asking_what_a_list_would_do(store: Store) -> None:
    listed = overdue_list()
    listed["contacts"]["phone"] = ""
    told = store.as_imported(principal(Role.SYSTEM), HERE, listed, Unsaid({"contacts": frozenset({"phone"})}))
    assert set(told.tables["contacts"]["phone"]) == {""}
    assert told.kept == frozenset()


def test_an_older_list_learns_nothing_from_today(store: Store) -> None:
    store.save_import(MANAGER, HERE, overdue_list(product="card"), **source("b" * 64))
    october = overdue_list(as_of_on="2026-10-20", product="other")
    silent = Unsaid({"accounts": frozenset({"product"})})
    assert store.save_import(MANAGER, HERE, october, **source("c" * 64), full_list=True, unsaid=silent).older
    states = store.account_states(MANAGER, HERE, since=None)
    assert set(states.loc[states["as_of_on"] == "2026-10-20", "product"]) == {"other"}
