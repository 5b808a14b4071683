"""What an import would change, told before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from planner.domain import Principal
from planner.store import Store
from planner.tables import ALL_SAID, Unsaid

DETAILS = ("case_id", "what", "field", "before", "after")
#: of an account, what is not told: it changes with every list, or says nothing to a reader
_UNTOLD = frozenset({"as_of_on", "branch", "debtor_id", "clock_set_by", "closed_at"})
Line = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Changes:
    """Accounts that would be added, changed, left as they are; ``gone`` if the list is the full one.

    An account counts as changed if anything about it or its debtor does, as the import itself counts. ``details`` has
    a line (``DETAILS``) for each account that is added or gone, for each of its values that changes, and for each
    whose debtor's particulars or places do (``person``, without saying them). ``kept`` names the columns that the list
    does not have and in which something is known: it stays (``planner.store.unsaid``).
    """

    added: int
    changed: int
    unchanged: int
    gone: int
    details: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DETAILS)), compare=False)
    kept: frozenset[str] = frozenset()


def changes(
    store: Store,
    principal: Principal,
    branch: str,
    listed: Mapping[str, pd.DataFrame],
    *,
    unsaid: Unsaid = ALL_SAID,
) -> Changes:
    """Compare the tables of a list with what is stored; nothing is written.

    Names, phones and addresses are compared only for who may read them; the system may not.

    Parameters
    ----------
    listed
        Tables as ``Store.save_import`` takes them; ``accounts`` must be there.
    unsaid
        What the list has no column for.
    """
    found = store.as_imported(principal, branch, listed, unsaid)
    accounts, told = found.merged["accounts"], found.result
    lines: list[Line] = [
        *((case, "added", "", "", "") for case in accounts.added),
        *values_changed(accounts.were),
        *((case, "person", "", "", "") for case in sorted(found.people)),
        *((case, "gone", "", "", "") for case in sorted(found.gone)),
    ]
    columns = zip(DETAILS, zip(*lines, strict=True) if lines else [()] * len(DETAILS), strict=True)
    details = pd.DataFrame({name: pd.Series(list(values), dtype="str") for name, values in columns})
    return Changes(told.added, told.changed, told.unchanged, told.gone, details, found.kept)


def values_changed(were: Mapping[str, Mapping[str, tuple[Any, Any]]]) -> Iterator[Line]:
    """Give a line for each value of a known account that would change, by account; ``were``: before and after."""
    for case, values in were.items():
        for name, (before, after) in values.items():
            if name not in _UNTOLD:
                yield case, "changed", name, written(name, before), written(name, after)


def written(name: str, value: object) -> str:
    """Give a value of an account, as it is kept, as text: money in the main unit, days as ISO.

    >>> written("overdue_minor", 123450), written("due_on", "2026-01-31"), written("due_on", None)
    ('1,234.50', '2026-01-31', '')
    """
    if value is None:
        return ""
    return f"{int(value) / 100:,.2f}" if name.endswith("_minor") else str(value)  # type: ignore[call-overload]
