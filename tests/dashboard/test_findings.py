"""Every finding of the second reading is said in the reader's language, without a code in it."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from config.rules import load_pack
from dashboard.text import speaking
from dashboard.text.findings import HOLDS, HOURS, TEMPLATES, WISH, finding, law, patterns
from planner.domain import HoldKind
from planner.rules.permit import NARROWING

ROOT = Path(__file__).parents[2]
SOURCES = ("planner/rules/check.py", "planner/rules/agency_check.py")


def yielded() -> list[str]:
    """The texts that the second reading yields; what is filled in becomes 7."""
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple)):
                continue
            text = node.value.elts[0]
            if isinstance(text, ast.Constant):
                found.append(str(text.value))
            elif isinstance(text, ast.JoinedStr):
                found.append("".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in text.values))
    return found


def test_the_findings_are_found() -> None:
    assert len(yielded()) > 20


@pytest.mark.parametrize("text", yielded())
def test_every_finding_has_a_template(text: str) -> None:
    assert any(pattern.fullmatch(text) for _, pattern in patterns()), text
    with speaking("zh"):
        assert finding(text) != text


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_its_own_first_match_and_keeps_its_values(template: str) -> None:
    values = {name: f"{k + 11}" for k, (_, name, _, _) in enumerate(Formatter().parse(template)) if name}
    text = template.format(**values)
    assert next(one for one, pattern in patterns() if pattern.fullmatch(text)) == template
    with speaking("zh"):
        chinese = finding(text)
    assert all(value in chinese for value in values.values())


@pytest.mark.parametrize("kind", NARROWING)
def test_an_accommodation_is_said_as_everywhere(kind: str) -> None:
    assert WISH.fullmatch(f"{kind} 4")
    with speaking("zh"):
        assert kind not in finding(f"{kind} 4")


def test_codes_in_a_finding_become_words() -> None:
    assert set(HOLDS) == {one.value for one in HoldKind}
    assert finding("hold plan_active on 2026-11-23") == "hold Instalment plan kept on 2026-11-23"
    assert finding("a workplace is visited although a home is known").startswith(
        "a workplace is visited although a home"
    )
    with speaking("zh"):
        assert finding("nobody of the crew offers legal") == "小组中无人具备：法务"
        assert finding("2026-10-01 is 国庆节 National Day") == "2026-10-01 是国庆节"
    assert finding("2026-10-01 is 国庆节 National Day") == "2026-10-01 is National Day"


def test_a_moment_is_said_as_everywhere_on_the_page() -> None:
    assert finding("2026-12-01 09:00 is over") == "Tue 1 Dec 09:00 is over"
    with speaking("zh"):
        assert finding("2026-12-01 09:00 is over") == "12月1日 周二 09:00 已过"


@pytest.mark.parametrize("code", ["CN", "IN"])
def test_every_hours_of_a_pack_has_a_name(code: str) -> None:
    names = {rule.name for rule in load_pack(code).hours}
    assert names
    assert names <= set(HOURS)


def test_what_is_no_law_is_not_told_as_one() -> None:
    assert law("accommodation") == law("contract") == ""
    assert law("Civil Code 192") == "Civil Code 192"
