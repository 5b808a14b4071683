"""One cell to one value: amounts, numbers of days, degrees, phones, ids, flags, weekdays, times of day.

Each function takes the text of a cell and gives a value, None where the cell says nothing, or a ``Fault``. None of them
uses ``float()`` or ``int()`` on what it has not matched first: those take "1_000", "NaN" and "１２".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

#: More than this is no debt of one account: 100 billion of the main unit.
MOST_MINOR = 10**13
MOST_DAYS = 36_500

_NOTHING = frozenset({"", "-", "--", "---", "/", "\\", "\\n", "n/a", "#n/a", "na", "nan", "nat", "null", "none", "nil"})
_NOTHING_ZH = frozenset({"无", "空", "不详", "未知", "暂无", "没有", "—", "——"})
_AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+")
_PLAIN_AMOUNT = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,2}))?")
_CURRENCY = re.compile(r"(?:rmb|cny|人民币|inr|rs\.?|usd|us\$|hk\$|[¥$₹€£])", re.IGNORECASE)
_UNIT = re.compile(r"(万元|万|元整|元|圆|rmb|cny|人民币|inr|/-|lakhs?|lacs?)$", re.IGNORECASE)
_UNITS = {"万元": 10_000, "万": 10_000, "lakh": 100_000, "lakhs": 100_000, "lac": 100_000, "lacs": 100_000}
_DAYS = re.compile(r"([-+]?)([0-9]{1,9})(?:\.0*)?(?:天|日|days?|d)?", re.IGNORECASE)
_DEGREES = re.compile(r"[-+]?[0-9]{1,3}(?:\.[0-9]+)?")
_POWER = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,3}")
_WEEKDAYS = (
    ("周一", "星期一", "礼拜一", "mon"),
    ("周二", "星期二", "礼拜二", "tue"),
    ("周三", "星期三", "礼拜三", "wed"),
    ("周四", "星期四", "礼拜四", "thu"),
    ("周五", "星期五", "礼拜五", "fri"),
    ("周六", "星期六", "礼拜六", "sat"),
    ("周日", "星期日", "星期天", "周天", "礼拜天", "sun"),
)


@dataclass(frozen=True)
class Fault:
    """Why a cell has no value: a code of the catalogue."""

    code: str


def plain(text: str) -> str:
    """Give a cell's text without full-width forms, invisible characters and outer blanks.

    >>> plain("　１２３，０００．５０ ")
    '123,000.50'
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    return printed(unicodedata.normalize("NFKC", text))


def printed(text: str) -> str:
    """Give a cell's text as written, without invisible characters and with single blanks: names and addresses."""
    if text.isprintable():
        return " ".join(text.split())
    # Cc controls, Cf format characters: zero-width marks and direction overrides among them.
    return " ".join("".join(" " if c.isspace() else c for c in text if c.isspace() or _visible(c)).split())


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Cn")


def says_nothing(text: str) -> bool:
    """Say whether a cell (not a name) is empty or holds one of the usual marks for nothing.

    >>> says_nothing("—"), says_nothing("NULL"), says_nothing("0")
    (True, True, False)
    """
    return text.casefold() in _NOTHING or text in _NOTHING_ZH


def minor(text: str, unit: int = 1) -> int | Fault | None:
    """Read an amount of money as integer minor units.

    Parameters
    ----------
    unit
        How many of the main unit of money 1 in this column is: 1, or 10000 for 万元. A unit in the cell counts more.

    >>> minor("￥1,234.565"), minor("1.5万"), minor("(20.00)"), minor("1.2", 10000)
    (123457, 1500000, -2000, 1200000)
    >>> minor("1_000"), minor("1.234,50")
    (Fault(code='amount_unreadable'), Fault(code='amount_unreadable'))
    """
    said = plain(text)
    if found := _PLAIN_AMOUNT.fullmatch(said):  # how nearly all are written; the rest says the same more slowly
        amount = (int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))) * unit
        return Fault("amount_huge") if amount > MOST_MINOR else amount
    if says_nothing(said):
        return None
    sign, bare = 1, said
    if not _AMOUNT.fullmatch(said):
        sign, bare = _peeled(said.replace("−", "-").replace(" ", ""))
        if found := _UNIT.search(bare):
            bare = bare[: found.start()]
            unit = _UNITS.get(found[1].casefold(), 1 if found[1] in ("元", "圆", "元整") else unit)
        if not _AMOUNT.fullmatch(bare):
            return Fault("amount_unreadable")
    bare = bare.replace(",", "")
    # With more digits the exact arithmetic below would run out of places.
    if len(bare) > 40 or len(bare.partition(".")[0].lstrip("0")) > len(str(MOST_MINOR)):
        return Fault("amount_huge")
    exact = (Decimal(bare) * unit * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return Fault("amount_huge") if exact > MOST_MINOR else sign * int(exact)


def _peeled(said: str) -> tuple[int, str]:
    """Take sign, accountant's brackets and currency off an amount."""
    sign = 1
    if len(said) > 2 and said[0] == "(" and said[-1] == ")":
        sign, said = -1, said[1:-1]
    for _ in range(2):  # the sign may stand before or after the currency
        if said[:1] in ("-", "+"):
            sign, said = (-sign if said[0] == "-" else sign), said[1:]
        said = _CURRENCY.sub("", said, count=1) if _CURRENCY.match(said) else said
    return (-sign, said[:-1]) if said.endswith("-") and not said.endswith("/-") else (sign, said)


def days(text: str) -> int | Fault | None:
    """Read a number of days.

    >>> days("45天"), days("12.0"), days("-3"), days("4.5"), days("")
    (45, 12, Fault(code='days_negative'), Fault(code='days_unreadable'), None)
    """
    said = plain(text).replace("−", "-")
    if says_nothing(said):
        return None
    found = _DAYS.fullmatch(said.replace(" ", ""))
    if not found:
        return Fault("days_unreadable")
    number = int(found[2])
    if found[1] == "-" and number:
        return Fault("days_negative")
    return number if number <= MOST_DAYS else Fault("days_unreadable")


def degrees(text: str) -> Decimal | Fault | None:
    """Read a longitude or latitude; the decimals are kept, because they say how exact it is.

    >>> degrees("120.1500"), degrees("NaN"), degrees("30°15'")
    (Decimal('120.1500'), None, Fault(code='coordinate_unreadable'))
    """
    said = plain(text).replace("−", "-").removesuffix("°")
    if says_nothing(said):
        return None
    if not _DEGREES.fullmatch(said) or abs(Decimal(said)) > 180:
        return Fault("coordinate_unreadable")
    return Decimal(said)


def is_masked(text: str) -> bool:
    """Say whether part of a value was replaced by asterisks or crosses.

    >>> is_masked("138****5678"), is_masked("3301XXXXXXXX1234"), is_masked("33010619900101123X")
    (True, True, False)
    """
    return "*" in text or "＊" in text or "●" in text or re.search(r"[xX×]{2,}", text) is not None


def is_rounded(text: str, *, typed: bool = False) -> bool:
    """Say whether a number went through a spreadsheet that keeps 15 digits only.

    Where cells had types, numbers were told from text already; then only three lost digits make a text suspect.

    >>> is_rounded("1.23457E+17"), is_rounded("330106199001010000"), is_rounded("330106199001011234")
    (True, True, False)
    """
    if _POWER.fullmatch(text):
        return True
    lost = "000" if typed else "00"
    return len(text) > 15 and text.isascii() and text.isdigit() and text.endswith(lost) and not text[15:].strip("0")


def case_id(text: str, *, typed: bool = False) -> str | Fault:
    """Read a case id; it stays text.

    >>> case_id(" ０012 "), case_id("1.2E+17"), case_id("")
    ('0012', Fault(code='id_damaged'), Fault(code='case_id_missing'))
    """
    said = plain(text)
    if says_nothing(said):
        return Fault("case_id_missing")
    if is_rounded(said, typed=typed):
        return Fault("id_damaged")
    return Fault("case_id_masked") if "*" in said else said[:120]


def id_number(text: str, *, typed: bool = False) -> str | Fault | None:
    """Read an identity number, for telling people apart only.

    >>> id_number("330106 19900101 123x"), id_number("3301**********1234")
    ('33010619900101123X', Fault(code='value_masked'))
    """
    said = plain(text).replace(" ", "").upper()
    if says_nothing(said) or not said.strip("0"):
        return None
    if is_masked(said):
        return Fault("value_masked")
    return Fault("id_damaged") if is_rounded(said, typed=typed) else said


def phone(text: str) -> str | Fault | None:
    """Read a phone number: digits, with + before the country where given.

    >>> phone("138-0000 0000"), phone("+86 138 0000 0000"), phone("138****0000"), phone("1.38E+10")
    ('13800000000', '+8613800000000', Fault(code='value_masked'), Fault(code='id_damaged'))
    """
    said = plain(text)
    if says_nothing(said) or said == "0":
        return None
    if said.isdigit() and said.isascii():
        return said if 5 <= len(said) <= 16 and len(set(said)) > 1 else Fault("phone_unreadable")
    if is_masked(said):
        return Fault("value_masked")
    if _POWER.fullmatch(said):
        return Fault("id_damaged")
    first = re.split(r"[/;,、]", said.removesuffix(".0"))[0]
    digits = re.sub(r"[\s\-().]", "", first)
    good = re.fullmatch(r"\+?[0-9]{5,16}", digits) and len(set(digits)) > 1
    return digits if good else Fault("phone_unreadable")


def flag(text: str) -> bool | Fault | None:
    """Read a yes or no.

    >>> flag("是"), flag("No"), flag("maybe")
    (True, False, Fault(code='choice_unknown'))
    """
    said = plain(text).casefold()
    if says_nothing(said):
        return None
    if said in ("是", "有", "y", "yes", "true", "1", "√"):
        return True
    return False if said in ("否", "n", "no", "false", "0", "×") else Fault("choice_unknown")


def weekdays(text: str) -> str | Fault | None:
    """Read names of weekdays as numbers, Monday 0. Digits are not read: nobody knows where they begin to count.

    >>> weekdays("周六、周日"), weekdays("Fri, Sunday"), weekdays("67")
    ('5 6', '4 6', Fault(code='choice_unknown'))
    """
    said = plain(text).casefold()
    if says_nothing(said):
        return None
    found = [str(i) for i, names in enumerate(_WEEKDAYS) if any(name in said for name in names)]
    return " ".join(found) if found else Fault("choice_unknown")


def clock(text: str) -> str | Fault | None:
    """Read a time of day.

    >>> clock("9:5"), clock("18点半"), clock("25:00")
    ('09:05', '18:30', Fault(code='choice_unknown'))
    """
    said = plain(text).replace("点半", ":30").replace("点", ":").replace("时", ":").removesuffix("分")
    if says_nothing(said):
        return None
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{1,2})?(?::00)?", said)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return Fault("choice_unknown")
    return f"{int(found[1]):02d}:{int(found[2] or 0):02d}"
