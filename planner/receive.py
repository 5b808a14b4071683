"""Takes a checked overdue list into the store: the same way for the page, the command and the demo."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from geodata.geocoding.index import StreetIndex
from planner.domain import Principal
from planner.intake.check import Checked
from planner.intake.issue import Issue
from planner.intake.tables import IntakeTables, to_tables
from planner.store import ImportResult, Store
from planner.store.collecting import paused

#: the branch's setting that keeps the answers, by kind of list
ANSWERS = "list_answers"


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
    heard: Callable[[Sequence[Issue]], None] = lambda _: None,
) -> ImportResult:
    """Locate the accepted rows and store them; what was rejected is kept as issues. Fails closed as the store does.

    ``heard`` is told what was found while locating.
    """
    tables = located(store, principal, branch, checked, index=index)
    heard(tables.issues)
    issues = [vars(issue) for issue in (*checked.issues, *tables.issues)]  # a list may have one a row
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
        unsaid=tables.unsaid,
        full_list=full_list,
        now=now,
    )


def repeats(store: Store, principal: Principal, branch: str, source: ListSource) -> Mapping[bool, bool]:
    """Say whether taking a file, as a list in part (False) or as the full one (True), would only repeat an import."""
    standing = [
        one.full_list
        for one in store.imports(principal, branch)
        if (one.source.sha256, one.source.profile) == (source.sha256, source.profile) and one.undone_at is None
    ]
    return {False: bool(standing), True: any(standing)}


def remembered(store: Store, principal: Principal, branch: str, kind: str) -> Mapping[str, str]:
    """Give what the branch answered about an earlier list of this kind (``planner.intake.asking``)."""
    known = store.setting(principal, branch, ANSWERS) or {}
    return {str(about): str(answer) for about, answer in known.get(kind, {}).items()}


def remember(
    store: Store, principal: Principal, branch: str, kind: str, answers: Mapping[str, str], *, now: datetime
) -> None:
    """Keep answers for later lists of this kind; with none, what was known is kept."""
    known = remembered(store, principal, branch, kind)
    if {**known, **answers} != known:
        store.change_setting(
            principal,
            branch,
            ANSWERS,
            lambda before: {**(before or {}), kind: {**(before or {}).get(kind, {}), **answers}},
            now=now,
        )


@paused()
def located(store: Store, principal: Principal, branch: str, checked: Checked, *, index: StreetIndex) -> IntakeTables:
    """Give the tables that an import of this list would store; a known person keeps the id while one case lasts."""
    known = store.case_debtors(principal, branch, checked.rows["case_id"].tolist())
    return to_tables(checked, branch, locate=index.all_of, region_of=index.region_of, ground=index.ground, known=known)
