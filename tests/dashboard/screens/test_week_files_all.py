"""All files in one ZIP: how far it is is told truly, one failure harms nothing, and two who ask share one making."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable

from dashboard.screens.week_files_all import MOST, WORDS, Made, Making, Part
from dashboard.text import _, speaking


def part(name: str, make: Callable[[], bytes], kind: str = "routes") -> Part:
    return Part(kind, "A", "Crew A", f"{name}.pdf", make)


def waited(making: Making) -> Making:
    assert making.thread is not None
    making.thread.join(timeout=20)
    return making


def test_each_file_is_counted_when_it_is_done_and_packed_as_it_was_made() -> None:
    go, seen = threading.Event(), threading.Event()

    def second() -> bytes:
        seen.set()
        assert go.wait(20)
        return b"two"

    making = Made().begin("k", [part("one", lambda: b"one"), part("two", second)], "en")
    assert seen.wait(20)
    assert (making.done, making.ended) == (1, False)
    assert making.parts[making.done].words == "Route sheets · Crew A"
    go.set()
    waited(making)
    assert (making.done, making.ended, making.failed) == (2, True, False)
    with zipfile.ZipFile(io.BytesIO(making.data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"one.pdf": b"one", "two.pdf": b"two"}


def test_a_file_that_cannot_be_made_ends_it_and_the_next_who_asks_begins_anew() -> None:
    def broken() -> bytes:
        raise ValueError("a name")

    made = Made()
    first = waited(made.begin("k", [part("one", broken)], "en"))
    assert first.failed
    assert not first.data
    again = waited(made.begin("k", [part("one", lambda: b"1")], "en"))
    assert again is not first
    assert again.data


def test_two_who_ask_for_the_same_share_it_and_the_oldest_leaves() -> None:
    made = Made()
    first = made.begin("k", [part("one", lambda: b"1")], "en")
    assert made.begin("k", [part("one", lambda: b"2")], "en") is first
    for number in range(MOST):
        waited(made.begin(str(number), [part("one", lambda: b"1")], "en"))
    assert made.get("k") is None
    assert made.get("0") is not None


def test_the_files_are_in_the_language_that_was_asked_for() -> None:
    making = waited(Made().begin("k", [part("one", lambda: _("Workbook").encode())], "zh"))
    with zipfile.ZipFile(io.BytesIO(making.data)) as archive, speaking("zh"):
        assert archive.read("one.pdf").decode() == _(WORDS["week"]) != "Workbook"
