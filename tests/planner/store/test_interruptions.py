"""Evidence entered by a person: audited, and not undone by a list that knows less."""

from datetime import date

import pandas as pd
import pytest

from tests.planner.store.factories import HERE, NOW, overdue_list, principal, source

MANAGER = principal()
DAY = date(2025, 6, 1)


def enter(store, on: date = DAY, **changes) -> None:
    values = {"on": on, "evidence": "notice_signed", "source": "folder 3", "now": NOW} | changes
    store.save_interruption(MANAGER, HERE, "K1", **values)


@pytest.fixture
def listed(fresh):
    store = fresh()
    accounts = overdue_list(debtors=2)["accounts"]
    assert "K1" in set(accounts["case_id"])
    store.save_import(MANAGER, HERE, overdue_list(debtors=2), **source("e" * 64))
    return store


def row(store) -> pd.Series:
    table = store.accounts(MANAGER, HERE)
    return table[table["case_id"] == "K1"].iloc[0]


def test_it_stands_at_the_account_and_in_the_trail(listed):
    enter(listed)
    one = row(listed)
    assert (one["interrupted_on"].date(), one["interruption"]) == (DAY, "notice_signed")
    assert one["clock_set_by"] == f"{MANAGER.name}: folder 3"
    entry = listed.audit_entries(MANAGER, HERE)[-1]
    assert (entry.what, entry.who) == ("clock.interrupt", MANAGER.name)
    assert entry.ids == {"case": "K1", "on": "2025-06-01", "evidence": "notice_signed", "was_on": "", "was": ""}


@pytest.mark.parametrize(
    ("on", "evidence", "kept"),
    [(None, "", True), ("2024-01-01", "payment", True), ("2025-06-01", "", True), ("2025-07-01", "payment", False)],
)
def test_a_later_list_undoes_it_only_with_newer_evidence(listed, on, evidence, kept):
    enter(listed)
    tables = overdue_list(debtors=2)
    mine = tables["accounts"]["case_id"] == "K1"
    day = pd.Series(pd.NaT, index=mine.index, dtype="datetime64[s]").mask(mine, pd.Timestamp(on) if on else pd.NaT)
    tables["accounts"] = tables["accounts"].assign(
        interrupted_on=day.astype("datetime64[s]"),
        interruption=["payment" if one and evidence else "" for one in mine],
        clock_set_by="overdue list",
    )
    listed.save_import(MANAGER, HERE, tables, **source("c" * 64))
    assert (row(listed)["interruption"] == "notice_signed") == kept
    assert (row(listed)["clock_set_by"] == f"{MANAGER.name}: folder 3") == kept


def test_what_a_list_itself_says_is_not_taken_for_entered_by_hand(listed):
    """The list's own column "who set the clock" may look like a name and a source."""
    tables = overdue_list(debtors=2)
    mine = tables["accounts"]["case_id"] == "K1"
    day = pd.Series(pd.NaT, index=mine.index, dtype="datetime64[s]").mask(mine, pd.Timestamp(DAY))
    said = tables["accounts"].assign(
        interrupted_on=day.astype("datetime64[s]"),
        interruption=["payment" if one else "" for one in mine],
        clock_set_by="Legal: Mr Fan",
    )
    listed.save_import(MANAGER, HERE, tables | {"accounts": said}, **source("b" * 64))
    assert row(listed)["interruption"] == "payment"
    listed.save_import(MANAGER, HERE, tables, **source("c" * 64))
    assert row(listed)["interruption"] == tables["accounts"].loc[mine, "interruption"].iloc[0]
    assert row(listed)["clock_set_by"] != "Legal: Mr Fan"


@pytest.mark.parametrize(("case", "on"), [("nobody", DAY), ("K1", DAY), ("K1", date(2025, 5, 31))])
def test_an_unknown_account_or_an_older_act_is_refused(listed, case, on):
    enter(listed)
    with pytest.raises(ValueError, match="account"):
        listed.save_interruption(MANAGER, HERE, case, on=on, evidence="payment", source="x", now=NOW)
