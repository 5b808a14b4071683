"""Which plan a week opens on, what planning it again keeps, and how old the data of a plan are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from planner.store import Keep, PlanRow, Store, last_decided, read_at, to_keep
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


PUBLISHED = row("published", 0, published=1)
EDITED = row("edited", 2, "published", edit={})
IMPROVED = row("improved", 3, "edited")


def test_a_draft_that_was_changed_by_hand_is_kept_itself_also_once_it_was_improved() -> None:
    rows = (IMPROVED, EDITED, PUBLISHED)
    assert to_keep(rows, EDITED) == Keep("edited")
    assert to_keep(rows, IMPROVED) == Keep("improved")


def test_else_the_published_plan_is_kept() -> None:
    older = replace(EDITED, first_published_at=NOW)
    rows = (row("again", 4, "published"), row("before", -1), older, PUBLISHED)
    assert {to_keep(rows, shown) for shown in rows} == {Keep("published")}


def test_also_a_draft_of_a_plan_before_the_published_one_keeps_its_changes() -> None:
    """Undo leads from a published plan to the one before it; what is changed there is as much the manager's word."""
    first, published = row("first", -1), row("published", 0, "first", published=1)
    mine, strange = row("mine", 2, "first", edit={}), row("strange", 3, "gone", edit={})
    rows = (strange, mine, published, first)
    assert [to_keep(rows, one) for one in (mine, strange)] == [Keep("mine"), Keep("strange")]


def test_a_draft_that_was_adopted_from_a_scenario_is_kept_with_its_hours() -> None:
    adopted = row("adopted", 3, "edited", origin={"plan_id": "scenario"})
    improved = row("improved", 4, "adopted")
    rows = (improved, adopted, EDITED, PUBLISHED)
    assert to_keep(rows, adopted) == Keep("adopted")
    assert to_keep(rows, improved) == Keep("improved")


def test_where_nothing_is_published_only_what_was_settled_by_hand_holds() -> None:
    first = row("first", 0)
    mine = row("mine", 1, "first", edit={})
    assert to_keep((mine, first), mine) == Keep("mine", stops=False)
    assert to_keep((mine, first), first) == Keep("first", stops=False)
