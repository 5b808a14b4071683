"""Matrices kept on disk by content: the same points of the same engine are asked once."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from geodata.roads.travel import (
    Extending,
    Floats,
    OnCells,
    RoadEngine,
    RouteShape,
    TravelTimes,
    alike,
    unheard,
    without_far,
)

FORMAT = b"travel-times/1"
MAX_BYTES = 1_000_000_000
#: among so many files used last a kept matrix of nearly the same points is sought
LOOKED_AT = 40
#: so long another process is waited for that asks the same; it may hang, and asking twice harms nothing
WAIT_S = 60.0
DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)


class CachedRoads:
    """An engine that remembers its matrices.

    A question that differs from a kept one by some points asks only their rows and columns, where the engine can
    (``Extending``) and at least half of the points are kept: a place added is a fraction of a second, one removed
    nothing. Processes that ask the same at the same time ask once: the others wait, a minute at most. Estimates are
    not kept: they are quicker to make than to read. A file that is damaged, or of other points, is made anew.

    Parameters
    ----------
    engine
        Who is asked. Its ``source`` is part of the key, so other road data is another matrix.
    folder
        Made when missing. Several processes may share it.
    max_bytes
        What the folder may hold; the files unused for longest go first.
    """

    def __init__(self, engine: RoadEngine, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._engine = engine
        self._folder = folder
        self._max_bytes = max_bytes

    @property
    def source(self) -> str:
        """Name the engine behind."""
        return self._engine.source

    def travel_times(self, points: Floats, *, on_cells: OnCells = unheard) -> TravelTimes:
        """Give the kept matrix of these points (alike to a millionth of a degree), or ask and keep it."""
        rounded = alike(points)
        path = self._folder / f"{matrix_key(self._engine.source, rounded)}.npz"
        kept = _read(path, rounded, self._engine.source)
        if kept is not None:
            return kept
        with _alone(path):
            # Whoever had to wait finds what the other one has asked meanwhile.
            kept = _read(path, rounded, self._engine.source)
            return self._asked(path, points, rounded, on_cells) if kept is None else kept

    def _asked(self, path: Path, points: Floats, rounded: Floats, on_cells: OnCells) -> TravelTimes:
        times = self._extended(points, rounded, on_cells)
        if times is None:
            times = self._engine.travel_times(points, on_cells=on_cells)
        if not times.estimated and times.source == self._engine.source:
            _write(path, rounded, times)
            _prune(self._folder, self._max_bytes, keep=path)
        return times

    def _extended(self, points: Floats, rounded: Floats, on_cells: OnCells) -> TravelTimes | None:
        if not isinstance(self._engine, Extending):
            return None
        known = np.isfinite(rounded).all(axis=1)
        most = _most_alike(self._folder, rounded[known], self._engine.source)
        kept = most and _read(most[0], most[1], self._engine.source)
        if not most or kept is None:
            return None
        row = {point: n for n, point in enumerate(map(tuple, most[1].tolist()))}
        rows = np.array([row.get(point, -1) for point in map(tuple, rounded.tolist())], dtype=np.intp)
        rows[~known] = -1
        return self._engine.extended(points, kept, rows, on_cells=on_cells)

    def route(self, points: Floats) -> RouteShape:
        """Ask the engine: one route is a matter of milliseconds."""
        return self._engine.route(points)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process or thread at a time ask for a matrix, and who has waited for ``WAIT_S`` as well.

    The locks are few files for many matrices, which are never removed: two who lock a file of which one was just
    removed would both go in.
    """
    locks = path.parent / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(locks / f"{path.stem[:2]}.lock", timeout=WAIT_S, thread_local=False)
    with suppress(Timeout):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def matrix_key(source: str, rounded: Floats) -> str:
    """Give the name under which a matrix is kept: a hash of the engine and the points in their order."""
    digest = hashlib.sha256(FORMAT)
    digest.update(source.encode() + b"\0")
    digest.update(np.ascontiguousarray(rounded, dtype="<f8").tobytes())
    return digest.hexdigest()[:32]


def _most_alike(folder: Path, known: Floats, source: str) -> tuple[Path, Floats] | None:
    """Give the kept matrix of this source that shares most points with the question, at least half, and its points.

    Only the points of the files used last are read: a file's name tells whether they and the source belong to it.
    """
    wanted = as_complex(known)
    best: tuple[int, Path, Floats] | None = None
    for path in sorted(folder.glob("*.npz"), key=_used_at, reverse=True)[:LOOKED_AT]:
        try:
            with np.load(path, allow_pickle=False) as file:
                points = np.asarray(file["points"], dtype=np.float64)
        except DAMAGED:
            continue
        if points.ndim != 2 or path.stem != matrix_key(source, points):
            continue
        shared = int(np.isin(wanted, as_complex(points)).sum())
        if 2 * shared >= len(wanted) and (best is None or shared > best[0]):
            best = (shared, path, points)
    return None if best is None or not best[0] else best[1:]


def as_complex(points: Floats) -> NDArray[np.complex128]:
    """Give (n, 2) points as one number each."""
    return np.asarray(points[:, 0] + 1j * points[:, 1], dtype=np.complex128)


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process pruned it
        return 0.0


def _read(path: Path, rounded: Floats, source: str) -> TravelTimes | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            seconds, metres, snap_m, points = (file[key] for key in ("seconds", "metres", "snap_m", "points"))
        os.utime(path)  # used now: the last to be pruned
    except DAMAGED:
        return None
    n = len(rounded)
    if seconds.shape != (n, n) or metres.shape != (n, n) or snap_m.shape != (n,):
        return None
    if not np.array_equal(points, rounded, equal_nan=True):
        return None
    return without_far(TravelTimes(seconds, metres, snap_m, source, estimated=False))


def _write(path: Path, rounded: Floats, times: TravelTimes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, seconds=times.seconds, metres=times.metres, snap_m=times.snap_m, points=rounded)
        os.replace(name, path)  # whole or not at all
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _prune(folder: Path, max_bytes: int, *, keep: Path) -> None:
    files = []
    for path in folder.glob("*.npz"):
        try:
            status = path.stat()
        except FileNotFoundError:  # another process pruned it
            continue
        files.append((status.st_mtime, status.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= max_bytes:
            return
        if path != keep:
            path.unlink(missing_ok=True)
            total -= size
