"""The issues of the intake in words that can be translated: code, text with what is filled in, cure.

The texts are the catalogue's own (``planner.intake.issue.KINDS``), repeated here so that they can be marked for
translation; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.text import N_, _
from planner.intake.issue import Issue

ISSUES: Mapping[str, tuple[str, str]] = {
    "column_missing": (N_("There is no column for {what}."), N_("Add it, or name your heading in the column profile.")),
    "column_twice": (
        N_("Another column is used for the same thing; this one is not read."),
        N_("Delete one of the two columns."),
    ),
    "column_unused": (
        N_("This column is not needed and is not read."),
        N_("Nothing to do; or name it in the column profile."),
    ),
    "column_protected": (
        N_("This column says something about people that must not be used here; it was dropped."),
        N_("Leave it out of the export."),
    ),
    "column_third_party": (
        N_("This column is about people who owe nothing; it was dropped."),
        N_("Leave it out of the export; a guarantor goes into a column for the guarantor."),
    ),
    "datum_undeclared": (
        N_("The file does not say which coordinate system its coordinates use; they may be off by up to 1 km."),
        N_("Answer when asked (--datum), or add a column 坐标系 (WGS-84, GCJ-02, BD-09 or CGCS2000)."),
    ),
    "unit_unclear": (
        N_("The amounts, such as {value}, are so small that they may be in 万元 or lakh; they were read as {read_as}."),
        N_("Answer when asked (--money-unit), or write the unit into the heading, for example 逾期金额(万元)."),
    ),
    "other_sheets": (
        N_("Only the sheet {sheet} was read; not read: {others}."),
        N_("Import each sheet from a file of its own."),
    ),
    "no_rows": (N_("There is a heading row but no row below it."), N_("Export the list again.")),
    "totals_row": (N_("A totals row; it is not counted and not imported."), N_("Nothing to do.")),
    "heading_repeated": (N_("The headings again; not counted and not imported."), N_("Nothing to do.")),
    "row_too_wide": (
        N_("The row has {found} cells where the headings have {expected}."),
        N_("Put quotation marks around cells that contain the separator, such as 1,234.50, or export as XLSX."),
    ),
    "row_too_short": (
        N_("The row has {found} cells where the headings have {expected}; the rest was read as empty."),
        N_("Check that no cell is missing in the middle of the row."),
    ),
    "quote_open": (
        N_("A quotation mark in this row is never closed."),
        N_("Delete the quotation mark or double it, then export again."),
    ),
    "formula_uncached": (
        N_("The cell holds a formula without its result, so it was read as empty."),
        N_("Open the file in a spreadsheet program and save it, or paste the values."),
    ),
    "case_id_missing": (N_("The row has no case id."), N_("Fill in the case id.")),
    "case_id_repeated": (
        N_("The case id {value} stands in rows {rows} with different content."),
        N_("Keep the row that is right."),
    ),
    "row_repeated": (
        N_("Rows {rows} are the same; the first was taken."),
        N_("Delete the repetition; nothing is lost."),
    ),
    "id_damaged": (
        N_("A spreadsheet turned this number into a rounded one; its last digits are lost."),
        N_("Format the column as text before the numbers are put in, then export again."),
    ),
    "value_masked": (
        N_("Masked with asterisks in {count} rows, first in row {first}; people are not told apart by it."),
        N_("Nothing to do, if the bank wants it masked."),
    ),
    "case_id_masked": (N_("The case id is masked."), N_("Export the list with full case ids.")),
    "name_missing": (N_("The row has no name."), N_("Fill in the name, so that the collector knows whom to ask.")),
    "phone_unreadable": (N_("This is not a phone number."), N_("Write digits, with + and the country if needed.")),
    "id_number_disagrees": (
        N_("The same name and phone stand beside another identity number in row {other}; kept as two people."),
        N_("Check the identity numbers."),
    ),
    "amount_missing": (N_("The overdue amount is missing."), N_("Fill in the amount.")),
    "amount_unreadable": (
        N_("{value} is not an amount."),
        N_("Write it like 12345.67 or 12,345.67, with 元 or 万元 if needed."),
    ),
    "amount_not_positive": (
        N_("The overdue amount is {value}: nothing is overdue."),
        N_("Take the row out, or correct the amount."),
    ),
    "amount_negative": (N_("The amount {value} is negative."), N_("Correct the amount.")),
    "amount_huge": (N_("{value} is more than any account can owe here."), N_("Check the amount and its unit.")),
    "days_missing": (
        N_("Neither days past due nor a due date nor a bucket can be read."),
        N_("Fill in one of them; the days past due are best."),
    ),
    "days_unreadable": (N_("{value} is not a number of days."), N_("Write a whole number, such as 45.")),
    "days_negative": (
        N_("{value} days past due: the account is not overdue."),
        N_("Take the row out, or correct the number."),
    ),
    "days_from_bucket": (
        N_("Only a bucket is given, in {count} rows, first in row {first}; the fewest days of the bucket were taken."),
        N_("Export the days past due."),
    ),
    "days_disagree": (
        N_(
            "The due date and the days past due differ by more than 3 days in {count} rows, first in row "
            "{first}; the days were taken."
        ),
        N_("Check which of the two the bank's system counts from the first unpaid instalment."),
    ),
    "due_in_future": (
        N_("The due date {value} has not come yet: the account is not overdue."),
        N_("Take the row out or correct it."),
    ),
    "date_ambiguous": (
        N_("{value} can be two different days."),
        N_("Answer when asked (--date-order), or write dates like 2026-02-01."),
    ),
    "date_unreadable": (N_("{value} is not a date."), N_("Write dates like 2026-02-01.")),
    "date_out_of_range": (N_("{value} is not a plausible date here."), N_("Correct the date.")),
    "date_serial": (
        N_("{value} may be a spreadsheet's day number."),
        N_("Format the column as a date and export again, or set serial_dates to always in the column profile."),
    ),
    "coordinate_unreadable": (N_("{value} is not a coordinate in degrees."), N_("Write it like 120.123456.")),
    "coordinates_half": (N_("Only one of longitude and latitude is given."), N_("Fill in both or neither.")),
    "coordinates_zero": (N_("The coordinates are zero; they were not used."), N_("Leave them empty if unknown.")),
    "coordinates_swapped": (
        N_("Longitude and latitude look swapped; they were not used."),
        N_("Swap the two headings or the two values."),
    ),
    "coordinates_far": (
        N_("The coordinates lie outside the area of the column profile; they were not used."),
        N_("Correct them, or use a profile for that country."),
    ),
    "datum_unknown": (
        N_("{value} is no coordinate system known here."),
        N_("Write WGS-84, GCJ-02, BD-09 or CGCS2000."),
    ),
    "address_masked": (N_("The address is masked, so it may be found only roughly."), N_("Export full addresses.")),
    "no_place": (
        N_("The row has neither an address nor usable coordinates; nobody can be sent there."),
        N_("Fill in an address or coordinates."),
    ),
    "address_unlocated": (
        N_("The address was not found in the street index; the debtor is kept but cannot be planned."),
        N_("Correct street and house number, or add longitude and latitude."),
    ),
    "address_rough": (
        N_("The address was found only within about {accuracy_m} m."),
        N_("Add the house number, or longitude and latitude."),
    ),
    "place_off_streets": (
        N_("The coordinates lie {metres} m from the nearest street that leads anywhere."),
        N_("Check them and their coordinate system; further than 5 km from a street nobody is sent."),
    ),
    "place_cut_off": (
        N_("The nearest street is cut off from all others; the way is counted from one {metres} m away."),
        N_("Check the coordinates; if they are right, the map lacks a bridge or a ferry, or the crew needs a boat."),
    ),
    "place_across_water": (
        N_("Water lies between the coordinates and the street {metres} m away from which the way is counted."),
        N_("Check on which bank the place lies."),
    ),
    "datum_doubtful": (
        N_("Taken as {declared}, {off} of {count} coordinates lie off the streets; taken as {other}, {fewer} would."),
        N_("Ask which map they come from, and correct the coordinate system in the list or in the column profile."),
    ),
    "address_ambiguous": (
        N_(
            "The address fits several places that lie apart, or a street that is not in the district it names; "
            "none was chosen."
        ),
        N_("Write the district, and check street and house number; or add longitude and latitude."),
    ),
    "choice_unknown": (
        N_("{value} is not known here, in {count} rows, first in row {first}; read as {read_as}."),
        N_("Use one of the known words, or add yours to the column profile."),
    ),
    "guarantee_unclear": (
        N_("A guarantor is named but not the kind of guarantee; its period is not watched."),
        N_("Fill in 一般保证 (ordinary) or 连带责任保证 (joint)."),
    ),
    "needs_second_reviewer": (
        N_("Bad faith is not taken from a list, in {count} rows, first in row {first}; read as not reviewed."),
        N_("Record the review in the application; a second reviewer must confirm it."),
    ),
}


def issue_words(one: Issue) -> tuple[str, str]:
    """Give an issue's text and cure in the session's language, as found where they have no translation."""
    if one.code not in ISSUES:
        return one.text, one.cure
    text, cure = ISSUES[one.code]
    try:
        return _(text).format(**dict(one.facts)), _(cure)
    except (KeyError, IndexError):
        return one.text, _(cure)
