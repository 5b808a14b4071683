"""What became of it: what the record says, to the collector himself; the next plan goes to a corrected pin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.parameters import load
from planner.domain import Role
from planner.plan import plan_week
from planner.store import PlaceWord, Store
from planner.times import DOORS, adopt
from planner.value.parameters import Times
from planner.view import week_view
from planner.view.became import became
from tests.planner import factories as town
from tests.planner.conftest import Story, in_process
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, principal

FRIDAY = NOW + timedelta(weeks=1)


def told(store: Store, crew: str, now=FRIDAY):
    (branch,) = store.branches(principal())
    return became(store, principal(Role.COLLECTOR, crew=crew), branch, crew, load(), now=now)


def test_a_corrected_pin_is_where_the_next_plan_goes_and_the_collector_is_told(story: Story, own_store: Store) -> None:
    ahead = plan_week(
        town.means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=FRIDAY - timedelta(hours=2)
    )
    route = next(one for one in week_view(own_store, principal(), ahead.plan_id).routes if one.stops)
    stop, who = route.stops[0], principal(Role.COLLECTOR, crew=route.crew_id)
    own_store.publish(principal(), ahead.plan_id, FRIDAY - timedelta(hours=1))
    lon, lat = stop.lon + 0.002, stop.lat
    word = PlaceWord(stop.debtor_id, stop.place_kind, lon, lat, 20.0, "visit", stop.place_id)
    own_store.correct_pin(who, BRANCH, word, change_id="moved", now=FRIDAY)
    (pin,) = told(own_store, route.crew_id).pins
    assert 150 < pin.metres < 250
    assert (pin.used_on, pin.planned_since) == (None, False)  # the plan in force was made before

    saved = plan_week(
        town.means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=FRIDAY + timedelta(hours=1)
    )
    place = next(one for one in saved.context["places"] if one["place_id"] == stop.place_id)
    assert (place["lon"], place["lat"]) == pytest.approx((lon, lat))
    own_store.publish(principal(), saved.plan_id, FRIDAY + timedelta(hours=2))
    view = week_view(own_store, principal(), saved.plan_id)
    theirs = [(one.crew_id, one.day, each.number) for one in view.routes for each in one.stops
              if each.debtor_id == stop.debtor_id]  # fmt: skip
    (pin,) = told(own_store, route.crew_id, FRIDAY + timedelta(hours=3)).pins
    mine = [(day, number) for crew, day, number in theirs if crew == route.crew_id]
    assert [(pin.used_on, pin.number)] == (mine or [(None, 0)])
    assert pin.planned_since


def test_pins_that_another_one_moved_are_not_told(story: Story, own_store: Store) -> None:
    route = next(one for one in week_view(own_store, principal(), story.first.plan_id).routes if one.stops)
    stop = route.stops[0]
    word = PlaceWord(stop.debtor_id, stop.place_kind, stop.lon + 0.001, stop.lat, 20.0, "visit", stop.place_id)
    own_store.correct_pin(principal(), BRANCH, word, change_id="c1", now=FRIDAY)
    assert told(own_store, route.crew_id).pins == ()


def test_counts_are_those_of_the_record(own_store: Store) -> None:
    outcomes = own_store.latest_outcomes(principal(), BRANCH)
    crew = outcomes["crew_id"].value_counts().index[0]
    before = told(own_store, crew)
    assert before.usable == int((outcomes["crew_id"] == crew).sum())
    assert (before.timed, before.timed_since) == (0, None)
    assert before.outcomes_since is None  # nothing was adopted, so nothing is said to be used
    cells = {(contact, rural): 15.0 for contact in ("nobody", "third_party", "right_person") for rural in (True, False)}
    times = Times(minutes=cells, cvs=dict.fromkeys(cells, 0.2))
    adopt(own_store, principal(), BRANCH, DOORS, times, learnt_until=NOW.date(), count=9, compared={},
          by_crew={crew: 7, "other": 2}, now=FRIDAY)  # fmt: skip
    after = told(own_store, crew)
    assert (after.timed, after.timed_since) == (7, FRIDAY.date())


def test_nobody_reads_what_became_of_anothers(own_store: Store) -> None:
    (branch,) = own_store.branches(principal())
    crew = own_store.crews(principal(), BRANCH)[0].crew_id
    for who in (principal(), principal(Role.REGIONAL_HEAD), principal(Role.COLLECTOR, crew="other")):
        with pytest.raises(KeyError):
            became(own_store, who, branch, crew, load(), now=FRIDAY)
