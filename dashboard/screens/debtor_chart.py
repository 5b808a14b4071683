"""Two drawings of the debtor's page: the timeline, and the value of a visit as a small waterfall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from dashboard import formats
from dashboard.screens.debtor_card import PARTS
from dashboard.screens.debtor_words import LANES, event_words
from dashboard.text import _
from dashboard.theme import ACCENT, BAD, GOOD, GREY_DOT, LINE, MUTED, TEXT, WARN
from planner.view.debtor_timeline import LANES as ORDER

ROW_PX = 30
BAR_PX = 26
#: A span without an end, and a clock far ahead, is drawn to so many days from today.
AHEAD_DAYS = 120
#: Old debts go back years: the line begins so many days before the last event but the first ones.
BACK_DAYS = 730
TONES: Mapping[tuple[str, str], str] = {
    ("promise", "kept"): GOOD,
    ("promise", "part"): WARN,
    ("promise", "broken"): BAD,
    ("promise", "open"): ACCENT,
    ("paid", ""): GOOD,
    ("hold", ""): WARN,
    ("accommodation", ""): MUTED,
    ("clock", ""): "#9DB7CE",
    ("interruption", ""): ACCENT,
    ("due", ""): TEXT,
    ("listed", ""): GREY_DOT,
    ("planned", ""): ACCENT,
    ("confirmed", ""): BAD,
    ("doubted", ""): WARN,
}


def tone(kind: str, code: str) -> str:
    """Give the colour of an event."""
    if kind == "visit":
        met = code not in ("NOT_HOME", "NO_ACCESS", "MOVED", "WRONG_ADDRESS", "LOST", "THIRD_PARTY_ONLY")
        return GOOD if code.startswith("PAID") else (ACCENT if met else GREY_DOT)
    return TONES.get((kind, code)) or TONES.get((kind, "")) or ACCENT


def drawn(events: pd.DataFrame, today: date, currency: str) -> pd.DataFrame:
    """Give the events as they are drawn: ``lane``, ``begin``, ``end`` (both inside the axis), ``span``, ``colour``."""
    now = pd.Timestamp(today)
    first, last = now - pd.Timedelta(days=BACK_DAYS), now + pd.Timedelta(days=AHEAD_DAYS)
    spans = events["kind"].isin(["promise", "hold", "accommodation", "clock"])
    begin = within(events["on"], first, last)
    end = within(events["until_on"].fillna(last).where(spans, events["on"]), first, last)
    seen = ~(spans & (end <= begin) & (events["on"] < first))
    seen &= spans | events["on"].between(first, last)
    rows: pd.DataFrame = events.assign(begin=begin, end=end, span=spans)[seen]
    drawn_rows: pd.DataFrame = rows.assign(
        lane=[_(LANES[lane]) for lane in rows["lane"]],
        colour=[tone(kind, code) for kind, code in zip(rows["kind"], rows["code"], strict=True)],
        day=[formats.day(one.date(), year=True) for one in rows["on"]],
        words=[event_words(record(row), currency) for row in rows.to_dict("records")],
        opacity=[
            0.55 if ahead or kind == "clock" else 1.0 for ahead, kind in zip(rows["ahead"], rows["kind"], strict=True)
        ],
    )
    return drawn_rows


def within(days: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    """Give days cut to the axis."""
    cut: pd.Series = days.mask(days < first, first).mask(days > last, last)
    return cut


def record(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Give an event with plain days."""
    until = row["until_on"]
    return {**{str(k): v for k, v in row.items()}, "until_on": None if pd.isna(until) else until.date()}


def timeline_chart(events: pd.DataFrame, today: date, currency: str) -> alt.LayerChart:
    """Draw the timeline: a row a kind of event, spans as bars, points as dots, a line at today."""
    rows = drawn(events, today, currency)
    lanes = [_(LANES[one]) for one in ORDER if _(LANES[one]) in set(rows["lane"])]
    edge = pd.concat([rows["begin"], rows["end"], pd.Series([pd.Timestamp(today)])])
    domain = pd.DataFrame({"begin": [edge.min() - pd.Timedelta(days=6), edge.max() + pd.Timedelta(days=6)]})
    domain = domain.assign(lane=lanes[0] if lanes else "")
    axis: dict[str, Any] = {"domain": False, "ticks": False, "labelColor": TEXT, "labelFontSize": 12, "title": None}
    y = alt.Y("lane:N", sort=lanes, scale=alt.Scale(domain=lanes), axis=alt.Axis(labelPadding=8, grid=True,
              gridColor="#EDF1F5", labelLimit=130, **axis))  # fmt: skip
    x = alt.X("begin:T", title=None, axis=alt.Axis(format="%Y-%m", orient="top", labelColor=MUTED, domain=False,
              gridColor="#EDF1F5", tickColor=LINE, labelOverlap=True, tickCount=8))  # fmt: skip
    plain_y, plain_x = alt.Y("lane:N", sort=lanes, title=None), alt.X("begin:T", title=None)
    told = [alt.Tooltip("day:N", title=" "), alt.Tooltip("words:N", title="  ")]
    colour = alt.Color("colour:N", scale=None, legend=None)
    fade = alt.Opacity("opacity:Q", scale=None, legend=None)
    layers = [alt.Chart(domain).mark_point(opacity=0).encode(x=x, y=y)]
    if rows["span"].any():
        bars = alt.Chart(rows[rows["span"]]).mark_bar(height=9, cornerRadius=4)
        layers.append(bars.encode(x=plain_x, x2="end:T", y=plain_y, color=colour, opacity=fade, tooltip=told))
    if (~rows["span"]).any():
        points = alt.Chart(rows[~rows["span"]]).mark_circle(size=95, stroke="#FFFFFF", strokeWidth=1)
        layers.append(points.encode(x=plain_x, y=plain_y, color=colour, opacity=fade, tooltip=told))
    line = pd.DataFrame({"begin": [pd.Timestamp(today)], "words": [_("Today")]})
    layers.append(alt.Chart(line).mark_rule(color=WARN, strokeDash=[4, 3]).encode(x=plain_x, tooltip=["words:N"]))
    chart: alt.LayerChart = (
        alt.layer(*layers)
        .properties(height=ROW_PX * max(len(lanes), 1) + 28, width="container")
        .configure_view(stroke=None)
        .configure(background="transparent", font="system-ui, sans-serif")
    )
    return chart


def waterfall_rows(option: Mapping[str, Any], currency: str) -> pd.DataFrame:
    """Give the steps of the value: ``label``, ``begin``, ``end``, ``text``, ``colour``; the last one is the whole."""
    rows, at = [], 0.0
    for key, label in PARTS.items():
        part = float(option[key])
        rows.append({"label": _(label), "begin": at, "end": at + part, "text": formats.money(part, currency),
                     "colour": "#4A93C3" if part >= 0 else "#C8A27A"})  # fmt: skip
        at += part
    rows.append({"label": _("Expected uplift"), "begin": 0.0, "end": at, "text": formats.money(at, currency),
                 "colour": ACCENT if at >= 0 else BAD})  # fmt: skip
    unit = formats.unit(currency)
    return pd.DataFrame(rows).assign(begin=lambda one: one["begin"] / unit, end=lambda one: one["end"] / unit)


def waterfall(option: Mapping[str, Any], currency: str) -> alt.LayerChart:
    """Draw the value of a visit with its parts, and the interval of the whole as a thin line."""
    rows = waterfall_rows(option, currency)
    labels, unit = list(rows["label"]), formats.unit(currency)
    whole = pd.DataFrame(
        {"label": [labels[-1]], "low": [option["value_low_minor"] / unit], "high": [option["value_high_minor"] / unit]}
    )
    y = alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(domain=False, ticks=False, labelColor=TEXT,
              labelFontSize=12, labelLimit=190, labelPadding=8))  # fmt: skip
    base = alt.Chart(rows).encode(y=y)
    bars = base.mark_bar(height=14, cornerRadius=2).encode(
        x=alt.X("begin:Q", title=None, axis=alt.Axis(format="~s", labelColor=MUTED, domain=False, tickCount=5,
                gridColor="#EDF1F5", ticks=False)),
        x2="end:Q",
        color=alt.Color("colour:N", scale=None, legend=None),
        tooltip=[alt.Tooltip("label:N", title=" "), alt.Tooltip("text:N", title=formats.sign(currency))],
    )  # fmt: skip
    y2 = alt.Y("label:N", sort=labels, title=None)
    spread = alt.Chart(whole).mark_rule(color=TEXT, strokeWidth=2).encode(y=y2, x="low:Q", x2="high:Q")
    ends = alt.Chart(whole.melt("label")).mark_tick(color=TEXT, thickness=2, size=10).encode(y=y2, x="value:Q")
    chart: alt.LayerChart = (
        alt.layer(bars, spread, ends)
        .properties(height=BAR_PX * len(rows) + 24, width="container")
        .configure_view(stroke=None)
        .configure(background="transparent", font="system-ui, sans-serif")
    )
    return chart
