"""Charts for the pages: the day's timeline in the crews' colours. Altair specifications, drawn without eval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import altair as alt
import pandas as pd

from dashboard import formats
from dashboard.text import _
from dashboard.theme import LINE, MUTED, TEXT, crew_colour, ink_on
from planner.view import RouteView

ROW_PX = 34
BLOCK_PX = 22
AXIS_PX = 32  # the height given is that of rows and axis together
#: What a click on a visit is called in the chart's answer.
PICK = "pick"
#: A block narrower than this has no room for its number.
NUMBERED_PX = 13

#: On a phone the day is wider than the screen and scrolls, so that the numbers stay readable.
STYLE = """
@media (max-width: 640px) {
  .st-key-timeline { overflow-x: auto; }
  .st-key-timeline > div { min-width: 56rem; }
}
"""

TABLES = {
    "shift": ["row", "begin", "end", "label"],
    "travel": ["row", "begin", "end", "colour", "label"],
    "wait": ["row", "begin", "end", "label"],
    "break": ["row", "begin", "end", "label"],
    "stop": ["id", "row", "begin", "end", "colour", "ink", "number", "who", "door", "overdue", "chosen", "required"],
}


def wall(moment: datetime) -> pd.Timestamp:
    """Give a moment's wall time at the branch: a browser elsewhere must show the crew's clock, not its own."""
    return pd.Timestamp(moment.replace(tzinfo=None))


def timeline_rows(routes: Sequence[RouteView], *, selected: str = "", currency: str = "CNY") -> dict[str, pd.DataFrame]:
    """Give the pieces of a day as tables: shift, travel, wait, break and stop, one row a piece.

    Times are wall times of the branch. Travel is what lies between two doors less waiting and breaks: the crew drives,
    then waits before the door until the visit may begin.
    """
    pieces: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for route in routes:
        row, colour = route.crew_name, crew_colour(route.colour)
        shift = (_("Shift"), formats.span(route.shift_starts_at, route.shift_ends_at))
        pieces["shift"].append(
            {
                "row": row,
                "begin": wall(route.shift_starts_at),
                "end": wall(route.shift_ends_at),
                "label": " ".join(shift),
            }
        )
        for begin, end in route.breaks:
            label = f"{_('Break')} {formats.span(begin, end)}"
            pieces["break"].append({"row": row, "begin": wall(begin), "end": wall(end), "label": label})
        at = route.leaves_at
        for stop in route.stops:
            if at is not None and stop.arrives_at > at:
                label = f"{_('Travel')} {formats.span(at, stop.arrives_at)}"
                pieces["travel"].append(
                    {"row": row, "begin": wall(at), "end": wall(stop.arrives_at), "colour": colour, "label": label}
                )
            if stop.begins_at > stop.arrives_at:
                label = f"{_('Waiting')} {formats.span(stop.arrives_at, stop.begins_at)}"
                pieces["wait"].append(
                    {"row": row, "begin": wall(stop.arrives_at), "end": wall(stop.begins_at), "label": label}
                )
            pieces["stop"].append(
                {
                    "id": stop.debtor_id,
                    "row": row,
                    "begin": wall(stop.begins_at),
                    "end": wall(stop.leaves_at),
                    "colour": colour,
                    "ink": ink_on(colour),
                    "number": str(stop.number),
                    "who": stop.name or stop.debtor_id,
                    "door": formats.span(stop.begins_at, stop.leaves_at),
                    "overdue": formats.money(stop.overdue_minor, currency),
                    "chosen": stop.debtor_id == selected,
                    "required": stop.required,
                }
            )
            at = stop.leaves_at
        if at is not None and route.returns_at is not None and route.returns_at > at:
            label = f"{_('Travel')} {formats.span(at, route.returns_at)}"
            pieces["travel"].append(
                {"row": row, "begin": wall(at), "end": wall(route.returns_at), "colour": colour, "label": label}
            )
    return {name: pd.DataFrame(rows, columns=TABLES[name]) for name, rows in pieces.items()}


def timeline(routes: Sequence[RouteView], *, selected: str = "", currency: str = "CNY") -> alt.LayerChart:
    """Draw one day: a row a crew, visits as numbered blocks, travel as a thin line, breaks hatched, waiting dotted.

    Parameters
    ----------
    routes
        Routes of one day, in the order of the rows.
    selected
        Id of the debtor whose block is outlined.
    currency
        Currency of the amounts in the tooltips.
    """
    tables = timeline_rows(routes, selected=selected, currency=currency)
    rows = list(dict.fromkeys(route.crew_name for route in routes))
    times = pd.concat([tables["shift"][["begin", "end"]], tables["travel"][["begin", "end"]]])
    hours = whole_hours(times)
    # Axes and scales are said once, by the first layer; said again they would be merged, with a warning each. The first
    # layer is unseen and holds the whole hours around the day: a domain of moments written out would be warned of, too.
    y_first = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=row_axis())
    x_first = alt.X("begin:T", title=None, scale=alt.Scale(nice=False), axis=hour_axis(hours))
    y, x = alt.Y("row:N", sort=rows, title=None), alt.X("begin:T", title=None)
    told = [alt.Tooltip("label:N", title=" ")]
    edges = pd.DataFrame({"row": rows[:1] * len(hours), "begin": hours, "end": hours})
    frame = alt.Chart(edges).mark_bar(opacity=0).encode(y=y_first, x=x_first, x2="end:T")

    def base(name: str) -> alt.Chart:
        return alt.Chart(tables[name]).encode(y=y, x=x, x2="end:T")

    shift = base("shift").mark_bar(height=ROW_PX - 2, color="#EDF1F5", cornerRadius=6).encode(tooltip=told)
    travel = base("travel").mark_bar(height=3).encode(color=raw("colour"), tooltip=told)
    wait = (
        base("wait")
        .mark_bar(height=10, color="#FFFFFF", stroke=MUTED, strokeWidth=1, strokeDash=[2, 2], cornerRadius=3)
        .encode(tooltip=told)
    )
    pause = (
        base("break")
        .mark_bar(height=BLOCK_PX, color="#CBD3DC", stroke="#A9B4C0", strokeDash=[3, 2], strokeWidth=1, cornerRadius=4)
        .encode(tooltip=told)
    )
    tooltip = [
        alt.Tooltip("who:N", title=_("Debtor")),
        alt.Tooltip("row:N", title=_("Crew")),
        alt.Tooltip("number:N", title=_("Stop")),
        alt.Tooltip("door:N", title=_("At the door")),
        alt.Tooltip("overdue:N", title=_("Overdue")),
    ]
    chosen, required = alt.datum["chosen"], alt.datum["required"]
    stop = (
        base("stop")
        .mark_bar(height=BLOCK_PX, cornerRadius=4)
        .encode(
            color=raw("colour"),
            stroke=alt.condition(chosen | required, alt.value(TEXT), alt.value("#FFFFFF")),
            strokeWidth=alt.condition(chosen, alt.value(3), alt.value(1.2)),
            tooltip=tooltip,
        )
        .add_params(alt.selection_point(PICK, fields=["id"], toggle=False))
    )
    stops = tables["stop"]
    lasts = stops["end"] - stops["begin"]
    shown_s = (hours[-1] - hours[0]).total_seconds() if hours else 1.0
    middle = stops.assign(middle=stops["begin"] + lasts / 2, share=pd.to_timedelta(lasts).dt.total_seconds() / shown_s)
    number = (
        alt.Chart(middle)
        .mark_text(
            fontSize=11,
            fontWeight=600,
            baseline="middle",
            opacity=alt.expr(f"datum.share * width > {NUMBERED_PX} ? 1 : 0"),
        )
        .encode(y=y, x=alt.X("middle:T", title=None), text="number:N", color=raw("ink"), tooltip=tooltip)
    )
    # A layer without rows would draw nothing and warn about its empty extent.
    later = {"shift": shift, "travel": travel, "wait": wait, "break": pause, "stop": alt.layer(stop, number)}
    chart: alt.LayerChart = (
        alt.layer(frame, *(layer for name, layer in later.items() if len(tables[name])))
        .properties(
            height=ROW_PX * max(len(rows), 1) + AXIS_PX,
            width="container",
            padding={"left": 0, "right": 8, "top": 4, "bottom": 0},
        )
        .configure_view(stroke=None)
        .configure(background="transparent", font="system-ui, sans-serif")
    )
    return chart


def picked(answer: Any) -> str:
    """Read the debtor's id out of what a click on the timeline sent back, empty where nothing is chosen.

    >>> picked({"selection": {"pick": [{"id": "D001"}]}}), picked({"selection": {"pick": []}}), picked(None)
    ('D001', '', '')
    """
    points = ((answer or {}).get("selection") or {}).get(PICK) or []
    first = points[0] if points and isinstance(points, list) else {}
    return str(first.get("id", ""))


def raw(column: str) -> alt.Color:
    """Take the colours of a column as they are."""
    return alt.Color(f"{column}:N", scale=None, legend=None)


def row_axis() -> alt.Axis:
    """Give the axis of the crews' names."""
    return alt.Axis(
        domain=False, ticks=False, labelFontSize=13, labelColor=TEXT, labelLimit=150, labelPadding=10, grid=False
    )


def hour_axis(hours: Sequence[pd.Timestamp]) -> alt.Axis:
    """Give the axis of the hours, above the rows."""
    return alt.Axis(
        orient="top",
        format="%H:%M",
        values=[stamp(hour) for hour in hours],
        domain=False,
        tickColor=LINE,
        gridColor="#DDE3EA",
        labelColor=MUTED,
        labelFontSize=12,
        labelOverlap=True,
    )


def whole_hours(times: pd.DataFrame) -> list[pd.Timestamp]:
    """Give the whole hours around everything that is drawn."""
    if times.empty:
        return []
    return list(pd.date_range(times["begin"].min().floor("h"), times["end"].max().ceil("h"), freq="h"))


def stamp(moment: pd.Timestamp) -> alt.DateTime:
    """Write a wall time for the browser."""
    return alt.DateTime(year=moment.year, month=moment.month, date=moment.day, hours=moment.hour, minutes=moment.minute)
