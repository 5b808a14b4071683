"""Where past visits paid more or less often than expected: squares over the districts, and what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping

import altair as alt
import pandas as pd
import shapely
import streamlit as st

from dashboard import formats
from dashboard.screens.regions_charts import FONT
from dashboard.screens.regions_pair import names_of
from dashboard.text import N_, _, n_
from dashboard.theme import CREWS, LINE, MUTED, TEXT
from planner.view.regions import RegionsView
from planner.view.spots import FEWEST_DEBTORS

#: what a square is, in words; hot is orange and cold is blue, which stay apart for colour-blind eyes
PLACES: Mapping[str, tuple[str, str]] = {
    "hot": (N_("Pays more often, and so do its neighbours"), CREWS[4]),
    "cold": (N_("Pays less often, and so do its neighbours"), CREWS[0]),
    "high_beside_low": (N_("Pays more often than its neighbours"), CREWS[1]),
    "low_beside_high": (N_("Pays less often than its neighbours"), CREWS[5]),
    "none": (N_("Within what chance gives"), "#C9CED6"),
    "unknown": (N_("Cannot tell"), "#ECEEF1"),
}
PICTURE_PX = 330


def show(view: RegionsView) -> None:
    """Show the squares, or why there are none."""
    st.markdown("**" + _("Hot and cold spots of past visits") + "**")
    if view.spots.empty:
        st.caption(_("No square has visits to {n} debtors yet.").format(n=FEWEST_DEBTORS))
        return
    counts = view.spots["place"].value_counts()
    hot, cold = int(counts.get("hot", 0)), int(counts.get("cold", 0))
    if (view.spots["place"] == "unknown").all():
        told = _("Too few squares with visits side by side: nothing can be told yet.")
    elif hot or cold:
        squares = (n_("{n} hot square", "{n} hot squares", hot), n_("{n} cold square", "{n} cold squares", cold))
        told = _(", ").join(squares) + _(".")
    else:
        told = _("No square stands out: what differs between them is within chance.")
    how = _(
        "Squares of about 1.1 km with at least {n} debtors visited in twelve weeks; local Moran of how often "
        "visits paid, at most one false alarm in twenty squares named."
    ).format(n=FEWEST_DEBTORS)
    st.caption(f"{told} {how}")
    st.altair_chart(picture(view))


def picture(view: RegionsView) -> alt.LayerChart:
    """Draw districts and squares."""
    ground = [feature(shapely.normalize(one.simplify(0.0005)), {}) for one in view.districts.geometry]
    names = names_of(view)
    middle = view.districts.geometry.representative_point()
    labels = pd.DataFrame(
        {"lon": middle.x, "lat": middle.y, "name": [names.get(str(code), "") for code in view.districts["code"]]}
    )
    squares = [
        feature(
            shapely.box(row["west"], row["south"], row["east"], row["north"]),
            {
                "place": _(PLACES[row["place"]][0]),
                "paid": formats.number(row["payments"]),
                "expected": formats.number(row["expected_payments"], 1),
                "debtors": formats.number(row["debtors"]),
                "p": formats.number(row["p_adjusted"], 3),
            },
        )
        for row in view.spots.to_dict("records")
    ]
    there = [key for key in PLACES if (view.spots["place"] == key).any()]
    colour = alt.Color(
        "properties.place:N",
        scale=alt.Scale(domain=[_(PLACES[key][0]) for key in there], range=[PLACES[key][1] for key in there]),
        legend=alt.Legend(title=None, orient="bottom", columns=1, labelColor=TEXT, labelLimit=320),
    )
    land = alt.Chart(alt.Data(values=ground))  # type: ignore[no-untyped-call]
    land = land.mark_geoshape(fill="#F3F4F6", stroke=LINE)
    cells = (
        alt.Chart(alt.Data(values=squares))  # type: ignore[no-untyped-call]
        .mark_geoshape(stroke="#FFFFFF", strokeWidth=0.5, opacity=0.9)
        .encode(
            color=colour,
            tooltip=[
                alt.Tooltip("properties.place:N", title=" "),
                alt.Tooltip("properties.paid:N", title=_("Visits that brought money")),
                alt.Tooltip("properties.expected:N", title=_("Expected")),
                alt.Tooltip("properties.debtors:N", title=_("Debtors visited")),
                alt.Tooltip("properties.p:N", title="p"),
            ],
        )
    )
    words = (
        alt.Chart(labels).mark_text(fontSize=10, color=MUTED).encode(longitude="lon:Q", latitude="lat:Q", text="name:N")
    )
    chart: alt.LayerChart = (
        alt.layer(land, cells, words)
        .properties(height=PICTURE_PX, width="container")
        .project(type="mercator")
        .configure_view(stroke=None)
        .configure(background="transparent", font=FONT)
    )
    return chart


def feature(geometry: shapely.Geometry, properties: Mapping[str, str]) -> dict[str, object]:
    """Give a GeoJSON feature whose rings run clockwise, as the chart's sphere wants them."""
    turned = shapely.orient_polygons(geometry, exterior_cw=True)
    return {"type": "Feature", "properties": dict(properties), "geometry": json.loads(shapely.to_geojson(turned))}
