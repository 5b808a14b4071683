"""A column profile: what a bank calls its columns, and what its file leaves unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from planner.intake.columns import COLUMNS, Holds

DATE_ORDERS = ("ask", "day_first", "month_first", "leave")
SERIAL_DATES = ("workbook", "always")
MONEY_UNITS = ("ask", "one", "ten_thousand", "lakh")
DATUMS = ("ask", "wgs84", "gcj02", "bd09", "cgcs2000", "unknown")


@dataclass(frozen=True)
class Profile:
    """How to read one kind of overdue list. ``config.profiles`` loads it from TOML; every value is validated there.

    Attributes
    ----------
    date_order
        How to read 01/02/2026: ``ask`` asks, ``day_first`` or ``month_first`` decide, ``leave`` reads it as
        empty.
    serial_dates
        Whether 45322 may be a date only in a ``workbook`` or ``always``.
    money_unit
        Unit of an amount whose heading says none: ``one`` (元), ``ten_thousand`` (万元), ``lakh`` (100,000); ``ask``
        takes 元 and asks where amounts are so small that they look like 万元 or lakh.
    datum
        Coordinate system where the file says none; ``ask`` asks, ``unknown`` takes coordinates as up to 1 km off.
    extents
        Boxes (west, south, east, north) in degrees that coordinates are expected in, used to see swapped ones.
    only_extents
        Whether coordinates outside all boxes are refused.
    columns
        Canonical column → headings, the preferred first.
    values
        Canonical choice column → value → the words for it.
    protected, third_party
        Words in headings of columns to drop: what must not be known, and people who owe nothing.
    """

    name: str
    title: str = ""
    date_order: str = "ask"
    serial_dates: str = "workbook"
    money_unit: str = "ask"
    datum: str = "ask"
    extents: tuple[tuple[float, float, float, float], ...] = ()
    only_extents: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    third_party: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the profile as plain values, to be read back by ``profile_from``."""
        return asdict(self)


def profile_from(told: Mapping[str, Any]) -> Profile:
    """Make a profile from plain values, as TOML or JSON give them.

    Raises
    ------
    ValueError
        If a key, a canonical column or a choice is unknown; the message names it.
    """
    known = {one.name for one in fields(Profile)}
    unknown = sorted(set(told) - known)
    if unknown:
        raise ValueError(f"a column profile has no key {unknown[0]!r}; it has {', '.join(sorted(known))}")
    if "name" not in told:
        raise ValueError("a column profile needs a name")
    for key, allowed in (
        ("date_order", DATE_ORDERS),
        ("serial_dates", SERIAL_DATES),
        ("money_unit", MONEY_UNITS),
        ("datum", DATUMS),
    ):
        if told.get(key, allowed[0]) not in allowed:
            raise ValueError(f"{key} is one of {', '.join(allowed)}, not {told[key]!r}")
    columns, values = told.get("columns", {}), told.get("values", {})
    for name in columns:
        if name not in COLUMNS:
            raise ValueError(f"there is no canonical column {name!r}")
    for name in values:
        if name not in COLUMNS or COLUMNS[name].holds not in (Holds.CHOICE, Holds.WORDS):
            raise ValueError(f"there is no choice column {name!r}")
    return Profile(
        **{
            **told,
            "extents": tuple(_box(box) for box in told.get("extents", ())),
            "columns": {name: tuple(words) for name, words in columns.items()},
            "values": {
                name: {value: tuple(words) for value, words in choices.items()} for name, choices in values.items()
            },
            "protected": tuple(told.get("protected", ())),
            "third_party": tuple(told.get("third_party", ())),
        }
    )


def _box(box: Any) -> tuple[float, float, float, float]:
    west, south, east, north = (float(side) for side in box)
    if not (west < east and south < north):
        raise ValueError(f"an extent is west, south, east, north in degrees, not {list(box)}")
    return west, south, east, north
