"""Strict reading of JSON objects: each value is taken by its key, and what is wrong is said in one sentence.

The reader of a format names what it expects; an unknown key, a missing one or a value of another type raises
``BadProblem`` with the way to the value, such as ``visits[3].options[0].opens``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from planner.routing.problem import BadProblem

T = TypeVar("T")

#: Times farther than this from the origin are a mistake (about 30 years).
FARTHEST_S = 1_000_000_000

_ABSENT: Any = object()


@dataclass(frozen=True)
class Fields:
    """One JSON object that is being read; ``way`` names where it stands in the file."""

    values: Mapping[str, Any]
    way: str

    def path(self, key: str) -> str:
        """Give the way to one of its values."""
        return f"{self.way}.{key}" if self.way else key

    def value(self, key: str, default: Any = _ABSENT) -> Any:
        """Give the value as JSON has it; without a default the key must be there."""
        if key in self.values:
            return self.values[key]
        if default is _ABSENT:
            raise BadProblem(f"The key {self.path(key)!r} is missing.")
        return default

    def text(self, key: str, default: Any = _ABSENT, *, empty: bool = False) -> str:
        """Give a text, not empty unless allowed."""
        return as_text(self.value(key, default), self.path(key), empty=empty)

    def whole(
        self,
        key: str,
        default: Any = _ABSENT,
        *,
        least: int = -FARTHEST_S,
        most: int = FARTHEST_S,
    ) -> int:
        """Give an integer from ``least`` to ``most``."""
        return as_whole(self.value(key, default), self.path(key), least=least, most=most)

    def real(self, key: str, default: Any = _ABSENT, *, least: float = -math.inf) -> float:
        """Give a finite number."""
        return as_real(self.value(key, default), self.path(key), least=least)

    def flag(self, key: str, default: Any = _ABSENT) -> bool:
        """Give true or false."""
        value = self.value(key, default)
        if not isinstance(value, bool):
            raise BadProblem(f"{self.path(key)!r} must be true or false, not {shown(value)}.")
        return value

    def rows(self, key: str, default: Any = _ABSENT) -> Sequence[Any]:
        """Give a list."""
        value = self.value(key, default)
        if not isinstance(value, list):
            raise BadProblem(f"{self.path(key)!r} must be a list, not {shown(value)}.")
        return value

    def texts(self, key: str, default: Any = _ABSENT) -> frozenset[str]:
        """Give a list of texts as a set."""
        return frozenset(as_text(one, f"{self.path(key)}[{i}]") for i, one in enumerate(self.rows(key, default)))

    def objects(self, key: str, keys: frozenset[str], default: Any = _ABSENT) -> list[Fields]:
        """Give a list of objects that have only these keys."""
        return [fields(one, f"{self.path(key)}[{i}]", keys) for i, one in enumerate(self.rows(key, default))]

    def or_none(self, key: str, read: Callable[[str], T]) -> T | None:
        """Give what ``read`` gives, or None where the key is absent or null."""
        return None if self.value(key, None) is None else read(key)


def fields(value: object, way: str, keys: frozenset[str]) -> Fields:
    """Give an object for reading, having refused any key that the format does not know."""
    if not isinstance(value, dict):
        raise BadProblem(f"{way or 'The file'!r} must be an object, not {shown(value)}.")
    unknown = sorted(set(value) - keys)
    if unknown:
        raise BadProblem(f"The key {f'{way}.{unknown[0]}' if way else unknown[0]!r} is not known to this format.")
    return Fields(value, way)


def known_format(value: object, name: str) -> None:
    """Refuse a file that is not of this format and version."""
    if not isinstance(value, dict):
        raise BadProblem(f"The file must hold one object of the format {name!r}, not {shown(value)}.")
    if "format" not in value:
        raise BadProblem(f"The key 'format' is missing; it must be {name!r}.")
    if value["format"] != name:
        told = f"The format {shown(value['format'])} is not {name!r}, which is wanted here"
        raise BadProblem(f"{told}: the file is another one, or of another version.")


def read_object(path: Path, name: str) -> dict[str, Any]:
    """Read a JSON file that holds one object of a format (``read_json``).

    Raises
    ------
    BadProblem
        If the file cannot be read, or is of another format.
    """
    data = read_json(path)
    known_format(data, name)
    assert isinstance(data, dict)
    return data


def as_text(value: object, way: str, *, empty: bool = False) -> str:
    """Give the value if it is a text."""
    if not isinstance(value, str) or (not value and not empty):
        raise BadProblem(f"{way!r} must be a text{'' if empty else ' that is not empty'}, not {shown(value)}.")
    return value


def as_whole(value: object, way: str, *, least: int, most: int = FARTHEST_S) -> int:
    """Give the value if it is an integer in the range."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadProblem(f"{way!r} must be a whole number, not {shown(value)}.")
    if not least <= value <= most:
        raise BadProblem(f"{way!r} must lie between {least} and {most}, not {value}.")
    return value


def as_real(value: object, way: str, *, least: float = -math.inf) -> float:
    """Give the value if it is a finite number and not less than ``least``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e300:
        raise BadProblem(f"{way!r} must be a finite number, not {shown(value)}.")
    if value < least:
        raise BadProblem(f"{way!r} must not be less than {least:g}, not {value}.")
    return float(value)


def shown(value: object) -> str:
    """Give a value as a message shows it, cut short."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def read_json(path: Path) -> object:
    """Read a JSON file in UTF-8; NaN, infinities and repeated keys are refused.

    Raises
    ------
    BadProblem
        If the file cannot be read or is not JSON.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadProblem(f"The file {path.name!r} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise BadProblem(f"The file {path.name!r} is not UTF-8 text.") from error
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_repeats)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadProblem(f"The file {path.name!r} is not JSON: {error}.") from error


def _no_constant(name: str) -> float:
    raise BadProblem(f"{name} is no number that JSON allows; where it stands for a missing road write null.")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise BadProblem(f"The key {key!r} stands twice in one object.")
            seen.add(key)
    return found
