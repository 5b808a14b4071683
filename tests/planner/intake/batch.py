"""Reads many files in one child process under the limits that each list has of its own; started by test_hostile only.

Starting a child costs a second, reading most files of the corpus a hundredth. For each line of the standard input (a
request as ``planner.intake.read`` writes it) one line is answered.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback
from pathlib import Path

from planner.intake.child import answer, limit


def peak_bytes() -> int:
    """The most memory of this program so far; what getrusage tells begins, on Linux, with what the parent held."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    import io

    import pandas as pd

    requests = [json.loads(line) for line in sys.stdin]
    limit(2**30, 120)
    for request in requests:
        began = time.process_time()
        try:
            said, rows = answer(request)
        except Exception:
            said, rows = {"failed": traceback.format_exc()}, b""
        table = pd.read_feather(io.BytesIO(rows)) if rows else pd.DataFrame()
        said["rows"] = len(table)
        for name in ("overdue_minor", "last_paid_on"):
            first = table[name].iloc[0] if len(table) else None
            said[name] = None if first is None or pd.isna(first) else str(first)
        said["cpu_s"] = time.process_time() - began
        said["peak_bytes"] = peak_bytes()
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        sys.stdout.flush()
