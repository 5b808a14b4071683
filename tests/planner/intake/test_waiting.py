"""A child that waits for a list reads it as a new one would, under the same limits, and is nobody's for longer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.profiles import load_profile
from planner.intake import read, waiting
from planner.intake.issue import UnreadableList
from planner.intake.read import Limits, read_list
from planner.intake.waiting import Waiting
from tests.planner.intake.factories import TODAY

LIST = "案件编号,姓名,逾期金额,逾期天数\n" + "".join(f"YX{k:06},王伟{k},1000,{k % 90 + 1}\n" for k in range(8_000))


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    fresh = Waiting()
    monkeypatch.setattr(read, "WAITING", fresh)
    yield fresh
    if fresh._child is not None:
        fresh._child.kill()
        fresh._child.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    return tmp_path / "list.csv"


@dataclass
class Given:
    """Gives one child, whatever it is."""

    child: subprocess.Popen[bytes]

    def taken(self) -> subprocess.Popen[bytes]:
        return self.child


def test_each_list_has_a_child_of_its_own(own: Waiting, path: Path) -> None:
    own.make_ready()
    child = own._child
    assert child is not None
    own.make_ready()
    assert own._child is child  # one waits, and not one more
    assert len(read_list(path, load_profile(), today=TODAY).rows) == 8_000
    assert own._child is None
    assert child.returncode == 0
    assert len(read_list(path, load_profile(), today=TODAY).rows) == 8_000


def test_one_that_waits_is_limited_as_a_new_one_is(own: Waiting, path: Path) -> None:
    with pytest.raises(UnreadableList):
        read_list(path, load_profile(), today=TODAY, limits=Limits(memory_bytes=2**28))
    own.make_ready()
    with pytest.raises(UnreadableList):
        read_list(path, load_profile(), today=TODAY, limits=Limits(memory_bytes=2**28))


def test_it_learns_no_setting_and_ends_with_its_parent(own: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDS_DATABASE_URL", "postgresql://rounds:secret@db/rounds")
    seen: dict[str, str] = {}
    real = subprocess.Popen

    def noted(*arguments: object, **more: object) -> subprocess.Popen[bytes]:
        seen.update(more["env"])  # type: ignore[call-overload]
        return real(*arguments, **more)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(subprocess, "Popen", noted)
    own.make_ready()
    assert own._child is not None
    assert seen["PYTHONPATH"]
    assert "secret" not in "".join(seen.values())
    own._child.communicate()  # its input ends, as when this process does
    assert own._child.returncode == 0


@pytest.mark.parametrize("how", ["dead", "stale"])
def test_one_that_cannot_be_asked_is_replaced(own: Waiting, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    own.make_ready()
    first = own._child
    assert first is not None
    if how == "dead":
        first.kill()
        first.wait()
    else:
        monkeypatch.setattr(waiting, "STALE_S", -1)
    own.make_ready()
    assert own._child is not first
    assert first.poll() is not None


def test_a_list_is_read_though_the_child_was_just_leaving(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as gone:
        monkeypatch.setattr(read, "WAITING", Given(gone))
        assert len(read_list(path, load_profile(), today=TODAY).rows) == 8_000
