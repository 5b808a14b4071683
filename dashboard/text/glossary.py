"""The glossary as the pages tell it: every term is defined once, in docs/glossary.md and, in Chinese, its twin.

A test keeps the two files equal, word by word. Nothing is defined here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from dashboard.text import current_language

DOCS = Path(__file__).parent.parent.parent / "docs"
ENGLISH, CHINESE = DOCS / "glossary.md", DOCS / "glossary.zh.md"
ROW = re.compile(r"^\| (?!word |-)([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Term:
    """A word of the product in both languages, with what it means."""

    word: str
    chinese: str
    meaning: str
    meaning_zh: str

    @property
    def name(self) -> str:
        """The word in the reader's language."""
        return self.chinese if current_language() == "zh" else self.word[0].upper() + self.word[1:]

    @property
    def told(self) -> str:
        """What it means, in the reader's language, as a sentence in Markdown."""
        if current_language() == "zh":
            return self.meaning_zh.rstrip("。") + "。"
        return self.meaning[0].upper() + self.meaning[1:].rstrip(".") + "."


def rows(text: str) -> dict[str, tuple[str, str]]:
    r"""Give the rows of a glossary: word → (Chinese word, meaning), in the order of the page.

    >>> rows("| word | 中文 | meaning |\n|---|---|---|\n| leg | 路段 | from door to door |")
    {'leg': ('路段', 'from door to door')}
    """
    return {word.strip(): (chinese.strip(), meaning.strip()) for word, chinese, meaning in ROW.findall(text)}


@lru_cache(maxsize=1)
def terms() -> Mapping[str, Term]:
    """Give all terms by their English word. One that has no Chinese meaning yet is told in English."""
    chinese = rows(CHINESE.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            word: Term(word, name, meaning, chinese.get(word, ("", meaning))[1])
            for word, (name, meaning) in rows(ENGLISH.read_text(encoding="utf-8")).items()
        }
    )


def meaning(word: str, *more: str) -> str:
    """Give what a term means, with further sentences of the place where it is asked.

    Raises
    ------
    KeyError
        If the glossary does not have the word: a fault of ours, found by the tests.
    """
    between = "" if current_language() == "zh" else " "
    return between.join((terms()[word].told, *(text for text in more if text)))


def explained(*words: str) -> str:
    """Give several terms with their meanings, one a line.

    >>> explained("leg").startswith("**Leg**: The drive from one door")
    True
    """
    colon = "：" if current_language() == "zh" else ": "
    return "\n\n".join(f"**{terms()[word].name}**{colon}{terms()[word].told}" for word in words)


def found(wish: str) -> list[Term]:
    """Give the terms whose word or meaning, in either language, has all parts of a wish.

    >>> [term.word for term in found("FIELD hour")][:1]
    ['field hour']
    """
    parts = wish.casefold().split()
    hits = [term for term in terms().values() if all(part in haystack(term) for part in parts)]
    # Who types a word wants that word first, then those that mention it.
    return sorted(hits, key=lambda term: not any(wish.strip().casefold() in one for one in names(term)))


def names(term: Term) -> tuple[str, str]:
    """Give a term's words, for a search."""
    return term.word.casefold(), term.chinese.casefold()


def haystack(term: Term) -> str:
    """Give everything of a term that a search looks into."""
    return " ".join((*names(term), term.meaning, term.meaning_zh)).casefold()
