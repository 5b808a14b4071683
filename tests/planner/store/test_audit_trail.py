"""Every write leaves one entry in its own transaction, and no entry holds personal data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.domain import Role
from planner.store import Store
from tests.planner.store.factories import HERE, NOW, THERE, outcome, outcomes, overdue_list, principal, source
from tests.planner.store.test_access import METHODS, READS, call, with_right

#: reads by right of the role alone, which no branch's manager has, and a look at what a write would do
LOOKS = READS | {"branch_codes", "as_imported", "undoing_import", "erasable", "once_stops"}
#: what notes the looks of auditors alone
LOOKS |= {"note_page"}
#: what only a second reviewer asks for
LOOKS |= {"reviews_to_confirm"}
WRITES = sorted(set(METHODS) - LOOKS)


@pytest.mark.parametrize("method", WRITES)
def test_a_write_leaves_one_entry(method: str, store: Store, tmp_path: Path) -> None:
    who = with_right(method, HERE, THERE)
    reader = principal(Role.MANAGER, HERE)
    # what the arguments needed
    needed = {
        "finish_job": ["job.queue", "job.start"],
        "undo_edits": ["job.queue", "survey.edit"],
        "erase_person": ["job.queue", "import.save"],
        "put_away_scenario": ["job.queue", "plan.save"],
    }
    calls = needed.get(method, ["job.queue"])
    before = len(store.audit_entries(reader, HERE))
    call(store, method, who, tmp_path)
    made = store.audit_entries(reader, HERE)[before:]
    own = made[len(calls) :]
    assert [entry.what for entry in made[: len(calls)]] == calls
    # Progress comes every second and decides nothing, and so does the question whether a job is lost when none is.
    assert len(own) == (0 if method in {"report_progress", "reap_lost"} else 1)
    assert all((entry.who, entry.role, entry.at) == (who.name, who.role.value, NOW) for entry in own)


@pytest.mark.parametrize("method", sorted(LOOKS))
def test_a_read_leaves_none(method: str, store: Store, tmp_path: Path) -> None:
    reader = principal(Role.MANAGER, HERE)
    before = len(store.audit_entries(reader, HERE))
    call(store, method, with_right(method, HERE), tmp_path)
    assert [entry.what for entry in store.audit_entries(reader, HERE)[before:]] == ["job.queue"]


def test_a_write_that_fails_leaves_none(store: Store) -> None:
    manager = principal()
    before = store.audit_entries(manager, HERE)
    with pytest.raises(ValueError, match="D99"):
        store.save_outcomes(manager, HERE, outcomes(outcome(debtor_id="D99")), now=NOW)
    assert store.audit_entries(manager, HERE) == before


def test_the_trail_holds_no_personal_data(store: Store) -> None:
    manager = principal()
    store.save_outcomes(manager, HERE, outcomes(outcome(evidence="甄不存 said")), now=NOW)
    store.save_import(manager, HERE, overdue_list(overdue_minor=4321_5678_91), **source("e" * 64))
    text = json.dumps([dict(entry.ids) for entry in store.audit_entries(manager, HERE)], ensure_ascii=False)
    for secret in ("甄不存", "13800000000", "云溪路", "432156789", "NOT_HOME"):
        assert secret not in text


def test_the_trail_is_a_branchs_own(store: Store) -> None:
    assert {entry.branch for entry in store.audit_entries(principal(), HERE)} == {HERE}
    assert store.audit_entries(principal(), HERE, since=NOW.replace(year=2027)) == ()
