"""The score sees what is on the list, and nothing protected is on it."""

import pandas as pd
import pytest

from config.parameters import load
from planner.value import features
from planner.value.features import FEATURES, ProtectedFeature, allowed, lint, protected
from planner.value.learning import learn
from planner.value.slots import split_by_slot
from planner.value.survey import survey
from planner.value.uplift import uplift
from tests.planner.value.factories import TODAY, WEEK, ZONE, branch

PROTECTED = [
    "gender", "sex", "age", "birth_date", "birth_year", "ethnicity", "nationality", "religion", "marital_status",
    "health", "native_place", "political_status", "id_number", "id_prefix", "民族", "宗教", "性别", "年龄", "籍贯",
    "婚姻状况",
]  # fmt: skip


@pytest.mark.parametrize("name", PROTECTED)
def test_protected_names_are_known(name):
    assert protected(name)


def test_the_list_holds_nothing_protected():
    names = [name for columns in FEATURES.values() for name in columns]
    assert not [name for name in names if protected(name)]


def test_the_score_is_the_same_whatever_else_a_table_carries():
    made = branch(30, 2)
    people = survey(made["debtors"], made["accounts"], today=TODAY)
    day = pd.Timestamp(WEEK[0])
    windows = made["places"][["debtor_id", "place_id"]].assign(day=day.as_unit("s"))
    windows["opens_at"] = pd.Timestamp("2026-11-30T01:00Z").as_unit("us")
    windows["closes_at"] = pd.Timestamp("2026-11-30T11:00Z").as_unit("us")
    parameters = load()
    windows = split_by_slot(windows, parameters.slots, ZONE)

    def value(survey_table, places, outcomes):
        model = learn(survey_table, places, outcomes, parameters, zone=ZONE)
        return uplift(survey_table, places, windows, model, outcomes=outcomes)

    bare = value(
        *(
            allowed(table, kind)
            for kind, table in (("survey", people), ("places", made["places"]), ("outcomes", made["outcomes"]))
        )
    )
    n = range(len(people))
    loaded = value(people.assign(gender=["f", "m"] * (len(people) // 2), age=n), made["places"], made["outcomes"])
    pd.testing.assert_frame_equal(bare, loaded)


def test_a_missing_feature_is_named():
    with pytest.raises(ValueError, match="bucket"):
        allowed(pd.DataFrame(columns=["debtor_id"]), "survey")


@pytest.mark.parametrize("name", PROTECTED)
def test_a_protected_feature_is_refused_loudly(name, monkeypatch):
    """Somebody adds it to the list: the score stops, and does not go on without a word."""
    monkeypatch.setitem(features.FEATURES, "survey", (*FEATURES["survey"], name))
    made = branch(5, 2)
    people = survey(made["debtors"], made["accounts"], today=TODAY).assign(**{name: "x"})
    with pytest.raises(ProtectedFeature, match=name):
        allowed(people, "survey")
    with pytest.raises(ProtectedFeature, match=name):
        learn(people, made["places"], made["outcomes"], load(), zone=ZONE)


def test_the_lint_reads_every_list_and_passes_today():
    for columns in FEATURES.values():
        lint(columns)
