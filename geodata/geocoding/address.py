"""An address as text to what a street index can look up: district, street or landmark, house number."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from geodata.geocoding.folding import plain
from geodata.geocoding.siblings import han_beside, latin_beside

#: Spellings of one thing in English, pinyin or Portuguese addresses, so that "Zhixing Road" finds "Zhixing Lu".
_SAME_WORD = {
    "road": "lu", "rd": "lu", "street": "jie", "st": "jie", "str": "jie", "avenue": "dadao", "ave": "dadao",
    "av": "dadao", "avenida": "dadao", "boulevard": "dadao", "blvd": "dadao", "lane": "xiang", "ln": "xiang",
    "alley": "xiang", "highway": "gonglu", "hwy": "gonglu", "village": "cun", "r": "rua", "tv": "travessa",
    "pc": "praca", "lg": "largo",
}  # fmt: skip
#: Two words of pinyin that are written as one as well: "Zhixing Da Dao".
_TWO_WORDS = {("da", "dao"): "dadao", ("gong", "lu"): "gonglu"}
_HAN = re.compile(r"[\u3400-\u9fff]")
#: what a Latin name has at least
_LATIN = re.compile("[a-z]{3}", re.IGNORECASE)
_WORD = re.compile("[a-z]+|[0-9]+(?:-[0-9]+)?[a-z]?")
_NUMBER = r"([0-9]{1,5}(?:[-之][0-9]{1,3})?[a-z甲乙丙丁]?)(?![0-9])"
NUMBER_AFTER = re.compile(r"\s*(?:第|no\.?\s*)?" + _NUMBER, re.IGNORECASE)
#: what stands before a street of larger places, up to the last of them
_LARGER = re.compile("^.*(?:[省市区县镇乡村]|街道)")
#: a word that so many names begin or end with says what kind of street it is
_OF_A_KIND = 3
_KINDS = frozenset({"大道", "大街", "公路", "马路", "街道", "胡同", "辅路", "支路"})
PIECE = re.compile("[,;，；、]")
#: words that join the words of one name
_JOINING = "de do da dos das e y del la las los di du des of the"
_JOINS = frozenset(_JOINING.split())
#: what has a number of its own behind a house's
_INSIDE = """
    no building block bldg unit room rm floor flat apt apartment suite tower house lot
    lote bloco andar apartamento casa loja hao lou dong danyuan shi
"""
_PART_OF_HOUSE = frozenset(_INSIDE.split())
_NUMBER_WORD = re.compile(r"[0-9]{1,5}(?:-[0-9]{1,3})?[a-z]?")


@dataclass(frozen=True)
class Names:
    """Names of streets, landmarks or districts, arranged for finding them in an address.

    Names that read alike are found together: two streets may share a name in Latin letters.

    Attributes
    ----------
    words
        First word → (words of the name in Latin letters, the names in Chinese or their only form), the longest first.
    folded
        Names in Chinese as they are compared → as they are written.
    """

    words: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = field(default_factory=dict)
    folded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Reading(NamedTuple):
    """What was read in an address: names that fit ((): none), and the house number beside them ("": none).

    ``text`` is the address as it is compared, without blanks where it is Chinese; ``match`` and ``inside`` are the
    street's and the district's name as they stand in it, without blanks. Where there is a ``match`` without streets,
    it is the end of another street's name, 新华路 of 东新华路.
    """

    text: str
    districts: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    number: str = ""
    match: str = ""
    inside: str = ""


@dataclass(frozen=True)
class Found:
    """Names that fit an address, the number beside them, how they stand there, which of its Latin words they are."""

    names: tuple[str, ...] = ()
    number: str = ""
    match: str = ""
    start: int = 0
    end: int = 0


def names_of(pairs: Iterable[tuple[str, str]]) -> Names:
    """Arrange pairs of a Chinese and a Latin name; either may be empty.

    What only says the kind of a street is no name, though a map has it: it would be found in every address.

    >>> known = names_of([("", "Rua"), ("", "Rua Nova"), ("", "Rua Direita"), ("", "Rua do Sol"), ("大道", "")])
    >>> sorted(known.words["rua"])[0], len(known.words["rua"]), dict(known.folded)
    ((('rua', 'direita'), ('Rua Direita',)), 3, {})
    """
    folded: dict[str, set[str]] = defaultdict(set)
    words: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for zh, en in pairs:
        if len(zh) >= 2 and _HAN.search(zh) and zh not in _KINDS:
            folded[plain(zh).replace(" ", "")].add(zh)
        parts = latin_words(en or zh)
        if parts:
            words[parts].add(zh or en)
    kinds = kinds_of(words)
    words = {parts: found for parts, found in words.items() if len(parts) > 1 or parts[0] not in kinds}
    by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for parts in sorted(words, key=lambda one: (-len(one), one)):
        by_first[parts[0]].append((parts, tuple(sorted(words[parts]))))
    ordered = sorted(folded, key=lambda one: (-len(one), one))
    return Names(
        {first: tuple(found) for first, found in by_first.items()},
        {one: tuple(sorted(folded[one])) for one in ordered},
    )


def kinds_of(names: Iterable[tuple[str, ...]]) -> set[str]:
    """Give the words with which several names begin or end: Rua and Avenida in one town, Lu and Jie in another."""
    ends = Counter(word for parts in names if len(parts) > 1 for word in {parts[0], parts[-1]})
    return {word for word, times in ends.items() if times >= _OF_A_KIND}


def read_all(texts: Sequence[str], districts: Names, streets: Names) -> list[Reading]:
    """Read addresses that were folded (``folding.all_plain``): the longest known name of each kind, and the number.

    A Chinese house number follows the street; a Latin one stands before or after it. A number beside the district's
    name says nothing.

    >>> streets = names_of([("知行路", "Zhixing Lu"), ("知行", "")])
    >>> one, two, three = read_all(
    ...     ["滨江区知行路12号3栋", "12 zhixing road, binjiang", "nowhere"], names_of([("滨江区", "Binjiang")]), streets
    ... )
    >>> one.districts, one.streets, one.number
    (('滨江区',), ('知行路',), '12')
    >>> (two.districts, two.streets, two.number) == (one.districts, one.streets, one.number), three.streets
    (True, ())
    """
    # Most lists write no blanks in an address; then the pieces between them are the addresses themselves.
    solid = "\n".join(texts).split()
    if solid != list(texts):
        solid = ["".join(text.split()) for text in texts]
    read: list[Reading] = []
    # What stands before a street is the same in thousands of addresses.
    beside: dict[tuple[str, str], bool] = {}
    nowhere = Found()
    matches = zip(texts, solid, _longest(solid, districts), _longest(solid, streets), strict=True)
    for text, bare, inside, match in matches:
        words = () if inside and match else latin_words(text)
        there = nowhere if inside or not words else _find_latin(words, districts)
        named = districts.folded[inside] if inside else there.names
        kept = text if bare == text or not _HAN.search(bare) else bare
        if match:
            at = bare.find(match)
            end = at + len(match)
            number = NUMBER_AFTER.match(bare, end + (bare[end : end + 1] == match[-1]))  # a last letter may be doubled
            before = bare[:at], match
            if before not in beside:
                beside[before] = _beside_han(*before, districts)
            names = () if beside[before] else streets.folded[match]
            said = known_number(number[1]) if number and names else ""
            read.append(Reading(kept, named, names, said, match, inside or ""))
            continue
        found = _find_latin(words, streets) if words else nowhere
        other = found.match and (_beside(words, found, there) or goes_on(text, words, found, there))
        names = () if other else found.names
        read.append(Reading(kept, named, names, found.number if names else "", found.match, inside or ""))
    return read


def _beside_han(before: str, match: str, districts: Names) -> bool:
    """Tell whether what stands before a street's name makes another street of it; a district does not."""
    return han_beside(_LARGER.sub("", before), match) and not _of_district(before, districts)


def _of_district(before: str, districts: Names) -> bool:
    """Tell whether an address ends, before its street, with a district, short or with two letters swapped.

    >>> some = names_of([("城东区", "")])
    >>> _of_district("云溪市城东", some), _of_district("城区东", some), _of_district("城关区东", some)
    (True, True, False)
    """
    for name in districts.folded:
        short = name[:-1] if len(name) > 2 and name[-1] in "区县市" else name
        if before.endswith(short) or sorted(before[-len(name) :]) == sorted(name):
            return True
    return False


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


def _find_latin(words: Sequence[str], names: Names) -> Found:
    """Give the longest name in Latin letters, the house number beside it, and its words run together."""
    best = Found()
    for at, word in enumerate(words):
        for parts, found in names.words.get(word, ()):
            end = at + len(parts)
            if tuple(words[at:end]) == parts:
                if len(parts) > best.end - best.start:
                    best = Found(found, latin_number(words, at, end), "".join(parts), at, end)
                break
    return best


def _beside(words: Sequence[str], street: Found, district: Found) -> bool:
    """Tell whether the words beside a street's name make another street of it; those of the district do not."""
    before, after = street.start - 1, street.end
    apart = [
        words[at] if street.match and 0 <= at < len(words) and not district.start <= at < district.end else ""
        for at in (before, after)
    ]
    return latin_beside(*apart)


def goes_on(text: str, words: Sequence[str], street: Found, district: Found) -> bool:
    """Tell whether a street's name, as it was found, is a part of another's: Rua Alto of Rua Alto do Facho.

    Within its piece of the address, between commas, a name ends where the house number stands. So it is another one
    if words stand between the two that are no district and no part of a house, and if it is joined to a word.

    >>> known = names_of([("", "Rua Alto"), ("", "Park Lane")])
    >>> def so(address: str) -> bool:
    ...     return goes_on(address, latin_words(address), _find_latin(latin_words(address), known), Found())
    >>> so("rua alto 12, porto"), so("rua alto, lote 3"), so("12 rua alto porto")
    (False, False, False)
    >>> so("rua alto facho 12"), so("rua alto do facho"), so("9 hyde park lane")
    (True, True, True)
    """
    first, last = 0, len(words)
    ends = list(accumulate(len(latin_words(piece)) for piece in PIECE.split(text)))
    if ends[-1] == len(words):  # else a word was joined over a comma
        last = next(end for end in ends if street.end <= end)
        first = max((end for end in ends if end <= street.start), default=0)
    behind, before = words[street.end : last], words[first : street.start][::-1]
    for near, beside in ((street.end, behind), (street.start - 1, before)):
        if not beside or district.start <= near < district.end or beside[0] in _PART_OF_HOUSE:
            continue
        parted = beside[0].isalpha() and any(map(_NUMBER_WORD.fullmatch, beside))
        if beside[0] in _JOINS or (parted and not street.number):
            return True
    return False


def latin_number(words: Sequence[str], start: int, end: int) -> str:
    """Give the house number just before or after the words from ``start`` to ``end``; "" where there is none."""
    after = words[end + 1 : end + 2] if words[end : end + 1] == ("no",) else words[end : end + 1]
    for near in (words[start - 1 : start] if start else (), after):
        if near and _NUMBER_WORD.fullmatch(near[0]):
            return known_number(near[0])
    return ""


def latin_words(text: str) -> tuple[str, ...]:
    """Give the words of a Latin address in small letters without accents, street words in one spelling.

    >>> latin_words("12-1 Zhixing Rd., Binjiang"), latin_words("Xi'an Da Dao")
    (('12-1', 'zhixing', 'lu', 'binjiang'), ('xian', 'dadao'))
    """
    if _HAN.search(text) and not _LATIN.search(text):
        return ()
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    every = _WORD.findall(letters.replace("'", "").replace("’", ""))
    words: list[str] = []
    for word in every:
        if words and (words[-1], word) in _TWO_WORDS:
            words[-1] = _TWO_WORDS[words[-1], word]
        else:
            words.append(_SAME_WORD.get(word, word))
    return tuple(words)


@lru_cache(maxsize=100_000)
def known_number(text: str) -> str:
    """Give a house number in one spelling.

    >>> known_number(" 012号 "), known_number("12之3"), known_number("5A")
    ('12', '12-3', '5a')
    """
    said = unicodedata.normalize("NFKC", str(text)).casefold().replace("之", "-")
    return re.sub(r"号.*$|^no\.?|\s", "", said).lstrip("0")
