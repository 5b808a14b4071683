"""Addresses to places with what is known offline: the streets, houses and districts of a road region.

Three answers, each with its accuracy: the house, the middle of the street, the middle of the district. An address that
fits none of them is not located; nothing is put on the map by a guess that does not say so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.snapping import Snapper
from planner.intake.address import find_name, find_names, house_number, names_of

HOUSE_M = 15.0
#: A building further away than this says nothing about the district of a point.
NEAR_M = 2_000.0
_DEGREE_M = 111_320.0


@dataclass(frozen=True)
class Located:
    """Where an address is: degrees (WGS-84), how far the truth may be, the district's code ("" unknown), by what."""

    lon: float
    lat: float
    accuracy_m: float
    district: str = ""
    by: Literal["house", "street", "district"] = "house"


class StreetIndex:
    """The streets, houses and districts of a region, made once and asked often.

    Parameters
    ----------
    streets
        ``name_zh, name_en, geometry`` (lines, EPSG:4326), a street may have several rows.
    buildings
        ``lon, lat, street_zh, street_en, house_number, district`` (code of the district), WGS-84.
    districts
        ``code, name_zh, name_en, geometry`` (EPSG:4326); None where the region has none.
    ground
        Gives the region's streets as coordinates are judged by; asked at the first judgement. None: nothing is judged.
    """

    def __init__(
        self,
        streets: pd.DataFrame,
        buildings: pd.DataFrame,
        districts: pd.DataFrame | None = None,
        ground: Callable[[], Snapper] | None = None,
    ) -> None:
        self.ground = ground
        self._streets = _street_middles(streets)
        at = buildings[["lon", "lat"]].to_numpy(float)
        self._codes = buildings["district"].fillna("").astype(str).to_numpy()
        zh, en = (buildings[name].fillna("").astype(str) for name in ("street_zh", "street_en"))
        self._at = at
        self._rows: dict[str, list[int]] = defaultdict(list)
        self._houses: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, (a, b, number) in enumerate(zip(zh, en, buildings["house_number"].fillna(""), strict=True)):
            name = a or b
            if name:
                self._rows[name].append(row)
                self._houses[name, house_number(str(number))].append(row)
        known = zip(streets["name_zh"].fillna(""), streets["name_en"].fillna(""), strict=True)
        self._names = names_of([*((str(a), str(b)) for a, b in known), *set(zip(zh, en, strict=True))])
        self._districts = _district_names(districts)
        self._areas: list[tuple[str, Any]] = (
            [] if districts is None else list(zip(districts["code"].astype(str), districts["geometry"], strict=True))
        )
        self._district_names = names_of((name, en) for name, en, _ in self._districts)
        self._code_of = {name or en: code for name, en, code in self._districts}
        self._tree = shapely.STRtree([shapely.Point(*one) for one in at])

    def __call__(self, address: str) -> Located | None:
        """Locate an address: by house, else by street, else by district; None if nothing of it is known."""
        inside, street = find_name(address, self._district_names), find_name(address, self._names)
        where = (street.name, street.number) if street else ("", "")
        return self._settled(inside.name if inside else "", *where)

    def all_of(self, addresses: Sequence[str]) -> list[Located | None]:
        """Locate many addresses at once, each as it is located alone; a house is looked for once."""
        named = find_names(addresses, self._district_names, self._names)
        known = {which: self._settled(*which) for which in set(named)}
        return [known[which] for which in named]

    def _settled(self, district: str, street: str, number: str) -> Located | None:
        code = self._code_of[district] if district else ""
        if street:
            rows = self._houses.get((street, number), []) if number else []
            found = self._house(rows, code) or self._street(street, code)
            if found is not None:
                return found
        return self._district(code) if code else None

    def region_of(self, lonlat: NDArray[np.float64]) -> list[str]:
        """Give the code of the district each point lies in, else that of the nearest house; "" where none is near.

        Parameters
        ----------
        lonlat
            (n, 2) degrees, WGS-84. NaN gives "".
        """
        codes = [""] * len(lonlat)
        known = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
        for code, area in self._areas:
            for n in known[shapely.contains_xy(area, lonlat[known])]:
                codes[n] = codes[n] or code
        rest = np.array([n for n in known if not codes[n]], dtype=int)
        if len(rest) and len(self._at):
            nearest = self._tree.nearest(shapely.points(lonlat[rest]))
            for n, row in zip(rest, nearest, strict=True):
                if _apart_m(lonlat[n], self._at[[row]])[0] <= NEAR_M:
                    codes[n] = str(self._codes[row])
        return codes

    def _house(self, rows: Sequence[int], code: str) -> Located | None:
        """Give the house; the same number on streets of one name in several districts is as exact as they are near."""
        chosen = [row for row in rows if not code or self._codes[row] == code] or list(rows)
        if not chosen:
            return None
        if len(chosen) == 1:  # nearly always, and a mean of one takes a while
            row = chosen[0]
            return Located(float(self._at[row, 0]), float(self._at[row, 1]), HOUSE_M, str(self._codes[row]), "house")
        middle = self._at[chosen].mean(axis=0)
        spread = float(_apart_m(middle, self._at[chosen]).max())
        codes = {str(self._codes[row]) for row in chosen}
        return Located(
            float(middle[0]),
            float(middle[1]),
            round(HOUSE_M + spread, 1),
            codes.pop() if len(codes) == 1 else "",
            "house",
        )

    def _street(self, name: str, code: str) -> Located | None:
        rows = self._rows.get(name, [])
        own = [row for row in rows if self._codes[row] == code] if code else []
        if name in self._streets and not own:
            lon, lat, half_m = self._streets[name]
            return Located(lon, lat, half_m, self.region_of(np.array([[lon, lat]]))[0], "street")
        if name in self._streets and len(own) == len(rows):
            lon, lat, half_m = self._streets[name]
            return Located(lon, lat, half_m, code, "street")
        chosen = own or rows
        if not chosen:
            return None
        middle = self._at[chosen].mean(axis=0)
        reach = max(float(_apart_m(middle, self._at[chosen]).max()), HOUSE_M)
        district = code or str(self._codes[chosen[0]])
        return Located(float(middle[0]), float(middle[1]), round(reach, 1), district, "street")

    def _district(self, code: str) -> Located | None:
        """Give the middle of where people live in a district, and how far nine in ten of them live from it."""
        at = self._at[self._codes == code]
        if len(at):
            middle = np.median(at, axis=0)
            return Located(
                float(middle[0]), float(middle[1]), _km(np.quantile(_apart_m(middle, at), 0.9)), code, "district"
            )
        area = next((area for one, area in self._areas if one == code), None)
        if area is None:
            return None
        point = area.representative_point()
        corners = shapely.get_coordinates(area)
        return Located(point.x, point.y, _km(_apart_m(np.array([point.x, point.y]), corners).max()), code, "district")


def _street_middles(streets: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Give each street's middle in degrees and half its length in metres."""
    parts: dict[str, list[Any]] = defaultdict(list)
    for zh, en, shape in zip(streets["name_zh"], streets["name_en"], streets["geometry"], strict=True):
        name = (str(zh) if pd.notna(zh) else "") or (str(en) if pd.notna(en) else "")
        if name and shape is not None and not shape.is_empty:
            parts[name].append(shape)
    middles = {}
    for name, shapes in parts.items():
        lines = shapely.line_merge(shapely.union_all(shapes))
        east = np.cos(np.radians(lines.centroid.y))
        flat = shapely.transform(lines, lambda xy, east=east: xy * [east, 1.0])
        middle = shapely.line_interpolate_point(flat, 0.5, normalized=True)
        half_m = max(shapely.length(flat) * _DEGREE_M / 2, HOUSE_M)
        middles[name] = float(middle.x / east), float(middle.y), round(float(half_m), 1)
    return middles


def _district_names(districts: pd.DataFrame | None) -> list[tuple[str, str, str]]:
    """Give names and code of each district; the Latin name also without "District".

    Chinese names count only in full: 滨江 alone stands in 滨江大道 of another district as well.
    """
    if districts is None:
        return []
    found = []
    for code, zh, en in zip(districts["code"], districts["name_zh"], districts["name_en"], strict=True):
        name, latin = (str(one) if pd.notna(one) else "" for one in (zh, en))
        found.append((name, latin, str(code)))
        bare = re.sub(r"\s+(?:district|county|city|town)$", "", latin, flags=re.IGNORECASE)
        if bare != latin:
            found.append((name or latin, bare, str(code)))
    return found


def _apart_m(point: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    east = np.cos(np.radians(point[1]))
    metres: NDArray[np.float64] = np.hypot((others[:, 0] - point[0]) * east, others[:, 1] - point[1]) * _DEGREE_M
    return metres


def _km(metres: float) -> float:
    """Round up to whole kilometres: a district is never exact."""
    return float(np.ceil(max(metres, 1.0) / 1000) * 1000)
