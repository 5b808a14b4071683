"""A break is never taken away by planning a day again, and nothing is planned past the end of the shift."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.day_change import Happened, News, OwnDay
from planner.day_change.breaks import breaks_had
from planner.domain import Principal
from planner.routing import Option
from planner.routing.problem import Problem, Visit
from planner.store import Store
from tests.planner.conftest import Story
from tests.planner.day_change.test_day_change import AGAIN, check, out, proposed, route_of, store, walked  # noqa: F401
from tests.planner.day_change.test_day_change import collector as collector_of

ORIGIN = datetime(2026, 11, 24, tzinfo=UTC)
HOUR = 3600
NOON = {"begins": 12 * HOUR, "lasts_s": 2700}
WAY_S = 600.0


def moment_of(hour: float) -> pd.Timestamp:
    return pd.Timestamp(ORIGIN + timedelta(hours=hour))


def day(*doors: tuple[float, float], breaks: tuple[dict[str, int], ...] = (NOON,)) -> tuple[Any, Problem]:
    """A day with doors recorded from one hour to another, ten minutes apart on the road."""
    names = [f"D{k}" for k in range(len(doors))]
    recorded = {
        name: {"started_at": moment_of(begun), "ended_at": moment_of(over)}
        for name, (begun, over) in zip(names, doors, strict=True)
    }
    own = SimpleNamespace(
        recorded=recorded,
        route={"stops": [{"visit": name, "option": 0} for name in names], "breaks": list(breaks)},
        seconds=lambda at: round((at - ORIGIN).total_seconds()),
    )
    size = max(len(names), 1)
    seconds = np.full((size, size), WAY_S) * (1 - np.eye(size))
    visits = tuple(Visit(name, k, 900, options=(Option(0, 86400, 1.0),)) for k, name in enumerate(names))
    return own, Problem(ORIGIN, 0.0, seconds, visits, ())


@pytest.mark.parametrize(
    ("doors", "hour", "had", "rests"),
    [
        ((), 11, 0, False),  # it has not come
        ((), 12.25, 1, True),  # it is under way: nobody is called out of it
        ((), 13, 1, False),  # nothing says otherwise: it was had as planned
        (((11.5, 11.9),), 13, 1, False),
        (((12.1, 12.4),), 12.5, 0, False),  # at a door instead: still owed
        (((11.8, 12.2), (12.4, 12.7)), 13, 0, False),  # no room between these doors
        (((11.8, 12.2), (13.2, 13.4)), 13.5, 1, False),  # an hour between them, ten minutes of it on the road
        (((11.8, 12.2), (13.05, 13.4)), 13.5, 0, False),  # 51 minutes, ten on the road: too short for 45
    ],
)
def test_a_break_was_had_only_if_there_was_room_for_it(
    doors: tuple[tuple[float, float], ...], hour: float, had: int, rests: bool
) -> None:
    now = round(hour * HOUR)
    own, problem = day(*doors)
    until = NOON["begins"] + NOON["lasts_s"] if rests else now
    assert breaks_had(own, problem, now) == (had, until)


def test_one_gap_is_one_break() -> None:
    tea = {"begins": 15 * HOUR, "lasts_s": 900}
    own, problem = day((11.8, 12.2), (13.2, 13.4), (14.9, 15.1), breaks=(NOON, tea))
    problem = replace(problem, seconds=problem.seconds * 0.0 + 5000.0 * (1 - np.eye(3)))
    assert breaks_had(own, problem, 16 * HOUR)[0] == 0, "the roads leave no room for either"
    own, problem = day((11.8, 12.2), (13.2, 13.4), (13.6, 15.1), breaks=(NOON, tea))
    assert breaks_had(own, problem, 16 * HOUR)[0] == 1, "the hour at noon is not counted twice"


def with_break(story: Story, store: Store, who: Principal) -> tuple[OwnDay, dict[str, Any], datetime]:  # noqa: F811
    """Let the crew stand at its second door when it was to rest; gives its day, the break and the moment after."""
    own, _at = out(store, story, made=0)
    first, second = own.route["stops"][:2]
    pause = {"begins": second["begins"], "lasts_s": 2700}
    own, at = walked(store, who, own, [own.moment(first["begins"]), own.moment(second["begins"] + 120)])
    problem = copy.deepcopy(dict(own.saved.problem))
    for one in problem["shifts"]:
        one["breaks"] = [{"opens": pause["begins"] - 600, "closes": pause["begins"], "lasts_s": 2700}]
    for one in problem["visits"]:
        # A crew that is home before its break would be over owes none, so what is ahead must last longer than that.
        for option in one["options"]:
            option["service_s"] = 3000
    saved = replace(own.saved, problem=problem)
    return replace(own, saved=saved, route={**own.route, "breaks": [pause]}), pause, at


def test_a_break_that_was_worked_through_is_planned_again(story: Story, store: Store) -> None:  # noqa: F811
    own, pause, at = with_break(story, store, collector_of(story))
    for news in (AGAIN, News(Happened.LATE, minutes=30)):
        proposal = proposed(store, story, own, news, at)
        check(own, proposal, at)
        route = route_of(proposal)
        rest = [one for one in route["stops"] if one["visit"] not in own.recorded]
        assert rest, "there is time for both"
        assert [one["lasts_s"] for one in route["breaks"]] == [pause["lasts_s"]]
        assert route["breaks"][0]["begins"] >= own.seconds(at)


def test_where_no_break_fits_any_more_no_visit_takes_its_place(story: Story, store: Store) -> None:  # noqa: F811
    own, pause, at = with_break(story, store, collector_of(story))
    ends = next(one["ends"] for one in own.saved.problem["shifts"] if one["id"] == own.shift.shift_id)
    late_min = round((ends - own.seconds(at) - pause["lasts_s"]) / 60) + 5
    proposal = proposed(store, story, own, News(Happened.LATE, minutes=late_min), at)
    assert [one["visit"] for one in route_of(proposal)["stops"]] == list(own.recorded)
    assert {one.debtor_id for one in proposal.changes if one.kind == "dropped"} == set(own.ahead)
