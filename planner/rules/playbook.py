"""Negotiation techniques: which may be offered, which only on a condition, and which never."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What the playbook does with a technique."""

    OFFERED = "offered"
    CONDITIONAL = "conditional"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Technique:
    """One technique. ``why`` is the reason of a blocked one, the condition of a conditional one, else its use."""

    code: str
    name_zh: str
    name_en: str
    status: Status
    why: str
    confidence: str


def offers(playbook: Iterable[Technique]) -> tuple[Technique, ...]:
    """Give what may be offered at the door, without a condition first; a blocked technique never appears."""
    rank = {Status.OFFERED: 0, Status.CONDITIONAL: 1}
    return tuple(sorted((one for one in playbook if one.status in rank), key=lambda one: rank[one.status]))
