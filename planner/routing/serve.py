"""Solves one problem after another in a process that stays: what is imported and loaded once serves them all.

A line on standard input is the arguments of ``solve`` as a JSON list; it is answered by a line with the exit status.
Once standard input has ended, which whoever asks holds open, the process ends at once, a search under way or not.
"""

from __future__ import annotations

import io
import json
import os
import queue
import sys
import threading
import time
from contextlib import redirect_stdout
from typing import TextIO

from planner.routing.command import solve_command
from planner.routing.warm import load


def serve(lines: TextIO | None = None, out: TextIO | None = None) -> int:
    """Answer until there is nobody left to ask."""
    lines, out = lines or sys.stdin, out or sys.stdout
    asked: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(lines, asked), name="asked", daemon=True).start()
    load()
    while True:
        argv = json.loads(asked.get())
        with redirect_stdout(io.StringIO()):  # what it says there is for a reader
            status = solve_command(argv, began=time.monotonic())
        out.write(f"{json.dumps({'status': status})}\n")
        out.flush()


def _listen(lines: TextIO, asked: queue.Queue[str]) -> None:
    """Pass on what is asked; the end of it is the end of the process, whatever its other threads are at."""
    for line in lines:
        asked.put(line)
    os._exit(0)
