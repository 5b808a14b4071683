"""The accepted rows as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from planner.intake.ageing import Ageing
from planner.intake.cells import PAST_DAYS
from planner.intake.columns import COLUMNS, PLACE_KINDS, Holds
from planner.intake.coordinates import Sites
from planner.intake.fields import Fields, any_fault
from planner.intake.people import persons
from planner.intake.values import Fault

_TEXT = (Holds.CASE_ID, Holds.NAME, Holds.PHONE, Holds.TEXT, Holds.CHOICE, Holds.WORDS)
_EPOCH = date(1970, 1, 1).toordinal()
_LEFT_OUT = ("bucket", "datum", "due_on", "as_of_on", "days_past_due", "guarantor")


def accepted_rows(
    fields: Fields, aged: Ageing, sites: Mapping[str, Sites], indices: Sequence[int], kept: Sequence[int], today: date
) -> tuple[pd.DataFrame, list[tuple[int, int]]]:
    """Build the table of ``Checked.rows``, and give the pairs of file rows that agree on name and phone but not on
    identity number.

    Parameters
    ----------
    indices
        Index in the grid of each data row.
    kept
        Positions among the data rows that are accepted.

    ``fields`` is used up: a column's cells are let go as soon as they stand in the table.
    """
    count = len(indices)

    def column(name: str) -> list[Any]:
        values = fields.column(name, count)
        if len(kept) < count:
            values = [values[n] for n in kept]
        return [None if isinstance(one, Fault) else one for one in values] if any_fault(values) else values

    names, phones, homes = column("name"), column("phone"), [sites["home"].addresses[n] for n in kept]
    person, clashes = persons([one or "" for one in column("id_number")], names, [one or "" for one in phones], homes)
    del names, phones, homes
    # One empty column stands for all of a kind: there are two dozen, and a million rows of each would be 8 MB.
    nothing: dict[object, pd.Series] = {}
    data: dict[str, Any] = {
        "row": np.array([indices[n] + 1 for n in kept], dtype=np.int64),
        "person": np.array(person, dtype=np.int64),
        "days_past_due": np.array([aged.days[n] for n in kept], dtype=np.int64),
        "as_of_on": _days([aged.as_of[n] for n in kept]),
        "due_on": _days([aged.due[n] for n in kept]),
    }
    for name, one in COLUMNS.items():
        if name in _LEFT_OUT or name.endswith("_datum") or one.holds in (Holds.ADDRESS, Holds.DEGREES, Holds.ID_NUMBER):
            continue
        if name not in fields.values:
            kind = (one.holds, one.otherwise)
            if kind not in nothing:
                nothing[kind] = _empty(name, len(kept))
            data[name if one.holds is not Holds.MONEY else f"{name}_minor"] = nothing[kind]
            continue
        values = column(name)
        fields.forget(name)
        if one.holds is Holds.MONEY:
            data[f"{name}_minor"] = pd.array([v if v is None or v >= 0 else None for v in values], dtype="Int64")
        elif one.holds is Holds.DAY:
            data[name] = _days([v if v is None or v <= today or name not in PAST_DAYS else None for v in values])
        elif one.holds in _TEXT:
            data[name] = _texts(values)
        else:
            data[name] = _texts([_accommodation(v) for v in values])
    data["debtor_type"] = data["debtor_type"].replace({"bad_faith": "unreviewed"})
    # Most lists have one kind of place: what the others say is nothing, and takes no memory.
    unknown, silent = np.full(len(kept), np.nan), _same("", len(kept))
    for place in PLACE_KINDS:
        site = sites[place]
        pairs = [site.pairs[n] for n in kept]
        placed = any(pairs)
        there = any(site.addresses)
        data[f"{place}_address"] = _texts([site.addresses[n] for n in kept]) if there else silent
        for part in ("lon", "lat", "accuracy_m"):
            data[f"{place}_{part}"] = (
                np.array([getattr(one, part) if one else np.nan for one in pairs], dtype=float) if placed else unknown
            )
        datums = (site.datums[n] if one else "" for n, one in zip(kept, pairs, strict=True))
        data[f"{place}_datum"] = _texts(list(datums)) if placed else silent
    return pd.DataFrame(data, copy=False), [(indices[kept[a]] + 1, indices[kept[b]] + 1) for a, b in clashes]


def _empty(name: str, count: int) -> pd.Series:
    """Give a column that the file does not have."""
    one = COLUMNS[name]
    if one.holds is Holds.DAY:
        return pd.Series(np.full(count, np.datetime64("NaT"), dtype="datetime64[s]"))
    if one.holds is Holds.MONEY:
        return pd.Series(pd.NA, index=pd.RangeIndex(count), dtype="Int64")
    return _same(one.otherwise if one.holds is Holds.CHOICE else "", count)


def _same(word: str, count: int) -> pd.Series:
    return pd.Series(word, index=pd.RangeIndex(count), dtype="str")


def _days(values: Sequence[date | None]) -> pd.Series:
    nothing = np.iinfo(np.int64).min  # NaT
    known = {v: nothing if v is None else v.toordinal() - _EPOCH for v in set(values)}
    counted = np.fromiter(map(known.__getitem__, values), np.int64, len(values))
    return pd.Series(counted.astype("datetime64[D]").astype("datetime64[s]"))


def _texts(values: Sequence[str | None]) -> pd.Series:
    return pd.Series([v or "" for v in values], dtype="str")


def _accommodation(value: Any) -> str:
    """Give an accommodation as text: a flag that is set is "yes"; one that is not set says nothing."""
    return value if isinstance(value, str) else ("yes" if value is True else "")
