"""Plans are kept for good: an edit is a new plan, publishing an entry, and SQL itself refuses a change."""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from planner.domain import Role
from planner.store import NotAScenario, NotPublishable, PublishedMeanwhile, Store, UnknownPlan
from planner.store.connect import connect, reading, scope_of, writing
from planner.store.packing import json_text, pack, packed, unpack, unpacked
from planner.store.schema import APPEND_ONLY, metadata
from tests.planner.store.conftest import Database
from tests.planner.store.factories import (
    HERE,
    NOW,
    TERMS,
    THERE,
    WEEK,
    clue,
    clues,
    outcome,
    outcomes,
    overdue_list,
    place_word,
    plan,
    principal,
    review,
    reviews,
    safety,
    safety_entries,
    source,
)

MANAGER = principal()
SCOPE = scope_of(MANAGER)


def test_a_plan_comes_back_as_it_was_saved(store: Store) -> None:
    saved = plan("plan-2", parent=f"plan-{HERE}", context={"seconds": [[0.1, None]], "name": "云溪"})
    store.save_plan(MANAGER, saved)
    assert store.plan(MANAGER, "plan-2") == saved
    with pytest.raises(UnknownPlan):
        store.plan(MANAGER, "plan-3")


def test_reading_only_a_crews_part_takes_nothing_from_the_next_reader(store: Store) -> None:
    """Documents are unpacked once and shared: nobody who reads a plan may change them."""
    whole, plan_id = [store.plan(MANAGER, f"plan-{HERE}") for _ in range(2)], f"plan-{HERE}"
    before = pack({"problem": whole[0].problem, "plan": whole[0].plan, "context": whole[0].context})
    part = store.plan(principal(Role.COLLECTOR, crew=f"{HERE}-A"), plan_id)
    again = store.plan(MANAGER, plan_id)
    assert part.problem != again.problem
    assert again == whole[0] == whole[1]
    assert pack({"problem": again.problem, "plan": again.plan, "context": again.context}) == before


@pytest.mark.parametrize("names", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_plans_of_one_moment_are_listed_as_they_were_made(store: Store, names: tuple[str, ...]) -> None:
    """Their ids are random, so what comes after what is known by whose child each is."""
    later, parent = NOW + timedelta(hours=1), f"plan-{HERE}"
    for name in names:
        store.save_plan(MANAGER, plan(name, parent=parent, created_at=later))
        parent = name
    listed = [row.plan_id for row in store.plans(MANAGER, HERE, WEEK)]
    assert listed == [*reversed(names), f"plan-{HERE}"]


def test_a_week_lists_its_plans_and_the_one_in_force(store: Store) -> None:
    first = f"plan-{HERE}"
    store.save_plan(MANAGER, plan("plan-2", parent=first, created_at=NOW + timedelta(hours=1)))
    store.save_plan(MANAGER, plan("plan-3", week="2026-W49"))

    def in_force() -> list[tuple[str, bool]]:
        return [(row.plan_id, row.in_force) for row in store.plans(MANAGER, HERE, WEEK)]

    assert in_force() == [("plan-2", False), (first, True)]
    later = NOW + timedelta(hours=2)
    store.publish(MANAGER, "plan-2", later)
    assert in_force() == [("plan-2", True), (first, False)]
    published = store.published(MANAGER, HERE, WEEK)
    assert published is not None
    assert (published.plan_id, published.published_at, published.published_by) == ("plan-2", later, "manager")
    newest, oldest = store.plans(MANAGER, HERE, WEEK)
    assert (newest.parent, newest.published_at, oldest.published_at) == (first, later, NOW)
    assert newest.metrics == plan().metrics
    store.publish(MANAGER, first, later)  # taken back: the last word counts, not the newest plan
    assert in_force() == [("plan-2", False), (first, True)]
    assert store.published(MANAGER, HERE, "2026-W49") is None
    assert store.plans(principal(MANAGER.role, THERE), THERE, "2026-W49") == ()


def test_a_plan_that_somebody_published_meanwhile_is_not_overwritten_unseen(store: Store) -> None:
    first, later = f"plan-{HERE}", NOW + timedelta(hours=2)
    for name in ("mine", "theirs"):
        store.save_plan(MANAGER, plan(name, parent=first))
    store.publish(principal(name="other"), "theirs", later, instead_of=first)
    with pytest.raises(PublishedMeanwhile):
        store.publish(MANAGER, "mine", later, instead_of=first)
    with pytest.raises(PublishedMeanwhile):
        store.publish(MANAGER, "mine", later, instead_of="")
    published = store.published(MANAGER, HERE, WEEK)
    assert published is not None
    assert (published.plan_id, published.published_by) == ("theirs", "other")
    store.publish(MANAGER, "mine", later, instead_of="theirs")  # seen now
    store.publish(MANAGER, "mine", later, instead_of="theirs")  # and once more: the same click twice
    store.save_plan(MANAGER, plan("new", week="2026-W49"))
    store.publish(MANAGER, "new", later, instead_of="")
    assert store.published(MANAGER, HERE, "2026-W49").plan_id == "new"  # type: ignore[union-attr]


def test_a_scenario_is_put_away_for_everybody_and_a_plan_of_the_week_never(store: Store) -> None:
    for name in ("one", "two"):
        store.save_plan(MANAGER, plan(name, metrics={"scenario": {"name": name}}))
    store.put_away_scenario(MANAGER, "one", now=NOW)
    store.put_away_scenario(MANAGER, "one", now=NOW)  # the same click twice
    assert [row.plan_id for row in store.scenarios(MANAGER, HERE, WEEK)] == ["two"]
    assert store.plan(MANAGER, "one").plan_id == "one"
    assert [one.what for one in store.audit_entries(MANAGER, HERE)][-1] == "scenario.put_away"
    with pytest.raises(NotAScenario):
        store.put_away_scenario(MANAGER, f"plan-{HERE}", now=NOW)
    assert len(store.plans(MANAGER, HERE, WEEK)) == 1


def test_a_plan_with_a_crew_that_the_branch_lacks_is_not_published_until_it_is_there(store: Store) -> None:
    first, theirs = f"plan-{HERE}", f"{THERE}-A"
    stranger = plan("stranger")
    shifts = [{**one, "crew": theirs} if one["id"].endswith("A-mon") else one for one in stranger.problem["shifts"]]
    # A crew of the same name at another branch is no crew of this one.
    store.save_plan(MANAGER, replace(stranger, problem={**stranger.problem, "shifts": shifts}))
    with pytest.raises(NotPublishable, match=theirs):
        store.publish(MANAGER, "stranger", NOW)
    assert store.published(MANAGER, HERE, WEEK).plan_id == first  # type: ignore[union-attr]
    like = store.crews(MANAGER, HERE)[0]
    store.save_crews(MANAGER, HERE, [replace(like, crew_id=theirs)], now=NOW)
    store.publish(MANAGER, "stranger", NOW)
    assert store.published(MANAGER, HERE, WEEK).plan_id == "stranger"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"plan_id": f"plan-{HERE}"}, "exists already"),
        ({"week": "2026-11-23"}, "2026-W48"),
        ({"parent": "nobody"}, "parent"),
        ({"parent": f"plan-{THERE}"}, "parent"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(store: Store, changes: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        store.save_plan(MANAGER, plan(**{"plan_id": "plan-2", **changes}))
    assert len(store.plans(MANAGER, HERE, WEEK)) == 1


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_sql_cannot_change_what_is_kept_for_good(database: Database, name: str) -> None:
    store = database.open()
    typed = {"debtors": overdue_list(HERE)["debtors"].assign(debtor_type="careless")}
    store.save_import(MANAGER, HERE, typed, **{**source("9" * 64), "now": NOW + timedelta(minutes=1)})
    store.save_outcomes(MANAGER, HERE, outcomes(outcome()), now=NOW)
    store.save_reviews(MANAGER, HERE, reviews(review()), TERMS, now=NOW)
    store.save_clues(MANAGER, HERE, clues(clue()), now=NOW)
    store.put_place(MANAGER, HERE, place_word(), change_id="p1", now=NOW)
    store.record_safety(MANAGER, HERE, safety_entries(safety(kind="acknowledged")), now=NOW)
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="e1", now=NOW)
    store.undo_import(MANAGER, HERE, store.imports(MANAGER, HERE)[0].result.batch_id, now=NOW)
    store.close()
    before = rows(database, name)
    assert before
    column = next(one.name for one in metadata.tables[name].columns if not one.primary_key)
    engine = connect(database.url)
    for change in (f"UPDATE {name} SET {column} = NULL", f"DELETE FROM {name}"):
        with pytest.raises(sa.exc.IntegrityError, match=f"{name} is append-only"), writing(engine, HERE, SCOPE) as one:
            one.exec_driver_sql(change)
    engine.dispose()
    if database.product == "sqlite":
        _replace_rows(database.url.removeprefix("sqlite:///"), name, column)
    assert rows(database, name) == before


def rows(database: Database, name: str) -> list[tuple[object, ...]]:
    engine = connect(database.url)
    with reading(engine, SCOPE) as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]
    engine.dispose()
    return sorted(found, key=str)


def _replace_rows(path: str, name: str, column: str) -> None:
    """What SQLite alone has: it removes the old row of an equal key without asking the trigger for removals."""
    connection = sqlite3.connect(path, isolation_level=None)
    before = connection.execute(f"SELECT * FROM {name}").fetchall()
    marks = ", ".join("?" for _ in before[0])
    for recursive in ("OFF", "ON"):
        connection.execute(f"PRAGMA recursive_triggers={recursive}")
        at = [one.name for one in metadata.tables[name].columns].index(column)
        changed = [value if k != at else "x" for k, value in enumerate(before[0])]
        connection.execute(f"INSERT OR REPLACE INTO {name} VALUES ({marks})", changed)
    connection.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_documents_survive_packing(value: dict[str, object]) -> None:
    assert unpack(pack(value)) == value


def test_numpy_is_packed_as_plain_numbers_and_nan_stays_nan() -> None:
    value = unpack(pack({"a": np.arange(3), "b": np.float64(0.5), "c": float("nan"), "d": (1, 2)}))
    assert (value["a"], value["b"], value["d"]) == ([0, 1, 2], 0.5, [1, 2])
    assert value["c"] != value["c"]
    with pytest.raises(TypeError, match="datetime"):
        pack({"at": NOW})


def test_packing_makes_large_documents_small() -> None:
    seconds = [[float(i * j % 997) for j in range(200)] for i in range(200)]
    assert len(pack({"seconds": seconds})) < 80_000


@given(st.dictionaries(st.text(), JSON, max_size=5), st.lists(st.integers(0, 9), max_size=4), JSON)
def test_a_document_that_shares_large_parts_is_one_ordinary_stream(
    value: dict[str, object], sizes: list[int], changed: object
) -> None:
    """Parts of a document that is remembered are neither written nor compressed again; any reader of zlib reads it."""
    whole = value | {f"large {k}": [{"n": size, "k": k}] * (1_000 * size) for k, size in enumerate(sizes)}
    first, read = packed(whole)
    assert read == json.loads(zlib.decompress(first)) == unpacked(first)
    child = {**read, "changed": changed}
    second, again = packed(child)
    assert json.loads(zlib.decompress(second)) == again == child
    assert all(again[name] is read[name] for name in read if name.startswith("large") and read[name])
    assert second == packed(json.loads(json_text(child)))[0]  # the same bytes as if nothing had been remembered


def test_what_somebody_has_gone_back_from_is_his_own_and_outlives_his_session(store: Store) -> None:
    first = store.plans(MANAGER, HERE, WEEK)[0].plan_id
    store.save_plan(MANAGER, plan("child", parent=first))
    before = store.version(MANAGER, HERE)
    store.mark_undone(MANAGER, "child", True, now=NOW)
    store.mark_undone(MANAGER, "child", True, now=NOW)
    assert store.undone_plans(MANAGER, HERE) == {"child"}
    assert store.undone_plans(replace(MANAGER, name="somebody else"), HERE) == frozenset()
    # It is a look of one reader: no page's data are others for it, and the plan is there as before.
    assert store.version(MANAGER, HERE) == before
    assert "child" in {one.plan_id for one in store.plans(MANAGER, HERE, WEEK)}
    store.mark_undone(MANAGER, "child", False, now=NOW)
    assert store.undone_plans(MANAGER, HERE) == frozenset()


def test_what_crews_record_after_a_moment_may_be_left_for_later(store: Store) -> None:
    later = NOW + timedelta(minutes=1)
    before = store.version(MANAGER, HERE, field_until=NOW)
    store.save_outcomes(MANAGER, HERE, outcomes(outcome("later")), now=later)
    assert store.version(MANAGER, HERE, field_until=NOW) == before
    counted = store.version(MANAGER, HERE, field_until=later)
    assert before < counted == store.version(MANAGER, HERE)
    store.save_setting(MANAGER, HERE, "certainty", 0.85, now=later)
    assert store.version(MANAGER, HERE, field_until=NOW) > counted
