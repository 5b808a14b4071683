"""The regions' files as the screen makes them, in both languages, from the small town of the other tests."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pypdfium2
import pytest

from config.parameters import load
from config.rules import load_pack
from dashboard.maps.cells import around, cell_map, far_out
from dashboard.maps.frame import Ground
from dashboard.screens import regions_export
from dashboard.screens.regions_map import writer
from dashboard.screens.regions_outlook import loans_told
from dashboard.screens.regions_words import FIGURES
from dashboard.text import speaking
from planner.crew_days import CREW_DAYS
from planner.domain import Role
from planner.export import pdf, workbook
from planner.outlook import OUTLOOK
from planner.store import Store
from planner.tables import REAL, empty
from planner.view.regions import Comparison, comparison
from tests.planner.store.factories import NOW, principal

DAY = date(2026, 11, 24)


def ahead(outlook: pd.DataFrame) -> Any:
    """Give what crews can expect as a table that is made up."""
    return SimpleNamespace(outlook=lambda: outlook, crew_days=lambda: empty(CREW_DAYS))


@pytest.fixture
def found(store: Store) -> Comparison:
    manager = principal(Role.MANAGER)
    return comparison(store, manager, store.branches(manager), {"CN": load_pack("CN")}, load(), now=NOW)


@pytest.mark.parametrize(("language", "names"), [("zh", ("西区", "东区", "北区")), ("en", ("West", "East", "North"))])
def test_the_page_names_every_district(found: Comparison, language: str, names: tuple[str, ...]) -> None:
    for figure in FIGURES:
        with speaking(language):
            made = pypdfium2.PdfDocument(pdf(regions_export.sheet(found, (), figure, DAY)))
        text = made[0].get_textpage().get_text_range()
        assert len(made) == 1
        assert all(text.count(name) >= 2 for name in names)
        made.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_files_hold_no_debtor(found: Comparison, store: Store, language: str) -> None:
    with speaking(language):
        report = regions_export.report(found, (), DAY)
        book = workbook(report)
    tables = [report.district_rows(), report.square_rows()]
    assert not any("lon" in table or "lat" in table for table in tables)
    assert len({one.field for one in report.columns}) == len(report.columns)
    cells = [str(cell.value) for page in openpyxl.load_workbook(io.BytesIO(book)) for row in page for cell in row]
    manager = principal(Role.MANAGER)
    for debtor in store.debtors(manager, "YX01")["debtor_id"]:
        assert debtor not in cells
    assert report.squares is not None
    assert (report.squares.squares.of("debtors") >= 5).all()


def test_the_files_say_what_crews_can_expect_of_whom_enough_stand_behind(found: Comparison) -> None:
    codes = sorted(found.view.table["region"])
    expected = {name: [11.5 + k for k in range(len(codes))] for name, kind in OUTLOOK.items() if kind == REAL}
    outlook = pd.DataFrame({**expected, "region": codes, "advice": "day_trip"})
    view = replace(found.view, ahead=ahead(outlook))
    found = replace(found, view=view)
    with speaking("zh"):
        rows = regions_export.report(found, (), DAY).district_rows().set_index("code")
        few = replace(view, table=view.table.assign(debtors=3))
        kept = regions_export.report(replace(found, view=few), (), DAY)
    assert (rows["advice"] == "全天专程").all()
    for row in outlook.itertuples():
        assert rows.loc[row.region, "visits_per_crew_day"] == pytest.approx(row.visits_per_crew_day, nan_ok=True)
        even = rows.loc[row.region, "break_even_cny_per_visit"]
        assert even == pytest.approx(row.break_even_visit_minor / 100, nan_ok=True)
    secret = kept.district_rows()
    assert (secret["advice"] == "").all()
    assert secret[["visits_per_crew_day", "one_crew_day_more_cny", "crew_days_planned"]].isna().all(axis=None)


def test_an_outlook_of_a_few_visits_is_kept_back_however_many_are_overdue(found: Comparison) -> None:
    """Sixty are overdue in a district, but only three of them pay for the way: their worth is not told."""
    codes = sorted(found.view.table["region"])
    real = {name: [11.5] * len(codes) for name, kind in OUTLOOK.items() if kind == REAL}
    outlook = pd.DataFrame({**real, "region": codes, "advice": "ordinary_round"})
    outlook.loc[outlook["region"] == "W", "visits"] = 3.0
    with speaking("en"):
        report = regions_export.report(replace(found, view=replace(found.view, ahead=ahead(outlook))), (), DAY)
    rows = report.district_rows().set_index("code")
    assert rows.loc["W", ["outlook_cny_per_visit", "visits_per_crew_day", "one_crew_day_more_cny"]].isna().all()
    assert (rows.loc["W", "advice"], rows.loc["W", "debtors"], bool(rows.loc["W", "kept_back"])) == ("", 60, True)
    assert rows.loc["E", "outlook_cny_per_visit"] == pytest.approx(0.115)


def test_the_factor_goes_out_unless_too_few_visits_stand_behind_it(found: Comparison) -> None:
    with speaking("en"):
        rows = regions_export.report(found, (), DAY).district_rows().set_index("code")
        few = replace(found, view=replace(found.view, table=found.view.table.assign(outcomes=3)))
        kept = regions_export.report(few, (), DAY).district_rows()
    table = found.view.table.set_index("region")
    assert rows.loc["W", "factor"] == pytest.approx(table.loc["W", "factor"])
    assert rows.loc["W", "factor_low"] < rows.loc["W", "factor"] < rows.loc["W", "factor_high"]
    assert rows.loc["W", "uplift_cny"] == pytest.approx(
        rows.loc["W", "uplift_cny_per_field_hour"] * rows.loc["W", "field_hours"]
    )
    assert kept[["factor", "factor_low", "factor_high"]].isna().all(axis=None)


def test_the_method_is_that_of_the_model(found: Comparison) -> None:
    told = regions_export.method(found.view)
    assert "Gamma" not in told
    assert all(part in told for part in ("how often visits paid", "what a payment amounted to", "a level from all"))


def test_a_loan_names_no_district_that_is_kept_back(found: Comparison) -> None:
    lender, borrower = sorted(found.view.table["region"])[:2]
    rows = [(lender, "X", 3.0, 10.0, 20.0), (borrower, "Y", 1.5, 9020.0, 9500.0)]
    days, view = pd.DataFrame(rows, columns=list(CREW_DAYS)), found.view
    with speaking("en"):
        (told,) = loans_told(view, days, {"X": "Old *Town*"}, bold="**")
        assert "Old \\*Town" in told
        assert "**+¥90**" in told
        (plain,) = loans_told(view, days, {"X": "Old *Town*"})
        assert "(Old *Town*)" in plain
        assert loans_told(view, days[:1], {}) == []


def test_the_debtors_of_the_squares_are_those_of_the_list(found: Comparison) -> None:
    for squares in found.squares.levels.values():
        assert squares.of("debtors").sum() == found.view.table["debtors"].sum()
        assert squares.of("customers").sum() == found.view.customers
        assert squares.of("uplift_minor").sum() == pytest.approx(found.view.table["uplift_minor"].sum())


def test_squares_are_drawn_from_near_on_the_frame_of_the_districts(found: Comparison, tmp_path: object) -> None:
    districts = found.view.districts
    near = ((103.79, 30.59), (103.81, 30.61))
    assert far_out(None, districts)
    assert far_out(((100.0, 30.0), (110.0, 31.0)), districts)
    assert not far_out(near, districts)
    assert around(near).west < near[0][0]
    ground = Ground("yunxi", tmp_path, "en", (103.8, 30.6))  # type: ignore[arg-type]
    rate = FIGURES[0].column
    drawn = cell_map(
        found.squares, near, districts, ground, rate=rate, title="<t>", written=writer(rate, "CNY"), told=("W",)
    )
    (content,) = drawn.layer._children.values()
    assert '"squares":{"level":' in content.value
    assert "<t>" not in content.value
