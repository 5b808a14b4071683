"""Tables of ``planner.tables`` to rows of the database and back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd

from planner import tables
from planner.tables import Schema, conform, empty

#: by so many of its values a column is judged to be one of few words
_LOOKED_AT = 400
#: where the digits of a UUID stand between its hyphens
_DIGITS = [at for at in range(36) if at not in (8, 13, 18, 23)]


def instant(moment: datetime) -> str:
    """Write an instant as the database keeps it: UTC, microseconds, a final Z.

    >>> from datetime import timedelta, timezone
    >>> instant(datetime(2026, 11, 30, 8, tzinfo=timezone(timedelta(hours=8))))
    '2026-11-30T00:00:00.000000Z'

    Raises
    ------
    ValueError
        If the moment has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"an instant needs a time zone, got {moment!r}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """Read an instant of the database, in UTC.

    >>> moment("2026-11-30T00:00:00.000000Z").isoformat()
    '2026-11-30T00:00:00+00:00'
    """
    return datetime.fromisoformat(text)


def day(value: date) -> str:
    """Write a date as the database keeps it.

    >>> day(date(2026, 11, 30))
    '2026-11-30'
    """
    return value.strftime("%Y-%m-%d")


def fresh_ids(count: int) -> list[str]:
    """Make so many random ids (UUID, version 4), in their order.

    >>> from uuid import UUID
    >>> {UUID(one).version for one in fresh_ids(3)}
    {4}
    """
    drawn = np.frombuffer(os.urandom(16 * count), np.uint8).reshape(count, 16).copy()
    drawn[:, 6] = drawn[:, 6] & 0x0F | 0x40  # the version
    drawn[:, 8] = drawn[:, 8] & 0x3F | 0x80  # the kind of UUID
    text = np.full((count, 36), ord("-"), np.uint8)
    text[:, _DIGITS] = np.frombuffer(drawn.tobytes().hex().encode(), np.uint8).reshape(count, 32)
    return [str(one) for one in np.sort(text.view("S36").ravel()).astype("U36").tolist()]


def rows(table: pd.DataFrame, schema: Schema, *more: Any) -> list[tuple[Any, ...]]:
    """Give the table's rows in the schema's column order; NaN and NaT become None. Each ends with ``more``.

    Raises
    ------
    ValueError
        If the table does not conform to the schema.
    """
    return list(zip(*columns(table, schema, *more), strict=True))


def columns(table: pd.DataFrame, schema: Schema, *more: Any) -> list[list[Any]]:
    """Give the values of ``rows``, and raise, column by column: quicker where nobody looks at a row."""
    checked = conform(table, schema)
    return [*(_values(checked[name], dtype) for name, dtype in schema.items()), *([one] * len(checked) for one in more)]


def frame(found: Sequence[Sequence[Any]], schema: Schema) -> pd.DataFrame:
    """Make a conforming table of rows in the schema's column order."""
    if not found:
        return empty(schema)
    cells = zip(*found, strict=True)
    # Arrays of the declared types: columns that come as series are compared row by row first, eight times as long.
    return pd.DataFrame({name: _array(values, schema[name]) for name, values in zip(schema, cells, strict=True)})


def _values(series: pd.Series[Any], dtype: str) -> list[Any]:
    if dtype == tables.TEXT:
        return _texts(series)
    if dtype == tables.REAL:
        values = series.to_numpy().astype(object)
        values[series.isna().to_numpy()] = None
        return list(values)
    if dtype == tables.DAY:
        return _iso(series.to_numpy().astype("datetime64[D]"), "")
    if dtype == tables.AT:
        return _iso(series.dt.tz_localize(None).to_numpy().astype("datetime64[us]"), "Z")
    return series.tolist()


def _texts(series: pd.Series[Any]) -> list[str]:
    """Give texts, of a column of few words each word once."""
    some = series.iloc[:_LOOKED_AT]
    if len(series) > _LOOKED_AT and some.nunique(dropna=False) <= _LOOKED_AT // 8:
        which, words = pd.factorize(series, use_na_sentinel=False)
        if len(words) <= len(series) // 8:
            kept = np.array(["" if one != one else one for one in words.tolist()], dtype=object)  # noqa: PLR0124  NaN
            every: list[str] = kept[which].tolist()
            return every
    return series.fillna("").tolist()


def _iso(values: np.ndarray[Any, Any], suffix: str) -> list[str | None]:
    which, different = pd.factorize(values, use_na_sentinel=False)  # a list has few days
    texts = [None if text == "NaT" else text + suffix for text in np.datetime_as_string(different).tolist()]
    every: list[str | None] = np.array(texts, dtype=object)[which].tolist()
    return every


def _array(values: Sequence[Any], dtype: str) -> Any:
    if dtype == tables.DAY:
        return np.array(["NaT" if v is None else v for v in values], dtype=dtype)
    if dtype == tables.AT:
        bare = np.array(["NaT" if v is None else v[:-1] for v in values], dtype="datetime64[us]")
        return pd.DatetimeIndex(bare).tz_localize("UTC")
    if dtype == tables.REAL:
        return np.array([np.nan if v is None else v for v in values], dtype=dtype)
    if dtype == tables.TEXT:
        return pd.array(list(values), dtype=pd.StringDtype(na_value=np.nan))
    return np.array(values, dtype=dtype)
