"""Load the numbers of the crews' safety from ``config/safety.toml``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from config.rules import WHY, term
from config.strict import BadConfig, day, keys, read_toml, typed
from config.survey import positive
from planner.safety import Number, SafetyTerms

FILE = Path(__file__).parent / "safety.toml"
FORMAT = "rounds-safety/1"
MINUTES = ("check_in_min", "ahead_min", "more_min", "call_min", "not_begun_min", "entered_late_min", "back_days")
#: what a telephone dials
DIALLED = re.compile(r"\+?\d{2,15}")


@lru_cache(maxsize=4)
def load_safety(path: Path = FILE) -> SafetyTerms:
    """Load the terms.

    Raises
    ------
    BadConfig
        If a key is unknown, missing or of the wrong kind, a length is not positive, or a number cannot be dialled; the
        message names it.
    """
    top = keys(read_toml(path), ["format", "dated", *MINUTES, "numbers"], path.name)
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    day(top["dated"], "dated")
    numbers = {
        code: tuple(number(one, f"numbers.{code}") for one in typed(listed, list, f"numbers.{code}"))
        for code, listed in typed(top["numbers"], dict, "numbers").items()
    }
    return SafetyTerms(**{name: positive(top[name], name) for name in MINUTES}, numbers=MappingProxyType(numbers))


def number(table: Any, where: str) -> Number:
    """Read an emergency number."""
    keys(table, ["number", "name"], where)
    name = keys(table["name"], ["en", "zh"], f"{where}.name")
    keys(table["number"], ["value", *WHY], where)
    read = term(table["number"], str, where)
    if not DIALLED.fullmatch(read.value):
        raise BadConfig(f"{where}: {read.value!r} cannot be dialled")
    return Number(read, typed(name["en"], str, where), typed(name["zh"], str, where))
