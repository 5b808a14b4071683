"""The comparison of districts as files to hand on: GeoPackage, workbook, one page to print. No personal data in any."""

from planner.export.geopackage import geopackage
from planner.export.report import Column, Kind, Report, TableSheet, kept_back
from planner.export.sheet import Bar, Outline, Sheet, pdf
from planner.export.workbook import tables_workbook, workbook

__all__ = [
    "Bar",
    "Column",
    "Kind",
    "Outline",
    "Report",
    "Sheet",
    "TableSheet",
    "geopackage",
    "kept_back",
    "pdf",
    "tables_workbook",
    "workbook",
]
