"""Two set-ups in one folder at the same time: two real processes, of which the second waits and finds all done."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from planner.demo.alone import alone

#: Makes a plan if there is none: slow enough that two at once would both make it.
SET_UP = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from planner.demo.alone import alone

    folder = Path(sys.argv[1])
    with alone(folder / "demo.lock", lambda text: print(text, flush=True)):
        print("at work", flush=True)
        plans = folder / "plans"
        if not plans.exists():
            time.sleep(float(sys.argv[2]))
            with plans.open("a") as file:
                file.write("planned\\n")
""")


def started(folder: Path, seconds: float = 0.5) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SET_UP, str(folder), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_at_once_make_everything_once(tmp_path):
    both = [started(tmp_path) for _ in range(2)]
    said = [one.communicate(timeout=120)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert (tmp_path / "plans").read_text() == "planned\n"
    assert all("at work" in one for one in said)
    # Both began at about the same time; if the first was done before the second asked, nobody had to wait.
    assert sum("Another set-up is at work" in one for one in said) <= 1


def test_the_second_says_that_it_waits_and_goes_on(tmp_path):
    first = started(tmp_path, 2.0)
    assert first.stdout is not None
    assert first.stdout.readline() == "at work\n"
    second = started(tmp_path)
    words, _ = second.communicate(timeout=120)
    assert first.wait(timeout=120) == 0
    assert words.startswith("Another set-up is at work in this folder")
    assert words.endswith("at work\n")
    assert (tmp_path / "plans").read_text() == "planned\n"
    first.stdout.close()


def test_one_that_was_killed_bars_nobody(tmp_path):
    first = started(tmp_path, 600.0)
    assert first.stdout is not None
    first.stdout.readline()
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    second = started(tmp_path, 0.0)
    assert second.communicate(timeout=120)[0] == "at work\n"


def test_the_command_waits_for_its_turn(tmp_path):
    """``python -m planner demo`` itself, with a database of its own so that no city is grown."""
    database = tmp_path / "own.sqlite"
    environ = os.environ | {"ROUNDS_VAR": str(tmp_path), "ROUNDS_DATABASE_URL": f"sqlite:///{database}"}
    with alone(tmp_path / "demo.lock", pytest.fail):
        command = [sys.executable, "-m", "planner", "demo"]
        second = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        words = [second.stdout.readline(), second.stdout.readline()]
        assert "Another set-up is at work in this folder" in words[1]
        time.sleep(0.3)
        assert second.poll() is None
        assert not database.exists()
    rest, _ = second.communicate(timeout=120)
    assert second.returncode == 0
    assert "database of your own" in rest
    assert database.exists()
