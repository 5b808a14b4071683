"""Bytes to text: a byte order mark decides, then strict UTF-8, then GB18030 (what Chinese spreadsheets write).

Nothing is guessed from letter frequencies: detectors read short GBK lists as Korean.
"""

from __future__ import annotations

import codecs

from planner.intake.issue import UnreadableList

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", ""),
    (codecs.BOM_UTF32_BE, "utf-32", ""),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)


def decode(data: bytes) -> tuple[str, str]:
    """Give the text of a file and the name of its encoding: ``utf-8``, ``utf-16`` or ``gb18030``.

    >>> decode("案件编号".encode("gb18030"))
    ('案件编号', 'gb18030')

    Raises
    ------
    UnreadableList
        If the bytes are text in none of these.
    """
    for mark, name, codec in _MARKS:
        if data.startswith(mark):
            if not codec:
                raise UnreadableList("The file is written in UTF-32; save it as UTF-8.")
            try:
                return _text(data[len(mark) :].decode(codec)), name
            except UnicodeDecodeError:
                raise UnreadableList(
                    f"The file begins like {name.upper()} but is damaged further down; export it again."
                ) from None
    for name in ("utf-8", "gb18030"):
        try:
            return _text(data.decode(name)), name
        except UnicodeDecodeError:
            continue
    raise UnreadableList("The file is neither UTF-8, UTF-16 nor GB18030 text; save it as CSV (UTF-8) or XLSX.")


def _text(text: str) -> str:
    # A stray zero byte does no harm and is dropped with the other invisible characters; many are no text.
    if text.count("\x00") * 20 > len(text):
        raise UnreadableList("The file holds binary data, not a list; save it as CSV (UTF-8) or XLSX.")
    return text
