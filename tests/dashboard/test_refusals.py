"""Every refusal that a page may show can be said in Chinese: the texts are read out of the sources that raise them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.text import speaking
from dashboard.text.refusals import REFUSALS, patterns, refused

ROOT = Path(__file__).parents[2]
ERRORS = {"NothingToPlan", "UnreadableList", "RoadFailure"}
#: these are raised by commands and at set-up only, never on a page
COMMANDS_ONLY = {
    "geodata/roads/executables.py",
    "planner/__main__.py",
    "geodata/roads/command.py",
    "geodata/roads/machine.py",
}
PROGRAMMING = "points must be (n, 2)"


def written(node: ast.expr) -> str | None:
    """Give a text as it would read with 7 filled in; None for an expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def raised() -> Iterator[tuple[str, str]]:
    for folder in ("planner", "geodata"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            if where in COMMANDS_ONLY:
                continue
            source = path.read_text(encoding="utf-8")
            if not any(name in source for name in ERRORS):
                continue  # reading a file's tree takes long
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS and node.args:
                    text = written(node.args[0])
                    if text is not None and PROGRAMMING not in text:
                        yield f"{where}:{node.lineno}", text


FOUND = tuple(raised())


def test_refusals_are_found():
    assert len(FOUND) > 25


@pytest.mark.parametrize(("where", "text"), FOUND)
def test_a_refusal_is_said_in_chinese(where, text):
    with speaking("zh"):
        assert refused(text) != text, f"{where}: {text!r} is not in dashboard/text/refusals.py, or has no Chinese"
    with speaking("en"):
        assert refused(text) == text


def test_no_refusal_hides_another_and_what_is_not_known_is_shown_as_it_came():
    for one in REFUSALS:
        assert next(template for template, pattern in patterns() if pattern.fullmatch(one)) == one
    with speaking("zh"):
        assert refused("The moon is full.") == "The moon is full."


def test_what_is_filled_in_stays():
    with speaking("zh"):
        assert "2026-W48" in refused("No crew of branch YX01 has a shift ahead in week 2026-W48: plan another week.")
