"""Load how long people are kept from ``config/retention.toml``."""

from __future__ import annotations

from pathlib import Path

from config.strict import BadConfig, day, keys, read_toml
from config.survey import positive
from planner.rules.pack import Term

RETENTION = Path(__file__).parent / "retention.toml"
FORMAT = "rounds-retention/1"


def load_retention(path: Path = RETENTION) -> Term[int]:
    """Load for how many months a person stays after the last account was closed.

    Raises
    ------
    BadConfig
        If a key is unknown, missing or of the wrong kind, or the length is not positive; the message names it.
    """
    top = keys(read_toml(path), ["format", "dated", "person_months"], path.name)
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    day(top["dated"], "dated")
    return positive(top["person_months"], "person_months")
