"""A heat table of the survey: how old by who, as people or as money, with totals."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from dashboard import formats
from dashboard.screens.overdue_words import BUCKETS, GROUPS, TYPES
from dashboard.text import _
from dashboard.text.words import word
from dashboard.theme import MUTED, RAMP, TEXT, ink_on
from planner.domain import Bucket
from planner.view.overdue import heat

#: What a cell says of nobody and nothing.
NOTHING = "–"
ROW_PX = 34
TOTAL_FILL = "#EDF1F5"


def heat_cells(summary: pd.DataFrame, *, by: str, unit: str, currency: str) -> pd.DataFrame:
    """Give the cells as they are drawn: ``row``, ``column``, ``text``, ``fill``, ``ink``, ``people``, ``full``.

    Colours go by rank among the filled cells, because a few cells hold most of the money.
    """
    words, everything, sums = (GROUPS if by == "group" else TYPES), _("All"), ["debtors", "overdue_minor"]
    found = heat(summary, by)
    inner = found.assign(
        row=[_(BUCKETS[code]) for code in found["bucket"]], column=[short(word(words, code)) for code in found[by]]
    )
    inner = inner.groupby(["row", "column"], sort=False, as_index=False)[sums].sum()
    by_row = inner.groupby("row", sort=False, as_index=False)[sums].sum().assign(column=everything)
    by_column = inner.groupby("column", sort=False, as_index=False)[sums].sum().assign(row=everything)
    whole = pd.DataFrame([inner[sums].sum()]).assign(row=everything, column=everything)
    cells = pd.concat([inner, by_row, by_column, whole], ignore_index=True)
    total = (cells["row"] == everything) | (cells["column"] == everything)
    rank = cells[unit].where(~total & (cells[unit] > 0)).rank(pct=True)
    steps = (rank * len(RAMP)).fillna(0).astype(int).clip(upper=len(RAMP) - 1)
    fills = [
        TOTAL_FILL if is_total else (RAMP[step] if amount > 0 else "#FFFFFF")
        for is_total, amount, step in zip(total, cells[unit], steps, strict=True)
    ]
    texts = [written(amount, unit, currency) for amount in cells[unit]]
    return cells.assign(
        fill=fills,
        ink=[MUTED if text == NOTHING else ink_on(fill) for fill, text in zip(fills, texts, strict=True)],
        text=texts,
        people=[formats.number(n) for n in cells["debtors"]],
        full=[formats.money(amount, currency) for amount in cells["overdue_minor"]],
    )


def written(amount: float, unit: str, currency: str) -> str:
    """Write a cell; nothing is a dash."""
    if not amount:
        return NOTHING
    return formats.money_short(amount, currency) if unit == "overdue_minor" else formats.number(amount)


def short(words: str) -> str:
    """Give the name of a type without what it means, so that it fits above a column.

    >>> short("Careless: able, unwilling")
    'Careless'
    """
    return words.replace("：", ":").split(":", maxsplit=1)[0]


def heat_chart(summary: pd.DataFrame, *, by: str, unit: str, currency: str) -> alt.LayerChart:
    """Draw the table."""
    cells = heat_cells(summary, by=by, unit=unit, currency=currency)
    rows = [*(_(BUCKETS[one]) for one in Bucket), _("All")]
    columns = list(dict.fromkeys(cells["column"]))
    axis: dict[str, Any] = {
        "domain": False,
        "ticks": False,
        "labelColor": TEXT,
        "labelFontSize": 12,
        "labelFlush": False,
        "title": None,
    }
    base = alt.Chart(cells).encode(
        x=alt.X("column:N", sort=columns, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=130, **axis)),
        y=alt.Y("row:N", sort=rows, axis=alt.Axis(labelLimit=140, labelPadding=8, **axis)),
        tooltip=[
            alt.Tooltip("column:N", title=" "),
            alt.Tooltip("row:N", title=_("Age")),
            alt.Tooltip("people:N", title=_("Debtors")),
            alt.Tooltip("full:N", title=_("Overdue")),
        ],
    )
    box = base.mark_rect(stroke="#F7F8FA", strokeWidth=3, cornerRadius=5).encode(
        color=alt.Color("fill:N", scale=None, legend=None)
    )
    text = base.mark_text(fontSize=12).encode(text="text:N", color=alt.Color("ink:N", scale=None, legend=None))
    chart: alt.LayerChart = (
        alt.layer(box, text)
        .properties(
            height=ROW_PX * len(rows) + 26, width="container", padding={"left": 0, "right": 0, "top": 0, "bottom": 0}
        )
        .configure_view(stroke=None)
        .configure(background="transparent", font="system-ui, sans-serif")
    )
    return chart
