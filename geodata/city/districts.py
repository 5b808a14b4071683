"""Ten districts that cover the sheet and meet along main streets and the river."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.city.curves import Floats, within
from geodata.city.names import Name
from geodata.city.pinyin import pinyin
from geodata.city.sheet import Sheet

_ACROSS_M = 6000.0  # what crossing the river counts as extra distance
# Name, and where its middle lies: direction in degrees from east (unmirrored), distance in km.
_PLAN = (
    ("云中", 0.0, 0.0),
    ("开新", 8.0, 8.2),
    ("东澜", 42.0, 6.6),
    ("北屏", 88.0, 6.6),
    ("云麓", 128.0, 8.8),
    ("西岭", 166.0, 7.2),
    ("锦湾", 222.0, 6.2),
    ("望川", 214.0, 12.5),
    ("溪南", 292.0, 6.0),
    ("禾田", 322.0, 11.5),
)


@dataclass(frozen=True)
class District:
    """A district: code, name, and area in metres."""

    code: str
    name: Name
    area: BaseGeometry


def divide(sheet: Sheet, borders: list[Floats], river_line: Floats, inner: Floats, *, mirrored: bool) -> list[District]:
    """Divide the sheet into districts.

    Parameters
    ----------
    borders
        Lines along which districts may meet, m; they may cross one another and end anywhere.
    river_line
        Middle line of the river, west to east.
    inner
        The ring within which everything is the first district.
    """
    lines = [shapely.LineString(line) for line in (*borders, river_line)]
    drawn = shapely.intersection(shapely.union_all([*lines, sheet.outline.exterior], grid_size=0.01), sheet.outline)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.node(drawn))))
    middle = shapely.point_on_surface(faces)
    at = np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])
    seeds = _seeds(sheet, mirrored=mirrored)
    far = np.hypot(*(at[:, None] - seeds[None]).transpose(2, 0, 1))
    beyond = shapely.Polygon(np.vstack([river_line, [[river_line[-1, 0], 1e6], [river_line[0, 0], 1e6]]]))
    north, seed_north = within(beyond, at), within(beyond, seeds)
    far = far + _ACROSS_M * sheet.factor * (north[:, None] != seed_north[None])
    # The first district is what the ring encloses north of the river; no other face may join it.
    inside = within(shapely.Polygon(inner), at) & north
    far[:, 0] = np.where(inside, -1.0, np.inf)
    owner = _settled(faces, far.argmin(axis=1))
    return [
        District(
            f"Y{number + 1:02d}",
            Name(f"{stem}区", f"{pinyin(stem)} District"),
            shapely.union_all(faces[owner == number]),
        )
        for number, (stem, _, _) in enumerate(_PLAN)
        if (owner == number).any()
    ]


def _seeds(sheet: Sheet, *, mirrored: bool) -> Floats:
    turn = np.radians([degrees for _, degrees, _ in _PLAN])
    away = np.array([km for _, _, km in _PLAN]) * 1000.0 * sheet.factor
    return np.column_stack([away * np.cos(turn) * (-1.0 if mirrored else 1.0), away * np.sin(turn)])


def _settled(faces: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Give detached parts of a district to the neighbour with the longest common border."""
    owner = owner.copy()
    for _ in range(3):
        for number in np.unique(owner):
            parts = shapely.get_parts(shapely.union_all(faces[owner == number]))
            if len(parts) < 2:
                continue
            main = parts[np.argmax(shapely.area(parts))]
            inside = shapely.point_on_surface(faces)
            for face in np.flatnonzero((owner == number) & ~shapely.contains(main, inside)):
                others = np.flatnonzero(owner != number)
                touching = others[shapely.intersects(faces[others], faces[face])]
                if len(touching):
                    shared = shapely.length(shapely.intersection(faces[touching], faces[face]))
                    owner[face] = owner[touching[np.argmax(shared)]]
    return owner
