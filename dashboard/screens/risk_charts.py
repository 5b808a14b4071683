"""Charts of the risk page: the matrix, roll rates over the months, segments with intervals, vintages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dashboard import formats
from dashboard.screens.regions_charts import AXIS_PX, FONT, QUIET
from dashboard.screens.risk_words import bucket_name
from dashboard.text import _
from dashboard.theme import ACCENT, CREWS, LINE, MUTED, RAMP, TEXT, ink_on
from planner.portfolio import FROM, TO

ROW_PX = 34
#: three buckets, from light to dark as they get older
BUCKETS = {"M1": CREWS[5], "M2": ACCENT, "M3": "#0B2E4F"}
#: cohorts from the oldest to the newest
COHORTS = [RAMP[1], RAMP[2], "#68A5CE", RAMP[3], RAMP[4], "#0B2E4F"]
PALE = "#F4F6F8"
SHARE_AXIS: dict[str, Any] = {"format": ".0%", "grid": True, "gridColor": LINE, "titleColor": MUTED}


def finished(chart: Any, height: int) -> alt.LayerChart:
    """Give a chart the page's quiet frame."""
    done: alt.LayerChart = (
        chart.properties(height=height, width="container")
        .configure_view(stroke=None)
        .configure_axis(labelColor=TEXT, domain=False, ticks=False, titleFontWeight="normal")
        .configure(background="transparent", font=FONT)
    )
    return done


def interval(low: float, high: float, digits: int = 1) -> str:
    """Write an interval of a share."""
    return f"{formats.percent(low, digits)} – {formats.percent(high, digits)}"


def heat(matrix: pd.DataFrame, *, currency: str) -> alt.LayerChart:
    """Draw where the accounts of each bucket went; ``matrix`` is ``portfolio.MATRIX``."""
    rows = [one for one in FROM if (matrix["from_bucket"] == one).any()]
    columns = [one for one in TO if (matrix.loc[matrix["to"] == one, "moved"] > 0).any()]
    shown = matrix[matrix["to"].isin(columns)]
    step = np.clip((shown["value"].fillna(0).to_numpy() * len(RAMP)).astype(int), 0, len(RAMP) - 1)
    fills = [
        PALE if few or not moved else RAMP[k] for few, moved, k in zip(shown["few"], shown["moved"], step, strict=True)
    ]
    sizes = shown.groupby("from_bucket")["n"].first()
    label = {one: f"{bucket_name(one)} · {formats.number(sizes[one])}" for one in rows}
    cells = pd.DataFrame(
        {
            "row": [label[one] for one in shown["from_bucket"]],
            "column": [bucket_name(one) for one in shown["to"]],
            "fill": fills,
            "ink": [MUTED if fill == PALE else ink_on(fill) for fill in fills],
            "text": [formats.percent(v) if m else "–" for v, m in zip(shown["value"], shown["moved"], strict=True)],
            "told": [formats.percent(value, 1) for value in shown["value"]],
            "interval": [interval(low, high) for low, high in zip(shown["low"], shown["high"], strict=True)],
            "people": [
                f"{formats.number(moved)} / {formats.number(n)}"
                for moved, n in zip(shown["moved"], shown["n"], strict=True)
            ],
            "money": [formats.money_short(value, currency) for value in shown["moved_minor"]],
        }
    )
    axis: dict[str, Any] = {"domain": False, "ticks": False, "labelColor": TEXT, "labelFontSize": 12, "grid": False}
    base = alt.Chart(cells).encode(
        x=alt.X(
            "column:N",
            sort=[bucket_name(one) for one in columns],
            axis=alt.Axis(orient="top", labelAngle=0, labelOverlap=False, title=None, **{**axis, "labelFontSize": 11}),
        ),
        y=alt.Y("row:N", sort=[label[one] for one in rows], axis=alt.Axis(title=None, labelLimit=140, **axis)),
        tooltip=[
            alt.Tooltip("row:N", title=_("From · accounts")),
            alt.Tooltip("column:N", title=_("To bucket")),
            alt.Tooltip("told:N", title=_("Share")),
            alt.Tooltip("interval:N", title=_("Interval")),
            alt.Tooltip("people:N", title=_("Accounts")),
            alt.Tooltip("money:N", title=_("Overdue amount moved")),
        ],
    )
    fill = base.mark_rect(stroke="#FFFFFF", strokeWidth=2, cornerRadius=4).encode(
        color=alt.Color("fill:N", scale=None, legend=None)
    )
    text = base.mark_text(fontSize=12).encode(text="text:N", color=alt.Color("ink:N", scale=None, legend=None))
    return finished(alt.layer(fill, text), ROW_PX * max(len(rows), 1) + AXIS_PX)


def rolls(table: pd.DataFrame, assumed: Mapping[str, float]) -> alt.LayerChart:
    """Draw roll rates over the months with bands, and the default assumption dashed.

    Parameters
    ----------
    table
        ``portfolio.RATES`` with ``to_on`` and ``days``.
    assumed
        Default by bucket.
    """
    known = table[(table["figure"] == "roll") & ~table["few"] & table["value"].notna()]
    rows = pd.DataFrame(
        {
            "bucket": known["bucket"],
            "on": known["to_on"],
            "value": known["value"],
            "low": known["low"],
            "high": known["high"],
            "told": [formats.percent(value, 1) for value in known["value"]],
            "interval": [interval(low, high) for low, high in zip(known["low"], known["high"], strict=True)],
            "people": [formats.number(n) for n in known["n"]],
            "assumed": [formats.percent(assumed.get(one)) for one in known["bucket"]],
            "when": [
                _("{days} days until {day}").format(days=days, day=formats.day(on.date(), year=True))
                for days, on in zip(known["days"], known["to_on"], strict=True)
            ],
        }
    )
    colour = alt.Color(
        "bucket:N",
        scale=alt.Scale(domain=list(BUCKETS), range=list(BUCKETS.values())),
        legend=alt.Legend(
            title=None, orient="top", labelColor=TEXT, symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1
        ),
    )
    x = alt.X("on:T", axis=alt.Axis(title=None, format="%y-%m", grid=False, tickCount=6))
    scale = alt.Scale(domain=[0, 1], nice=False)
    y = alt.Y("value:Q", scale=scale, axis=alt.Axis(title=None, **SHARE_AXIS))
    base = alt.Chart(rows).encode(x=x, color=colour)
    band = base.mark_area(opacity=0.16).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
    line = base.mark_line(strokeWidth=2).encode(y=y)
    dot = base.mark_point(filled=True, size=45, opacity=1).encode(
        y=y,
        tooltip=[
            alt.Tooltip("bucket:N", title=_("Bucket")),
            alt.Tooltip("when:N", title=_("Month")),
            alt.Tooltip("told:N", title=_("Rolls on")),
            alt.Tooltip("interval:N", title=_("Interval")),
            alt.Tooltip("people:N", title=_("Accounts")),
            alt.Tooltip("assumed:N", title=_("Default assumption")),
        ],
    )
    rules = pd.DataFrame({"bucket": list(assumed), "value": list(assumed.values())})
    rule = (
        alt.Chart(rules).mark_rule(strokeDash=[4, 3], opacity=0.8).encode(y=alt.Y("value:Q", scale=scale), color=colour)
    )
    return finished(alt.layer(band, rule, line, dot), 300)


def dots(table: pd.DataFrame, level: float) -> alt.LayerChart:
    """Draw a share of each segment with its interval, the highest first; hollow and pale where too few.

    Parameters
    ----------
    table
        ``portfolio.RATES`` of one figure with ``name``.
    level
        The share of all together, a line.
    """
    known = table[table["value"].notna()].sort_values(["few", "value"], ascending=[True, False])
    rows = pd.DataFrame(
        {
            "name": [f"{name} · {formats.number(n)}" for name, n in zip(known["name"], known["n"], strict=True)],
            "value": known["value"],
            "low": known["low"],
            "high": known["high"],
            "fill": np.where(known["few"], "#FFFFFF", ACCENT),
            "stroke": np.where(known["few"], "#A9B4C0", ACCENT),
            "told": [
                _("too few to tell") if few else formats.percent(value, 1)
                for few, value in zip(known["few"], known["value"], strict=True)
            ],
            "interval": [interval(low, high) for low, high in zip(known["low"], known["high"], strict=True)],
        }
    )
    y = alt.Y("name:N", sort=list(rows["name"]), title=None, axis=alt.Axis(labelLimit=190, labelPadding=8, **QUIET))
    scale = alt.Scale(domain=[0, 1], nice=False)
    base = alt.Chart(rows).encode(
        y=y,
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("told:N", title=_("Share")),
            alt.Tooltip("interval:N", title=_("Interval")),
        ],
    )
    stroke = alt.Stroke("stroke:N", scale=None, legend=None)
    spread = base.mark_rule(strokeWidth=5, opacity=0.28, strokeCap="round").encode(
        x=alt.X("low:Q", scale=scale, axis=alt.Axis(title=None, tickCount=5, **SHARE_AXIS)),
        x2="high:Q",
        color=alt.Color("stroke:N", scale=None, legend=None),
    )
    point = base.mark_point(size=85, filled=True, opacity=1, strokeWidth=2).encode(
        x=alt.X("value:Q", scale=scale), fill=alt.Fill("fill:N", scale=None, legend=None), stroke=stroke
    )
    rule = (
        alt.Chart(pd.DataFrame({"value": [level]}))
        .mark_rule(color=MUTED, strokeDash=[4, 3])
        .encode(x=alt.X("value:Q", scale=scale))
    )
    return finished(alt.layer(spread, rule, point), 28 * max(len(rows), 1) + AXIS_PX)


def vintage(curves: pd.DataFrame, every: pd.DataFrame) -> alt.LayerChart:
    """Draw the cohorts' curves, from light to dark, the newest with its band, all together grey.

    Parameters
    ----------
    curves, every
        ``portfolio.CURVES`` of the cohorts drawn, and of all together.
    """
    cohorts = sorted(curves["cohort"].unique())
    colours = COHORTS[-len(cohorts) :]
    start = pd.DataFrame({"cohort": cohorts, "age_days": 0, "still": 1.0, "low": 1.0, "high": 1.0})
    drawn = pd.concat([start, curves], ignore_index=True)
    rows = drawn.assign(
        told=[formats.percent(value, 1) for value in drawn["still"]],
        interval=[interval(low, high) for low, high in zip(drawn["low"], drawn["high"], strict=True)],
        watched=[formats.number(n) for n in drawn.get("watched", pd.Series(np.nan, index=drawn.index))],
    )
    whole = pd.concat([start.head(1), every], ignore_index=True)
    colour = alt.Color(
        "cohort:N",
        scale=alt.Scale(domain=cohorts, range=colours),
        legend=alt.Legend(
            title=None, orient="top", labelColor=TEXT, symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1
        ),
    )
    last = float(max(curves["age_days"].max(), 30))
    x = alt.X(
        "age_days:Q",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(
            title=_("Days since falling overdue"), titleColor=MUTED, values=list(range(0, 181, 30)), grid=False
        ),
    )
    scale = alt.Scale(domain=[0, 1], nice=False)
    y = alt.Y("still:Q", scale=scale, axis=alt.Axis(title=None, **SHARE_AXIS))
    grey = alt.Chart(whole[whole["age_days"] <= last]).encode(x=x)
    band_all = grey.mark_area(color="#CBD3DC", opacity=0.35).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
    line_all = grey.mark_line(color=MUTED, strokeDash=[4, 3], strokeWidth=1.5).encode(y=y)
    newest = alt.Chart(rows[rows["cohort"] == cohorts[-1]]).encode(x=x)
    band = newest.mark_area(color=COHORTS[-1], opacity=0.16).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
    base = alt.Chart(rows).encode(x=x, y=y, color=colour)
    line = base.mark_line(strokeWidth=2)
    dot = base.mark_point(filled=True, size=26, opacity=1).encode(
        tooltip=[
            alt.Tooltip("cohort:N", title=_("Fell overdue in")),
            alt.Tooltip("age_days:Q", title=_("Days since falling overdue")),
            alt.Tooltip("told:N", title=_("Still overdue")),
            alt.Tooltip("interval:N", title=_("Interval")),
            alt.Tooltip("watched:N", title=_("Accounts watched")),
        ]
    )
    return finished(alt.layer(band_all, line_all, band, line, dot), 320)
