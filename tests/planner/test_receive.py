"""A checked list goes into the store once; people keep their ids, what was rejected stays on record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from config.profiles import load_profile
from planner.domain import Role
from planner.intake.check import Checked, check_bytes
from planner.receive import ListSource, located, receive
from planner.store import NotAllowed, Store, overdue
from tests.planner.factories import (
    BRANCH,
    DISTRICT,
    HELD,
    NOW,
    SAFE_ONLY,
    TODAY,
    TWO_ACCOUNTS,
    case,
    cases,
    house_at,
    principal,
    store_at,
    street_index,
    write_list,
)  # fmt: skip

INDEX = street_index()


@pytest.fixture
def store(tmp_path):
    made = store_at(tmp_path / "store.sqlite")
    yield made
    made.close()


def checked(tmp_path, rows) -> Checked:
    path = write_list(tmp_path / "list.csv", rows)
    return check_bytes(path.read_bytes(), load_profile("auto"), today=TODAY)


def take(store: Store, one: Checked, sha: str = "1", **more):
    source = ListSource("list.csv", sha * 64, "auto")
    return receive(store, principal(), BRANCH, one, source, index=INDEX, **{"now": NOW} | more)


def test_houses_are_found_and_holds_and_wishes_kept(store, tmp_path):
    assert take(store, checked(tmp_path, cases())).added == 31
    cards = store.contacts(principal(), BRANCH).set_index("name")["debtor_id"]
    places = store.places(principal(), BRANCH).set_index("debtor_id")
    assert tuple(places.loc[cards["测试13"], ["lon", "lat"]]) == house_at(1, 5)
    assert places["accuracy_m"].dropna().unique().tolist() == [15.0]
    assert set(store.holds(principal(), BRANCH)["kind"]) == {"dispute", "plan_active"}
    assert cards[f"测试{HELD:02d}"] in set(store.holds(principal(), BRANCH)["debtor_id"])
    assert cards[f"测试{SAFE_ONLY:02d}"] in set(store.accommodations(principal(), BRANCH)["debtor_id"])
    debtors = store.debtors(principal(), BRANCH).set_index("debtor_id")
    assert debtors.loc[cards["测试13"], "region"] == DISTRICT[0]


def test_a_fault_while_holds_are_kept_leaves_nothing_of_the_import(store, tmp_path, monkeypatch):
    kept = overdue.save

    def fails(connection, name, branch, table):
        if name == "holds":
            raise OSError("disk full")
        return kept(connection, name, branch, table)

    monkeypatch.setattr(overdue, "save", fails)
    with pytest.raises(OSError, match="disk full"):
        take(store, checked(tmp_path, cases()))
    assert store.debtors(principal(), BRANCH).empty
    assert store.imports(principal(), BRANCH) == ()
    monkeypatch.undo()
    assert take(store, checked(tmp_path, cases())).added == 31


def test_every_write_to_the_overdue_gives_another_version_and_a_look_does_not(store, tmp_path):
    versions = [store.version(principal(), BRANCH)]
    take(store, checked(tmp_path, cases()))
    versions.append(store.version(principal(), BRANCH))
    lifted = store.holds(principal(), BRANCH).assign(until_on=NOW.replace(tzinfo=None))
    store.save_holds(principal(), BRANCH, lifted, now=NOW)
    versions.append(store.version(principal(), BRANCH))
    assert versions == sorted(set(versions))
    store.queue_job(principal(), BRANCH, "plan", request={}, now=NOW)
    assert store.version(principal(), BRANCH) == versions[-1]


def test_the_same_file_twice_changes_nothing_not_even_a_lifted_hold(store, tmp_path):
    one = checked(tmp_path, cases())
    take(store, one)
    lifted = store.holds(principal(), BRANCH).assign(until_on=NOW.replace(tzinfo=None))
    store.save_holds(principal(), BRANCH, lifted, now=NOW)
    again = take(store, one, now=NOW + timedelta(days=1))
    assert (again.repeated, again.added, again.changed, again.gone) == (True, 0, 0, 0)
    assert store.holds(principal(), BRANCH)["until_on"].notna().all()
    assert len(store.imports(principal(), BRANCH)) == 1


def test_a_full_list_closes_who_is_gone_and_a_person_keeps_the_id(store, tmp_path):
    take(store, checked(tmp_path, cases()))
    before = dict(store.contacts(principal(), BRANCH)[["name", "debtor_id"]].to_numpy())
    # The first account of the person with two is paid; the second one and a new one stay.
    rows = [row for row in cases()[12:] if row["案件编号"] != f"C{TWO_ACCOUNTS:03d}"]
    rows.append(case(TWO_ACCOUNTS, 案件编号="C901"))
    result = take(store, checked(tmp_path, rows), "2", full_list=True)
    assert (result.added, result.gone) == (1, 12)
    after = dict(store.contacts(principal(), BRANCH)[["name", "debtor_id"]].to_numpy())
    assert after == {name: before[name] for name in after}
    accounts = store.accounts(principal(), BRANCH)
    mine = accounts[accounts["debtor_id"] == before[f"测试{TWO_ACCOUNTS:02d}"]]
    assert set(mine["case_id"]) == {"C900", "C901"}


def test_what_was_rejected_and_not_located_stays_on_record(store, tmp_path):
    rows = [*cases(), case(40, 逾期天数="-1")]
    result = take(store, checked(tmp_path, rows))
    (batch,) = store.imports(principal(), BRANCH)
    issues = json.loads(batch.source.issues_json)
    assert result.added == 31
    assert (batch.source.rows_read, batch.source.rows_accepted) == (32, 31)
    assert {"address_unlocated"} < {one["code"] for one in issues}
    assert [one["row"] for one in issues if one["severity"] == "error"] == [33]


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.REGIONAL_HEAD])
def test_who_may_not_change_the_list_changes_nothing(store, tmp_path, role):
    source = ListSource("list.csv", "1" * 64, "auto")
    with pytest.raises(NotAllowed):
        receive(
            store, principal(role, crew=f"{BRANCH}-A"), BRANCH, checked(tmp_path, cases()), source, index=INDEX, now=NOW
        )
    assert len(store.accounts(principal(), BRANCH)) == 0


def test_what_is_located_is_what_is_stored(store, tmp_path):
    one = checked(tmp_path, cases())
    seen = located(store, principal(), BRANCH, one, index=INDEX)
    assert len(store.accounts(principal(), BRANCH)) == 0
    take(store, one)
    stored = store.places(principal(), BRANCH)
    assert set(stored["place_id"]) == set(seen.places["place_id"])
