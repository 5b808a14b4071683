"""The application run in a process of its own, for benchmarks in a browser."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

START_S, STOP_S = 120, 20


@contextmanager
def running(script: str, root: Path, environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Run a Streamlit script of the project in ``root``; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), "--server.headless=true"]
    with log.open("w") as said:
        server = subprocess.Popen(command, cwd=root, env=dict(environment), stdout=said, stderr=said)
        try:
            address, ends = f"http://localhost:{port}", time.monotonic() + START_S
            while time.monotonic() < ends:
                with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                    break
                time.sleep(0.25)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=STOP_S)
