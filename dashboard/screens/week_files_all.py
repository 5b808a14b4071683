"""All files of a week in one ZIP: made beside the page, file after file, with how far that is; a rerun or a reload of
the page finds it where it was.

What is made is kept by who may see the same, the plan, the state of the data and the language: people who ask for the
same share it, and nothing outlives a correction of a name.
"""

from __future__ import annotations

import io
import logging
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from dashboard import formats
from dashboard.screens.week_files_plan import CARDS
from dashboard.text import N_, _, speaking
from planner.domain import Principal
from planner.view import WeekView

LOG = logging.getLogger("rounds")
#: so many weeks are kept made, the last ones asked for
MOST = 4
EVERY_S = 0.5
WORDS: Mapping[str, str] = {
    "week": N_("Workbook"),
    "wall": N_("Wall page"),
    "map": N_("GeoJSON"),
    "routes": N_("Route sheets"),
    "calendar": N_("Calendar"),
    "tracks": N_("GPX"),
}


@dataclass(frozen=True)
class Part:
    """One file of the ZIP: its kind, the crew by id and name ("" for the whole week), its name, and what makes it."""

    kind: str
    crew: str
    crew_name: str
    file_name: str
    make: Callable[[], bytes]

    @property
    def words(self) -> str:
        """Name the file in the session's language."""
        return _(WORDS[self.kind]) + (f" · {self.crew_name}" if self.crew_name else "")


@dataclass
class Making:
    """The files of one week while they are made: how many are done, which one is in hand, and the ZIP at the end."""

    parts: tuple[Part, ...]
    language: str
    done: int = 0
    data: bytes = b""
    failed: bool = False
    thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def ended(self) -> bool:
        """Say whether nothing more comes."""
        return self.failed or bool(self.data)

    def begin(self) -> None:
        """Make the files in a thread of their own."""
        self.thread = threading.Thread(target=self.run, name="files of a week", daemon=True)
        self.thread.start()

    def run(self) -> None:
        """Make one file after the other; one that cannot be made ends it, and the next one who asks begins anew."""
        packed = io.BytesIO()
        try:
            with speaking(self.language), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for part in self.parts:
                    archive.writestr(part.file_name, part.make())
                    self.done += 1
            self.data = packed.getvalue()
        except Exception as error:
            LOG.error("a file of the week could not be made", exc_info=error)
            self.failed = True


@dataclass
class Made:
    """What has been asked for, by what it is kept by; the oldest leaves."""

    of: OrderedDict[str, Making] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: str) -> Making | None:
        """Give what was asked for under a key."""
        with self.lock:
            return self.of.get(key)

    def begin(self, key: str, parts: Sequence[Part], language: str) -> Making:
        """Begin, or give what another one has begun already."""
        with self.lock:
            there = self.of.get(key)
            if there is not None and not there.failed:
                return there
            made = self.of[key] = Making(tuple(parts), language)
            self.of.move_to_end(key)
            while len(self.of) > MOST:
                self.of.popitem(last=False)
        made.begin()
        return made


@st.cache_resource(show_spinner=False)
def shelf() -> Made:
    """Give what this process has made."""
    return Made()


def crews_of(principal: Principal, view: WeekView) -> dict[str, str]:
    """Give the crews whose own files the principal may have, by id."""
    return {route.crew_id: route.crew_name for route in view.routes} if principal.role in CARDS else {}


@st.fragment(run_every=EVERY_S)
def watch(key: str) -> None:
    """Show how far the files are; once no more comes the page runs again, and asks no more."""
    making = shelf().get(key)
    if making is None or making.ended:
        st.rerun()
    many, done = len(making.parts), making.done
    at = making.parts[min(done, many - 1)].words
    st.progress(done / many, text=_("{file}: {k} of {n}").format(file=at, k=min(done + 1, many), n=many))


def show_end(making: Making, file_name: str, note: Callable[[Part], None]) -> None:
    """Offer what was made, or say that it could not be; ``note`` writes down that a file of it was taken."""
    if making.failed:
        st.warning(_("A file could not be made. Nothing was lost: ask for it again."), icon=":material/info:")
        return

    def take() -> bytes:
        for part in making.parts:
            note(part)
        return making.data

    size = _("{n} MB").format(n=formats.number(len(making.data) / 1e6, 1))
    st.download_button(
        _("Take the ZIP: {n} files, {size}").format(n=len(making.parts), size=size),
        take,
        file_name=file_name,
        mime="application/zip",
        icon=":material/folder_zip:",
        type="primary",
        on_click="ignore",
        key=f"zip {file_name}",
    )
