"""The screens' two languages: English in the code, Chinese in ``locale/zh/LC_MESSAGES/*.po``.

The catalogues are compiled into one, in memory, when first used, so nothing has to be built or installed. A page calls
``_`` and gets the language of its session; a route of ours knows its language from the request and says so with
``speaking``.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "zh": "中文"}
FOLDER = Path(__file__).parent.parent / "locale"
COOKIE = "rounds_language"
SESSION_KEY = "language"

#: signs at the end of a sentence, or of what leads to one, that are as wide as a character and need no space after them
WIDE = ("。", "！", "？", "：", "；", "”", "）")

_spoken: ContextVar[str | None] = ContextVar("rounds_language", default=None)


@lru_cache(maxsize=4)
def catalog(language: str) -> gettext.NullTranslations:
    """Give the translations into a language; English, and any unknown one, is the code's own."""
    paths = sorted((FOLDER / language / "LC_MESSAGES").glob("*.po")) if language in LANGUAGES else []
    if not paths:
        return gettext.NullTranslations()
    messages = Catalog(locale=language, charset="utf-8")
    for path in paths:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    messages[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def known(language: str | None, default: str = "en") -> str:
    """Give one of our languages for a browser's wish such as ``zh-CN``.

    >>> known("zh-Hans-CN"), known("fr"), known(None, "zh")
    ('zh', 'en', 'zh')
    """
    first = (language or "").split(",")[0].split(";")[0].split("-")[0].strip().lower()
    return first if first in LANGUAGES else default


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Translate into this language inside the ``with`` block, whatever the session says."""
    token = _spoken.set(known(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def current_language() -> str:
    """Give the language of this request or session, English outside both."""
    spoken = _spoken.get()
    if spoken is not None:
        return spoken
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    return known(st.session_state.get(SESSION_KEY))


def _(message: str) -> str:
    """Translate a sentence of the code."""
    return catalog(current_language()).gettext(message)


def n_(one: str, many: str, count: int) -> str:
    """Translate a sentence with a number, with ``{n}`` filled in."""
    return catalog(current_language()).ngettext(one, many, count).format(n=f"{count:,}")


def joined(*sentences: str) -> str:
    """Put sentences one after the other; empty ones are left out. A Chinese full stop has its space in itself.

    >>> joined("It was kept.", "", "Nothing is lost."), joined("已保存。", "没有丢失任何内容。")
    ('It was kept. Nothing is lost.', '已保存。没有丢失任何内容。')
    """
    text = ""
    for one in filter(None, sentences):
        text += one if not text or text.endswith(WIDE) else f" {one}"
    return text


One = TypeVar("One")


def distinct(words: Mapping[One, str]) -> dict[One, str]:
    """Number words that several options share: Streamlit knows the options of a box by their words alone.

    >>> distinct({"a": "Fewer", "b": "More", "c": "Fewer"})
    {'a': 'Fewer', 'b': 'More', 'c': 'Fewer (2)'}
    """
    seen, found = set[str](), dict[One, str]()
    for one, text in words.items():
        name, number = text, 1
        while name in seen:
            number += 1
            name = f"{text} ({number})"
        seen.add(name)
        found[one] = name
    return found


def N_(message: str) -> str:
    """Mark a sentence for translation where it stands, to be translated with ``_`` when it is shown."""
    return message
