"""Who gets what: thousands of calls of every method by every role about everybody's things, on both databases.

Another branch's names, amounts and ids must be in no answer and no error, its rows must stay as they are, and whoever
lacks a right must be refused. ``make test-long`` makes ten thousand calls on each database.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from planner.domain import Principal, Role
from planner.store import Login, NotAllowed, PlaceWord, SavedPlan, Store
from planner.store.schema import metadata
from tests.conftest import LONG
from tests.planner.store import test_logins
from tests.planner.store.conftest import Database, dump
from tests.planner.store.factories import HERE, NOW, THERE, overdue_list, plan, principal, source
from tests.planner.store.test_access import ALLOWED, METHODS, arguments

CALLS = 10_000 if LONG else 250
#: what belongs to the other branch, and nothing else anywhere looks like it
NAME, ADDRESS, AMOUNT = "外行人", "别处路 9 号", 7_654_321
CANARIES = (NAME, ADDRESS, str(AMOUNT))
PERSON = "甄不存"
#: a debtor of either branch, by his number
DEBTOR = re.compile(r"\bD[1-9]\d*\b")
#: who never sees a name
BLIND = {Role.REGIONAL_HEAD, Role.ADMINISTRATOR, Role.GATE, Role.SYSTEM}
#: what may name the other branch: the list of all codes, and what gives back what one said oneself: a list as it
#: would be stored, the trail of files and packs that were made
NAMES_IT = {"branch_codes", "as_imported", "audit_entries"}
#: a copy of the whole database writes a file; who may is in test_access
LEFT_OUT = {"backup"}
#: whom crew A is ever sent to, by the plan of the week and the plan of a day
OF_CREW_A = {"D1", "D2", "D3"}


def strangers_rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Give the other branch's rows of every table."""
    whose = {"branch": THERE, "code": THERE, "plan_id": f"plan-{THERE}", "road_region": "hills"}
    found = {}
    for name, rows in dump(database).items():
        columns = list(metadata.tables[name].c.keys())
        column = next((one for one in whose if one in columns), None)
        found[name] = [row for row in rows if column and row[columns.index(column)] == whose[column]]
    return found


def prepared(database: Database) -> Store:
    """Give the other branch a list that can be told from any other."""
    store = database.open()
    theirs = overdue_list(THERE, overdue_minor=AMOUNT)
    theirs["contacts"] = theirs["contacts"].assign(name=NAME)
    theirs["addresses"] = theirs["addresses"].assign(address=ADDRESS)
    store.save_import(principal(Role.MANAGER, THERE), THERE, theirs, **source("e" * 64))
    store.queue_job(principal(Role.MANAGER, THERE), THERE, "plan", request={"who": NAME}, now=NOW)
    store.save_setting(principal(Role.MANAGER, THERE), THERE, "seconds", AMOUNT, now=NOW)
    boss = Principal("boss", Role.ADMINISTRATOR, frozenset({HERE, THERE}))
    store.logins.save(boss, Login("root", Role.ADMINISTRATOR), password="h", now=NOW)
    store.logins.save(boss, test_logins.LIN, password="h", now=NOW)
    return store


def somebody(draw: random.Random) -> Principal:
    """Draw who calls: of this branch, or of none."""
    role = draw.choice(list(Role))
    branches = frozenset({HERE}) if draw.random() < 0.9 else frozenset[str]()
    crew = draw.choice([f"{HERE}-A", f"{HERE}-B", f"{THERE}-A", None]) if role is Role.COLLECTOR else None
    return Principal(role.value, role, branches, crew)


def elsewhere(draw: random.Random, name: str, value: Any, jobs: list[str]) -> Any:
    """Turn an argument to the other branch's thing, or to one that is nowhere."""
    if isinstance(value, pd.DataFrame):
        turned = value.copy()
        for column in ("branch", "crew_id"):
            if column in turned:
                turned[column] = turned[column].str.replace(HERE, THERE)
        return turned
    if isinstance(value, Mapping):
        return {key: elsewhere(draw, key, one, jobs) for key, one in value.items()}
    if name == "plan_id":
        return draw.choice([f"plan-{THERE}", "nowhere"])
    if name == "job_id":
        return draw.choice([*jobs, "nowhere"])
    if name == "saved" and isinstance(value, SavedPlan):
        return plan(f"fuzz-{draw.random()}", branch=THERE)
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value.replace(HERE, THERE) if HERE in value else draw.choice(["", "nowhere", "D6"])
    if isinstance(value, tuple):
        return tuple(elsewhere(draw, name, one, jobs) for one in value)
    if is_dataclass(value) and not isinstance(value, type | PlaceWord):
        changes = {key: THERE for key in ("branch", "code") if hasattr(value, key)}
        return replace(value, **changes)
    return value


def text_of(answer: Any) -> str:
    """Give everything that an answer says."""
    if isinstance(answer, pd.DataFrame):
        return answer.to_csv()
    if isinstance(answer, tuple | list):
        return "\n".join(map(text_of, answer))
    if isinstance(answer, Mapping):
        return "\n".join(f"{key} {text_of(value)}" for key, value in answer.items())
    return repr(answer)


def test_nobody_gets_or_changes_what_is_not_theirs(database: Database, tmp_path: Path) -> None:
    methods = [one for one in METHODS if one not in LEFT_OUT]
    draw, store = random.Random(20261129), prepared(database)
    jobs = [one.job_id for one in store.jobs(principal(Role.MANAGER, THERE), THERE)]
    good = {method: arguments(store, method, tmp_path) for method in methods}
    good["change_setting"]["change"] = lambda _before: 30
    before, faults, seen = strangers_rows(database), [], Counter[str]()
    for number in range(CALLS):
        who = somebody(draw)
        if draw.random() < 0.12:
            method = draw.choice(test_logins.METHODS)
            may = who.role in test_logins.may_call(method)
            call, given = lambda: test_logins.call(store.logins, method, who), {}  # noqa: B023
        else:
            method = draw.choice(methods)
            given = {
                name: elsewhere(draw, name, value, jobs) if draw.random() < 0.35 else value
                for name, value in good[method].items()
            }
            may, call = method in ALLOWED[who.role], lambda: getattr(store, method)(who, **given)  # noqa: B023
        told = f"{number}: {method} by {who.role.value} of {sorted(who.branches)} {who.crew} with {str(given)[:200]}"
        try:
            answer: Any = call()
        except NotAllowed as error:
            seen["refused"] += 1
            answer = str(error)
        except (ValueError, LookupError, RuntimeError) as error:  # what is named is not there, or cannot be so
            seen[type(error).__name__] += 1
            answer = str(error)
            if isinstance(error, sa.exc.SQLAlchemyError):
                faults.append(f"the database had to refuse it, {type(error).__name__}: {told}")
        else:
            seen["answered"] += 1
            if not may and not isinstance(answer, bool):
                faults.append(f"answered without the right: {told}")
            said = text_of(answer)
            if THERE in said and method not in NAMES_IT and not method.startswith(("save", "add")) and given:
                faults.append(f"names the other branch: {told}")
            if who.role in BLIND and PERSON in said and method not in NAMES_IT:
                faults.append(f"names a person: {told}")
            if who.role is Role.REGIONAL_HEAD and method != "reviews_to_confirm" and DEBTOR.search(said):
                faults.append(f"a row about a debtor for a head: {told}")
            if who.role is Role.COLLECTOR and isinstance(answer, pd.DataFrame) and "debtor_id" in answer:
                beyond = set(answer["debtor_id"]) - (OF_CREW_A if who.crew == f"{HERE}-A" else {"D3"})
                if beyond:
                    faults.append(f"of debtors beyond the crew's stops, {sorted(beyond)}: {told}")
        if any(canary in text_of(answer) for canary in CANARIES):
            faults.append(f"tells of the other branch: {told}")
        if number % 500 == 499 or number == CALLS - 1:
            after = strangers_rows(database)
            changed = [name for name, rows in after.items() if rows != before[name]]
            assert not changed, f"rows of the other branch in {changed} changed before call {number}"
    store.close()
    assert faults == []
    assert seen["answered"] > CALLS / 20, seen
    assert seen["refused"] > CALLS / 4, seen


@pytest.mark.parametrize("maker", ["sqlite"], indirect=True)
def test_the_matrix_notices_a_check_that_is_gone(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.store import door

    monkeypatch.setattr(door, "permit", lambda who, *_: who)
    with pytest.raises(AssertionError):
        test_nobody_gets_or_changes_what_is_not_theirs(database, tmp_path)
