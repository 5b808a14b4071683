"""Debtors as dots on a map, coloured by whatever a page asks about: visit group, bucket, verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.maps.escape import escape, tip
from dashboard.maps.frame import Bounds, Drawing, Ground, bounds_of, drawing
from dashboard.text import _
from dashboard.theme import GREY_DOT

SMALL_PX, LARGE_PX = 3.5, 8.0

#: Share of the debtors on each side that may lie outside the view at first.
FAR_SHARE = 0.01


@dataclass(frozen=True)
class Kind:
    """A class of debtors on the map: its code in the table, its words and its colour."""

    code: str
    text: str
    colour: str


def debtor_map(
    points: pd.DataFrame, ground: Ground, *, kinds: Sequence[Kind] = (), currency: str = "CNY", selected: str = ""
) -> Drawing:
    """Draw debtors as dots, larger where more is overdue.

    Parameters
    ----------
    points
        One row a debtor: ``debtor_id``, ``lon``, ``lat`` (WGS-84; a row without both is not drawn), ``overdue_minor``,
        and where known ``name``, ``kind`` (a code of ``kinds``) and ``note`` (a line of the tooltip).
    ground
        What lies under them.
    kinds
        The classes, in the order of the legend; a debtor of none is grey.
    currency
        Currency of the amounts.
    selected
        Id of the debtor to make stand out.
    """
    placed = points[points["lon"].notna() & points["lat"].notna()]
    content = {
        "dots": [dots(placed, kinds, currency, selected)],
        "legend": legend(placed, kinds, without_place=len(points) - len(placed)),
        "frame": frame_of(placed),
        "bounds": where_most_are(placed),
    }
    return drawing(ground, content, name="debtors")


def where_most_are(placed: pd.DataFrame) -> Bounds | None:
    """Give the corners of the view at first: a few in far villages must not shrink the town to a spot."""
    inner = placed[["lon", "lat"]].quantile([FAR_SHARE, 1 - FAR_SHARE], interpolation="nearest")
    return bounds_of(inner.to_numpy(dtype=float).tolist()) if len(placed) else None


def dots(placed: pd.DataFrame, kinds: Sequence[Kind], currency: str, selected: str) -> dict[str, Any]:
    """Give the dots as columns, the dearest drawn first so that small ones stay visible on top."""
    rows = placed.sort_values("overdue_minor", ascending=False, kind="stable")
    colours = {kind.code: kind.colour for kind in kinds}
    words = {kind.code: kind.text for kind in kinds}
    # The area, not the radius, grows with the amount, up to the level that only one in fifty passes.
    top = max(float(rows["overdue_minor"].quantile(0.98)), 1.0) if len(rows) else 1.0
    share = (rows["overdue_minor"].clip(lower=0, upper=top) / top) ** 0.5
    names = rows["name"] if "name" in rows else pd.Series("", index=rows.index)
    codes = rows["kind"] if "kind" in rows else pd.Series("", index=rows.index)
    notes = rows["note"] if "note" in rows else pd.Series("", index=rows.index)
    return {
        "selected": selected,
        "edge": "#FFFFFF",
        "opacity": 0.82,
        "lon": [round(float(lon), 6) for lon in rows["lon"]],
        "lat": [round(float(lat), 6) for lat in rows["lat"]],
        "id": [str(one) for one in rows["debtor_id"]],
        "radius": [round(SMALL_PX + (LARGE_PX - SMALL_PX) * float(one), 1) for one in share],
        "colour": [colours.get(str(code), GREY_DOT) for code in codes],
        "tip": [
            tip(
                name or debtor_id,
                [(_("Overdue"), formats.money(amount, currency))],
                [line for line in (words.get(str(code), ""), note) if line],
            )
            for name, debtor_id, amount, code, note in zip(
                names, rows["debtor_id"], rows["overdue_minor"], codes, notes, strict=True
            )
        ],
    }


def legend(placed: pd.DataFrame, kinds: Sequence[Kind], *, without_place: int) -> dict[str, Any]:
    """Explain the colours that occur, with how many there are of each."""
    counts = placed["kind"].value_counts() if "kind" in placed else pd.Series(dtype=int)
    rows = [
        {"kind": "dot", "colour": kind.colour, "text": escape(f"{kind.text} ({int(counts[kind.code])})")}
        for kind in kinds
        if kind.code in counts
    ]
    rest = len(placed) - sum(int(counts[kind.code]) for kind in kinds if kind.code in counts)
    if rest:
        text = _("Other ({n})") if rows else _("Debtors ({n})")
        rows.append({"kind": "dot", "colour": GREY_DOT, "text": escape(text.format(n=rest))})
    rows.append({"kind": "note", "colour": "", "text": escape(_("The larger, the more is overdue"))})
    if without_place:
        rows.append(
            {
                "kind": "note",
                "colour": "",
                "text": escape(_("{n} without a place are not shown").format(n=without_place)),
            }
        )
    return {"title": escape(_("Legend")), "rows": rows}


def frame_of(placed: pd.DataFrame) -> str:
    """Name what is shown, so that the map moves to it only when that changes."""
    ids = ",".join(sorted(map(str, placed["debtor_id"])))
    return hashlib.sha256(ids.encode()).hexdigest()[:12]
