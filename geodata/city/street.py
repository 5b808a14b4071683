"""A street before streets cross: a line, its class and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.city.curves import Floats

# From the most to the least important; the position is the rank.
CLASSES: tuple[str, ...] = (
    "motorway",
    "motorway_link",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "footway",
)
RANK: dict[str, int] = {name: rank for rank, name in enumerate(CLASSES)}
ARTERIALS = ("trunk", "primary", "secondary", "tertiary")


@dataclass(frozen=True)
class Street:
    """One line of the plan.

    Attributes
    ----------
    line
        Shape (n, 2), m.
    highway
        One of ``CLASSES``.
    zone
        What it belongs to: ``skeleton``, ``town``, ``country``, ``motorway``, or a kind of block or settlement.
    label
        Name in Chinese if the plan already gives one, or of the settlement it lies in.
    oneway
        Driven from the first point to the last only.
    loose
        May end nowhere: a country road or a cul-de-sac.
    """

    line: Floats
    highway: str
    zone: str
    label: str = ""
    oneway: bool = False
    loose: bool = False
