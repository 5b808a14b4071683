"""Districts and products compared by one figure, with intervals."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.charts import draw
from dashboard.screens import risk_charts, risk_how
from dashboard.screens.overdue_words import PRODUCTS
from dashboard.screens.risk_words import AT_RISK, DIMENSIONS, RISK_FIGURES, bucket_name, names
from dashboard.screens.who import spoken_key
from dashboard.text import _
from planner.portfolio import THRESHOLDS, at_risk, rates
from planner.portfolio.at_risk import overdue
from planner.portfolio.change import months_compared
from planner.portfolio.rates import MONTHLY
from planner.view.risk import RiskView


def show(part: RiskView, *, by_money: bool) -> None:
    """Compare districts and products by one figure, rates over the newest months together."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**" + _("By district and product") + "**")
        options = [f"{figure} {bucket}" for figure in RISK_FIGURES for bucket in MONTHLY]
        options += [f"{AT_RISK} {days}" for days in THRESHOLDS]
        chosen = st.selectbox(
            _("Figure"),
            options,
            format_func=figure_name,
            key=spoken_key("risk_figure"),
            width=260,
            label_visibility="collapsed",
        )
    figure, which = (chosen or options[0]).split()
    for column, dimension in zip(st.columns(2, gap="medium"), DIMENSIONS, strict=True):
        found = (
            at_risk_of(part, dimension, int(which))
            if figure == AT_RISK
            else rates_of(part, dimension, which, by_money=by_money)
        )
        here = found[found["figure"] == figure]
        level = float(here.loc[here["whole"], "value"].iloc[0])
        said = names(part) if dimension == "region" else {one: _(text) for one, text in PRODUCTS.items()}
        table = here[~here["whole"]]
        with column:
            draw(risk_charts.dots(table.assign(name=[said.get(s, s) for s in table["segment"]]), level))
    level_told = formats.percent(risk_how.LEVEL)
    if figure == AT_RISK:
        told = _(
            "Principal more than {days} days past due as a share of the principal on the list there, {level} "
            "intervals; the number: accounts. The line: all together. Hollow: fewer than 20 accounts, too few to tell."
        ).format(days=which, level=level_told)
    else:
        told = _(
            "The last {months} months together, {level} intervals; the number: accounts. The line: all together. "
            "Hollow: fewer than 20 accounts, too few to tell."
        ).format(months=max(months_compared(part.moves), 1), level=level_told)
    st.caption(told)


def rates_of(part: RiskView, dimension: str, bucket: str, *, by_money: bool) -> pd.DataFrame:
    """Give the rates of a bucket over the newest months, by segment and of the ``whole``."""
    recent = part.moves[part.moves["window"] < max(months_compared(part.moves), 1)]
    whole = rates(recent, "", by_money=by_money, buckets=[bucket]).assign(whole=True)
    each = rates(recent, dimension, by_money=by_money, buckets=[bucket]).assign(whole=False)
    return pd.concat([each[~each["debtors"].between(1, part.fewest - 1)], whole], ignore_index=True)


def at_risk_of(part: RiskView, dimension: str, days: int) -> pd.DataFrame:
    """Give portfolio at risk among what is on the list, by segment and of the ``whole``."""
    cuts = [*((str(name), here, False) for name, here in overdue(part.now).groupby(dimension)), ("", part.now, True)]
    of = part.told_of(dimension)
    told = [(name, here, whole) for name, here, whole in cuts if whole or not part.fewest or days in of[name]]
    found = [at_risk(here).assign(segment=name, whole=whole, figure=AT_RISK) for name, here, whole in told]
    table = pd.concat(found, ignore_index=True)
    table["value"] = table["value"].mask(table["whole"] & part.hides(part.now, days))
    return table[table["over_days"] == days]


def figure_name(key: str) -> str:
    """Name a figure of a bucket."""
    figure, which = key.split()
    if figure == AT_RISK:
        return _("PAR {days}").format(days=which) + " · " + _("of listed")
    return _(RISK_FIGURES[figure]).format(bucket=bucket_name(which))
