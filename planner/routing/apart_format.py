"""Reads and writes pairs of visits that are never on one route, ``field-visit-apart/1``, a file beside a problem's.

The problem's own format is fixed and has no key for them.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from planner.routing.fields import as_text, fields, read_object, shown
from planner.routing.problem import BadProblem, Pair, pair

FORMAT = "field-visit-apart/1"


def read_apart(path: Path) -> frozenset[Pair]:
    """Read the pairs of a file.

    Raises
    ------
    BadProblem
        If the file breaks the format.
    """
    data = read_object(path, FORMAT)
    top = fields(data, "", frozenset(["format", "apart"]))
    return frozenset(_pair(one, f"apart[{k}]") for k, one in enumerate(top.rows("apart")))


def write_apart(path: Path, apart: Collection[Pair]) -> None:
    """Write pairs."""
    data = {"format": FORMAT, "apart": sorted(list(one) for one in apart)}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _pair(one: object, way: str) -> Pair:
    if not isinstance(one, list) or len(one) != 2 or one[0] == one[1]:
        raise BadProblem(f"{way!r} must be a list of the ids of two visits, not {shown(one)}.")
    return pair(*(as_text(name, f"{way}[{k}]") for k, name in enumerate(one)))
