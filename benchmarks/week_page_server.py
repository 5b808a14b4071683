"""The application as it is started by hand, over a folder of data, for benchmarks in a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

START_S, STOP_S = 120, 20


@contextmanager
def running(root: Path, var: Path) -> Iterator[str]:
    """Run the application; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless=true"]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ROUNDS_", "STREAMLIT_"))}
    environment = {**kept, "ROUNDS_VAR": str(var)}
    with (var / "app.log").open("w") as log:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
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
