"""How recovery density went over the past weeks: one district, another beside it, and all together."""

from __future__ import annotations

from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from dashboard import formats
from dashboard.screens.regions_charts import FONT
from dashboard.text import _
from dashboard.theme import ACCENT, CREWS, LINE, MUTED, TEXT
from planner.view.past_weeks import EVERY

#: the two districts' colours; all together are grey
FIRST, SECOND = ACCENT, CREWS[4]


def lines(weeks: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Give the points of the chart: paid by recorded field hour of the named districts and of all.

    Parameters
    ----------
    weeks
        ``planner.view.past_weeks.WEEKS``.
    names
        Name by code of the districts to draw, in order.

    Returns
    -------
    DataFrame
        ``region`` ("" for all), ``name``, ``week_on``, ``visits``, ``payments``, ``paid`` and ``per_hour`` in the
        currency's unit; ``per_hour`` is NaN in a week without recorded hours.
    """
    # All together last: summed before anything was kept back, and not from what is left to be seen.
    chosen = weeks[weeks["region"].isin([*names, EVERY])].sort_values(
        "region", key=lambda one: one == EVERY, kind="stable", ignore_index=True
    )
    hours = chosen["hours"].where(chosen["hours"] > 0)
    return chosen.assign(
        name=chosen["region"].map({**names, EVERY: _("All districts")}),
        paid=chosen["actual_minor"] / 100,
        per_hour=chosen["actual_minor"] / 100 / hours,
    )


def weekly(weeks: pd.DataFrame, names: dict[str, str], *, currency: str, until: date) -> alt.LayerChart | None:
    """Draw paid by recorded field hour, week by week; None where no visit was recorded.

    ``until`` is today there: a week that holds it is not over, and the axis says so.
    """
    if not int(weeks["visits"].sum()):
        return None
    points = lines(weeks, names)
    known = points[points["per_hour"].notna()]
    running = bool((known["week_on"] + pd.Timedelta(weeks=1) > pd.Timestamp(until)).any())
    order = [*names.values(), _("All districts")]
    colours = [*[FIRST, SECOND][: len(names)], MUTED]
    drawn = pd.DataFrame(
        {
            "week": [f"{week:%m-%d}" for week in known["week_on"]],
            "name": known["name"],
            "value": known["per_hour"],
            "visits": known["visits"],
            "when": [formats.day(week.date()) for week in known["week_on"]],
            "told": [formats.money(value * 100, currency) for value in known["per_hour"]],
            "paid": [formats.money(value, currency) for value in known["actual_minor"]],
            "how_many": [
                f"{formats.number(paid)} / {formats.number(all_visits)}"
                for paid, all_visits in zip(known["payments"], known["visits"], strict=True)
            ],
        }
    )
    x = alt.X(
        "week:O",
        sort=None,
        axis=alt.Axis(
            title=_("Week beginning; the last is not over") if running else _("Week beginning"),
            titleColor=MUTED,
            titleFontWeight="normal",
            labelAngle=0,
            labelOverlap="parity",
        ),
    )
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(zero=True, nice=True),
        axis=alt.Axis(
            title=formats.heading(_("¥ paid per recorded field hour"), currency),
            titleColor=MUTED,
            titleFontWeight="normal",
            format=",.0f",
            gridColor=LINE,
        ),
    )
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=order, range=colours),
        legend=alt.Legend(title=None, orient="top", labelColor=TEXT, symbolType="stroke", symbolStrokeWidth=3),
    )
    base = alt.Chart(drawn).encode(x=x, y=y, color=colour)
    line = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash(
            "name:N", scale=alt.Scale(domain=order, range=[[1, 0]] * len(names) + [[4, 3]]), legend=None
        )
    )
    largest = max(float(np.max(drawn["visits"])), 1.0)
    dot = base.mark_point(filled=True, opacity=1).encode(
        size=alt.Size("visits:Q", scale=alt.Scale(domain=[0, largest], range=[8, 120]), legend=None),
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("when:N", title=_("Week beginning")),
            alt.Tooltip("told:N", title=formats.heading(_("¥ paid per recorded field hour"), currency)),
            alt.Tooltip("paid:N", title=_("Paid at the doors")),
            alt.Tooltip("how_many:N", title=_("Visits that brought money")),
        ],
    )
    chart: alt.LayerChart = (
        alt.layer(line, dot)
        .properties(height=280, width="container")
        .configure_view(stroke=None)
        .configure_axis(labelColor=TEXT, domain=False, ticks=False)
        .configure(background="transparent", font=FONT)
    )
    return chart
