"""Which column is which: headings matched to canonical columns, wherever the heading row stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planner.intake.profile import Profile
from planner.intake.values import plain

#: How far down a heading row may stand, below titles and notes.
SEARCHED_ROWS = 30
_UNITS = {
    "万元": "ten_thousand",
    "万": "ten_thousand",
    "单位万元": "ten_thousand",
    "人民币万元": "ten_thousand",
    "cny10k": "ten_thousand",
    "lakh": "lakh",
    "lakhs": "lakh",
    "inlakh": "lakh",
    "inlakhs": "lakh",
    "rslakh": "lakh",
    "rslakhs": "lakh",
    "inrlakh": "lakh",
    "inrlakhs": "lakh",
    "₹lakh": "lakh",
    "₹lakhs": "lakh",
    "元": "one",
    "单位元": "one",
    "人民币元": "one",
    "cny": "one",
    "rmb": "one",
    "inr": "one",
    "rs": "one",
    "usd": "one",
    "$": "one",
    "¥": "one",
    "₹": "one",
}
_BRACKETS = re.compile(r"[\(\[{【〔]([^)\]}】〕]*)[)\]}】〕]")
_UNIT_NOTE = re.compile(r"单位[::]?\s*(?:人民币)?\s*(万元|元)")
_BLANK = re.compile(r"[\s_\-./:*#'\"、,|]+")
_BLANK_IN_LINE = re.compile(r"[ _\-./:*#'\"、,|]+")


@dataclass(frozen=True)
class Headings:
    """What the heading row says.

    Attributes
    ----------
    row
        Index of the (last) heading row.
    width
        Number of cells in it, empty ones at the end not counted.
    found
        Canonical column → column index.
    names
        Column index → heading as found.
    units
        Canonical money column → ``one`` or ``ten_thousand``, where the heading says so.
    datums
        Canonical column of a coordinate → datum, where the heading says so.
    protected, third_party, unused, doubled
        Column indices that are not read, and why.
    """

    row: int
    width: int
    found: Mapping[str, int]
    names: Mapping[int, str]
    units: Mapping[str, str]
    datums: Mapping[str, str]
    protected: tuple[int, ...] = ()
    third_party: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """A profile's headings by key, made once a file."""

    canonical: Mapping[str, tuple[str, int]]
    datums: Mapping[str, str]
    protected: tuple[str, ...]
    third_party: tuple[str, ...]


def vocabulary(profile: Profile) -> Vocabulary:
    """Arrange a profile's headings for matching; a heading's rank is its place in the profile's list."""
    canonical: dict[str, tuple[str, int]] = {}
    for name, headings in profile.columns.items():
        for rank, heading in enumerate(headings):
            canonical.setdefault(key(heading), (name, rank))
    datums = {key(word): datum for datum, words in profile.values.get("datum", {}).items() for word in words}
    return Vocabulary(canonical, datums, profile.protected, profile.third_party)


def key(text: str) -> str:
    """Give what two spellings of a heading have in common: NFKC, case, blanks, invisible marks and punctuation.

    >>> key(" Overdue_Amount*"), key("逾期 金额")
    ('overdueamount', '逾期金额')
    """
    return _BLANK.sub("", plain(text).casefold())


def keys(texts: Sequence[str]) -> list[str]:
    """Give the key of each of many texts, most of them at once."""
    whole = unicodedata.normalize("NFKC", "\n".join(texts))
    lines = whole.count("\n") + 1
    if lines != len(texts) or not whole.replace("\n", "").isprintable():
        known = {text: key(text) for text in set(texts)}
        return [known[text] for text in texts]
    # What is printable has no blanks but the plain one, and nothing invisible to leave out.
    return _BLANK_IN_LINE.sub("", whole.casefold()).split("\n")


def canonical(heading: str, words: Vocabulary) -> tuple[str, int, tuple[str, ...]] | None:
    """Give the canonical column of a heading, its rank, and what stood in brackets; None if it is unknown."""
    text = plain(heading).casefold()
    inside = tuple(_BLANK.sub("", part) for part in _BRACKETS.findall(text))
    for spelling in (key(text), key(_BRACKETS.sub("", text))):
        if spelling in words.canonical:
            return *words.canonical[spelling], inside
        for unit in ("万元", "元"):
            bare = spelling.removesuffix(unit)
            if bare != spelling and bare in words.canonical:
                return *words.canonical[bare], (*inside, unit)
    return None


def rate(rows: Sequence[Sequence[str]], words: Vocabulary) -> float:
    """Say how much some rows look like a list: the number of columns that the best row names."""
    return max((_score(row, words) for row in rows[:SEARCHED_ROWS]), default=0)


def find_headings(rows: Sequence[Sequence[str]], words: Vocabulary) -> Headings | None:
    """Find the heading row among the first rows, and what its columns are; None if there is none.

    Headings may take two rows where cells are merged: a group's name above, the columns' names below. A cell that is
    empty in one of the rows is filled from the other.
    """
    scores = [_score(row, words) for row in rows[:SEARCHED_ROWS]]
    if not scores or max(scores) < 2:
        return None
    at = scores.index(max(scores))
    last, cells = at, list(rows[at])
    if at + 1 < len(rows) and _is_heading_row(rows[at + 1], words):
        last, cells = at + 1, _under(cells, rows[at + 1])
    elif at > 0 and scores[at - 1] > 0:
        cells = _under(rows[at - 1], cells)
    while cells and not cells[-1].strip():
        cells.pop()
    noted = _UNIT_NOTE.search(unicodedata.normalize("NFKC", " ".join(" ".join(row) for row in rows[:at])))
    return _match(last, cells, words, _UNITS[noted[1]] if noted else None)


def repeats_headings(row: Sequence[str], headings: Headings) -> bool:
    """Say whether a row is the heading row once more, as on a new page."""
    first = next(iter(headings.names.items()))
    if len(row) <= first[0] or row[first[0]].strip() != first[1]:
        return False
    same = sum(1 for at, name in headings.names.items() if at < len(row) and row[at].strip() == name)
    return same >= 0.6 * len(headings.names)


def _score(row: Sequence[str], words: Vocabulary) -> int:
    found = (canonical(cell, words) for cell in row if cell and len(cell) < 60)
    return len({one[0] for one in found if one})


def _is_heading_row(row: Sequence[str], words: Vocabulary) -> bool:
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and all(len(cell) < 60 and canonical(cell, words) is not None for cell in filled)


def _under(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Lay two heading rows over each other; a unit above merged cells holds for the cells below it."""
    width = max(len(upper), len(lower))
    above, below = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    cells, unit = [], ""
    for over, under in zip(above, below, strict=True):
        if over.strip():
            parts = _BRACKETS.findall(unicodedata.normalize("NFKC", over).casefold())
            unit = next((part for part in parts if _BLANK.sub("", part) in _UNITS), "")
        cells.append(under + (f"({unit})" if unit and over.strip() != under.strip() else "") if under.strip() else over)
    return cells


def _match(row: int, cells: Sequence[str], words: Vocabulary, unit: str | None) -> Headings:
    names = {i: " ".join(cell.split()) for i, cell in enumerate(cells) if cell.strip()}
    protected = tuple(i for i, name in names.items() if says_one_of(name, words.protected))
    matches = {i: canonical(name, words) for i, name in names.items() if i not in protected}
    known = {i: match for i, match in matches.items() if match is not None}
    third = tuple(i for i in matches if i not in known and says_one_of(names[i], words.third_party))
    best: dict[str, int] = {}
    for i, (column, rank, _) in known.items():
        if column not in best or rank < known[best[column]][1]:
            best[column] = i
    inside = {column: known[i][2] for column, i in best.items()}
    taken = {*protected, *third, *known}
    return Headings(
        row=row,
        width=len(cells),
        found=best,
        names=names,
        units={column: said for column, parts in inside.items() if (said := next(iter(_named(parts, _UNITS)), unit))},
        datums={column: datum for column, parts in inside.items() for datum in _named(parts, words.datums)},
        protected=protected,
        third_party=third,
        unused=tuple(i for i in names if i not in taken),
        doubled=tuple(i for i in known if i not in best.values()),
    )


def _named(parts: Iterable[str], meanings: Mapping[str, str]) -> list[str]:
    return [meanings[part] for part in parts if part in meanings]


def says_one_of(heading: str, words: Sequence[str]) -> bool:
    """Say whether a heading contains one of the words: Chinese anywhere, English as whole words.

    >>> says_one_of("Average balance", ["age"]), says_one_of("Customer Age", ["age"]), says_one_of("客户性别", ["性别"])
    (False, True, True)
    """
    text = unicodedata.normalize("NFKC", heading)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold()
    spaced = f" {' '.join(re.sub(r'[^a-z0-9]+', ' ', text).split())} "
    return any(f" {word} " in spaced if word.isascii() else word in text for word in words)
