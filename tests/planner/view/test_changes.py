"""What is told before an import is what the import does, also where people have added their word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from planner.store import Store, migrate, open_store
from planner.tables import Unsaid
from planner.view.changes import changes
from tests.planner.store.factories import (
    HERE,
    NOW,
    TERMS,
    fill,
    overdue_list,
    place_word,
    principal,
    review,
    reviews,
    source,
)

MANAGER = principal(name="lin")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    migrate(url)
    made = open_store(url)
    fill(made)
    made.save_reviews(MANAGER, HERE, reviews(review("r1", "D1")), TERMS, now=NOW)
    made.edit_survey(MANAGER, HERE, [("debtor", "D2", "group", "farm")], batch_id="b1", now=NOW)
    made.put_place(
        MANAGER, HERE, place_word(debtor_id="D3", place_id="P3", address="云溪路 3 号"), change_id="x", now=NOW
    )
    made.close_place(MANAGER, HERE, "P4", change_id="y", now=NOW)
    made.save_interruption(MANAGER, HERE, "K5", on=date(2026, 11, 2), evidence="payment", source="folder 1", now=NOW)
    yield made
    made.close()


@pytest.mark.parametrize("owed", [None, 7])
def test_what_is_told_before_an_import_is_what_it_does(store: Store, owed: int | None) -> None:
    listed = overdue_list(debtors=7)
    if owed is not None:
        listed["accounts"].loc[0, "overdue_minor"] = owed
    told = changes(store, MANAGER, HERE, listed)
    done = store.save_import(MANAGER, HERE, listed, **source("b" * 64, now=NOW + timedelta(days=1)))
    assert (told.added, told.changed, told.unchanged) == (done.added, done.changed, done.unchanged)
    assert done.changed == (owed is not None)


def test_what_a_list_has_no_column_for_is_named_and_stays(store: Store) -> None:
    listed = overdue_list(debtors=7)
    listed["contacts"]["phone"] = ""
    silent = Unsaid({"contacts": frozenset({"phone", "name"}), "debtors": frozenset({"occupation"})})
    told = changes(store, MANAGER, HERE, listed, unsaid=silent)
    assert told.kept == {"phone"}
    assert told.changed == 0
    assert changes(store, MANAGER, HERE, listed).changed > 0
    done = store.save_import(MANAGER, HERE, listed, **source("b" * 64), unsaid=silent)
    assert (told.added, told.changed, told.unchanged) == (done.added, done.changed, done.unchanged)
