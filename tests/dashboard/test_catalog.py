"""Every text of the code has its Chinese, with the same places to fill in, and no stale one is left."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dashboard.text import FOLDER, N_, catalog, known, speaking
from dashboard.text import _ as translated
from dashboard.text import n_ as counted
from dashboard.text.articles import ARTICLES

Message = str | tuple[str, str]
CODE = FOLDER.parent
BLANKS = re.compile(r"\{\w*[^}]*\}")


def texts_of_code(path: Path) -> set[Message]:
    """The syntax tree sees texts inside f-strings too, which message extractors miss."""
    found: set[Message] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if node.func.id in ("_", "N_") and texts:
            found.add(texts[0])
        elif node.func.id == "n_" and len(texts) == 2:
            found.add((texts[0], texts[1]))
    return found


def all_texts() -> set[Message]:
    pages = extract_from_dir(CODE, [("**/pages/*.html", "jinja2")], keywords={"_": None})
    return {text for path in CODE.rglob("*.py") for text in texts_of_code(path)} | {entry[2] for entry in pages}


def all_entries() -> dict[Message, str]:
    entries: dict[Message, str] = {}
    for path in sorted((FOLDER / "zh" / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    text = message.string if isinstance(message.string, str) else message.string[0]
                    entries[message.id] = text  # type: ignore[index]
    return entries


def test_every_text_has_its_chinese() -> None:
    entries = all_entries()
    assert sorted(str(text) for text in all_texts() if not entries.get(text)) == []


def test_no_entry_is_stale() -> None:
    assert sorted(str(text) for text in set(all_entries()) - all_texts()) == []


def ends_a_sentence(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Name)
        and one.func.id in ("_", "n_")
        and isinstance(one.args[0], ast.Constant)
        and str(one.args[0].value).endswith(".")
        for one in ast.walk(node)
    )


def test_no_sentences_are_added_with_a_space_between() -> None:
    """``joined`` knows that a Chinese full stop has its space in itself."""
    wrong = [
        f"{path.name}:{node.lineno}"
        for path in CODE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add)
        and ends_a_sentence(node)
        and any(
            isinstance(one, ast.Constant) and one.value == " " for one in (node.left, getattr(node.left, "right", None))
        )
    ]
    assert wrong == []


def test_a_list_has_one_chinese_word() -> None:
    """The glossary's 清单; a blacklist, which is never made, is another word."""
    wrong = [chinese for chinese in all_entries().values() if "名单" in chinese.replace("黑名单", "")]
    assert wrong == []


def test_both_languages_fill_in_the_same_values() -> None:
    for source, chinese in all_entries().items():
        many = source if isinstance(source, str) else source[1]
        assert sorted(BLANKS.findall(many)) == sorted(BLANKS.findall(chinese)), source


def test_an_unknown_language_is_english() -> None:
    assert catalog("fr").gettext("Paid") == "Paid"
    assert known("zh-TW,en;q=0.5") == "zh"


def test_the_language_of_a_block_ends_with_it() -> None:
    with speaking("zh"):
        assert translated("Paid") == "已还款"
        assert counted("{n} account", "{n} accounts", 2) == "2 个账户"
    assert translated("Paid") == "Paid"
    assert counted("{n} account", "{n} accounts", 1) == "1 account"
    assert N_("Paid") == "Paid"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_words_of_codes_are_covered(language: str) -> None:
    from dashboard.text import words
    from planner.domain import OutcomeCode, PlaceKind

    assert set(words.OUTCOMES) == {code.value for code in OutcomeCode}
    assert set(words.PLACE_KINDS) == {kind.value for kind in PlaceKind}
    with speaking(language):
        assert (
            words.accommodation("no_visit_weekdays", "5 6")
            == {"en": "Not on: Sat Sun", "zh": "避开：周六 周日"}[language]
        )
        assert words.accommodation("new_kind", "x") == "new_kind"


def test_a_field_hour_has_one_name_in_chinese() -> None:
    """The glossary's: a reader of two pages must not take them for two things."""
    assert [text for text in all_entries().values() if "外勤" in text] == []
    assert "| field hour | 外访小时 |" in (CODE.parent / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_per_cent_is_written_in_one_way() -> None:
    """As ``formats.percent`` does, without a space; the week's own texts and a rule pack's are not asked here."""
    spaced = [str(text) for pair in all_entries().items() for text in pair if re.search(r"[0-9}] %", str(text))]
    assert [text for text in spaced if "{value}" not in text and text not in ARTICLES] == []


def test_a_box_for_several_choices_says_itself_what_to_choose() -> None:
    """Left alone, Streamlit writes "Choose options" into it, whatever the reader's language."""
    silent = [
        f"{path.name}:{call.lineno}"
        for path in sorted(CODE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "multiselect"
        and "placeholder" not in {one.arg for one in call.keywords}
    ]
    assert silent == []
