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

from config.logs import FORMS, LEVELS
from geodata.geocoding.services import SERVICES
from planner.domain import PEOPLE, Role

PREFIX = "ROUNDS_"
#: where the application tells the planning processes that it starts, and nobody else, of its private road engine
PRIVATE_OSRM = "ROUNDS_PRIVATE_OSRM"
#: read by the tests or among our own processes, so no settings, but no slips of the pen either
OWN_KEYS = frozenset({"ROUNDS_LONG", "ROUNDS_CHROMIUM", "ROUNDS_TEST_POSTGRES_URL", PRIVATE_OSRM})
LANGUAGES = ("en", "zh")


class Withheld(ValueError):
    """A value cannot be used, and must not be told either."""


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

    def geocoded(self, region: str) -> Path:
        """File of what an online geocoder answered about addresses in a road region."""
        return self.var / "geocoded" / f"{region}.sqlite"

    @property
    def engines(self) -> Path:
        """Folder where the processes of one machine tell each other of the road engine that they share."""
        return self.var / "engines"

    @property
    def bank_runs(self) -> Path:
        """Folder of what was asked of each run over all branches."""
        return self.var / "bank"

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

    def traffic(self, name: str) -> Path:
        """File of one road region's traffic, if a bank has written it."""
        return self.regions / f"{name}.traffic.toml"


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


def listening(text: str) -> str:
    """Read a name or address to listen on."""
    if not text.replace(".", "").replace(":", "").replace("-", "").isalnum() or not text.isascii():
        raise ValueError("a name or an address such as 127.0.0.1 or 0.0.0.0")
    return text


def web_address(text: str) -> str:
    """Read an http or https address; the closing slash is dropped."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address such as http://127.0.0.1:5000")
    return text.rstrip("/")


def issuer(text: str) -> str:
    """Read the address by which an OpenID provider names itself: kept to the letter, a closing slash included."""
    parts = urlsplit(text)
    near = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or not (parts.scheme == "https" or near) or parts.query or parts.fragment or "@" in text:
        raise ValueError("an https address such as https://login.bank.example")
    return text


def outside(text: str) -> str:
    """Read an address to which addresses of people are sent: encrypted, unless it is this machine."""
    parts = urlsplit(web_address(text))
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("an https address such as https://places.bank.example")
    if parts.query or parts.fragment or "@" in text:
        raise ValueError("an https address without a question mark and without a name before @")
    return text.rstrip("/")


def unseen(text: str) -> str:
    """Read a secret that somebody else has chosen; it is never told again."""
    if not text.isascii() or not text.isprintable():
        raise Withheld("ASCII signs")
    return text


def secret(text: str) -> str:
    """Read a token that cannot be guessed, of signs that a header may carry; it is never told again."""
    if len(text) < 32 or not text.isascii() or not text.isprintable() or " " in text:
        raise Withheld("32 ASCII signs or more without a space")
    return text


def scope(text: str) -> str:
    """Read what to ask of an OpenID provider."""
    if "openid" not in text.split():
        raise ValueError("words among which is openid")
    return text


def role(text: str) -> Role:
    """Read a role that somebody at a screen can have."""
    return Role(one_of(*(one.value for one in PEOPLE))(text))


@dataclass(frozen=True)
class Settings:
    """Everything the environment may change."""

    paths: Paths
    database_url: str = field(
        default="", metadata=env("DATABASE_URL", "Database; empty: the SQLite file in the folder for runtime data")
    )
    database_owner_url: str = field(
        default="",
        metadata=env(
            "DATABASE_OWNER_URL",
            "PostgreSQL only: the same database by the role that owns its tables, for setting up and restoring",
        ),
    )
    database_backup_url: str = field(
        default="",
        metadata=env(
            "DATABASE_BACKUP_URL",
            "PostgreSQL only: the same database by a role that may read all of it (BYPASSRLS), for copies",
        ),
    )
    host: str = field(
        default="127.0.0.1",
        metadata=env(
            "HOST",
            "Address the dashboard listens on; another one than 127.0.0.1 needs accounts (docs/accounts.md)",
            listening,
        ),
    )
    port: int = field(default=8501, metadata=env("PORT", "Port the dashboard listens on", whole(1, 65535)))
    public_url: str = field(
        default="",
        metadata=env(
            "PUBLIC_URL",
            "Address under which browsers reach it, such as https://rounds.bank.example; empty: this machine only",
            web_address,
        ),
    )
    sign_in: str = field(
        default="demo",
        metadata=env(
            "SIGN_IN",
            "demo: over the demo's database, on this machine only, ready accounts; accounts: own accounts only",
            one_of("demo", "accounts"),
        ),
    )
    oidc_issuer: str = field(
        default="",
        metadata=env("OIDC_ISSUER", "Issuer of the bank's own sign-in (OpenID Connect); empty: not used", issuer),
    )
    oidc_client_id: str = field(
        default="", metadata=env("OIDC_CLIENT_ID", "Under which name the bank's sign-in knows this application")
    )
    oidc_client_secret: str = field(
        default="",
        repr=False,
        metadata=env("OIDC_CLIENT_SECRET", "Its secret there; empty: a public client, by PKCE alone", unseen),
    )
    oidc_claim: str = field(
        default="sub",
        metadata=env("OIDC_CLAIM", "Claim of the bank's token by which an account is found, such as sub or email"),
    )
    oidc_scope: str = field(
        default="openid", metadata=env("OIDC_SCOPE", "What is asked of the bank's sign-in, openid among it", scope)
    )
    language: str = field(
        default="en", metadata=env("LANGUAGE", "First language of the screens: en or zh", one_of(*LANGUAGES))
    )
    demo_role: Role = field(
        default=Role.MANAGER,
        metadata=env("DEMO_ROLE", "Role that the demo's login page offers first, such as manager or collector", role),
    )
    osrm_url: str = field(
        default="",
        metadata=env("OSRM_URL", "A bank's own OSRM server; empty: a private process on this machine", web_address),
    )
    osrm_table: int = field(
        default=100,
        metadata=env(
            "OSRM_TABLE",
            "How many places a side the bank's own OSRM server takes in one table (its --max-table-size), 2 to 10000",
            whole(2, 10_000),
        ),
    )
    geocoder: str = field(
        default="",
        metadata=env(
            "GEOCODER",
            "Form of an online geocoder for addresses that the region's own index does not find: nominatim or amap; "
            "empty: no address leaves this machine",
            one_of(*SERVICES),
        ),
    )
    geocoder_url: str = field(
        default="",
        metadata=env("GEOCODER_URL", "Its address, such as https://places.bank.example", outside),
    )
    geocoder_key: str = field(
        default="", repr=False, metadata=env("GEOCODER_KEY", "Its key; empty: none is sent", unseen)
    )
    geocoder_per_second: int = field(
        default=1,
        metadata=env("GEOCODER_PER_SECOND", "How many requests a second it permits, 1 to 50", whole(1, 50)),
    )
    tiles: str = field(
        default="",
        metadata=env(
            "TILES",
            "Online map tiles: a table of config/tiles.toml, such as osm, tianditu or amap; empty: none",
        ),
    )
    tiles_key: str = field(
        default="",
        repr=False,
        metadata=env("TILES_KEY", "The key that a vendor of tiles wants; browsers that show a map see it", unseen),
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
    bank_worker_mb: int = field(
        default=2000,
        metadata=env(
            "BANK_WORKER_MB",
            "Megabytes of memory that a worker of `planner bank` may use, its search included, 500 to 1000000",
            whole(500, 1_000_000),
        ),
    )
    log_level: str = field(
        default="info",
        metadata=env("LOG_LEVEL", "From which level on the log tells: debug, info, warning or error", one_of(*LEVELS)),
    )
    log_format: str = field(
        default="text",
        metadata=env("LOG_FORMAT", "The log's lines: text for a reader, json for a collector of logs", one_of(*FORMS)),
    )
    metrics_token: str = field(
        default="",
        repr=False,
        metadata=env(
            "METRICS_TOKEN",
            "Who shows it as a bearer may read /metrics, 32 signs or more; empty: administrators only",
            secret,
        ),
    )
    stop_seconds: int = field(
        default=30,
        metadata=env(
            "STOP_SECONDS",
            "Seconds that running plans have to keep their best when the application stops",
            whole(1, 600),
        ),
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
            told = "not told here" if isinstance(error, Withheld) else repr(text)
            faults.append(f"{key} is {told} but must be {error}")
    if values.get("oidc_issuer") and not values.get("oidc_client_id"):
        faults.append(f"{PREFIX}OIDC_ISSUER needs {PREFIX}OIDC_CLIENT_ID beside it")
    if bool(values.get("geocoder")) != bool(values.get("geocoder_url")):
        faults.append(f"{PREFIX}GEOCODER and {PREFIX}GEOCODER_URL are set together or not at all")
    if faults:
        raise BadSettings("; ".join(sorted(faults)) + ".")
    root = root.resolve()
    paths = Paths(root=root, var=(root / (given.get(PREFIX + "VAR", "").strip() or "var")).resolve())
    values.setdefault("database_url", f"sqlite:///{paths.database.as_posix()}")
    return Settings(paths=paths, **values)


def log_settings(environ: Mapping[str, str], *, level: str = "") -> tuple[str, str]:
    """Give level and form of the log before anything else is known; what cannot be used is told by ``load_settings``.

    ``level`` is the one to take where none is set.

    >>> log_settings({"ROUNDS_LOG_LEVEL": "loud", "ROUNDS_LOG_FORMAT": "json"})
    ('info', 'json')
    """

    def given(name: str) -> str:
        one = next(each for each in declared() if each.name == name)
        try:
            return str(one.metadata["parse"](environ.get(one.metadata["key"], "").strip()))
        except ValueError:
            return level if level and name == "log_level" else str(one.default)

    return given("log_level"), given("log_format")
