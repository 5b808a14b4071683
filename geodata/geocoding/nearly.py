"""Names that an address nearly spells: slips of the pen, wrong characters, words run together.

Everything within a slip or two is a candidate, the true name among them if it is known at all, but for the streets
beside it, which differ by what tells them apart (``siblings``). Which of them is meant the district and the house
number must say (``index``); where they do not, nothing is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from geodata.geocoding.address import NUMBER_AFTER, PIECE, Reading, kinds_of, known_number, latin_words
from geodata.geocoding.folding import plain
from geodata.geocoding.siblings import han_siblings, latin_siblings

#: how many slips are looked past, by the length of what is written: Chinese names, and Latin ones without blanks
_SLIPS = ((6, 2), (3, 1))
_LATIN_SLIPS = ((12, 2), (7, 1))
_LONGEST = 12  # letters of Chinese between the district and the number; more is no name of a street
_WORDS = 5  # of a Latin name
_SHORTEST = 5  # letters of a Latin name that is looked for without its blanks
_AT_ONCE = 1_000
#: nothing in an address may be a name that is nearly written
NOTHING: tuple[tuple[str, ...], tuple[str, ...], str] = ((), (), "")
_PLACES = re.compile(r"^(?:[\u3400-\u9fff]{2,7}?省)?(?:[\u3400-\u9fff]{2,5}?市)?(?:[\u3400-\u9fff]{2,4}?[区县])?")
_LETTERS = re.compile(r"[\u3400-\u9fff]{2,}$")
_HAN = re.compile(r"[\u3400-\u9fff]{2}")
_FIRST_NUMBER = re.compile(r"[0-9]")


class NearlyNames:
    """Names arranged for finding those that are nearly written; made once and asked often."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        han: dict[str, set[str]] = {}
        latin: dict[str, set[str]] = {}
        for zh, en in pairs:
            if zh and not zh.isascii():
                han.setdefault(plain(zh).replace(" ", ""), set()).add(zh)
            words = " ".join(latin_words(en or zh))
            if words:
                latin.setdefault(words, set()).add(zh or en)
        kinds = kinds_of(tuple(name.split()) for name in latin)
        self._han = _arranged(han)
        self._latin = _arranged({name: written for name, written in latin.items() if name not in kinds})

    def find(self, readings: Sequence[Reading]) -> list[tuple[tuple[tuple[str, ...], ...], str]]:
        """Give for each address the names by how many slips away they are, nearest first, and the house number.

        Where a street was found, only longer names are looked for, of which it would be the end; there are mostly none.
        """
        asked = [_asked(one) for one in readings]
        near_han = _near(self._han, {text for han, _, _ in asked for text in han}, _SLIPS, han_siblings)
        near_latin = _near(self._latin, {text for _, latin, _ in asked for text in latin}, _LATIN_SLIPS, latin_siblings)
        found: list[tuple[tuple[tuple[str, ...], ...], str]] = []
        for han, latin, number in asked:
            if not han and not latin:
                found.append(((), ""))
                continue
            best: dict[str, int] = {}
            for texts, near in ((han, near_han), (latin, near_latin)):
                for text in texts:
                    for name, slips in near[text]:
                        best[name] = min(slips, best.get(name, slips))
            levels = sorted(set(best.values()))
            found.append((tuple(tuple(sorted(n for n in best if best[n] == level)) for level in levels), number))
        return found


def _near(
    names: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]],
    texts: set[str],
    slips: tuple[tuple[int, int], ...],
    siblings: Callable[[str, str], bool],
) -> dict[str, list[tuple[str, int]]]:
    """Give for each text the names within so many slips of it that are no siblings, and how many; blanks are none.

    Where a sibling is as near, the true name is likely a sibling too that is not on the map: nothing further is given.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    keys, written = names
    solid = [key.replace(" ", "") for key in keys]
    bare = {text: text.replace(" ", "") for text in sorted(texts)}
    found: dict[str, list[tuple[str, int]]] = {text: [] for text in texts}
    sibling: dict[str, int] = {}
    for most in (0, 1, 2) if keys else ():
        some = [t for t in bare if next((n for length, n in slips if len(bare[t]) >= length), 0) == most]
        for start in range(0, len(some), _AT_ONCE):
            asked = some[start : start + _AT_ONCE]
            apart = cdist([bare[t] for t in asked], solid, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)
            for n, k in zip(*np.nonzero(apart <= most), strict=True):
                text, far = asked[n], int(apart[n, k])
                if far and siblings(text, keys[k]):
                    sibling[text] = min(far, sibling.get(text, far))
                else:
                    found[text] += [(name, far) for name in written[k]]
    return {text: [one for one in near if one[1] < sibling.get(text, 9)] for text, near in found.items()}


def _arranged(names: dict[str, set[str]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    keys = tuple(sorted(names))
    return keys, tuple(tuple(sorted(names[key])) for key in keys)


def _asked(reading: Reading) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Give what of an address may be a street's name, in Chinese and in Latin letters, and the house number."""
    text, match = reading.text, reading.match
    if match and reading.inside and f"{reading.inside}{match}" in text:
        return NOTHING  # as most are: the street stands right after the district
    if _HAN.search(text):
        at = text.find(reading.inside) if reading.inside else -1
        rest = text[at + len(reading.inside) :] if at >= 0 else _PLACES.sub("", text)
        first = _FIRST_NUMBER.search(rest)
        head = rest[: first.start()].rstrip("第") if first else rest
        letters = _LETTERS.search(head)
        if not letters or letters[0] == match or len(letters[0]) > _LONGEST:
            return NOTHING
        number = NUMBER_AFTER.match(rest, first.start()) if first else None
        return (letters[0],), (), known_number(number[1]) if number else ""
    words = latin_words(text)
    spans = set[str]()
    for run, before, after in _runs(text):
        for start in range(len(run)):
            for end in range(start + 1, min(len(run), start + _WORDS) + 1):
                # A name begins behind the house number, or ends before it.
                if not (before or after) or (before and not start) or (after and end == len(run)):
                    spans.add(" ".join(run[start:end]))
    if match:
        # A street that was found is the end of a longer name; one that was not taken may be its beginning too.
        spans = {
            span
            for span in spans
            if (bare := span.replace(" ", "")) != match
            and (bare.endswith(match) or (not reading.streets and bare.startswith(match)))
        }
    number_word = next((word for word in words if word[0].isdigit()), "")
    long = sorted(span for span in spans if len(span.replace(" ", "")) >= _SHORTEST)
    return (), tuple(long), known_number(number_word)


def _runs(text: str) -> list[tuple[list[str], bool, bool]]:
    """Give the words that stand together, between numbers and commas, and whether a number is before and after them.

    >>> _runs("12 hyde park, town"), _runs("rua alto, 12")
    ([(['hyde', 'park'], True, False), (['town'], False, False)], [(['rua', 'alto'], False, True)])
    """
    runs: list[tuple[list[str], bool, bool]] = []
    pieces = [latin_words(piece) for piece in PIECE.split(text)]
    for words, following in zip(pieces, [*pieces[1:], ()], strict=True):
        run, before = list[str](), False
        for word in (*words, *following[:1]) if following and following[0][0].isdigit() else words:
            if word[0].isdigit() or word == "no":
                runs += [(run, before, True)] if run else []
                run, before = [], True
            else:
                run.append(word)
        runs += [(run, before, False)] if run else []
    return runs
