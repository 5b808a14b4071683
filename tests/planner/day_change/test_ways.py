"""The ways in which a day can go on: its own order first, and the chance and the return that are kept with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest

from planner.day_change import (
    CannotChange,
    Change,
    Happened,
    News,
    Proposal,
    Standing,
    Way,
    Why,
    preset,
    proposals,
    propose,
    read_own,
    take_day,
)
from planner.day_change.proposing import better, out_of_order
from planner.store import Store
from planner.view import day_view
from tests.planner.conftest import Story
from tests.planner.day_change.test_day_change import (  # noqa: F401  the fixture
    AGAIN,
    PACK,
    PARAMETERS,
    ROADS,
    busiest,
    check,
    collector,
    out,
    route_of,
    store,
)


def ways(store: Store, story: Story, own, news: News, at, *pinned: str) -> tuple[Proposal, ...]:  # noqa: F811
    return proposals(store, collector(story), own, news, ROADS, PACK, PARAMETERS, at=at, pinned=pinned)


@pytest.mark.parametrize("made", [0, 1])
@pytest.mark.parametrize("late_min", [0, 120])
def test_the_day_goes_on_in_its_own_order_first(story: Story, store: Store, made: int, late_min: int) -> None:  # noqa: F811
    own, at = out(store, story, made=made, late=timedelta(minutes=late_min))
    for news in (AGAIN, News(Happened.LATE, minutes=30), News(Happened.LATE, minutes=150),
                 News(Happened.BLOCKED, own.ahead[0], 60), News(Happened.REFUSED, own.ahead[-1])):  # fmt: skip
        same, *others = ways(store, story, own, news, at)
        check(own, same, at)
        assert same.way is Way.SAME
        assert not same.order
        rest = [one["visit"] for one in route_of(same)["stops"] if one["visit"] not in own.recorded]
        assert rest == [one for one in own.ahead if one in rest], "nobody changes places and nobody comes in"
        assert {one.debtor_id for one in same.changes if one.kind == "dropped"} == set(own.ahead) - set(rest)
        for best in others:
            check(own, best, at)
            assert best.way is Way.BEST
            assert best.digest != same.digest
            assert len(best.at_risk) <= len(same.at_risk)
        # What is shown in a way is what is taken in it.
        again = propose(store, collector(story), own, news, ROADS, PACK, PARAMETERS, at=at, way=Way.SAME)
        assert again.digest == same.digest


def test_what_would_be_if_nothing_is_done_is_as_late_as_the_crew_says(story: Story, store: Store) -> None:  # noqa: F811
    own, at = out(store, story, made=1)
    calm = ways(store, story, own, AGAIN, at)[0]
    late = ways(store, story, own, News(Happened.LATE, minutes=150), at)[0]
    assert late.before.back_at > calm.before.back_at
    assert late.before.in_time <= calm.before.in_time
    assert late.after.unreached <= late.before.unreached
    assert late.after.back_at >= at + timedelta(minutes=150)


def test_whoever_is_too_late_for_his_window_is_named_with_it(story: Story, store: Store) -> None:  # noqa: F811
    own, at = out(store, story, made=0)
    last = own.ahead[-1]
    problem = {**own.saved.problem, "visits": [dict(one) for one in own.saved.problem["visits"]]}
    begins = next(one["begins"] for one in own.route["stops"] if one["visit"] == last)
    for visit in problem["visits"]:
        if visit["id"] == last:
            closing = [dict(one) for one in visit["options"]]
            for one in closing:
                one["closes"] = min(one["closes"], begins + 60) if one["opens"] <= begins else one["opens"]
            visit["options"] = closing
    tight = replace(own, saved=replace(own.saved, problem=problem))
    same = ways(store, story, tight, News(Happened.LATE, minutes=60), at)[0]
    (gone,) = [one for one in same.changes if one.debtor_id == last]
    assert (gone.kind, gone.why) == ("dropped", "window")
    assert gone.closes == own.moment(begins + 60)
    assert gone in same.lost


def proposal(way: Way, lost: int, value: float, required: int = 0) -> Proposal:
    changes = [Change(f"D{n}", "dropped", None, None, n < required, "no_time") for n in range(lost)]
    standing = Standing(None, None, None, value, 0.0)
    return Proposal(AGAIN, way, None, (), tuple(changes), standing, standing, None)  # type: ignore[arg-type]


def test_the_order_that_people_know_is_suggested_unless_another_keeps_more() -> None:
    every = proposal(Way.SAME, 0, 100.0)
    assert preset([every, proposal(Way.BEST, 0, 200.0)]) is Way.SAME
    two = proposal(Way.SAME, 2, 100.0)
    assert preset([two]) is Way.SAME
    assert preset([two, proposal(Way.BEST, 2, 101.0)]) is Way.SAME
    assert preset([two, proposal(Way.BEST, 2, 120.0)]) is Way.BEST
    assert preset([two, proposal(Way.BEST, 1, 90.0)]) is Way.BEST
    assert preset([two, proposal(Way.BEST, 1, 90.0, required=1)]) is Way.SAME


def test_the_fewest_stops_are_said_to_change_places() -> None:
    assert out_of_order(list("abcd"), list("abcd")) == frozenset()
    assert out_of_order(list("abcd"), list("dabc")) == {"d"}
    assert len(out_of_order(list("abcd"), list("dcba"))) == 3
    assert out_of_order([], ["x"]) == frozenset()


def test_the_uplift_of_what_is_ahead_is_in_minor_units_as_on_the_manager_s_page(story: Story, store: Store) -> None:  # noqa: F811
    own, at = out(store, story, made=0)
    stops = {one["visit"]: one["option"] for one in own.route["stops"]}
    yuan = sum(one["options"][stops[one["id"]]]["value"] for one in own.saved.problem["visits"] if one["id"] in stops)
    assert yuan > 100
    (same, *_others) = ways(store, story, own, News(Happened.REFUSED, own.ahead[-1]), at)
    assert same.before.value_minor == pytest.approx(100 * yuan)
    assert same.after.value_minor < same.before.value_minor


def test_the_chance_and_the_return_are_those_of_the_changed_day(story: Story, store: Store) -> None:  # noqa: F811
    """A crew that has recorded nothing and says that it is late lost its chance, and was told the old return."""
    own, at = out(store, story, made=0)
    crew, day = busiest(story)
    who = collector(story)
    before = day_view(store, who, crew, day, now=at, parameters=PARAMETERS)
    assert before.in_time is not None
    late = ways(store, story, own, News(Happened.LATE, minutes=60), at)[0]
    assert late.before.in_time is not None
    take_day(store, who, late, ROADS, change_id=str(uuid4()), digest=late.digest, now=at)
    for moment in (at + timedelta(seconds=1), at + timedelta(minutes=100)):
        after = day_view(store, who, crew, day, now=moment, parameters=PARAMETERS)
        assert after.in_time is not None
        assert after.in_time <= before.in_time
        assert after.returns_at is not None
        assert after.returns_at >= late.at + timedelta(minutes=60)
    kept = read_own(store, who, crew, day).saved.metrics["finish"]["routes"][own.shift.shift_id]
    assert set(kept["stops"]) == {one["visit"] for one in route_of(late)["stops"]}
    assert kept["in_time"] == pytest.approx(late.after.in_time)


def test_a_delay_that_was_told_counts_in_the_chance_until_the_next_door(story: Story, store: Store) -> None:  # noqa: F811
    own, at = out(store, story, made=1)
    crew, day = busiest(story)
    late = ways(store, story, own, News(Happened.LATE, minutes=90), at)[0]
    take_day(store, collector(story), late, ROADS, change_id=str(uuid4()), digest=late.digest, now=at)
    view = day_view(store, collector(story), crew, day, now=at, parameters=PARAMETERS)
    assert view.live
    # Drawn from the door that was left ninety minutes ago it would look as if nothing had happened.
    assert view.in_time == pytest.approx(late.after.in_time)
    assert view.returns_at == late.after.back_at


def test_of_a_day_to_come_only_that_is_said_which_is_known(story: Story, store: Store) -> None:  # noqa: F811
    crew, day = busiest(story)
    own = read_own(store, collector(story), crew, day)
    evening = own.shift.starts - timedelta(hours=14)
    for news in (AGAIN, News(Happened.LATE, minutes=30), News(Happened.BLOCKED, own.ahead[0], 30)):
        with pytest.raises(CannotChange) as told:
            ways(store, story, own, news, evening)
        assert told.value.why is Why.NOT_YET
    refused = ways(store, story, own, News(Happened.REFUSED, own.ahead[0]), evening)[0]
    assert own.ahead[0] not in {one["visit"] for one in route_of(refused)["stops"]}
    early = own.shift.starts - timedelta(minutes=30)
    late = ways(store, story, own, News(Happened.LATE, minutes=90), early)[0]  # on its morning, before it begins
    check(own, late, early)


@pytest.mark.parametrize(("made", "late_min"), [(0, -25), (0, 40), (1, 0), (2, -25), (2, 60)])
def test_the_page_of_the_day_and_the_sheet_of_its_change_tell_the_same(
    story: Story,
    store: Store,  # noqa: F811
    made: int,
    late_min: int,
) -> None:
    own, at = out(store, story, made=made, late=timedelta(minutes=late_min))
    (crew, day), who = busiest(story), collector(story)
    if not made:  # before it leaves, and on its way, not yet so long that its silence says nothing
        at += timedelta(minutes=late_min)

    def header() -> tuple[object, ...]:
        view = day_view(store, who, crew, day, now=at, parameters=PARAMETERS)
        return view.returns_at, view.in_time, view.required_chance, view.unreached

    def sheet(one: Standing) -> tuple[object, ...]:
        return one.back_at, one.in_time, one.required_chance, round(one.unreached)

    every = (AGAIN, News(Happened.LATE, minutes=45), News(Happened.REFUSED, own.ahead[0]))
    found = [ways(store, story, own, news, at)[0] for news in every]
    told = header()
    assert told[1] is not None
    again, late, refused = (sheet(one.before) for one in found)
    assert again == refused == told
    assert late[0] > told[0]  # what the crew has only just said is in no header yet
    taken = found[1 if made else 2]
    take_day(store, who, taken, ROADS, change_id=str(uuid4()), digest=taken.digest, now=at)
    assert header() == sheet(taken.after)


@pytest.mark.parametrize(
    ("value_minor", "travel_s", "lost", "worth"),
    [
        (-1_500.0, -720.0, 0, False),  # less is brought: a shorter road is no gain
        (0.0, -720.0, 0, True),
        (-50.0, -720.0, 0, True),  # so little is not worth a word
        (1_500.0, 720.0, 0, True),
        (0.0, 0.0, 0, False),
        (-1_500.0, 0.0, -1, True),  # more are visited
        (50.0, -720.0, 1, False),  # fewer are, for nothing
    ],
)
def test_another_plan_is_offered_only_where_it_is_no_worse(
    value_minor: float, travel_s: float, lost: int, worth: bool
) -> None:
    def plan(digest: str, value: float, travel: float, missed: int) -> Proposal:
        after = Standing(None, None, None, value_minor=value, travel_s=travel)
        made = SimpleNamespace(digest=digest, after=after, at_risk=(), lost=("D",) * missed)
        return cast("Proposal", made)

    same = plan("same", 100_000.0, 3_600.0, 2)
    assert better(plan("best", 100_000.0 + value_minor, 3_600.0 + travel_s, 2 + lost), same) is worth
