"""What a monitor asks of a database: does it answer, has it the schema of this program. Nothing of anybody is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from planner.store.migrate import newest, revision


@dataclass(frozen=True)
class Condition:
    """What was found."""

    answers: bool
    current: bool


@lru_cache(maxsize=1)
def wanted() -> str:
    """Give the revision this code was written for, read once."""
    return newest()


def of(engine: Engine) -> Condition:
    """Ask the database."""
    try:
        found = revision(engine)
    except (SQLAlchemyError, OSError):
        return Condition(answers=False, current=False)
    return Condition(answers=True, current=found == wanted())
