"""Cells that are written as nearly all are, read a column at a time; the others are left to ``planner.intake.values``.

Of 100,000 rows nearly every cell looks the same: so many digits, letters without a blank. A pattern finds those in one
pass, and each is what the reader of its kind would say of it (a property test holds them against each other).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from planner.intake.columns import Holds
from planner.intake.values import MOST_MINOR

#: Fewer cells are read one by one sooner.
LEAST = 64
_HAN = r"\x{4e00}-\x{9fa5}"
_LINE = rf"^[{_HAN}][{_HAN}0-9A-Za-z#&()（）,，、.·-]{{2,200}}$"
#: Cells of a kind that are their own value. Shorter texts may say that there is nothing; an
#: identity number that ends in 00 may have lost its digits in a spreadsheet.
_AS_THEY_STAND: Mapping[Holds, str] = {
    Holds.CASE_ID: r"^([0-9]{3,15}|[A-Za-z]{1,8}[-_]?[0-9]{3,40})$",
    Holds.ID_NUMBER: r"^[0-9]{6,30}([1-9X]|[1-9]0)$",
    Holds.PHONE: r"^1[3-9][0-9]{9}$",
    Holds.NAME: rf"^[{_HAN}][{_HAN}0-9A-Za-z·]{{0,40}}$",
    Holds.TEXT: _LINE,
    Holds.ADDRESS: _LINE,
}


def read_column(
    holds: Holds, cells: Sequence[str], read: Callable[[str], Any], *, unit: int = 1
) -> tuple[list[Any], dict[str, Any]]:
    """Read the cells of a column as ``read`` does, which is asked once for each different cell that is not plain.

    Parameters
    ----------
    unit
        What an amount is counted in, as in ``values.minor``.

    Returns
    -------
    list, dict
        The values, one a cell; and what each cell that is not plain was read as.
    """
    pattern = _amount(unit) if holds is Holds.MONEY else _AS_THEY_STAND.get(holds)
    if pattern is None or len(cells) < LEAST:
        known = {text: read(text) for text in set(cells)}
        return [known[text] for text in cells], known
    texts = pa.array(cells, pa.large_string())
    plain = pc.match_substring_regex(texts, pattern)
    values = _minor(texts, plain, unit) if holds is Holds.MONEY else list(cells)
    odd = np.flatnonzero(~plain.to_numpy(zero_copy_only=False)).tolist()
    known = {text: read(text) for text in {cells[n] for n in odd}}
    for n in odd:
        values[n] = known[cells[n]]
    return values, known


def _amount(unit: int) -> str:
    """Give the pattern of amounts too small to be a fault: all of them are exact in a float."""
    return rf"^[0-9]{{1,{len(str(MOST_MINOR // (100 * unit))) - 1}}}(\.[0-9]{{1,2}})?$"


def _minor(texts: pa.LargeStringArray, plain: pa.BooleanArray, unit: int) -> list[Any]:
    """Give the plain amounts in minor units; the others are None."""
    amounts = pc.cast(pc.if_else(plain, texts, pa.scalar(None, pa.large_string())), pa.float64())
    exact = np.rint(amounts.to_numpy(zero_copy_only=False) * 100)
    lost = np.isnan(exact)
    minor: list[Any] = pa.array(np.where(lost, 0, exact).astype(np.int64) * unit, mask=lost).to_pylist()
    return minor
