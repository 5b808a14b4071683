"""What adopting a scenario would undo of what was settled by hand is told, all of it and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.desk import Desk, extra_shift
from planner.editing import CallIn, Command, DayOff, Drop, DropReason, Forbid, Hours, Lock, Unlock
from planner.scenarios.lost import basis_of, lost
from planner.scenarios.run import kept_by
from planner.scenarios.scenario import Scenario
from planner.store import Keep, SavedPlan
from tests.planner.desk.test_desk import FRIDAY, Branch, branch, hold_of  # noqa: F401
from tests.planner.factories import BRANCH, NEXT_WEEK, principal
from tests.planner.test_scenarios import planned


def by_hand(desk: Desk) -> tuple[Command, ...]:
    """One change of each kind that stays settled."""
    problem, (mine, *others) = desk.draft.problem, sorted(desk.draft.problem.shifts, key=lambda one: -one.starts)
    names = [name for s, _ in enumerate(problem.shifts) for name in desk.draft.stops(s)]
    off = next(one for one in others if one.crew != mine.crew)
    locked = desk.draft.stops(problem.shifts.index(mine))[0]
    dropped, first, second = [name for name in names if name != locked][:3]
    free = max(desk.draft.day(one) for one in problem.shifts if one.crew == mine.crew) + timedelta(days=1)
    more = extra_shift(desk, mine.crew, free, 9 * 3600, 12 * 3600)
    assert more is not None
    return (
        Drop(dropped, DropReason.AWAY),
        Lock(locked, False, True),
        Forbid(*sorted((first, second))),
        DayOff(off.crew, desk.draft.day(off)),
        Hours(mine.id, mine.starts, mine.ends + 900, fill=True),
        CallIn(more),
    )


@pytest.fixture
def changed(branch: Branch) -> tuple[Branch, SavedPlan, tuple[Command, ...]]:  # noqa: F811
    desk = branch.desk()
    commands = by_hand(desk)
    for minute, one in enumerate(commands):
        desk = branch.take(desk, one, minutes=1 + minute)
    return branch, desk.saved, commands


def told(branch: Branch, before: SavedPlan, scenario: SavedPlan) -> tuple[Command, ...]:  # noqa: F811
    return lost(before, scenario, basis_of(branch.store, principal(), scenario))


def bare(commands: tuple[Command, ...]) -> set[Command]:
    """Whether left-out visits were to use the room is no part of what holds."""
    return {replace(one, fill=True) if isinstance(one, Hours | CallIn) else one for one in commands}


def test_a_scenario_that_is_older_or_all_anew_lacks_every_change(
    changed: tuple[Branch, SavedPlan, tuple[Command, ...]],
) -> None:
    branch, before, commands = changed  # noqa: F811
    one = planned(branch.store, Scenario("Anew", anew=True))
    assert bare(lost(before, one, None)) == bare(commands)
    assert lost(branch.first, one, None) == ()


def test_one_that_keeps_the_plan_beside_it_lacks_none(changed: tuple[Branch, SavedPlan, tuple[Command, ...]]) -> None:
    branch, before, _ = changed  # noqa: F811
    crew = branch.store.crews(principal(), BRANCH)[0].crew_id
    for scenario in (Scenario("As it is"), Scenario("More", crew_more=crew), Scenario("Later", ends_min=30)):
        keep = kept_by(branch.store.plans(principal(), BRANCH, NEXT_WEEK), scenario)
        assert keep is not None
        assert keep.plan_id == before.plan_id
        assert told(branch, before, planned(branch.store, scenario, keep=keep)) == ()


def test_what_it_takes_away_itself_and_what_is_over_is_no_loss(
    changed: tuple[Branch, SavedPlan, tuple[Command, ...]],
) -> None:
    branch, before, commands = changed  # noqa: F811
    crew = commands[3].crew
    off = planned(branch.store, Scenario("Off", crews_off=(crew,), anew=True))
    assert commands[3] not in lost(before, off, None)
    mine = commands[5].shift.crew  # type: ignore[union-attr]
    without = planned(branch.store, Scenario("Off", crews_off=(mine,), anew=True))
    kinds = {type(one) for one in lost(before, without, None)}
    assert not kinds & {Lock, Hours, CallIn}
    assert {Drop, DayOff} <= kinds
    late = replace(off, created_at=before.created_at + timedelta(weeks=2))
    assert {type(one) for one in lost(before, late, None)} == {Drop, Forbid}


def test_what_was_settled_otherwise_since_is_told_and_what_nothing_can_keep_is_not(branch: Branch) -> None:  # noqa: F811
    """A later word about the same shift or visit is another one; of who is paid and gone no lock can be kept."""
    desk = branch.desk()
    mine = max(desk.draft.problem.shifts, key=lambda one: one.starts)
    name, other = desk.draft.stops(desk.draft.problem.shifts.index(mine))[:2]
    first = branch.take(desk, Hours(mine.id, mine.starts, mine.ends + 900, fill=False), minutes=1)
    first = branch.take(first, Lock(name), minutes=2)
    keep = Keep(first.saved.plan_id)
    scenario = planned(branch.store, Scenario("x"), keep=keep)
    assert told(branch, first.saved, scenario) == ()
    later = branch.take(first, Unlock(name), minutes=3)
    later = branch.take(later, Lock(name, False, True), minutes=4)
    later = branch.take(later, Hours(mine.id, mine.starts, mine.ends + 1800, fill=False), minutes=5)
    assert set(told(branch, later.saved, scenario)) == {
        Lock(name, False, True),
        Hours(mine.id, mine.starts, mine.ends + 1800),
    }
    # The lock of somebody who is no longer to be visited is given up by every plan.
    branch.store.save_holds(principal(), BRANCH, hold_of(name), now=FRIDAY)
    again = planned(branch.store, Scenario("y"), keep=Keep(later.saved.plan_id))
    assert told(branch, later.saved, again) == ()
    older = planned(branch.store, Scenario("z"))
    assert [one for one in told(branch, later.saved, older) if isinstance(one, Lock)] == []
    assert other in {one["id"] for one in older.problem["visits"] if one["options"]}
