"""Corrections are saved together or not at all, taken back, and no import undoes them in silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain import Role
from planner.store import Store
from planner.store.edits import FIELDS
from planner.view.survey import contradictions
from tests.planner.store.factories import HERE, NOW, THERE, overdue_list, principal, source

MANAGER = principal(name="lin")
VALUES = st.tuples(
    st.sampled_from(["D1", "D2", "D3"]), st.sampled_from(["group", "occupation"]), st.sampled_from(["farmer", "farm"])
).filter(lambda one: one[2] in (FIELDS["debtor"][one[1]] or ()))


def values(store: Store, field: str = "group") -> list[str]:
    return store.debtors(MANAGER, HERE)[field].tolist()


def listed(**changes: str) -> dict[str, pd.DataFrame]:
    tables = overdue_list()
    return {**tables, "debtors": tables["debtors"].assign(**changes)}


def test_many_are_changed_at_once_and_said(store: Store) -> None:
    wanted = [("debtor", one, "group", "farm") for one in ("D1", "D2")] + [("account", "K1", "collateral", "land")]
    done = store.edit_survey(MANAGER, HERE, wanted, batch_id="b1", now=NOW)
    assert values(store)[:3] == ["farm", "farm", "individual"]
    assert store.accounts(MANAGER, HERE)["collateral"].tolist()[0] == "land"
    assert done.edits[["subject_id", "was", "now"]].to_numpy().tolist() == [
        ["D1", "individual", "farm"],
        ["D2", "individual", "farm"],
        ["K1", "", "land"],
    ]
    entry = store.audit_entries(MANAGER, HERE)[-1]
    assert (entry.what, entry.ids["changed"], entry.ids["subjects"]) == ("survey.edit", 3, ["D1", "D2", "K1"])
    assert set(store.debtors(principal(Role.MANAGER, THERE), THERE)["group"]) == {"individual"}


def test_one_bad_value_changes_nothing(store: Store) -> None:
    for bad in (("debtor", "D2", "group", "rich"), ("debtor", "D99", "group", "farm"), ("debtor", "D1", "branch", "x"),
                ("account", "K1", "overdue_minor", "1")):  # fmt: skip
        with pytest.raises(ValueError, match=r"none of|has no|not edited"):
            store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm"), bad], batch_id="b1", now=NOW)
    assert set(values(store)) == {"individual"}
    assert store.survey_edits(MANAGER, HERE).empty


def test_sending_a_batch_again_changes_nothing(store: Store) -> None:
    first = store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b1", now=NOW)
    again = store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "company")], batch_id="b1", now=NOW)
    pd.testing.assert_frame_equal(first.edits, again.edits)
    assert values(store)[0] == "farm"


@given(st.lists(st.lists(VALUES, min_size=1, max_size=3), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_taking_back_the_last_batch_gives_what_was(
    fresh: Callable[[], Store], batches: list[list[tuple[str, str, str]]]
) -> None:
    store, states = fresh(), []
    for number, cells in enumerate(batches):
        states.append(store.debtors(MANAGER, HERE))
        once = {(one, field): value for one, field, value in cells}
        wanted = [("debtor", one, field, value) for (one, field), value in once.items()]
        at = NOW + timedelta(minutes=number)
        done = store.edit_survey(MANAGER, HERE, wanted, batch_id=f"b{number}", now=at)
    if len(done.edits):
        back = store.undo_edits(MANAGER, HERE, f"b{len(batches) - 1}", now=NOW + timedelta(hours=1))
        assert back.skipped == ()
    pd.testing.assert_frame_equal(store.debtors(MANAGER, HERE), states[-1])


def test_what_was_changed_since_is_left_alone(store: Store) -> None:
    wanted = [("debtor", "D1", "group", "farm"), ("debtor", "D2", "group", "farm")]
    store.edit_survey(MANAGER, HERE, wanted, batch_id="b1", now=NOW)
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "company")], batch_id="b2", now=NOW + timedelta(1))
    back = store.undo_edits(MANAGER, HERE, "b1", now=NOW + timedelta(2))
    assert back.skipped == (("debtor", "D1", "group"),)
    assert values(store)[:2] == ["company", "individual"]
    with pytest.raises(ValueError, match="no edit"):
        store.undo_edits(MANAGER, HERE, "b9", now=NOW)


def test_an_import_keeps_the_correction_and_says_what_the_list_says(store: Store) -> None:
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b1", now=NOW)
    store.save_import(MANAGER, HERE, listed(), **source("b" * 64, now=NOW + timedelta(days=1)))
    assert values(store)[:2] == ["farm", "individual"]
    assert len(store.survey_edits(MANAGER, HERE)) == 1  # the list says what it said before: no news
    for day in (2, 3):
        later = listed(group="company")
        store.save_import(MANAGER, HERE, later, **source(str(day) * 64, now=NOW + timedelta(days=day)))
    assert values(store)[:2] == ["farm", "company"]
    told = store.survey_edits(MANAGER, HERE)
    assert told[["source", "was", "now"]].to_numpy().tolist() == [
        ["person", "individual", "farm"],
        ["list", "farm", "company"],
    ]


def test_taken_back_the_list_decides_again(store: Store) -> None:
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b1", now=NOW)
    later = listed(group="company")
    store.save_import(MANAGER, HERE, later, **source("b" * 64, now=NOW + timedelta(days=1)))
    store.undo_edits(MANAGER, HERE, "b1", now=NOW + timedelta(days=2))
    assert values(store)[0] == "company"  # its newest word, not the one of before
    store.save_import(MANAGER, HERE, listed(), **source("c" * 64, now=NOW + timedelta(days=3)))
    assert values(store)[0] == "individual"


def test_what_the_list_said_before_a_correction_is_no_longer_its_word(store: Store) -> None:
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b1", now=NOW)
    store.save_import(MANAGER, HERE, listed(group="company"), **source("b" * 64, now=NOW + timedelta(days=1)))
    store.undo_edits(MANAGER, HERE, "b1", now=NOW + timedelta(days=2))
    store.save_import(MANAGER, HERE, listed(group="merchant"), **source("c" * 64, now=NOW + timedelta(days=3)))
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b2", now=NOW + timedelta(days=4))
    store.undo_edits(MANAGER, HERE, "b2", now=NOW + timedelta(days=5))
    assert values(store)[0] == "merchant"


def test_a_list_that_comes_round_is_heard_and_differs_no_more(store: Store) -> None:
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b1", now=NOW)
    differing = []
    for day, group in enumerate(("company", "farm", "farm", "company"), 1):
        store.save_import(MANAGER, HERE, listed(group=group), **source(str(day) * 64, now=NOW + timedelta(days=day)))
        differing.append(contradictions(store.survey_edits(MANAGER, HERE))["now"].tolist())
    assert differing == [["company"], [], [], ["company"]]
    assert values(store)[0] == "farm"


def test_two_values_for_one_field_are_refused(store: Store) -> None:
    wanted = [("debtor", "D1", "group", one) for one in ("farm", "company")]
    with pytest.raises(ValueError, match="two different values"):
        store.edit_survey(MANAGER, HERE, wanted, batch_id="b1", now=NOW)
    assert len(store.edit_survey(MANAGER, HERE, wanted[:1] * 2, batch_id="b1", now=NOW).edits) == 1
