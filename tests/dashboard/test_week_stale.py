"""A plan says what it does not know: a newer plan, a newer list with what it brought, other rules; else nothing."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from dashboard.screens import week_stale
from planner.store import ImportBatch, ImportResult
from tests.dashboard.fakes import BRANCH, MANAGER, NOW, week

PACK = "CN 2026-01-01 abc"


def batch(after: timedelta, **counts: Any) -> ImportBatch:
    result = ImportResult("b", **({"added": 3, "changed": 1, "unchanged": 9, "gone": 0} | counts))
    return ImportBatch(SimpleNamespace(), result, True, NOW + after, "m")  # type: ignore[arg-type]


def facts(monkeypatch: pytest.MonkeyPatch, *imports: ImportBatch, pack: str = PACK, listed: bool = True) -> list[str]:
    view = replace(week(), rule_pack=PACK)
    everybody = [stop.debtor_id for route in view.routes for stop in route.stops]
    accounts = pd.DataFrame({"debtor_id": everybody if listed else everybody[2:]})
    store = SimpleNamespace(imports=lambda *_: imports, accounts=lambda *_: accounts)
    monkeypatch.setattr(week_stale, "load_pack", lambda _code: SimpleNamespace(version=pack))
    return week_stale.changed(SimpleNamespace(store=store), MANAGER, BRANCH, view)  # type: ignore[arg-type]


def test_a_plan_that_knows_all_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts(monkeypatch, batch(-timedelta(hours=1))) == []


def test_a_newer_list_says_what_it_brought(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = timedelta(hours=1)
    both = facts(monkeypatch, batch(hour), batch(2 * hour, gone=4))
    assert both == ["a newer list (6 accounts added, 2 changed, 4 gone)"]
    gone = facts(monkeypatch, batch(hour), listed=False)
    assert gone[1] == "2 planned visits are to people no longer on the list"


def test_a_list_of_the_past_and_one_given_twice_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = timedelta(hours=1)
    assert facts(monkeypatch, batch(hour, older=True), batch(hour, repeated=True)) == []


def test_other_rules_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts(monkeypatch, pack="CN 2026-12-01 def") == ["the rules are now CN 2026-12-01 def"]
