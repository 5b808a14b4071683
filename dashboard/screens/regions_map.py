"""The regions' map: districts from afar, squares of the ground from near, without running the rest of the page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import formats, maps
from dashboard.maps import Ground
from dashboard.screens import regions_spots
from dashboard.screens.regions_words import PER_100, UNITS, Figure, verdict_word
from dashboard.screens.who import spoken_key
from dashboard.text import _
from planner.cells import FEWEST
from planner.view.regions import Comparison, RegionsView

NO_SQUARES = "districts"


@st.fragment
def show(found: Comparison, ground: Ground, figure: Figure, *, selected: str, height: int) -> None:
    """Show the map; a move of it runs this function alone, a chosen district the page."""
    view = found.view
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        rate = choice(figure, with_customers=found.squares.with_customers)
        spots = view.spots if regions_spots.choice() else None
    seen = maps.seen(ground, "regions")
    if rate == NO_SQUARES or seen is None or maps.far_out(seen, view.districts):
        drawing = maps.region_map(
            view.districts,
            dict(zip(view.table["region"], view.table[figure.column].astype(float), strict=True)),
            ground,
            title=formats.heading(_(figure.unit), view.currency),
            written=writer(figure.column, view.currency),
            facts=facts(view),
            selected=selected,
            spots=spots,
        )
    else:
        drawing = maps.cell_map(
            found.squares,
            seen,
            view.districts,
            ground,
            rate=rate,
            title=formats.heading(_(UNITS[rate]), view.currency),
            written=writer(rate, view.currency),
            told=tuple(view.table.loc[view.table[figure.column].notna(), "region"].astype(str)),
            selected=selected,
            spots=spots,
        )
    clicked = maps.show(drawing, height=height, moving=True)
    if spots is not None:
        st.caption(regions_spots.told(spots))
    if clicked and clicked != st.session_state.get("region_clicked"):
        st.session_state["region_clicked"], st.session_state["region"] = clicked, clicked.id
        st.rerun()


def choice(figure: Figure, *, with_customers: bool) -> str:
    """Let the reader choose what squares show when the map is near enough."""
    names = {figure.column: _(figure.title), PER_100: _("Debtors per 100 customers"), NO_SQUARES: _("No squares")}
    if not with_customers:
        names.pop(PER_100)
    chosen = st.segmented_control(
        _("Squares when zoomed in"),
        list(names),
        format_func=names.__getitem__,
        default=figure.column,
        required=True,
        key=spoken_key(f"regions_squares {figure.column}"),
        help=_(
            "Zoom in and the districts give way to squares of ground. A square shows the figure of the debtors who "
            "live in it, before the past is taken into account, and only where at least {n} debtors who may be visited "
            "and {n} customers live: else it stays blank. Squares are as small as the view and this rule allow."
        ).format(n=FEWEST),
    )
    return str(chosen or figure.column)


def writer(column: str, currency: str) -> Callable[[float | None], str]:
    """Give what writes a figure for the map."""
    if column == PER_100:
        return lambda value: formats.number(value, 1)
    return lambda value: (
        formats.money_short(value, currency) if abs(value or 0) >= 1_000_000 else formats.money(value, currency)
    )


def facts(view: RegionsView) -> dict[str, list[tuple[str, str]]]:
    """Give the lines of a district's tooltip."""
    return {
        str(row["region"]): [
            (_("Debtors"), formats.number(row["debtors"])),
            (_("Verdict"), verdict_word(view.verdicts.get(str(row["region"])))),
            (_("Actual ÷ expected"), formats.number(row["ratio"], 2)),
        ]
        for row in view.table.to_dict("records")
    }
