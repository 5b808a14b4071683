"""Every sentence that the planner can say of somebody left out has a template, so that it can be said in Chinese too.

The sentences are read out of the sources: every text in them that ends like a sentence and stands where a detail or an
action stands. What is filled in is replaced by a number, since that is what the planner fills in most.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter

import numpy as np
import pytest

from dashboard.text import speaking
from dashboard.text.called import AMOUNTS, SHIFTS, VISITS, Called, called
from dashboard.text.sentences import OVER, OWN_WORTH, REASONS, TEMPLATES, knows, reason_words, said, still
from planner.chosen import SENTENCES as WAYS
from planner.domain import ClockKind, HoldKind
from planner.routing.explain import left_out
from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from planner.routing.reasons import Reason
from planner.rules.permit import NARROWING, RULES
from tests.dashboard import fakes
from tests.planner.routing.factories import random_problem

ROOT = Path(__file__).parents[2]
SOURCES = (
    "planner/routing/explain.py",
    "planner/routing/wording.py",
    "planner/routing/replan.py",
    "planner/rules/permit.py",
    "planner/value/candidates.py",
    "planner/promised.py",
    "planner/rules/lint_person.py",
    "planner/rules/lint_conduct.py",
    "planner/choice.py",
    "planner/editing/wording.py",
    "planner/rules/agency.py",
    "planner/scenarios/budget.py",
)
PACKS = sorted((ROOT / "config/rules").glob("*.toml"))
#: these texts of permit.py are no sentences of their own but their beginnings: ``held`` adds the kind of hold
BEGINNINGS = ("Hold", "Reported at the last visits")
WISHES = tuple(kind.replace("_", " ") for kind in NARROWING)


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give every text of a module but its docstrings, with its line; filled-in places become 7."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | inside:
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
            yield node.lineno, "".join(str(part) for part in parts)


def sentences(path: str) -> list[tuple[int, str]]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return [(line, text.strip()) for line, text in texts(tree) if text.rstrip().endswith(".") or " 7" in text]


def filled() -> list[tuple[str, str]]:
    """The planner's sentences with where they stand; those that only carry on others are told by name."""
    found = []
    for path in SOURCES:
        for line, text in sentences(path):
            # "{said}: {kind}." and "Accommodation: {kind}." are filled from closed lists below; "…service. 7" goes on.
            if text in ("7: 7.", "Accommodation: 7."):
                continue
            found.append((f"{path}:{line}", text.removesuffix(" 7")))
    return found


def test_sentences_are_found_in_every_source():
    for path in SOURCES:
        assert len(sentences(path)) >= 2, path
    assert {"7: 7.", "Accommodation: 7."} <= {text for _, text in sentences("planner/rules/permit.py")}


@pytest.mark.parametrize(("where", "text"), filled())
def test_every_sentence_of_the_planner_has_a_template(where, text):
    assert knows(text), f"{where}: {text!r} has no template in dashboard/text/sentences.py"


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("kind", HoldKind)
def test_every_hold_has_a_template(beginning, kind):
    assert knows(f"{beginning}: {kind.value.replace('_', ' ')}.")


def test_the_beginnings_are_those_of_the_rules():
    source = (ROOT / "planner/rules/permit.py").read_text(encoding="utf-8")
    assert {one for one in BEGINNINGS if f'pack, "{one}")' in source} == set(BEGINNINGS)


@pytest.mark.parametrize("wish", WISHES)
def test_every_accommodation_that_takes_windows_has_a_template(wish):
    assert knows(f"Accommodation: {wish}.")


def test_the_accommodations_are_those_of_the_rules():
    tree = ast.parse((ROOT / "planner/rules/permit.py").read_text(encoding="utf-8"))
    (respect,) = (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == "respect")
    compared = {
        node.comparators[0].value
        for node in ast.walk(respect)
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "kind"
    }
    assert {one.replace("_", " ") for one in compared} == set(WISHES)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_action_of_a_rule_pack_has_a_template(path):
    pack = tomllib.loads(path.read_text(encoding="utf-8"))
    actions = {kind: hold["action"] for kind, hold in pack["holds"].items()}
    assert actions
    assert [kind for kind, action in actions.items() if not knows(action)] == []


@pytest.mark.parametrize("other", ["A letter", "A call", "a letter", "a call"])
@pytest.mark.parametrize("code", WAYS)
def test_every_sentence_about_the_way_to_a_debtor_has_a_template(code, other):
    begins = WAYS[code].startswith("{other}")
    if "{other}" in WAYS[code] and begins != other.startswith("A"):
        return  # never said so
    places = {name: "7" for _, name, _, _ in Formatter().parse(WAYS[code]) if name}
    assert knows(WAYS[code].format(**places | {"other": other}))


def test_every_reason_has_words():
    codes = {*Reason, *RULES, "too_late_for_clock", "no_own_place", "on_a_route", "held_out"}
    codes |= {"agency_list", "cheaper_channel"}
    assert codes == set(REASONS)
    assert reason_words("never heard of") == "never heard of"
    assert set(ClockKind) == {"limitation", "guarantee"}  # both ways to be too late for a clock


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_knows_itself_and_is_said_in_chinese_with_the_same_numbers(template):
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    values = {name: f"{k + 11}" for k, name in enumerate(names)}
    text = template.format(**values)
    assert knows(text)
    with speaking("en"):
        assert said(text) == text
    with speaking("zh"):
        chinese = said(text)
    assert chinese != text, f"{template!r} is not translated"
    for value in values.values():
        assert value in chinese


def test_several_sentences_and_one_that_nobody_knows():
    text = "Worth up to 1,200, it needs about 35 min of travel and service."
    text += " In place of others on A-1 the plan would lose 3."
    assert knows(text)
    assert not knows(text + " And the moon is full.")
    with speaking("zh"):
        assert said("And the moon is full.") == "And the moon is full."
        assert "1,200" in said(text)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_said_of_a_plan_is_known_word_for_word(seed):
    one = random_problem(np.random.default_rng(seed), visits=14, shifts=3)
    instance = prepare(one)
    for tried in (0, 100):
        for out in left_out(instance, greedy(instance), tried=tried):
            assert knows(out.detail), out.detail
            assert knows(out.action), out.action


SHIFT = f"YX01-1-{fakes.DAY}"
PLACED = f"In place of D001, D002 on {SHIFT} the plan would lose 797; from a value of 1,955 it would go in."


def hostile_week():
    """A week in which two stops have names that mean something to templates, Markdown and this module."""
    first = fakes.week(crews=1)
    stops = list(first.routes[0].stops)
    stops[0] = replace(stops[0], name="<b>{shift}*")
    stops[1] = replace(stops[1], name="D001 on YX01-1")
    return replace(first, routes=(replace(first.routes[0], stops=tuple(stops)),))


def test_ids_become_names_and_amounts_money_in_the_reader_s_language():
    with speaking("en"):
        assert said(PLACED, called(hostile_week())) == (
            "In place of <b>{shift}* (stop 1), D001 on YX01-1 (stop 2) on Crew 1, Tue 24 Nov the plan would lose ¥797; "
            "from a value of ¥1,955 it would go in."
        )
    with speaking("zh"):
        assert said(PLACED, called(hostile_week())) == (
            "若在 Crew 1 11月24日 周二班次 上替换 <b>{shift}*（第 1 站）、D001 on YX01-1（第 2 站），"
            "计划将减少 ¥797；价值达到 ¥1,955 即可排入。"
        )


def test_unknown_ids_and_unknown_sentences_stay_as_they_came():
    names = called(hostile_week())
    assert said("Elsewhere, D9 would fit on B-7.", names) == "Elsewhere, D9 would fit on B-7."
    assert said(f"The moon over D001 and {SHIFT} costs 7.", names) == f"The moon over D001 and {SHIFT} costs 7."
    assert said("It would still fit and add much, but this plan did not look for it.", names).count("much") == 1


def test_who_may_not_see_names_is_told_the_id_and_the_stop():
    one = fakes.week(crews=1)
    nameless = replace(one.routes[0], stops=tuple(replace(stop, name="") for stop in one.routes[0].stops))
    names = called(replace(one, routes=(nameless,), left_out=()))
    assert said("Elsewhere, D002 would fit on B-7.", names) == "Elsewhere, D002 (stop 2) would fit on B-7."


def test_an_english_text_stays_english_about_a_debtor_with_a_chinese_name():
    names = Called(visits={"D1": "蔡明远"})
    with speaking("en"):
        assert said("Elsewhere, D1 would fit on B-7. The plan then loses 5.", names).endswith(
            "B-7. The plan then loses ¥5."
        )


def test_every_place_of_a_template_that_may_hold_an_id_or_money_is_known():
    numbers = {"minutes", "stops", "n", "days", "date", "entry", "needs", "agency"}
    places = {name for one in TEMPLATES for _, name, _, _ in Formatter().parse(one) if name}
    assert places == VISITS | SHIFTS | AMOUNTS | numbers


def test_a_sentence_says_a_visit_s_own_worth_as_the_table_does():
    assert set(TEMPLATES) > OWN_WORTH
    planned = "Worth up to 6, it needs about 9 min of travel and service. From a value of 6 the trip on A would pay."
    told = said(planned, Called(), worth=5.6)
    assert told.startswith("Worth up to ¥5,")
    assert "a value of ¥6 the" in told
    assert said("Worth up to 60, it needs about 9 min of travel and service.", Called(), worth=5.6).startswith(
        "Worth up to ¥60"
    )


def test_a_proposal_for_a_shift_that_has_begun_is_not_made_any_more() -> None:
    """On Tuesday the page advised to lengthen Monday's shift."""
    longer = "Lengthen S1 by 69 min at its end. Then there is room for it, and the plan gains 668."
    assert still(longer, {"S2"}) == longer
    assert still(longer, {"S1"}) == OVER
    assert still(f"Telephone. {longer}", {"S1"}) == "Telephone."
    assert said(still(longer, {"S1"})).startswith("What it would have taken is a shift that has begun.")
    with speaking("zh"):
        assert said(still(longer, {"S1"})) == "所需的班次已经开始。请对剩余部分重新规划。"
    assert still("What no template knows of S1", {"S1"}) == "What no template knows of S1"
