"""Reads and writes what visits are worth, ``field-visit-worths/1``, a file beside a problem's.

An option's value in a problem may be what a visit adds beyond a letter or a call. What the visit itself is worth is no
concern of the search then; it is only told with how far the search is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.routing.fields import fields, read_object, shown
from planner.routing.problem import BadProblem, Problem

FORMAT = "field-visit-worths/1"

#: worth of each option by visit, in currency units
Worths = Mapping[str, Sequence[float]]


def worths_of(problem: Problem) -> Worths:
    """Give the values of a problem's options."""
    return {visit.id: [option.value for option in visit.options] for visit in problem.visits}


def read_worths(path: Path) -> Worths:
    """Read the worths of a file.

    Raises
    ------
    BadProblem
        If the file breaks the format.
    """
    data = read_object(path, FORMAT)
    values = fields(data, "", frozenset(["format", "worths"])).value("worths")
    if not isinstance(values, dict) or not all(map(_good, values.values())):
        raise BadProblem(f"'worths' must be an object of lists of numbers, not {shown(values)}.")
    return values


def write_worths(path: Path, worths: Worths) -> None:
    """Write worths."""
    data = {"format": FORMAT, "worths": {name: list(each) for name, each in worths.items()}}
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _good(each: object) -> bool:
    return isinstance(each, list) and all(
        isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in each
    )
