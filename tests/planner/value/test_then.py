"""A past visit is read as the debtor stood on its day: what came later must not help to foretell it."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from config.parameters import load
from planner.tables import REVIEWS, TYPES, empty
from planner.value.learning import trials
from planner.value.survey import survey
from planner.value.then import then
from tests.planner.portfolio.lists import states
from tests.planner.value.factories import TODAY, ZONE, accounts, debtors, outcomes, places, table, visited

PARAMETERS = load()
DAY = date(2026, 11, 10)


def types(**changes):
    nothing = dict.fromkeys(TYPES, "") | dict.fromkeys(("listed_at", "reviewed_at", "expires_on")) | {"expired": False}
    return table(TYPES, nothing | {"debtor_id": "DK", "listed": "unreviewed"}, [changes])


def reviews(*rows):
    defaults = {
        "debtor_id": "DK", "branch": "B", "willing": "no", "able": "yes", "proposed": "careless", "grounds": "",
        "note": "", "reviewer": "Lin", "expires_on": date(2027, 5, 1), "confirms": "",
    }  # fmt: skip
    made = [{"review_id": f"r{k}"} | row for k, row in enumerate(rows)]
    return table(REVIEWS, defaults, made)


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZONE)


def stood(day: date = DAY, *, lists=None, amounts=(), listed=None, judged=None, hour: int = 10):
    visit = outcomes(visited(day, "REFUSED", hour, debtor_id="DK"))
    known = states(
        lists or {"2026-11-01": {"K": 25}, "2026-11-15": {"K": 39}}, overdue_minor=list(amounts or (500, 300))
    )
    found = then(
        visit, known, types() if listed is None else listed, empty(REVIEWS) if judged is None else judged, zone=ZONE
    )
    return found.iloc[0]


@pytest.mark.parametrize(
    ("day", "bucket", "amount"),
    [(date(2026, 11, 4), "M1", 500), (DAY, "M2", 500), (date(2026, 11, 15), "M2", 300)],
)
def test_bucket_and_amount_are_those_of_the_list_before_aged_to_the_day(day, bucket, amount):
    """25 days past due on the first, so 34 on the tenth; a list is made before the visits of its day."""
    row = stood(day)
    assert (row["bucket"], row["overdue_minor"]) == (bucket, amount)


def test_who_was_on_no_list_then_is_not_known():
    assert stood(date(2026, 10, 20))["bucket"] == ""
    assert stood(lists={"2026-11-01": {"L": 25}, "2026-11-15": {"K": 39}})["bucket"] == ""
    assert stood(date(2027, 2, 1))["bucket"] == ""  # the list is too old
    assert stood(lists={"2026-11-01": {"K": 0}, "2026-11-15": {"K": 14}})["bucket"] == ""  # not overdue yet


@pytest.mark.parametrize(
    ("judged", "kind"),
    [
        (({"reviewed_at": at(10, 9)},), "careless"),
        (({"reviewed_at": at(10, 11)},), "unreviewed"),  # an hour after the refusal
        (({"reviewed_at": at(2)}, {"reviewed_at": at(20), "proposed": "hardship"}), "careless"),
        (({"reviewed_at": at(2), "expires_on": date(2026, 11, 9)},), "unreviewed"),
    ],
)
def test_only_reviews_before_the_visit_count(judged, kind):
    assert stood(judged=reviews(*judged))["debtor_type"] == kind


def test_bad_faith_counts_from_the_confirmation_on():
    first = {"review_id": "a", "reviewed_at": at(2), "proposed": "bad_faith"}
    second = first | {"review_id": "b", "reviewed_at": at(12), "confirms": "a", "reviewer": "Su"}
    assert stood(judged=reviews(first, second))["debtor_type"] == "unreviewed"
    assert stood(date(2026, 11, 13), judged=reviews(first, second))["debtor_type"] == "bad_faith"


def test_what_the_list_said_before_a_review_gives_way_and_after_it_stands():
    judged = reviews({"reviewed_at": at(5)})
    assert stood(listed=types(listed="hardship", listed_at=at(3)), judged=judged)["debtor_type"] == "careless"
    assert stood(listed=types(listed="hardship", listed_at=at(7)), judged=judged)["debtor_type"] == "hardship"


def test_questions_are_asked_of_the_class_as_it_was():
    people = survey(debtors({"debtor_id": "DK", "debtor_type": "careless"}), accounts({"debtor_id": "DK"}), today=TODAY)
    visit = outcomes(visited(DAY, "PAID_PART", debtor_id="DK", paid_minor=250))
    known = states({"2026-11-01": {"K": 200}, "2026-11-15": {"K": 9}}, overdue_minor=[500, 1_000_000])
    how = then(visit, known, types(), empty(REVIEWS), zone=ZONE)
    asked = trials(people, places({}), visit, PARAMETERS, zone=ZONE, then=how).set_index("rate")
    assert (asked.loc["pays", "cell"], asked.loc["pays", "within"]) == ("M7-12", "unreviewed")
    assert asked.loc["paid_part", "success"] == pytest.approx(0.5)
    today = trials(people, places({}), visit, PARAMETERS, zone=ZONE).set_index("rate")
    assert (today.loc["pays", "cell"], today.loc["pays", "within"]) == ("M1", "careless")


def test_a_past_without_lists_is_read_as_it_is_today():
    visit = outcomes(visited(DAY, "REFUSED", debtor_id="DK"))
    row = then(visit, states({"2026-11-01": {"K": 1}}).iloc[:0], types(), empty(REVIEWS), zone=ZONE).iloc[0]
    assert (row["bucket"], row["debtor_type"]) == ("", "unreviewed")
    assert pd.isna(row["overdue_minor"])
