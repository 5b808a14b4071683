"""A name becomes no part of an address: a heading that Markdown makes has a link to itself, which says what it says."""

from __future__ import annotations

import re

from tests.dashboard.fakes import ROOT

#: a heading of Markdown that is filled with something, and what it may be filled with: words and numbers of our own
FILLED = re.compile(r"""markdown\(\s*f?"#+ [^\n]*""")
OURS = ("headline(", "title", "_(", "advice.approach_name")


def test_no_heading_of_markdown_is_a_name() -> None:
    found = [
        f"{file.name}: {line}"
        for file in sorted((ROOT / "dashboard" / "screens").glob("*.py"))
        for line in FILLED.findall(file.read_text(encoding="utf-8"))
    ]
    assert len(found) > 5
    assert [line for line in found if not any(one in line for one in OURS)] == []


def test_headings_of_their_own_have_no_link() -> None:
    for file in sorted((ROOT / "dashboard" / "screens").glob("*.py")):
        for line in re.findall(r"\.(?:subheader|header)\([^\n]*", file.read_text(encoding="utf-8")):
            assert "anchor=False" in line, f"{file.name}: {line}"
