"""Which plan a week opens on, and how old the data of a plan are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from planner.store import PlanRow, Store, last_decided, read_at
from tests.planner.store.factories import HERE, NOW, WEEK, plan, principal

HOUR = timedelta(hours=1)
FIRST = f"plan-{HERE}"


def row(
    plan_id: str, hour: float, parent: str | None = None, published: float | None = None, **metrics: Any
) -> PlanRow:
    at = None if published is None else NOW + published * HOUR
    return PlanRow(plan_id, HERE, WEEK, parent, NOW + hour * HOUR, "m", metrics, "", "", 1, at, None, at is not None)


def test_without_a_published_plan_the_newest_counts_but_not_one_gone_back_from() -> None:
    rows = [row("b", 1, "a"), row("a", 0)]
    assert last_decided(rows).plan_id == "b"
    assert last_decided(rows, {"b"}).plan_id == "a"
    assert last_decided(rows, {"a", "b"}).plan_id == "b"  # something has to be shown


def test_a_draft_counts_only_if_it_was_made_after_the_publishing() -> None:
    undone = [row("b", 1, "a"), row("a", 0, published=2)]
    assert last_decided(undone).plan_id == "a"
    assert last_decided([row("c", 3), *undone]).plan_id == "c"
    assert last_decided([row("c", 3), *undone], {"c"}).plan_id == "a"
    assert last_decided([row("c", 2), *undone]).plan_id == "a"  # made in the moment of the publishing


def test_a_plan_that_was_published_again_is_the_last_decided_one(store: Store) -> None:
    who = principal()
    store.save_plan(who, plan("changed", parent=FIRST, created_at=NOW + HOUR))
    for hour, name in ((2, "changed"), (3, FIRST)):
        store.publish(who, name, NOW + hour * HOUR)
    rows = store.plans(who, HERE, WEEK)
    assert rows[0].plan_id == "changed"
    assert last_decided(rows).plan_id == FIRST


def test_a_change_by_hand_knows_no_more_than_the_plan_that_was_searched() -> None:
    rows = [row("c", 5, "b", edit={}), row("b", 3, "a", edit={}), row("a", 0)]
    assert [read_at(rows, one) for one in rows] == [NOW] * 3
    again = row("d", 6, "c", replan={})  # planned anew, though much is kept
    assert read_at([again, *rows], again) == NOW + 6 * HOUR
    adopted = row("e", 7, "c", origin={"read_at": (NOW + 4 * HOUR).isoformat()})
    edited = row("f", 8, "e", edit={}, origin=adopted.metrics["origin"])
    assert read_at([edited, adopted, *rows], edited) == NOW + 4 * HOUR
    of_old = replace(adopted, metrics={"origin": {}})
    assert read_at([of_old], of_old) == NOW + 7 * HOUR
