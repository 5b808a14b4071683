"""Valid problems and plans with changes, for the tests of planner.routing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from hypothesis import strategies as st

from planner.routing import Break, Lock, Option, Plan, Problem, Published, PublishedRoute, Shift, Visit

HOUR = 3600
ORIGIN = datetime.fromisoformat("2026-11-30T00:00:00+08:00")


def visit(name: str = "D001", **changes: Any) -> Visit:
    values = {"id": name, "place": 1, "service_s": 1200, "options": (Option(9 * HOUR, 18 * HOUR, 500.0),)}
    return Visit(**(values | changes))


def shift(name: str = "crew1-mon", **changes: Any) -> Shift:
    values = {"id": name, "crew": "crew1", "start_place": 0, "end_place": 0, "starts": 9 * HOUR, "ends": 17 * HOUR}
    return Shift(**(values | changes))


def problem(**changes: Any) -> Problem:
    """Two visits and one shift with a lunch break, on three places."""
    values = {
        "origin": ORIGIN,
        "travel_cost_per_s": 0.1,
        "seconds": np.array([[0.0, 600.0, 900.5], [650.0, 0.0, 300.0], [900.0, 310.0, 0.0]]),
        "visits": (visit("D001"), visit("D002", place=2, required=True, needs=frozenset({"legal"}))),
        "shifts": (
            shift(skills=frozenset({"legal"}), breaks=(Break(int(11.5 * HOUR), int(12.5 * HOUR), 2700),), max_stops=5),
        ),
    }
    return Problem(**(values | changes))


def random_problem(
    rng: np.random.Generator, *, visits: int, shifts: int, breaks: int = 1, metric: bool = False
) -> Problem:
    """A problem of any kind: asymmetric roads, some missing, several options with own place, skills, breaks."""
    places = int(rng.integers(2, visits + 3))
    xy = rng.uniform(0, 4000, (places, 2))
    seconds = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    if not metric:
        seconds = seconds * rng.uniform(0.5, 2.0, (places, places)) + rng.choice([0.0, 0.25])
        seconds[rng.random((places, places)) < rng.choice([0.0, 0.15])] = np.nan
    np.fill_diagonal(seconds, 0.0)
    return Problem(
        origin=ORIGIN,
        travel_cost_per_s=float(rng.choice([0.0, 0.05, 0.5])),
        seconds=seconds,
        visits=tuple(_random_visit(rng, f"D{i}", places) for i in range(visits)),
        shifts=tuple(_random_shift(rng, i, places, breaks) for i in range(shifts)),
    )


def _random_visit(rng: np.random.Generator, name: str, places: int) -> Visit:
    at, options = 8 * HOUR + int(rng.integers(0, 4 * HOUR)), []
    for _ in range(int(rng.integers(0, 4))):
        closes = at + int(rng.integers(0, 3 * HOUR))
        own_place = int(rng.integers(places)) if rng.random() < 0.3 else None
        own_service = int(rng.integers(0, 2400)) if rng.random() < 0.3 else None
        options.append(Option(at, closes, float(rng.integers(0, 2000)), own_place, own_service))
        at = closes + int(rng.choice([0, 1800, 20 * HOUR]))
    return Visit(
        id=name,
        place=int(rng.integers(places)),
        service_s=int(rng.integers(0, 3600)),
        required=bool(rng.random() < 0.2),
        needs=frozenset(["legal"] if rng.random() < 0.2 else []),
        options=tuple(options),
    )


def _random_shift(rng: np.random.Generator, i: int, places: int, breaks: int) -> Shift:
    starts = 24 * HOUR * (i % 2) + 8 * HOUR + int(rng.integers(0, 3 * HOUR))
    pauses, at = [], starts - 600 + int(rng.integers(0, 2 * HOUR))
    for _ in range(int(rng.integers(0, breaks + 1))):
        closes = at + int(rng.integers(0, HOUR))
        pauses.append(Break(at, closes, int(rng.integers(1, 3600))))
        at = closes + int(rng.integers(0, 2 * HOUR))
    return Shift(
        id=f"S{i}",
        crew=f"crew{i // 2}",
        start_place=int(rng.integers(places)),
        end_place=int(rng.integers(places)),
        starts=starts,
        ends=starts + int(rng.integers(HOUR, 10 * HOUR)),
        skills=frozenset(["legal"] if rng.random() < 0.5 else []),
        breaks=tuple(pauses),
        max_stops=int(rng.integers(0, 6)) if rng.random() < 0.3 else None,
    )


@st.composite
def problems(draw: st.DrawFn, *, visits: int = 12, shifts: int = 4, breaks: int = 2) -> Problem:
    """Problems of all kinds, small."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random_problem(
        rng,
        visits=draw(st.integers(0, visits)),
        shifts=draw(st.integers(0, shifts)),
        breaks=breaks,
        metric=draw(st.booleans()),
    )


def with_wishes(rng: np.random.Generator, plain: Problem, plan: Plan, *, deep: bool = False) -> Problem:
    """The same problem with slower hours, a published plan or locks, such that ``plan`` (made of the plain problem with
    the same hours) keeps all of them or did so before; ``deep`` locks also positions behind the first."""
    kind = rng.integers(4)
    published, locks = plain.published, plain.locks
    if kind in (1, 3):
        routes = tuple(PublishedRoute(one.shift, tuple(stop.visit for stop in one.stops)) for one in plan.routes[:2])
        published = Published(routes, float(rng.integers(1, 500)))
    if kind in (2, 3):
        locks = tuple(
            Lock(
                stop.visit,
                route.shift,
                position if rng.random() < 0.5 and (deep or position == 0) else None,
                stop.begins if rng.random() < 0.4 else None,
            )
            for route in plan.routes
            for position, stop in enumerate(route.stops)
            if rng.random() < 0.4
        )
    return replace(plain, published=published, locks=locks)


def with_hours(rng: np.random.Generator, plain: Problem) -> Problem:
    """The same problem on roads that are slower or faster at some hours."""
    if rng.random() < 0.4:
        return plain
    return replace(plain, hour_factors=tuple(float(one) for one in rng.choice([0.8, 1.0, 1.0, 1.2, 1.7, 2.5], 24)))
