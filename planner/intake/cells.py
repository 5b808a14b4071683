"""What a bad cell means for its row: where the row cannot do without it, the row is rejected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from planner.intake.columns import COLUMNS, Holds
from planner.intake.fields import Fields, fault_issues
from planner.intake.grid import Grid
from planner.intake.headings import Headings
from planner.intake.issue import Issue, Severity, issue
from planner.intake.values import Fault

#: Things that have happened, so that a day to come is a mistake.
PAST_DAYS = ("last_paid_on", "interrupted_on", "loan_on")


def cell_issues(fields: Fields, headings: Headings, indices: Sequence[int], today: date) -> list[Issue]:
    """Give an issue for every bad cell but those of ageing and places, which are settled from several columns."""
    found: list[Issue] = []
    for name, column in fields.values.items():
        holds = COLUMNS[name].holds
        heading = headings.names[headings.found[name]]
        if holds in (Holds.ID_NUMBER, Holds.PHONE) or (holds is Holds.MONEY and name != "overdue"):
            found += fault_issues(fields, name, headings, indices, Severity.WARNING)
        elif holds in (Holds.CASE_ID, Holds.DAY) or name == "overdue":
            found += fault_issues(fields, name, headings, indices, None)
        if name == "name":
            found += [
                issue("name_missing", row=indices[n] + 1, column=heading)
                for n, one in enumerate(column)
                if not (one.isalnum() or any(c.isalnum() for c in one))
            ]
        elif holds is Holds.MONEY and _all_owed(column):
            continue
        elif name == "overdue":
            for n, one in enumerate(column):
                if one is None:
                    found.append(issue("amount_missing", row=indices[n] + 1, column=heading))
                elif isinstance(one, int) and one <= 0:
                    found.append(
                        issue("amount_not_positive", row=indices[n] + 1, column=heading, value=fields.shown(name, n))
                    )
        elif holds is Holds.MONEY:
            found += [
                issue("amount_negative", row=indices[n] + 1, column=heading, value=fields.shown(name, n))
                for n, one in enumerate(column)
                if isinstance(one, int) and one < 0
            ]
        elif name in PAST_DAYS:
            found += [
                issue("date_out_of_range", row=indices[n] + 1, column=heading, value=fields.shown(name, n))
                for n, one in enumerate(column)
                if isinstance(one, date) and one > today
            ]
    if "guarantor" in fields.values:
        kinds = fields.column("guarantee_kind", len(indices))
        heading = headings.names[headings.found["guarantor"]]
        found += [
            issue("guarantee_unclear", row=indices[n] + 1, column=heading)
            for n, one in enumerate(fields.values["guarantor"])
            if one and kinds[n] in ("none", None)
        ]
    types = fields.values.get("debtor_type", [])
    bad = [indices[n] + 1 for n, one in enumerate(types) if one == "bad_faith"]
    if bad:
        heading = headings.names[headings.found["debtor_type"]]
        found.append(issue("needs_second_reviewer", column=heading, count=len(bad), first=bad[0]))
    return found


def _all_owed(column: Sequence[Any]) -> bool:
    """Say whether every cell of a column is an amount above zero, as in most lists."""
    return set(map(type, column)) == {int} and min(column) > 0


def repeated(
    grid: Grid, fields: Fields, headings: Headings, indices: Sequence[int], refused: frozenset[int]
) -> tuple[list[Issue], frozenset[int]]:
    """Find case ids that stand in several rows; gives the issues, one a row, and the indices of rows not to take.

    Rows that are the same in every cell are one row written twice: the first is taken. Rows that differ are all
    refused, because nobody here can know which of them is right. Rows already ``refused`` count too.
    """
    if "case_id" not in fields.values:
        return [], frozenset()
    heading = headings.names[headings.found["case_id"]]
    if len(set(fields.values["case_id"])) == len(fields.values["case_id"]):
        return [], frozenset()
    at: dict[str, list[int]] = defaultdict(list)
    for i, one in zip(indices, fields.values["case_id"], strict=True):
        if not isinstance(one, Fault):
            at[one].append(i)
    issues: list[Issue] = []
    left: set[int] = set()
    for case_id, same in at.items():
        if len(same) == 1:
            continue
        rows = ", ".join(str(i + 1) for i in same[:10]) + (" …" if len(same) > 10 else "")
        alike = len({tuple(cell.strip() for cell in grid.rows[i][: headings.width]) for i in same}) == 1
        code = "row_repeated" if alike else "case_id_repeated"
        left.update(same[1:] if alike else same)
        if alike and same[0] in refused:
            continue
        issues += [issue(code, row=i + 1, column=heading, value=case_id, rows=rows) for i in same]
    return issues, frozenset(left)
