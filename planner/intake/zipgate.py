"""What a workbook's zip must satisfy before anything else opens it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from planner.intake.issue import UnreadableList

MOST_ENTRIES = 2_000
MOST_BYTES = 400 * 2**20
#: A sheet of a list unpacks to 5 to 40 times its size; small parts may do more.
MOST_RATIO = 150
RATIO_FROM = 8 * 2**20
_CHUNK = 2**20


def open_workbook_zip(data: bytes) -> zipfile.ZipFile:
    """Give the opened zip of a workbook after counting, unpacking and looking at every part once.

    Sizes are those seen while unpacking, not those the zip claims.

    Raises
    ------
    UnreadableList
        If the file is no workbook, is locked by a password, or could harm the program that opens it.
    """
    try:
        box = zipfile.ZipFile(io.BytesIO(data))
        infos = box.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        raise UnreadableList("The workbook is damaged; open it in a spreadsheet program and save it again.") from None
    names = [info.filename for info in infos]
    if len(names) > MOST_ENTRIES or len(set(names)) != len(names):
        raise UnreadableList("The workbook has too many or repeated parts and was not opened; save it anew as XLSX.")
    if any(name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") for name in names):
        raise UnreadableList("The workbook has parts with unsafe paths and was not opened; save it anew as XLSX.")
    if any(info.flag_bits & 1 for info in infos):
        raise UnreadableList("The workbook is locked by a password; save it without one.")
    if "xl/workbook.xml" not in names:
        raise UnreadableList("The file is a zip but no XLSX workbook; save the list as XLSX or CSV.")
    total = 0
    for info in infos:
        total += _look_through(box, info, MOST_BYTES - total)
    return box


def _look_through(box: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> int:
    size, tail = 0, b""
    try:
        with box.open(info) as part:
            while chunk := part.read(_CHUNK):
                size += len(chunk)
                if size > left or (size > RATIO_FROM and size > MOST_RATIO * max(info.compress_size, 1)):
                    raise UnreadableList("The workbook unpacks to too much data and was not opened; split the list.")
                # UTF-16 parts would hide the word from a plain search.
                window = (tail + chunk).replace(b"\x00", b"").upper()
                if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                    raise UnreadableList("The workbook declares entities and was not opened; save it anew as XLSX.")
                tail = chunk[-20:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise UnreadableList("The workbook is damaged; open it in a spreadsheet program and save it again.") from None
    return size
