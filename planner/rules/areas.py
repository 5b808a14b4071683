"""In which district a place lies, so that a local festival keeps crews from the area and from nobody by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely


def areas_of(places: pd.DataFrame, districts: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Give the code and the names of the district that each place lies in, by place id.

    Parameters
    ----------
    places
        ``tables.PLACES``; a place without a position, or in no district, is missing in the answer.
    districts
        ``code``, ``name_zh``, ``name_en``, ``geojson`` (EPSG:4326), as the store keeps them.
    """
    located = places[places["lon"].notna() & places["lat"].notna()]
    if located.empty or districts.empty:
        return {}
    tree = shapely.STRtree(shapely.from_geojson(districts["geojson"].to_numpy(str)))
    points = shapely.points(located[["lon", "lat"]].to_numpy(float))
    point, district = tree.query(points, predicate="intersects")
    words = [frozenset(map(str, row)) - {""} for row in districts[["code", "name_zh", "name_en"]].to_numpy().tolist()]
    first = np.unique(point, return_index=True)[1]  # on a border the first district counts
    ids = located["place_id"].astype(str).to_numpy()
    return {ids[point[k]]: words[district[k]] for k in first.tolist()}
