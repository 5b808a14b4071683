"""At least two collectors, at most three."""

import pytest

from config.rules import load_pack
from planner.domain import Crew
from planner.rules.check import broken_rules
from planner.rules.crew import crews_permitted
from tests.planner.rules.readings import CN, at, stop
from tests.planner.value.factories import MONDAY, facts


@pytest.mark.parametrize(
    ("members", "fit"),
    [(("A",), False), (("A", "A"), False), (("A", "B"), True), (("A", "B", "C"), True), (("A", "B", "C", "D"), False)],
)
def test_two_or_three(members, fit):
    crew = Crew("K", "B", "K", members, frozenset(), (120.0, 30.0), (120.0, 30.0))
    good, bad = crews_permitted([crew], CN)
    assert bool(good) == fit
    assert ("K" in bad) != fit
    rules = [one.rule for one in broken_rules([stop(at(MONDAY, "12:00"), crew=members)], facts(), CN)]
    assert rules == ([] if fit else ["crew_size"])


def test_the_reason_names_the_article():
    alone = Crew("K", "B", "K", ("A",), frozenset(), (120.0, 30.0), (120.0, 30.0))
    assert CN.crew_min.article in crews_permitted([alone], CN)[1]["K"]


def test_another_pack_another_size():
    alone = Crew("K", "B", "K", ("A",), frozenset(), (120.0, 30.0), (120.0, 30.0))
    assert crews_permitted([alone], load_pack("IN"))[0] == (alone,)
