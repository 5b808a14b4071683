"""What is read a column at a time is what is read cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.profiles import load_profile
from planner.intake import delimited, plainly
from planner.intake.columns import COLUMNS, Holds
from planner.intake.delimited import read_delimited
from planner.intake.fields import UNITS, reader
from planner.intake.headings import Headings, key, keys
from planner.intake.plainly import read_column

#: letters that mean something to one reader or another, and what comes close to a plain cell
CELLS = st.one_of(
    st.text(max_size=12),
    st.text("0123456789", max_size=22),
    st.text("0123456789.,-+eEXx*YA _\n\u3000\u200b", max_size=20),
    st.text("无空不详云溪市路12号-室#（）, *\u200b\uff11", max_size=12),
    st.from_regex(r"[0-9]{1,13}\.[0-9]{0,3}", fullmatch=True),
    st.from_regex(r"[A-Z]{0,3}[0-9]{12,18}0{0,4}[X]?", fullmatch=True),
)
KINDS = sorted({one.holds for one in COLUMNS.values()} & {Holds.MONEY, *plainly._AS_THEY_STAND})


def read_of(holds: Holds, unit: str, *, typed: bool) -> Callable[[str], Any]:
    name = next(name for name, one in COLUMNS.items() if one.holds is holds)
    return reader(name, Headings(0, 1, {name: 0}, {0: name}, {name: unit}, {}), load_profile(), typed=typed)


@given(st.sampled_from(KINDS), st.lists(CELLS, min_size=1, max_size=30), st.sampled_from(sorted(UNITS)), st.booleans())
@example(Holds.MONEY, ["1" + "0" * 21, "0" * 30 + "1", "1,000,000,000,000,000,000,000,000"], "lakh", False)
@example(Holds.MONEY, ["99999999999.99", "0.07", "100000000000.01", ".5", "1.005"], "one", False)
@example(Holds.MONEY, ["9999999.99", "10000000.01", "0.01"], "ten_thousand", False)
@example(
    Holds.ID_NUMBER, ["330106199001011200", "33010619900101100X", "000000000000000000", "1" * 15 + "000"], "one", True
)
@example(Holds.PHONE, ["13800000000", "11111111111", "1380000000"], "one", False)
@example(Holds.CASE_ID, ["000", "123456789012300", "1234567890123400", "NA1", "1E10", "无"], "one", False)
def test_a_column_is_read_as_its_cells_are(holds: Holds, cells: list[str], unit: str, typed: bool) -> None:
    read = read_of(holds, unit, typed=typed)
    many = cells * (plainly.LEAST // len(cells) + 1)  # enough of them to be read together
    values, odd = read_column(holds, many, read, unit=UNITS[unit])
    assert values == [read(text) for text in many]
    assert [type(one) for one in values] == [type(read(text)) for text in many]
    assert odd == {text: read(text) for text in odd}


@pytest.mark.parametrize(
    ("holds", "cell"),
    [
        (Holds.CASE_ID, "YX00000001"), (Holds.ID_NUMBER, "99000019900101123X"), (Holds.PHONE, "13800000000"),
        (Holds.NAME, "王伟"), (Holds.ADDRESS, "云溪市滨江区知行路12号3室"), (Holds.MONEY, "12345.6"),
    ],
)  # fmt: skip
def test_a_plain_cell_is_not_looked_at_alone(holds: Holds, cell: str) -> None:
    def read(text: str) -> str:
        raise AssertionError(text)

    values, odd = read_column(holds, [cell] * plainly.LEAST, read)
    assert values == [1_234_560 if holds is Holds.MONEY else cell] * plainly.LEAST
    assert odd == {}


@given(st.lists(CELLS, max_size=20))
def test_keys_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert keys(texts) == [key(text) for text in texts]


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=8))
def test_a_small_text_is_split_like_a_large_one(rows: list[list[str]]) -> None:
    text = "\n".join(",".join(row) for row in rows)

    def split() -> object:
        return read_delimited(text, "utf-8", len)

    small = split()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "LARGE", 0)
        assert split() == small
