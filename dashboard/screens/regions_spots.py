"""Where past visits paid more or less often than expected: a layer of the regions' map, and what it says in words."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.screens.who import spoken_key
from dashboard.text import _, n_
from planner.view.spots import FEWEST_DEBTORS


def choice() -> bool:
    """Let the reader lay the spots over the map; off until somebody asks."""
    return st.toggle(_("Hot and cold spots"), key=spoken_key("regions_spots"), help=how())


def how() -> str:
    """Say how a square comes to be named."""
    return _(
        "Squares of about 1.1 km with at least {n} debtors visited in twelve weeks; local Moran of how often "
        "visits paid, at most one false alarm in twenty squares named."
    ).format(n=FEWEST_DEBTORS)


def told(spots: pd.DataFrame) -> str:
    """Say how many squares stand out, or why none does.

    Parameters
    ----------
    spots
        ``planner.view.spots.SPOTS``.
    """
    if spots.empty:
        return _("No square has visits to {n} debtors yet.").format(n=FEWEST_DEBTORS)
    if (spots["place"] == "unknown").all():
        return _("Too few squares with visits side by side: nothing can be told yet.")
    counts = spots["place"].value_counts()
    hot, cold = int(counts.get("hot", 0)), int(counts.get("cold", 0))
    if not (hot or cold):
        return _("No square stands out: what differs between them is within chance.")
    squares = (n_("{n} hot square", "{n} hot squares", hot), n_("{n} cold square", "{n} cold squares", cold))
    return _(", ").join(squares) + _(".")
