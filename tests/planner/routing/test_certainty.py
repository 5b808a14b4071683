"""Plans as sure as was asked: reserves, and what they cost."""

from functools import partial

import numpy as np
import pytest

from planner.routing import Option, audit, solve, surely
from planner.routing.finish import Case, TravelSpread
from tests.planner.routing.factories import HOUR, problem, shift, visit

DOOR = (Case(0.4, 540.0), Case(0.1, 600.0), Case(0.5, 1440.0, 0.5))
SPREAD = TravelSpread(0.1, 0.25)


@pytest.fixture(scope="module")
def full_week():
    rng = np.random.default_rng(3)
    xy = rng.uniform(0, 6000, (61, 2))
    seconds = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / 6
    mean_s = round(sum(case.share * case.mean_s for case in DOOR))
    return problem(
        seconds=seconds,
        visits=tuple(
            visit(
                f"D{k:03}",
                place=k,
                service_s=mean_s,
                options=(Option(9 * HOUR, 17 * HOUR, float(rng.integers(100, 900))),),
            )
            for k in range(1, 61)
        ),
        shifts=tuple(shift(f"crew{k}-mon", crew=f"crew{k}") for k in (1, 2)),
    )


def sure(task, certainty):
    doors = {one.id: [DOOR] for one in task.visits}
    search = partial(solve, seconds=60, seed=1, workers=1, steps=400)
    return surely(task, search, doors, SPREAD, certainty=certainty)


def test_routes_are_as_sure_as_was_asked_and_certainty_has_its_price(full_week):
    less, more = sure(full_week, 0.7), sure(full_week, 0.95)
    for found, asked in ((less, 0.7), (more, 0.95)):
        assert found.risks.keys() == {route.shift for route in found.plan.routes}
        assert min(risk.in_time for risk in found.risks.values()) >= asked - 0.05
        assert audit(found.problem, found.plan) == ()
    assert sum(more.reserves_s.values()) > sum(less.reserves_s.values())
    assert more.plan.objective < less.plan.objective


def test_the_shifts_end_earlier_by_their_reserves(full_week):
    found = sure(full_week, 0.85)
    for own, cut in zip(full_week.shifts, found.problem.shifts, strict=True):
        assert own.ends - cut.ends == found.reserves_s[own.id] > 0
        assert own.starts == cut.starts


@pytest.mark.parametrize("asked", [0.5, 1.0, 0.2])
def test_a_chance_that_cannot_be_asked_for_is_refused(full_week, asked):
    with pytest.raises(ValueError, match="between"):
        sure(full_week, asked)
