"""The one door to the database.

Every call names a principal first and gets a connection only after ``planner.store.access`` has let it pass; every
write leaves an entry in the audit trail in its own transaction (the sole exception are a job's progress reports).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from planner.agency import Agency
from planner.domain import Branch, Collector, Crew, Principal, Role, Shift
from planner.rules.review import ReviewTerms
from planner.store import (
    account_states,
    agencies,
    audit,
    backup,
    clues,
    condition,
    crew_days,
    customers,
    edits,
    erasure,
    field_team,
    imports,
    interruptions,
    jobs,
    outcomes,
    overdue,
    place_changes,
    plans,
    regions,
    reviews,
    safety,
    settings,
    undoing,
)
from planner.store.access import RIGHTS, Right, entitled, known, permit
from planner.store.account_states import ListDay
from planner.store.appending import Added
from planner.store.audit import AuditEntry, Deed, Noted
from planner.store.condition import Condition
from planner.store.connect import Scope, connect, reading, scope_of
from planner.store.crew_days import OnceStop
from planner.store.door import Door
from planner.store.edits import EditResult
from planner.store.imports import AsImported, ImportBatch, ImportResult, ListFile, Mode
from planner.store.jobs import SILENT_FOR, Job, JobState, process_alive
from planner.store.login_store import Logins
from planner.store.merge import Merged
from planner.store.migrate import WrongSchema, require_newest
from planner.store.outcomes import Arrived, SavedOutcomes
from planner.store.place_changes import PlaceWord
from planner.store.plans import PlanRow, SavedPlan
from planner.store.scope import in_reach, plan_of_shift, plans_by_shift, stops_in_force
from planner.store.undoing import Undoing
from planner.tables import ALL_SAID, Unsaid


def open_store(url: str, *, clock: Callable[[], datetime] | None = None) -> Store:
    """Open a database that ``planner.store.migrate`` has brought to the newest schema.

    ``clock`` gives the time of what an auditor reads; without it an auditor is refused.

    Raises
    ------
    WrongSchema
        If it has another one.
    """
    engine = connect(url)
    try:
        require_newest(engine)
    except WrongSchema:
        engine.dispose()
        raise
    return Store(Door(engine, clock))


@dataclass(frozen=True)
class Store:
    """Everything kept, by branch. Made by ``open_store``; may be shared between threads.

    Every call but ``close`` and ``condition`` raises ``NotAllowed`` for a principal that is None, has no part in the
    branch, or has a role without the right. Tables conform to ``planner.tables``. ``now`` is the time of the deed, with
    its zone.
    """

    _door: Door

    @cached_property
    def logins(self) -> Logins:
        """The door to who may sign in."""
        return Logins(self._door.engine, self._door.clock)

    def close(self) -> None:
        """Close all connections."""
        self._door.engine.dispose()

    def condition(self) -> Condition:
        """Ask whether the database answers and has this program's schema, which is told to everybody."""
        return condition.of(self._door.engine)

    # ---- field team

    def branches(self, principal: Principal) -> tuple[Branch, ...]:
        """Give the principal's branches, by code."""
        with reading(self._door.engine, scope_of(known(principal))) as connection:
            return field_team.branches(connection, principal.branches)

    def branch_codes(self, principal: Principal) -> tuple[str, ...]:
        """Give the codes of all branches there are, whatever the principal's own are; nothing of what they hold."""
        entitled(principal, Right.LIST_BRANCHES)
        with reading(self._door.engine, scope_of(principal)) as connection:
            return field_team.all_codes(connection)

    def save_branch(self, principal: Principal, branch: Branch, *, now: datetime) -> None:
        """Add or change a branch."""
        with self._door.write(principal, Right.WRITE_TEAM, branch.code, "branch.save", now) as deed:
            field_team.save_branch(deed.connection, branch)

    def collectors(self, principal: Principal, branch: str) -> tuple[Collector, ...]:
        """Give a branch's collectors, by id."""
        with self._door.read(principal, Right.READ_TEAM, branch) as connection:
            return field_team.collectors(connection, branch)

    def save_collectors(
        self, principal: Principal, branch: str, collectors: Sequence[Collector], *, now: datetime
    ) -> None:
        """Add or change collectors."""
        with self._door.write(principal, Right.WRITE_TEAM, branch, "collectors.save", now) as deed:
            field_team.save_collectors(deed.connection, branch, collectors)
            deed.note(collectors=tuple(one.collector_id for one in collectors))

    def crews(self, principal: Principal, branch: str) -> tuple[Crew, ...]:
        """Give a branch's crews, by id, members in their order."""
        with self._door.read(principal, Right.READ_TEAM, branch) as connection:
            return field_team.crews(connection, branch)

    def save_crews(self, principal: Principal, branch: str, crews: Sequence[Crew], *, now: datetime) -> None:
        """Add or change crews; their members become the ones given."""
        with self._door.write(principal, Right.WRITE_TEAM, branch, "crews.save", now) as deed:
            field_team.save_crews(deed.connection, branch, crews)
            deed.note(crews=tuple(one.crew_id for one in crews))

    def shifts(self, principal: Principal, branch: str, first_day: date, last_day: date) -> tuple[Shift, ...]:
        """Give the shifts on these days, both included, by day and id, in the branch's time zone."""
        with self._door.read(principal, Right.READ_TEAM, branch) as connection:
            return field_team.shifts(connection, branch, first_day, last_day)

    def shifts_worked(self, principal: Principal, branch: str, first_day: date, last_day: date) -> tuple[Shift, ...]:
        """Give the shifts on these days with those that the plan in force calls in, by day and start.

        The field team's own week is ``shifts``; what crews work is this.
        """
        with self._door.read(principal, Right.READ_TEAM, branch) as connection:
            return crew_days.worked(connection, branch, first_day, last_day)

    def save_shifts(self, principal: Principal, branch: str, shifts: Sequence[Shift], *, now: datetime) -> None:
        """Add or change shifts."""
        with self._door.write(principal, Right.WRITE_TEAM, branch, "shifts.save", now) as deed:
            field_team.save_shifts(deed.connection, branch, shifts)
            deed.note(shifts=tuple(one.shift_id for one in shifts))

    def agencies(self, principal: Principal, branch: str) -> tuple[Agency, ...]:
        """Give a branch's agencies with their terms, ended contracts too, by code."""
        with self._door.read(principal, Right.READ_TEAM, branch) as connection:
            return agencies.read(connection, branch)

    def save_agencies(self, principal: Principal, branch: str, given: Sequence[Agency], *, now: datetime) -> None:
        """Add or change agencies."""
        with self._door.write(principal, Right.WRITE_TEAM, branch, "agencies.save", now) as deed:
            agencies.save(deed.connection, branch, given)
            deed.note(agencies=tuple(one.code for one in given))

    def complaints(self, principal: Principal, branch: str) -> pd.DataFrame:
        """Give complaints as they stand (``tables.COMPLAINTS``); to a collector those about his crew."""
        with self._door.read(principal, Right.READ_TEAM, branch) as connection:
            return agencies.complaints(connection, principal, branch)

    def save_complaints(self, principal: Principal, branch: str, complaints: pd.DataFrame, *, now: datetime) -> None:
        """Add complaints (``tables.COMPLAINTS``); one known already is left as it is."""
        with self._door.write(principal, Right.WRITE_TEAM, branch, "complaints.save", now) as deed:
            deed.note(complaints=agencies.save_complaints(deed.connection, principal, branch, complaints, now=now))

    # ---- safety

    def safety_entries(self, principal: Principal, branch: str, first_day: date, last_day: date) -> pd.DataFrame:
        """Give what was said for the crews' safety on these days (``tables.SAFETY_ENTRIES``), as it happened.

        A collector gets his own crew's.
        """
        with self._door.read(principal, Right.READ_SAFETY, branch) as connection:
            return safety.read(connection, principal, branch, first_day, last_day)

    def record_safety(self, principal: Principal, branch: str, entries: pd.DataFrame, *, now: datetime) -> Added:
        """Add entries (``tables.SAFETY_ENTRIES``): a collector's for his crew, a manager's that he has seen to one."""
        with self._door.write(principal, Right.WRITE_SAFETY, branch, "safety.record", now) as deed:
            saved = safety.save(deed.connection, principal, branch, entries, now=now)
            deed.note(added=saved.added, known=saved.known, differing=saved.differing)
            return saved

    # ---- ground

    def regions(self, principal: Principal, road_region: str) -> pd.DataFrame:
        """Give the districts of a road region: code, name_zh, name_en, geojson (text, WGS-84)."""
        with self._door.read_ground(principal, road_region) as connection:
            return regions.read(connection, road_region)

    def save_regions(self, principal: Principal, road_region: str, districts: pd.DataFrame, *, now: datetime) -> None:
        """Make these the districts of a road region in which one of the principal's branches lies."""
        branch = self._door.branch_in(principal, road_region)
        with self._door.write(principal, Right.WRITE_GROUND, branch, "regions.save", now) as deed:
            regions.save(deed.connection, road_region, districts)
            deed.note(road_region=road_region, regions=tuple(districts["code"]))

    def customers(self, principal: Principal, branch: str) -> pd.DataFrame:
        """Give where the branch's customers live (``tables.CUSTOMERS``)."""
        with self._door.read(principal, Right.READ_GROUND, branch) as connection:
            return customers.read(connection, branch)

    def save_customers(self, principal: Principal, branch: str, table: pd.DataFrame, *, now: datetime) -> None:
        """Add or change customers."""
        with self._door.write(principal, Right.WRITE_GROUND, branch, "customers.save", now) as deed:
            customers.save(deed.connection, branch, table)
            deed.note(customers=len(table))

    # ---- overdue list; a collector sees his crew's stops of the named week, else of the two newest published weeks

    def debtors(
        self,
        principal: Principal,
        branch: str,
        *,
        week: str | None = None,
        closed: bool = False,
        on: date | None = None,
    ) -> pd.DataFrame:
        """Give debtors (``tables.DEBTORS``) with the type in force ``on`` a day, of the list or of a review.

        ``closed`` also those without an open account; without a day reviews count however old they are.
        """
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            reach = in_reach(connection, principal, branch, week)
            table = overdue.read(connection, "debtors", branch, reach, closed=closed)
            return reviews.with_types(connection, branch, reach, table, on)

    def accounts(
        self, principal: Principal, branch: str, *, week: str | None = None, closed: bool = False
    ) -> pd.DataFrame:
        """Give accounts (``tables.ACCOUNTS``); ``closed`` also those a newer full list no longer names."""
        return self._listed(principal, Right.READ_OVERDUE, branch, "accounts", week, closed=closed)

    def places(
        self, principal: Principal, branch: str, *, week: str | None = None, closed: bool = False
    ) -> pd.DataFrame:
        """Give places (``tables.PLACES``); ``closed`` also those a newer place of the same kind has replaced."""
        return self._listed(principal, Right.READ_OVERDUE, branch, "places", week, closed=closed)

    def contacts(self, principal: Principal, branch: str, *, week: str | None = None) -> pd.DataFrame:
        """Give names and phones (``tables.CONTACTS``)."""
        return self._listed(principal, Right.READ_CARDS, branch, "contacts", week, closed=False)

    def addresses(self, principal: Principal, branch: str, *, week: str | None = None) -> pd.DataFrame:
        """Give written addresses (``tables.ADDRESSES``)."""
        return self._listed(principal, Right.READ_CARDS, branch, "addresses", week, closed=False)

    def holds(self, principal: Principal, branch: str, *, week: str | None = None) -> pd.DataFrame:
        """Give holds, ended ones too (``tables.HOLDS``)."""
        return self._listed(principal, Right.READ_OVERDUE, branch, "holds", week, closed=True)

    def save_holds(self, principal: Principal, branch: str, holds: pd.DataFrame, *, now: datetime) -> None:
        """Add or change holds; one is lifted by its ``until_on``."""
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, "holds.save", now) as deed:
            _note(deed, "holds", overdue.save(deed.connection, "holds", branch, holds))

    def accommodations(self, principal: Principal, branch: str, *, week: str | None = None) -> pd.DataFrame:
        """Give accommodations, expired ones too (``tables.ACCOMMODATIONS``)."""
        return self._listed(principal, Right.READ_OVERDUE, branch, "accommodations", week, closed=True)

    def save_accommodations(
        self, principal: Principal, branch: str, accommodations: pd.DataFrame, *, now: datetime
    ) -> None:
        """Add or change accommodations."""
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, "accommodations.save", now) as deed:
            merged = overdue.save(deed.connection, "accommodations", branch, accommodations)
            _note(deed, "accommodations", merged)

    def save_import(
        self,
        principal: Principal,
        branch: str,
        tables: Mapping[str, pd.DataFrame],
        *,
        file_name: str,
        sha256: str,
        profile: str,
        rows_read: int,
        rows_accepted: int,
        issues_json: str,
        mode: Mode = "upsert",
        full_list: bool = False,
        unsaid: Unsaid = ALL_SAID,
        now: datetime,
    ) -> ImportResult:
        """Store what was accepted of an overdue list.

        Parameters
        ----------
        tables
            Any of debtors, accounts, places, contacts, addresses, and the holds and accommodations that the list
            implies, as in ``planner.tables``.
        mode
            ``upsert`` does nothing (and says so) if this file was imported with this profile before; ``again`` does it.
        full_list
            Whether accounts the list does not name are to be closed. They are kept, and open again when named again.
        unsaid
            What the list has no column for: there what is known stays, whatever the tables hold.

        A list whose day lies before that of the list that is loaded adds to the history only (``ImportResult.older``).
        """
        source = ListFile(file_name, sha256, profile, rows_read, rows_accepted, issues_json)
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, "import.save", now) as deed:
            result = imports.save(
                deed.connection,
                principal,
                branch,
                tables,
                source,
                mode=mode,
                full_list=full_list,
                unsaid=unsaid,
                now=now,
            )
            deed.note(batch=result.batch_id, repeated=str(result.repeated).lower())
            deed.note(added=result.added, changed=result.changed, unchanged=result.unchanged, gone=result.gone)
            deed.note(list_on=None if result.list_on is None else result.list_on.isoformat(), older=int(result.older))
            return result

    def as_imported(
        self, principal: Principal, branch: str, tables: Mapping[str, pd.DataFrame], unsaid: Unsaid = ALL_SAID
    ) -> AsImported:
        """Give a list's tables as an import would store them, people's words in them, and what it would do.

        Nothing is written. Who may not see contact cards gets those of the list as they are.
        """
        with self._door.read(principal, Right.WRITE_OVERDUE, branch) as connection:
            cards = Right.READ_CARDS in RIGHTS[principal.role]
            if not cards:
                columns = {name: said for name, said in unsaid.columns.items() if name != "contacts"}
                unsaid = replace(unsaid, columns=columns)
            return imports.as_imported(connection, branch, tables, unsaid, cards=cards)

    def imports(self, principal: Principal, branch: str) -> tuple[ImportBatch, ...]:
        """Give the branch's imports, newest first."""
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            return imports.history(connection, branch)

    def undoing_import(self, principal: Principal, branch: str, batch_id: str) -> Undoing:
        """Say what taking an import back would do; nothing is written. Raises ``NotUndoable`` where it cannot be."""
        with self._door.read(principal, Right.WRITE_OVERDUE, branch) as connection:
            return undoing.look(connection, branch, batch_id)

    def undo_import(self, principal: Principal, branch: str, batch_id: str, *, now: datetime) -> Undoing:
        """Take the newest import of a branch back; outcomes and what people changed since stay."""
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, "import.undo", now) as deed:
            told = undoing.undo(deed.connection, principal, branch, batch_id, now=now)
            deed.note(batch=batch_id, added=told.added, changed=told.changed, gone=told.gone, outcomes=told.outcomes)
            return told

    # ---- successive lists

    def account_states(
        self,
        principal: Principal,
        branch: str,
        *,
        since: date | None = None,
        partial: bool = False,
        debtor_id: str | None = None,
    ) -> pd.DataFrame:
        """Give how accounts stood on each full list (``tables.ACCOUNT_STATES``), by day and case.

        ``since`` leaves out older lists, ``debtor_id`` everybody else; ``partial`` also gives days without a full list,
        on which an account that is missing may be overdue all the same. A collector sees his crew's stops only.
        """
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            reach = in_reach(connection, principal, branch, None)
            return account_states.read(connection, branch, reach, since=since, partial=partial, debtor_id=debtor_id)

    def full_days(self, principal: Principal, branch: str) -> tuple[date, ...]:
        """Give the days of which the branch has a full list, oldest first."""
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            return account_states.full_days(connection, branch)

    def list_days(self, principal: Principal, branch: str) -> tuple[ListDay, ...]:
        """Give the days of which the branch has lists, oldest first."""
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            return account_states.list_days(connection, branch)

    def case_debtors(self, principal: Principal, branch: str, cases: Collection[str] | None = None) -> dict[str, str]:
        """Give the debtor of every case that was ever on a list, or at least of these."""
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            return account_states.case_debtors(connection, branch, cases)

    # ---- reviews, clues, contact points, corrections: what the branch adds to the list

    def reviews(self, principal: Principal, branch: str, *, week: str | None = None) -> pd.DataFrame:
        """Give every review and confirmation (``tables.REVIEWS``), expired ones too, oldest first."""
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            return reviews.read(connection, principal, branch, in_reach(connection, principal, branch, week))

    def debtor_types(
        self, principal: Principal, branch: str, *, on: date | None = None, week: str | None = None
    ) -> pd.DataFrame:
        """Give which type is in force for each debtor on a day, and what each source says (``tables.TYPES``)."""
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            return reviews.types(connection, branch, in_reach(connection, principal, branch, week), on=on)

    def reviews_to_confirm(self, principal: Principal, branch: str, *, on: date) -> pd.DataFrame:
        """Give the proposals of bad faith (``tables.REVIEWS``, without notes) that wait for a second person on a day.

        The one list with rows about single debtors that a regional head gets: of those with an overdue account.
        """
        with self._door.read(principal, Right.CONFIRM_REVIEWS, branch) as connection:
            found = reviews.to_confirm(connection, branch, on=on)
        # The database shows a head no accounts: who still owes is asked by the program itself, and not told of others.
        with reading(self._door.engine, Scope(frozenset({branch}), Role.SYSTEM.value)) as connection:
            still = overdue.owing(connection, branch)
        return found[found["debtor_id"].isin(still)].reset_index(drop=True)

    def save_reviews(
        self, principal: Principal, branch: str, table: pd.DataFrame, terms: ReviewTerms, *, now: datetime
    ) -> Added:
        """Add reviews and confirmations (``tables.REVIEWS``) under the principal's own name.

        The type, the day of expiry and the time are the store's: what is given in these columns is not read.
        """
        confirms = len(table) > 0 and table["confirms"].ne("").all()
        right = Right.CONFIRM_REVIEWS if confirms else Right.WRITE_REVIEWS
        with self._door.write(principal, right, branch, "reviews.save", now) as deed:
            saved = reviews.save(deed.connection, principal, branch, table, terms, now=now)
            deed.note(added=saved.added, known=saved.known, differing=saved.differing)
            return saved

    def clues(
        self, principal: Principal, branch: str, *, week: str | None = None, replaced: bool = False
    ) -> pd.DataFrame:
        """Give what debtors may own (``tables.CLUES``), as it stands; ``replaced`` every row ever written."""
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            reach = in_reach(connection, principal, branch, week)
            return clues.read(connection, principal, branch, reach, replaced=replaced)

    def save_clues(self, principal: Principal, branch: str, table: pd.DataFrame, *, now: datetime) -> Added:
        """Add clues (``tables.CLUES``) under the principal's own name; a collector of his crew's stops only."""
        with self._door.write(principal, Right.WRITE_CLUES, branch, "clues.save", now) as deed:
            reach = in_reach(deed.connection, principal, branch, None)
            saved = clues.save(deed.connection, principal, branch, table, reach, now=now)
            deed.note(added=saved.added, known=saved.known, differing=saved.differing)
            return saved

    def place_changes(self, principal: Principal, branch: str, *, week: str | None = None) -> pd.DataFrame:
        """Give what became of contact points (``tables.PLACE_CHANGES``), oldest first."""
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            return place_changes.read(connection, principal, branch, in_reach(connection, principal, branch, week))

    def put_place(self, principal: Principal, branch: str, word: PlaceWord, *, change_id: str, now: datetime) -> str:
        """Add or correct a contact point and give its id; no import undoes it."""
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, "place.put", now) as deed:
            place_id = place_changes.put(deed.connection, principal, branch, word, change_id=change_id, now=now)
            deed.note(place=place_id, change=change_id)
            return place_id

    def close_place(
        self,
        principal: Principal,
        branch: str,
        place_id: str,
        *,
        change_id: str,
        now: datetime,
        reopen: bool = False,
    ) -> None:
        """Close a contact point, or open it again; it and its history stay readable."""
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, "place.close", now) as deed:
            place_changes.close(
                deed.connection, principal, branch, place_id, change_id=change_id, now=now, reopen=reopen
            )
            deed.note(place=place_id, change=change_id, reopen=str(reopen).lower())

    def correct_pin(self, principal: Principal, branch: str, word: PlaceWord, *, change_id: str, now: datetime) -> str:
        """Put right where a known contact point is, seen at a visit; a collector at his crew's stops only."""
        with self._door.write(principal, Right.CORRECT_PINS, branch, "place.pin", now) as deed:
            reach = in_reach(deed.connection, principal, branch, None)
            place_id = place_changes.pin(deed.connection, principal, branch, word, reach, change_id=change_id, now=now)
            deed.note(place=place_id, change=change_id)
            return place_id

    def survey_edits(self, principal: Principal, branch: str) -> pd.DataFrame:
        """Give every correction of the list's values (``tables.EDITS``), oldest first."""
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            return edits.read(connection, branch)

    def edit_survey(
        self,
        principal: Principal,
        branch: str,
        wanted: Sequence[tuple[str, str, str, str]],
        *,
        batch_id: str,
        now: datetime,
    ) -> EditResult:
        """Set values of debtors and accounts (subject, id, field, value), all or none; no import undoes them."""
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, "survey.edit", now) as deed:
            done = edits.save(deed.connection, principal, branch, wanted, batch_id=batch_id, now=now)
            deed.note(batch=done.batch_id, changed=len(done.edits))
            deed.note(subjects=tuple(sorted(set(done.edits["subject_id"]))))
            return done

    def undo_edits(self, principal: Principal, branch: str, batch_id: str, *, now: datetime) -> EditResult:
        """Take back the corrections of a batch, but where somebody has changed the value since."""
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, "survey.undo", now) as deed:
            done = edits.undo(deed.connection, principal, branch, batch_id, now=now)
            deed.note(undone=batch_id, batch=done.batch_id, changed=len(done.edits), skipped=len(done.skipped))
            return done

    def save_interruption(
        self,
        principal: Principal,
        branch: str,
        case_id: str,
        *,
        on: date,
        evidence: str,
        source: str,
        now: datetime,
    ) -> None:
        """Note evidence that interrupted an account's limitation period; no import with less evidence undoes it.

        Whether the evidence interrupts is for the rules to say (``planner.value.evidence``) before this is called.

        Raises
        ------
        ValueError
            If there is no such open account or it has a newer interruption.
        """
        with self._door.write(principal, Right.WRITE_OVERDUE, branch, interruptions.DEED, now) as deed:
            was_on, was = interruptions.save(
                deed.connection, branch, case_id, on=on, evidence=evidence, who=principal.name, source=source
            )
            deed.note(case=case_id, on=on.isoformat(), evidence=evidence, was_on=was_on, was=was)

    # ---- outcomes

    def outcomes(
        self,
        principal: Principal,
        branch: str,
        *,
        since: datetime | None = None,
        week: str | None = None,
        plan_id: str | None = None,
    ) -> pd.DataFrame:
        """Give every outcome entry, replaced ones too (``tables.OUTCOMES``), of visits started ``since`` then.

        With ``plan_id`` those for this plan too, whenever they started.
        """
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            reach = in_reach(connection, principal, branch, week)
            return outcomes.read(connection, branch, reach, since=since, without_replaced=False, plan_id=plan_id)

    def latest_outcomes(
        self, principal: Principal, branch: str, *, since: datetime | None = None, week: str | None = None
    ) -> pd.DataFrame:
        """Give outcomes as they stand: without the entries that a correction replaces."""
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            reach = in_reach(connection, principal, branch, week)
            return outcomes.read(connection, branch, reach, since=since, without_replaced=True)

    def outcomes_arrived(self, principal: Principal, branch: str, after: datetime) -> Arrived:
        """Give the outcomes that came into the store after a moment, by their time of recording and by the trail."""
        with self._door.read(principal, Right.READ_AUDIT, branch) as connection:
            return outcomes.arrived(connection, branch, after)

    def save_outcomes(self, principal: Principal, branch: str, table: pd.DataFrame, *, now: datetime) -> SavedOutcomes:
        """Add outcomes (``tables.OUTCOMES``); those known already are left as they are."""
        with self._door.write(principal, Right.WRITE_OUTCOMES, branch, "outcomes.save", now) as deed:
            saved = outcomes.save(deed.connection, principal, branch, table, now=now)
            deed.note(added=saved.added, known=saved.known, differing=saved.differing)
            return saved

    def once_stops(self, principal: Principal, branch: str, crew_id: str, day: date) -> dict[str, OnceStop]:
        """Give who was ever a stop of a crew's day in a published plan, by debtor; to a collector of his crew only."""
        with self._door.read(principal, Right.WRITE_OUTCOMES, branch) as connection:
            return crew_days.once_stops(connection, principal, branch, crew_id, day)

    def note_pack(
        self, principal: Principal, branch: str, crew_id: str, day: date, *, pack_id: str, plan_id: str, stops: int,
        now: datetime,
    ) -> None:  # fmt: skip
        """Note in the audit trail that somebody takes a crew's day along; a collector his own crew's only."""
        with self._door.write(principal, Right.TAKE_ALONG, branch, "day.pack", now) as deed:
            crew_days.require_own_crew(principal, crew_id)
            deed.note(pack=pack_id, crew=crew_id, day=day.isoformat(), plan=plan_id, stops=stops)

    # ---- plans

    def save_plan(self, principal: Principal, saved: SavedPlan) -> None:
        """Keep a plan for good; an edit is a new plan with this one as parent."""
        with self._door.write(principal, Right.WRITE_PLANS, saved.branch, "plan.save", saved.created_at) as deed:
            plans.save(deed.connection, saved)
            deed.note(plan=saved.plan_id, parent=saved.parent, week=saved.week)

    def plan(self, principal: Principal, plan_id: str) -> SavedPlan:
        """Give a plan; to a collector only one in force, cut to his crew."""
        with self._door.read(principal, Right.READ_PLANS, self._door.branch_of_plan(principal, plan_id)) as connection:
            return plans.read(connection, principal, plan_id)

    def plans(self, principal: Principal, branch: str, week: str) -> tuple[PlanRow, ...]:
        """Give the week's plans without their documents, newest first; to a collector only the one in force."""
        with self._door.read(principal, Right.READ_PLANS, branch) as connection:
            return plans.listed(connection, principal, branch, week)

    def scenarios(self, principal: Principal, branch: str, week: str) -> tuple[PlanRow, ...]:
        """Give the week's scenarios, but those put away, without their documents, newest first; none is in force."""
        with self._door.read(principal, Right.READ_PLANS, branch) as connection:
            return plans.listed(connection, principal, branch, week, kind="scenario")

    def day_plans(self, principal: Principal, branch: str, week: str) -> tuple[PlanRow, ...]:
        """Give the plans of single days of the week without their documents, newest first."""
        with self._door.read(principal, Right.READ_PLANS, branch) as connection:
            return plans.listed(connection, principal, branch, week, kind="day")

    def change_day(self, principal: Principal, saved: SavedPlan, shifts: Collection[str], *, now: datetime) -> bool:
        """Keep the plan of a crew's day and let these shifts work by it, begun or not; False where it was known.

        The first shift is the one that is changed; it must work by the plan's parent (``PublishedMeanwhile``).
        """
        with self._door.write(principal, Right.CHANGE_DAY, saved.branch, "day.change", now) as deed:
            new = plans.change_day(deed.connection, principal, saved, shifts, now=now)
            deed.note(plan=saved.plan_id, parent=saved.parent, shifts=tuple(shifts), new=str(new).lower())
            return new

    def put_away_scenario(self, principal: Principal, plan_id: str, *, now: datetime) -> None:
        """Take a scenario off the week's list for everybody; drafts that came of it stay (``NotAScenario``)."""
        branch = self._door.branch_of_plan(principal, plan_id)
        with self._door.write(principal, Right.WRITE_PLANS, branch, "scenario.put_away", now) as deed:
            plans.put_away(deed.connection, plan_id)
            deed.note(plan=plan_id)

    def mark_undone(self, principal: Principal, plan_id: str, undone: bool, *, now: datetime) -> None:
        """Keep that the principal has gone back from a plan, or on to it again; the plan itself stays as it is."""
        branch = self._door.branch_of_plan(principal, plan_id)
        with self._door.write(principal, Right.WRITE_PLANS, branch, "plan.undo", now) as deed:
            name = settings.UNDONE + principal.name
            before = [one for one in settings.read(deed.connection, branch, name) or [] if one != plan_id]
            settings.save(
                deed.connection, branch, name, [*before, plan_id][-settings.UNDONE_KEPT :] if undone else before
            )
            deed.note(plan=plan_id, undone=undone)

    def undone_plans(self, principal: Principal, branch: str) -> frozenset[str]:
        """Give the plans that the principal has gone back from, in whatever session.

        The system acts for everybody: what anybody has gone back from it does not go on with.
        """
        with self._door.read(principal, Right.READ_PLANS, branch) as connection:
            return settings.undone(connection, branch, None if principal.role is Role.SYSTEM else principal.name)

    def publish(self, principal: Principal, plan_id: str, now: datetime, *, instead_of: str | None = None) -> None:
        """Put a plan in force for its week.

        ``instead_of`` is the plan that is in force as far as the principal knows, "" for none; if it is not, the plan
        of somebody else would be overwritten unseen, and ``PublishedMeanwhile`` is raised. None replaces any. A
        scenario, and a plan with a crew that the branch does not have, is ``NotPublishable``.
        """
        branch = self._door.branch_of_plan(principal, plan_id)
        with self._door.write(principal, Right.PUBLISH, branch, "plan.publish", now) as deed:
            plans.publish(deed.connection, principal, plan_id, now, instead_of)
            deed.note(plan=plan_id)

    def published(self, principal: Principal, branch: str, week: str, *, shift: str | None = None) -> SavedPlan | None:
        """Give the week's plan in force, or the one a shift works by, if any; to a collector cut to his crew."""
        with self._door.read(principal, Right.READ_PLANS, branch) as connection:
            plan_id = plan_of_shift(connection, branch, week, shift)
            return None if plan_id is None else plans.read(connection, principal, plan_id)

    def note_export(
        self, principal: Principal, plan_id: str, what: str, *, said: Mapping[str, str], now: datetime
    ) -> None:
        """Note in the audit trail that a file was made of a plan: ``what`` kind, and what is ``said`` of it."""
        branch = self._door.branch_of_plan(principal, plan_id)
        with self._door.write(principal, Right.READ_PLANS, branch, f"export.{what}", now) as deed:
            deed.note(plan=plan_id, **said)

    def note_cards(
        self,
        principal: Principal,
        branch: str,
        what: str,
        *,
        now: datetime,
        **said: Noted | tuple[str, ...],
    ) -> None:
        """Note in the audit trail that somebody looked at contact cards (``shown``) or took them along in a file."""
        with self._door.write(principal, Right.READ_CARDS, branch, f"cards.{what}", now) as deed:
            deed.note(**said)

    def stops_in_force(self, principal: Principal, branch: str, week: str) -> dict[str, tuple[str, ...]]:
        """Give the debtors of the week's published stops by shift, each shift by the plan it works by."""
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            return {key[1]: tuple(stops) for key, stops in stops_in_force(connection, branch, [week]).items()}

    def plans_by_shift(self, principal: Principal, branch: str, week: str) -> dict[str, str]:
        """Give the plan by which each shift of a published week works."""
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            return plans_by_shift(connection, branch, week)

    # ---- jobs

    def queue_job(
        self, principal: Principal, branch: str, kind: str, *, request: Mapping[str, Any], now: datetime
    ) -> Job:
        """Add a job that waits for its process; ``request`` is what the process needs to know."""
        with self._door.write(principal, Right.WRITE_JOBS, branch, "job.queue", now) as deed:
            job = jobs.queue(deed.connection, principal, branch, kind, request, now)
            deed.note(job=job.job_id, kind=kind)
            return job

    def start_job(self, principal: Principal, job_id: str, *, pid: int, now: datetime) -> Job:
        """Note that a process has taken up a waiting job."""
        with self._door.write_job(principal, job_id, "job.start", now) as deed:
            return jobs.start(deed.connection, job_id, pid, now)

    def report_progress(self, principal: Principal, job_id: str, progress: Mapping[str, Any], *, now: datetime) -> bool:
        """Note how far a job is; True says that it should stop. Leaves nothing in the audit trail."""
        with self._door.write_progress(principal, job_id) as connection:
            return jobs.report(connection, job_id, progress, now)

    def finish_job(
        self,
        principal: Principal,
        job_id: str,
        state: JobState,
        *,
        result_id: str = "",
        error: str = "",
        now: datetime,
    ) -> Job:
        """Note how a job ended: done, failed (``error`` is a sentence for the user) or cancelled."""
        with self._door.write_job(principal, job_id, "job.finish", now) as deed:
            deed.note(state=state.value, result=result_id)
            return jobs.finish(deed.connection, job_id, state, now, result_id, error)

    def request_cancel(self, principal: Principal, job_id: str, *, now: datetime) -> Job:
        """Ask a job to stop; one that waits is cancelled at once, one that has ended stays as it is."""
        with self._door.write_job(principal, job_id, "job.cancel", now) as deed:
            return jobs.request_cancel(deed.connection, job_id, now)

    def reap_lost(
        self,
        principal: Principal,
        branch: str,
        *,
        now: datetime,
        silent_for: timedelta = SILENT_FOR,
        alive: Callable[[int], bool] = process_alive,
    ) -> tuple[Job, ...]:
        """Mark as lost the unfinished jobs whose process is gone, or that have been silent for too long.

        Asked every second by whoever waits for a job, so it writes, and the trail tells of it, only where one is lost.
        """
        with self._door.read(principal, Right.WRITE_JOBS, branch) as connection:
            if not jobs.lost(connection, branch, now, silent_for=silent_for, alive=alive):
                return ()
        with self._door.write(principal, Right.WRITE_JOBS, branch, "jobs.reap", now) as deed:
            lost = jobs.reap_lost(deed.connection, branch, now, silent_for=silent_for, alive=alive)
            deed.note(lost=tuple(job.job_id for job in lost))
            return lost

    def job(self, principal: Principal, job_id: str) -> Job:
        """Give a job."""
        with self._door.read(principal, Right.READ_JOBS, self._door.branch_of_job(principal, job_id)) as connection:
            return jobs.read(connection, job_id)

    def jobs(
        self, principal: Principal, branch: str, states: tuple[JobState, ...] = tuple(JobState)
    ) -> tuple[Job, ...]:
        """Give the branch's jobs in these states, newest first."""
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            return jobs.listed(connection, branch, states)

    def job_counts(self, principal: Principal, branch: str) -> dict[tuple[str, JobState], int]:
        """Count the branch's jobs by kind and state."""
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            return jobs.counts(connection, branch)

    # ---- erasure

    def erasable(self, principal: Principal, branch: str, *, before: datetime) -> tuple[str, ...]:
        """Give the debtors whose accounts were all closed before a moment and of whom nothing was recorded since."""
        with self._door.read(principal, Right.ERASE, branch) as connection:
            return erasure.closed_before(connection, branch, before)

    def erase_person(
        self,
        principal: Principal,
        branch: str,
        debtor_id: str,
        *,
        now: datetime,
        forget: Callable[[Sequence[str]], None] | None = None,
    ) -> int:
        """Take a person out of a branch, for good; counts and rates stay. Gives how many rows were concerned.

        The trail says that it was done, and not of whom. ``forget`` is told his addresses, for what is kept of them
        beside the database; if it fails, nobody is erased.

        Raises
        ------
        ValueError
            If the branch has no such debtor, or an account of his is open (``StillListed``).
        """
        with self._door.write(principal, Right.ERASE, branch, "person.erase", now) as deed:
            count = erasure.erase(deed.connection, branch, debtor_id, forget)
            deed.note(rows=count)
        backup.settle(self._door.engine)
        return count

    # ---- settings, trail, copies

    def note_page(self, principal: Principal, branch: str, page: str, *, debtor_id: str = "") -> None:
        """Note in the trail that an auditor looks at a page, which may be drawn from what is remembered."""
        permit(principal, Right.READ_AUDIT, branch)
        if principal.role is Role.AUDITOR:
            self._door.note_read(principal, branch, f"page.{page}", **({"debtor": debtor_id} if debtor_id else {}))

    def setting(self, principal: Principal, branch: str, name: str) -> Any:
        """Give what the branch has set under a name, None if nothing."""
        with self._door.read(principal, Right.READ_SETTINGS, branch) as connection:
            return settings.read(connection, branch, name)

    def settings_elsewhere(self, principal: Principal, branch: str, name: str) -> dict[str, Any]:
        """Give what other branches on the same roads share under a name (``settings.SHARED``), by branch."""
        with self._door.read(principal, Right.READ_SETTINGS, branch) as connection:
            return settings.elsewhere(connection, branch, name)

    def save_setting(self, principal: Principal, branch: str, name: str, value: Any, *, now: datetime) -> None:
        """Set a value that JSON can say."""
        with self._door.write(principal, Right.WRITE_SETTINGS, branch, "setting.save", now) as deed:
            settings.save(deed.connection, branch, name, value)
            deed.note(setting=name)

    def change_setting(
        self, principal: Principal, branch: str, name: str, change: Callable[[Any], Any], *, now: datetime
    ) -> None:
        """Set a value made of the one that is there, None if there is none; nobody else writes in between."""
        with self._door.write(principal, Right.WRITE_SETTINGS, branch, "setting.save", now) as deed:
            settings.save(deed.connection, branch, name, change(settings.read(deed.connection, branch, name)))
            deed.note(setting=name)

    def audit_entries(
        self, principal: Principal, branch: str, *, since: datetime | None = None, most: int | None = None
    ) -> tuple[AuditEntry, ...]:
        """Give the branch's audit trail, oldest first; of a long one the newest ``most``."""
        with self._door.read(principal, Right.READ_AUDIT, branch) as connection:
            return audit.entries(connection, branch, since, most)

    def version(self, principal: Principal, branch: str, *, field_until: datetime | None = None) -> int:
        """Give a number that grows with every write to what the branch's pages show.

        Jobs, new plans, looks, files and what an auditor read do not count; with ``field_until`` neither does what
        crews have recorded in the field after that moment.
        """
        with self._door.read(principal, Right.READ_JOBS, branch) as connection:
            but = ("job", "plan.save", "plan.undo", "export.", "cards.", "read.")
            field = ("outcomes.save", "safety.record", "day.change", "day.pack", "place.pin")
            return audit.last(connection, branch, but=but, late=field, until=field_until)

    @property
    def where(self) -> str:
        """Say which database this is, without its password: what is remembered of one is not another's."""
        return self._door.engine.url.render_as_string()

    def listed_version(self, principal: Principal, branch: str) -> int:
        """Give a number that grows with every write to what is known of the debtors, apart from what visits found."""
        with self._door.read(principal, Right.READ_OVERDUE, branch) as connection:
            but = ("job", "plan.", "export.", "cards.", "read.", "outcomes.save", "safety.", "day.")
            return audit.last(connection, branch, but=but)

    def backup(self, principal: Principal, path: Path, *, now: datetime) -> None:
        """Copy a SQLite database to a file while it is in use; the principal must have all its branches."""
        self.note_backup(principal, now=now)
        backup.copy(self._door.engine, path)

    def note_backup(self, principal: Principal, *, now: datetime) -> None:
        """Note in every branch's trail that the whole database is copied; the principal must have all its branches."""
        with reading(self._door.engine, scope_of(known(principal))) as connection:
            everything = field_team.all_codes(connection)
        for branch in everything or ("",):
            permit(principal, Right.BACK_UP, branch)
        for branch in everything:
            with self._door.write(principal, Right.BACK_UP, branch, "backup", now):
                pass

    def _listed(
        self, principal: Principal, right: Right, branch: str, name: str, week: str | None, *, closed: bool
    ) -> pd.DataFrame:
        with self._door.read(principal, right, branch) as connection:
            return overdue.read(connection, name, branch, in_reach(connection, principal, branch, week), closed=closed)


def _note(deed: Deed, name: str, merged: Merged) -> None:
    deed.note(**{name: frozenset((*merged.added, *merged.changed))})
