"""Third parties: an agency as crews of its own, and what its contract lets it do and see.

A collector of an agency carries the skill ``agency:CODE``, so an agency's crew is an ordinary crew with that skill, and
a bank's collector who travels with an agency's makes a crew that offers both. A debtor who is the agency's needs that
skill; one whom bank and agency visit together needs ``bank`` as well. Neither the problem format nor the search knows
what an agency is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from planner.domain import Bucket, Collector, Crew

PREFIX = "agency:"
#: the skill of a crew with a collector of the bank's own; asked for only where an agency's crews are at work too
BANK = "bank"


class Handling(StrEnum):
    """Who deals with a debtor, as the list says."""

    IN_HOUSE = "in_house"
    AGENCY = "agency"
    JOINT = "joint"


#: Without these nobody can be visited lawfully: whom, where, for how much, and what must be respected at the door.
MINIMUM = ("case_id", "name", "address", "overdue", "accommodations")
#: What a contract may add. Nothing else ever leaves the bank: no type after review, no notes, nobody else's data.
MORE = ("phone", "product", "bucket", "days_past_due", "guarantee")


@dataclass(frozen=True)
class Agency:
    """A third party with a contract at one branch.

    Parameters
    ----------
    fee_share
        Part of the money collected at its visits that it keeps, 0 to 1.
    fee_visit_minor
        What each of its visits costs besides, in minor units.
    products, buckets
        What it may be given; a debtor counts with the product of the largest account and the oldest bucket.
    data
        Fields it may see beside ``MINIMUM``, each of ``MORE``.
    from_on, until_on
        First and last day of the contract; None: until it is ended.
    source, confidence
        Where the terms are written, and how sure they are (H, M or L): an invented contract says L.
    """

    code: str
    branch: str
    name: str
    fee_share: float
    fee_visit_minor: int
    products: frozenset[str]
    buckets: frozenset[Bucket]
    data: frozenset[str]
    from_on: date
    until_on: date | None
    source: str = ""
    confidence: str = "L"

    @property
    def skill(self) -> str:
        """What a crew of this agency offers and a visit given to it needs."""
        return PREFIX + self.code

    @property
    def sees(self) -> frozenset[str]:
        """Every field that it may see."""
        return self.data | set(MINIMUM)

    def in_force(self, day: date) -> bool:
        """Say whether the contract holds on a day, both ends included."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    def takes(self, product: str, bucket: str) -> bool:
        """Say whether the contract allows a debtor of this product and bucket."""
        return product in self.products and bucket in self.buckets


def agencies_of(skills: Iterable[str]) -> frozenset[str]:
    """Give the codes of the agencies among a crew's skills.

    >>> sorted(agencies_of({"legal", "agency:HY"}))
    ['HY']
    """
    return frozenset(one.removeprefix(PREFIX) for one in skills if one.startswith(PREFIX))


def with_bank(crews: Sequence[Crew], collectors: Iterable[Collector]) -> tuple[Crew, ...]:
    """Give the crews, those with a collector of the bank's own with the skill ``bank``.

    Where no agency has a crew here nothing is added: then nobody needs it.
    """
    if not any(agencies_of(crew.skills) for crew in crews):
        return tuple(crews)
    outside = {one.collector_id for one in collectors if agencies_of(one.skills)}
    return tuple(replace(crew, skills=crew.skills | {BANK}) if set(crew.members) - outside else crew for crew in crews)


def sharing(crew: Crew, collectors: Iterable[Collector], agencies: Iterable[Agency]) -> frozenset[str] | None:
    """Give the fields that a crew may see; None for one that the bank's own people lead: they see everything.

    An agency whose contract is gone, or is not known here, sees the minimum.
    """
    codes = agencies_of(crew.skills)
    outside = {one.collector_id for one in collectors if agencies_of(one.skills)}
    if not codes or set(crew.members) - outside:
        return None
    seen = [one.sees for one in agencies if one.code in codes]
    return frozenset(MINIMUM).union(*seen) if len(seen) == 1 else frozenset(MINIMUM)


def cut(row: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Give a row with nothing but the allowed fields, in their order; a field that is not there stays away.

    >>> cut({"name": "A", "debtor_type": "careless", "phone": "1"}, {"name", "phone"})
    {'name': 'A', 'phone': '1'}
    """
    return {name: row[name] for name in (*MINIMUM, *MORE) if name in fields and name in row}
