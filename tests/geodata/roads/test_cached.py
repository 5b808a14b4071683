"""Matrices are asked once, damaged files are made anew, the folder stays within its size."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from geodata.roads import CachedRoads, RouteShape, StraightLine, TravelTimes
from geodata.roads.travel import OnCells, unheard


class Counting:
    """An engine that counts its questions."""

    def __init__(self, source: str = "streets of today", *, estimated: bool = False) -> None:
        self.source = source
        self.estimated = estimated
        self.asked = 0

    def travel_times(self, points: np.ndarray, *, on_cells: OnCells = unheard) -> TravelTimes:
        self.asked += 1
        times = StraightLine().travel_times(points)
        seconds = np.where(np.eye(len(points), dtype=bool), 0.0, times.seconds + self.asked)
        seconds[0, -1] = np.nan
        return TravelTimes(seconds, times.metres, np.full(len(points), 1.5), self.source, self.estimated)

    def route(self, points: np.ndarray) -> RouteShape:
        return StraightLine().route(points)


def somewhere(n: int = 6, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform([109, 29], [110, 30], (n, 2))


def test_the_same_points_are_asked_once_even_by_another_process(tmp_path: Path) -> None:
    engine, points = Counting(), somewhere()
    first = CachedRoads(engine, tmp_path / "matrices").travel_times(points)
    again = CachedRoads(engine, tmp_path / "matrices").travel_times(points + 1e-9)
    assert engine.asked == 1
    for name in ("seconds", "metres", "snap_m"):
        assert np.array_equal(getattr(first, name), getattr(again, name), equal_nan=True)
    assert again.source == "streets of today"
    assert not again.estimated


def test_other_points_another_order_or_other_streets_are_asked_again(tmp_path: Path) -> None:
    engine, points = Counting(), somewhere()
    roads = CachedRoads(engine, tmp_path)
    for others in (points, points[::-1], points[:5], points + 2e-6):
        roads.travel_times(others)
    assert engine.asked == 4
    tomorrow = Counting("streets of tomorrow")
    CachedRoads(tomorrow, tmp_path).travel_times(points)
    assert tomorrow.asked == 1


def test_unknown_points_are_kept_as_well(tmp_path: Path) -> None:
    engine, points = Counting(), somewhere()
    points[2] = np.nan
    roads = CachedRoads(engine, tmp_path)
    roads.travel_times(points)
    assert np.isnan(roads.travel_times(points).seconds[2, 1])
    assert engine.asked == 1


def test_estimates_are_not_kept(tmp_path: Path) -> None:
    engine = Counting(estimated=True)
    roads = CachedRoads(engine, tmp_path)
    assert roads.travel_times(somewhere()).estimated
    assert roads.travel_times(somewhere()).estimated
    assert engine.asked == 2
    assert [one.name for one in tmp_path.iterdir()] == ["locks"]


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text", "foreign"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: str) -> None:
    engine, points = Counting(), somewhere()
    roads = CachedRoads(engine, tmp_path)
    roads.travel_times(points)
    (path,) = tmp_path.glob("*.npz")
    content = bytearray(path.read_bytes())
    if damage == "foreign":  # a whole file of other points under this name
        CachedRoads(Counting(), tmp_path / "b").travel_times(somewhere(seed=1))
        content = bytearray(next((tmp_path / "b").glob("*.npz")).read_bytes())
    content[200] ^= 0xFF if damage == "flipped" else 0
    path.write_bytes({"empty": b"", "cut": bytes(content[:300]), "text": b"hello"}.get(damage, bytes(content)))
    times = roads.travel_times(points)
    assert engine.asked == 2
    assert times.seconds[1, 0] == pytest.approx(StraightLine().travel_times(points).seconds[1, 0] + 2)
    roads.travel_times(points)
    assert engine.asked == 2


def test_a_write_that_fails_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        CachedRoads(Counting(), tmp_path).travel_times(somewhere())
    assert [one.name for one in tmp_path.iterdir()] == ["locks"]


def test_the_files_unused_for_longest_go_first(tmp_path: Path) -> None:
    engine = Counting()
    CachedRoads(engine, tmp_path).travel_times(somewhere(seed=0))
    (first,) = tmp_path.glob("*.npz")
    size = first.stat().st_size
    roads = CachedRoads(engine, tmp_path, max_bytes=int(2.5 * size))
    roads.travel_times(somewhere(seed=1))
    (second,) = set(tmp_path.glob("*.npz")) - {first}
    os.utime(first, (1, 1))
    os.utime(second, (2, 2))
    roads.travel_times(somewhere(seed=0))  # used: now the younger
    roads.travel_times(somewhere(seed=2))
    left = set(tmp_path.glob("*.npz"))
    assert len(left) == 2
    assert first in left
    assert second not in left


def test_one_matrix_larger_than_all_is_still_kept(tmp_path: Path) -> None:
    engine = Counting()
    roads = CachedRoads(engine, tmp_path, max_bytes=10)
    roads.travel_times(somewhere())
    roads.travel_times(somewhere())
    assert engine.asked == 1


class Growing(Counting):
    """An engine that can be asked for what is new alone, and remembers of how many points it was asked so."""

    def __init__(self, source: str = "streets of today") -> None:
        super().__init__(source)
        self.new: list[int] = []

    def travel_times(self, points: np.ndarray, *, on_cells: OnCells = unheard) -> TravelTimes:
        self.asked += 1
        times = StraightLine().travel_times(points)
        return TravelTimes(times.seconds, times.metres, np.full(len(points), 1.5), self.source, estimated=False)

    def extended(
        self, points: np.ndarray, kept: TravelTimes, rows: np.ndarray, *, on_cells: OnCells = unheard
    ) -> TravelTimes:
        times = StraightLine().travel_times(points)
        old = np.flatnonzero(rows >= 0)
        assert np.allclose(times.seconds[np.ix_(old, old)], kept.seconds[np.ix_(rows[old], rows[old])])
        self.new.append(len(points) - len(old))
        return TravelTimes(times.seconds, times.metres, np.full(len(points), 1.5), self.source, estimated=False)


def test_only_what_is_new_is_asked(tmp_path: Path) -> None:
    engine, points = Growing(), somewhere(20)
    roads = CachedRoads(engine, tmp_path)
    roads.travel_times(points[:12])
    grown = roads.travel_times(points[:15])  # three added
    assert np.allclose(grown.seconds, StraightLine().travel_times(points[:15]).seconds)
    roads.travel_times(points[:15])  # kept as a whole
    roads.travel_times(points[13:5:-1])  # some gone, in another order
    roads.travel_times(np.vstack([points[:10], points[3], [np.nan, np.nan]]))  # one place twice, one unknown
    assert (engine.asked, engine.new) == (1, [3, 0, 1])
    roads.travel_times(points[10:])  # five of ten: half are kept
    roads.travel_times(np.vstack([points[19], somewhere(4, seed=9)]))  # fewer than half
    assert (engine.asked, engine.new[3:]) == (2, [5])


def test_the_matrix_with_most_in_common_is_taken_and_no_other_streets(tmp_path: Path) -> None:
    engine, points = Growing(), somewhere(20)
    roads = CachedRoads(engine, tmp_path)
    roads.travel_times(points[:11])
    roads.travel_times(points[:18])
    CachedRoads(Growing("streets of tomorrow"), tmp_path).travel_times(points)
    assert engine.new == [7]
    roads.travel_times(points)
    assert engine.new == [7, 2]


@pytest.mark.parametrize("damage", ["cut", "foreign name"])
def test_a_damaged_matrix_is_not_built_upon(tmp_path: Path, damage: str) -> None:
    engine, points = Growing(), somewhere(12)
    roads = CachedRoads(engine, tmp_path)
    roads.travel_times(points[:11])
    (path,) = tmp_path.glob("*.npz")
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:300])
    else:  # the points of one engine under the name of another's
        path.rename(path.with_name("0" * 32 + ".npz"))
    roads.travel_times(points)
    assert (engine.asked, engine.new) == (2, [])


def test_nobody_waits_for_ever_for_one_who_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.roads.cached.WAIT_S", 0.02)
    engine, points, kept = Counting(), somewhere(), tmp_path / "matrices"
    CachedRoads(engine, kept).travel_times(points)
    (matrix,) = kept.glob("*.npz")
    matrix.unlink()
    (lock,) = (kept / "locks").iterdir()
    with FileLock(lock, thread_local=False):
        CachedRoads(engine, kept).travel_times(points)
        assert engine.asked == 2
    assert matrix.is_file()


def test_who_asks_the_same_at_the_same_time_waits_for_the_answer(tmp_path: Path) -> None:
    asked, second = threading.Event(), threading.Event()

    class Slow(Counting):
        def travel_times(self, points: np.ndarray, *, on_cells: OnCells = unheard) -> TravelTimes:
            if asked.is_set():
                second.set()
            asked.set()
            second.wait(0.3)  # time enough for the other one to ask too, if nothing keeps it from it
            return super().travel_times(points, on_cells=on_cells)

    engine, points = Slow(), somewhere()
    with ThreadPoolExecutor(2) as pool:
        first, again = pool.map(lambda _: CachedRoads(engine, tmp_path).travel_times(points), range(2))
    assert engine.asked == 1
    assert np.array_equal(first.seconds, again.seconds, equal_nan=True)
