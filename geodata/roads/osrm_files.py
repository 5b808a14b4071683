"""Where the road engine's executables and profile lie in the folder that :mod:`geodata.roads.executables` filled."""

from __future__ import annotations

from pathlib import Path

from geodata.roads.travel import RoadFailure

NEEDED = ("osrm-extract", "osrm-partition", "osrm-customize", "osrm-routed")


def executable(folder: Path, name: str) -> Path:
    """Give the path of one executable.

    Raises
    ------
    RoadFailure
        If it is not there.
    """
    path = (folder / "osrm" / "bin" / name).absolute()
    if not path.is_file():
        raise RoadFailure(f"the road engine's {name} is not in {folder}", fault="engine", try_again=False)
    return path


def profile_file(folder: Path, profile: str = "car") -> Path:
    """Give the path of the profile that says where and how fast cars go, or walkers (``foot``)."""
    return (folder / "osrm" / "share" / "profiles" / f"{profile}.lua").absolute()


def installed(folder: Path) -> bool:
    """Say whether all that is needed is in the folder."""
    return profile_file(folder).is_file() and all((folder / "osrm" / "bin" / name).is_file() for name in NEEDED)
