"""How the accounts that fell overdue in a month run off: the vintage chart and its table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.charts import draw
from dashboard.screens import risk_charts, risk_how
from dashboard.text import _
from planner.portfolio import CURVES, curve, vintages
from planner.view.risk import RiskView

#: newest cohorts that are drawn; older ones are in the workbook
COHORTS = 6


def show(part: RiskView) -> None:
    """Show how the accounts that fell overdue in a month run off."""
    st.markdown("**" + _("Vintages: share still overdue by days since falling overdue") + "**")
    curves = vintages(part.spells)
    last = curves["cohort"].drop_duplicates().sort_values().tail(COHORTS)
    drawn = curves[curves["cohort"].isin(last)]
    if drawn.empty:
        st.caption(_("Too few accounts were seen from the day they fell overdue: it takes more lists."))
        return
    every = curve(part.spells)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw(risk_charts.vintage(drawn, every if len(every) else every.reindex(columns=list(CURVES))))
    with right:
        st.dataframe(cohort_table(drawn, every), hide_index=True, width="stretch")
        common = int(drawn.groupby("cohort")["age_days"].max().min())
        st.caption(
            _(
                "Still 30, 60, 90 days overdue, with {level} intervals. The cohorts drawn can all be compared up to "
                "day {days}; a younger one has not got further yet. Grey: all cohorts together."
            ).format(days=common, level=formats.percent(risk_how.LEVEL))
        )


def cohort_table(curves: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """Give the share still overdue at three ages as words, newest cohort first."""
    rows = []
    whole = every.assign(cohort=_("All"))
    for name, part in [*reversed(list(curves.groupby("cohort"))), (_("All"), whole)]:
        at = {int(row["age_days"]): row for row in part.to_dict("records")}
        row = {_("Fell overdue in"): name, _("Accounts"): formats.number(part["spells"].iloc[0] if len(part) else 0)}
        for days in (30, 60, 90):
            found = at.get(days)
            row[_("{days} days").format(days=days)] = (
                formats.UNKNOWN
                if found is None
                else f"{formats.percent(found['still'])} ({formats.number(100 * found['low'])}–"
                f"{formats.number(100 * found['high'])})"
            )
        rows.append(row)
    return pd.DataFrame(rows)
