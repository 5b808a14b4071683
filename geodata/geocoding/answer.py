"""What a geocoder answers: a place with its accuracy, or a refusal with its reason. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

#: the house; the middle of a street, an estate or a village; the middle of where people live in a district
Accuracy = Literal["exact", "street", "district"]
By = Literal["house", "street", "landmark", "district"]

CLASSES: dict[By, Accuracy] = {"house": "exact", "street": "street", "landmark": "street", "district": "district"}
#: the classes, the most exact first
ACCURACIES: tuple[Accuracy, ...] = ("exact", "street", "district")


@dataclass(frozen=True)
class Located:
    """Where an address is: degrees (WGS-84), how far the truth may be, the district's code ("" unknown), by what.

    ``unanswered``: somebody who may know better was asked and did not answer.
    """

    lon: float
    lat: float
    accuracy_m: float
    district: str = ""
    by: By = "house"
    unanswered: bool = False

    @property
    def accuracy(self) -> Accuracy:
        """The class of accuracy, in the glossary's words."""
        return CLASSES[self.by]


@dataclass(frozen=True)
class Refused:
    """Why an address is not located: nothing of it is known, it fits places that lie apart, or nobody answered."""

    why: Literal["unknown", "ambiguous", "unanswered"]


Answer = Located | Refused
UNKNOWN, AMBIGUOUS, UNANSWERED = Refused("unknown"), Refused("ambiguous"), Refused("unanswered")


class Geocoder(Protocol):
    """Whoever gives places for addresses."""

    @property
    def version(self) -> str:
        """Name what the answers depend on: another version may answer otherwise."""
        ...

    def all_of(self, addresses: Sequence[str]) -> list[Answer]:
        """Locate addresses, each as it is located alone."""
        ...
