"""The child process that reads one list, started by ``planner.intake.waiting`` only."""

from __future__ import annotations

import gc
import io
import json
import select
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.feather as _feather  # noqa: F401  loaded while nobody waits; so is what check loads

from planner.intake.check import check_bytes
from planner.intake.issue import UnreadableList
from planner.intake.profile import profile_from
from planner.intake.waiting import IDLE_S


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Bound what this process may use from now on; what it has used so far counts."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the wall time still holds
        return
    wanted = ((resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0))
    for what, most in wanted:
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (allowed, allowed))
        except (ValueError, OSError):  # macOS refuses a limit on address space
            continue


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes | memoryview]:
    """Read the file of a request; give what to say and the accepted rows in Arrow's format."""
    try:
        # The bytes have no name here, so that they are let go as soon as they are text.
        profile, today = profile_from(request["profile"]), date.fromisoformat(request["today"])
        checked = check_bytes(Path(request["path"]).read_bytes(), profile, today=today)
    except UnreadableList as error:
        return {"unreadable": str(error)}, b""
    except MemoryError:
        return {"unreadable": "The file needs more memory to read than is allowed; split the list."}, b""
    rows = io.BytesIO()
    checked.rows.to_feather(rows)
    report = {name: value for name, value in checked.report.items() if name != "issues"}
    return {"report": report, "issues": [vars(one) for one in checked.issues]}, rows.getbuffer()


if __name__ == "__main__":
    # A short life with millions of cells and no circles: looking for circles would cost a quarter of the time.
    gc.disable()
    # Nobody asks, or whoever could has ended: so does this.
    heard, _, _ = select.select([sys.stdin], [], [], IDLE_S)
    if heard and (request := sys.stdin.read()):
        asked = json.loads(request)
        limit(asked["memory_bytes"], asked["cpu_s"])
        said, table = answer(asked)
        sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
        sys.stdout.buffer.write(table)
