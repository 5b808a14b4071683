"""A cell to one of a few known words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from planner.intake.headings import key
from planner.intake.values import Fault, plain, says_nothing


def chooser(words: Mapping[str, Sequence[str]], otherwise: str) -> Callable[[str], str | Fault]:
    """Make the reader of a choice column: the whole cell first, then the longest known word in it.

    Parameters
    ----------
    words
        Value → the words for it. A word of one letter counts only as the whole cell; an English one as a whole word.
    otherwise
        What an empty cell is read as.

    >>> product = chooser({"card": ["信用卡"], "business_loan": ["经营贷", "BL"]}, "other")
    >>> product("个人经营贷(抵押)"), product("bl"), product(""), product("Blue")
    ('business_loan', 'business_loan', 'other', Fault(code='choice_unknown'))
    """
    exact = {key(word): value for value, own in words.items() for word in own}
    exact |= {key(value): value for value in words if value}
    by_length = sorted(((w, v) for v, own in words.items() for w in own if len(w) > 1), key=lambda one: -len(one[0]))

    def choose(text: str) -> str | Fault:
        said = plain(text)
        if key(said) in exact:
            return exact[key(said)]
        if says_nothing(said):
            return otherwise
        lowered = said.casefold()
        spaced = f" {' '.join(re.sub(r'[^a-z0-9]+', ' ', lowered).split())} "
        for word, value in by_length:
            if f" {key_words(word)} " in spaced if word.isascii() else word.casefold() in lowered:
                return value
        return Fault("choice_unknown")

    return choose


def key_words(word: str) -> str:
    """Give an English word or phrase in the form it is searched in.

    >>> key_words("Two-Wheeler")
    'two wheeler'
    """
    return " ".join(re.sub(r"[^a-z0-9]+", " ", word.casefold()).split()) or "\0"


def several(words: Mapping[str, Sequence[str]]) -> Callable[[str], str | Fault]:
    """Make the reader of a column that may name several known things, such as skills; unknown ones stay as they are.

    >>> several({"legal": ["法务"]})("法务、方言")
    'legal 方言'
    """
    exact = {key(word): value for value, own in words.items() for word in (*own, value)}

    def choose(text: str) -> str | Fault:
        said = plain(text)
        if says_nothing(said):
            return ""
        parts = [part for part in re.split(r"[\s,;/|、]+", said) if part]
        return " ".join(sorted({exact.get(key(part), part.casefold()) for part in parts}))

    return choose
