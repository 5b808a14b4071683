"""Numbers, money and days in both languages; the unknown is a dash."""

import math
from datetime import date

import pytest

from dashboard import formats
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


WRITERS = [formats.money, formats.money_short, formats.number, formats.percent, formats.duration, formats.distance]


@pytest.mark.parametrize("write", WRITERS)
def test_the_unknown_is_a_dash_and_zero_is_not(write: object) -> None:
    assert write(None) == write(math.nan) == formats.UNKNOWN  # type: ignore[operator]
    assert "0" in write(0)  # type: ignore[operator]
