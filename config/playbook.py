"""Load the negotiation techniques from ``config/playbook.toml``."""

from __future__ import annotations

from pathlib import Path

from config.strict import BadConfig, confidence, keys, read_toml, typed
from planner.rules.playbook import Status, Technique

PLAYBOOK = Path(__file__).parent / "playbook.toml"
FORMAT = "rounds-playbook/1"
FIELDS = ("code", "name_zh", "name_en", "status", "why", "confidence")


def load_playbook(path: Path = PLAYBOOK) -> tuple[Technique, ...]:
    """Load every technique, in the order of the file.

    Raises
    ------
    BadConfig
        If a key is unknown or missing, a status is none of the three, or a code occurs twice.
    """
    top = keys(read_toml(path), ["format", "dated", "technique"], path.name)
    if top["format"] != FORMAT:
        raise BadConfig(f"{path.name}: format {top['format']!r} is unknown; this program reads {FORMAT}")
    read = []
    for number, table in enumerate(typed(top["technique"], list, "technique"), start=1):
        where = f"{path.name} technique {number}"
        keys(table, FIELDS, where)
        texts = {name: typed(table[name], str, f"{where}.{name}") for name in FIELDS}
        if texts["status"] not in list(Status):
            raise BadConfig(f"{where}: status {texts['status']!r} is none of {', '.join(Status)}")
        if not texts["why"].strip():
            raise BadConfig(f"{where}: why must say something")
        read.append(
            Technique(
                code=texts["code"],
                name_zh=texts["name_zh"],
                name_en=texts["name_en"],
                status=Status(texts["status"]),
                why=texts["why"],
                confidence=confidence(texts["confidence"], where),
            )
        )
    codes = [one.code for one in read]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BadConfig(f"{path.name}: {', '.join(twice)} occurs twice")
    return tuple(read)
