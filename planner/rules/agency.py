"""Where an agency may go: inside its contract, for what it allows, and to nobody on hold. The reader of windows.

``agency_check`` reads the same of a finished plan and uses nothing of this module.
"""

from __future__ import annotations

import pandas as pd

from planner.agency import Agency, Handling
from planner.rules.facts import Facts

Why = dict[str, tuple[str, str, str]]
ARTICLE = "The agency's contract with the bank, which answers for whom it sends (conduct rule)"


def permitting(agencies: tuple[Agency, ...], product: str, bucket: str) -> tuple[Agency, ...]:
    """Give the agencies that may be given a debtor of this product and bucket, whatever the day."""
    return tuple(one for one in agencies if one.takes(product, bucket))


def narrowed(windows: pd.DataFrame, facts: Facts) -> tuple[pd.DataFrame, Why]:
    """Keep of those whom an agency deals with, alone or jointly, the days on which some contract allows it.

    Parameters
    ----------
    windows
        ``debtor_id``, ``day`` (local midnight) and any more columns.

    Returns
    -------
    tuple
        The windows that are left, and by debtor id why some went: detail, article, action.
    """
    if "agency" not in facts.survey:
        return windows, {}
    given = facts.survey[facts.survey["agency"].isin([Handling.AGENCY, Handling.JOINT])]
    if given.empty:
        return windows, {}
    keep = pd.Series(True, index=windows.index)
    why: Why = {}
    for row in given[["debtor_id", "product", "bucket"]].astype(str).to_dict("records"):
        mine = windows["debtor_id"] == row["debtor_id"]
        allowed = permitting(facts.agencies, row["product"], row["bucket"])
        inside = pd.Series(False, index=windows.index[mine])
        for one in allowed:
            last = pd.Timestamp(one.until_on or pd.Timestamp.max.date())
            inside |= windows.loc[mine, "day"].between(pd.Timestamp(one.from_on), last)
        barred = held_days(windows[mine], facts, row["debtor_id"])
        keep[inside.index] = inside & ~barred
        if not allowed:
            detail = "An agency deals with this debtor, and no contract allows the product and ageing."
        elif not inside.any():
            detail = "An agency deals with this debtor, and its contract does not run on these days."
        else:
            detail = "An agency deals with this debtor, who is on hold."
        why[row["debtor_id"]] = (detail, ARTICLE, "Take the case back, or enter the agency's contract.")
    return windows[keep], why


def held_days(windows: pd.DataFrame, facts: Facts, debtor_id: str) -> pd.Series:
    """Say which windows fall on a day of any hold, also of a kind that would let the bank's own crew go."""
    holds = facts.holds[facts.holds["debtor_id"] == debtor_id]
    held = pd.Series(False, index=windows.index)
    for one in holds.to_dict("records"):
        held |= ~(windows["day"] < one["from_on"]) & ~(windows["day"] > one["until_on"])
    return held
