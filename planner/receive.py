"""Takes a checked overdue list into the store: the same way for the page, the command and the demo."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from planner.domain import Principal
from planner.intake.check import Checked
from planner.intake.locate import StreetIndex
from planner.intake.tables import IntakeTables, to_tables
from planner.store import ImportResult, Store


@dataclass(frozen=True)
class ListSource:
    """Where a list came from: file name, SHA-256 of its bytes, profile it was read with."""

    file_name: str
    sha256: str
    profile: str


def receive(
    store: Store,
    principal: Principal,
    branch: str,
    checked: Checked,
    source: ListSource,
    *,
    index: StreetIndex,
    now: datetime,
    full_list: bool = False,
) -> ImportResult:
    """Locate the accepted rows and store them; what was rejected is kept as issues. Fails closed as the store does."""
    tables = located(store, principal, branch, checked, index=index)
    issues = [asdict(issue) for issue in (*checked.issues, *tables.issues)]
    return store.save_import(
        principal,
        branch,
        tables.listed(),
        file_name=source.file_name,
        sha256=source.sha256,
        profile=source.profile,
        rows_read=int(checked.report["rows_read"]),
        rows_accepted=int(checked.report["rows_accepted"]),
        issues_json=json.dumps(issues, ensure_ascii=False),
        full_list=full_list,
        now=now,
    )


def located(store: Store, principal: Principal, branch: str, checked: Checked, *, index: StreetIndex) -> IntakeTables:
    """Give the tables that an import of this list would store; a known person keeps the id while one case lasts."""
    accounts = store.accounts(principal, branch, closed=True)
    known = store.case_debtors(principal, branch)
    known |= dict(zip(accounts["case_id"], accounts["debtor_id"], strict=True))
    return to_tables(checked, branch, locate=index, region_of=index.region_of, known=known)
