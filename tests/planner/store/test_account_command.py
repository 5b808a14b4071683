"""The command ``account``: the first administrator, and who an account is at the bank."""

from __future__ import annotations

import json
import re

import pytest

from planner.account_command import account_command
from planner.domain import Principal, Role
from planner.passwords import matches
from planner.store import Store
from tests.planner.store.factories import HERE, NOW

GATE = Principal("gate", Role.GATE, frozenset())
pytestmark = pytest.mark.parametrize("maker", ["sqlite"], indirect=True)


def account(store: Store, *words: str) -> int:
    return account_command(words, store=store, now=NOW)


def test_the_first_administrator_gets_a_password_that_is_said_once(
    store: Store,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert account(store, "add", "wang.min", "--role", "administrator") == 0
    password = re.search(r"one-time password +(\S+)", capsys.readouterr().out)
    assert password
    found = store.logins.to_check(GATE, "wang.min")
    assert found
    assert matches(found[1], password[1])
    assert found[0].one_time_until is not None
    assert account(store, "add", "wang.min", "--role", "administrator") == 2
    assert account(store, "disable", "wang.min") == 2  # the last one stays
    assert account(store, "disable", "nobody") == 2
    assert password[1] not in capsys.readouterr().err


def test_who_signs_in_at_the_bank_has_no_password_here(
    store: Store,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert account(store, "add", "lin", "--role", "manager", "--branch", HERE, "--subject", "104233") == 0
    assert "one-time" not in capsys.readouterr().out
    found = store.logins.to_check(GATE, "lin")
    assert found == (store.logins.of_subject(GATE, "104233"), "")
    assert account(store, "subject", "lin", "--subject", "104234") == 0
    assert store.logins.of_subject(GATE, "104233") is None
    assert store.logins.of_subject(GATE, "104234") is not None
    assert account(store, "subject", "lin") == 0
    assert store.logins.of_subject(GATE, "104234") is store.logins.of_subject(GATE, "") is None
    capsys.readouterr()
    assert account(store, "list", "--json") == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["lin"]
