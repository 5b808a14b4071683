"""What the basemap's file says is read back as it was drawn."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.osm.basemap import Basemap, basemap_script
from geodata.osm.basemap_read import parse_basemap, shapes_in
from geodata.osm.layers import Layer

LAKE = shapely.Polygon(
    [(109.5, 29.0), (109.52, 29.0), (109.52, 29.02)], [[(109.513, 29.004), (109.517, 29.004), (109.517, 29.008)]]
)
ROAD = shapely.LineString([(109.5, 29.1), (109.503, 29.1011), (109.4995, 29.104)])


def script() -> str:
    layers = (
        Layer("water", "area", 0, 24, np.array([LAKE])),
        Layer("primary", "line", 12, 14, np.array([ROAD])),
    )
    return basemap_script(Basemap((109.4, 28.9, 109.7, 29.2), layers, ()), "t")


def test_shapes_come_back_where_they_were() -> None:
    content = parse_basemap(script())
    water, road = shapes_in(content, (109.4, 28.9, 109.7, 29.2), 13)
    assert (water.layer, water.area, len(water.rings)) == ("water", True, 2)
    assert shapely.hausdorff_distance(shapely.Polygon(*[water.rings[0], [water.rings[1]]]), LAKE) < 1e-5
    assert shapely.hausdorff_distance(shapely.LineString(road.rings[0]), ROAD) < 1e-5


def test_only_what_meets_the_box_and_the_zoom_is_drawn() -> None:
    content = parse_basemap(script())
    assert [one.layer for one in shapes_in(content, (109.4, 28.9, 109.7, 29.2), 10)] == ["water"]
    assert [one.layer for one in shapes_in(content, (109.49, 29.09, 109.51, 29.11), 13)] == ["primary"]
    assert list(shapes_in(content, (100.0, 20.0, 101.0, 21.0), 13)) == []


@pytest.mark.parametrize(
    "text", ["", "x", "window.ROUNDS_BASEMAP={", 'window.ROUNDS_BASEMAP={"format":"other"}', "a=[1]"]
)
def test_what_is_no_basemap_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="basemap"):
        parse_basemap(text)
