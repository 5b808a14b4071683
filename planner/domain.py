"""The vocabulary of the planner: the words of docs/glossary.md as types.

Few things are frozen values here (a branch, a crew, a shift, a rule's hold). Whatever comes in thousands is a table,
and its columns are declared in ``planner.tables``. Money is integer minor units, longitude comes first, times are
aware ``datetime`` or ``timedelta``, and NaN or None means unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Group(StrEnum):
    """Customer group of the survey."""

    COMPANY = "company"
    MERCHANT = "merchant"
    FARM = "farm"
    INDIVIDUAL = "individual"


class Occupation(StrEnum):
    """When somebody is likely to be at home or at work."""

    SALARIED = "salaried"
    SELF_EMPLOYED = "self_employed"
    FARMER = "farmer"
    RETIRED = "retired"
    HOME = "home"
    UNKNOWN = "unknown"


class Bucket(StrEnum):
    """Ageing bucket by days past due."""

    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    M4_6 = "M4-6"
    M7_12 = "M7-12"
    Y1_3 = "Y1-3"
    Y3_PLUS = "Y3+"


BUCKET_FLOORS: tuple[tuple[int, Bucket], ...] = (
    (1096, Bucket.Y3_PLUS),
    (366, Bucket.Y1_3),
    (181, Bucket.M7_12),
    (91, Bucket.M4_6),
    (61, Bucket.M3),
    (31, Bucket.M2),
    (0, Bucket.M1),
)


def bucket_of(days_past_due: int) -> Bucket:
    """Give the ageing bucket of a number of days past due.

    >>> bucket_of(30), bucket_of(31), bucket_of(400)
    (<Bucket.M1: 'M1'>, <Bucket.M2: 'M2'>, <Bucket.Y1_3: 'Y1-3'>)

    Raises
    ------
    ValueError
        If the number is negative.
    """
    for floor, bucket in BUCKET_FLOORS:
        if days_past_due >= floor:
            return bucket
    raise ValueError(f"days past due must not be negative, got {days_past_due}")


class DebtorType(StrEnum):
    """Type after review 复盘: willingness by ability. Bad faith needs a second reviewer."""

    OCCASIONAL = "occasional"
    HARDSHIP = "hardship"
    CARELESS = "careless"
    BAD_FAITH = "bad_faith"
    UNREVIEWED = "unreviewed"


class PlaceKind(StrEnum):
    """What a place is to the debtor."""

    HOME = "home"
    WORKPLACE = "workplace"
    SHOP = "shop"
    GUARANTOR = "guarantor"
    COLLATERAL = "collateral"


class HoldKind(StrEnum):
    """Why a debtor must not be visited now."""

    PLAN_ACTIVE = "plan_active"
    DISPUTE = "dispute"
    REPRESENTED = "represented"
    DECEASED = "deceased"
    HARDSHIP = "hardship"
    VULNERABLE = "vulnerable"
    MINORS_ONLY = "minors_only"
    OTHER = "other"  # the bank's list says so without saying why


class ClockKind(StrEnum):
    """The two separate clocks on a claim."""

    LIMITATION = "limitation"
    GUARANTEE = "guarantee"


class OutcomeCode(StrEnum):
    """What happened at the door (DOMAIN, section 6)."""

    PAID_FULL = "PAID_FULL"
    PAID_PART = "PAID_PART"
    PTP_2D = "PTP_2D"
    PTP_3D = "PTP_3D"
    PTP_LATER = "PTP_LATER"
    PLAN_SIGNED = "PLAN_SIGNED"
    CLAIMS_PAID = "CLAIMS_PAID"
    THIRD_PAYS = "THIRD_PAYS"
    NEGOTIATE = "NEGOTIATE"
    REFUSED = "REFUSED"
    HARDSHIP = "HARDSHIP"
    DISPUTE = "DISPUTE"
    NOTICE_SIGNED = "NOTICE_SIGNED"
    NOTICE_LEFT = "NOTICE_LEFT"
    THIRD_PARTY_ONLY = "THIRD_PARTY_ONLY"
    NOT_HOME = "NOT_HOME"
    NO_ACCESS = "NO_ACCESS"
    MOVED = "MOVED"
    WRONG_ADDRESS = "WRONG_ADDRESS"
    LOST = "LOST"
    DECEASED = "DECEASED"
    VULNERABLE_STOP = "VULNERABLE_STOP"
    UNSAFE_ABORT = "UNSAFE_ABORT"
    REPRESENTED = "REPRESENTED"
    TO_VERIFY = "TO_VERIFY"


class Role(StrEnum):
    """What somebody is allowed to be here."""

    MANAGER = "manager"
    COLLECTOR = "collector"
    REGIONAL_HEAD = "regional_head"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    SYSTEM = "system"
    GATE = "gate"


#: Roles that a person signs in with; the others are the program's own.
PEOPLE = tuple(one for one in Role if one not in (Role.SYSTEM, Role.GATE))


@dataclass(frozen=True)
class Principal:
    """Who asks the store: every call takes one and answers only for its branches."""

    name: str
    role: Role
    branches: frozenset[str]
    crew: str | None = None


@dataclass(frozen=True)
class Branch:
    """A bank branch: the unit that plans a week."""

    code: str
    name_en: str
    name_zh: str
    lon: float
    lat: float
    road_region: str
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    rule_pack: str = "CN"


@dataclass(frozen=True)
class Collector:
    """One member of a field team."""

    collector_id: str
    branch: str
    name: str
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Crew:
    """One to three collectors who travel together: the routing unit. Start and end are lon, lat (WGS-84)."""

    crew_id: str
    branch: str
    name: str
    members: tuple[str, ...]
    skills: frozenset[str]
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True)
class Break:
    """A pause that begins inside [opens, closes] and lasts as long as it says."""

    opens: datetime
    closes: datetime
    lasts: timedelta


@dataclass(frozen=True)
class Shift:
    """A crew on a day."""

    shift_id: str
    crew_id: str
    branch: str
    day: date
    starts: datetime
    ends: datetime
    breaks: tuple[Break, ...] = ()
    max_stops: int | None = None


def crew_skills(collectors: Iterable[Collector]) -> frozenset[str]:
    """Give what a crew can do: whatever one of its members can."""
    return frozenset(skill for one in collectors for skill in one.skills)
