"""The offline geocoder: the streets, houses, landmarks and districts of a road region.

Three classes of answers, each with its accuracy: the house; the middle of a street, estate or village; the middle of
the district. What an address says is held together. Among streets of one name that lie apart nothing is chosen: what
they have in common, a district that is written or in which all lie, is the answer, else there is none. Nor is there one
where the street is not in the district that is written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.geocoding.address import known_number, names_of, read_all
from geodata.geocoding.answer import AMBIGUOUS, UNANSWERED, UNKNOWN, Answer, By, Geocoder, Located
from geodata.geocoding.folding import all_plain
from geodata.geocoding.nearly import NearlyNames
from geodata.geocoding.parts import HOUSE_M, Part, landmark_parts, street_parts
from geodata.geocoding.tables import centres, digest, district_names, named, named_landmarks, pairs
from geodata.osm.gazetteer import NEAR_M as LANDMARK_M
from geodata.snapping import Snapper

#: A building further away than this says nothing about the district of a point.
NEAR_M = 2_000.0
#: Houses that one address fits may lie so far apart: a yard, or two sides of a street.
SAME_HOUSE_M = 150.0
#: So many names may be within a slip of what is written for one of them to be chosen.
FEW_ALIKE = 3
_DEGREE_M = 111_320.0
_BEHIND = re.compile(r"-[0-9]+$")


class StreetIndex:
    """The streets, houses, landmarks and districts of a region, made once and asked often.

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
    landmarks
        ``kind`` (estate, village; others are left out), ``name_zh, name_en, geometry``; None: none are known.
    beyond
        Who is asked for what is not found here, or only by its district.
    """

    def __init__(
        self,
        streets: pd.DataFrame,
        buildings: pd.DataFrame,
        districts: pd.DataFrame | None = None,
        ground: Callable[[], Snapper] | None = None,
        *,
        landmarks: pd.DataFrame | None = None,
        beyond: Geocoder | None = None,
    ) -> None:
        self.ground = ground
        self._beyond = beyond
        self._at = buildings[["lon", "lat"]].to_numpy(float)
        self._codes = buildings["district"].fillna("").astype(str).to_numpy()
        self._tree = shapely.STRtree([shapely.Point(*one) for one in self._at])
        known = district_names(districts)
        self._areas: list[tuple[str, Any]] = (
            [] if districts is None else list(zip(districts["code"].astype(str), districts["geometry"], strict=True))
        )
        self._district_names = names_of((name, en) for name, en, _ in known)
        self._codes_of: dict[str, set[str]] = defaultdict(set)
        for name, en, code in known:
            self._codes_of[name or en].add(code)
        houses = named(buildings, "street_zh", "street_en").assign(district=self._codes)
        lines = named(streets, "name_zh", "name_en")
        both = {*pairs(lines), *pairs(houses)}
        self._names, self._nearly = names_of(both), NearlyNames(both)
        self._parts: dict[str, list[Part]] = defaultdict(list)
        self._houses: dict[tuple[str, str], list[tuple[Part, int]]] = defaultdict(list)
        numbers = [known_number(str(one)) for one in buildings["house_number"].fillna("")]
        for part in street_parts(lines, houses, self._areas):
            self._parts[part.name].append(part)
            for row in part.rows:
                number = numbers[row]
                for said in {number, _BEHIND.sub("", number)}:
                    self._houses[part.name, said].append((part, row))
        self._numbers = numbers
        self._marks: dict[str, list[Part]] = defaultdict(list)
        marks = named_landmarks(landmarks)
        codes = self.region_of(centres(marks))
        for part in landmark_parts(marks, codes, LANDMARK_M):
            self._marks[part.name].append(part)
        self._mark_names = names_of(pairs(marks))
        self._version = digest([*sorted(both), *sorted(pairs(marks))], self._at, numbers, self._codes)

    @property
    def version(self) -> str:
        """Name what the answers depend on."""
        return f"{self._version}+{self._beyond.version}" if self._beyond else self._version

    def __call__(self, address: str) -> Answer:
        """Locate one address."""
        return self.all_of([address])[0]

    def all_of(self, addresses: Sequence[str]) -> list[Answer]:
        """Locate many addresses at once, each as it is located alone."""
        texts = all_plain(addresses)
        readings = read_all(texts, self._district_names, self._names)
        near = self._nearly.find(readings)
        # A landmark is looked for where no house is named.
        open_ = [n for n, one in enumerate(readings) if self._marks and not (one.streets and one.number)]
        marks: dict[int, tuple[str, ...]] = {}
        for n, mark in zip(
            open_, read_all([texts[n] for n in open_], self._district_names, self._mark_names), strict=True
        ):
            marks[n] = mark.streets
        known: dict[Any, Answer] = {}
        answers = []
        for n, (one, (levels, number)) in enumerate(zip(readings, near, strict=True)):
            what = one.districts, one.streets, one.number, levels, number, marks.get(n, ())
            if what not in known:
                known[what] = self._settled(*what)
            answers.append(known[what])
        return self._and_beyond(addresses, answers, [one.districts for one in readings])

    def _and_beyond(
        self, addresses: Sequence[str], answers: list[Answer], written: Sequence[tuple[str, ...]]
    ) -> list[Answer]:
        """Ask elsewhere for what was not found, or by its district only; what is no better is not taken.

        ``written`` are the districts that each address names. That nobody answered is told.
        """
        if self._beyond is None:
            return answers
        asked = [n for n, one in enumerate(answers) if not isinstance(one, Located) or one.by == "district"]
        found = self._beyond.all_of([addresses[n] for n in asked])
        better = list(answers)
        for n, one in zip(asked, found, strict=True):
            mine = answers[n]
            if one == UNANSWERED:
                better[n] = replace(mine, unanswered=True) if isinstance(mine, Located) else UNANSWERED
            elif isinstance(one, Located) and (not isinstance(mine, Located) or one.by != "district"):
                code = one.district or self.region_of(np.array([[one.lon, one.lat]]))[0]
                # A place in another district than the one that is written is not the place that is meant.
                inside = self._named(written[n]) or ({mine.district} if isinstance(mine, Located) else set())
                if not inside - {""} or code in inside:
                    better[n] = Located(one.lon, one.lat, one.accuracy_m, code, one.by)
        return better

    def _named(self, districts: Iterable[str]) -> set[str]:
        return {code for name in districts for code in self._codes_of[name]}

    def _settled(
        self,
        districts: tuple[str, ...],
        streets: tuple[str, ...],
        number: str,
        levels: tuple[tuple[str, ...], ...],
        near_number: str,
        marks: tuple[str, ...],
    ) -> Answer:
        """Hold together what an address says."""
        codes = self._named(districts)
        # A street that is written exactly may be the end of a longer name nearly written: then either may be meant.
        answers, taken = self._nearly_written(levels, near_number, codes)
        answers += self._fitting([one for one in streets if one not in taken], number, codes)
        if streets and not answers:
            return AMBIGUOUS  # the street lies in another district than the address names
        exact = [one for one in answers if isinstance(one, Located) and one.by == "house"]
        marks = tuple(name for name in marks if name not in streets)
        if marks and not exact:
            there = [part for name in marks for part in self._marks[name] if not codes or part.districts & codes]
            answers = [_landmark(part) for part in there] or answers
        one = _only(answers)
        if isinstance(one, Located):
            return one
        # Nothing, or several places: then only what they have in common.
        inside = codes or _common(answers)
        if len(inside) == 1:
            middle = self._district(next(iter(inside)))
            if middle is not None:
                return middle
        return AMBIGUOUS if answers else UNKNOWN

    def _nearly_written(
        self, levels: tuple[tuple[str, ...], ...], number: str, codes: set[str]
    ) -> tuple[list[Answer], set[str]]:
        """Give what names that are nearly written may mean, and which they are.

        Where many names differ by a slip, it is no wonder that one of them lies in the district and has the number, and
        the true one may not be on the map: then all of them are given, and only what they have in common counts.
        """
        count = 0
        for names in levels:
            count += len(names)
            parts = self._inside(names, codes)
            if not parts:
                continue
            with_number = [part for part in parts if self._rows(part, number, codes)]
            if number and with_number and count <= FEW_ALIKE:
                parts = with_number
            return self._meant(parts, number if count <= FEW_ALIKE else "", codes), {part.name for part in parts}
        return [], set()

    def _fitting(self, names: Iterable[str], number: str, codes: set[str]) -> list[Answer]:
        return self._meant(self._inside(names, codes), number, codes)

    def _inside(self, names: Iterable[str], codes: set[str]) -> list[Part]:
        return [part for name in names for part in self._parts.get(name, ()) if not codes or part.districts & codes]

    def _meant(self, parts: Iterable[Part], number: str, codes: set[str]) -> list[Answer]:
        return [self._house(part, number, codes) or self._street(part, codes) for part in parts]

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
        spread = float(_apart_m(middle, self._at[rows]).max())
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
        reach = max(float(_apart_m(middle, self._at[own]).max()), HOUSE_M)
        return Located(float(middle[0]), float(middle[1]), round(reach, 1), str(self._codes[own[0]]), "street")

    def _district(self, code: str) -> Located | None:
        """Give the middle of where people live in a district, and how far nine in ten of them live from it."""
        at = self._at[self._codes == code]
        if len(at):
            middle = np.median(at, axis=0)
            far = _km(np.quantile(_apart_m(middle, at), 0.9))
            return Located(float(middle[0]), float(middle[1]), far, code, "district")
        area = next((area for one, area in self._areas if one == code), None)
        if area is None:
            return None
        point = area.representative_point()
        corners = shapely.get_coordinates(area)
        return Located(point.x, point.y, _km(_apart_m(np.array([point.x, point.y]), corners).max()), code, "district")

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


def _only(answers: Sequence[Answer]) -> Answer | None:
    """Give the one place that is meant; places that lie within each other's accuracy are one."""
    found = [one for one in answers if isinstance(one, Located)]
    if len(found) < 2:
        return found[0] if found else None
    first = max(found, key=lambda one: one.accuracy_m)
    others = np.array([[one.lon, one.lat] for one in found])
    near = _apart_m(np.array([first.lon, first.lat]), others) <= min(first.accuracy_m, SAME_HOUSE_M)
    return first if near.all() else None


def _common(answers: Sequence[Answer]) -> set[str]:
    codes = {one.district for one in answers if isinstance(one, Located)}
    return codes if "" not in codes else set()


def _landmark(part: Part) -> Located:
    return Located(part.lon, part.lat, part.reach_m, next(iter(part.districts), ""), "landmark")


def _apart_m(point: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    east = np.cos(np.radians(point[1]))
    metres: NDArray[np.float64] = np.hypot((others[:, 0] - point[0]) * east, others[:, 1] - point[1]) * _DEGREE_M
    return metres


def _km(metres: float) -> float:
    """Round up to whole kilometres: a district is never exact."""
    return float(np.ceil(max(metres, 1.0) / 1000) * 1000)
