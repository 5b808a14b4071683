"""Numbers, money and days in both languages; the unknown is a dash."""

import math
import re
from datetime import date
from pathlib import Path

import pytest

from dashboard import formats
from dashboard.screens.regions_columns import district_columns, square_columns
from dashboard.text import speaking


def test_both_languages() -> None:
    with speaking("zh"):
        assert formats.money(1_234_567_00) == "¥1,234,567"
        assert formats.money_short(1_234_567_00) == "¥123.5万"
        assert formats.day(date(2026, 11, 24)) == "11月24日 周二"
        assert formats.duration(5100) == "1小时25分钟"
        assert formats.week("2026-W48") == "2026年第48周"
    with speaking("en"):
        assert formats.money_short(1_234_567_00) == "¥1.2M"
        assert formats.day(date(2026, 11, 24)) == "Tue 24 Nov"


def test_no_table_of_money_is_headed_with_a_fixed_sign() -> None:
    """A column whose heading is written with ¥ goes through ``money_column``, which puts the branch's sign there."""
    screens = Path(formats.__file__).parent / "screens"
    fixed = re.compile(r"NumberColumn\(\s*_\(\s*\"[^\"]*¥")
    named = [path.name for path in sorted(screens.glob("*.py")) if fixed.search(path.read_text(encoding="utf-8"))]
    assert named == ["overdue_preview.py"]  # of a file that is not imported yet, with decimals


def test_files_of_a_branch_elsewhere_have_its_sign_in_their_headings() -> None:
    columns = [*district_columns("INR", "80%"), *square_columns("INR")]
    assert not [one.heading for one in columns if "¥" in one.heading]
    assert sum("₹" in one.heading for one in columns) > 10


WRITERS = [formats.money, formats.money_short, formats.number, formats.percent, formats.duration, formats.distance]


@pytest.mark.parametrize("write", WRITERS)
def test_the_unknown_is_a_dash_and_zero_is_not(write: object) -> None:
    assert write(None) == write(math.nan) == formats.UNKNOWN  # type: ignore[operator]
    assert "0" in write(0)  # type: ignore[operator]
