from __future__ import annotations

import io
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pypdfium2
import pytest

from planner.export import geopackage, kept_back, pdf, workbook
from planner.export.report import square_table
from tests.planner.export.factories import NAMES, report, sheet


def layer(data: bytes, folder: Path, name: str) -> gpd.GeoDataFrame:
    path = folder / "read.gpkg"
    path.write_bytes(data)
    return gpd.read_file(path, layer=name)


def test_the_geopackage_holds_the_table(tmp_path: Path) -> None:
    found = report()
    read = layer(geopackage(found), tmp_path, "districts")
    assert read.crs == 4326
    wanted = found.district_rows()
    pd.testing.assert_frame_equal(pd.DataFrame(read[wanted.columns]), wanted, check_dtype=False)
    assert read["uplift_cny_per_field_hour"].tolist()[0] == pytest.approx(1234.567)
    shapes = found.districts.set_index("code").geometry
    assert all(one.equals(shapes[code]) for one, code in zip(read.geometry.explode(), read["code"], strict=True))


def test_the_geopackage_holds_the_squares_and_what_all_means(tmp_path: Path) -> None:
    found = report()
    data = geopackage(found)
    read = layer(data, tmp_path, "squares")
    pd.testing.assert_frame_equal(
        pd.DataFrame(read[found.square_rows().columns]), found.square_rows(), check_dtype=False
    )
    metric = read.to_crs(read.estimate_utm_crs())
    assert (metric.area / 1e6).to_numpy() == pytest.approx(read["km2"].to_numpy(), rel=0.01)
    about = layer(data, tmp_path, "about").set_index("subject")["text"]
    assert about["made_on"] == "2026-11-24"
    assert about["Method"] == "=by the book"
    assert "by hour" in about["districts.uplift_cny_per_field_hour"]


def test_a_file_without_squares_and_without_districts_opens(tmp_path: Path) -> None:
    found = report(squares=None)
    assert layer(geopackage(found), tmp_path, "squares").empty
    nobody = report(squares=None, table=found.table.head(0))
    assert layer(geopackage(nobody), tmp_path, "districts").empty
    book = openpyxl.load_workbook(io.BytesIO(workbook(nobody)))
    assert [one.max_row for one in book.worksheets[:2]] == [1, 1]
    assert list(square_table(None).columns) == list(square_table(report().squares).columns)


def test_the_workbook_holds_numbers_as_numbers() -> None:
    found = report()
    book = openpyxl.load_workbook(io.BytesIO(workbook(found)))
    assert book.sheetnames == ["Districts", "Squares", "Notes"]
    rows = list(book["Districts"].iter_rows(values_only=True))
    assert rows[0][:3] == ("Code", "District", "Debtors")
    assert rows[1] == ("C", "云中区", 120, pytest.approx(1234.567), 1.234, False)
    assert rows[2][3:5] == (None, None)
    assert book["Districts"]["D2"].number_format == "#,##0"
    assert book["Districts"]["E2"].number_format == "#,##0.00"
    assert len(list(book["Squares"].iter_rows())) == len(found.square_rows()) + 1


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(report())))
    for page in book.worksheets:
        for cell in (one for row in page.iter_rows() for one in row):
            assert cell.data_type != "f"
            assert not (isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@", "\t"))), cell.value
    assert book["Districts"]["B3"].value == "'=HYPERLINK(1)"
    assert book["Notes"]["A1"].value == "'+Districts compared"


@pytest.mark.parametrize("rows", [0, 1, 3, 14, 60])
def test_the_sheet_is_one_page_with_its_names_as_text(rows: int) -> None:
    made = pypdfium2.PdfDocument(pdf(sheet(rows)))
    assert len(made) == 1
    page = made[0]
    assert page.get_size() == pytest.approx((841.9, 595.3), abs=0.1)
    # Between Chinese and Latin signs the page has a thin space.
    text = "".join(page.get_textpage().get_text_range().split())
    assert "各区县回收密度比较" in text
    assert all(f"{NAMES[k % 3]}{k}" in text for k in range(rows))
    assert "#panic()*所有*$数字$=假设" in text
    # Nothing runs over the edge of the paper.
    boxes = [item.get_bounds() for item in page.get_objects()]
    assert min(box[0] for box in boxes) >= 0
    assert max(box[2] for box in boxes) <= 841.9
    made.close()


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert pdf(sheet()) == pdf(sheet())


def test_what_too_few_stand_behind_is_kept_back() -> None:
    table = pd.DataFrame(
        {"debtors": [4, 5, 0], "visits": [4, 5, 0], "outcomes": [20, 4, 0], "per_visit_minor": [9.0, 8.0, np.nan]}
    )
    table = table.assign(actual_minor=[100.0, 200.0, 0.0], customers=[50, 60, 70])
    out = kept_back(table)
    assert out["kept_back"].tolist() == [True, True, False]
    assert out[["debtors", "per_visit_minor"]].isna().all(axis=1).tolist() == [True, False, False]
    assert out["actual_minor"].isna().tolist() == [False, True, False]
    assert out["customers"].tolist() == [50, 60, 70]
    assert table["debtors"].tolist() == [4, 5, 0]
