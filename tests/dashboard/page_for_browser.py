"""A page with a week's map and its timeline, for the browser tests."""

import os
from pathlib import Path

import streamlit as st

from dashboard import maps
from dashboard.charts import timeline
from dashboard.maps import Ground
from dashboard.principal import current_principal
from tests.dashboard.fakes import CENTRE, HOSTILE, route, stop, week
from tests.dashboard.squares_page import squares_page

ICON = Path(__file__).parent.parent.parent / "dashboard" / "assets" / "icon.png"
st.set_page_config(page_title="Rounds", page_icon=str(ICON), layout="wide")
st.text(f"acting as {current_principal().name}")
if "squares" in st.query_params:
    squares_page(int(st.query_params["squares"]))
    st.stop()
ground = Ground("yunxi", Path(os.environ["ROUNDS_TEST_ROOT"]) / "static" / "basemap", "zh", CENTRE)
named = tuple(stop(number, name=name) for number, name in enumerate(HOSTILE, start=1))
plan = week(left=30, routes=(type(route())(**{**vars(route()), "stops": named, "crew_name": HOSTILE[0]}), route(1, 6)))
clicked = maps.show(maps.week_map(plan, ground), height=420)
st.text(f"clicked {clicked.id if clicked else None}")
st.altair_chart(timeline(plan.routes), width="stretch")
