"""What a branch's rows are compared with is looked up once, not for each row: else a branch costs the square of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from planner.store.connect import Scope, reading
from tests.planner.store.conftest import Database
from tests.planner.store.factories import HERE, principal

#: how the databases write that something is done for each row
BY_ROW = re.compile(r"CORRELATED|Nested Loop|(?<!hashed )SubPlan \d+\)")


def plans_of(database: Database, name: str) -> list[str]:
    """Give how the database answers each question of a call of the store, of rows that it has not counted yet."""
    asked: list[tuple[str, Any]] = []
    store = database.open()
    engine = store._door.engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        if statement.lstrip().startswith("SELECT") and "set_config" not in statement:
            asked.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    getattr(store, name)(principal(), HERE)
    sa.event.remove(engine, "before_cursor_execute", note)
    how = "EXPLAIN QUERY PLAN" if database.product == "sqlite" else "EXPLAIN"
    with reading(engine, Scope(frozenset({HERE}), "manager")) as connection:
        found = [
            "\n".join(" ".join(map(str, row)) for row in connection.exec_driver_sql(f"{how} {one}", values))
            for one, values in asked
        ]
    store.close()
    return found


@pytest.mark.parametrize("name", ["debtors", "accounts", "places", "contacts", "addresses", "debtor_types"])
def test_a_branch_is_read_without_a_question_for_each_row(database: Database, name: str) -> None:
    found = plans_of(database, name)
    assert found
    for plan in found:
        assert not BY_ROW.search(plan), plan
