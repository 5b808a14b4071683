"""Where things lie and how the application starts: read once from the environment, handed on as one frozen value.

Every setting is a field below with the environment's name and its meaning; ``docs/settings.md`` lists the same, and a
test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from planner.domain import Role

PREFIX = "ROUNDS_"
#: where the application tells the planning processes that it starts, and nobody else, of its private road engine
PRIVATE_OSRM = "ROUNDS_PRIVATE_OSRM"
#: read by the tests or among our own processes, so no settings, but no slips of the pen either
OWN_KEYS = frozenset({"ROUNDS_LONG", "ROUNDS_CHROMIUM", PRIVATE_OSRM})
LANGUAGES = ("en", "zh")


class BadSettings(ValueError):
    """A setting cannot be used; the message names its key and says what would do."""


@dataclass(frozen=True)
class Paths:
    """Folders and files, derived from the project's root and the folder for what the application makes."""

    root: Path
    var: Path

    @property
    def osrm(self) -> Path:
        """Folder of the road engine's executables."""
        return self.var / "osrm"

    @property
    def regions(self) -> Path:
        """Folder with one folder a road region."""
        return self.var / "regions"

    @property
    def matrices(self) -> Path:
        """Folder of cached travel times."""
        return self.var / "matrices"

    @property
    def jobs(self) -> Path:
        """Folder where long work leaves its messages."""
        return self.var / "jobs"

    @property
    def database(self) -> Path:
        """The embedded database's file."""
        return self.var / "rounds.sqlite"

    @property
    def static(self) -> Path:
        """Folder that is served to everybody: packages only, never a debtor's data."""
        return self.root / "static"

    @property
    def vendor(self) -> Path:
        """Folder of the map's assets."""
        return self.static / "vendor"

    @property
    def basemap(self) -> Path:
        """Folder of the drawn basemaps."""
        return self.static / "basemap"

    @property
    def profiles(self) -> Path:
        """Folder of the column profiles."""
        return self.root / "config" / "profiles"

    def region(self, name: str) -> Path:
        """Folder of one road region."""
        return self.regions / name


def env(key: str, meaning: str, parse: Callable[[str], Any] = str) -> dict[str, Any]:
    """Say which name sets a field, what it means and how its text is read."""
    return {"key": PREFIX + key, "meaning": meaning, "parse": parse}


def whole(low: int, high: int) -> Callable[[str], int]:
    """Give a reader of whole numbers from low to high."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return parse


def one_of(*names: str) -> Callable[[str], str]:
    """Give a reader that takes one of these words."""

    def parse(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return parse


def web_address(text: str) -> str:
    """Read an http or https address; the closing slash is dropped."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address such as http://127.0.0.1:5000")
    return text.rstrip("/")


def role(text: str) -> Role:
    """Read a role that somebody at a screen can have."""
    return Role(one_of(*(r.value for r in Role if r is not Role.SYSTEM))(text))


@dataclass(frozen=True)
class Settings:
    """Everything the environment may change."""

    paths: Paths
    database_url: str = field(
        default="", metadata=env("DATABASE_URL", "Database; empty: the SQLite file in the folder for runtime data")
    )
    host: str = field(
        default="127.0.0.1",
        metadata=env(
            "HOST",
            "Address the dashboard listens on, 127.0.0.1 or localhost: without accounts, this machine only",
            one_of("127.0.0.1", "localhost"),
        ),
    )
    port: int = field(default=8501, metadata=env("PORT", "Port the dashboard listens on", whole(1, 65535)))
    language: str = field(
        default="en", metadata=env("LANGUAGE", "First language of the screens: en or zh", one_of(*LANGUAGES))
    )
    demo_role: Role = field(
        default=Role.MANAGER,
        metadata=env("DEMO_ROLE", "Role the demo acts in at first: manager, collector or regional_head", role),
    )
    osrm_url: str = field(
        default="",
        metadata=env("OSRM_URL", "A bank's own OSRM server; empty: a private process on this machine", web_address),
    )
    plan_seconds: int = field(
        default=30,
        metadata=env(
            "PLAN_SECONDS",
            "Wall seconds the search for a week's plan may take, 5 to 3600; travel times not yet known come on top",
            whole(5, 3600),
        ),
    )
    plan_workers: int = field(
        default=2, metadata=env("PLAN_WORKERS", "Threads the planning may use, 1 to 64", whole(1, 64))
    )


def declared() -> tuple[Field[Any], ...]:
    """Give the settings that have a key, in the order of the class."""
    return tuple(one for one in fields(Settings) if "key" in one.metadata)


def load_settings(root: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings from an environment.

    Parameters
    ----------
    root
        The project's folder.
    environ
        The environment; only names that begin with ``ROUNDS_`` are looked at. An empty text means "not set".
        ``ROUNDS_VAR`` moves the folder for runtime data.

    Raises
    ------
    BadSettings
        If a ``ROUNDS_`` name is unknown or a value cannot be used; all faults are named at once.
    """
    known = {one.metadata["key"]: one for one in declared()}
    given = {key: value for key, value in environ.items() if key.startswith(PREFIX) and key not in OWN_KEYS}
    faults = [
        f"{key} is not a setting (docs/settings.md lists them)" for key in given if key not in {*known, PREFIX + "VAR"}
    ]
    values: dict[str, Any] = {}
    for key, text in given.items():
        if key not in known or not text.strip():
            continue
        try:
            values[known[key].name] = known[key].metadata["parse"](text.strip())
        except ValueError as error:
            faults.append(f"{key} is {text!r} but must be {error}")
    if faults:
        raise BadSettings("; ".join(sorted(faults)) + ".")
    root = root.resolve()
    paths = Paths(root=root, var=(root / (given.get(PREFIX + "VAR", "").strip() or "var")).resolve())
    values.setdefault("database_url", f"sqlite:///{paths.database.as_posix()}")
    return Settings(paths=paths, **values)
