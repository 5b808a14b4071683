"""Grow the demo city Yunxi 云溪, a city that does not exist, from a seed.

The order is that of a real town's: first the land, then the skeleton of main streets and, over a field of directions,
the lesser streets between them; the country settles and its roads reach the town; what the streets enclose becomes
blocks, and each kind of block has its own local streets. Everything is then joined to one graph, bent a little, named,
divided into districts, built on and numbered.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.city.addresses import give_addresses
from geodata.city.blocks import Block, find_blocks
from geodata.city.buildings import build
from geodata.city.contours import areas_above
from geodata.city.country import Settlement, settle_country
from geodata.city.curves import Floats, within
from geodata.city.direction import direction_field
from geodata.city.districts import District, divide
from geodata.city.draw import Scenery, StreetMap, draw
from geodata.city.elements import Elements
from geodata.city.ground import choose_branch_sites, choose_hot_spots, ground_table
from geodata.city.land import Land, shape_land
from geodata.city.motorway import join_motorway
from geodata.city.names import Name, name_estates, name_strokes
from geodata.city.network import Network, collapse, join_streets, largest_part, prune, trace_edges
from geodata.city.quarters import lay_out
from geodata.city.settlements import name_settlements
from geodata.city.sheet import Sheet, lonlat
from geodata.city.skeleton import TURN, Skeleton, draw_skeleton
from geodata.city.street import RANK, Street
from geodata.city.strokes import find_strokes
from geodata.city.town import draw_town
from geodata.city.warp import Warp, make_warp
from geodata.osm.write import write_pbf

_LANDUSE = {"industrial": "industrial", "new_zone": "commercial", "park": "", "riverside": ""}


@dataclass(frozen=True)
class City:
    """A grown city.

    Attributes
    ----------
    ground
        One row a building that can house customers, EPSG:4326: ``lon, lat, zone, levels, weight, street_zh, street_en,
        house_number, district``.
    districts
        ``code, name_zh, name_en, geometry``, EPSG:4326.
    hot_spots
        ``lon, lat, radius_m, strength``, EPSG:4326.
    branch_sites
        ``lon, lat, name_zh, name_en``: three places for branches, the largest first, EPSG:4326.
    elements
        The map's elements as OpenStreetMap knows them.
    """

    ground: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    hot_spots: gpd.GeoDataFrame
    branch_sites: gpd.GeoDataFrame
    elements: Elements

    def write_pbf(self, path: Path | str) -> None:
        """Write the map as an ``.osm.pbf`` extract; the same city gives the same bytes."""
        write_pbf(Path(path), self.elements.nodes, self.elements.ways, self.elements.relations)


def grow(seed: int = 20261, *, factor: float = 1.0) -> City:
    """Grow the city of a seed.

    Parameters
    ----------
    seed
        The same seed gives the same city, byte for byte.
    factor
        Scales the plan: 1 is the city, .3 a small town for tests.
    """
    *first, last = np.random.default_rng(seed).spawn(16)
    chance = iter(first)
    sheet = Sheet(factor)
    land = shape_land(sheet, next(chance))
    skeleton = draw_skeleton(land, next(chance))
    town = draw_town(land, skeleton, direction_field(land, skeleton), next(chance))
    country = settle_country(land, skeleton, town, next(chance))
    place_names = name_settlements(country.settlements, next(chance))

    arterials = prune(join_streets([*skeleton.streets, *town, *country.roads]))
    blocks = find_blocks(land, skeleton, arterials, next(chance))
    layout = next(chance)
    quarters = [lay_out(block, layout) for block in blocks]
    local = [street for quarter in quarters for street in quarter.streets]
    lanes = [
        Street(line, "residential", settlement.kind, name.zh, loose=True)
        for settlement, name in zip(country.settlements, place_names, strict=True)
        for line in settlement.streets
    ]
    warp = make_warp(sheet, next(chance))
    network = _one_graph([*_as_streets(arterials), *lanes, *local], warp)
    motorway = join_motorway(network, warp(skeleton.motorway), sheet.outline)
    network = motorway.network

    paths, owners = trace_edges(network)
    lines = [network.xy[path] for path in paths]
    strokes = find_strokes(network.xy, paths, owners, network.streets)
    turn = float(-TURN if land.mirrored else TURN)
    names = name_strokes(strokes, turn, next(chance), {name.zh: name for name in place_names})
    districts = _districts(land, skeleton, lines, owners, network, warp)

    estates = [lot for quarter in quarters if quarter.block.kind == "estate" for lot in quarter.lots]
    called = name_estates(len(estates), last)
    scenery = _scenery(land, skeleton, blocks, country.settlements, list(zip(estates, called, strict=True)), warp)
    rail = shapely.LineString(scenery.railway).buffer(18.0)
    forbidden = [scenery.river.buffer(4.0), *scenery.lakes, *(area.buffer(3.0) for _, area in scenery.tributaries)]
    forbidden.append(sheet.outline.buffer(2000.0).difference(sheet.outline.buffer(-25.0)))
    forbidden += [*scenery.parks, rail, shapely.LineString(warp(skeleton.motorway)).buffer(48.0)]
    forbidden += [shapely.LineString(street.line).buffer(8.0) for _, street in motorway.ways if street.line.any()]
    buildings = build(
        lines, owners, network.streets, quarters, shapely.union_all(shapely.make_valid(forbidden)), warp, next(chance)
    )
    homes = warp(np.array([settlement.at for settlement in country.settlements]))
    addresses = give_addresses(buildings, lines, strokes, names, (homes, place_names))
    ground = ground_table(buildings, addresses, districts)
    hot_spots = choose_hot_spots(buildings, ground["weight"].to_numpy(float), next(chance), apart_m=2300.0 * factor)
    sites = choose_branch_sites(_branches(land, country.settlements, place_names), buildings)

    places = [(np.zeros(2), "city", Name("云溪", "Yunxi"))]
    kinds = {"township": "town", "village": "village"}
    places += [
        (at, kinds[settlement.kind], name)
        for at, settlement, name in zip(homes, country.settlements, place_names, strict=True)
    ]
    by_edge = {edge: name for given in names for edge, name in given.items()}
    elements = draw(StreetMap(motorway, paths, owners, by_edge), scenery, buildings, ground, districts, places)
    return City(ground, _district_table(districts), hot_spots, sites, elements)


def _as_streets(network: Network) -> list[Street]:
    paths, owners = trace_edges(network)
    found = []
    for path, owner in zip(paths, owners, strict=True):
        street = network.streets[owner]
        found.append(Street(network.xy[path], street.highway, street.zone, street.label, loose=street.loose))
    return found


def _one_graph(streets: list[Street], warp: Warp) -> Network:
    network = prune(join_streets(streets))
    for limit in (12.0, 20.0):
        network = collapse(network, limit)
    network = largest_part(prune(largest_part(network)))
    return Network(warp(network.xy), network.ends, network.street, network.streets)


def _districts(
    land: Land, skeleton: Skeleton, lines: list[Floats], owners: np.ndarray, network: Network, warp: Warp
) -> list[District]:
    limit = RANK["secondary"]
    borders = [warp(skeleton.motorway), *(warp(line) for line, _ in land.tributaries)]
    for line, owner in zip(lines, owners, strict=True):
        street = network.streets[owner]
        if RANK[street.highway] <= limit or street.zone == "country":
            borders.append(line)
    return divide(land.sheet, borders, warp(land.river_line), warp(skeleton.rings[1]), mirrored=land.mirrored)


def _district_table(districts: list[District]) -> gpd.GeoDataFrame:
    areas = shapely.transform([district.area for district in districts], lonlat)
    table = {
        "code": [district.code for district in districts],
        "name_zh": [district.name.zh for district in districts],
        "name_en": [district.name.en for district in districts],
    }
    return gpd.GeoDataFrame(table, geometry=shapely.make_valid(areas), crs="EPSG:4326")


def _scenery(
    land: Land,
    skeleton: Skeleton,
    blocks: list[Block],
    settlements: tuple[Settlement, ...],
    estates: list[tuple[shapely.Polygon, Name]],
    warp: Warp,
) -> Scenery:
    sheet = land.sheet

    def bent(area: BaseGeometry) -> BaseGeometry:
        return shapely.intersection(shapely.make_valid(shapely.transform(area, warp)), sheet.outline)

    def bent_line(line: Floats) -> Floats:
        inside = within(sheet.outline, line)
        first, last = np.flatnonzero(inside)[[0, -1]]
        return warp(line[first : last + 1])

    built = shapely.union_all([block.area for block in blocks], grid_size=0.1).buffer(12.0)
    hamlets = shapely.union_all(
        [shapely.MultiLineString(list(s.streets)).buffer(42.0).simplify(3.0) for s in settlements], grid_size=0.1
    )
    water = land.water
    woods = areas_above(sheet, land.hills, 0.3, smallest_m2=60_000.0).difference(
        shapely.union_all([built.buffer(25.0), hamlets.buffer(30.0), water.buffer(30.0)])
    )
    landuse = []
    for kind in ("residential", "industrial", "commercial"):
        chosen = [block.area for block in blocks if _LANDUSE.get(block.kind, "residential") == kind]
        area = (
            shapely.union_all(chosen, grid_size=0.1).buffer(14.0, join_style="mitre").buffer(-6.0, join_style="mitre")
        )
        landuse.append((kind, bent(area.simplify(1.0))))
    landuse.append(("residential", bent(hamlets.difference(built))))
    parks = tuple(
        bent(shapely.segmentize(block.area.buffer(5.0 if block.kind == "riverside" else -9.0), 60.0))
        for block in blocks
        if block.kind in ("park", "riverside")
    )
    return Scenery(
        river=bent(land.river),
        river_line=bent_line(land.river_line),
        lakes=tuple(bent(lake) for lake in land.lakes),
        tributaries=tuple((bent_line(line), bent(area)) for line, area in land.tributaries),
        brooks=tuple(bent_line(brook) for brook in land.brooks),
        woods=bent(woods),
        landuse=tuple(landuse),
        estates=tuple((bent(lot.buffer(-6.0, join_style="mitre").simplify(1.0)), name) for lot, name in estates),
        parks=tuple(park for park in parks if not park.is_empty),
        railway=bent_line(skeleton.railway),
    )


def _branches(land: Land, settlements: tuple[Settlement, ...], names: list[Name]) -> list[tuple[Floats, str, str]]:
    """Say where branches are wanted: by the main crossing, in a sub-centre, in a township across the river."""
    sub = next(sub for sub in land.sub_centres if sub.role == "industrial")
    across = [
        (float(np.hypot(*settlement.at)), k)
        for k, settlement in enumerate(settlements)
        if settlement.kind == "township" and land.bank(settlement.at[None])[0] < 0
    ]
    nearest = min(across)[1] if across else 0
    town = names[nearest]
    return [
        (np.array([60.0, 40.0]), "云溪营业部", "Yunxi Main Branch"),
        (sub.at, "开新支行", "Kaixin Branch"),
        (settlements[nearest].at, f"{town.zh[:-1]}支行", f"{town.en.split()[0]} Branch"),
    ]
