"""Nobody gets anything from the store without a name, a branch and a role that may have it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from planner import tables
from planner.agency import Agency
from planner.domain import Bucket, Principal, Role
from planner.store import JobState, NotAllowed, Store
from planner.store.access import RIGHTS, Right
from planner.store.regions import REGIONS
from tests.planner.store.factories import (
    HERE,
    NOW,
    TERMS,
    THERE,
    WEEK,
    branch,
    clue,
    clues,
    day_plan,
    outcome,
    outcomes,
    overdue_list,
    place_word,
    plan,
    principal,
    review,
    reviews,
    safety,
    safety_entries,
    source,
    table,
    team,
)

PEOPLE, CREWS, SHIFTS = team()
MINE = {"debtor_id": "D1", "branch": HERE}
DISTRICTS = table(REGIONS, [{"code": "R1", "geojson": "{}"}])
HOLDS = table(tables.HOLDS, [{**MINE, "hold_id": "h1", "kind": "dispute"}])
WISHES = table(tables.ACCOMMODATIONS, [{**MINE, "accommodation_id": "a1", "kind": "no_entry"}])
CUSTOMERS = table(tables.CUSTOMERS, [{"customer_id": "c1", "branch": HERE}])
AGENCIES = (
    Agency(
        "HY", HERE, "和远", 0.25, 0, frozenset({"card"}), frozenset({Bucket.Y1_3}), frozenset(), SHIFTS[0].day, None
    ),
)
COMPLAINTS = table(
    tables.COMPLAINTS,
    [{"complaint_id": "k1", "branch": HERE, "crew_id": f"{HERE}-A", "kind": "conduct", "upheld": "open"}],
)
LIST, OUTCOMES = overdue_list(), outcomes(outcome())
SAFETY = safety_entries(safety(kind="acknowledged"))
#: these tell nothing of anybody
OPEN = {"close", "condition"}
METHODS = sorted(
    name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_") and name not in OPEN
)
LISTS = {"debtors", "accounts", "places", "contacts", "addresses", "holds", "accommodations"}
LISTS |= {"reviews", "debtor_types", "clues", "place_changes"}
WROTE = {"save_outcomes": OUTCOMES, "save_reviews": reviews(review()), "save_clues": clues(clue())}
TEAM = {"branches", "collectors", "crews", "shifts", "shifts_worked", "agencies", "complaints"}
COLLECTOR = LISTS | TEAM | {"outcomes", "latest_outcomes", "save_outcomes", "plan", "plans", "published", "setting"}
COLLECTOR |= {"correct_pin", "change_day", "day_plans", "once_stops", "note_pack", "safety_entries", "record_safety"}
COLLECTOR |= {"note_cards", "undone_plans", "listed_version"}
COLLECTOR |= {"save_clues", "account_states", "full_days", "scenarios", "note_export", "settings_elsewhere"}
WRITTEN = {"save_outcomes", "save_clues", "note_export", "correct_pin", "change_day", "record_safety"}
WRITTEN |= {"once_stops", "note_pack", "note_cards"}
READS = COLLECTOR - WRITTEN | {
    "survey_edits",
    "customers",
    "regions",
    "job",
    "jobs",
    "job_counts",
    "imports",
    "list_days",
    "case_debtors",
    "audit_entries",
    "stops_in_force",
    "plans_by_shift",
    "version",
    "outcomes_arrived",
}
ALLOWED = {
    Role.COLLECTOR: COLLECTOR,
    Role.REGIONAL_HEAD: {"branches", "reviews_to_confirm"},
    Role.AUDITOR: READS - {"safety_entries"} | {"note_export", "note_page", "note_cards"},
    Role.ADMINISTRATOR: {"branches", "branch_codes", "setting", "settings_elsewhere", "save_setting", "change_setting"},
    Role.GATE: {"branches", "branch_codes"},
    Role.MANAGER: set(METHODS) - {"backup", "note_backup", "branch_codes"},
    Role.SYSTEM: set(METHODS)
    - {"contacts", "addresses", "publish", "save_reviews", "change_day", "note_pack", "note_cards"}
    - {"reviews_to_confirm"}
    - {"safety_entries", "record_safety"},
}


def arguments(store: Store, method: str, tmp_path: Path) -> dict[str, Any]:
    """Good values for every required argument of a method, all about the branch HERE."""
    job = store.queue_job(principal(), HERE, "plan", request={}, now=NOW)
    if method == "finish_job":
        store.start_job(principal(), job.job_id, pid=1, now=NOW)
    if method == "undo_edits":
        store.edit_survey(principal(), HERE, [("debtor", "D2", "group", "farm")], batch_id="b1", now=NOW)
    if method == "erase_person":  # whose account is closed
        store.save_import(principal(), HERE, overdue_list(debtors=5), **source("f" * 64), full_list=True)
    if method == "put_away_scenario" and not store.scenarios(principal(), HERE, WEEK):
        store.save_plan(principal(), plan("scenario", metrics={"scenario": {"name": "One more"}}))
    newest = store.imports(principal(), HERE)[0].result.batch_id
    values: dict[str, Any] = {
        "terms": TERMS,
        "wanted": [("debtor", "D1", "group", "farm")],
        "batch_id": newest if method in ("undo_import", "undoing_import") else "b1",
        "word": place_word(place_id="P1") if method == "correct_pin" else place_word(),
        "change_id": "change",
        "place_id": "P1",
        "branch": branch() if method == "save_branch" else HERE,
        "collectors": PEOPLE,
        "crews": CREWS,
        "shifts": [f"{HERE}-A-mon"] if method == "change_day" else SHIFTS,
        "first_day": SHIFTS[0].day,
        "last_day": SHIFTS[0].day,
        "road_region": "yunxi",
        "districts": DISTRICTS,
        "holds": HOLDS,
        "given": AGENCIES,
        "complaints": COMPLAINTS,
        "entries": SAFETY,
        "accommodations": WISHES,
        "tables": LIST,
        **source("b" * 64),
        "table": CUSTOMERS if method == "save_customers" else WROTE.get(method, OUTCOMES),
        "saved": day_plan() if method == "change_day" else plan("plan-2"),
        "plan_id": "scenario" if method == "put_away_scenario" else f"plan-{HERE}",
        "week": WEEK,
        "kind": "plan",
        "request": {},
        "job_id": job.job_id,
        "pid": 1,
        "progress": {"share": 0.5},
        "state": JobState.DONE,
        # only a few settings may be read of a neighbour
        "name": "learnt_counts" if method == "settings_elsewhere" else "seconds",
        "value": 30,
        "change": lambda before: [*(before or []), 30],
        "path": tmp_path / "copy.sqlite",
        "case_id": str(LIST["accounts"]["case_id"].iloc[0]),
        "on": NOW.date(),
        "evidence": "payment",
        "source": "a folder",
        "debtor_id": "D6",
        "before": NOW,
        "after": NOW,
        "what": "week",
        "page": "week",
        "said": {"crew": "A"},
        "crew_id": f"{HERE}-A",
        "day": SHIFTS[0].day,
        "pack_id": "pack",
        "stops": 2,
        "undone": True,
    }
    wanted = list(inspect.signature(getattr(Store, method)).parameters.values())[2:]
    return {one.name: values[one.name] for one in wanted if one.default is inspect.Parameter.empty}


def call(store: Store, method: str, who: Principal | None, tmp_path: Path) -> Any:
    if method == "backup" and store._door.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL is copied by its own tool: test_restore.py")
    given = arguments(store, method, tmp_path)
    if method == "record_safety" and who is not None and who.role is Role.COLLECTOR:
        given["entries"] = SAFETY.assign(kind="all_well")  # signs of life are the crew's own
    return getattr(store, method)(who, **given)


def with_right(method: str, *branches: str) -> Principal:
    return principal(Role.SYSTEM if method in {"backup", "note_backup", "branch_codes"} else Role.MANAGER, *branches)


@pytest.mark.parametrize("maker", ["sqlite"], indirect=True)  # refused before any database is asked
@pytest.mark.parametrize("method", METHODS)
def test_every_call_takes_the_principal_first_and_refuses_nobody(method: str, store: Store, tmp_path: Path) -> None:
    assert list(inspect.signature(getattr(Store, method)).parameters)[1] == "principal"
    with pytest.raises(NotAllowed):
        call(store, method, None, tmp_path)
    with pytest.raises(NotAllowed):
        call(store, method, Principal("", Role.MANAGER, frozenset({HERE})), tmp_path)


@pytest.mark.parametrize("method", METHODS)
def test_every_call_refuses_a_principal_of_another_branch(method: str, store: Store, tmp_path: Path) -> None:
    stranger = with_right(method, THERE)
    if method == "branches":  # names no branch: it gives the principal's own and nothing else
        assert [one.code for one in store.branches(stranger)] == [THERE]
        return
    if method == "branch_codes":  # names no branch either: the system learns the codes, and nothing of what they hold
        assert store.branch_codes(stranger) == store.branch_codes(principal(Role.SYSTEM)) == (HERE, THERE)
        return
    with pytest.raises(NotAllowed):
        call(store, method, stranger, tmp_path)
    with pytest.raises(NotAllowed):
        call(store, method, Principal("nowhere", stranger.role, frozenset()), tmp_path)


@pytest.mark.parametrize("method", METHODS)
def test_every_call_serves_whom_it_should(method: str, store: Store, tmp_path: Path) -> None:
    branches = (HERE, THERE) if method in {"backup", "note_backup"} else (HERE,)
    call(store, method, with_right(method, *branches), tmp_path)


@pytest.mark.parametrize("maker", ["sqlite"], indirect=True)  # the table of rights is read before any database is
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("method", METHODS)
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    method: str, role: Role, store: Store, tmp_path: Path
) -> None:
    who = principal(role, HERE, THERE, crew=f"{HERE}-A" if role is Role.COLLECTOR else None)
    if method in ALLOWED[role]:
        call(store, method, who, tmp_path)
    else:
        with pytest.raises(NotAllowed):
            call(store, method, who, tmp_path)


def test_a_write_of_another_branchs_rows_is_refused(store: Store) -> None:
    manager = principal()
    with pytest.raises(NotAllowed):
        store.save_import(manager, HERE, overdue_list(THERE), **source("c" * 64))
    with pytest.raises(NotAllowed):
        store.save_outcomes(manager, HERE, outcomes(outcome(branch=THERE)), now=NOW)
    with pytest.raises(NotAllowed):
        store.save_collectors(manager, HERE, team(THERE)[0], now=NOW)
    with pytest.raises(NotAllowed):
        store.save_crews(manager, HERE, team(THERE)[1], now=NOW)
    with pytest.raises(NotAllowed):
        store.save_shifts(manager, HERE, team(THERE)[2], now=NOW)


def test_equal_ids_at_two_branches_stay_apart(store: Store) -> None:
    store.save_import(principal(), HERE, overdue_list(HERE, overdue_minor=77), **source("d" * 64))
    assert set(store.accounts(principal(), HERE)["overdue_minor"]) == {77}
    assert 77 not in set(store.accounts(principal(Role.MANAGER, THERE), THERE)["overdue_minor"])


def test_a_role_that_is_not_in_the_table_has_no_rights() -> None:
    assert set(RIGHTS) == set(Role)
    assert Right.READ_CARDS not in RIGHTS[Role.REGIONAL_HEAD]
    assert RIGHTS[Role.REGIONAL_HEAD] == {Right.READ_SUMS, Right.CONFIRM_REVIEWS}
