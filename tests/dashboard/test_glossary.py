"""One glossary in two languages: the pages' help is read from it, every word of it has its Chinese."""

import ast
from pathlib import Path

import pytest

from dashboard.text import speaking
from dashboard.text.glossary import CHINESE, ENGLISH, explained, found, meaning, rows, terms

CODE = Path(__file__).parent.parent.parent / "dashboard"


def test_both_glossaries_have_the_same_words_in_the_same_order() -> None:
    english, chinese = (rows(path.read_text(encoding="utf-8")) for path in (ENGLISH, CHINESE))
    assert list(english) == list(chinese)
    assert {word: name for word, (name, _) in english.items()} == {word: name for word, (name, _) in chinese.items()}
    assert len(english) > 100


def test_no_line_of_the_tables_is_overlooked() -> None:
    for path in (ENGLISH, CHINESE):
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line.startswith("|")]
        assert len(rows(text)) == len(lines) - 2, path.name


def test_every_chinese_meaning_is_chinese() -> None:
    for term in terms().values():
        assert any("\u4e00" <= sign <= "\u9fff" for sign in term.meaning_zh), term.word


def asked() -> set[str]:
    """The words that the pages ask for."""
    words = set()
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("meaning", "explained")
            ):
                texts = node.args[:1] if node.func.id == "meaning" else node.args
                words |= {one.value for one in texts if isinstance(one, ast.Constant)}
    return words


def test_every_word_that_a_page_explains_is_there() -> None:
    assert len(asked()) > 10
    assert asked() - set(terms()) == set()


def test_help_speaks_the_readers_language() -> None:
    assert meaning("field hour", "So it is.") == "An hour of travel or at the door. So it is."
    with speaking("zh"):
        assert meaning("field hour") == "行驶或上门的一小时。"
        assert explained("field hour") == "**外访小时**：行驶或上门的一小时。"
    with pytest.raises(KeyError):
        meaning("no such word")


@pytest.mark.parametrize("wish", ["uplift", "增收", "UPLIFT "])
def test_a_word_is_found_in_either_language_and_comes_first(wish: str) -> None:
    assert found(wish)[0].word == "uplift"


def test_a_search_without_words_gives_all_and_one_of_nonsense_none() -> None:
    assert len(found(" ")) == len(terms())
    assert found("qqxx") == []
