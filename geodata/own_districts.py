"""A bank's own districts or territories out of a GeoJSON, GeoPackage or Shapefile, in place of the extract's.

All or nothing: what cannot be used is refused by its name and the reason, and nothing is kept. A ring that touches or
crosses itself is repaired, by name, if that leaves its area as it was.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.datum import Datum, to_wgs84
from geodata.projection import local_crs

Box = tuple[float, float, float, float]

COLUMNS = ("code", "name_zh", "name_en")
#: headings that are looked for where none is named, the preferred first; case does not count
HEADINGS = {
    "code": ("code", "adcode", "ref", "district_code", "id", "代码", "编码", "行政区划代码"),
    "name_zh": ("name_zh", "name", "名称", "区县", "district"),
    "name_en": ("name_en", "name_latin", "name:en", "english"),
}
#: a repair may change an area by so much of it
REPAIR_CHANGES = 0.01
#: districts that overlap by more than this share of the smaller one are named
OVERLAP = 0.01


class BadDistricts(ValueError):
    """Districts that cannot be used: ``faults`` holds one sentence a fault."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class OwnDistricts:
    """``table``: code, name_zh, name_en, geometry (polygons, EPSG:4326), by code. ``notes``: one sentence a repair."""

    table: gpd.GeoDataFrame
    notes: tuple[str, ...]


def read_own_districts(
    path: Path,
    *,
    layer: str | None = None,
    columns: dict[str, str] | None = None,
    crs: str | None = None,
    datum: Datum = "wgs84",
    within: Box | None = None,
) -> OwnDistricts:
    """Read districts.

    Parameters
    ----------
    layer
        Of a file with several; the first where not named.
    columns
        Column of ``code``, ``name_zh``, ``name_en``; looked for by usual headings where not named. Without a code the
        districts are numbered.
    crs
        The file's coordinate system where it names none (a Shapefile without ``.prj``, GeoJSON in metres), such as
        EPSG:4490. Another one than the file names is refused.
    datum
        What degrees mean: shapes drawn from a Chinese map are shifted.
    within
        West, south, east, north of the region, of which each district must have a part.

    Raises
    ------
    BadDistricts
        If anything of it cannot be used.
    """
    table = _read(path, layer, crs)
    named = _named(table, columns or {})
    if datum not in ("wgs84", "cgcs2000"):
        named.geometry = shapely.transform(named.geometry.to_numpy(), lambda xy: to_wgs84(xy, datum))
    shapes, notes, faults = [], list[str](), list[str]()
    for name, shape in zip(_called(named), named.geometry, strict=True):
        kept, note, fault = _sound(name, shape, within)
        shapes.append(kept)
        notes += [note] if note else []
        faults += [fault] if fault else []
    faults += [
        f"The code {code} is that of {count} districts in {path.name}: each needs its own."
        for code, count in named["code"].value_counts().items()
        if count > 1
    ]
    if faults:
        raise BadDistricts(*faults)
    sound = named.set_geometry(gpd.GeoSeries(shapes, index=named.index, crs=4326))
    notes += _overlaps(sound)
    return OwnDistricts(sound.sort_values("code", ignore_index=True), tuple(notes))


def _read(path: Path, layer: str | None, crs: str | None) -> gpd.GeoDataFrame:
    if not path.exists():
        raise BadDistricts(f"There is no file {path}.")
    try:
        table = gpd.read_file(path) if layer is None else gpd.read_file(path, layer=layer)
    except Exception as error:  # GDAL's drivers raise what they like
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadDistricts(f"{path.name} cannot be read as GeoJSON, GeoPackage or Shapefile: {told}.") from error
    if not isinstance(table, gpd.GeoDataFrame) or table.empty:
        raise BadDistricts(f"{path.name} holds no shapes.")
    if table.crs is None and crs is None:
        raise BadDistricts(f"{path.name} does not name its coordinate system: say it with --crs, such as EPSG:4490.")
    try:
        said = None if crs is None else pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise BadDistricts(f"{crs!r} is no coordinate system.") from error
    if said is not None and (table.crs is None or not _names_its_own(path)):
        table = table.set_crs(said, allow_override=True)
    elif said is not None and said != table.crs:
        raise BadDistricts(f"{path.name} names its coordinate system itself, {table.crs.name}: leave --crs out.")
    return cast(gpd.GeoDataFrame, table.to_crs(4326))


def _names_its_own(path: Path) -> bool:
    """Say whether a file that was read with a coordinate system names it; GeoJSON is taken for WGS-84 without."""
    if path.suffix.lower() not in (".geojson", ".json"):
        return True
    return "crs" in json.loads(path.read_text(encoding="utf-8-sig"))


def _named(table: gpd.GeoDataFrame, columns: dict[str, str]) -> gpd.GeoDataFrame:
    folded = {str(one).casefold(): one for one in table.columns}
    found: dict[str, pd.Series] = {}
    for name in COLUMNS:
        wanted = columns.get(name)
        if wanted is not None and wanted not in table.columns:
            raise BadDistricts(f"There is no column {wanted!r}; there are {', '.join(map(str, table.columns))}.")
        heading = wanted or next((folded[one] for one in HEADINGS[name] if one in folded), None)
        found[name] = pd.Series("", index=table.index) if heading is None else _texts(table[heading])
    if not (found["code"] != "").any():
        found["code"] = pd.Series([f"T{n + 1:03}" for n in range(len(table))], index=table.index)
    return gpd.GeoDataFrame(found, geometry=table.geometry, crs=4326)


def _texts(column: pd.Series) -> pd.Series:
    return column.map(lambda one: "" if pd.isna(one) else f"{one:.0f}" if isinstance(one, float) else str(one).strip())


def _called(table: gpd.GeoDataFrame) -> list[str]:
    """Name each district for a sentence: by its name, else by its code, else by its row."""
    rows = zip(table["name_zh"], table["name_en"], table["code"], strict=True)
    return [zh or en or code or f"in row {n + 1}" for n, (zh, en, code) in enumerate(rows)]


def _sound(
    name: str, shape: BaseGeometry | None, within: Box | None
) -> tuple[BaseGeometry | None, str | None, str | None]:
    """Give a district's polygons, a note on a repair, and why it is refused."""
    if shape is None or shape.is_empty:
        return shape, None, f"District {name} has no shape."
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return shape, None, f"District {name} is no area but a {shape.geom_type}."
    note = None
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        whole = _areas_of(shapely.make_valid(shape))
        if abs(whole.area - shape.area) > REPAIR_CHANGES * shape.area:
            return shape, None, f"District {name} has a ring that cannot be right ({reason}): draw it anew."
        shape, note = whole, f"District {name} was repaired ({reason}); its area stays as it was."
    if not np.isfinite(shape.bounds).all() or not (
        -180 <= shape.bounds[0] <= shape.bounds[2] <= 180 and -90 <= shape.bounds[1] <= shape.bounds[3] <= 90
    ):
        return shape, note, f"District {name} does not lie on the Earth: is its coordinate system right?"
    if within is not None and not shape.intersects(shapely.box(*within)):
        return shape, note, f"District {name} lies outside the region: is its coordinate system right?"
    return shapely.force_2d(shape), note, None


def _areas_of(shape: BaseGeometry) -> BaseGeometry:
    parts = [one for one in shapely.get_parts(shape) if one.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts)


def _overlaps(table: gpd.GeoDataFrame) -> list[str]:
    names, middle = _called(table), shapely.box(*table.total_bounds).centroid
    flat = table.geometry.to_crs(local_crs(middle.x, middle.y)).to_numpy()
    found = []
    for a, b in combinations(range(len(flat)), 2):
        if shapely.intersects(flat[a], flat[b]):
            share = shapely.intersection(flat[a], flat[b]).area / min(flat[a].area, flat[b].area)
            if share > OVERLAP:
                found.append(
                    f"Districts {names[a]} and {names[b]} overlap by {share:.0%} of the smaller one: "
                    "whoever lives there counts for the first by code."
                )
    return found
