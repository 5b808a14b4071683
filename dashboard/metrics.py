"""Counts and durations of this process, as Prometheus reads them (text format 0.0.4). No personal data.

A label's value is a word of the source: the pattern of a route, a role, a state. Nothing that came with a request or a
list becomes a label, so the number of series is bounded too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Labels = tuple[tuple[str, str], ...]

#: upper edges of the durations' classes, in seconds
EDGES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MOST_SERIES = 2_000

#: every metric there is, with what it says
HELP: Mapping[str, tuple[str, str]] = {
    "rounds_requests_total": ("counter", "Requests answered, by method, route pattern, status and role"),
    "rounds_request_seconds": ("histogram", "Time to answer a request, by route pattern"),
    "rounds_page_runs_total": ("counter", "Runs of a page's script, by page and how they ended"),
    "rounds_page_seconds": ("histogram", "Time of a run of a page's script, by page"),
    "rounds_jobs": ("gauge", "Long work in the database, by kind and state"),
    "rounds_database_up": ("gauge", "1 if the database answers"),
    "rounds_schema_current": ("gauge", "1 if the database has the schema of this program"),
    "rounds_roads_up": ("gauge", "1 if the road engine answers"),
    "rounds_roads_starts": (
        "gauge",
        "How often a private road engine was started, the most of any; over 1: it died",
    ),
    "process_start_time_seconds": ("gauge", "Start of the process, seconds since 1970"),
    "process_cpu_seconds_total": ("counter", "Processor time of the process"),
    "process_resident_memory_bytes": ("gauge", "Memory of the process"),
}


@dataclass
class Timing:
    """How often a duration fell under each edge, their number and their sum."""

    under: list[int] = field(default_factory=lambda: [0] * len(EDGES))
    number: int = 0
    total: float = 0.0


class Metrics:
    """What has been counted since the process began; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, dict[Labels, float]] = {}
        self._times: dict[str, dict[Labels, Timing]] = {}

    def count(self, name: str, labels: Mapping[str, str]) -> None:
        """Count one."""
        with self._lock:
            series = self._counts.setdefault(known(name), {})
            key = labelled(labels)
            if key in series or len(series) < MOST_SERIES:
                series[key] = series.get(key, 0) + 1

    def observe(self, name: str, labels: Mapping[str, str], seconds: float) -> None:
        """Add a duration."""
        with self._lock:
            series = self._times.setdefault(known(name), {})
            key = labelled(labels)
            if key not in series and len(series) >= MOST_SERIES:
                return
            timing = series.setdefault(key, Timing())
            timing.number += 1
            timing.total += seconds
            timing.under = [n + (seconds <= edge) for n, edge in zip(timing.under, EDGES, strict=True)]

    def text(self, gauges: Iterable[tuple[str, Mapping[str, str], float]] = ()) -> str:
        """Write everything, with what is measured only now."""
        with self._lock:
            lines = list(self._lines())
        named = ""
        for name, labels, value in sorted(gauges, key=lambda one: (one[0], sorted(one[1].items()))):
            if name != named:
                lines += head(name)
            named = name
            lines.append(sample(name, labelled(labels), value))
        return "\n".join([*lines, ""])

    def _lines(self) -> Iterator[str]:
        for name, counts in sorted(self._counts.items()):
            yield from head(name)
            for key, value in sorted(counts.items()):
                yield sample(name, key, value)
        for name, times in sorted(self._times.items()):
            yield from head(name)
            for key, timing in sorted(times.items()):
                for edge, under in zip(EDGES, timing.under, strict=True):
                    yield sample(f"{name}_bucket", (*key, ("le", f"{edge:g}")), under)
                yield sample(f"{name}_bucket", (*key, ("le", "+Inf")), timing.number)
                yield sample(f"{name}_sum", key, round(timing.total, 6))
                yield sample(f"{name}_count", key, timing.number)


def known(name: str) -> str:
    """Give the name of a metric that is described; another is a slip of ours."""
    if name not in HELP:
        raise KeyError(name)
    return name


def labelled(labels: Mapping[str, str]) -> Labels:
    """Give labels in their order."""
    return tuple(sorted(labels.items()))


def head(name: str) -> list[str]:
    """Give the two lines over a metric."""
    what, says = HELP[known(name)]
    return [f"# HELP {name} {says}", f"# TYPE {name} {what}"]


def sample(name: str, labels: Labels, value: float) -> str:
    r"""Give a line.

    >>> sample("a", (("route", '/m/"x"'),), 2.0)
    'a{route="/m/\\"x\\""} 2'
    """
    inner = ",".join(f'{key}="{quoted(text)}"' for key, text in labels)
    return f"{name}{{{inner}}} {value:.15g}" if inner else f"{name} {value:.15g}"


def quoted(text: str) -> str:
    """Give a label's value as the format wants it."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


#: of this process
METRICS = Metrics()


@contextmanager
def page_run(page: str, metrics: Metrics = METRICS) -> Iterator[None]:
    """Count and time a run of a page's script; ``page`` is its address in the navigation.

    A run that is broken off by the next one, or that ends itself, is no fault.
    """
    began, ended = time.monotonic(), "done"
    try:
        yield
    except Exception:
        ended = "fault"
        raise
    except BaseException:
        ended = "broken off"
        raise
    finally:
        metrics.count("rounds_page_runs_total", {"page": page, "ended": ended})
        metrics.observe("rounds_page_seconds", {"page": page}, time.monotonic() - began)
