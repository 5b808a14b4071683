"""What can be wrong with an overdue list, in words a branch manager can act on.

The catalogue below is the whole list; ``docs/issues.md`` shows an example of each and a test compares the two.
A failure of the data is a value to show; only a file that cannot be read at all is an error to raise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class UnreadableList(Exception):
    """The file cannot be read at all; its message is one sentence that says why and what to do."""


class Severity(StrEnum):
    """``error`` rejects the row, ``warning`` keeps it without the value, ``info`` only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Issue:
    """One finding. ``row`` is the file's own row number, header included, None for the file or a column as a whole.

    ``column`` is the heading as found, "" for the row as a whole. ``facts`` are what the text was filled with, so that
    a screen can fill a translated text with them. No text holds a name, a phone, an address or an identity number.
    """

    row: int | None
    column: str
    code: str
    severity: Severity
    text: str
    cure: str
    facts: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Give the issue as ``check --json`` prints it."""
        return {
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "severity": str(self.severity),
            "text": self.text,
            "cure": self.cure,
        }


@dataclass(frozen=True)
class Kind:
    """One kind of issue: its number, usual severity, text with ``{facts}``, and cure."""

    number: int
    severity: Severity
    text: str
    cure: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

KINDS: Mapping[str, Kind] = {
    # 1xx: the file and its columns
    "column_missing": Kind(
        101, _E, "There is no column for {what}.", "Add it, or name your heading in the column profile."
    ),
    "column_twice": Kind(
        102, _I, "Another column is used for the same thing; this one is not read.", "Delete one of the two columns."
    ),
    "column_unused": Kind(
        103, _I, "This column is not needed and is not read.", "Nothing to do; or name it in the column profile."
    ),
    "column_protected": Kind(
        104,
        _I,
        "This column says something about people that must not be used here; it was dropped.",
        "Leave it out of the export.",
    ),
    "column_third_party": Kind(
        105,
        _I,
        "This column is about people who owe nothing; it was dropped.",
        "Leave it out of the export; a guarantor goes into a column for the guarantor.",
    ),
    "datum_undeclared": Kind(
        106,
        _W,
        "The file does not say which coordinate system its coordinates use; they may be off by up to 1 km.",
        "Answer when asked (--datum), or add a column 坐标系 (WGS-84, GCJ-02, BD-09 or CGCS2000).",
    ),
    "unit_unclear": Kind(
        107,
        _W,
        "The amounts, such as {value}, are so small that they may be in 万元 or lakh; they were read as {read_as}.",
        "Answer when asked (--money-unit), or write the unit into the heading, for example 逾期金额(万元).",
    ),
    "other_sheets": Kind(
        108, _I, "Only the sheet {sheet} was read; not read: {others}.", "Import each sheet from a file of its own."
    ),
    "no_rows": Kind(109, _W, "There is a heading row but no row below it.", "Export the list again."),
    # 2xx: rows
    "totals_row": Kind(201, _I, "A totals row; it is not counted and not imported.", "Nothing to do."),
    "heading_repeated": Kind(202, _I, "The headings again; not counted and not imported.", "Nothing to do."),
    "row_too_wide": Kind(
        203,
        _E,
        "The row has {found} cells where the headings have {expected}.",
        "Put quotation marks around cells that contain the separator, such as 1,234.50, or export as XLSX.",
    ),
    "row_too_short": Kind(
        204,
        _W,
        "The row has {found} cells where the headings have {expected}; the rest was read as empty.",
        "Check that no cell is missing in the middle of the row.",
    ),
    "quote_open": Kind(
        205,
        _E,
        "A quotation mark in this row is never closed.",
        "Delete the quotation mark or double it, then export again.",
    ),
    "formula_uncached": Kind(
        206,
        _W,
        "The cell holds a formula without its result, so it was read as empty.",
        "Open the file in a spreadsheet program and save it, or paste the values.",
    ),
    # 3xx: identity
    "case_id_missing": Kind(301, _E, "The row has no case id.", "Fill in the case id."),
    "case_id_repeated": Kind(
        302, _E, "The case id {value} stands in rows {rows} with different content.", "Keep the row that is right."
    ),
    "row_repeated": Kind(
        303, _W, "Rows {rows} are the same; the first was taken.", "Delete the repetition; nothing is lost."
    ),
    "id_damaged": Kind(
        304,
        _E,
        "A spreadsheet turned this number into a rounded one; its last digits are lost.",
        "Format the column as text before the numbers are put in, then export again.",
    ),
    "value_masked": Kind(
        305,
        _I,
        "Masked with asterisks in {count} rows, first in row {first}; people are not told apart by it.",
        "Nothing to do, if the bank wants it masked.",
    ),
    "case_id_masked": Kind(306, _E, "The case id is masked.", "Export the list with full case ids."),
    "name_missing": Kind(307, _W, "The row has no name.", "Fill in the name, so that the collector knows whom to ask."),
    "phone_unreadable": Kind(308, _W, "This is not a phone number.", "Write digits, with + and the country if needed."),
    "id_number_disagrees": Kind(
        309,
        _W,
        "The same name and phone stand beside another identity number in row {other}; kept as two people.",
        "Check the identity numbers.",
    ),
    # 4xx: money and days
    "amount_missing": Kind(401, _E, "The overdue amount is missing.", "Fill in the amount."),
    "amount_unreadable": Kind(
        402, _E, "{value} is not an amount.", "Write it like 12345.67 or 12,345.67, with 元 or 万元 if needed."
    ),
    "amount_not_positive": Kind(
        403, _E, "The overdue amount is {value}: nothing is overdue.", "Take the row out, or correct the amount."
    ),
    "amount_negative": Kind(404, _W, "The amount {value} is negative.", "Correct the amount."),
    "amount_huge": Kind(405, _E, "{value} is more than any account can owe here.", "Check the amount and its unit."),
    "days_missing": Kind(
        411,
        _E,
        "Neither days past due nor a due date nor a bucket can be read.",
        "Fill in one of them; the days past due are best.",
    ),
    "days_unreadable": Kind(412, _E, "{value} is not a number of days.", "Write a whole number, such as 45."),
    "days_negative": Kind(
        413, _E, "{value} days past due: the account is not overdue.", "Take the row out, or correct the number."
    ),
    "days_from_bucket": Kind(
        414,
        _I,
        "Only a bucket is given, in {count} rows, first in row {first}; the fewest days of the bucket were taken.",
        "Export the days past due.",
    ),
    "days_disagree": Kind(
        415,
        _I,
        "The due date and the days past due differ by more than 3 days in {count} rows, first in row {first}; "
        "the days were taken.",
        "Check which of the two the bank's system counts from the first unpaid instalment.",
    ),
    "due_in_future": Kind(
        416, _E, "The due date {value} has not come yet: the account is not overdue.", "Take the row out or correct it."
    ),
    "date_ambiguous": Kind(
        421,
        _W,
        "{value} can be two different days.",
        "Answer when asked (--date-order), or write dates like 2026-02-01.",
    ),
    "date_unreadable": Kind(422, _W, "{value} is not a date.", "Write dates like 2026-02-01."),
    "date_out_of_range": Kind(423, _W, "{value} is not a plausible date here.", "Correct the date."),
    "date_serial": Kind(
        424,
        _W,
        "{value} may be a spreadsheet's day number.",
        "Format the column as a date and export again, or set serial_dates to always in the column profile.",
    ),
    # 5xx: places
    "coordinate_unreadable": Kind(501, _W, "{value} is not a coordinate in degrees.", "Write it like 120.123456."),
    "coordinates_half": Kind(502, _W, "Only one of longitude and latitude is given.", "Fill in both or neither."),
    "coordinates_zero": Kind(503, _W, "The coordinates are zero; they were not used.", "Leave them empty if unknown."),
    "coordinates_swapped": Kind(
        504,
        _W,
        "Longitude and latitude look swapped; they were not used.",
        "Swap the two headings or the two values.",
    ),
    "coordinates_far": Kind(
        505,
        _W,
        "The coordinates lie outside the area of the column profile; they were not used.",
        "Correct them, or use a profile for that country.",
    ),
    "datum_unknown": Kind(
        506, _W, "{value} is no coordinate system known here.", "Write WGS-84, GCJ-02, BD-09 or CGCS2000."
    ),
    "address_masked": Kind(
        507, _W, "The address is masked, so it may be found only roughly.", "Export full addresses."
    ),
    "no_place": Kind(
        508,
        _W,
        "The row has neither an address nor usable coordinates; nobody can be sent there.",
        "Fill in an address or coordinates.",
    ),
    "address_unlocated": Kind(
        509,
        _W,
        "The address was not found in the street index; the debtor is kept but cannot be planned.",
        "Correct street and house number, or add longitude and latitude.",
    ),
    "address_rough": Kind(
        510,
        _I,
        "The address was found only within about {accuracy_m} m.",
        "Add the house number, or longitude and latitude.",
    ),
    "place_off_streets": Kind(
        511,
        _I,
        "The coordinates lie {metres} m from the nearest street that leads anywhere.",
        "Check them and their coordinate system; further than 5 km from a street nobody is sent.",
    ),
    "place_cut_off": Kind(
        512,
        _I,
        "The nearest street is cut off from all others; the way is counted from one {metres} m away.",
        "Check the coordinates; if they are right, the map lacks a bridge or a ferry, or the crew needs a boat.",
    ),
    "place_across_water": Kind(
        513,
        _I,
        "Water lies between the coordinates and the street {metres} m away from which the way is counted.",
        "Check on which bank the place lies.",
    ),
    "datum_doubtful": Kind(
        514,
        _I,
        "Taken as {declared}, {off} of {count} coordinates lie off the streets; taken as {other}, {fewer} would.",
        "Ask which map they come from, and correct the coordinate system in the list or in the column profile.",
    ),
    "address_ambiguous": Kind(
        515,
        _W,
        "The address fits several places that lie apart, or a street that is not in the district it names; "
        "none was chosen.",
        "Write the district, and check street and house number; or add longitude and latitude.",
    ),
    # 6xx: choices
    "choice_unknown": Kind(
        601,
        _W,
        "{value} is not known here, in {count} rows, first in row {first}; read as {read_as}.",
        "Use one of the known words, or add yours to the column profile.",
    ),
    "guarantee_unclear": Kind(
        602,
        _W,
        "A guarantor is named but not the kind of guarantee; its period is not watched.",
        "Fill in 一般保证 (ordinary) or 连带责任保证 (joint).",
    ),
    "needs_second_reviewer": Kind(
        603,
        _W,
        "Bad faith is not taken from a list, in {count} rows, first in row {first}; read as not reviewed.",
        "Record the review in the application; a second reviewer must confirm it.",
    ),
}


def issue(
    code: str, *, row: int | None = None, column: str = "", severity: Severity | None = None, **facts: object
) -> Issue:
    """Make an issue of a kind in the catalogue.

    >>> issue("days_negative", row=7, column="DPD", value="-3").text
    '-3 days past due: the account is not overdue.'
    """
    kind = KINDS[code]
    said = {name: shown(str(value)) for name, value in facts.items()}
    return Issue(row, column, code, severity or kind.severity, kind.text.format(**said), kind.cure, tuple(said.items()))


def shown(text: str, most: int = 60) -> str:
    r"""Give a value from the file fit for a sentence: one line, not long.

    >>> shown("a" * 80, most=5), shown("two\nlines")
    ('aaaa…', 'two lines')
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"
