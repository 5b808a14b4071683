"""The street index of a built road region, for locating addresses."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import pandas as pd

from geodata.geocoding.answer import Geocoder
from geodata.geocoding.index import StreetIndex
from geodata.osm.gazetteer import read_gazetteer
from geodata.osm.network import kept_network
from geodata.roads.region import Region
from geodata.snapping import Snapper


def region_index(region: Region, beyond: Geocoder | None = None) -> StreetIndex:
    """Give the index of a region's streets, houses, landmarks and districts; ``beyond`` is asked for the rest."""
    streets = gpd.read_parquet(region.streets)
    buildings = pd.read_parquet(region.buildings)
    landmarks = read_gazetteer(region.landmarks, region.streets).landmarks
    # A village's houses are named after it, and it is no street.
    named = pd.concat([streets, landmarks[landmarks["kind"] == "village"]])
    english = named.drop_duplicates("name_zh").set_index("name_zh")["name_en"]
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
    districts = gpd.read_file(region.districts)
    return StreetIndex(streets, houses, districts, cache(lambda: ground_of(region)), landmarks=landmarks, beyond=beyond)


def ground_of(region: Region) -> Snapper:
    """Give what coordinates in a region are judged by; its network is read from the extract once and kept."""
    waters = read_gazetteer(region.landmarks, region.streets).waters(4326)
    return Snapper(kept_network(region.pbf, region.network, on_foot=region.profile == "foot"), waters)
