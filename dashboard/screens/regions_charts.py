"""Charts that compare districts: ranking with intervals, and the funnel of actual by expected recovery."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dashboard import formats
from dashboard.screens.regions_words import FUNNEL
from dashboard.text import _
from dashboard.theme import ACCENT, LINE, MUTED, TEXT, WARN
from planner.density import poisson_quantile

ROW_PX = 30
AXIS_PX = 44  # the height given is that of rows and axis together
FONT = "system-ui, sans-serif"
QUIET: dict[str, Any] = {"domain": False, "ticks": False, "labelColor": TEXT, "labelFontSize": 12, "labelFlush": False}


def ranking(table: pd.DataFrame, column: str, *, title: str, selected: str, currency: str) -> alt.LayerChart:
    """Draw a figure of each district with its interval, the largest first; hollow points rest on few visits.

    Parameters
    ----------
    table
        ``region``, ``name``, the figure's column with ``_low`` and ``_high``, ``assumption``, ``debtors``.
    """
    known = table[table[column].notna()].sort_values(column, ascending=False)
    rows = pd.DataFrame(
        {
            "name": [f"{name} · {formats.number(n)}" for name, n in zip(known["name"], known["debtors"], strict=True)],
            "value": known[column] / 100,
            "low": known[f"{column}_low"] / 100,
            "high": known[f"{column}_high"] / 100,
            "fill": np.where(known["assumption"], "#FFFFFF", np.where(known["region"] == selected, WARN, ACCENT)),
            "stroke": np.where(known["region"] == selected, WARN, ACCENT),
            "told": [formats.money(value, currency) for value in known[column]],
            "interval": [
                f"{formats.money(low, currency)} – {formats.money(high, currency)}"
                for low, high in zip(known[f"{column}_low"], known[f"{column}_high"], strict=True)
            ],
            "people": [formats.number(n) for n in known["debtors"]],
        }
    )
    y = alt.Y("name:N", sort=list(rows["name"]), title=None, axis=alt.Axis(labelLimit=190, labelPadding=8, **QUIET))
    tooltip = [
        alt.Tooltip("name:N", title=" "),
        alt.Tooltip("told:N", title=title),
        alt.Tooltip("interval:N", title=_("Interval")),
        alt.Tooltip("people:N", title=_("Debtors")),
    ]
    scale = alt.Scale(zero=True, nice=True)
    axis = alt.Axis(title=title, titleColor=MUTED, titleFontWeight="normal", format=",.0f", grid=True, gridColor=LINE)
    x = alt.X("low:Q", scale=scale, axis=axis)
    base = alt.Chart(rows).encode(y=y, tooltip=tooltip)
    span = base.mark_rule(strokeWidth=5, opacity=0.28, strokeCap="round").encode(
        x=x, x2="high:Q", color=alt.Color("stroke:N", scale=None, legend=None)
    )
    point = base.mark_point(size=85, filled=True, opacity=1, strokeWidth=2).encode(
        x=alt.X("value:Q", scale=scale),
        fill=alt.Fill("fill:N", scale=None, legend=None),
        stroke=alt.Stroke("stroke:N", scale=None, legend=None),
    )
    chart: alt.LayerChart = (
        alt.layer(span, point)
        .properties(height=ROW_PX * max(len(rows), 1) + AXIS_PX, width="container")
        .configure_view(stroke=None)
        .configure(background="transparent", font=FONT)
    )
    return chart


def funnel_limits(target: float, scale_minor: float, smallest_minor: float, largest_minor: float) -> pd.DataFrame:
    """Give the funnel's curves: expected recovery (yuan) and the 95 % and 99.8 % limits of actual by expected."""
    expected = np.geomspace(smallest_minor / 1.6, largest_minor * 1.6, 80)
    e = expected / scale_minor
    return pd.DataFrame(
        {
            "expected": expected / 100,
            "low95": poisson_quantile(0.025, target * e) / e,
            "high95": poisson_quantile(0.975, target * e) / e,
            "low998": poisson_quantile(0.001, target * e) / e,
            "high998": poisson_quantile(0.999, target * e) / e,
        }
    )


def funnel(table: pd.DataFrame, *, scale_minor: float, selected: str, currency: str) -> alt.LayerChart | None:
    """Draw actual by expected recovery of each district against the size of its history; None without history."""
    seen = table[table["ratio"].notna()]
    if seen.empty or not np.isfinite(scale_minor):
        return None
    target = float(seen["target"].iloc[0])
    sizes = seen["expected_minor"]
    curves = funnel_limits(target, scale_minor, float(sizes.min()), float(sizes.max()))
    top = max(2.0, float(seen["ratio"].max()) * 1.1, target * 2)
    curves[["high95", "high998"]] = curves[["high95", "high998"]].clip(upper=top)
    x = alt.X(
        "expected:Q",
        scale=alt.Scale(
            type="log", nice=False, domain=[float(curves["expected"].iloc[0]), float(curves["expected"].iloc[-1])]
        ),
        axis=alt.Axis(
            title=formats.heading(_("Expected recovery of the past visits, ¥"), currency),
            titleColor=MUTED,
            titleFontWeight="normal",
            format=",.0f",
            grid=False,
            tickCount=5,
        ),
    )
    y_axis = alt.Axis(
        title=_("Actual ÷ expected"), titleColor=MUTED, titleFontWeight="normal", grid=True, gridColor=LINE
    )
    y = alt.Scale(domain=[0, top])
    lines = alt.Chart(curves).encode(x=x)
    outer = lines.mark_area(color="#DCE6F0", opacity=0.55).encode(
        y=alt.Y("low998:Q", scale=y, axis=y_axis), y2="high998:Q"
    )
    inner = lines.mark_area(color="#BFD3E6", opacity=0.55).encode(y=alt.Y("low95:Q", scale=y), y2="high95:Q")
    level = (
        alt.Chart(pd.DataFrame({"target": [target]}))
        .mark_rule(color=MUTED, strokeDash=[4, 3])
        .encode(y=alt.Y("target:Q", scale=y))
    )
    dots = pd.DataFrame(
        {
            "name": seen["name"],
            "expected": seen["expected_minor"] / 100,
            "ratio": seen["ratio"],
            "colour": np.where(
                seen["region"] == selected, WARN, np.where(seen["funnel"].isin(["below", "above"]), "#B3261E", ACCENT)
            ),
            "label": [name.removesuffix(" District") for name in seen["name"]],
            "told": [formats.number(value, 2) for value in seen["ratio"]],
            "paid": [formats.money(value, currency) for value in seen["actual_minor"]],
            "hoped": [formats.money(value, currency) for value in seen["expected_minor"]],
            "visits": [formats.number(value) for value in seen["outcomes"]],
            "where": [_(FUNNEL[place]) for place in seen["funnel"]],
        }
    )
    marks = alt.Chart(dots).encode(
        x=x,
        y=alt.Y("ratio:Q", scale=y),
        color=alt.Color("colour:N", scale=None, legend=None),
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("told:N", title=_("Actual ÷ expected")),
            alt.Tooltip("paid:N", title=_("Paid at the doors")),
            alt.Tooltip("hoped:N", title=_("Expected")),
            alt.Tooltip("visits:N", title=_("Visits")),
            alt.Tooltip("where:N", title=_("Against chance")),
        ],
    )
    point = marks.mark_point(filled=True, size=80, opacity=1)
    label = marks.mark_text(dy=-11, fontSize=11).encode(text="label:N")
    chart: alt.LayerChart = (
        alt.layer(outer, inner, level, point, label)
        .properties(height=330, width="container")
        .configure_view(stroke=None)
        .configure_axis(labelColor=TEXT, domain=False, ticks=False)
        .configure(background="transparent", font=FONT)
    )
    return chart
