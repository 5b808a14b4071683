"""Matrices kept on disk by content: the same points of the same engine are asked once."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from geodata.roads.travel import Floats, OnCells, RoadEngine, RouteShape, TravelTimes, alike, unheard

FORMAT = b"travel-times/1"
MAX_BYTES = 1_000_000_000


class CachedRoads:
    """An engine that remembers its matrices.

    Estimates are not kept: they are quicker to make than to read. A file that is damaged, or of other points, is made
    anew.

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
        times = self._engine.travel_times(points, on_cells=on_cells)
        if not times.estimated and times.source == self._engine.source:
            _write(path, rounded, times)
            _prune(self._folder, self._max_bytes, keep=path)
        return times

    def route(self, points: Floats) -> RouteShape:
        """Ask the engine: one route is a matter of milliseconds."""
        return self._engine.route(points)


def matrix_key(source: str, rounded: Floats) -> str:
    """Give the name under which a matrix is kept: a hash of the engine and the points in their order."""
    digest = hashlib.sha256(FORMAT)
    digest.update(source.encode() + b"\0")
    digest.update(np.ascontiguousarray(rounded, dtype="<f8").tobytes())
    return digest.hexdigest()[:32]


def _read(path: Path, rounded: Floats, source: str) -> TravelTimes | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            seconds, metres, snap_m, points = (file[key] for key in ("seconds", "metres", "snap_m", "points"))
        os.utime(path)  # used now: the last to be pruned
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError):
        return None
    n = len(rounded)
    if seconds.shape != (n, n) or metres.shape != (n, n) or snap_m.shape != (n,):
        return None
    if not np.array_equal(points, rounded, equal_nan=True):
        return None
    return TravelTimes(seconds, metres, snap_m, source, estimated=False)


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
