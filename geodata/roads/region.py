"""A region: everything made once from an OpenStreetMap extract, in one folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from geodata.roads.travel import RoadFailure

FORMAT = "rounds-region/1"

#: how crews go, and how the road network is prepared: multi-level Dijkstra, or contraction hierarchies
Profile = Literal["car", "foot"]
Method = Literal["mld", "ch"]
PROFILES: tuple[Profile, ...] = ("car", "foot")
METHODS: tuple[Method, ...] = ("mld", "ch")


@dataclass(frozen=True)
class Region:
    """A built region.

    Attributes
    ----------
    name
        The folder's name.
    version
        A hash of the extract and of how it was built; carried by the road engine's answers as ``data_version``.
    bounds
        West, south, east, north in degrees, WGS-84.
    routable
        False where there were no executables: then only straight-line estimates are to be had.
    profile
        How crews go; streets and speeds are those of cars, or of walkers.
    """

    name: str
    folder: Path
    version: str
    bounds: tuple[float, float, float, float]
    routable: bool
    profile: Profile = "car"

    @property
    def source(self) -> str:
        """Name the road data, for people and for the cache."""
        return f"OSRM {self.profile}, {self.name} {self.version[:8]}"

    @property
    def pbf(self) -> Path:
        """The extract it was made from."""
        return self.folder / "region.osm.pbf"

    @property
    def osrm(self) -> Path:
        """The base path of the road data."""
        return self.folder / "osrm" / "region.osrm"

    @property
    def basemap(self) -> Path:
        """The script that holds the basemap (:mod:`geodata.osm.basemap`)."""
        return self.folder / "basemap.js"

    @property
    def districts(self) -> Path:
        """GeoJSON: code, name_zh, name_en, geometry (WGS-84)."""
        return self.folder / "districts.geojson"

    @property
    def own_districts(self) -> Path:
        """GeoJSON beside the folder, so that a later build keeps them: a bank's own districts, if it has any."""
        return own_districts_of(self.folder)

    @property
    def streets(self) -> Path:
        """GeoParquet: name_zh, name_en, class, geometry (WGS-84)."""
        return self.folder / "streets.parquet"

    @property
    def landmarks(self) -> Path:
        """GeoParquet: kind, name_zh, name_en, geometry (:func:`geodata.osm.gazetteer.landmarks_of`)."""
        return self.folder / "landmarks.parquet"

    @property
    def network(self) -> Path:
        """GeoParquet: streets by which places are judged (:mod:`geodata.osm.network`); written when first asked for."""
        return self.folder / "network.parquet"

    @property
    def buildings(self) -> Path:
        """Parquet: lon, lat, area_m2, levels, kind, street, house_number, district."""
        return self.folder / "buildings.parquet"


def own_districts_of(folder: Path) -> Path:
    """Give where a bank's own districts of the region in a folder are kept."""
    return folder.with_name(f"{folder.name}.districts.geojson")


def made_at(folder: Path) -> tuple[int, ...]:
    """Tell when a region's files were written: it may be built anew, or given other districts, while it is in use."""
    files = [folder / name for name in ("region.json", "districts.geojson", "buildings.parquet")]
    return tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files)


def open_region(folder: Path) -> Region:
    """Give a region that was built before.

    Raises
    ------
    RoadFailure
        If there is none, or it was left by another version of the product.
    """
    try:
        written = json.loads((folder / "region.json").read_text(encoding="utf-8"))
        if written["format"] != FORMAT:
            raise ValueError(written["format"])
        west, south, east, north = (float(value) for value in written["bounds"])
        profile = next(one for one in PROFILES if one == written.get("profile", "car"))
        box = (west, south, east, north)
        region = Region(folder.name, folder, str(written["version"]), box, bool(written["routable"]), profile)
    except FileNotFoundError:
        raise RoadFailure(
            f"there is no region {folder.name}: build it with `roads build`", fault="input", try_again=False
        ) from None
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise RoadFailure(
            f"region {folder.name} cannot be read ({error}): build it anew", fault="engine", try_again=False
        ) from error
    return region
