"""The offline geocoder: the streets, houses, landmarks and districts of a road region.

Three classes of answers, each with its accuracy: the house; the middle of a street, estate or village; the middle of
the district. What an address says is held together. Among streets of one name that lie apart nothing is chosen: what
they have in common, a district that is written or in which all lie, is the answer, else there is none. Nor is there one
where the street is not in the district that is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.geocoding.address import read_all
from geodata.geocoding.answer import AMBIGUOUS, UNANSWERED, UNKNOWN, Answer, Geocoder, Located
from geodata.geocoding.folding import all_plain
from geodata.geocoding.named_places import SAME_HOUSE_M, NamedPlaces, apart_m
from geodata.geocoding.nearly import NearlyNames
from geodata.geocoding.parts import Part
from geodata.snapping import Snapper

#: So many names may be within a slip of what is written for one of them to be chosen.
FEW_ALIKE = 3


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
        self._places = NamedPlaces(streets, buildings, districts, landmarks)
        self._nearly = NearlyNames(self._places.streets)

    @property
    def version(self) -> str:
        """Name what the answers depend on."""
        return f"{self._places.version}+{self._beyond.version}" if self._beyond else self._places.version

    def __call__(self, address: str) -> Answer:
        """Locate one address."""
        return self.all_of([address])[0]

    def all_of(self, addresses: Sequence[str]) -> list[Answer]:
        """Locate many addresses at once, each as it is located alone."""
        texts = all_plain(addresses)
        places = self._places
        readings = read_all(texts, places.district_names, places.street_names)
        near = self._nearly.find(readings)
        # A landmark is looked for where no house is named.
        open_ = [
            n for n, one in enumerate(readings) if self._places.mark_names.folded and not (one.streets and one.number)
        ]
        marks: dict[int, tuple[str, ...]] = {}
        with_marks = read_all([texts[n] for n in open_], places.district_names, places.mark_names)
        for n, mark in zip(open_, with_marks, strict=True):
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
                inside = self._places.codes_of(written[n]) or ({mine.district} if isinstance(mine, Located) else set())
                if not inside - {""} or code in inside:
                    better[n] = Located(one.lon, one.lat, one.accuracy_m, code, one.by)
        return better

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
        codes = self._places.codes_of(districts)
        # A street that is written exactly may be the end of a longer name nearly written: then either may be meant.
        answers, taken = self._nearly_written(levels, near_number, codes)
        answers += self._fitting([one for one in streets if one not in taken], number, codes)
        if streets and not answers:
            return AMBIGUOUS  # the street lies in another district than the address names
        exact = [one for one in answers if isinstance(one, Located) and one.by == "house"]
        marks = tuple(name for name in marks if name not in streets)
        if marks and not exact:
            answers = [_landmark(part) for part in self._places.marks_in(marks, codes)] or answers
        one = _only(answers)
        if isinstance(one, Located):
            return one
        # Nothing, or several places: then only what they have in common.
        inside = codes or _common(answers)
        if len(inside) == 1:
            middle = self._places.district(next(iter(inside)))
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
            parts = self._places.parts_in(names, codes)
            if not parts:
                continue
            with_number = [part for part in parts if self._places.has_house(part, number, codes)]
            if number and with_number and count <= FEW_ALIKE:
                parts = with_number
            return self._meant(parts, number if count <= FEW_ALIKE else "", codes), {part.name for part in parts}
        return [], set()

    def _fitting(self, names: Iterable[str], number: str, codes: set[str]) -> list[Answer]:
        return self._meant(self._places.parts_in(names, codes), number, codes)

    def _meant(self, parts: Iterable[Part], number: str, codes: set[str]) -> list[Answer]:
        return [self._places.house_or_street(part, number, codes) for part in parts]

    def region_of(self, lonlat: NDArray[np.float64]) -> list[str]:
        """Give the code of the district each point lies in, else that of the nearest house; "" where none is near.

        Parameters
        ----------
        lonlat
            (n, 2) degrees, WGS-84. NaN gives "".
        """
        return self._places.region_of(lonlat)


def _only(answers: Sequence[Answer]) -> Answer | None:
    """Give the one place that is meant; places that lie within each other's accuracy are one."""
    found = [one for one in answers if isinstance(one, Located)]
    if len(found) < 2:
        return found[0] if found else None
    first = max(found, key=lambda one: one.accuracy_m)
    others = np.array([[one.lon, one.lat] for one in found])
    near = apart_m(np.array([first.lon, first.lat]), others) <= min(first.accuracy_m, SAME_HOUSE_M)
    return first if near.all() else None


def _common(answers: Sequence[Answer]) -> set[str]:
    codes = {one.district for one in answers if isinstance(one, Located)}
    return codes if "" not in codes else set()


def _landmark(part: Part) -> Located:
    return Located(part.lon, part.lat, part.reach_m, next(iter(part.districts), ""), "landmark")
