from datetime import date, timedelta

import pandas as pd
import pytest

from planner.domain import bucket_of
from planner.value.survey import SURVEY, buckets, missing, survey, survey_summary
from tests.planner.value.factories import TODAY, accounts, branch, debtors, places


def test_one_person_with_several_accounts_is_one_row():
    people = debtors({}, {"debtor_id": "D2"}, {"debtor_id": "D3"})
    claims = accounts(
        {"overdue_minor": 100, "days_past_due": 40, "as_of_on": TODAY - timedelta(days=3)},
        {"case_id": "C2", "overdue_minor": 300, "product": "mortgage", "guarantee_kind": "joint"},
        {"case_id": "C3", "debtor_id": "D2", "guarantee_kind": "ordinary"},
    )
    table = survey(people, claims, today=TODAY)
    assert list(table.columns) == list(SURVEY)
    first = table.iloc[0]
    assert (first["overdue_minor"], first["accounts"], first["case_ids"]) == (400, 2, "C2 C1")
    assert (first["days_past_due"], first["bucket"], first["product"]) == (43, "M2", "mortgage")
    assert table["guarantee"].tolist() == ["joint", "ordinary"]
    assert table["debtor_id"].tolist() == ["D1", "D2"]


def test_a_list_of_tomorrow_does_not_make_debts_younger():
    table = survey(debtors({}), accounts({"days_past_due": 5, "as_of_on": TODAY + timedelta(days=2)}), today=TODAY)
    assert table["days_past_due"].tolist() == [5]


def test_buckets_agree_with_the_vocabulary():
    days = pd.Series(range(1200))
    assert buckets(days).tolist() == [bucket_of(day).value for day in days]


def test_strangers_and_twins_are_refused():
    with pytest.raises(ValueError, match="'C1' names a debtor"):
        survey(debtors({"debtor_id": "D2"}), accounts({}), today=TODAY)
    with pytest.raises(ValueError, match="'D1' is there twice"):
        survey(debtors({}, {}), accounts({}), today=TODAY)


def test_an_empty_branch_has_an_empty_survey():
    assert survey(debtors(), accounts(), today=date(2026, 1, 1)).empty


def test_the_summary_adds_up():
    made = branch(120, 5)
    table = survey(made["debtors"], made["accounts"], today=TODAY)
    summary = survey_summary(table)
    assert summary["debtors"].sum() == 120
    assert summary["overdue_minor"].sum() == made["accounts"]["overdue_minor"].sum()
    assert not summary.duplicated(["group", "bucket", "debtor_type"]).any()


def test_what_is_missing_is_counted():
    people = debtors({"region": "", "occupation": "unknown"}, {"debtor_id": "D2", "debtor_type": "careless"})
    claims = accounts(
        {"due_on": None, "interrupted_on": TODAY, "clock_set_by": ""},
        {"case_id": "C2", "debtor_id": "D2", "guarantee_kind": "joint"},
    )
    table = missing(survey(people, claims, today=TODAY), claims, places({"source_datum": ""}))
    counted = dict(zip(table["code"], table["missing"], strict=True))
    assert counted == dict.fromkeys(counted, 1)
    assert len(counted) == 9
