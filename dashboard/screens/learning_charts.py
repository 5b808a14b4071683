"""Charts of the page Learning: rates with their intervals, calibration, the uplift curve, with and without a visit."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dashboard import formats
from dashboard.screens.learning_words import bucket_words, cell_words
from dashboard.text import _
from dashboard.theme import ACCENT, GREY_DOT, LINE, MUTED, TEXT

ROW_PX, AXIS_PX = 22, 44
FONT = "system-ui, sans-serif"
QUIET: dict[str, Any] = {"domain": False, "ticks": False, "labelColor": TEXT, "labelFontSize": 12}


def finished(chart: Any, height: int) -> alt.LayerChart:
    """Give the frame that all charts of the page have."""
    done: alt.LayerChart = (
        chart.properties(height=height, width="container")
        .configure_view(stroke=None)
        .configure_axis(titleColor=MUTED, titleFontWeight="normal", gridColor=LINE)
        .configure(background="transparent", font=FONT)
    )
    return done


def rates(table: pd.DataFrame, rate: str) -> alt.LayerChart:
    """Draw a rate's cells: learnt value with its interval, hollow while an assumption; the default is a tick."""
    here = table[table["rate"] == rate]
    names = [cell_words(rate, cell, within) for cell, within in zip(here["cell"], here["within"], strict=True)]
    rows = pd.DataFrame(
        {
            "name": names,
            "mean": here["mean"].to_numpy(),
            "low": here["low"].to_numpy(),
            "high": here["high"].to_numpy(),
            "default": here["default"].to_numpy(),
            "fill": np.where(here["assumption"], "#FFFFFF", ACCENT),
            "told": [formats.percent(one, 1) for one in here["mean"]],
            "was": [formats.percent(one, 1) for one in here["default"]],
            "range": [
                f"{formats.percent(a, 1)} – {formats.percent(b, 1)}"
                for a, b in zip(here["low"], here["high"], strict=True)
            ],
            "visits": [formats.number(one) for one in here["visits"]],
        }
    )
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=280, labelPadding=8, **QUIET))
    tooltip = [
        alt.Tooltip("name:N", title=" "),
        alt.Tooltip("told:N", title=_("Learnt")),
        alt.Tooltip("range:N", title=_("Interval")),
        alt.Tooltip("was:N", title=_("Default")),
        alt.Tooltip("visits:N", title=_("Visits")),
    ]
    base = alt.Chart(rows).encode(y=y, tooltip=tooltip)
    x = alt.X("low:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(format=".0%", **QUIET))
    span = base.mark_rule(strokeWidth=5, opacity=0.28, strokeCap="round", color=ACCENT).encode(x=x, x2="high:Q")
    tick = base.mark_tick(thickness=2, size=14, color=GREY_DOT).encode(x="default:Q")
    point = base.mark_point(size=60, filled=True, opacity=1, strokeWidth=2, stroke=ACCENT).encode(
        x="mean:Q", fill=alt.Fill("fill:N", scale=None, legend=None)
    )
    return finished(alt.layer(span, tick, point), ROW_PX * max(len(rows), 2) + AXIS_PX)


def model_colour() -> alt.Color:
    """Give the colours of the two models with a legend."""
    return alt.Color(
        "who:N",
        scale=alt.Scale(domain=[_("New"), _("Old")], range=[ACCENT, GREY_DOT]),
        legend=alt.Legend(title=None, orient="top", labelFontSize=12),
    )


def calibration(table: pd.DataFrame, rate: str) -> alt.LayerChart:
    """Draw how often things happened against how likely they were called; on the diagonal a model is right."""
    here = table[table["rate"] == rate]
    rows = here.assign(
        who=[_("New") if one == "new" else _("Old") for one in here["model"]],
        said=[formats.percent(one) for one in here["predicted"]],
        saw=[formats.percent(one) for one in here["observed"]],
        n=[formats.number(one) for one in here["answers"]],
    )
    edge = pd.DataFrame({"predicted": [0.0, 1.0], "observed": [0.0, 1.0]})
    axis = alt.Axis(format=".0%", **QUIET)
    scale = alt.Scale(domain=[0, 1])
    line = (
        alt.Chart(edge)
        .mark_line(color=MUTED, strokeDash=[4, 3], strokeWidth=1)
        .encode(
            x=alt.X("predicted:Q", title=_("Called so likely"), scale=scale, axis=axis),
            y=alt.Y("observed:Q", title=_("Happened so often"), scale=scale, axis=axis),
        )
    )
    base = alt.Chart(rows).encode(
        color=model_colour(),
        tooltip=[
            alt.Tooltip("who:N", title=" "),
            alt.Tooltip("said:N", title=_("Called so likely")),
            alt.Tooltip("saw:N", title=_("Happened so often")),
            alt.Tooltip("n:N", title=_("Answers")),
        ],
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.45).encode(x="predicted:Q", y="low:Q", y2="high:Q")
    points = base.mark_point(filled=True, size=55, opacity=1).encode(x="predicted:Q", y="observed:Q")
    return finished(alt.layer(line, bars, points), 300)


def uplift_curve(curve: pd.DataFrame, currency: str) -> alt.LayerChart:
    """Draw the money gathered against the share of the visits made, by each model's order; straight: by lot."""
    rows = curve.assign(
        who=[_("New") if one == "new" else _("Old") for one in curve["model"]],
        gain=curve["gain_minor"] / formats.unit(currency),
    )
    last = float(rows["gain"].iloc[-1])
    lot = pd.DataFrame({"share": [0.0, 1.0], "gain": [0.0, last]})
    x = alt.X("share:Q", title=_("Share of the visits made"), axis=alt.Axis(format=".0%", **QUIET))
    y = alt.Y("gain:Q", title=formats.heading(_("Uplift so far, ¥"), currency), axis=alt.Axis(format="~s", **QUIET))
    straight = alt.Chart(lot).mark_line(color=MUTED, strokeDash=[4, 3], strokeWidth=1).encode(x=x, y=y)
    lines = alt.Chart(rows).mark_line(strokeWidth=2).encode(x="share:Q", y="gain:Q", color=model_colour())
    return finished(alt.layer(straight, lines), 300)


def with_and_without(table: pd.DataFrame) -> alt.LayerChart:
    """Draw by bucket what came in with a visit and without one."""
    here = table[table["state"] == "compared"]
    sides = (("with_visit", "with", _("With a visit")), ("without", "without", _("Without")))
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "name": [bucket_words(one) for one in here["bucket"]],
                    "side": name,
                    "mean": here[column].to_numpy(),
                    "low": here[f"{ends}_low"].to_numpy(),
                    "high": here[f"{ends}_high"].to_numpy(),
                    "told": [formats.percent(one, 1) for one in here[column]],
                }
            )
            for column, ends, name in sides
        ]
    )
    names = list(dict.fromkeys(rows["name"]))
    colour = alt.Color(
        "side:N",
        scale=alt.Scale(domain=[name for *_rest, name in sides], range=[ACCENT, GREY_DOT]),
        legend=alt.Legend(title=None, orient="top", labelFontSize=12),
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelPadding=8, **QUIET)),
        yOffset=alt.YOffset("side:N"),
        color=colour,
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("side:N", title=" "), alt.Tooltip("told:N", title=" ")],
    )
    x = alt.X("low:Q", title=_("Collected in 60 days"), axis=alt.Axis(format=".0%", **QUIET))
    span = base.mark_rule(strokeWidth=5, opacity=0.28, strokeCap="round").encode(x=x, x2="high:Q")
    point = base.mark_point(filled=True, size=60, opacity=1).encode(x="mean:Q")
    return finished(alt.layer(span, point), 46 * max(len(names), 1) + AXIS_PX)
