"""The words of a day taken along: making it, its lock, the pack itself, and bringing back what was recorded in it."""

from __future__ import annotations

from datetime import datetime

from dashboard import formats
from dashboard.text import N_, _

WRONG = N_("It does not open: the phrase is another one, or the file was changed or is incomplete.")
DAMAGED = N_("This file is damaged or incomplete.")
FOREIGN = N_("This file is of another crew or another day: open that day, and bring it back there.")
UNABLE = N_("This browser cannot encrypt here. Open this page with https in Chrome or Firefox.")
LOCKED = N_("Type the phrase that was shown when this file was made. It opens until {until}.")


def make_words() -> dict[str, str]:
    """Give the words of the page that makes a pack."""
    return {
        "unable": _(UNABLE),
        "making": _("Encrypting the day …"),
        "no_line": _("The pack could not be fetched: it needs a line. Try again."),
        "made": _("The day is packed. Save the file, and keep the phrase apart from it."),
        "save": _("Save the file"),
    }


def lock_words(ends: datetime) -> dict[str, str]:
    """Give the words that stand outside the seal: nothing of the day, and nobody's."""
    until = f"{formats.day(ends.date(), year=True)} {formats.clock(ends)}"
    return {
        "locked": _(LOCKED).format(until=until),
        "opening": _("Opening …"),
        "wrong": _(WRONG),
        "damaged": _(DAMAGED),
        "unable": _("This browser cannot open it. Open the file with Chrome or Firefox, or take a printed sheet."),
        "over": _("This day pack ended on {until} and does not open any more.").format(until=until),
        "clock": _("The clock of this phone is before the making of this file: set it right."),
        "kept": _("Entries kept here, encrypted: {n}. Save them as a file and bring them back on the day's page."),
    }


def pack_words() -> dict[str, str]:
    """Give the words of the open pack that differ from the day's page with a line."""
    return {
        "waiting": _("Entries kept in this pack, encrypted, until you carry them back: {n}."),
        "carried": _("Entries kept in this pack: {n}. All are in the file that you carried back."),
        "carry": _("Carry back as a file"),
        "carry_title": _("Carry back"),
        "carry_saved": _("Saved as {name}, encrypted, without names or addresses. Entries: {n}."),
        "carry_then": _("With a line, open the day's page, choose this file there and type the same phrase."),
        "carry_none": _("Nothing is recorded yet."),
        "carry_open": _("Open the page for bringing back"),
        "carry_note": _("This pack keeps its entries. Bringing a file back twice does no harm."),
        "no_store": _("This browser keeps nothing of this file: carry back before you close it."),
        "unread": _("Entries kept here that could not be read: {n}. They are in the file you carry back all the same."),
    }


def upload_words() -> dict[str, str]:
    """Give the words of the page that takes a file back."""
    return {
        "unable": _(UNABLE),
        "choose": _("Choose the file that was carried back."),
        "foreign": _(FOREIGN),
        "damaged": _(DAMAGED),
        "wrong": _(WRONG),
        "some_wrong": _("Entries of the file that could not be read: {n}. They were changed on the way."),
        "opening": _("Opening …"),
        "sending": _("Bringing back {done} of {total} …"),
        "no_line": _("The line was lost. Try again: what was taken in is not taken in twice."),
        "sum_new": _("New: {n}"),
        "sum_known": _("Known already: {n}"),
        "sum_refused": _("Not taken in: {n}"),
        "nothing_new": _("Nothing new: everything in this file was here already."),
        "here": _("In this file"),
        "there": _("Recorded elsewhere"),
        "refused": _("Save what was not taken in as a file"),
        "new": _("new"),
        "known": _("known"),
        "not_taken": _("not taken in"),
    }
