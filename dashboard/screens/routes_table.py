"""The routes as a table: where each crew's time goes, one row a crew and day."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.money_column import money_column
from dashboard.text import _
from dashboard.text.glossary import meaning
from planner.view import RouteView


def rows(routes: Sequence[RouteView]) -> pd.DataFrame:
    """Give the table, shares in percent, times in minutes, money in currency units."""
    return pd.DataFrame(
        [
            {
                "day": formats.day(route.day),
                "crew": route.crew_name,
                "visits": len(route.stops),
                "out": formats.span(route.leaves_at, route.returns_at),
                "shift": formats.span(route.shift_starts_at, route.shift_ends_at),
                "in_time": scaled(route.finish.in_time, 100) if route.finish else None,
                "overtime": route.finish.overtime.total_seconds() / 60 if route.finish else None,
                "travel": route.efficiency["travel_s"] / 60,
                "door": route.efficiency["service_s"] / 60,
                "waiting": route.efficiency["waiting_s"] / 60,
                "share": scaled(route.efficiency["travel_share"], 100),
                "pace": route.efficiency["visits_per_hour"],
                "value": round(route.efficiency["value"]),
                "hourly": scaled(route.efficiency["value_per_field_hour"], 1),
            }
            for route in routes
        ]
    )


def scaled(rate: float | None, by: float) -> float | None:
    """Give a rate in the table's unit, None where it is not defined: nothing was done in no time.

    >>> scaled(0.25, 100), scaled(None, 100)
    (25.0, None)
    """
    return None if formats.is_unknown(rate) or rate is None else rate * by


def how_sure() -> str:
    """Say how the chance to end in time is computed."""
    return _(
        "The chance that the crew is back by the end of its shift. How is this computed? The planned day is lived "
        "through 2,000 times: nobody, somebody else or the debtor at each door, talks of different length, slower and "
        "quicker roads. The minutes and their spread are assumptions. Plan with more certainty to keep a reserve."
    )


def how_late() -> str:
    """Say what the expected overtime is."""
    return _("Minutes after the end of the shift to expect, in the mean of the same 2,000 days; 0 on days in time.")


def show(routes: Sequence[RouteView], currency: str) -> None:
    """Show the table under the timeline or instead of it."""
    if not routes:
        st.caption(_("No crew is out in this choice."))
        return
    st.dataframe(
        rows(routes),
        hide_index=True,
        placeholder=formats.UNKNOWN,
        column_config={
            "day": st.column_config.TextColumn(_("Day"), width=106),
            "crew": st.column_config.TextColumn(_("Crew"), width=100),
            "visits": st.column_config.NumberColumn(_("Visits"), width=58),
            "out": st.column_config.TextColumn(_("Out and back"), width=100),
            "shift": st.column_config.TextColumn(_("Shift"), width=100, help=meaning("shift")),
            "in_time": st.column_config.NumberColumn(_("Ends in time"), format="%.0f%%", width=92, help=how_sure()),
            "overtime": st.column_config.NumberColumn(_("Overtime min"), format="%.0f", width=100, help=how_late()),
            "travel": st.column_config.NumberColumn(_("Travel min"), format="%.0f", width=84),
            "door": st.column_config.NumberColumn(_("Doors min"), format="%.0f", width=80),
            "waiting": st.column_config.NumberColumn(_("Waiting min"), format="%.0f", width=92),
            "share": st.column_config.ProgressColumn(
                _("Travel share"), format="%.0f%%", min_value=0, max_value=100, width=88, help=meaning("travel share")
            ),
            "pace": st.column_config.NumberColumn(_("Visits / h"), format="%.1f", width=72),
            "value": money_column(_("Expected uplift ¥"), currency, 122, told=meaning("uplift")),
            "hourly": money_column(_("¥ per field hour"), currency, 116, told=meaning("field hour")),
        },
    )
