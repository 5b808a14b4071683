"""Letters, visit sheets and lists hold names and addresses: whoever takes one is in the trail, with how many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from dashboard.screens import channels, clocks_letters, visit_sheet
from planner.domain import Principal, Role
from planner.store import Store
from tests.dashboard.screens.conftest import Stopped
from tests.planner.store.factories import HERE

WHO = Principal("somebody", Role.MANAGER, frozenset({HERE}))
BRANCH: Any = SimpleNamespace(code=HERE, rule_pack="CN")
ROWS = pd.DataFrame({"name": ["甄不存", "费雪"]})


def letters(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    monkeypatch.setattr(clocks_letters, "letters", lambda *_: ROWS)
    view: Any = SimpleNamespace(branch=BRANCH)
    return clocks_letters.made(kit, WHO, view, "en")


def sheet(kit: Stopped, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    view = SimpleNamespace(branch=BRANCH, stops=(1, 2))
    monkeypatch.setattr(visit_sheet, "day_view", lambda *_, **__: view)
    monkeypatch.setattr(visit_sheet, "sheet", lambda *_, **__: "a sheet")
    monkeypatch.setattr(visit_sheet, "visit_sheet_pdf", lambda _: b"%PDF")
    return visit_sheet.made(kit, WHO, f"{HERE}-A", date(2026, 11, 24), "en")


def a_list(kit: Stopped, _monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    return channels.noted(kit, WHO, BRANCH, "phone", len(ROWS))


@pytest.mark.parametrize(
    ("made", "what", "said"),
    [
        (letters, "cards.letters", {"rows": 2}),
        (sheet, "cards.visit_sheet", {"crew": f"{HERE}-A", "day": "2026-11-24", "stops": 2}),
        (a_list, "cards.list", {"channel": "phone", "rows": 2}),
    ],
)
def test_a_file_with_cards_is_in_the_trail(
    kit: Stopped, store: Store, monkeypatch: pytest.MonkeyPatch, made: Any, what: str, said: dict[str, object]
) -> None:
    take = made(kit, monkeypatch)

    def noted() -> list[Any]:
        return [one for one in store.audit_entries(WHO, HERE) if one.what.startswith("cards.")]

    assert noted() == []
    take()
    (entry,) = noted()
    assert (entry.who, entry.what, dict(entry.ids)) == ("somebody", what, said)


def test_pages_are_not_read_anew_for_a_look(kit: Stopped, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.version(WHO, HERE)
    a_list(kit, monkeypatch)()
    assert store.version(WHO, HERE) == before
