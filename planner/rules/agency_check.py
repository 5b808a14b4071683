"""Where an agency went in a finished plan, and who should have gone: the second reading of ``agency``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from planner.agency import BANK, Agency, agencies_of


def findings(
    skills: frozenset[str],
    day: date,
    person: Mapping[str, Any],
    holds: Sequence[Mapping[str, Any]],
    agencies: Sequence[Agency],
) -> Iterator[tuple[str, str]]:
    """Name what a stop breaks: detail and article.

    Parameters
    ----------
    skills
        The crew's; one without an agency's skill is the bank's own.
    person
        The debtor's row of the survey, {} if there is none.
    """
    codes = agencies_of(skills)
    bank = BANK in skills or not codes
    listed = str(person.get("agency", "in_house"))
    if listed in ("agency", "joint") and not codes:
        yield "the agency deals with this debtor, and the crew is not its own", "contract"
    if listed == "joint" and not bank:
        yield "a joint visit without a collector of the bank's own", "contract"
    for code in sorted(codes):
        terms = next((one for one in agencies if one.code == code), None)
        if terms is None:
            yield f"there is no contract with {code}", "contract"
            continue
        if day < terms.from_on or (terms.until_on is not None and day > terms.until_on):
            yield f"the contract of {code} does not run on {day}", "contract"
        if bank and listed == "in_house":
            continue  # the bank's own visit, on which an agency's collector happens to ride
        product, bucket = str(person.get("product", "")), str(person.get("bucket", ""))
        if product not in terms.products or bucket not in {str(one) for one in terms.buckets}:
            yield f"the contract of {code} does not allow {product} {bucket}", "contract"
        for one in holds:
            begun = pd.isna(one["from_on"]) or one["from_on"].date() <= day
            if begun and (pd.isna(one["until_on"]) or day <= one["until_on"].date()):
                yield f"{code} is sent to a debtor on hold ({one['kind']})", "contract"
