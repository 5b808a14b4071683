"""What building a region takes, by the size of its extract, and what this machine has."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from geodata.roads.region import Method, Profile

# Measured on three cities with extracts of 0.9, 2.0 and 3.2 MB (docs/roads.md), rounded up; a region's streets, and so
# its road data, grow with the extract. Contraction is the dearer the more alike its streets are.
BASE_S, S_PER_MB = 2.5, 6.5
# Walkers' ways are contracted at once and go either way: Porto Alegre took 173 CPU s for each MB, Porto 46.
CONTRACTION_S_PER_MB: dict[Profile, float] = {"car": 35.0, "foot": 140.0}
DISK_PER_BYTE, DISK_PER_BYTE_WITHOUT_ROADS = 45.0, 8.0
BASE_MEMORY, MEMORY_PER_BYTE = 250_000_000, 100.0


#: From so many points of streets on (Porto and around has 427,000) tables are large enough for the second one to repay
#: contraction; to so many it takes minutes. Below, what it saves is seconds, and it may cost two minutes of the set-up;
#: beyond, it would take an hour by these figures, and nobody tried (docs/decisions/0029).
CONTRACTED_FROM, CONTRACTED_TO = 300_000, 5_000_000


def method_for(points: int) -> Method:
    """Choose how a road network is prepared, by the points of its streets.

    >>> [method_for(points) for points in (151_448, 426_961, 40_000_000)]
    ['mld', 'ch', 'mld']
    """
    return "ch" if CONTRACTED_FROM <= points <= CONTRACTED_TO else "mld"


@dataclass(frozen=True)
class Need:
    """What a build takes: seconds of two idle processors, bytes of disk, bytes of memory. An estimate.

    ``at_most``: a network may take a third of these seconds, for how alike its streets are is not known beforehand.
    """

    seconds: float
    disk: float
    memory: float
    at_most: bool


def need_of(extract_bytes: int, *, routable: bool, profile: Profile, method: Method) -> Need:
    """Estimate what a build takes.

    >>> need_of(3_000_000, routable=True, profile="car", method="mld")
    Need(seconds=22.0, disk=135000000.0, memory=550000000.0, at_most=False)
    >>> [need_of(900_000, routable=True, profile=one, method="ch").seconds for one in ("car", "foot")]
    [39.85, 134.35]
    """
    megabytes = extract_bytes / 1e6
    contracted = routable and method == "ch"
    return Need(
        seconds=BASE_S + (S_PER_MB + CONTRACTION_S_PER_MB[profile] * contracted) * megabytes,
        disk=(DISK_PER_BYTE if routable else DISK_PER_BYTE_WITHOUT_ROADS) * extract_bytes,
        memory=BASE_MEMORY + MEMORY_PER_BYTE * extract_bytes,
        at_most=contracted,
    )


def processors() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_bytes(folder: Path) -> float:
    """Give what the folder's disk has free."""
    return float(shutil.disk_usage(folder).free)


def memory_bytes() -> float | None:
    """Give the memory that programs can still have; None where that cannot be read (elsewhere than on Linux)."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(1024.0 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, ValueError, IndexError, StopIteration):
        return None
