import re
from pathlib import Path

import numpy as np
import pytest

from planner.routing import MEANINGS, Option, Reason, baseline, solve
from tests.planner.routing.factories import HOUR, problem, shift, visit

NEVER_ROAD = np.array([[0, 600, np.nan], [600, 0, np.nan], [600, 600, 0]])


def reasons(one):
    plan = solve(one, seconds=60, steps=20, workers=1)
    assert all(out.detail and out.action for out in plan.left_out)
    return {out.visit: str(out.reason) for out in plan.left_out}


def test_the_page_of_reasons_lists_what_the_code_gives():
    page = Path("docs/reasons.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", page, flags=re.MULTILINE))
    assert listed == {str(reason): meaning for reason, meaning in MEANINGS.items()}
    assert list(listed) == [str(reason) for reason in Reason]


CASES = {
    "no_option": ({"options": ()}, {}),
    "no_skill": ({"needs": frozenset({"legal"})}, {}),
    "no_window_this_week": ({"options": (Option(20 * HOUR, 21 * HOUR, 1.0),)}, {}),
    "no_road": ({"place": 2}, {"seconds": NEVER_ROAD}),
    "too_far": ({"options": (Option(9 * HOUR, 9 * HOUR + 300, 900.0),)}, {}),
    "not_worth_travel": ({"options": (Option(9 * HOUR, 18 * HOUR, 50.0),)}, {}),
    "shift_full": ({}, {"visits": 2, "shifts": (shift(max_stops=1),)}),
    "displaced": ({"options": (Option(10 * HOUR, 10 * HOUR, 500.0),)}, {"visits": 2}),
    "required_conflict": ({"options": (Option(10 * HOUR, 10 * HOUR, 500.0),), "required": True}, {"visits": 2}),
}


@pytest.mark.parametrize("code", CASES)
def test_each_reason_on_one_or_two_visits(code):
    changes, others = CASES[code]
    count = others.get("visits", 1)
    visits = tuple(visit(f"D{i}", **changes) for i in range(count))
    one = problem(**({"shifts": (shift(),)} | others | {"visits": visits}))
    assert list(reasons(one).values()) == [code]


def test_the_baseline_says_what_it_did_not_look_at():
    many = tuple(
        visit(f"D{i}", service_s=600, options=(Option(9 * HOUR, 9 * HOUR + 60 * i, 100.0 + i),)) for i in range(60)
    )
    assert {str(out.reason) for out in baseline(problem(visits=many)).left_out} <= {str(one) for one in Reason}
