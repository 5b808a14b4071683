"""Reads and writes planning problems, ``field-visit-problem/1``.

Whatever breaks the format is refused with one sentence that names the key; nothing is repaired silently.
"""

from __future__ import annotations

import itertools
import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.routing.fields import Fields, as_real, fields, known_format, read_object, shown
from planner.routing.problem import (
    BadProblem,
    Break,
    Lock,
    Option,
    Problem,
    Published,
    PublishedRoute,
    Seconds,
    Shift,
    Visit,
)

FORMAT = "field-visit-problem/1"

#: From this many places on, the matrix is written beside the problem instead of into it.
MATRIX_FILE_FROM = 200

#: Rows of a matrix that are checked at once.
ROWS = 512

_PROBLEM = frozenset(
    [
        "format",
        "origin",
        "travel_cost_per_s",
        "seconds",
        "matrix_file",
        "visits",
        "shifts",
        "locks",
        "published",
        "hour_factors",
    ]
)
_VISIT = frozenset(["id", "place", "service_s", "required", "needs", "options"])
_OPTION = frozenset(["opens", "closes", "value", "place", "service_s"])
_SHIFT = frozenset(["id", "crew", "start_place", "end_place", "starts", "ends", "skills", "breaks", "max_stops"])
_BREAK = frozenset(["opens", "closes", "lasts_s"])
_LOCK = frozenset(["visit", "shift", "position", "begins"])
_PUBLISHED = frozenset(["routes", "change_cost"])
_ROUTE = frozenset(["shift", "leaves_start", "reaches_end", "stops", "breaks"])
_STOP = frozenset(["visit", "option", "arrives", "begins", "leaves"])


def read_problem(path: Path) -> Problem:
    """Read a problem and, where it names one, the matrix file beside it.

    Raises
    ------
    BadProblem
        If the file breaks the format.
    """
    data = read_object(path, FORMAT)
    return problem_from_dict(data, folder=path.parent)


def problem_from_dict(data: dict[str, Any], *, folder: Path | None = None, seconds: Seconds | None = None) -> Problem:
    """Give the problem that a JSON object describes; ``folder`` is where its ``matrix_file`` lies.

    ``seconds`` is its matrix where that is kept apart, as saved plans have it: then no file is read.

    Raises
    ------
    BadProblem
        If the object breaks the format.
    """
    known_format(data, FORMAT)
    top = fields(data, "", _PROBLEM)
    seconds, metres = _matrix(top, folder) if seconds is None else (_checked(seconds, "seconds"), None)
    places = len(seconds)
    visits = tuple(_visit(one, places) for one in top.objects("visits", _VISIT))
    shifts = tuple(_shift(one, places) for one in top.objects("shifts", _SHIFT))
    _unique((one.id for one in visits), "visits")
    _unique((one.id for one in shifts), "shifts")
    problem = Problem(
        origin=_origin(top),
        travel_cost_per_s=top.real("travel_cost_per_s", least=0.0),
        seconds=seconds,
        metres=metres,
        visits=visits,
        shifts=shifts,
        locks=tuple(_lock(one) for one in top.objects("locks", _LOCK, [])),
        published=top.or_none("published", lambda key: _published(fields(top.value(key), key, _PUBLISHED))),
        hour_factors=top.or_none("hour_factors", lambda key: _hour_factors(top, key)),
    )
    _check_locks(problem)
    _check_published(problem)
    return problem


def problem_to_dict(
    problem: Problem, *, matrix_file: str | None = None, visits: Mapping[int, dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Give the JSON object of a problem, with the matrix in it unless ``matrix_file`` names where it is.

    ``visits`` are those that have been written already, by the ``id`` of the object, which still lives.
    """
    written = visits or {}
    seconds = None if matrix_file else [[None if math.isnan(x) else x for x in row] for row in problem.seconds.tolist()]
    data: dict[str, Any] = {
        "format": FORMAT,
        "origin": problem.origin.isoformat(),
        "travel_cost_per_s": problem.travel_cost_per_s,
        "seconds": seconds,
        "matrix_file": matrix_file,
        "visits": [written.get(id(one)) or _visit_dict(one) for one in problem.visits],
        "shifts": [_shift_dict(one) for one in problem.shifts],
    }
    if problem.locks:
        data["locks"] = [
            {"visit": one.visit, "shift": one.shift, "position": one.position, "begins": one.begins}
            for one in problem.locks
        ]
    if problem.published is not None:
        routes = [
            {"shift": one.shift, "stops": [{"visit": visit} for visit in one.visits]}
            for one in problem.published.routes
        ]
        data["published"] = {"routes": routes, "change_cost": problem.published.change_cost}
    if problem.hour_factors is not None:
        data["hour_factors"] = list(problem.hour_factors)
    return data


def write_problem(path: Path, problem: Problem, *, compressed: bool = True) -> None:
    """Write a problem; a large matrix, or one with metres, goes into an ``.npz`` of the same name beside it.

    Compressing takes most of the time, and is of no use for a file that is read once.
    """
    if len(problem.seconds) < MATRIX_FILE_FROM and problem.metres is None:
        path.write_text(json.dumps(problem_to_dict(problem), ensure_ascii=False), encoding="utf-8")
        return
    matrix = path.with_suffix(".npz")
    arrays = {"seconds": problem.seconds}
    if problem.metres is not None:
        arrays["metres"] = problem.metres
    (np.savez_compressed if compressed else np.savez)(matrix, **arrays)  # type: ignore[arg-type]
    path.write_text(json.dumps(problem_to_dict(problem, matrix_file=matrix.name), ensure_ascii=False), encoding="utf-8")


def _origin(top: Fields) -> datetime:
    text = top.text("origin")
    try:
        origin = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadProblem(
            f"'origin' must be a date and time such as 2026-11-30T00:00:00+08:00, not {text!r}."
        ) from error
    if origin.tzinfo is None:
        raise BadProblem(f"'origin' must name its offset from UTC, such as +08:00, but {text!r} does not.")
    return origin


def _matrix(top: Fields, folder: Path | None) -> tuple[Seconds, NDArray[np.float64] | None]:
    inside, name = top.value("seconds", None), top.value("matrix_file", None)
    if (inside is None) == (name is None):
        raise BadProblem("Exactly one of 'seconds' and 'matrix_file' must be given, the other null.")
    if name is None:
        return _checked(_rows(inside), "seconds"), None
    name = top.text("matrix_file")
    if folder is None or Path(name).name != name:
        raise BadProblem(f"'matrix_file' must name a file beside the problem, not {name!r}.")
    try:
        with np.load(folder / name, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in ("seconds", "metres") if key in stored}
    except FileNotFoundError as error:
        raise BadProblem(f"The matrix file {name!r} is not there; it must lie beside the problem.") from error
    except (OSError, ValueError, zipfile.BadZipFile, AttributeError, TypeError, EOFError) as error:
        raise BadProblem(f"The matrix file {name!r} cannot be read as an npz file.") from error
    if "seconds" not in arrays:
        raise BadProblem(f"The matrix file {name!r} has no array named 'seconds'.")
    for key, array in arrays.items():
        if array.dtype.kind not in "fiu":
            raise BadProblem(f"The array {key!r} of the matrix file must hold numbers, not {array.dtype}.")
    # float32 stays what it is: of ten thousand places a copy in float64 would be 800 MB.
    known = arrays["seconds"]
    seconds = _checked(known if known.dtype == np.float32 else known.astype(np.float64), "seconds")
    metres = arrays.get("metres")
    if metres is not None and metres.shape != seconds.shape:
        raise BadProblem("The arrays 'seconds' and 'metres' of the matrix file must have the same shape.")
    return seconds, None if metres is None else metres.astype(np.float64)


def _rows(rows: object) -> NDArray[np.float64]:
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == len(rows) for row in rows):
        raise BadProblem("'seconds' must be a list of rows, as many rows as each row has numbers.")
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise BadProblem(f"'seconds[{i}][{j}]' must be a number or null, not {shown(value)}.")
    plain = [[np.nan if value is None else float(value) for value in row] for row in rows]
    return np.array(plain, dtype=np.float64).reshape(len(rows), len(rows))


def _checked(seconds: Seconds, name: str) -> Seconds:
    if seconds.ndim != 2 or seconds.shape[0] != seconds.shape[1]:
        raise BadProblem(f"{name!r} must be square, not of shape {seconds.shape}.")
    for at in range(0, len(seconds), ROWS):
        rows = seconds[at : at + ROWS]
        for fault, where in (("negative", rows < 0), ("infinite", np.isinf(rows))):
            if where.any():
                i, j = np.argwhere(where)[0]
                raise BadProblem(f"'{name}[{at + i}][{j}]' must not be {fault}.")
    off = np.flatnonzero(np.diagonal(seconds) != 0)
    if len(off):
        raise BadProblem(f"'{name}[{off[0]}][{off[0]}]' must be 0, as the whole diagonal.")
    return seconds


def _visit(one: Fields, places: int) -> Visit:
    options = tuple(_option(row, places) for row in one.objects("options", _OPTION))
    in_time = sorted(options, key=lambda option: (option.opens, option.closes))
    for before, after in itertools.pairwise(in_time):
        if after.opens < before.closes:
            raise BadProblem(f"{one.path('options')!r} overlap: one opens at {after.opens} before {before.closes}.")
    return Visit(
        id=one.text("id"),
        place=_place(one, "place", places),
        service_s=one.whole("service_s", least=0),
        required=one.flag("required", False),
        needs=one.texts("needs", []),
        options=options,
    )


def _place(one: Fields, key: str, places: int) -> int:
    """Give a row of the matrix; which of the two is wrong only its author knows."""
    place = one.whole(key, least=0)
    if place >= places:
        rows = f"only the rows 0 to {places - 1}" if places else "no rows"
        raise BadProblem(f"{one.path(key)!r} is {place}, but the matrix has {rows}.")
    return place


def _option(one: Fields, places: int) -> Option:
    option = Option(
        opens=one.whole("opens"),
        closes=one.whole("closes"),
        value=one.real("value"),
        place=one.or_none("place", lambda key: _place(one, key, places)),
        service_s=one.or_none("service_s", lambda key: one.whole(key, least=0)),
    )
    if option.closes < option.opens:
        raise BadProblem(f"{one.path('closes')!r} is {option.closes}, before it opens at {option.opens}.")
    return option


def _shift(one: Fields, places: int) -> Shift:
    shift = Shift(
        id=one.text("id"),
        crew=one.text("crew"),
        start_place=_place(one, "start_place", places),
        end_place=_place(one, "end_place", places),
        starts=one.whole("starts"),
        ends=one.whole("ends"),
        skills=one.texts("skills", []),
        breaks=tuple(_break(row) for row in one.objects("breaks", _BREAK, [])),
        max_stops=one.or_none("max_stops", lambda key: one.whole(key, least=0)),
    )
    if shift.ends < shift.starts:
        raise BadProblem(f"{one.path('ends')!r} is {shift.ends}, before the shift starts at {shift.starts}.")
    return shift


def _break(one: Fields) -> Break:
    pause = Break(one.whole("opens"), one.whole("closes"), one.whole("lasts_s", least=1))
    if pause.closes < pause.opens:
        raise BadProblem(f"{one.path('closes')!r} is {pause.closes}, before it opens at {pause.opens}.")
    return pause


def _lock(one: Fields) -> Lock:
    return Lock(
        visit=one.text("visit"),
        shift=one.text("shift"),
        position=one.or_none("position", lambda key: one.whole(key, least=0)),
        begins=one.or_none("begins", one.whole),
    )


def _published(one: Fields) -> Published:
    routes = tuple(
        PublishedRoute(row.text("shift"), tuple(stop.text("visit") for stop in row.objects("stops", _STOP)))
        for row in one.objects("routes", _ROUTE)
    )
    return Published(routes, one.real("change_cost", least=0.0))


def _hour_factors(top: Fields, key: str) -> tuple[float, ...]:
    factors = tuple(as_real(one, f"{key}[{i}]", least=0.0) for i, one in enumerate(top.rows(key)))
    if len(factors) != 24 or not all(factors):
        raise BadProblem(f"{key!r} must hold 24 numbers above 0.")
    return factors


def _unique(ids: Iterable[str], name: str) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise BadProblem(f"The id {one!r} stands twice in {name!r}.")
        seen.add(one)


def _check_locks(problem: Problem) -> None:
    visits, shifts = {one.id: one for one in problem.visits}, {one.id for one in problem.shifts}
    _unique((lock.visit for lock in problem.locks), "locks")
    taken: set[tuple[str, int]] = set()
    for lock in problem.locks:
        if lock.visit not in visits or lock.shift not in shifts:
            unknown = lock.shift if lock.visit in visits else lock.visit
            raise BadProblem(f"'locks' names {unknown!r}, which the problem does not have.")
        options = visits[lock.visit].options
        if lock.begins is not None and not any(one.opens <= lock.begins <= one.closes for one in options):
            raise BadProblem(f"'locks' lets {lock.visit!r} begin at {lock.begins}, outside all its options.")
        if lock.position is not None:
            if (lock.shift, lock.position) in taken:
                raise BadProblem(f"'locks' gives position {lock.position} of shift {lock.shift!r} to two visits.")
            taken.add((lock.shift, lock.position))


def _check_published(problem: Problem) -> None:
    if problem.published is None:
        return
    visits, shifts = {one.id for one in problem.visits}, {one.id for one in problem.shifts}
    named = [visit for route in problem.published.routes for visit in route.visits]
    for unknown in [*(set(named) - visits), *({route.shift for route in problem.published.routes} - shifts)]:
        raise BadProblem(f"'published' names {unknown!r}, which the problem does not have.")
    _unique(named, "published.routes")
    _unique((route.shift for route in problem.published.routes), "published.routes")


def _visit_dict(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "place": visit.place,
        "service_s": visit.service_s,
        "required": visit.required,
        "needs": sorted(visit.needs),
        "options": [_option_dict(one) for one in visit.options],
    }


def _option_dict(option: Option) -> dict[str, Any]:
    data: dict[str, Any] = {"opens": option.opens, "closes": option.closes, "value": option.value}
    if option.place is not None:
        data["place"] = option.place
    if option.service_s is not None:
        data["service_s"] = option.service_s
    return data


def _shift_dict(shift: Shift) -> dict[str, Any]:
    return {
        "id": shift.id,
        "crew": shift.crew,
        "start_place": shift.start_place,
        "end_place": shift.end_place,
        "starts": shift.starts,
        "ends": shift.ends,
        "skills": sorted(shift.skills),
        "breaks": [{"opens": one.opens, "closes": one.closes, "lasts_s": one.lasts_s} for one in shift.breaks],
        "max_stops": shift.max_stops,
    }
