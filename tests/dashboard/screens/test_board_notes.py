"""What a manager notes of a call for help is kept once, also where a page passes a click on twice."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd

from dashboard.screens.board_safety import SAME_CLICK, note, unstarted
from planner.domain import Principal, Role
from planner.safety import CHECK_IN, Duty
from planner.tables import SAFETY_ENTRIES, empty
from tests.planner.store.factories import NOW


class Kept:
    """A store of nothing but signs of life."""

    def __init__(self) -> None:
        self.table = empty(SAFETY_ENTRIES)

    def safety_entries(self, *_: object) -> pd.DataFrame:
        return self.table

    def record_safety(self, _who: object, _branch: object, rows: pd.DataFrame, **_: object) -> None:
        self.table = pd.concat([self.table, rows], ignore_index=True)


def test_a_note_is_kept_once_and_the_same_one_later_again() -> None:
    store, now = Kept(), [NOW]
    kit: Any = SimpleNamespace(store=store, now=lambda: now[0])
    branch: Any = SimpleNamespace(code="YX01", timezone="Asia/Shanghai")
    crew: Any = SimpleNamespace(crew_id="YX01-A")
    manager = Principal("lin", Role.MANAGER, frozenset({"YX01"}))
    for who, done, after in (
        (manager, "no_answer", timedelta(0)),
        (manager, "no_answer", SAME_CLICK / 2),
        (Principal("su", Role.MANAGER, frozenset({"YX01"})), "no_answer", SAME_CLICK / 2),
        (manager, "spoken", SAME_CLICK / 2),
        (manager, "no_answer", 2 * SAME_CLICK),
    ):
        now[0] = NOW + after
        note(kit, who, branch, crew, "alert", done)
    told = list(zip(store.table["recorded_by"], store.table["said"], strict=True))
    assert told == [("lin", "no_answer"), ("su", "no_answer"), ("lin", "spoken"), ("lin", "no_answer")]


def test_two_crews_that_are_late_together_each_have_their_note() -> None:
    store = Kept()
    kit: Any = SimpleNamespace(store=store, now=lambda: NOW)
    branch: Any = SimpleNamespace(code="YX01", timezone="Asia/Shanghai")
    manager = Principal("lin", Role.MANAGER, frozenset({"YX01"}))
    for crew_id in ("YX01-A", "YX01-B", "YX01-B"):
        crew: Any = SimpleNamespace(crew_id=crew_id)
        note(kit, manager, branch, crew, CHECK_IN, "spoken")
    assert list(store.table["crew_id"]) == ["YX01-A", "YX01-B"]


def test_a_crew_that_never_said_that_its_shift_began_is_named_while_the_shift_lasts() -> None:
    crews: Any = [
        SimpleNamespace(
            crew=SimpleNamespace(name=name), ends_at=NOW + timedelta(hours=ends), watch=SimpleNamespace(duty=duty)
        )
        for name, ends, duty in (
            ("A", 4, Duty.NOT_BEGUN),
            ("B", -1, Duty.NOT_BEGUN),
            ("C", 4, Duty.OUT),
            ("D", 4, Duty.NOT_YET),
        )
    ]
    assert "on the phone: A." in unstarted(crews, NOW)
    assert unstarted(crews[1:], NOW) == ""
