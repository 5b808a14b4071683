"""Column profiles from TOML: how a bank's overdue lists are read. A profile may extend another one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.intake.profile import Profile, profile_from

FOLDER = Path(__file__).parent / "profiles"
DEFAULT = "auto"


class UnknownProfile(ValueError):
    """There is no column profile of this name; the message lists those there are."""


def profile_names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Give the names of the profiles there are, the default first."""
    return tuple(sorted((path.stem for path in folder.glob("*.toml")), key=lambda name: (name != DEFAULT, name)))


def load_profile(name: str = DEFAULT, folder: Path = FOLDER) -> Profile:
    """Load a column profile.

    Raises
    ------
    UnknownProfile
        If there is none of this name.
    ValueError
        If its file has an unknown key or value; the message names the file.
    """
    return _made(_told(name, folder, ()), name)


def load_profiles(folder: Path = FOLDER) -> Mapping[str, Profile]:
    """Load every profile there is, by name, the default first."""
    return {name: load_profile(name, folder) for name in profile_names(folder)}


def _told(name: str, folder: Path, heirs: tuple[str, ...]) -> dict[str, Any]:
    names = profile_names(folder)
    if name not in names:
        raise UnknownProfile(f"There is no column profile {name!r}; there are {', '.join(names)}.")
    if name in heirs:
        raise ValueError(f"column profiles extend each other in a circle: {' → '.join((*heirs, name))}")
    try:
        told = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"the column profile {name!r} is not valid TOML: {error}") from error
    parent = told.pop("extends", None)
    return _over(_told(parent, folder, (*heirs, name)), told) if parent else told


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a profile over the one it extends: headings and words come first, everything else replaces.

    A heading or word that is given to another column or value is taken from the one that had it.
    """
    columns = _merged(base.get("columns", {}), own.get("columns", {}))
    choices = base.get("values", {}) | {
        name: _merged(base.get("values", {}).get(name, {}), words) for name, words in own.get("values", {}).items()
    }
    return {**base, **own, "columns": columns, "values": choices}


def _merged(base: Mapping[str, list[str]], own: Mapping[str, list[str]]) -> dict[str, list[str]]:
    taken = {word for words in own.values() for word in words}
    return {
        name: [*own.get(name, ()), *(word for word in base.get(name, ()) if word not in taken)]
        for name in dict.fromkeys([*base, *own])
    }


def _made(told: Mapping[str, Any], name: str) -> Profile:
    try:
        profile = profile_from(told)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the column profile {name!r}: {error}") from error
    if profile.name != name:
        raise ValueError(f"the column profile {name!r} calls itself {profile.name!r}")
    return profile
