"""Bring OSRM's executables: ``python -m geodata.roads.executables FOLDER``.

They come in a wheel for Python 3.12, pinned and hash-checked in ``requirements-osrm.txt``. They are only run, never
imported, so pip is told to take the wheel for that Python whichever Python runs here. What is there already is left.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from geodata.roads.osrm_files import installed
from geodata.roads.travel import RoadFailure

REQUIREMENTS = Path(__file__).parents[2] / "requirements-osrm.txt"
WHEELS = (("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"))
FALLBACK = (
    "travel times will be straight-line estimates, labelled as such, unless the address of an OSRM server is configured"
)


def why_no_wheel() -> str | None:
    """Say why there are no executables for this machine; None when there are."""
    system, machine = platform.system(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "arm64" if system == "Darwin" else "aarch64"}.get(machine, machine)
    if (system, machine) not in WHEELS:
        return f"there are no OSRM executables for {system} on {machine}"
    name, version = platform.libc_ver()
    if system == "Linux" and (name != "glibc" or _numbers(version) < (2, 28)):
        return f"OSRM's executables need glibc 2.28 or newer, here is {name or 'another C library'} {version}".rstrip()
    if system == "Darwin" and _numbers(platform.mac_ver()[0]) < (15,):
        return "OSRM's executables need macOS 15 or newer"
    return None


def install(folder: Path, requirements: Path = REQUIREMENTS) -> str:
    """Bring the executables into a folder; give one sentence on what was done.

    Raises
    ------
    RoadFailure
        If pip could not bring them.
    """
    mark = folder / "osrm" / "requirements.sha256"
    pinned = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if installed(folder) and mark.is_file() and mark.read_text() == pinned:
        return "The road engine is there already."
    reason = why_no_wheel()
    folder.mkdir(parents=True, exist_ok=True)
    if reason is not None:
        return f"No road engine here: {reason}; {FALLBACK}."
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--quiet",
            "--progress-bar",
            "off",
        ]
        pip += ["--target", scratch, "--python-version", "3.12", "--only-binary=:all:", "--no-deps", "--require-hashes"]
        done = subprocess.run([*pip, "-r", str(requirements)], capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise RoadFailure(
                f"the road engine could not be brought ({said[-1] if said else 'pip failed'}). "
                "Check that the package registry is reachable, then repeat the command",
                fault="network",
                try_again=True,
            )
        brought = Path(scratch) / "osrm"
        for path in (brought / "bin").iterdir():
            path.chmod(0o755)
        (brought / mark.name).write_text(pinned)
        if (folder / "osrm").exists():
            shutil.rmtree(folder / "osrm")
        os.replace(brought, folder / "osrm")
    return "The road engine was brought."


def main(argv: Sequence[str]) -> int:
    """Bring the executables into the folder named by the only argument."""
    if len(argv) != 1 or argv[0].startswith("-"):
        sys.stderr.write("usage: python -m geodata.roads.executables FOLDER\n")
        return 2
    try:
        sys.stdout.write(install(Path(argv[0])) + "\n")
    except RoadFailure as failure:
        sys.stderr.write(f"{failure}.\n")
        return 1
    return 0


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
