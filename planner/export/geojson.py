"""Routes, stops and visit groups for a geographic information system: GeoJSON (RFC 7946). Ids only, never a name.

References
----------
RFC 7946: WGS-84, longitude first, no ``crs`` member, outer rings counter-clockwise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

#: six decimals of a degree are a tenth of a metre
DECIMALS = 6

Feature = tuple[BaseGeometry, Mapping[str, Any]]


def geojson(features: Sequence[Feature], about: Mapping[str, Any]) -> bytes:
    """Give a feature collection with its box.

    Parameters
    ----------
    features
        Geometries in WGS-84 with what is said of each; polygons are turned to the right-hand rule.
    about
        What is said of the whole, a foreign member ``about``.
    """
    shapes = [shapely.orient_polygons(one, exterior_cw=False) for one, _ in features]
    known = [one for one in shapes if not one.is_empty]
    content: dict[str, Any] = {"type": "FeatureCollection", "about": dict(about)}
    if known:
        content["bbox"] = [round(side, DECIMALS) for side in shapely.total_bounds(known).tolist()]
    content["features"] = [
        {"type": "Feature", "geometry": geometry(shape), "properties": dict(said)}
        for shape, (_, said) in zip(shapes, features, strict=True)
    ]
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def geometry(shape: BaseGeometry) -> dict[str, Any] | None:
    """Give a geometry as GeoJSON; an empty one is null, as for a thing without a place."""
    if shape.is_empty:
        return None
    said = shapely.geometry.mapping(shape)
    return {"type": said["type"], "coordinates": rounded(said["coordinates"])}


def rounded(value: Any) -> Any:
    """Round coordinates, however deep they are nested."""
    return round(float(value), DECIMALS) if isinstance(value, int | float) else [rounded(one) for one in value]
