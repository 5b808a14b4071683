"""Online map tiles over the offline basemap: none, unless a setting names a table of ``config/tiles.toml``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import quote, urlsplit

from config.settings import Settings
from config.strict import BadConfig, keys, read_toml, typed

FORMAT = "rounds-tiles/1"
FILE = Path(__file__).parent / "tiles.toml"
#: datums whose tiles can be laid under WGS-84: BD-09 is cut on a projection of its own
TileDatum = Literal["wgs84", "cgcs2000", "gcj02"]
DATUMS: tuple[TileDatum, ...] = ("wgs84", "cgcs2000", "gcj02")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: what a host in a policy's list of sources may be made of
HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?")


@dataclass(frozen=True)
class Tiles:
    """Pictures of one vendor.

    Attributes
    ----------
    addresses
        Of the layers, the lowest first, with ``{z}``, ``{x}``, ``{y}`` of web map tiles; the key is filled in,
        so they are not told.
    datum
        By which the pictures are drawn.
    last_zoom
        The last zoom that the vendor has; beyond it the last one's tiles are enlarged.
    source
        Scheme, host and port of all addresses, as a policy names them.
    """

    addresses: tuple[str, ...] = field(repr=False)
    datum: TileDatum
    last_zoom: int
    credit: str
    source: str


def tiles_of(settings: Settings, file: Path = FILE) -> Tiles | None:
    """Give the tiles that the settings name; None where they name none.

    Raises
    ------
    BadConfig
        If there is no such table, it is not of the form, needs a key that is not set, or has a second host.
    """
    if not settings.tiles:
        return None
    top = read_toml(file)
    if top.get("format") != FORMAT:
        raise BadConfig(f"{file.name}: format {top.get('format')!r} is unknown; this program reads {FORMAT}")
    names = sorted(name for name in top if name != "format")
    if settings.tiles not in names:
        raise BadConfig(f"ROUNDS_TILES is {settings.tiles!r} but {file.name} has {', '.join(names)}")
    where = f"{file.name}: {settings.tiles}"
    table = keys(top[settings.tiles], ["addresses", "datum", "last_zoom", "credit"], where)
    addresses = [str(typed(one, str, f"{where}.addresses")) for one in typed(table["addresses"], list, where)]
    if table["datum"] not in DATUMS:
        raise BadConfig(f"{where}.datum: {table['datum']!r} is not one of {', '.join(DATUMS)}")
    last = typed(table["last_zoom"], int, f"{where}.last_zoom")
    if not 1 <= last <= 22:
        raise BadConfig(f"{where}.last_zoom: {last} is not between 1 and 22")
    if any("{key}" in one for one in addresses) and not settings.tiles_key:
        raise BadConfig(f"ROUNDS_TILES={settings.tiles} needs ROUNDS_TILES_KEY beside it")
    sources = {source_of(one, where) for one in addresses}
    if len(sources) != 1:
        raise BadConfig(f"{where}.addresses: one host is needed, not {len(sources)}")
    filled = tuple(one.replace("{key}", quote(settings.tiles_key, safe="")) for one in addresses)
    credit = str(typed(table["credit"], str, f"{where}.credit"))
    return Tiles(filled, cast(TileDatum, table["datum"]), last, credit, sources.pop())


def source_of(address: str, where: str) -> str:
    """Give scheme, host and port of a tile's address.

    Raises
    ------
    BadConfig
        If it is no https address (http on this machine alone) or lacks a place for zoom, column or row.

    Examples
    --------
    >>> source_of("https://tile.example/{z}/{x}/{y}.png", "demo")
    'https://tile.example'
    """
    parts = urlsplit(address)
    near = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (parts.scheme == "https" or near) or not HOST.fullmatch(parts.netloc):
        raise BadConfig(f"{where}.addresses: an https address is needed")
    if not all(sign in address for sign in ("{z}", "{x}", "{y}")):
        raise BadConfig(f"{where}.addresses: {{z}}, {{x}} and {{y}} are needed")
    return f"{parts.scheme}://{parts.netloc}"
