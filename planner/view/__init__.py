"""What a screen shows, computed once: a week, a crew's day, a branch's regions. Values only; no text, no colours.

A view is read from the store and a saved plan. The Streamlit pages and the plain phone page read the same views, so
that two screens never disagree.
"""

from planner.view.day import DayStop, DayView, day_view
from planner.view.week import GroupView, LeftOutView, RouteView, StopView, WeekView, week_view

__all__ = [
    "DayStop",
    "DayView",
    "GroupView",
    "LeftOutView",
    "RouteView",
    "StopView",
    "WeekView",
    "day_view",
    "week_view",
]
