"""The survey as a work list: counted, by worth, the queue without those reviewed, the last edit and its way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config.parameters import load
from planner.domain import Role
from planner.store import NotAllowed, Store, migrate, open_store
from planner.view.survey import SurveyView, matrix, survey_view
from tests.planner.store.factories import (
    HERE,
    NOW,
    TERMS,
    bad_faith,
    branch,
    fill,
    overdue_list,
    place_word,
    principal,
    review,
    reviews,
    source,
)

MANAGER, OTHER = principal(name="lin"), principal(name="su")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    migrate(url)
    made = open_store(url)
    fill(made)
    yield made
    made.close()


def view_of(store: Store, who: object = MANAGER, days: int = 0) -> SurveyView:
    return survey_view(store, who, branch(), load(), rough_m=500, now=NOW + timedelta(days=days))  # type: ignore[arg-type]


def counted(view: SurveyView) -> dict[str, int]:
    return dict(zip(view.lacks["code"], view.lacks["missing"], strict=True))


def test_an_account_that_is_not_overdue_yet_lacks_nothing(store: Store) -> None:
    listed = overdue_list()
    ahead = listed["accounts"].iloc[:1].assign(case_id="K9", due_on="2026-12-10")
    ahead["due_on"] = ahead["due_on"].astype("datetime64[s]")
    store.save_import(MANAGER, HERE, {"accounts": ahead}, **source("9" * 64))
    lacks = view_of(store).lacks.set_index("code")
    assert lacks.loc["clock_owner", ["missing", "all"]].tolist() == [6, 6]


def test_what_is_missing_is_counted_and_ordered_by_what_is_behind_it(store: Store) -> None:
    view = view_of(store)
    lacks = counted(view)
    assert (lacks["review"], lacks["occupation"], lacks["clock_owner"], lacks["place"]) == (6, 6, 6, 0)
    assert view.lacks["behind_minor"].is_monotonic_decreasing
    assert view.lacks["behind_minor"].iloc[0] == pytest.approx(view.rows["uplift_minor"].sum())
    assert view.ids["review"] == frozenset(f"D{k}" for k in range(1, 7))
    assert view.ids["clock_owner"] == view.ids["review"]  # accounts are laid at their debtor's door


def test_the_queue_is_by_worth_and_without_those_who_were_reviewed(store: Store) -> None:
    assert view_of(store).queue == ("D6", "D5", "D4", "D3", "D2", "D1")
    answers = [review("r1", "D6"), review("r2", "D4", able="unknown"), bad_faith("r3", "D5")]
    store.save_reviews(MANAGER, HERE, reviews(*answers), TERMS, now=LATER)
    view = view_of(store)
    assert view.queue == ("D3", "D2", "D1")
    assert view.proposals["review_id"].tolist() == ["r3"]
    assert (counted(view)["second_reviewer"], counted(view)["review"]) == (1, 5)
    assert view.rows.set_index("debtor_id").loc["D5", ["debtor_type", "proposed"]].tolist() == [
        "unreviewed",
        "bad_faith",
    ]
    late = view_of(store, days=400)
    assert len(late.queue) == 6  # reviews age, and everybody comes back
    assert counted(late)["review_old"] == 3


def test_a_confirmed_proposal_waits_no_more(store: Store) -> None:
    store.save_reviews(MANAGER, HERE, reviews(bad_faith("r1", "D5")), TERMS, now=LATER)
    store.save_reviews(OTHER, HERE, reviews(bad_faith("r2", "D5", confirms="r1")), TERMS, now=LATER)
    view = view_of(store)
    assert view.proposals.empty
    assert matrix(view.cells, "bad_faith").to_numpy().sum() == 1
    assert matrix(view.cells).to_numpy().sum() == 6


def test_whom_a_second_reviewer_sent_back_is_told_and_in_the_queue_until_reviewed_anew(store: Store) -> None:
    store.save_reviews(MANAGER, HERE, reviews(bad_faith("r1", "D5")), TERMS, now=LATER)
    assert "D5" not in view_of(store).queue
    no = review("r2", "D5", confirms="r1", willing="unknown", able="unknown", grounds="not_heard")
    store.save_reviews(OTHER, HERE, reviews(no), TERMS, now=LATER)
    view = view_of(store)
    assert view.proposals.empty
    assert view.doubted["review_id"].tolist() == ["r2"]
    assert "D5" in view.queue
    assert counted(view)["second_reviewer"] == 0
    store.save_reviews(MANAGER, HERE, reviews(review("r3", "D5")), TERMS, now=LATER + timedelta(minutes=1))
    assert view_of(store).doubted.empty
    assert "D5" not in view_of(store).queue


def test_rough_is_who_has_no_better_place(store: Store) -> None:
    store.put_place(MANAGER, HERE, place_word(debtor_id="D1", place_id="P1", accuracy_m=3000.0), change_id="a", now=NOW)
    store.put_place(MANAGER, HERE, place_word(debtor_id="D2", place_id="P2", accuracy_m=3000.0), change_id="b", now=NOW)
    store.put_place(MANAGER, HERE, place_word(debtor_id="D2", kind="shop"), change_id="c", now=NOW)
    assert view_of(store).ids["rough_place"] == {"D1"}


def test_the_last_edit_is_offered_back_once(store: Store) -> None:
    assert view_of(store).edits.empty
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "occupation", "retired")], batch_id="b1", now=LATER)
    assert view_of(store).edits["batch_id"].tolist() == ["b1"]
    store.undo_edits(MANAGER, HERE, "b1", now=LATER + timedelta(minutes=1))
    assert view_of(store).edits.empty
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "occupation", "home")], batch_id="b3",
                      now=LATER + timedelta(minutes=2))  # fmt: skip
    assert view_of(store).edits["batch_id"].tolist() == ["b3"]


def test_what_the_list_says_against_a_correction_is_a_thing_to_do(store: Store) -> None:
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "farm")], batch_id="b1", now=LATER)
    listed = overdue_list()
    listed["debtors"] = listed["debtors"].assign(group="company")
    store.save_import(MANAGER, HERE, listed, **source("b" * 64, now=LATER + timedelta(days=1)))
    view = view_of(store)
    assert (counted(view)["list_differs"], view.ids["list_differs"]) == (1, {"D1"})
    store.edit_survey(MANAGER, HERE, [("debtor", "D1", "group", "company")], batch_id="b2", now=LATER + timedelta(2))
    assert counted(view_of(store))["list_differs"] == 0


def test_a_job_reads_without_names_and_a_stranger_nothing(store: Store) -> None:
    assert set(view_of(store).rows["name"]) == {"甄不存"}
    assert set(view_of(store, principal(Role.SYSTEM)).rows["name"]) == {""}
    with pytest.raises(NotAllowed):
        view_of(store, principal(Role.MANAGER, "YX02"))
