"""A change of a saved plan: weighed exactly, refused where the law forbids it, kept as a child; undo is the parent."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from planner import routing
from planner.desk import (
    Desk,
    Known,
    Offer,
    closed_by,
    extra_shift,
    open_desk,
    read_known,
    replay,
    skills_without,
    take,
    times_of_desk,
    weigh,
)
from planner.desk.replaying import as_long
from planner.domain import Collector, Crew
from planner.editing import (
    Add,
    Allow,
    CallIn,
    Command,
    DayOff,
    Drop,
    DropReason,
    Forbid,
    Hours,
    Lock,
    Move,
    Refusal,
    Restore,
    Why,
)
from planner.editing.told import command_from_dict, command_to_dict
from planner.keeping import given_up, settled_in, to_hold
from planner.load import after_change
from planner.means import Means
from planner.plan import plan_week
from planner.second_reading import BrokenPlan
from planner.store import Keep, SavedPlan, Store
from planner.tables import HOLDS, conform
from planner.view import week_view
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, means, principal

#: when the story's second week was planned
FRIDAY = NOW + timedelta(weeks=1)


@dataclass(frozen=True)
class Branch:
    """A branch with a plan to change."""

    store: Store
    by: Means
    first: SavedPlan

    def known(self) -> Known:
        known = next(one for one in self.store.branches(principal()) if one.code == BRANCH)
        return read_known(self.store, principal(), known, NEXT_WEEK, self.by.pack, now=FRIDAY)

    def desk(self, plan_id: str = "") -> Desk:
        saved = self.store.plan(principal(), plan_id or self.first.plan_id)
        known = self.known()
        return open_desk(saved, times_of_desk(saved, known, self.by.roads), known, self.by)

    def take(self, desk: Desk, *commands: Command, minutes: int = 1) -> Desk:
        return take(self.by, principal(), desk, commands, self.known(), now=FRIDAY + timedelta(minutes=minutes))


@pytest.fixture
def branch(own_store, story) -> Branch:
    return Branch(own_store, means(own_store), story.second)


def offer(desk: Desk, *commands: Command) -> Offer:
    made = weigh(desk, commands)
    assert isinstance(made, Offer), made
    return made


def some_stop(desk: Desk, number: int = 0) -> str:
    return desk.draft.stops(next(s for s, one in enumerate(desk.draft.tours) if one.nodes))[number]


def hold_of(debtor: str) -> pd.DataFrame:
    """A dispute from the day on which the plan was made."""
    row = {"hold_id": "h", "set_by": "x", "debtor_id": debtor, "branch": BRANCH, "kind": "dispute"}
    return conform(pd.DataFrame([row | {"from_on": FRIDAY.date(), "until_on": None}]), HOLDS)


def test_a_plan_opened_is_the_plan_saved(branch):
    desk = branch.desk()
    assert routing.audit(desk.draft.problem, desk.plan) == ()
    assert desk.draft.routes == tuple(one for one in desk.plan.routes if one.stops)
    assert desk.draft.objective == pytest.approx(desk.plan.objective)


def test_what_is_taken_is_a_child_that_says_what_was_done_and_undo_is_the_parent(branch):
    desk = branch.desk()
    name = some_stop(desk)
    weighed = offer(desk, Drop(name, DropReason.AGREED))
    new = branch.take(desk, Drop(name, DropReason.AGREED))
    saved = branch.store.plan(principal(), new.saved.plan_id)
    assert saved.parent == desk.saved.plan_id
    assert saved.plan["objective"] - desk.saved.plan["objective"] == pytest.approx(weighed.price.amounts.objective)
    assert saved.metrics["plan"]["value"] - desk.saved.metrics["plan"]["value"] == pytest.approx(
        weighed.price.amounts.uplift
    )
    assert saved.metrics["edit"]["commands"][0] == {"command": "drop", "visit": name, "why": "agreed"}
    assert (saved.metrics["edit"]["number"], saved.metrics["edit"]["since"]) == (1, desk.saved.plan_id)
    assert branch.store.plan(principal(), desk.saved.plan_id).plan == desk.saved.plan
    view = week_view(branch.store, principal(), saved.plan_id)
    (out,) = (one for one in view.left_out if one.debtor_id == name)
    assert out.reason == "dropped"
    assert "an agreement is being made" in out.detail


def test_a_saved_change_opens_as_it_was_left(branch):
    desk = branch.desk()
    name = some_stop(desk)
    new = branch.take(desk, Lock(name, position=True))
    again = branch.desk(new.saved.plan_id)
    assert again.draft.routes == new.draft.routes
    assert again.draft.kept == new.draft.kept
    assert again.draft.locks.keys() == {name}
    dropped = branch.take(again, Drop(some_stop(desk, 1)), minutes=2)
    assert dropped.saved.metrics["edit"]["number"] == 2
    back = branch.take(branch.desk(dropped.saved.plan_id), Restore(some_stop(desk, 1)), minutes=3)
    reopened = branch.desk(back.saved.plan_id)
    assert some_stop(desk, 1) not in reopened.draft.kept.dropped
    assert isinstance(weigh(reopened, [Add(some_stop(desk, 1))]), Offer | Refusal)


def test_lines_and_chances_of_routes_that_did_not_change_stay(branch):
    desk = branch.desk()
    name = some_stop(desk)
    new = branch.take(desk, Drop(name))
    changed = {one.shift for one in offer(desk, Drop(name)).price.chances}
    for shift, line in desk.saved.context["lines"].items():
        if shift not in changed:
            assert new.saved.context["lines"][shift] == line
            assert new.saved.metrics["finish"]["routes"][shift] == desk.saved.metrics["finish"]["routes"][shift]
    risks = [one.saved.metrics["finish"]["routes"].get(shift) for one in (desk, new) for shift in sorted(changed)]
    assert risks[: len(changed)] != risks[len(changed) :]


def test_a_crew_below_the_law_cannot_be_taken(branch):
    desk = branch.desk()
    shift = desk.draft.problem.shifts[desk.draft.at[some_stop(desk)][0]]
    member = desk.known.crews[shift.crew].members[0]
    command = DayOff(shift.crew, desk.draft.day(shift), member, shift.skills)
    weighed = offer(desk, command)
    assert not weighed.permitted
    assert {one.rule for one in weighed.against} == {"crew_size"}
    assert all(one.article for one in weighed.against)
    with pytest.raises(BrokenPlan, match="crew_size"):
        branch.take(desk, command)
    assert [
        row.plan_id for row in branch.store.plans(principal(), BRANCH, NEXT_WEEK) if row.parent == desk.saved.plan_id
    ] == []


def test_a_hold_entered_after_it_was_weighed_stops_the_change(branch):
    desk = branch.desk()
    name = some_stop(desk)
    other = next(
        one.id for one in desk.draft.problem.shifts if one.id != desk.draft.problem.shifts[desk.draft.at[name][0]].id
    )
    weighed = weigh(desk, [Move(name, other)])
    if isinstance(weighed, Refusal):
        way = weighed.takes[0] if weighed.takes else None
        assert way is not None
        weighed = weigh(desk, way)
    assert isinstance(weighed, Offer)
    held = replace(branch.known(), facts=replace(desk.known.facts, holds=hold_of(name)))
    with pytest.raises(BrokenPlan, match="hold"):
        take(branch.by, principal(), desk, weighed.commands, held, now=FRIDAY)


def test_a_shift_called_in_is_of_the_branch_and_is_told(branch):
    desk = branch.desk()
    crew = next(iter(desk.known.crews))
    free = max(desk.draft.day(one) for one in desk.draft.problem.shifts if one.crew == crew) + timedelta(days=1)
    extra = extra_shift(desk, crew, free, 9 * 3600, 17 * 3600)
    assert extra is not None
    new = branch.take(desk, CallIn(extra))
    told = new.saved.context["shifts"][extra.id]
    assert (told["crew_id"], told["day"]) == (crew, free.isoformat())
    assert new.saved.plan["bound"] is None
    assert week_view(branch.store, principal(), new.saved.plan_id).plan_id == new.saved.plan_id


def test_the_week_by_hand_has_the_same_shifts(branch):
    """What a change of hours, a day off or another shift gives is not told as a gain over the week by hand."""
    desk = branch.desk()
    shift = desk.draft.problem.shifts[0]
    before = desk.saved.metrics["baseline"]
    off = branch.take(desk, DayOff(shift.crew, desk.draft.day(shift)))
    assert off.saved.metrics["baseline"]["visits"] < before["visits"]
    locked = branch.take(off, Lock(some_stop(off)), minutes=1)
    assert locked.saved.metrics["baseline"] == off.saved.metrics["baseline"]


def test_the_week_by_hand_has_the_plan_s_hours_where_some_are_kept_in_reserve(branch):
    """A quarter of an hour more is no more by hand either, whatever the plan keeps in reserve."""
    sure = plan_week(branch.by, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=FRIDAY, certainty=0.95)
    desk = branch.desk(sure.plan_id)
    assert min(one["reserve_s"] for one in sure.context["shifts"].values()) > 900
    shift = desk.draft.problem.shifts[0]
    longer = branch.take(desk, Hours(shift.id, shift.starts, shift.ends + 900, fill=False))
    before, after = (one.saved.metrics for one in (desk, longer))
    assert before["baseline"]["shift_s"] == before["plan"]["shift_s"]
    assert after["baseline"]["shift_s"] == after["plan"]["shift_s"] == before["plan"]["shift_s"] + 900


def test_why_a_time_is_closed_is_told_with_the_rule(branch):
    desk = branch.desk()
    name = some_stop(desk)
    shift = desk.draft.problem.shifts[0]
    assert closed_by(desk, name, "none such") == ()
    night = replace(
        shift, starts=shift.starts // 86_400 * 86_400 + 22 * 3600, ends=shift.starts // 86_400 * 86_400 + 86_399
    )
    draft = replace(
        desk.draft, instance=replace(desk.draft.instance, problem=replace(desk.draft.problem, shifts=(night,)))
    )
    assert "hours" in {one.rule for one in closed_by(replace(desk, draft=draft), name, night.id)}


def test_planning_again_keeps_what_is_settled_and_lists_what_it_changed(branch):
    desk = branch.desk()
    route = next(s for s, one in enumerate(desk.draft.tours) if len(one.nodes) >= 3)
    first, second, third = desk.draft.stops(route)[:3]
    new = branch.take(desk, Lock(first), minutes=1)
    new = branch.take(new, Drop(second, DropReason.AWAY), minutes=2)
    others = [name for name in new.draft.stops(new.draft.at[third][0]) if name not in (third, first)]
    if others:
        new = branch.take(new, Forbid(third, others[0]), minutes=3)
    again = plan_week(
        branch.by, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=FRIDAY, keep=Keep(new.saved.plan_id)
    )
    assert again.parent == new.saved.plan_id
    shift_of = {stop["visit"]: one["shift"] for one in again.plan["routes"] for stop in one["stops"]}
    assert shift_of[first] == new.draft.locks[first].shift
    assert second not in shift_of
    assert {one["visit"]: one["reason"] for one in again.plan["left_out"]}[second] == "dropped"
    if others:
        assert shift_of.get(third) != shift_of.get(others[0]) or third not in shift_of
    told = again.metrics["replan"]
    assert told["kept"] == new.saved.plan_id
    assert told["moved"] + told["dropped"] <= 2
    assert again.context["edits"]["asked"] == new.saved.context["edits"]["asked"]
    reopened = branch.desk(again.plan_id)
    assert set(reopened.draft.kept.dropped) == {second}
    assert first in reopened.draft.locks


def test_planning_again_gives_the_search_the_pairs_and_keeps_them(branch):
    desk = branch.desk()
    route = max(desk.draft.tours, key=lambda one: len(one.nodes)).shift
    names = desk.draft.stops(route)[:3]
    pairs = [(a, b) for k, a in enumerate(names) for b in names[k + 1 :]]
    new = branch.take(desk, *(Forbid(a, b) for a, b in pairs))
    assert branch.desk(new.saved.plan_id).draft.problem.apart == set(map(tuple, map(sorted, pairs)))
    given = []

    def solve(problem):
        given.append(problem)
        return in_process(problem)

    again = plan_week(
        branch.by, principal(), BRANCH, NEXT_WEEK, solve=solve, seed=1, now=FRIDAY, keep=Keep(new.saved.plan_id)
    )
    assert {one.apart for one in given} == {new.draft.problem.apart}
    shift_of = {stop["visit"]: one["shift"] for one in again.plan["routes"] for stop in one["stops"]}
    for a, b in pairs:
        assert a not in shift_of or shift_of[a] != shift_of.get(b)
    reopened = branch.desk(again.plan_id)
    assert reopened.draft.problem.apart == new.draft.problem.apart
    allowed = branch.take(reopened, Allow(*pairs[0]), minutes=5)
    assert branch.desk(allowed.saved.plan_id).draft.problem.apart == new.draft.problem.apart - {tuple(sorted(pairs[0]))}


def test_of_a_draft_that_nobody_knows_what_was_settled_by_hand_holds_and_nothing_else_costs(branch):
    desk = branch.desk()
    first, second = desk.draft.stops(max(desk.draft.tours, key=lambda one: len(one.nodes)).shift)[:2]
    new = branch.take(branch.take(desk, Lock(first), minutes=1), Drop(second, DropReason.AWAY), minutes=2)
    given = []

    def solve(problem):
        given.append(problem)
        return in_process(problem)

    again = plan_week(
        branch.by,
        principal(),
        BRANCH,
        NEXT_WEEK,
        solve=solve,
        seed=1,
        now=FRIDAY,
        keep=Keep(new.saved.plan_id, stops=False),
    )
    assert {one.published for one in given} == {None}
    shift_of = {stop["visit"]: one["shift"] for one in again.plan["routes"] for stop in one["stops"]}
    assert (shift_of[first], shift_of.get(second)) == (new.draft.locks[first].shift, None)
    assert {one["visit"]: one["reason"] for one in again.plan["left_out"]}[second] == "dropped"
    assert again.parent == new.saved.plan_id
    # Nothing is counted as a change that nobody asked for: all else was to be planned anew.
    assert again.metrics["replan"] == {"kept": new.saved.plan_id, "given_up": []}
    assert second in branch.desk(again.plan_id).draft.kept.dropped


def test_a_draft_in_which_nothing_was_settled_is_planned_as_if_it_were_not_there(branch):
    keep = Keep(branch.first.plan_id, stops=False)
    plain, again = (
        plan_week(branch.by, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=FRIDAY, keep=one)
        for one in (None, keep)
    )
    assert again.plan["routes"] == plain.plan["routes"]
    assert (again.parent, "replan" in again.metrics, "edits" in again.context) == (keep.plan_id, False, False)


def test_loads_are_evened_out_unless_stops_a_place_or_a_pair_are_held(branch):
    desk = branch.desk()
    first, second = desk.draft.stops(max(desk.draft.tours, key=lambda one: len(one.nodes)).shift)[:2]
    dropped = to_hold(branch.take(desk, Drop(first)).saved, stops=False)
    locked = branch.take(desk, Lock(first))
    apart = branch.take(desk, Forbid(first, second))
    assert dropped.may_be_evened(desk.draft.problem)
    assert not replace(dropped, stops=True).may_be_evened(desk.draft.problem)
    for one in (locked, apart):
        held = to_hold(one.saved, stops=False)
        assert not held.may_be_evened(one.draft.problem)


def test_planning_again_keeps_a_day_off_and_a_shift_called_in(branch):
    desk = branch.desk()
    crew = next(iter(desk.known.crews))
    mine = [one for one in desk.draft.problem.shifts if one.crew == crew]
    free = max(desk.draft.day(one) for one in mine) + timedelta(days=1)
    extra = extra_shift(desk, crew, free, 9 * 3600, 16 * 3600)
    assert extra is not None
    new = branch.take(desk, DayOff(crew, desk.draft.day(mine[0])), minutes=1)
    new = branch.take(new, CallIn(extra), minutes=2)
    again = plan_week(
        branch.by, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=FRIDAY, keep=Keep(new.saved.plan_id)
    )
    ids = {one["id"] for one in again.problem["shifts"]}
    assert mine[0].id not in ids
    assert extra.id in ids


def test_what_a_crew_can_do_without_one(branch):
    crew = Crew("c", BRANCH, "c", ("a", "b"), frozenset({"bank", "legal", "dialect"}), (0.0, 0.0), (0.0, 0.0))
    people = {
        "a": Collector("a", BRANCH, "a", frozenset({"legal"})),
        "b": Collector("b", BRANCH, "b", frozenset({"dialect"})),
    }
    assert skills_without(crew, people, ["a"]) == {"bank", "dialect"}


def test_a_change_of_nobody_known_is_answered(branch):
    answer = weigh(branch.desk(), [Move("nobody", "nowhere")])
    assert isinstance(answer, Refusal)
    assert answer.why is Why.UNKNOWN


def test_what_planning_again_could_not_keep_is_named_with_why(branch):
    desk = branch.desk()
    name, other = some_stop(desk), some_stop(desk, 1)
    new = branch.take(desk, Lock(name), minutes=1)
    new = branch.take(new, Lock(other), minutes=2)
    shift = new.draft.locks[name].shift
    branch.store.save_holds(principal(), BRANCH, hold_of(name), now=FRIDAY)
    again = plan_week(
        branch.by, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=FRIDAY, keep=Keep(new.saved.plan_id)
    )
    assert again.metrics["replan"]["given_up"] == [{"visit": name, "shift": shift, "why": "gone"}]
    assert [one["visit"] for one in again.problem["locks"]] == [other]


def test_each_reason_for_giving_up_is_told_apart(branch):
    desk = branch.desk()
    name, other = some_stop(desk), some_stop(desk, 1)
    new = branch.take(branch.take(desk, Lock(name), minutes=1), Lock(other), minutes=2)
    settled = settled_in(new.saved)
    visits = {one.id: one for one in new.draft.problem.visits}
    shifts = {one.id: one for one in new.draft.problem.shifts}
    shift = new.draft.locks[name].shift

    def told(locks: object, here: object, works: object) -> list[tuple[str, str]]:
        return [(one.visit, one.why.value) for one in given_up(settled, locks, here, works)]  # type: ignore[arg-type]

    kept = [one for one in settled.locks if one.visit == other]
    assert told(settled.locks, visits, shifts) == []
    assert told(kept, {other: visits[other]}, shifts) == [(name, "gone")]
    assert told(kept, visits, {k: one for k, one in shifts.items() if k != shift}) == [(name, "no_shift")]
    assert told(kept, visits, shifts) == [(name, "no_time")]
    called = replace(settled, kept=replace(settled.kept, shifts={"night": shifts[shift]}))
    assert [(one.shift, one.why.value) for one in given_up(called, settled.locks, visits, shifts)] == [
        ("night", "not_called")
    ]
    parted = replace(settled, kept=replace(settled.kept, apart=frozenset({routing.pair(name, other)})))
    assert given_up(parted, settled.locks, visits, shifts) == ()
    (*_, pair) = given_up(parted, kept, {other: visits[other]}, shifts)
    assert pair.told() == {"visit": name, "shift": "", "why": "gone", "other": other}


def test_the_load_of_the_crews_is_told_of_a_plan_changed_by_hand(branch):
    desk = branch.desk()
    before = desk.saved.context["load"]
    assert len(before["crews"]) >= 2
    name = some_stop(desk)
    new = branch.take(desk, Drop(name, DropReason.AGREED))
    after = new.saved.context["load"]
    assert after["by_hand"]
    assert set(after["crews"]) == set(before["crews"])
    crew = desk.draft.problem.shifts[desk.draft.at[name][0]].crew
    for one, loads in after["crews"].items():
        assert loads["hours_s"]["before"] == before["crews"][one]["hours_s"]["load"]
        changes = loads["hours_s"]["load"] != before["crews"][one]["hours_s"]["load"]
        assert changes == (one == crew)
    # Told as planning would tell it: opened again and looked at without a change.
    again = branch.desk(new.saved.plan_id)
    same = after_change(after, again.draft.instance, again.draft.tours, list(again.known.crews.values()))
    assert {k: one["hard"]["load"] for k, one in same["crews"].items()} == {
        k: one["hard"]["load"] for k, one in after["crews"].items()
    }


def test_of_a_plan_from_before_loads_were_told_none_is_told(branch):
    desk = branch.desk()
    crews = list(desk.known.crews.values())
    assert after_change({"crews": {}}, desk.draft.instance, desk.draft.tours, crews) == {}


def test_a_day_beyond_what_the_law_permits_is_not_offered_and_overtime_is_told_with_its_article(branch):
    desk = branch.desk()
    shift = desk.draft.problem.shifts[0]
    pauses = sum(one.lasts_s for one in shift.breaks)
    usual, most = desk.pack.day_hours, desk.pack.day_hours_most

    def until(hours: float) -> Offer:
        return offer(desk, Hours(shift.id, shift.starts, int(shift.starts + pauses + 3600 * hours)))

    within, overtime, beyond = until(usual.value), until(most.value), until(most.value + 0.25)
    assert within.long_days == ()
    assert within.permitted
    ((told,), (grave,)) = overtime.long_days, beyond.long_days
    assert (told.limit, told.forbidden, overtime.permitted) == (usual, False, True)
    assert (grave.limit, grave.forbidden, beyond.permitted) == (most, True, False)
    assert grave.worked_s == int(3600 * (most.value + 0.25))
    assert (told.crew, told.day) == (shift.crew, desk.draft.day(shift))


def test_a_second_shift_of_a_day_counts_with_the_first(branch):
    desk = branch.desk()
    shift = desk.draft.problem.shifts[0]
    day, ends = desk.draft.day(shift), shift.ends % 86_400
    evening = extra_shift(desk, shift.crew, day, ends + 1800, ends + 1800 + 2 * 3600)
    long = extra_shift(desk, shift.crew, day, ends + 1800, ends + 1800 + 5 * 3600)
    assert evening is not None
    assert long is not None
    assert not any(one.forbidden for one in offer(desk, CallIn(evening)).long_days)
    assert [one.crew for one in offer(desk, CallIn(long)).long_days if one.forbidden] == [shift.crew]
    # What was as long before is not told of a change elsewhere.
    assert offer(desk, Drop(some_stop(desk), DropReason.AGREED)).long_days == ()


def test_changes_of_one_plan_are_made_on_another_and_what_cannot_be_is_named(branch: Branch) -> None:
    """Two managers: the other one has published a plan in which a visit of mine is taken out; the rest goes over."""
    desk = branch.desk()
    routes = [one for one in desk.draft.routes if one.stops]
    mine, gone = routes[0].stops[0].visit, routes[1].stops[0].visit
    theirs = branch.take(desk, Drop(gone, DropReason.AWAY))
    wanted = (Lock(gone), Lock(mine), Forbid(mine, gone))
    read = tuple(command_from_dict(json.loads(json.dumps(command_to_dict(one)))) for one in wanted)
    assert read == wanted
    found = replay(theirs, read, kept_back_s={})
    assert [one for one, _ in found.refused] == [wanted[0]]
    assert isinstance(found.refused[0][1], Refusal)
    assert found.taken == wanted[1:]
    offer = weigh(theirs, found.taken)
    assert isinstance(offer, Offer)
    assert offer.draft.kept.apart


def test_a_shift_called_in_begins_where_its_crew_does_in_the_other_plan(branch: Branch) -> None:
    desk = branch.desk()
    one = desk.draft.problem.shifts[0]
    elsewhere = replace(one, id="called", starts=one.starts + 86_400 * 6, ends=one.ends + 86_400 * 6, breaks=(),
                        start_place=one.start_place + 3, end_place=one.end_place + 3)  # fmt: skip
    command = command_from_dict(json.loads(json.dumps(command_to_dict(CallIn(elsewhere)))))
    assert command == CallIn(elsewhere)
    found = replay(desk, [command], kept_back_s={})
    assert isinstance(found.taken[0], CallIn)
    assert found.taken[0].shift.start_place == one.start_place
    nobody = replay(desk, [CallIn(replace(elsewhere, crew="nobody"))], kept_back_s={})
    assert nobody.taken == ()
    assert isinstance(nobody.refused[0][1], Refusal)


def test_a_crew_is_off_when_it_was_asked_for_whatever_either_plan_keeps_back() -> None:
    desk: Any = SimpleNamespace(saved=SimpleNamespace(context={"shifts": {"S1": {"reserve_s": 1800}, "S2": {}}}))
    asked = Hours("S1", 8 * 3600, 18 * 3600)
    assert as_long(desk, asked, {}).ends == 18 * 3600 - 1800
    assert as_long(desk, asked, {"S1": 600}).ends == 18 * 3600 + 600 - 1800
    assert as_long(desk, replace(asked, shift="S2"), {"S2": 600}).ends == 18 * 3600 + 600
