"""What bears a name in a road region, and where it is: its streets, houses, landmarks and districts.

Asked by name for the pieces of a street and the houses with a number, by code for the middle of a district, by place
for the district that a point lies in. What an address means of all this is held together in ``index``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.geocoding.address import known_number, names_of
from geodata.geocoding.answer import By, Located
from geodata.geocoding.parts import HOUSE_M, Part, landmark_parts, street_parts
from geodata.geocoding.tables import centres, digest, district_names, named, named_landmarks, pairs
from geodata.osm.gazetteer import NEAR_M as LANDMARK_M

#: A building further away than this says nothing about the district of a point.
NEAR_M = 2_000.0
#: Houses that one address fits may lie so far apart: a yard, or two sides of a street.
SAME_HOUSE_M = 150.0
_DEGREE_M = 111_320.0
_BEHIND = re.compile(r"-[0-9]+$")


class NamedPlaces:
    """The named places of a region, made once; the tables are ``StreetIndex``'s.

    Attributes
    ----------
    streets
        The names of streets and of what houses are numbered by, Chinese and Latin, each pair once.
    district_names, street_names, mark_names
        Names arranged for finding them in an address.
    version
        Names what all of it was made of.
    """

    def __init__(
        self,
        streets: pd.DataFrame,
        buildings: pd.DataFrame,
        districts: pd.DataFrame | None,
        landmarks: pd.DataFrame | None,
    ) -> None:
        self._at = buildings[["lon", "lat"]].to_numpy(float)
        self._codes = buildings["district"].fillna("").astype(str).to_numpy()
        self._tree = shapely.STRtree(np.asarray(shapely.points(self._at)))
        known = district_names(districts)
        self._areas: list[tuple[str, Any]] = (
            [] if districts is None else list(zip(districts["code"].astype(str), districts["geometry"], strict=True))
        )
        self.district_names = names_of((name, en) for name, en, _ in known)
        self._codes_of: dict[str, set[str]] = defaultdict(set)
        for name, en, code in known:
            self._codes_of[name or en].add(code)
        houses = named(buildings, "street_zh", "street_en").assign(district=self._codes)
        lines = named(streets, "name_zh", "name_en")
        self.streets = frozenset({*pairs(lines), *pairs(houses)})
        self.street_names = names_of(self.streets)
        self._parts: dict[str, list[Part]] = defaultdict(list)
        self._middles: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._houses: dict[tuple[str, str], list[tuple[Part, int]]] = defaultdict(list)
        self._numbers = [known_number(str(one)) for one in buildings["house_number"].fillna("")]
        for part in street_parts(lines, houses, self._areas):
            self._parts[part.name].append(part)
            for code in part.districts:
                self._middles[code].append((part.lon, part.lat))
            for row in part.rows:
                number = self._numbers[row]
                for said in {number, _BEHIND.sub("", number)}:
                    self._houses[part.name, said].append((part, row))
        self._marks: dict[str, list[Part]] = defaultdict(list)
        marks = named_landmarks(landmarks)
        codes = self.region_of(centres(marks))
        for part in landmark_parts(marks, codes, LANDMARK_M):
            self._marks[part.name].append(part)
        self.mark_names = names_of(pairs(marks))
        self.version = digest([*sorted(self.streets), *sorted(pairs(marks))], self._at, self._numbers, self._codes)

    def codes_of(self, districts: Iterable[str]) -> set[str]:
        """Give the codes of the districts that are called so."""
        return {code for name in districts for code in self._codes_of.get(name, ())}

    def parts_in(self, names: Iterable[str], codes: set[str]) -> list[Part]:
        """Give what is called so and lies in one of the districts; without codes anywhere."""
        return [part for name in names for part in self._parts.get(name, ()) if not codes or part.districts & codes]

    def marks_in(self, names: Iterable[str], codes: set[str]) -> list[Part]:
        """Give the landmarks that are called so and lie in one of the districts; without codes anywhere."""
        return [part for name in names for part in self._marks.get(name, ()) if not codes or part.districts & codes]

    def has_house(self, part: Part, number: str, codes: set[str]) -> bool:
        """Tell whether a part of a street has the number in one of the districts."""
        return bool(self._rows(part, number, codes))

    def house_or_street(self, part: Part, number: str, codes: set[str]) -> Located:
        """Give the house with the number, else the middle of the part of the street."""
        return self._house(part, number, codes) or self._street(part, codes)

    def _rows(self, part: Part, number: str, codes: set[str]) -> list[int]:
        """Give the rows of the houses with a number; without it those of the number that it is behind."""
        for said in (number, _BEHIND.sub("", number)) if number else ():
            rows = [row for mine, row in self._houses.get((part.name, said), ()) if mine is part]
            own = [row for row in rows if not codes or self._codes[row] in codes]
            whole = [row for row in own if self._numbers[row] == number]
            if own:
                return whole or own
        return []

    def _house(self, part: Part, number: str, codes: set[str]) -> Located | None:
        rows = self._rows(part, number, codes)
        if not rows:
            return None
        if len(rows) == 1:  # nearly always, and a mean of one takes a while
            row = rows[0]
            return Located(float(self._at[row, 0]), float(self._at[row, 1]), HOUSE_M, str(self._codes[row]), "house")
        middle = self._at[rows].mean(axis=0)
        spread = float(apart_m(middle, self._at[rows]).max())
        inside = {str(self._codes[row]) for row in rows}
        by: By = "house" if spread <= SAME_HOUSE_M else "street"
        code = inside.pop() if len(inside) == 1 else ""
        return Located(float(middle[0]), float(middle[1]), round(HOUSE_M + spread, 1), code, by)

    def _street(self, part: Part, codes: set[str]) -> Located:
        own = [row for row in part.rows if self._codes[row] in codes]
        if not own or len(own) == len(part.rows):
            code = next(iter(codes)) if len(codes) == 1 else next(iter(part.districts), "")
            if len(part.districts) > 1 and len(codes) != 1:
                code = self.region_of(np.array([[part.lon, part.lat]]))[0]
            return Located(part.lon, part.lat, part.reach_m, code, "street")
        middle = self._at[own].mean(axis=0)
        reach = max(float(apart_m(middle, self._at[own]).max()), HOUSE_M)
        return Located(float(middle[0]), float(middle[1]), round(reach, 1), str(self._codes[own[0]]), "street")

    def district(self, code: str) -> Located | None:
        """Give the middle of where people live in a district, and how far nine in ten of them live from it.

        Where fewer houses are mapped than streets, a few houses say nothing of that: then both count.
        """
        at = self._at[self._codes == code]
        streets = self._middles.get(code, [])
        if len(at) < len(streets):
            at = np.vstack([at, streets])
        if len(at):
            middle = np.median(at, axis=0)
            far = _km(np.quantile(apart_m(middle, at), 0.9))
            return Located(float(middle[0]), float(middle[1]), far, code, "district")
        area = next((area for one, area in self._areas if one == code), None)
        if area is None:
            return None
        point = area.representative_point()
        corners = shapely.get_coordinates(area)
        return Located(point.x, point.y, _km(apart_m(np.array([point.x, point.y]), corners).max()), code, "district")

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
                if apart_m(lonlat[n], self._at[[row]])[0] <= NEAR_M:
                    codes[n] = str(self._codes[row])
        return codes


def apart_m(point: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how far points (n, 2) are from one, degrees; right within a town."""
    east = np.cos(np.radians(point[1]))
    metres: NDArray[np.float64] = np.hypot((others[:, 0] - point[0]) * east, others[:, 1] - point[1]) * _DEGREE_M
    return metres


def _km(metres: float) -> float:
    """Round up to whole kilometres: a district is never exact."""
    return float(np.ceil(max(metres, 1.0) / 1000) * 1000)
