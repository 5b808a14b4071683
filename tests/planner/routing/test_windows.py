"""A piece of the permitted hours ends where the worth of a visit changes; the door stays open until the hours end."""

from __future__ import annotations

import doctest

from planner.routing import windows
from planner.routing.problem import Option, Visit
from planner.routing.windows import may_begin, may_begin_saved


def test_examples():
    assert doctest.testmod(windows).failed == 0


def test_pieces_of_one_place_that_touch_are_one_window_and_others_are_not():
    day = (Option(0, 100, 1.0), Option(101, 200, 2.0), Option(200, 300, 1.0, place=7), Option(400, 500, 1.0))
    visit = Visit("a", 1, 60, options=day)
    assert may_begin(visit, 0) == may_begin(visit, 1) == (0, 200)
    assert may_begin(visit, 2) == (200, 300)
    assert may_begin(visit, 3) == (400, 500)
    saved = {"place": 1, "options": [{"opens": one.opens, "closes": one.closes} for one in day]}
    saved["options"][2]["place"] = 7
    assert [may_begin_saved(saved, k) for k in range(4)] == [may_begin(visit, k) for k in range(4)]
