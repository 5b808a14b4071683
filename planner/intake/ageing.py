"""Days past due of each row, from whatever the file gives: the days, a due date or a bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.domain import BUCKET_FLOORS, Bucket
from planner.intake.fields import Fields
from planner.intake.headings import Headings
from planner.intake.issue import Issue, Severity, issue
from planner.intake.values import Fault

#: How far due date and days past due may be apart before it is worth a word.
TOLERANCE_DAYS = 3
#: An account that is not overdue yet may be listed to be watched, its due date at most so far ahead without a word.
WATCHED_AHEAD_DAYS = 92
#: What a column of days is called where the file has none.
DAYS_HEADING = "逾期天数"
#: An account in M1 is at least one day late.
LEAST_DAYS = {bucket: max(floor, 1) for floor, bucket in BUCKET_FLOORS}


@dataclass(frozen=True)
class Ageing:
    """By data row: days past due (None where the row is rejected), the day they are counted on, and the due date."""

    days: list[int | None]
    as_of: list[date]
    due: list[date | None]
    issues: list[Issue]


def ageing(fields: Fields, headings: Headings, indices: Sequence[int], today: date) -> Ageing:
    """Settle the days past due of every row; an error is made for each row where they cannot be told."""
    count = len(indices)
    given, dues = fields.column("days_past_due", count), fields.column("due_on", count)
    buckets, stated = fields.column("bucket", count), fields.column("as_of_on", count)
    if fields.values.keys().isdisjoint(("due_on", "as_of_on")) and set(map(type, given)) == {int}:
        return Ageing(list(given), [today] * count, [None] * count, [])  # there is nothing to hold the days against
    issues: list[Issue] = []
    days: list[int | None] = []
    as_of = [one if isinstance(one, date) and one <= today else today for one in stated]
    due: list[date | None] = [one if isinstance(one, date) else None for one in dues]
    estimated: list[int] = []
    apart: list[int] = []

    def said(code: str, name: str, n: int, severity: Severity | None = None) -> None:
        there = (name, *(one for one in ("days_past_due", "due_on", "bucket") if code.startswith("days")))
        column = next((headings.names[headings.found[one]] for one in there if one in headings.found), DAYS_HEADING)
        issues.append(issue(code, row=indices[n] + 1, column=column, severity=severity, value=fields.shown(name, n)))

    for n in range(count):
        if isinstance(stated[n], date) and stated[n] > today:
            said("date_out_of_range", "as_of_on", n)
        late = (as_of[n] - due[n]).days if due[n] else None  # type: ignore[operator]
        found: Any = given[n]
        if isinstance(found, int):
            if found == 0 and late is not None and late <= 0:
                # Due today or later: watched, never visited. A day far ahead is told, but makes nobody overdue.
                if late < -WATCHED_AHEAD_DAYS:
                    said("due_in_future", "due_on", n, Severity.WARNING)
            elif late is not None and late < 0:
                said("due_in_future", "due_on", n, Severity.WARNING)
                due[n] = None
            elif late is not None and abs(late - found) > TOLERANCE_DAYS:
                apart.append(n)
            days.append(found)
            continue
        settled = _otherwise(found, late, buckets[n])
        if isinstance(settled, Fault):
            name = {"due_in_future": "due_on"}.get(settled.code, "days_past_due")
            said(settled.code, name, n, Severity.ERROR)
            days.append(None)
            continue
        if isinstance(found, Fault):
            said(found.code, "days_past_due", n, Severity.WARNING)
        if late is None:
            estimated.append(n)
        days.append(settled)
    for code, rows, name in (("days_from_bucket", estimated, "bucket"), ("days_disagree", apart, "days_past_due")):
        if rows:
            column = headings.names[headings.found[name]]
            issues.append(issue(code, column=column, count=len(rows), first=indices[rows[0]] + 1))
    return Ageing(days, as_of, due, issues)


def _otherwise(found: Fault | None, late: int | None, bucket: str | None) -> int | Fault:
    """Settle the days where the file does not give them. A negative number is an answer, though a wrong one."""
    if found is not None and found.code == "days_negative":
        return found
    if late is not None:
        return late if late >= 0 else Fault("due_in_future")
    if bucket:
        return LEAST_DAYS[Bucket(bucket)]
    return found or Fault("days_missing")
