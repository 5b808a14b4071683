"""An agency's contract as TOML: what is read, and that a slip of the pen is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from config.agency import read_agency
from config.strict import BadConfig
from config.team import load_team
from planner.agency import MINIMUM
from planner.domain import Bucket
from planner.team import BadTeam
from tests.config.test_team import PAGE, TEAM, written

GOOD = {
    "code": "HY", "branch": "HZ01", "name": "和远", "fee_share": 0.25, "products": ["card"], "buckets": ["Y1-3"],
    "from": date(2026, 1, 1), "source": "Contract 17", "confidence": "H",
}  # fmt: skip
BLOCKS = PAGE.read_text(encoding="utf-8").split("An agency")[1].split("```")[1]


def test_the_example_of_the_docs_is_read(tmp_path):
    crew = '\n[[crew]]\nid = "HZ01-H"\nbranch = "HZ01"\nname = "和远一组"\nmembers = ["H1", "C1"]\n'
    team = load_team(written(tmp_path, TEAM + BLOCKS + crew))
    (agency,) = team.agencies
    assert (agency.code, agency.fee_share, agency.until_on) == ("HY", 0.25, date(2026, 12, 31))
    assert agency.buckets == {Bucket.M7_12, Bucket.Y1_3, Bucket.Y3_PLUS}
    assert agency.sees == {*MINIMUM, "phone"}
    joint = next(one for one in team.crews if one.crew_id == "HZ01-H")
    assert joint.skills == {"agency:HY", "legal"}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"fee_share": 1.0}, "fee_share"),
        ({"fee_share": -0.1}, "fee_share"),
        ({"fee_visit_minor": -1}, "fee_visit_minor"),
        ({"until": date(2025, 12, 31)}, "before it begins"),
        ({"products": ["gold"]}, "'gold' is none"),
        ({"buckets": ["M9"]}, "'M9' is none"),
        ({"data": ["debtor_type"]}, "'debtor_type' is none"),
        ({"branch": "XX"}, "no branch"),
        ({"code": "a b"}, "code"),
        ({"confidence": "sure"}, "confidence"),
        ({"commission": 1}, "commission"),
    ],
)
def test_a_slip_is_refused_by_name(changes, word):
    with pytest.raises(BadConfig, match=word):
        read_agency(GOOD | changes, "agency 1", {"HZ01"})


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('agency = "HY"', 'agency = "XX"', "no agency 'XX'"),
        ('agency = "HY"', 'skills = ["agency:HY"]', "instead of"),
    ],
)
def test_nobody_becomes_an_agencys_by_a_skill(tmp_path, old, new, word):
    with pytest.raises(BadTeam, match=word):
        load_team(written(tmp_path, TEAM + BLOCKS.replace(old, new)))
