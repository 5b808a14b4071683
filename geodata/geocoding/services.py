"""Two documented HTTP forms of geocoders: what is sent for an address, and what an answer means. Both ends are pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np

from geodata.datum import to_wgs84
from geodata.geocoding.answer import AMBIGUOUS, UNKNOWN, Answer, By, Located

Bounds = tuple[float, float, float, float]

#: answers of one class so near each other are one place
SAME_M = 150.0
#: pieces of one street may lie so far apart
SAME_STREET_M = 1_500.0
#: what is given where a service says no extent
REACH_M: Mapping[By, float] = {"house": 50.0, "street": 1_000.0, "landmark": 500.0}
_DEGREE_M = 111_320.0
_RANK: tuple[By, ...] = ("house", "street", "landmark")

#: Amap's words for how exact an answer is
_LEVELS: Mapping[str, By] = {
    "门牌号": "house", "单元号": "house", "楼栋号": "house", "兴趣点": "house", "公交地铁站点": "landmark",
    "道路": "street", "道路交叉路口": "street", "村庄": "landmark", "住宅区": "landmark", "热点商圈": "landmark",
}  # fmt: skip


class NotUnderstood(ValueError):
    """A service answered something else than its form says."""


class Service(Protocol):
    """One form of asking."""

    @property
    def name(self) -> str:
        """Name the form."""
        ...

    def question(self, address: str, bounds: Bounds, key: str) -> tuple[str, dict[str, str]]:
        """Give path and parameters of the request."""
        ...

    def answer(self, said: Any, bounds: Bounds) -> Answer:
        """Read what was answered; NotUnderstood if it is not of the form."""
        ...


class Nominatim:
    """OpenStreetMap's Nominatim, and what answers like it (``/search?format=jsonv2``)."""

    name = "nominatim"

    def question(self, address: str, bounds: Bounds, key: str) -> tuple[str, dict[str, str]]:
        """Ask within the region only.

        >>> Nominatim().question("知行路12号", (1.0, 2.0, 3.0, 4.0), "")[1]["viewbox"]
        '1.0,2.0,3.0,4.0'
        """
        box = ",".join(str(side) for side in bounds)
        asked = {"q": address, "format": "jsonv2", "limit": "5", "viewbox": box, "bounded": "1"}
        return "/search", asked | ({"key": key} if key else {})

    def answer(self, said: Any, bounds: Bounds) -> Answer:
        """Read by ``place_rank``: 30 and more a house, 26 to 29 a street, 17 to 25 a quarter or village.

        What is larger than that says no more than the district does, and is refused.
        """
        if not isinstance(said, list):
            raise NotUnderstood("a list was expected")
        try:
            return only((_of_rank(one) for one in said), bounds)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise NotUnderstood("an answer lacks its place") from error


class Amap:
    """Amap's geocoder (``/v3/geocode/geo``), whose coordinates are of GCJ-02."""

    name = "amap"

    def question(self, address: str, bounds: Bounds, key: str) -> tuple[str, dict[str, str]]:  # noqa: ARG002
        """Ask for an address; the form knows no bounds.

        >>> Amap().question("知行路12号", (1.0, 2.0, 3.0, 4.0), "k")
        ('/v3/geocode/geo', {'address': '知行路12号', 'key': 'k', 'output': 'JSON'})
        """
        return "/v3/geocode/geo", {"address": address, "key": key, "output": "JSON"}

    def answer(self, said: Any, bounds: Bounds) -> Answer:
        """Read by ``level``; a district or more is refused."""
        if not isinstance(said, dict) or str(said.get("status")) != "1":
            raise NotUnderstood("the status is not 1")
        try:
            return only((_of_level(one) for one in said["geocodes"]), bounds)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise NotUnderstood("an answer lacks its place") from error


SERVICES: Mapping[str, Service] = {"nominatim": Nominatim(), "amap": Amap()}


def _of_rank(one: Mapping[str, Any]) -> Located | None:
    rank = int(one["place_rank"])
    if rank < 17:
        return None
    by: By = "house" if rank >= 30 else "street" if rank >= 26 else "landmark"
    lon, lat = float(one["lon"]), float(one["lat"])
    south, north, west, east = (float(side) for side in one["boundingbox"])
    high, wide = (north - south) * _DEGREE_M, (east - west) * _DEGREE_M * np.cos(np.radians(lat))
    reach = REACH_M[by] if by == "house" else max(float(np.hypot(high, wide)) / 2, REACH_M["house"])
    if not np.isfinite(reach):
        raise ValueError("an extent without an end")
    return Located(lon, lat, round(reach, 1), "", by)


def _of_level(one: Mapping[str, Any]) -> Located | None:
    by = _LEVELS.get(str(one.get("level")))
    if by is None:
        return None
    lon, lat = to_wgs84(np.array([[float(side) for side in str(one["location"]).split(",")]]), "gcj02")[0].tolist()
    return Located(lon, lat, REACH_M[by], "", by)


def only(found: Iterable[Located | None], bounds: Bounds) -> Answer:
    """Give the one place that is meant: of the most exact answers within the region, if they lie together."""
    west, south, east, north = bounds
    inside = [one for one in found if one and west <= one.lon <= east and south <= one.lat <= north]
    if not inside:
        return UNKNOWN
    by = min((one.by for one in inside), key=_RANK.index)
    best = [one for one in inside if one.by == by]
    at = np.array([[one.lon, one.lat] for one in best])
    middle = at.mean(axis=0)
    away = np.hypot((at[:, 0] - middle[0]) * np.cos(np.radians(middle[1])), at[:, 1] - middle[1]) * _DEGREE_M
    spread = float(away.max())
    if spread > (SAME_STREET_M if by == "street" else SAME_M):
        return AMBIGUOUS
    reach = max(one.accuracy_m for one in best) + spread
    return Located(float(middle[0]), float(middle[1]), round(reach, 1), "", by)
