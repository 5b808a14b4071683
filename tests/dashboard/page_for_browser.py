"""A page with a week's map and its timeline, for the browser tests."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import streamlit as st

from dashboard import maps
from dashboard.maps import Ground
from dashboard.maps.week import ALL, Choice, Chosen
from dashboard.principal import current_principal
from planner.view import GroupView
from tests.dashboard.fakes import CENTRE, HOSTILE, at, route, stop, week
from tests.dashboard.squares_page import squares_page

ICON = Path(__file__).parent.parent.parent / "dashboard" / "assets" / "icon.png"
st.set_page_config(page_title="Rounds", page_icon=str(ICON), layout="wide")
st.text(f"acting as {current_principal().name}")
if "squares" in st.query_params:
    squares_page(int(st.query_params["squares"]), st.query_params.get("called", ""))
    st.stop()
ground = Ground("yunxi", Path(os.environ["ROUNDS_TEST_ROOT"]) / "static" / "basemap", "zh", CENTRE)
named = tuple(stop(number, name=name) for number, name in enumerate(HOSTILE, start=1))
plan = week(left=30, routes=(type(route())(**{**vars(route()), "stops": named, "crew_name": HOSTILE[0]}), route(1, 6)))
if "group" in st.query_params:
    ring = ((109.56, 29.09), (109.58, 29.09), (109.58, 29.11), (109.56, 29.09))
    plan = replace(plan, visit_groups={"g9": GroupView("g9", "刘家塘", HOSTILE[0], 6, 5_400, None, 300_000.0, ring)})
    maps.show(maps.week_map(plan, ground, group="g9" if st.session_state.get("pick") else ""), height=420)
    st.container(height=1200)
    st.checkbox("choose the group", key="pick")
    st.stop()
if "nobody" in st.query_params:  # a day without visits, as on the week page and as on the page of what-ifs
    other = route().day + timedelta(days=1)
    maps.show(maps.week_drawing(ground, maps.prepared(plan, Choice(day=other))), height=560)
    maps.show(maps.plan_pair([plan], ground, day=other)[0], height=420)
    st.stop()
clicked = maps.show(maps.week_drawing(ground, maps.prepared(plan, ALL), Chosen(now=at(10, 0))), height=560)
st.text(f"clicked {clicked.id if clicked else None}")
