"""Loading an overdue list: choose, read, look at what was read, see what will change, import.

Nothing of the file stays on disk: it is written for the child process that reads it and deleted at once. What was read
lives in the session only, until it is imported or thrown away.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from config.places import index_of
from config.profiles import load_profile, profile_names
from config.settings import Settings
from dashboard import formats
from dashboard.screens import overdue_ask, overdue_changes, overdue_preview, tiles
from dashboard.screens.debtor_card import plain
from dashboard.screens.tiles import Tile
from dashboard.screens.who import spoken_key
from dashboard.services import Services
from dashboard.text import N_, _
from dashboard.text.refusals import refused
from geodata.geocoding.index import StreetIndex
from geodata.roads import RoadFailure
from geodata.roads.region import made_at
from planner.demo.marks import SEEDED
from planner.domain import Branch, Principal
from planner.intake.asking import Answered, read_answered, read_as
from planner.intake.check import Checked
from planner.intake.issue import Issue, UnreadableList
from planner.intake.read import read_list
from planner.intake.waiting import WAITING
from planner.receive import ListSource, located, receive, remember, remembered, repeats
from planner.store import ImportResult
from planner.view.changes import Changes, changes

MOST_BYTES = 20 * 2**20
TYPES = ["csv", "xlsx", "txt"]
PROFILES = {
    "auto": N_("Recognise the columns, Chinese or English"),
    "cn_case_export": N_("Chinese case export, coordinates GCJ-02"),
    "in_dpd": N_("Indian DPD report, day before month"),
}


#: branch, digest of the file, profile, day, and the answers given about it
Key = tuple[str, str, str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Reading:
    """A list that was read and not yet imported. ``key`` tells it from another branch, file, profile or day.

    ``older_than`` is the day of the list that is loaded where this one is older: it adds to the history only.
    ``repeats`` says of a list in part (False) and of the full one (True) whether this very file was imported so.
    """

    key: Key
    file_name: str
    read: Answered
    issues: tuple[Issue, ...]
    changes: Changes
    older_than: date | None = None
    repeats: Mapping[bool, bool] = field(default_factory=dict)

    @property
    def checked(self) -> Checked:
        """What was read."""
        return self.read.checked

    @property
    def rejected(self) -> int:
        """How many rows cannot be taken."""
        return int(self.checked.report["rows_read"]) - int(self.checked.report["rows_accepted"])


def show(kit: Services, principal: Principal, branch: Branch, *, first: bool) -> None:
    """Show the panel."""
    with st.container(border=True):
        st.markdown("**" + (_("Load the first overdue list") if first else _("Load another overdue list")) + "**")
        if kit.settings.sign_in == "demo" and kit.store.setting(principal, branch.code, SEEDED) is not None:
            st.caption(
                ":material/info: "
                + _("This is the demo: whoever sits at this machine opens it without a password. Real debtors belong "
                    "into an installation of your own.")
            )  # fmt: skip
        left, right = st.columns([3, 2])
        number = st.session_state.get("overdue_upload", 0)
        given = left.file_uploader(
            _("Overdue list: CSV or XLSX, at most 20 MB"), type=TYPES, key=f"overdue_file_{branch.code}_{number}"
        )
        profile = right.selectbox(
            _("How its columns are read"),
            profile_names(),
            format_func=lambda name: _(PROFILES[name]) if name in PROFILES else name,
            key=spoken_key("overdue_profile"),
            help=_("The first choice suits most lists. A profile for your bank is a small file in config/profiles."),
        )
        today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
        day = right.date_input(
            _("Day of the list"),
            value=today,
            max_value=today,
            key=f"overdue_day_{branch.code}",
            help=_(
                "Days past due count to this day where the file does not name one. A list older than the one that is "
                "loaded adds to the history of the page Risk only; the accounts of today stay as they are."
            ),
        )
        if given is None:
            WAITING.make_ready()  # who opens the panel is about to give a list
            right.caption(_("Nothing is stored before you have seen what was read and press Import."))
            return
        if given.size > MOST_BYTES:
            st.error(_("The file is larger than 20 MB: split the list."), icon=":material/error:")
            return
        reading = read_once(kit, principal, branch, given.name, given.getvalue(), (profile, day))
        if reading is not None:
            look(kit, principal, branch, reading)


def look(kit: Services, principal: Principal, branch: Branch, reading: Reading) -> None:
    """Show what was read; ask what it leaves open, and only then offer to import it."""
    if reading.read.questions:
        given = overdue_ask.asked(reading.read)
        if given is not None:
            answer(reading, {**reading.read.answers, **given})
    elif overdue_ask.as_before(reading.read):
        answer(reading, {}, anew=True)
    overdue_preview.show(reading.checked, reading.issues, file_name=reading.file_name)
    if not reading.read.questions:
        confirm(kit, principal, branch, reading)


def answer(reading: Reading, answers: Mapping[str, str], *, anew: bool = False) -> None:
    """Keep what was answered about a file and read it so; ``anew`` also forgets what an earlier list was answered."""
    st.session_state["overdue_answers"] = (reading.key[1], dict(answers), anew)
    st.rerun()


def read_once(
    kit: Services, principal: Principal, branch: Branch, name: str, data: bytes, how: tuple[str, date]
) -> Reading | None:
    """Give what was read of a file, reading it only if that has not been done; says why where it cannot be read.

    ``how`` is the profile and the day of the list.
    """
    digest = hashlib.sha256(data).hexdigest()
    about, answers, anew = st.session_state.get("overdue_answers", ("", {}, False))
    given = tuple(sorted(answers.items())) if about == digest else ()
    anew = anew and about == digest
    key = (branch.code, digest, how[0], how[1].isoformat(), (*given, *((("anew", ""),) if anew else ())))
    known = st.session_state.get("overdue_reading")
    if isinstance(known, Reading) and known.key == key:
        return known
    with st.status(_("Reading {file}").format(file=plain(name)), expanded=True) as status:
        try:
            reading = read(kit, principal, branch, name, data, key)
        except UnreadableList as error:
            status.update(label=_("The file cannot be read"), state="error", expanded=True)
            st.error(refused(str(error)), icon=":material/error:")
            return None
        except RoadFailure:
            status.update(label=_("Addresses cannot be located"), state="error", expanded=True)
            st.error(
                _("The street map of this branch has not been built: run “make run” once, then load the list again."),
                icon=":material/error:",
            )
            return None
        status.update(label=_("Read {file}").format(file=plain(name)), state="complete", expanded=False)
    st.session_state["overdue_reading"] = reading
    return reading


def read(kit: Services, principal: Principal, branch: Branch, name: str, data: bytes, key: Key) -> Reading:
    """Read a file in the intake's child process, locate its addresses and compare it with what is stored."""
    st.write(_("Finding the columns and checking every row"))
    with tempfile.TemporaryDirectory(prefix="rounds-list-") as folder:
        path = Path(folder) / ("list.xlsx" if name.lower().endswith(".xlsx") else "list.csv")
        path.touch(mode=0o600)
        path.write_bytes(data)
        given = dict(key[4])
        anew = given.pop("anew", None) is not None
        answered = read_answered(
            lambda profile: read_list(path, profile, today=date.fromisoformat(key[3])),
            load_profile(key[2]),
            given,
            lambda kind: {} if anew else remembered(kit.store, principal, branch.code, kind),
        )
    checked = answered.checked
    st.write(_("Locating the addresses on the branch's streets"))
    found = located(kit.store, principal, branch.code, checked, index=street_index(kit, branch.road_region))
    st.write(_("Comparing with the list that is loaded"))
    told = changes(kit.store, principal, branch.code, found.listed(), unsaid=found.unsaid)
    source = ListSource(name, key[1], read_as(key[2], answered.answers))
    return Reading(
        key,
        name,
        answered,
        (*checked.issues, *found.issues),
        told,
        older_than(kit, principal, branch, found.accounts),
        repeats(kit.store, principal, branch.code, source),
    )


def older_than(kit: Services, principal: Principal, branch: Branch, accounts: pd.DataFrame) -> date | None:
    """Give the day of the list that is loaded if these accounts are as of an earlier one."""
    days = kit.store.list_days(principal, branch.code)
    if not days or accounts.empty:
        return None
    newest = days[-1].as_of_on
    return newest if accounts["as_of_on"].max().date() < newest else None


def street_index(kit: Services, road_region: str) -> StreetIndex:
    """Give the streets and houses of a road region; they are public ground and shared by all sessions."""
    folder = kit.settings.paths.region(road_region)
    return _street_index(str(folder), made_at(folder), road_region, kit.settings)


@st.cache_resource(max_entries=2, show_spinner=False)
def _street_index(folder: str, made: tuple[int, ...], region: str, _settings: Settings) -> StreetIndex:  # noqa: ARG001 - kept by it
    return index_of(_settings, region)


def confirm(kit: Services, principal: Principal, branch: Branch, reading: Reading) -> None:
    """Say what an import would change, and import."""
    st.markdown("**" + _("What will change") + "**")
    full = history_only(reading) if reading.older_than is not None else as_of_now(reading)
    nothing = not reading.checked.report["rows_accepted"]
    if nothing:
        st.caption(_("No row can be taken: see the issues above."))
    with st.container(horizontal=True):
        if st.button(_("Import"), type="primary", icon=":material/check:", disabled=nothing, key="overdue_import"):
            with st.spinner(_("Importing")):
                result = take(kit, principal, branch, reading, full_list=full)
            finish(branch, result)
        if st.button(_("Throw away"), icon=":material/delete:", key="overdue_discard"):
            finish(branch, None)


def as_of_now(reading: Reading) -> bool:
    """Say what a list does to the accounts, and ask whether it is the full one."""
    told = reading.changes
    full = st.checkbox(
        _("This is the full list: accounts it does not name are closed ({n})").format(n=formats.number(told.gone)),
        key="overdue_full",
        help=_("Closed accounts are kept, and open again when a later list names them."),
    )
    if said_before(reading, full=full):
        return full
    facts = [
        (_("Accounts added"), told.added),
        (_("Changed"), told.changed),
        (_("Unchanged"), told.unchanged),
        (_("Gone"), told.gone if full else 0),
        (_("Rows rejected"), reading.rejected),
    ]
    tiles.show("changes", [Tile(label, formats.number(value)) for label, value in facts])
    overdue_changes.show(told.details, full=full)
    overdue_changes.silent(told.kept)
    return full


def history_only(reading: Reading) -> bool:
    """Say that an older list changes nothing of today, and ask whether it was the full one."""
    st.info(
        _(
            "This list is older than the one that is loaded ({day}): its {n} accounts are kept for the page Risk, and "
            "the accounts, places and cards of today stay as they are."
        ).format(
            day=formats.day(reading.older_than, year=True),
            n=formats.number(int(reading.checked.report["rows_accepted"])),
        ),
        icon=":material/history:",
    )
    full = st.checkbox(
        _("It was the full list of its day"),
        key="overdue_full_older",
        value=True,
        help=_("Only full lists tell who left: on a partial one a missing account may be overdue all the same."),
    )
    said_before(reading, full=full)
    return full


def said_before(reading: Reading, *, full: bool) -> bool:
    """Say that this very file was imported before, where it was: then importing it changes nothing."""
    before = reading.repeats.get(full, False)
    if before:
        st.info(
            _("This very file was imported before: importing it again changes nothing."),
            icon=":material/content_copy:",
        )
    return before


def take(kit: Services, principal: Principal, branch: Branch, reading: Reading, *, full_list: bool) -> ImportResult:
    """Import what was read."""
    _branch, sha256, profile, _day, _answers = reading.key
    result = receive(
        kit.store,
        principal,
        branch.code,
        reading.checked,
        ListSource(reading.file_name, sha256, read_as(profile, reading.read.answers)),
        index=street_index(kit, branch.road_region),
        now=kit.now(),
        full_list=full_list,
    )
    remember(kit.store, principal, branch.code, reading.read.kind, reading.read.answers, now=kit.now())
    return result


def finish(branch: Branch, result: ImportResult | None) -> None:
    """Put the panel away and run the page again."""
    st.session_state["overdue_upload"] = st.session_state.get("overdue_upload", 0) + 1
    st.session_state.pop("overdue_reading", None)
    st.session_state["overdue_loading"] = False
    if result is not None:
        st.session_state["overdue_result"] = (branch.code, result)
    st.rerun()
