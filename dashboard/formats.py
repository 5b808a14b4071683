"""Numbers, money, days and times as a reader of each language expects them; what is unknown is a dash, never a zero."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal, get_currency_precision, get_currency_symbol

from dashboard.text import current_language

UNKNOWN = "—"
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}


def locale() -> str:
    """Give the locale of the current language."""
    return LOCALES[current_language()]


def is_unknown(value: float | None) -> bool:
    """Say whether a number is missing: None, NaN or infinite.

    >>> is_unknown(None), is_unknown(float("nan")), is_unknown(0)
    (True, True, False)
    """
    return value is None or not math.isfinite(value)


def money(minor: float | None, currency: str = "CNY", *, cents: bool = False) -> str:
    """Give an amount in minor units as money.

    >>> money(4712345), money(None), money(-150, cents=True)
    ('¥47,123', '—', '−¥1.50')
    """
    if minor is None or is_unknown(minor):
        return UNKNOWN
    digits = get_currency_precision(currency)
    amount = minor / 10**digits
    pattern = "#,##0." + "0" * digits if cents and digits else "#,##0"
    number = written(abs(amount), pattern, locale())
    minus = "−" if amount < 0 and any(digit in number for digit in "123456789") else ""
    return f"{minus}{sign(currency)}{number}"


def money_short(minor: float | None, currency: str = "CNY") -> str:
    """Give an amount in few signs, for cards and charts.

    >>> money_short(123_456_700), money_short(98_700)
    ('¥1.2M', '¥987')
    """
    if minor is None or is_unknown(minor):
        return UNKNOWN
    amount = minor / 10 ** get_currency_precision(currency)
    if abs(amount) < (10_000 if current_language() == "zh" else 1_000):
        return money(minor, currency)  # Babel does not round what it writes without a unit
    number = format_compact_decimal(abs(amount), locale=locale(), fraction_digits=_short_digits(abs(amount)))
    return f"{'−' if amount <= -0.5 else ''}{sign(currency)}{number}"


def _short_digits(amount: float) -> int:
    """Give the decimals of an amount in few signs: a single 万 is ten thousand, and needs one more."""
    if current_language() != "zh":
        return 1
    return 2 if amount < 1e5 or 1e8 <= amount < 1e9 else 1


@lru_cache(maxsize=32)
def sign(currency: str) -> str:
    """Give a currency's sign.

    >>> sign("CNY"), sign("INR")
    ('¥', '₹')
    """
    return get_currency_symbol(currency, locale="zh_Hans_CN")


def heading(words: str, currency: str) -> str:
    """Give a heading that was written with the yuan's sign with that of the branch.

    >>> heading("Overdue ¥", "INR"), heading("Overdue ¥", "CNY")
    ('Overdue ₹', 'Overdue ¥')
    """
    return words.replace("¥", sign(currency))


def unit(currency: str) -> int:
    """Give how many minor units make one, for numbers that a table or an axis writes itself.

    >>> unit("CNY"), unit("JPY")
    (100, 1)
    """
    return int(10 ** get_currency_precision(currency))


def money_short_shown(minor: float, currency: str = "CNY") -> float:
    """Give the amount that ``money_short`` shows, in minor units: what a reader can reckon with.

    >>> money_short_shown(123_456_700), money_short_shown(98_749)
    (120000000.0, 98700.0)
    """
    one = unit(currency)
    amount, step = abs(minor) / one, (10_000 if current_language() == "zh" else 1_000)
    at, digits = 1, 0
    while amount >= at * step:
        at, digits = at * step, _short_digits(amount)
    return math.copysign(rounded(amount / at, digits) * at * one, minor)


def rounded(value: float, digits: int = 0) -> float:
    """Round as ``number`` writes, so that what is reckoned agrees with what is read.

    >>> rounded(2.675, 2), rounded(0.5)
    (2.68, 0.0)
    """
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN))


def number(value: float | None, digits: int = 0) -> str:
    """Give a number with grouped thousands and a fixed number of decimals.

    >>> number(12345.678, 1), number(float("nan"))
    ('12,345.7', '—')
    """
    if value is None or is_unknown(value):
        return UNKNOWN
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return written(value or 0, pattern, locale()).replace("-", "−")


@lru_cache(maxsize=50_000)
def written(value: float, pattern: str, spoken: str) -> str:
    """Write a number by a pattern of Babel's: a page writes the same thousands of them again and again."""
    return format_decimal(value, format=pattern, locale=spoken)


def percent(share: float | None, digits: int = 0) -> str:
    """Give a share of one in percent.

    >>> percent(0.453), percent(None)
    ('45%', '—')
    """
    return UNKNOWN if share is None or is_unknown(share) else f"{number(100 * share, digits)}%"


def duration(seconds: float | None) -> str:
    """Give a duration in hours and minutes.

    >>> duration(5100), duration(600), duration(None)
    ('1 h 25 min', '10 min', '—')
    """
    if seconds is None or is_unknown(seconds):
        return UNKNOWN
    hours, minutes = divmod(round(seconds / 60), 60)
    chinese = current_language() == "zh"
    hour, minute = ("小时", "分钟") if chinese else (" h", " min")
    parts = ([f"{hours}{hour}"] if hours else []) + ([f"{minutes}{minute}"] if minutes or not hours else [])
    return ("" if chinese else " ").join(parts)


def distance(metres: float | None) -> str:
    """Give a distance in metres or kilometres.

    >>> distance(348), distance(12_345)
    ('350 m', '12.3 km')
    """
    if metres is None or is_unknown(metres):
        return UNKNOWN
    if metres < 995:
        return f"{round(metres, -1):.0f} m" if metres >= 100 else f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km"


def clock(moment: datetime | None) -> str:
    """Give the time of day of an aware moment, in its own zone.

    >>> clock(datetime(2026, 11, 24, 9, 5)), clock(None)
    ('09:05', '—')
    """
    return UNKNOWN if moment is None else f"{moment:%H:%M}"


def span(begin: datetime | None, end: datetime | None) -> str:
    """Give a span of times of day.

    >>> span(datetime(2026, 11, 24, 9, 5), datetime(2026, 11, 24, 9, 40))
    '09:05–09:40'
    """
    return f"{clock(begin)}–{clock(end)}"


def day(value: date | None, *, year: bool = False) -> str:
    """Give a day with its weekday.

    >>> day(date(2026, 11, 24)), day(date(2026, 11, 24), year=True)
    ('Tue 24 Nov', 'Tue 24 Nov 2026')
    """
    if value is None:
        return UNKNOWN
    if current_language() == "zh":
        pattern = "y年M月d日 EEE" if year else "M月d日 EEE"
    else:
        pattern = "EEE d MMM y" if year else "EEE d MMM"
    return dated(value, pattern, locale())


@lru_cache(maxsize=5_000)
def dated(value: date, pattern: str, spoken: str) -> str:
    """Write a day by a pattern of Babel's."""
    return format_date(value, format=pattern, locale=spoken)


def weekday(value: date) -> str:
    """Give the short name of a day's weekday.

    >>> weekday(date(2026, 11, 24))
    'Tue'
    """
    return dated(value, "EEE", locale())


def week(name: str) -> str:
    """Give an ISO week's name for a reader.

    >>> week("2026-W48")
    'Week 48, 2026'
    """
    year, number_ = name.split("-W")
    return f"{year}年第{int(number_)}周" if current_language() == "zh" else f"Week {int(number_)}, {year}"
