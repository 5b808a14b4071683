"""Where accounts went from bucket to bucket in a month, and roll rates over the months."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.charts import draw
from dashboard.screens import risk_charts, risk_how
from dashboard.screens.who import spoken_key
from dashboard.text import _
from planner.portfolio import migration, rates
from planner.view.risk import RiskView


def show(part: RiskView, *, by_money: bool) -> None:
    """Show the matrix of one month, and the roll rates over the months beside the default assumption."""
    left, right = st.columns([3, 2], gap="medium")
    months = part.moves.drop_duplicates("window").set_index("window")[["from_on", "to_on"]].sort_index()
    with left:
        st.markdown("**" + _("From bucket to bucket") + "**")
        spans = {int(k): span(row["from_on"].date(), row["to_on"].date()) for k, row in months.iterrows()}  # type: ignore[call-overload]
        chosen = st.selectbox(
            _("Month"), list(spans), format_func=spans.__getitem__, key=spoken_key("risk_month"), width=340
        )
        month = part.moves[part.moves["window"] == chosen]
        matrix = migration(month, by_money=by_money)
        matrix = matrix[~matrix["debtors"].between(1, part.fewest - 1)]
        draw(risk_charts.heat(matrix.assign(moved_minor=amounts(matrix, part.fewest)), currency=part.currency))
        st.caption(
            _(
                "Each row is a bucket of the earlier list, shares add up to 100%. “Left” is paid up, handed over or "
                "written off: the lists do not say which. Pale: fewer than 20 accounts."
            )
        )
    with right:
        st.markdown("**" + _("Share that rolls on to the next bucket") + "**")
        st.caption(
            _(
                "Month by month with {level} intervals; dashed: the default assumption where nothing is measured."
            ).format(level=formats.percent(risk_how.LEVEL))
        )
        assumed = {bucket.value: float(one) for bucket, one in load_parameters().roll_forward.items()}
        table = over_months(part.moves, by_money=by_money)
        draw(risk_charts.rolls(table, assumed))


def amounts(matrix: pd.DataFrame, fewest: int) -> pd.Series:
    """Give what moved, unknown in a cell of too few debtors, however many accounts they have."""
    return matrix["moved_minor"].astype("float64").mask(matrix["moved_debtors"].between(1, fewest - 1))


def over_months(moves: pd.DataFrame, *, by_money: bool) -> pd.DataFrame:
    """Give the rates of every month with ``to_on``, the day on which it ends, oldest first."""
    parts = [
        rates(month, "", by_money=by_money).assign(to_on=month["to_on"].max(), days=gap(month))
        for _window, month in moves.groupby("window")
    ]
    return pd.concat(parts[::-1], ignore_index=True)


def gap(month: pd.DataFrame) -> int:
    """Give how many days lie between the two lists of a month."""
    return int((month["to_on"] - month["from_on"]).dt.days.max())


def span(begin: object, end: object) -> str:
    """Name two days and how far apart they are."""
    days = (end - begin).days  # type: ignore[operator]
    return _("{first} → {last} ({days} days)").format(first=formats.day(begin), last=formats.day(end), days=days)  # type: ignore[arg-type]
