"""docs/issues.md says what the code says, and every kind is raised somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from planner.intake.issue import KINDS

ROOT = Path(__file__).parents[3]


def test_the_page_lists_every_kind() -> None:
    page = (ROOT / "docs" / "issues.md").read_text(encoding="utf-8")
    found = re.findall(r"### (\d+) `(\w+)` \((\w+)\)\n\n(.+)\n\n\*Example:\* .+\n\n\*Cure:\* (.+)", page)
    assert found == [
        (str(kind.number), code, str(kind.severity), kind.text, kind.cure)
        for code, kind in sorted(KINDS.items(), key=lambda one: one[1].number)
    ]
    assert len({kind.number for kind in KINDS.values()}) == len(KINDS)


def test_every_kind_is_raised_somewhere() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "planner" / "intake").glob("*.py")
        if path.name != "issue.py"
    )
    assert [one for one in KINDS if f'"{one}"' not in code] == []
