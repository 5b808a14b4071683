"""A cell to a day: the ways dates are written, and the ones that can be two days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from planner.intake.values import Fault, plain, says_nothing

FIRST_YEAR, LAST_YEAR = 1950, 2100
#: Day numbers of spreadsheets count from here, for days after February 1900.
SERIAL_ZERO = date(1899, 12, 30)
#: Workbooks that began on an old Macintosh count from here.
SERIAL_ZERO_1904 = date(1904, 1, 1)
_NO_DAY = frozenset({"0", "0000-00-00", "00000000", "0000/00/00", "1900-01-00", "1900/1/0", "9999-12-31", "99991231"})
_TIME = re.compile(r"[T\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9:]{4,6})?$")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_CHINESE = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})(?:日|号)?")
_SOLID = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_TWO_DIGIT = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}")
_NAMED = re.compile(r"([0-9]{1,2})[\s\-/]*([a-z]{3,9})\.?,?[\s\-/]*([0-9]{4})", re.IGNORECASE)
_NAMED_FIRST = re.compile(r"([a-z]{3,9})\.?\s*([0-9]{1,2}),?\s+([0-9]{4})", re.IGNORECASE)
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def day(text: str, order: str = "ask", *, serial: bool = False, zero: date = SERIAL_ZERO) -> date | Fault | None:
    """Read a date.

    Parameters
    ----------
    order
        ``ask`` and ``leave`` make 01/02/2026 a fault; ``day_first`` and ``month_first`` decide. Nothing is
        guessed from other rows.
    serial
        Whether a number of five digits is a spreadsheet's day number.
    zero
        The day from which such numbers are counted.

    >>> day("2024年1月31日"), day("20240131"), day("31/01/2024")
    (datetime.date(2024, 1, 31), datetime.date(2024, 1, 31), datetime.date(2024, 1, 31))
    >>> day("01/02/2026"), day("01/02/2026", "day_first"), day("45322", serial=True)
    (Fault(code='date_ambiguous'), datetime.date(2026, 2, 1), datetime.date(2024, 1, 31))
    """
    said = _TIME.sub("", plain(text))
    if says_nothing(said) or said in _NO_DAY:
        return None
    for pattern, places in ((_YEAR_FIRST, (1, 3, 4)), (_CHINESE, (1, 2, 3)), (_SOLID, (1, 2, 3))):
        if found := pattern.fullmatch(said):
            year, month, number = (int(found[i]) for i in places)
            return _made(year, month, number)
    if found := _YEAR_LAST.fullmatch(said):
        return _ordered(int(found[1]), int(found[3]), int(found[4]), order)
    if _TWO_DIGIT.fullmatch(said):
        if order not in ("day_first", "month_first"):
            return Fault("date_ambiguous")
        first, second, year = (int(part) for part in re.split(r"[-/.]", said))
        return _ordered(first, second, 2000 + year, order)
    if found := _NAMED.fullmatch(said):
        return _made(int(found[3]), _month(found[2]), int(found[1]))
    if found := _NAMED_FIRST.fullmatch(said):
        return _made(int(found[3]), _month(found[1]), int(found[2]))
    if found := _SERIAL.fullmatch(said):
        return _plausible(zero + timedelta(days=int(found[1]))) if serial else Fault("date_serial")
    return Fault("date_unreadable")


def _ordered(first: int, second: int, year: int, order: str) -> date | Fault:
    if order == "day_first":
        return _made(year, second, first)
    if order == "month_first":
        return _made(year, first, second)
    if first <= 12 and second <= 12 and first != second:
        return Fault("date_ambiguous")
    return _made(year, second, first) if first > 12 else _made(year, first, second)


def _month(name: str) -> int:
    """Give the number of an English month's name or beginning, 0 if there is none."""
    return next((i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.casefold())), 0)


def _made(year: int, month: int, number: int) -> date | Fault:
    try:
        return _plausible(date(year, month, number))
    except ValueError:
        return Fault("date_unreadable")


def _plausible(found: date) -> date | Fault:
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else Fault("date_out_of_range")
