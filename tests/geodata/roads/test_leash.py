"""A command that is tied to its starter, in both ways: by the kernel, and by watching standard input."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geodata.roads.server import LEASH

SLEEP = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]


def alive(pid: int) -> bool:
    """Say whether a process runs; one that waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int, within_s: float = 30.0) -> bool:
    ends = time.monotonic() + within_s
    while alive(pid) and time.monotonic() < ends:
        time.sleep(0.02)
    return not alive(pid)


def watched() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", str(LEASH), str(os.getpid()), *SLEEP]
    environment = {**os.environ, "ROUNDS_LEASH": "watch"}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("end", ["input closed", "terminated"])
def test_the_watched_command_ends_with_its_starter(end: str) -> None:
    with watched() as leash:
        assert leash.stdout is not None
        assert leash.stdin is not None
        pid = int(leash.stdout.readline())
        assert alive(pid)
        leash.stdin.close() if end == "input closed" else leash.send_signal(signal.SIGTERM)
        assert gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08])
def test_a_leash_asked_to_end_while_it_starts_leaves_nothing_behind(after_s: float) -> None:
    with watched() as leash:
        assert leash.stdout is not None
        time.sleep(after_s)
        leash.send_signal(signal.SIGTERM)
        said = leash.stdout.readline()
        assert not said or gone(int(said))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's way is Linux's")
def test_the_kernel_ends_the_command_when_the_starter_is_killed() -> None:
    starter = (
        "import subprocess, sys, os, time\n"
        f"subprocess.Popen([sys.executable, '-I', {str(LEASH)!r}, str(os.getpid()), *{SLEEP!r}])\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert alive(pid)
        process.kill()
        assert gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's way is Linux's")
def test_a_starter_that_is_dead_already_starts_nothing() -> None:
    done = subprocess.run([sys.executable, "-I", str(LEASH), "1", *SLEEP], capture_output=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
