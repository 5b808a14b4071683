"""A branch whose list names watched accounts only: every view is empty and none fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from config.parameters import load
from config.playbook import load_playbook
from config.rules import load_pack
from planner.domain import Role
from planner.store import Store, migrate, open_store
from planner.view.branch_share import branch_share
from planner.view.clocks import clocks_view
from planner.view.debtor import branch_data
from planner.view.early import early_view
from planner.view.overdue import overdue_view
from planner.view.risk import risk_view
from planner.view.survey import survey_view
from tests.planner.store.factories import (
    HERE,
    NOW,
    branch,
    outcome,
    outcomes,
    overdue_list,
    principal,
    source,
    team,
)

MANAGER = principal()
PACK = load_pack("CN")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    migrate(url)
    made = open_store(url)
    setup = principal(Role.SYSTEM, name="setup")
    made.save_branch(setup, branch(), now=NOW)
    people, crews, shifts = team()
    made.save_collectors(setup, HERE, people, now=NOW)
    made.save_crews(setup, HERE, crews, now=NOW)
    made.save_shifts(setup, HERE, shifts, now=NOW)
    made.save_import(MANAGER, HERE, overdue_list(due_on="2026-12-10"), **source(), full_list=True)
    yield made
    made.close()


def test_nobody_is_overdue_and_no_page_fails(store: Store) -> None:
    here, rates = branch(), load()
    assert branch_share(store, MANAGER, here, PACK, rates, now=NOW).surveyed.empty
    assert clocks_view(store, MANAGER, here, PACK, now=NOW).rows.empty
    assert survey_view(store, MANAGER, here, rates, rough_m=500, now=NOW).rows.empty
    assert len(branch_data(store, MANAGER, here, today=NOW.date()).debtors) == 6
    early = early_view(store, MANAGER, here, load_playbook(), now=NOW)
    assert (len(early.fresh), len(early.watch)) == (0, 6)
    risk = risk_view(store, MANAGER, (here,), now=NOW)
    assert (len(risk.now), len(risk.moves), len(risk.spells)) == (6, 0, 0)
    assert overdue_view(store, MANAGER, here, PACK, now=NOW).debtors.empty


def test_a_past_visit_that_made_somebody_current_still_counts(store: Store) -> None:
    store.save_import(MANAGER, HERE, overdue_list(due_on="2026-11-01", days_past_due=19), **source("b" * 64))
    paid = outcome("o1", place_id="P1", code="PAID_FULL", paid_minor=100_00, started_at=NOW - timedelta(days=3))
    store.save_outcomes(MANAGER, HERE, outcomes(paid), now=NOW)
    listed = overdue_list(due_on="2026-11-01", days_past_due=22)
    cured = listed["accounts"]["case_id"] == "K1"
    listed["accounts"] = listed["accounts"].assign(
        days_past_due=[0 if one else 22 for one in cured],
        due_on=listed["accounts"]["due_on"].mask(cured, pd.Timestamp("2026-12-10")),
    )
    store.save_import(MANAGER, HERE, listed, **source("c" * 64))
    share = branch_share(store, MANAGER, branch(), PACK, load(), now=NOW)
    assert "D1" not in set(share.surveyed["debtor_id"])
    assert share.past[["debtor_id", "paid_minor"]].to_numpy().tolist() == [["D1", 100_00.0]]
