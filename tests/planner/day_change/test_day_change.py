"""The rest of a crew's day planned again, over the small town: from where the crew stands, shown first, taken once."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from types import SimpleNamespace
from uuid import uuid4

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from config.parameters import load as load_parameters
from config.rules import load_pack
from dashboard.screens.day import week_of
from geodata.roads import StraightLine
from planner.day_change import (
    CannotChange,
    Happened,
    News,
    OwnDay,
    Proposal,
    ProposalOutdated,
    Reason,
    Way,
    Why,
    called_for,
    proposals,
    propose,
    read_own,
    take_day,
)
from planner.domain import Principal, Role
from planner.store import PublishedMeanwhile, SavedPlan, Store
from planner.view import day_view
from planner.view.board import board_view
from tests.planner import factories as town
from tests.planner.conftest import Story
from tests.planner.factories import BRANCH, MONDAY, NEXT_WEEK, principal

MANAGER = principal()
ROADS, PACK, PARAMETERS = StraightLine(), load_pack("CN"), load_parameters()
AGAIN = News(Happened.AGAIN)


@pytest.fixture
def store(story: Story, own_store: Store) -> Store:
    """The story with its second week published and not yet walked."""
    own_store.publish(MANAGER, story.second.plan_id, story.second.created_at + timedelta(hours=1))
    return own_store


def busiest(story: Story) -> tuple[str, date]:
    """Give the crew and the day with the most stops."""
    route = max(story.second.plan["routes"], key=lambda one: len(one["stops"]))
    shift = story.second.context["shifts"][route["shift"]]
    return shift["crew_id"], date.fromisoformat(shift["day"])


def collector(story: Story) -> Principal:
    return principal(Role.COLLECTOR, crew=busiest(story)[0])


def out(store: Store, story: Story, *, made: int, late: timedelta = timedelta(0)) -> tuple[OwnDay, datetime]:
    """Let the crew make its first stops, some time later than planned; gives its day and the moment."""
    crew, day = busiest(story)
    own = read_own(store, collector(story), crew, day)
    begins = [own.moment(stop["begins"]) + late for stop in own.route["stops"][:made]]
    return walked(store, collector(story), own, begins)


def walked(store: Store, who: Principal, own: OwnDay, begins: list[datetime]) -> tuple[OwnDay, datetime]:
    """Record the first stops of a day as begun then; gives the day and the moment after the last."""
    rows = [
        {
            "outcome_id": str(uuid4()),
            "debtor_id": stop["visit"],
            "place_id": own.saved.context["options"][stop["visit"]][stop["option"]]["place_id"],
            "crew_id": own.crew.crew_id,
            "plan_id": own.saved.plan_id,
            "started_at": began,
            "ended_at": began + timedelta(minutes=8),
            "code": "NOT_HOME",
        }
        for stop, began in zip(own.route["stops"], begins, strict=False)
    ]
    at = own.moment(own.route["leaves_start"]) + timedelta(minutes=1)
    if rows:
        at = rows[-1]["ended_at"] + timedelta(minutes=1)
        store.save_outcomes(who, BRANCH, town.outcomes(*rows), now=at)
    return read_own(store, who, own.crew.crew_id, own.shift.day), at


def proposed(store: Store, story: Story, own: OwnDay, news: News, at: datetime, *pinned: str) -> Proposal:
    return propose(store, collector(story), own, news, ROADS, PACK, PARAMETERS, at=at, pinned=pinned)


def route_of(proposal: Proposal) -> dict:
    return proposal.saved.plan["routes"][0]


def check(own: OwnDay, proposal: Proposal, at: datetime) -> None:
    """Read a proposed day again: what was made stays, the rest can be driven, and the crew is home in time."""
    route, problem = route_of(proposal), proposal.saved.problem
    visits = {one["id"]: one for one in problem["visits"]}
    (shift,) = (one for one in problem["shifts"] if one["id"] == route["shift"])
    made = [one for one in route["stops"] if one["visit"] in own.recorded]
    rest = route["stops"][len(made) :]
    assert {one["visit"] for one in made} == set(own.recorded), "what was made comes first, and stays"
    assert len({one["visit"] for one in route["stops"]}) == len(route["stops"])
    spots = np.array([(one["lon"], one["lat"]) for one in proposal.saved.context["places"]])
    seconds = ROADS.travel_times(spots).seconds

    def place(stop: dict) -> int:
        return int(visits[stop["visit"]]["options"][stop["option"]]["place"])

    here, free = (place(made[-1]), made[-1]["leaves"]) if made else (shift["start_place"], own.seconds(at))
    for stop in rest:
        option = visits[stop["visit"]]["options"][stop["option"]]
        assert option["opens"] <= stop["begins"] <= option["closes"]
        assert stop["begins"] >= own.seconds(at)
        assert stop["begins"] + 1 >= free + seconds[here, place(stop)]
        assert stop["leaves"] == stop["begins"] + option["service_s"]
        here, free = place(stop), stop["leaves"]
    if rest:
        assert route["reaches_end"] + 1 >= free + seconds[here, shift["end_place"]]
        assert route["reaches_end"] <= shift["ends"]
    assert all(a["leaves"] <= b["begins"] + 1 for a, b in pairwise(rest))


@pytest.mark.parametrize("made", [0, 1, 2])
@pytest.mark.parametrize("late_min", [0, 90])
def test_the_rest_can_be_driven_from_where_the_crew_stands(
    story: Story, store: Store, made: int, late_min: int
) -> None:
    own, at = out(store, story, made=made, late=timedelta(minutes=late_min))
    first = own.ahead[0]
    every = (
        AGAIN,
        News(Happened.LATE, minutes=45),
        News(Happened.BLOCKED, first, 30),
        News(Happened.BLOCKED, first),
        News(Happened.REFUSED, first, reason=Reason.UNSAFE),
    )
    for news in every:
        proposal = proposed(store, story, own, news, at)
        check(own, proposal, at)
        assert proposed(store, story, own, news, at).digest == proposal.digest
        planned = {one["visit"] for one in route_of(proposal)["stops"]}
        gone = {one.debtor_id for one in proposal.changes if one.kind == "dropped"}
        assert gone == set(own.ahead) - planned
        away = news.kind is Happened.REFUSED or (news.kind is Happened.BLOCKED and news.minutes is None)
        assert (first in gone) or not away


def test_a_day_that_goes_by_its_plan_is_left_as_it_is(story: Story, store: Store) -> None:
    own, _at = out(store, story, made=0)
    proposal = proposed(store, story, own, AGAIN, own.moment(own.route["leaves_start"]))
    assert (proposal.changes, proposal.order) == ((), False)
    assert [one["visit"] for one in route_of(proposal)["stops"]] == own.ahead


def test_pinned_stops_stay_in_their_order(story: Story, store: Store) -> None:
    own, at = out(store, story, made=1)
    pins = own.ahead[-2:]
    proposal = proposed(store, story, own, News(Happened.BLOCKED, own.ahead[0], 60), at, *pins)
    rest = [one["visit"] for one in route_of(proposal)["stops"]]
    assert [one for one in rest if one in pins] == pins
    check(own, proposal, at)


def test_nothing_is_kept_until_it_is_taken_and_then_once(story: Story, store: Store) -> None:
    own, at = out(store, story, made=1)
    who, (crew, day) = collector(story), busiest(story)
    others = {k: v for k, v in store.stops_in_force(MANAGER, BRANCH, NEXT_WEEK).items() if k != own.shift.shift_id}
    refused = own.ahead[1]
    planned = own.saved.metrics["routes"][own.shift.shift_id]
    proposal = proposed(store, story, own, News(Happened.REFUSED, refused), at)
    assert store.day_plans(who, BRANCH, NEXT_WEEK) == ()
    change = str(uuid4())
    for _time in range(2):
        saved = take_day(store, who, proposal, ROADS, change_id=change, digest=proposal.digest, now=at)
    assert [row.plan_id for row in store.day_plans(who, BRANCH, NEXT_WEEK)] == [saved.plan_id]
    again = read_own(store, who, crew, day)
    assert again.saved.plan_id == saved.plan_id
    assert again.saved.parent == own.saved.plan_id
    assert refused not in again.ahead
    kept = again.saved.metrics["routes"][own.shift.shift_id]  # the sheet of the day says how long the crew drives
    assert 0 < kept["travel_s"] <= planned["travel_s"]
    assert kept["visits"] == planned["visits"] - 1
    assert set(again.recorded) == set(own.recorded)
    after = store.stops_in_force(MANAGER, BRANCH, NEXT_WEEK)
    assert {k: v for k, v in after.items() if k != own.shift.shift_id} == others
    view = day_view(store, who, crew, day, now=at, parameters=PARAMETERS)
    assert view.plan_id == saved.plan_id
    assert view.done == len(own.recorded)
    assert view.live
    # Who is not made any more can still be looked up, as he was planned.
    ((gone, why),) = view.given_up
    was = next(one for one in own.route["stops"] if one["visit"] == refused)
    assert (gone.debtor_id, gone.begins_at, why) == (refused, own.moment(was["begins"]), "refused")
    # The page at a desk draws the same day, though it goes by no plan of the week.
    week = week_of(SimpleNamespace(store=store), who, view.branch, view)
    assert [stop.debtor_id for route in week.routes for stop in route.stops] == [one.debtor_id for one in view.stops]
    # A second change is made of the first.
    second = propose(store, who, again, News(Happened.LATE, minutes=20), ROADS, PACK, PARAMETERS, at=at)
    check(again, second, at)


def test_what_was_not_shown_is_not_taken(story: Story, store: Store) -> None:
    own, at = out(store, story, made=1)
    who = collector(story)
    shown = proposed(store, story, own, News(Happened.REFUSED, own.ahead[0]), at)
    with pytest.raises(ProposalOutdated):
        take_day(store, who, shown, ROADS, change_id=str(uuid4()), digest="other", now=at)
    other = proposed(store, story, own, News(Happened.REFUSED, own.ahead[1]), at)
    take_day(store, who, other, ROADS, change_id=str(uuid4()), digest=other.digest, now=at)
    with pytest.raises(PublishedMeanwhile):
        take_day(store, who, shown, ROADS, change_id=str(uuid4()), digest=shown.digest, now=at)


def open_all_week(story: Story) -> SavedPlan:
    """The second week's plan with a window on each of its days for everybody, beside those that he has."""
    saved = copy.deepcopy(story.second)
    for visit in saved.problem["visits"]:
        last, facts = visit["options"][-1], saved.context["options"][visit["id"]]
        has = {one["opens"] // 86_400 for one in visit["options"]}
        for day in set(range(5)) - has:
            opens = day * 86_400 + 9 * 3600
            visit["options"].append({**last, "opens": opens, "closes": opens + 8 * 3600})
            facts.append(facts[-1])
    return replace(saved, plan_id="open", parent=story.second.plan_id)


def test_an_urgent_visit_comes_from_a_later_day_and_leaves_it(story: Story, store: Store) -> None:
    store.save_plan(MANAGER, open_all_week(story))
    store.publish(MANAGER, "open", story.second.created_at + timedelta(hours=2))
    shifts = store.shifts(MANAGER, BRANCH, MONDAY + timedelta(weeks=1), MONDAY + timedelta(weeks=1, days=6))
    stops = store.stops_in_force(MANAGER, BRANCH, NEXT_WEEK)
    out_with_stops = [one for one in shifts if one.shift_id in stops]
    first = next(
        one for one in out_with_stops if any(o.crew_id == one.crew_id and o.day > one.day for o in out_with_stops)
    )
    who = principal(Role.COLLECTOR, crew=first.crew_id)
    own = read_own(store, who, first.crew_id, first.day)
    # The first door was quick: there is time, and who is required goes before who is not.
    own, at = walked(store, who, own, [own.moment(own.route["leaves_start"])])
    offered = called_for(store, who, own, now=at)
    mine = {debtor for one in out_with_stops if one.crew_id == first.crew_id for debtor in stops[one.shift_id]}
    assert {one.debtor_id for one in offered} <= mine - set(own.ahead)
    assert len(called_for(store, MANAGER, own, now=at)) >= len(offered)
    made = [(one, urgent(store, who, own, one.debtor_id, at)) for one in offered]
    one, proposal = next((each for each in made if each[1] is not None), (None, None))
    assert one is not None, "the town has nobody who could be called in: the test shows nothing"
    assert proposal is not None
    check(own, proposal, at)
    assert proposal.shifts == (own.shift.shift_id, one.shift_id)
    # Names of people are drawn, and with them whom a plan prefers of two alike: the branch has more to call in.
    asked = [(who, other) for other in offered] + [
        (MANAGER, other) for other in called_for(store, MANAGER, own, now=at)
    ]
    found = (as_next(store, asking, own, other.debtor_id, at) for asking, other in asked)
    soon = list(islice((each for each in found if each is not None), 3))
    assert soon, "the town has nobody who could be the next stop: the test shows nothing"
    for each in soon:
        check(own, each, at)
        ahead = [stop["visit"] for stop in route_of(each)["stops"] if stop["visit"] not in own.recorded]
        assert ahead[0] == each.news.debtor_id
        assert [name for name in own.ahead if name in ahead] == ahead[1:], "the others follow in their order"
    take_day(store, who, proposal, ROADS, change_id=str(uuid4()), digest=proposal.digest, now=at)
    after = store.stops_in_force(MANAGER, BRANCH, NEXT_WEEK)
    assert one.debtor_id in after[own.shift.shift_id]
    assert one.debtor_id not in after.get(one.shift_id, ())
    assert set(stops[one.shift_id]) - set(after.get(one.shift_id, ())) == {one.debtor_id}
    # The later day gave a visit, and nothing was said of it: its board tells no change of the day before.
    gave = next(each for each in shifts if each.shift_id == one.shift_id)
    (branch,) = store.branches(MANAGER)
    told = {
        day: [
            news.kind
            for each in board_view(store, MANAGER, branch, day, PARAMETERS, now=at).routes
            for news in each.news
        ]
        for day in (first.day, gave.day)
    }
    assert told == {first.day: ["urgent"], gave.day: []}


def urgent(store: Store, who: Principal, own: OwnDay, debtor_id: str, at: datetime) -> Proposal | None:
    """Ask for somebody today; None where there is no room."""
    try:
        return propose(store, who, own, News(Happened.URGENT, debtor_id), ROADS, PACK, PARAMETERS, at=at)
    except CannotChange as error:
        if error.why is not Why.NO_ROOM:
            raise
        return None


def as_next(store: Store, who: Principal, own: OwnDay, debtor_id: str, at: datetime) -> Proposal | None:
    """Ask for somebody as the very next stop; None where that is not offered beside where it fits best."""
    try:
        ways = proposals(store, who, own, News(Happened.URGENT, debtor_id), ROADS, PACK, PARAMETERS, at=at)
    except CannotChange:
        return None
    assert ways[0].way is Way.BEST
    return next((one for one in ways[1:] if one.way is Way.NEXT), None)


def told_of(board: object) -> None:
    from dashboard.screens import board_news
    from dashboard.text import speaking

    with speaking("zh"):
        board_news.told(board, {})  # type: ignore[arg-type]


def test_who_is_alone_goes_home_and_the_board_is_raised(story: Story, store: Store) -> None:
    own, at = out(store, story, made=1)
    who = collector(story)
    proposal = proposed(store, story, own, News(Happened.ALONE, member=own.crew.members[0]), at)
    assert {one["visit"] for one in route_of(proposal)["stops"]} == set(own.recorded)
    assert {one.debtor_id for one in proposal.changes} == set(own.ahead)
    take_day(store, who, proposal, ROADS, change_id=str(uuid4()), digest=proposal.digest, now=at)
    branch = next(iter(store.branches(MANAGER)))
    board = board_view(store, MANAGER, branch, own.shift.day, PARAMETERS, now=at)
    (route,) = (one for one in board.routes if one.route.shift_id == own.shift.shift_id)
    (news,) = route.news
    assert (news.kind, news.who, len(news.not_made)) == ("alone", who.name, len(own.ahead))
    required = {one["id"] for one in own.saved.problem["visits"] if one["required"]} & set(own.ahead)
    assert {one.debtor_id for one in route.lost} == required
    assert {one.debtor_id for one in route.given_up} == set(own.ahead)
    app = AppTest.from_function(told_of, kwargs={"board": board}).run()
    assert any("重新规划本周" in one.value for one in app.markdown)


def test_what_cannot_be_changed_is_said(story: Story, store: Store) -> None:
    own, at = out(store, story, made=1)
    ends = own.shift.ends + timedelta(minutes=1)
    for news, when, why in ((AGAIN, ends, Why.OVER), (News(Happened.REFUSED, "nobody"), at, Why.NOT_AHEAD),
                            (News(Happened.BLOCKED, next(iter(own.recorded)), 15), at, Why.NOT_AHEAD),
                            (News(Happened.URGENT, "nobody"), at, Why.NOT_AHEAD)):  # fmt: skip
        with pytest.raises(CannotChange) as told:
            proposed(store, story, own, news, when)
        assert told.value.why is why
    other = next(one.crew_id for one in store.crews(MANAGER, BRANCH) if one.crew_id != own.crew.crew_id)
    with pytest.raises(KeyError):
        read_own(store, collector(story), other, own.shift.day)
    with pytest.raises(CannotChange):
        read_own(store, MANAGER, other, own.shift.day + timedelta(weeks=5))


def test_a_delay_that_was_told_is_remembered_by_the_next_change(story: Story, store: Store) -> None:
    own, at = out(store, story, made=0)
    late = proposed(store, story, own, News(Happened.LATE, minutes=45), at)
    free = own.seconds(at) + 45 * 60
    taken = replace(own, saved=late.saved, route=route_of(late))
    refused = News(Happened.REFUSED, debtor_id=taken.ahead[0])
    moment = at + timedelta(minutes=2)
    first = next(iter(route_of(proposed(store, story, taken, refused, moment))["stops"]))
    assert first["begins"] >= free
    # A door recorded since says where the crew is: what was said before is over.
    walked_, now = walked(store, collector(story), taken, [taken.moment(own.seconds(moment))])
    walked_ = replace(walked_, saved=late.saved, route=route_of(late))
    second = route_of(proposed(store, story, walked_, AGAIN, now))["stops"][1]
    assert second["begins"] < free
