"""An address as text to what a street index can look up: street, house number, district."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: Spellings of one thing in English or pinyin addresses, so that "Zhixing Road" finds "Zhixing Lu".
_SAME_WORD = {
    "road": "lu", "rd": "lu", "street": "jie", "st": "jie", "str": "jie", "avenue": "dadao", "ave": "dadao",
    "av": "dadao", "boulevard": "dadao", "blvd": "dadao", "lane": "xiang", "ln": "xiang", "alley": "xiang",
}  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMBER_AFTER = re.compile(r"\s*(?:第|no\.?\s*)?([0-9]{1,5}(?:[-之][0-9]{1,3})?[a-z甲乙丙丁]?)(?![0-9])", re.IGNORECASE)
_NUMBER_WORD = re.compile(r"[0-9]{1,5}(?:-[0-9]{1,3})?[a-z]?")


@dataclass(frozen=True)
class Names:
    """Names of streets or districts, arranged for finding them in an address.

    Attributes
    ----------
    han
        First two letters → names in Chinese, the longest first.
    words
        First word → (words of the name in Latin letters, the name's Chinese or only form), the longest first.
    """

    han: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A name found in an address, and the house number beside it ("" where there is none)."""

    name: str
    number: str


def names_of(pairs: Iterable[tuple[str, str]]) -> Names:
    """Arrange pairs of a Chinese and a Latin name; either may be empty. The first one given is what is found."""
    han: dict[str, set[str]] = defaultdict(set)
    words: dict[str, set[tuple[tuple[str, ...], str]]] = defaultdict(set)
    for zh, en in pairs:
        name = zh or en
        if len(zh) >= 2:
            han[zh[:2]].add(zh)
        parts = latin_words(en)
        if parts and name:
            words[parts[0]].add((parts, name))
    return Names(
        {first: tuple(sorted(found, key=lambda one: (-len(one), one))) for first, found in han.items()},
        {first: tuple(sorted(found, key=lambda one: (-len(one[0]), one))) for first, found in words.items()},
    )


def find_name(address: str, names: Names) -> Found | None:
    """Find the longest known name in an address, and the house number that goes with it.

    A Chinese house number follows the street; a Latin one stands before or after it.

    >>> streets = names_of([("知行路", "Zhixing Lu"), ("知行", "")])
    >>> find_name("云溪市滨江区知行路12号3栋2单元501", streets)
    Found(name='知行路', number='12')
    >>> find_name("12 Zhixing Road, Binjiang", streets), find_name("Binjiang, Zhixing Lu No. 7", streets)
    (Found(name='知行路', number='12'), Found(name='知行路', number='7'))
    """
    text = unicodedata.normalize("NFKC", address).casefold()
    solid = re.sub(r"\s+", "", text)
    best: Found | None = None
    for at in range(len(solid) - 1):
        for name in names.han.get(solid[at : at + 2], ()):
            if solid.startswith(name.casefold(), at):
                if best is None or len(name) > len(best.name):
                    number = _NUMBER_AFTER.match(solid, at + len(name))
                    best = Found(name, house_number(number[1]) if number else "")
                break
    return best or _find_latin(latin_words(text), names)


def _find_latin(words: Sequence[str], names: Names) -> Found | None:
    best: tuple[int, Found] | None = None
    for at, word in enumerate(words):
        for parts, name in names.words.get(word, ()):
            if tuple(words[at : at + len(parts)]) == parts:
                if best is None or len(parts) > best[0]:
                    best = len(parts), Found(name, _latin_number(words, at, at + len(parts)))
                break
    return best[1] if best else None


def _latin_number(words: Sequence[str], start: int, end: int) -> str:
    after = words[end + 1 : end + 2] if words[end : end + 1] == ("no",) else words[end : end + 1]
    for near in (words[start - 1 : start] if start else (), after):
        if near and _NUMBER_WORD.fullmatch(near[0]):
            return house_number(near[0])
    return ""


def latin_words(text: str) -> tuple[str, ...]:
    """Give the words of a Latin address in small letters without accents, street words in one spelling.

    >>> latin_words("12-1 Zhixing Rd., Binjiang")
    ('12-1', 'zhixing', 'lu', 'binjiang')
    """
    if _HAN.search(text) and not re.search(r"[a-z]{3}", text, re.IGNORECASE):
        return ()
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return tuple(_SAME_WORD.get(word, word) for word in re.findall(r"[a-z]+|[0-9]+(?:-[0-9]+)?[a-z]?", letters))


def house_number(text: str) -> str:
    """Give a house number in one spelling.

    >>> house_number(" 012号 "), house_number("12之3"), house_number("5A")
    ('12', '12-3', '5a')
    """
    said = unicodedata.normalize("NFKC", str(text)).casefold().replace("之", "-")
    return re.sub(r"号.*$|^no\.?|\s", "", said).lstrip("0")
