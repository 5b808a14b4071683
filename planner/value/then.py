"""How a debtor stood on the day of each visit: bucket, type and amount as they were known then, not as they are now.

What came after a visit must not help to foretell it: a debt has aged since, what was paid is no longer owed, and a
review made after a refusal knows of the refusal.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd

from planner.rules.review import in_force
from planner.tables import DAY, REAL, TEXT, Schema, conform
from planner.value.promises import local_day
from planner.value.survey import buckets

#: one row an outcome; "" and NaN where it is not known how it was
THEN: Schema = {
    "outcome_id": TEXT,
    "bucket": TEXT,
    "debtor_type": TEXT,
    "overdue_minor": REAL,
}
#: a list older than this tells nothing of the day of a visit: one a month is the least that branches load
OLDEST_LIST = pd.Timedelta(days=45)


def then(
    outcomes: pd.DataFrame, states: pd.DataFrame, types: pd.DataFrame, reviews: pd.DataFrame, *, zone: ZoneInfo
) -> pd.DataFrame:
    """Give how each outcome's debtor stood (``THEN``), in the outcomes' order.

    Bucket and amount are those of the last list up to the day of the visit, aged by the days in between; a list is made
    before the visits of its day. The type is what the reviews before the visit found. What a list says of a type counts
    from always, unless it is known since when it says so and that was before the visit: of later changes nothing is
    kept here.

    Parameters
    ----------
    states
        ``tables.ACCOUNT_STATES`` of full lists.
    types
        ``tables.TYPES`` as of now: ``listed`` and ``listed_at`` are read.
    reviews
        ``tables.REVIEWS``, all of them.
    """
    visits = outcomes[["outcome_id", "debtor_id", "started_at"]].assign(day=local_day(outcomes["started_at"], zone))
    visits = visits.reset_index(drop=True)
    stood = visits.merge(last_list(visits, states), on="outcome_id", how="left")
    kinds = types_then(visits, types, reviews).set_index("outcome_id")["debtor_type"]
    table = stood.assign(
        bucket=stood["bucket"].astype(object).fillna(""),
        debtor_type=stood["outcome_id"].map(kinds).astype(object).fillna(""),
    )
    return conform(table[list(THEN)], THEN)


def last_list(visits: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """Give bucket and overdue amount by the last list before each visit, where the debtor was on it."""
    if states.empty or visits.empty:
        return pd.DataFrame({"outcome_id": [], "bucket": [], "overdue_minor": []}).astype({"outcome_id": "str"})
    overdue = states[states["days_past_due"] > 0]
    by_day = overdue.groupby(["debtor_id", "as_of_on"], as_index=False).agg(
        days_past_due=("days_past_due", "max"), overdue_minor=("overdue_minor", "sum")
    )
    days = pd.DataFrame({"as_of_on": pd.Series(states["as_of_on"].unique()).sort_values()}).astype({"as_of_on": DAY})
    ordered = visits[["outcome_id", "debtor_id", "day"]].astype({"day": DAY}).sort_values("day")
    near = pd.merge_asof(ordered, days, left_on="day", right_on="as_of_on", tolerance=OLDEST_LIST)
    found = near.merge(by_day, on=["debtor_id", "as_of_on"], how="inner")
    age = found["days_past_due"] + (found["day"] - found["as_of_on"]).dt.days
    return found.assign(bucket=buckets(age))[["outcome_id", "bucket", "overdue_minor"]]


def types_then(visits: pd.DataFrame, types: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """Give the type in force at each visit, which is looked at as a debtor of its own with the reviews before it."""
    said = visits.merge(types[["debtor_id", "listed", "listed_at"]], on="debtor_id", how="inner")
    before = said["listed_at"].where(said["listed_at"] < said["started_at"])
    listed = pd.DataFrame(
        {
            "listed_id": said["outcome_id"],
            "debtor_id": said["outcome_id"],
            "branch": "",
            "debtor_type": said["listed"],
            "listed_at": before,
        }
    )
    made = visits.merge(reviews, on="debtor_id", how="inner")
    made = made[(made["reviewed_at"] < made["started_at"]) & ~(made["expires_on"] < made["day"])]
    known = made.assign(
        debtor_id=made["outcome_id"],
        review_id=made["review_id"] + " " + made["outcome_id"],
        confirms=(made["confirms"] + " " + made["outcome_id"]).where(made["confirms"] != "", ""),
    )
    found = in_force(listed, known, on=None)
    return found.rename(columns={"debtor_id": "outcome_id"})[["outcome_id", "debtor_type"]]
