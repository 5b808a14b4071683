"""How evenly the week is shared among the crews: hours, travel and hard visits, each against the crew's share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.charts import draw
from dashboard.screens import hard_visits
from dashboard.services import Services
from dashboard.text import N_, _, joined
from dashboard.theme import ACCENT, LINE, MUTED, TEXT, WARN
from planner.domain import Branch, Principal, Role
from planner.load import LEAST, MOST, TOLERANCE
from planner.view import WeekView

ROW_PX, AXIS_PX = 30, 30
MEASURES: Mapping[str, str] = {
    "hours_s": N_("Hours out"),
    "travel_s": N_("Travel"),
    "hard": N_("Hard visits"),
}


@st.fragment
def show(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> None:
    """Show the section; nothing where one crew works alone or the plan is from before loads were told."""
    crews = view.load.get("crews", {})
    if len(crews) < 2:
        return
    told = _("Within the tolerance") if view.load["within"] else _("Outside the tolerance")
    colour = "green" if view.load["within"] else "orange"
    label = f"**{_('Load of the crews')}** :{colour}[:material/balance: {told}]"
    # Its charts are made when it is opened: what loads them would keep the map waiting.
    section = st.expander(label, key=f"load {view.plan_id}", on_change="rerun")
    if section.open:
        with section:
            charts(kit, principal, branch, view)
            hard_visits.show(kit, principal, branch)


def charts(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> None:
    """Show the three measures beside each other, and the tolerance."""
    crews = view.load["crews"]
    columns = st.columns(3, gap="medium")
    for column, (measure, title) in zip(columns, MEASURES.items(), strict=True):
        with column:
            st.caption(_(title))
            draw(
                bars(crews, measure, view.load["tolerance"], by_hand="by_hand" in view.load),
                key=f"load {measure} {view.plan_id}",
            )
    st.caption(sentence(view))
    if principal.role is Role.MANAGER:
        setting(kit, principal, branch, view)


def bars(crews: Mapping[str, Any], measure: str, tolerance: float, *, by_hand: bool = False) -> alt.LayerChart:
    """Draw each crew's load in per cent of its share, with the tolerance as a band about 100."""
    rows = pd.DataFrame(
        [
            {
                "crew": one["name"],
                "share": 100 * one[measure]["load"] / one[measure]["target"] if one[measure]["target"] else 0.0,
                "before": 100 * one[measure]["before"] / one[measure]["target"] if one[measure]["target"] else 0.0,
                "low": 100 * (1 - width(one[measure], tolerance)),
                "high": 100 * (1 + width(one[measure], tolerance)),
                "colour": ACCENT if one[measure]["inside"] else WARN,
                "label": amount(measure, one[measure]),
                "was": amount(measure, one[measure] | {"load": one[measure]["before"]}),
                "fair": amount(measure, one[measure] | {"load": one[measure]["target"]}),
            }
            for one in crews.values()
        ]
    )
    top = max(130.0, float(rows[["share", "high", "before"]].to_numpy().max()) * 1.25)
    names = rows["crew"].tolist()
    y = alt.Y(
        "crew:N",
        sort=names,
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelColor=TEXT, labelFontSize=12, labelLimit=110, labelPadding=6),
    )
    scale = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(
        values=[0, 100],
        labelExpr="datum.value + '%'",
        grid=False,
        domain=False,
        ticks=False,
        labelColor=MUTED,
        title=None,
    )
    told = [
        alt.Tooltip("crew:N", title=_("Crew")),
        alt.Tooltip("label:N", title=_("Planned")),
        alt.Tooltip("fair:N", title=_("Its share")),
        alt.Tooltip("was:N", title=_("Before this change") if by_hand else _("Before evening out")),
    ]
    base = alt.Chart(rows).encode(y=y)
    band = base.mark_bar(height=ROW_PX - 6, color="#E3EEF7").encode(
        x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q", tooltip=told
    )
    bar = base.mark_bar(height=10, cornerRadiusEnd=3).encode(
        x=alt.X("share:Q", scale=scale), color=alt.Color("colour:N", scale=None, legend=None), tooltip=told
    )
    middle = alt.Chart(pd.DataFrame({"at": [100.0]})).mark_rule(color=LINE).encode(x=alt.X("at:Q", scale=scale))
    text = base.mark_text(align="left", dx=6, fontSize=12, color=TEXT).encode(
        x=alt.X("share:Q", scale=scale), text="label:N", tooltip=told
    )
    chart: alt.LayerChart = (
        alt.layer(band, middle, bar, text)
        .properties(height=ROW_PX * len(rows) + AXIS_PX, width="container")
        .configure_view(stroke=None)
        .configure(background="transparent", font="system-ui, sans-serif")
    )
    return chart


def width(one: Mapping[str, float], tolerance: float) -> float:
    """Give how far a load may lie from its share, as a share of it."""
    return one["allowed"] / one["target"] if one["target"] else tolerance


def amount(measure: str, one: Mapping[str, float]) -> str:
    """Say a load with its unit: hours, or visits."""
    return formats.number(one["load"]) if measure == "hard" else formats.duration(one["load"])


def sentence(view: WeekView) -> str:
    """Say what is compared, and what evening out cost."""
    tolerance = formats.percent(view.load["tolerance"])
    text = _(
        "Each crew against its share of the week, which follows its shift hours; the band is "
        "±{tolerance}. A visit is hard "
        "where the last one ended in a refusal, a dispute or was broken off as unsafe; those of the last {weeks} weeks "
        "count too."
    ).format(tolerance=tolerance, weeks=formats.number(view.load["memory_weeks"]))
    if "by_hand" in view.load:
        return joined(text, _("As it is after the changes by hand; they are not evened out."))
    price = float(view.load["price"])
    if price < 1:
        return joined(text, _("Evening out cost nothing."))
    cost = _("Evening out cost {price} of {value}.").format(
        price=formats.money(100 * price, view.currency),
        value=formats.money(100 * view.metrics["value"], view.currency),
    )
    return joined(text, cost)


def setting(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> None:
    """Let the manager set the tolerance; the next plan keeps it."""
    with st.popover(_("Tolerance"), icon=":material/tune:"):
        now = kit.store.setting(principal, branch.code, TOLERANCE)
        shown = round(100 * float(now if isinstance(now, int | float) else view.load["tolerance"]))
        wanted = st.slider(
            _("How far a crew may lie from its share, per cent"), round(100 * LEAST), round(100 * MOST), shown, step=5
        )
        st.caption(_("The next plan keeps it, as far as it costs no more than the stated price."))
        if st.button(_("Save"), key="save tolerance") and wanted != shown:
            kit.store.save_setting(principal, branch.code, TOLERANCE, wanted / 100, now=kit.now())
            st.toast(_("Saved: the next plan keeps it."), icon=":material/check_circle:")
