"""Columns of cells to columns of values, and an issue for every cell that has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from planner.intake import values
from planner.intake.choices import chooser, several
from planner.intake.columns import COLUMNS, Holds
from planner.intake.days import SERIAL_ZERO, SERIAL_ZERO_1904, day
from planner.intake.grid import Grid
from planner.intake.headings import Headings
from planner.intake.issue import Issue, Severity, issue
from planner.intake.plainly import read_column
from planner.intake.profile import Profile
from planner.intake.values import Fault, plain, printed, says_nothing

UNITS = {"one": 1, "ten_thousand": 10_000, "lakh": 100_000}
#: Unknown words of one column that are named one by one; the rest are counted.
MOST_WORDS = 20
Read = Callable[[str], Any]


@dataclass(frozen=True)
class Fields:
    """Values by canonical column, one a data row; a cell without one is None, a bad one a ``Fault``."""

    values: dict[str, list[Any]]
    texts: Mapping[str, list[str]]
    issues: list[Issue]

    def column(self, name: str, count: int) -> list[Any]:
        """Give a column's values; where the file has no such column, what an empty cell is read as."""
        if name in self.values:
            return self.values[name]
        holds = COLUMNS[name].holds
        empty = COLUMNS[name].otherwise if holds is Holds.CHOICE else ("" if holds in _TEXTS else None)
        return [empty] * count

    def forget(self, name: str) -> None:
        """Let a column's values go; it stays a column of the file."""
        self.values[name] = []

    def shown(self, name: str, n: int) -> str:
        """Give what stands in the cell of a data row, "" where the file has no such column."""
        return plain(self.texts[name][n]) if name in self.texts else ""


_TEXTS = (Holds.NAME, Holds.TEXT, Holds.ADDRESS, Holds.WORDS)


def read_fields(grid: Grid, headings: Headings, indices: Sequence[int], profile: Profile) -> Fields:
    """Read every known column of the data rows.

    A choice that is not known becomes what an empty cell is read as, and is reported once a word. Masked values are
    reported once a column. Every other fault is left in place: what it means for the row is decided with the others.
    """
    found: dict[str, list[Any]] = {}
    texts: dict[str, list[str]] = {}
    issues: list[Issue] = []
    picked = (grid.rows[i] for i in indices)
    rows = [row if len(row) >= headings.width else [*row, *[""] * (headings.width - len(row))] for row in picked]
    for name, at in headings.found.items():
        cells: list[str] = list(map(itemgetter(at), rows))
        if not grid.typed or not grid.uncached:
            uncached: list[int] = []
        else:
            uncached = [n for n, i in enumerate(indices) if (i, at) in grid.uncached]
        heading = headings.names[at]
        issues.extend(issue("formula_uncached", row=indices[n] + 1, column=heading) for n in uncached)
        zero = SERIAL_ZERO_1904 if grid.since_1904 else SERIAL_ZERO
        read = reader(name, headings, profile, typed=grid.typed, zero=zero)
        column, known = read_column(COLUMNS[name].holds, cells, read, unit=_unit(name, headings, profile))
        if COLUMNS[name].holds in (Holds.CASE_ID, Holds.ID_NUMBER, Holds.PHONE) and grid.rounded:
            column = [
                Fault("id_damaged") if (i, at) in grid.rounded else value
                for i, value in zip(indices, column, strict=True)
            ]
        issues.extend(_masked(name, heading, cells, known, indices))
        if COLUMNS[name].holds in _WORDS and any(isinstance(value, Fault) for value in known.values()):
            issues.extend(_unknown_words(name, heading, cells, column, indices))
            read_as = unknown_means(name, heading)
            column = [read_as or None if isinstance(value, Fault) else value for value in column]
        found[name], texts[name] = column, cells
    issues.extend(_small_amounts(headings, profile, found))
    return Fields(found, texts, issues)


def reader(name: str, headings: Headings, profile: Profile, *, typed: bool, zero: date = SERIAL_ZERO) -> Read:
    """Give the function that reads the cells of a canonical column."""
    holds = COLUMNS[name].holds
    unit = _unit(name, headings, profile)
    serial = typed or profile.serial_dates == "always"
    words = profile.values.get("datum" if name.endswith("datum") else name, {})
    readers: Mapping[Holds, Read] = {
        Holds.CASE_ID: lambda text: values.case_id(text, typed=typed),
        Holds.ID_NUMBER: lambda text: values.id_number(text, typed=typed),
        Holds.PHONE: values.phone,
        Holds.NAME: printed,
        Holds.TEXT: _text,
        Holds.ADDRESS: _text,
        Holds.MONEY: lambda text: values.minor(text, unit),
        Holds.DAYS: values.days,
        Holds.DAY: lambda text: day(text, profile.date_order, serial=serial, zero=zero),
        Holds.DEGREES: values.degrees,
        Holds.CHOICE: chooser(words, COLUMNS[name].otherwise),
        Holds.WORDS: several(words),
        Holds.WEEKDAYS: values.weekdays,
        Holds.CLOCK: values.clock,
        Holds.FLAG: values.flag,
    }
    return readers[holds]


def _unit(name: str, headings: Headings, profile: Profile) -> int:
    return UNITS[headings.units.get(name, "one" if profile.money_unit == "ask" else profile.money_unit)]


def unknown_means(name: str, heading: str) -> str:
    """Give what an unknown word of a choice column is read as: in a column about holds, that nobody may go there.

    >>> unknown_means("hold", "停催状态"), unknown_means("hold", "案件状态"), unknown_means("guarantee_kind", "x")
    ('other', '', 'none')
    """
    about_holds = name == "hold" and ("停催" in heading or "hold" in heading.casefold())
    return "other" if about_holds else COLUMNS[name].otherwise


def any_fault(values: Sequence[Any]) -> bool:
    """Say whether a column has a fault: most have none, which the types tell sooner than one value after the other."""
    return Fault in set(map(type, values))


def fault_issues(
    fields: Fields,
    name: str,
    headings: Headings,
    indices: Sequence[int],
    severity: Severity | None,
) -> list[Issue]:
    """Make an issue of every fault in a column, of the given severity or the usual one of its kind."""
    if name not in fields.values or not any_fault(fields.values[name]):
        return []
    heading = headings.names[headings.found[name]]
    return [
        issue(
            value.code,
            row=indices[n] + 1,
            column=heading,
            severity=severity,
            **({} if COLUMNS[name].holds in _PRIVATE else {"value": fields.shown(name, n)}),
        )
        for n, value in enumerate(fields.values[name])
        if isinstance(value, Fault) and value.code != "value_masked"
    ]


_WORDS = (Holds.CHOICE, Holds.FLAG, Holds.WEEKDAYS, Holds.CLOCK)
_PRIVATE = (Holds.ID_NUMBER, Holds.PHONE, Holds.NAME, Holds.ADDRESS)


def _text(text: str) -> str:
    said = printed(text)
    return "" if says_nothing(said) else said[:300]


def _masked(
    name: str, heading: str, cells: Sequence[str], known: Mapping[str, Any], indices: Sequence[int]
) -> list[Issue]:
    holds = COLUMNS[name].holds
    if holds not in (Holds.NAME, Holds.ADDRESS, Holds.ID_NUMBER, Holds.PHONE):
        return []
    if holds in (Holds.NAME, Holds.ADDRESS):
        masked = {text for text in known if ("*" in text or "＊" in text)}
    else:
        masked = {text for text, value in known.items() if value == Fault("value_masked")}
    at = [n for n, text in enumerate(cells) if text in masked] if masked else []
    if holds is Holds.ADDRESS:
        return [issue("address_masked", row=indices[n] + 1, column=heading) for n in at]
    return [issue("value_masked", column=heading, count=len(at), first=indices[at[0]] + 1)] if at else []


def _unknown_words(
    name: str, heading: str, cells: Sequence[str], column: Sequence[Any], indices: Sequence[int]
) -> list[Issue]:
    at: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for n, value in enumerate(column):
        if isinstance(value, Fault):
            at.setdefault(plain(cells[n]), n)
            counts[plain(cells[n])] += 1
    code = "datum_unknown" if name.endswith("datum") else "choice_unknown"
    named = counts.most_common(MOST_WORDS)
    read_as = unknown_means(name, heading) or "empty"
    found = [
        issue(code, row=indices[at[word]] + 1, column=heading, value=word, count=count, first=indices[at[word]] + 1,
              read_as=read_as)
        for word, count in named
    ]  # fmt: skip
    rest = sum(counts.values()) - sum(count for _, count in named)
    if rest:
        others = f"{len(counts) - len(named)} other words"
        first = min(indices[n] for word, n in at.items() if word not in dict(named)) + 1
        found.append(issue(code, column=heading, value=others, count=rest, first=first, read_as=read_as))
    return found


def _small_amounts(headings: Headings, profile: Profile, found: Mapping[str, list[Any]]) -> list[Issue]:
    """Ask for the unit where none is written and all amounts are so small that they are probably 万元 or lakh."""
    if profile.money_unit != "ask" or "overdue" not in found or "overdue" in headings.units:
        return []
    amounts = sorted(value for value in found["overdue"] if isinstance(value, int) and value > 0)
    if not amounts or amounts[-1] >= 100_000 or amounts[len(amounts) // 2] >= 10_000:
        return []
    example = f"{amounts[len(amounts) // 2] / 100:g}"
    return [issue("unit_unclear", column=headings.names[headings.found["overdue"]], read_as="元", value=example)]
