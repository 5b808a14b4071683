"""The application as it is started by hand, over a folder of data, until the block ends."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.browser.demo import ROOT, environment

START_S, STOP_S = 90, 20


class NotStarted(RuntimeError):
    """The application did not answer; the message ends with its last words."""


@contextmanager
def application(var: Path, moment: datetime | None = None, more: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run the application on a folder, its clock set where a moment is given, with more settings; gives its address.

    Raises
    ------
    NotStarted
        If it ends or does not answer in time.
    """
    port = free_port()
    address, log = f"http://localhost:{port}", var / "app.log"
    script = "app.py" if moment is None else "tests/browser/app_at.py"
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), "--server.headless=true"]
    settings = environment(var) | ({} if moment is None else {"FIELD_NOW": moment.isoformat()})
    settings |= more or {}
    with log.open("w") as written:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=written, stderr=written)
    try:
        wait_for(f"{address}/_stcore/health", process, log)
        yield address
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
        process.kill()


def free_port() -> int:
    """Give a port that nobody has now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the application answers."""
    ends = time.monotonic() + START_S
    while time.monotonic() < ends and process.poll() is None:
        with suppress(URLError, OSError), urlopen(address, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise NotStarted(f"The application did not start:\n{log.read_text()[-3000:]}")
