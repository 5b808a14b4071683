"""Every proof that the page on security names is there, and every chapter of the standard is spoken of."""

from __future__ import annotations

import re

from tests.dashboard.fakes import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_it_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)
    assert len(named) >= 40
    for file, test in named:
        path = ROOT / file
        assert path.is_file(), file
        if test:
            assert re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE), f"{file}::{test}"


def test_every_chapter_has_its_word() -> None:
    assert sorted({int(number) for number in re.findall(r"\bV(\d+)\b", PAGE)}) == list(range(1, 18))


def test_every_page_it_leads_to_exists() -> None:
    for page in re.findall(r"\]\(([\w-]+\.md)\)", PAGE):
        assert (ROOT / "docs" / page).is_file(), page
