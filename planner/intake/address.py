"""An address as text to what a street index can look up: street, house number, district."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

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
    folded
        Names in Chinese as they are looked for in an address → as they are written.
    """

    han: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = field(default_factory=dict)
    folded: Mapping[str, str] = field(default_factory=dict)


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
    by_first = {first: tuple(sorted(found, key=lambda one: (-len(one), one))) for first, found in han.items()}
    folded: dict[str, str] = {}
    for name in sorted((name for found in by_first.values() for name in found), key=lambda one: (-len(one), one)):
        folded.setdefault(name.casefold(), name)
    return Names(
        by_first,
        {first: tuple(sorted(found, key=lambda one: (-len(one[0]), one))) for first, found in words.items()},
        folded,
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


def find_names(addresses: Sequence[str], districts: Names, streets: Names) -> list[tuple[str, str, str]]:
    """Find in each address what ``find_name`` finds in it, all addresses in one pass: district, street, house number.

    "" stands for what is not there. A number beside the district's name says nothing.

    >>> find_names(["滨江区知行路12号", "nowhere"], names_of([("滨江区", "")]), names_of([("知行路", "Zhixing Lu")]))
    [('滨江区', '知行路', '12'), ('', '', '')]
    """
    texts = _folded(addresses)
    # Most lists write no blanks in an address; then the pieces between them are the addresses themselves.
    solid = "\n".join(texts).split()
    if solid != texts:
        solid = ["".join(text.split()) for text in texts]
    found: list[tuple[str, str, str]] = []
    matches = zip(texts, solid, _longest(solid, districts), _longest(solid, streets), strict=True)
    for text, bare, inside, match in matches:
        district = districts.folded[inside] if inside else _name_of(_find_latin(latin_words(text), districts))
        if match:
            number = _NUMBER_AFTER.match(bare, bare.find(match) + len(streets.folded[match]))
            found.append((district, streets.folded[match], _known_number(number[1]) if number else ""))
        else:
            street = _find_latin(latin_words(text), streets)
            found.append((district, _name_of(street), street.number if street else ""))
    return found


def _folded(texts: Sequence[str]) -> list[str]:
    """Give texts without full-width forms and in small letters, all of them at once."""
    whole = unicodedata.normalize("NFKC", "\n".join(texts)).casefold().split("\n")
    return whole if len(whole) == len(texts) else [unicodedata.normalize("NFKC", text).casefold() for text in texts]


def _name_of(found: Found | None) -> str:
    return found.name if found else ""


def _longest(solid: Sequence[str], names: Names) -> list[str | None]:
    """Give the longest known name in Chinese in each address."""
    import polars as pl

    best: list[str | None] = [None] * len(solid)
    if names.folded and solid:
        found = pl.Series(solid, dtype=pl.String).str.extract_many(list(names.folded), overlapping=True)
        best = found.list.first().to_list()
        # The longest, and of equal ones the first in the address.
        several = (found.list.len() > 1).arg_true()
        for n, matches in zip(several.to_list(), found.gather(several).to_list(), strict=True):
            best[n] = min((-len(one), solid[n].find(one), one) for one in matches)[2]
    return best


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


@lru_cache(maxsize=100_000)
def _known_number(text: str) -> str:
    return house_number(text)


def house_number(text: str) -> str:
    """Give a house number in one spelling.

    >>> house_number(" 012号 "), house_number("12之3"), house_number("5A")
    ('12', '12-3', '5a')
    """
    said = unicodedata.normalize("NFKC", str(text)).casefold().replace("之", "-")
    return re.sub(r"号.*$|^no\.?|\s", "", said).lstrip("0")
