"""Puts a region's basemap where browsers ask for it, cut into pieces (:mod:`geodata.osm.basemap_pieces`)."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geodata.roads.region import Region

HEAD = "head.js"
WHOLE = re.compile(r"(?P<name>.+)-[0-9a-f]{12}\.js")


def publish_basemap(region: Region, static_folder: Path) -> Path:
    """Copy the basemap to where the browser can ask for it, under names that change with its content.

    Returns
    -------
    Path
        ``static_folder/NAME-HASH.js``, the whole, from which paper and sketches are drawn. Beside it lies the folder
        ``NAME-HASH`` with ``head.js`` and the pieces. Files of the same region's earlier builds are removed but for the
        pieces of the last one, which pages that are open may still ask for.
    """
    content = region.basemap.read_bytes()
    target = static_folder / f"{region.name}-{_hash(content)}.js"
    static_folder.mkdir(parents=True, exist_ok=True)
    _publish_pieces(content, region.name, static_folder)
    if not target.exists():
        with _aside(target) as part:
            (part / target.name).write_bytes(content)
            os.replace(part / target.name, target)
    for old in static_folder.glob(f"{region.name}-{'[0-9a-f]' * 12}.js"):
        if old != target:
            old.unlink(missing_ok=True)
    return target


def cut_published(static_folder: Path) -> int:
    """Cut the basemaps that were published whole, before there were pieces; gives how many.

    Raises
    ------
    ValueError
        If one cannot be read, after the others have been cut.
    OSError
        If the folder cannot be written.
    """
    done, fault = 0, None
    for whole in sorted(static_folder.glob("*.js")):
        region = WHOLE.fullmatch(whole.name)
        if region is not None and not pieces_of(static_folder, region["name"]):
            try:
                _publish_pieces(whole.read_bytes(), region["name"], static_folder)
                done += 1
            except ValueError as error:
                fault = error
    if fault is not None:
        raise fault
    return done


def pieces_of(static_folder: Path, region: str) -> list[Path]:
    """Give the folders of a region's pieces, the newest first."""
    name = re.compile(rf"{re.escape(region)}-[0-9a-f]+")
    found = [one.parent for one in static_folder.glob(f"{region}-*/{HEAD}") if name.fullmatch(one.parent.name)]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _publish_pieces(content: bytes, region: str, static_folder: Path) -> None:
    from geodata.osm.basemap_pieces import CUT, cut
    from geodata.osm.basemap_read import parse_basemap

    target = static_folder / f"{region}-{_hash(content, f'cut {CUT}'.encode())}"
    if (target / HEAD).is_file():
        os.utime(target)  # the newest is the one that is shown
    else:
        head, pieces = cut(parse_basemap(content.decode("ascii")))
        with _aside(target) as part:
            ready = part / target.name
            ready.mkdir()  # readable by whom files of this process are
            for number, text in enumerate(pieces):
                (ready / f"{number}.js").write_text(text, encoding="ascii")
            (ready / HEAD).write_text(head, encoding="ascii")
            try:
                ready.rename(target)
            except OSError:
                if not (target / HEAD).is_file():  # else another process has published the same meanwhile
                    raise
    for old in pieces_of(static_folder, region)[2:]:
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """Give a folder of one's own beside a target: several processes may publish the same at once."""
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _hash(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
