"""Read an agency's contract out of the team file."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from config.strict import BadConfig, confidence, day, keys, typed
from planner.agency import MINIMUM, MORE, Agency
from planner.domain import Bucket

#: it becomes part of a skill, which knows small letters only where people write it, and no blanks
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
PRODUCTS = ("business_loan", "consumer_loan", "card", "mortgage", "auto_loan", "other")
NEEDED = ["code", "branch", "name", "fee_share", "products", "buckets", "from", "source", "confidence"]
OPTIONAL = ["fee_visit_minor", "data", "until"]


def read_agency(block: Any, where: str, branches: Collection[str]) -> Agency:
    """Read a contract.

    Raises
    ------
    BadConfig
        If a key is unknown, missing or of the wrong kind, the dates are in the wrong order, or a product, bucket or
        field is none that there is; the message names it.
    """
    table = keys(block, NEEDED, where, optional=OPTIONAL)
    code, name = (str(typed(table[key], str, f"{where}.{key}")).strip() for key in ("code", "name"))
    if not CODE.fullmatch(code) or not name or not name.isprintable():
        raise BadConfig(f"{where}: an agency needs a code of letters, digits, _ and - and a name")
    if table["branch"] not in branches:
        raise BadConfig(f"{where}.branch: there is no branch {table['branch']!r} in this file")
    share = float(typed(table["fee_share"], (int, float), f"{where}.fee_share"))
    fixed = int(typed(table.get("fee_visit_minor", 0), int, f"{where}.fee_visit_minor"))
    if not 0 <= share < 1 or fixed < 0:
        raise BadConfig(f"{where}: fee_share lies from 0 to below 1, and fee_visit_minor is not negative")
    first = day(table["from"], f"{where}.from")
    last = day(table["until"], f"{where}.until") if "until" in table else None
    if last is not None and last < first:
        raise BadConfig(f"{where}: the contract ends on {last}, before it begins on {first}")
    buckets = words(table["buckets"], [one.value for one in Bucket], f"{where}.buckets")
    return Agency(
        code=code,
        branch=table["branch"],
        name=name,
        fee_share=share,
        fee_visit_minor=fixed,
        products=words(table["products"], PRODUCTS, f"{where}.products"),
        buckets=frozenset(Bucket(one) for one in buckets),
        data=words(table.get("data", []), (*MORE, *MINIMUM), f"{where}.data") - set(MINIMUM),
        from_on=first,
        until_on=last,
        source=str(typed(table["source"], str, f"{where}.source")),
        confidence=confidence(table["confidence"], f"{where}.confidence"),
    )


def words(value: Any, known: Collection[str], where: str) -> frozenset[str]:
    """Read words of a vocabulary."""
    given = [str(typed(one, str, where)) for one in typed(value, list, where)]
    unknown = [one for one in given if one not in known]
    if unknown:
        raise BadConfig(f"{where}: {unknown[0]!r} is none of {', '.join(known)}")
    return frozenset(given)
