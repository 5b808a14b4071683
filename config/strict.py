"""Read TOML strictly: a key that nobody knows, or one that is missing, is refused by its full name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

CONFIDENCES = ("H", "M", "L")


class BadConfig(ValueError):
    """A configuration file cannot be used; the message names the file and the key."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    BadConfig
        If there is no such file or it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadConfig(f"{path.name}: there is no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path.name}: {error}") from error


def keys(table: Any, needed: Iterable[str], where: str, *, optional: Iterable[str] = ()) -> Mapping[str, Any]:
    """Give the table if it has exactly the needed keys, and perhaps the optional ones.

    >>> keys({"a": 1}, ["a"], "demo")
    {'a': 1}
    """
    if not isinstance(table, dict):
        raise BadConfig(f"{where}: a table is needed here")
    needed, optional = list(needed), list(optional)
    unknown = sorted(set(table) - set(needed) - set(optional))
    missing = sorted(set(needed) - set(table))
    if unknown:
        raise BadConfig(f"{where}: unknown {', '.join(unknown)}")
    if missing:
        raise BadConfig(f"{where}: {', '.join(missing)} missing")
    return table


def typed(value: Any, kind: type | tuple[type, ...], where: str) -> Any:
    """Give the value if it is of the kind; true and false are not numbers here."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise BadConfig(f"{where}: {value!r} is not {' or '.join(one.__name__ for one in kinds)}")
    return value


def confidence(value: Any, where: str) -> str:
    """Read a confidence: H, M or L."""
    if value not in CONFIDENCES:
        raise BadConfig(f"{where}: confidence is one of {', '.join(CONFIDENCES)}, not {value!r}")
    return str(value)


def day(value: Any, where: str) -> date:
    """Read a date."""
    return date.fromisoformat(str(typed(value, date, where)))
