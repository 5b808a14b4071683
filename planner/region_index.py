"""The street index of a built road region, for locating addresses."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import pandas as pd

from geodata.osm.gazetteer import read_gazetteer
from geodata.osm.network import kept_network
from geodata.roads.region import Region
from geodata.snapping import Snapper
from planner.intake.locate import StreetIndex


def region_index(region: Region) -> StreetIndex:
    """Give the index of a region's streets, houses and districts."""
    streets = gpd.read_parquet(region.streets)
    buildings = pd.read_parquet(region.buildings)
    english = streets.drop_duplicates("name_zh").set_index("name_zh")["name_en"]
    houses = pd.DataFrame(
        {
            "lon": buildings["lon"],
            "lat": buildings["lat"],
            "street_zh": buildings["street"],
            "street_en": buildings["street"].map(english).fillna(""),
            "house_number": buildings["house_number"],
            "district": buildings["district"],
        }
    )
    return StreetIndex(streets, houses, gpd.read_file(region.districts), cache(lambda: ground_of(region)))


def ground_of(region: Region) -> Snapper:
    """Give what coordinates in a region are judged by; its network is read from the extract once and kept."""
    waters = read_gazetteer(region.landmarks, region.streets).waters(4326)
    return Snapper(kept_network(region.pbf, region.network, on_foot=region.profile == "foot"), waters)
