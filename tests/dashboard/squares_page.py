"""The regions' map over an invented crowd, for the browser test and ``benchmarks/cells_browser.py``."""

import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from benchmarks.crowd import EAST, NORTH, SOUTH, WEST, compared, people
from dashboard.maps import Ground
from dashboard.screens import regions_export, regions_map
from dashboard.screens.regions_words import FIGURES
from planner.tables import conform
from planner.view.regions import Comparison
from planner.view.spots import SPOTS

#: two hot squares side by side and a cold one
NAMED = [
    {"west": west, "south": 29.0, "east": west + 0.25, "north": 29.25, "place": place}
    | {"debtors": 9, "payments": 6, "expected_payments": 2.0, "p_adjusted": 0.01}
    for west, place in ((109.0, "hot"), (109.25, "hot"), (111.0, "cold"))
]


@st.cache_resource(max_entries=2)
def crowd(count: int) -> Comparison:
    found = compared(people(count))
    return replace(found, view=replace(found.view, spots=conform(pd.DataFrame(NAMED), SPOTS)))


def squares_page(count: int, called: str = "") -> None:
    """Show the regions of so many people, each district by its number after what it is ``called``."""
    found = crowd(count)
    if called:
        districts = found.view.districts
        named = districts.assign(name_en=[f"{called}{n}" for n in range(len(districts))])
        found = replace(found, view=replace(found.view, districts=named))
    folder = Path(os.environ["ROUNDS_TEST_ROOT"]) / "static" / "basemap"
    ground = Ground("yunxi", folder, "en", ((WEST + EAST) / 2, (SOUTH + NORTH) / 2))
    regions_map.show(found, ground, FIGURES[0], selected="", height=470)
    regions_export.show(found, (), FIGURES[0], made_on=found.view.until)
    st.text("chosen " + str(st.session_state.get("region", "nothing")))
