"""The regions' map over an invented crowd, for the browser test and ``benchmarks/cells_browser.py``."""

import os
from pathlib import Path

import streamlit as st

from benchmarks.crowd import EAST, NORTH, SOUTH, WEST, compared, people
from dashboard.maps import Ground
from dashboard.screens import regions_export, regions_map
from dashboard.screens.regions_words import FIGURES
from planner.view.regions import Comparison


@st.cache_resource(max_entries=2)
def crowd(count: int) -> Comparison:
    return compared(people(count))


def squares_page(count: int) -> None:
    found = crowd(count)
    folder = Path(os.environ["ROUNDS_TEST_ROOT"]) / "static" / "basemap"
    ground = Ground("yunxi", folder, "en", ((WEST + EAST) / 2, (SOUTH + NORTH) / 2))
    regions_map.show(found, ground, FIGURES[0], selected="", height=470)
    regions_export.show(found, (), FIGURES[0], made_on=found.view.until)
    st.text("chosen " + str(st.session_state.get("region", "nothing")))
