"""Minutes at doors and hours on the road: what recorded times teach, tried on held-out days, and adopting them."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from config.strict import BadConfig
from config.traffic import parameters_for
from dashboard import formats
from dashboard.charts import draw
from dashboard.screens.learning_charts import FONT, QUIET, finished
from dashboard.screens.who import kept_by
from dashboard.services import Services
from dashboard.text import N_, _, current_language, n_
from dashboard.theme import ACCENT, GREY_DOT
from planner.domain import Branch, Principal, Role
from planner.store import NotAllowed
from planner.times import DOORS, ROADS, TimesAdoption, adopt, go_back, using
from planner.value.parameters import Parameters, Times
from planner.value.times import door_part, road_part
from planner.view.times import Foretold, TimesView, times_view

CONTACTS = {"nobody": N_("Nobody met"), "third_party": N_("Somebody else met"), "right_person": N_("Debtor met")}
WHY: Mapping[str, str] = {
    "no_times": N_("no time of arrival (under 2 minutes)"),
    "at_once": N_("several entered within one minute"),
    "too_long": N_("saved long after the visit"),
    "two_doors": N_("at two doors at once"),
    "other_code": N_("outcome that says nothing of the time"),
    "break": N_("a break on the way"),
    "short": N_("under 2 minutes: parking, not traffic"),
    "waited": N_("may have waited for the window"),
    "strayed": N_("far longer than planned: no drive alone"),
    "order": N_("made in another order"),
    "estimated": N_("planned by straight lines, not streets"),
}
NAMES = {DOORS: N_("Minutes at the door"), ROADS: N_("Hours on the road")}
#: the new times differ from those in use by at least so much somewhere, else nothing is offered
WORTH = 0.02
#: hours that are shown even if nobody drove in them
SHOWN = range(8, 20)
CHART_PX = 210


def show(kit: Services, principal: Principal, branch: Branch) -> None:
    """Show both kinds of times, each with its decision."""
    view = read_view(kit, principal, branch)
    if view.unreadable:
        st.error(_("The adopted times cannot be read, so no plan is made with others in silence: go back below."))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        part(kit, principal, view, DOORS)
    with right:
        part(kit, principal, view, ROADS)


def read_view(kit: Services, principal: Principal, branch: Branch) -> TimesView:
    """Read once for everybody who may see the same, until the data or the day is another."""
    with st.spinner(_("Reading recorded times"), show_time=current_language() == "en"):
        numbers = of_region(kit, branch)
        traffic = numbers.traffic.name if numbers.traffic else ""
        return _cached(kit, principal, branch, numbers, (*kept_by(kit, principal, branch), traffic))


@st.cache_resource(ttl=6 * 3600, max_entries=12, show_spinner=False)
def _cached(
    _kit: Services,
    _principal: Principal,
    branch: Branch,
    _numbers: Parameters,
    key: tuple[str, ...],  # noqa: ARG001
) -> TimesView:
    return times_view(_kit.store, _principal, branch, _numbers)


def of_region(kit: Services, branch: Branch) -> Parameters:
    """Give the defaults with the region's traffic; without it where it cannot be used: whoever plans is told."""
    try:
        return parameters_for(kit.settings, branch.road_region)
    except BadConfig:
        return load_parameters()


def part(kit: Services, principal: Principal, view: TimesView, kind: str) -> None:
    """Show one kind: from how much, chart, table, comparison, decision."""
    st.markdown(f"**{_(NAMES[kind])}**")
    st.caption(basis(view, kind))
    if kind == DOORS:
        draw(door_chart(view))
        door_table(view)
    else:
        draw(hour_chart(view))
        hour_words(view)
    st.markdown(compared(view.doors_foretold if kind == DOORS else view.roads_foretold))
    decide(kit, principal, view, kind)


def basis(view: TimesView, kind: str) -> str:
    """Say from how much it is learnt, and what was left out and why."""
    if kind == DOORS:
        told = n_(
            "{n} visit with times that may be true", "{n} visits with times that may be true", len(view.doors.table)
        )
        left = view.doors.left_out
    else:
        told = n_("{n} leg between two recorded doors", "{n} legs between two recorded doors", len(view.legs.table))
        left = view.legs.left_out
    if not left:
        return told
    why = _("; ").join(f"{formats.number(count)} {_(WHY[reason])}" for reason, count in left.items())
    return told + " · " + _("left out: {why}").format(why=why)


def cell_name(contact: str, rural: bool) -> str:
    """Name a cell."""
    return f"{_(CONTACTS[contact])} · {_('country') if rural else _('town')}"


def door_chart(view: TimesView) -> alt.LayerChart:
    """Draw the cells: learnt with its interval, hollow while an assumption; what is assumed is a tick."""
    rows = view.learnt.doors
    names = [cell_name(one, rural) for one, rural in zip(rows["contact"], rows["rural"], strict=True)]
    shown = pd.DataFrame(
        {
            "name": names,
            "mean": rows["mean"],
            "low": rows["low"],
            "high": rows["high"],
            "assumed": rows["assumed"],
            "fill": np.where(rows["assumption"], "#FFFFFF", ACCENT),
        }
    )
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=220, labelPadding=8, **QUIET))
    base = alt.Chart(shown)
    x = alt.X("mean:Q", title=_("Minutes a visit, the way to the door in"), scale=alt.Scale(zero=False, nice=True))
    return finished(
        base.mark_rule(color=ACCENT, strokeWidth=2).encode(y=y, x=alt.X("low:Q"), x2="high:Q")
        + base.mark_tick(color=GREY_DOT, thickness=2, size=14).encode(y=y, x="assumed:Q")
        + base.mark_point(filled=True, size=70, stroke=ACCENT, opacity=1).encode(
            y=y, x=x, fill=alt.Fill("fill:N", scale=None)
        ),
        CHART_PX,
    )


def door_table(view: TimesView) -> None:
    """Show the numbers of the doors."""
    rows = view.learnt.doors
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(
            {
                "cell": [cell_name(one, rural) for one, rural in zip(rows["contact"], rows["rural"], strict=True)],
                "assumed": rows["assumed"],
                "used": view.used_doors,
                "mean": rows["mean"],
                "range": [f"{formats.number(a, 1)}–{formats.number(b, 1)}"
                          for a, b in zip(rows["low"], rows["high"], strict=True)],
                "cv": 100 * rows["cv"],
                "visits": rows["visits"],
                "state": [_("Assumption") if one else _("Learnt") for one in rows["assumption"]],
            }
        ),
        hide_index=True,
        column_config={
            "cell": st.column_config.TextColumn(_("Who was met, where"), width=210),
            "assumed": number(_("Assumed min"), format="%.1f", width=96),
            "used": number(_("In use"), format="%.1f", width=60),
            "mean": number(_("Learnt"), format="%.1f", width=60),
            "range": st.column_config.TextColumn(_("80% interval"), width=96),
            "cv": number(_("Spread"), format="%.0f%%", width=60, help=_("Standard deviation as a share of the mean")),
            "visits": number(_("Visits"), width=60),
            "state": st.column_config.TextColumn(_("State"), width=86),
        },
    )  # fmt: skip


def hour_chart(view: TimesView) -> alt.LayerChart:
    """Draw the hours' factors: learnt with their intervals, hollow where few legs stand behind them."""
    hours = view.learnt.hours
    rows = hours[hours["hour"].isin(SHOWN) | (hours["legs"] > 0)]
    shown = pd.DataFrame(
        {
            "hour": [f"{hour:02d}" for hour in rows["hour"]],
            "mean": rows["mean"],
            "low": rows["low"],
            "high": rows["high"],
            "used": view.used_hours[rows.index],
            "legs": [formats.number(one) for one in rows["legs"]],
            "fill": np.where(rows["assumption"], "#FFFFFF", ACCENT),
        }
    )
    axis = alt.Axis(labelAngle=0, domain=False, ticks=False, labelFont=FONT)
    x = alt.X("hour:O", title=_("Hour in which the leg begins"), axis=axis)
    y = alt.Y("mean:Q", title=_("Taken / free-flow time"), scale=alt.Scale(zero=False, nice=True))
    tooltip = [
        alt.Tooltip("hour:O", title=_("Hour")),
        alt.Tooltip("mean:Q", title=_("Learnt"), format=".2f"),
        alt.Tooltip("used:Q", title=_("In use"), format=".2f"),
        alt.Tooltip("legs:N", title=_("Legs")),
    ]
    base = alt.Chart(shown)
    return finished(
        base.mark_rule(color=ACCENT, strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
        + base.mark_tick(color=GREY_DOT, thickness=2, size=16).encode(x=x, y="used:Q")
        + base.mark_point(filled=True, size=70, stroke=ACCENT, opacity=1).encode(
            x=x, y=y, fill=alt.Fill("fill:N", scale=None), tooltip=tooltip
        ),
        CHART_PX,
    )


def hour_words(view: TimesView) -> None:
    """Say how far driving strays, and what the marks are."""
    spread = view.learnt
    st.caption(
        _(
            "Point and bar: learnt, with its 80% interval; hollow: fewer than 50 legs, an assumption still. Grey tick: "
            "in use. Driving strays by {day} from day to day and by {leg} from leg to leg."
        ).format(day=formats.percent(spread.day_cv), leg=formats.percent(spread.leg_cv))
    )


def compared(one: Foretold | None) -> str:
    """Say how the held-out days were foretold, old and new."""
    if one is None:
        return _("Nothing to compare yet: too little was recorded on the days that are held out.")
    told = _(
        "From {day} on, {n} held out. Sum foretold, by what was: in use {old}, learnt before {new}. Typical error: "
        "{e_old} and {e_new} minutes."
    ).format(
        day=formats.day(one.held_from),
        n=formats.number(one.count),
        old=formats.percent(one.sum_old),
        new=formats.percent(one.sum_new),
        e_old=formats.number(one.error_old, 2),
        e_new=formats.number(one.error_new, 2),
    )
    if one.better_low > 0:
        return told + " **" + _("The new times foretell better.") + "**"
    if one.better_high < 0:
        return told + " **" + _("The times in use foretell better: do not adopt.") + "**"
    return told + " **" + _("No difference is shown.") + "**"


def moved(view: TimesView, kind: str) -> bool:
    """Say whether what is learnt differs from what is in use."""
    if kind == DOORS:
        told, used, known = view.learnt.doors["mean"], view.used_doors, len(view.doors.table)
    else:
        told, used, known = view.learnt.hours["mean"], view.used_hours, len(view.legs.table)
    return bool(known) and bool((np.abs(told / used - 1) >= WORTH).any())


def decide(kit: Services, principal: Principal, view: TimesView, kind: str) -> None:
    """Offer to adopt, or to go back; others read who decided what."""
    now = using(view.adoptions, kind)
    words = _("Plans use what is assumed.") if now is None else adopted_words(view, now)
    st.caption(words)
    if principal.role is not Role.MANAGER:
        st.caption(_("The branch manager decides."))
        return
    with st.container(horizontal=True):
        label = _("Adopt the minutes") if kind == DOORS else _("Adopt the hours")
        foretold = view.doors_foretold if kind == DOORS else view.roads_foretold
        sure = foretold is not None and foretold.better_low > 0
        if st.button(
            label, type="primary" if sure else "secondary", key=f"times_adopt_{kind}", disabled=not moved(view, kind)
        ):
            attempt(kit, principal, view, kind)
        back = now is not None or view.unreadable
        if back and st.button(_("Back to what is assumed"), key=f"times_back_{kind}"):
            back_again(kit, principal, view, kind)


def adopted_words(view: TimesView, one: TimesAdoption) -> str:
    """Say which adoption plans use."""
    at = one.at.astimezone(ZoneInfo(view.branch.timezone))
    return _("Plans use {name}, adopted {day} by {who}, learnt from {n}.").format(
        name=one.name, day=formats.day(at.date()), who=one.by, n=formats.number(one.count)
    )


def attempt(kit: Services, principal: Principal, view: TimesView, kind: str) -> None:
    """Adopt, or say why not."""
    foretold = view.doors_foretold if kind == DOORS else view.roads_foretold
    times: Times = door_part(view.learnt) if kind == DOORS else road_part(view.learnt)
    try:
        adopt(
            kit.store,
            principal,
            view.branch.code,
            kind,
            times,
            learnt_until=view.until or kit.now().date(),
            count=len(view.doors.table if kind == DOORS else view.legs.table),
            compared={} if foretold is None else foretold.summary(),
            by_crew=crews_in(view, kind),
            now=kit.now(),
        )
    except NotAllowed:
        st.error(_("Your role may not do this."))
        return
    st.rerun()


def crews_in(view: TimesView, kind: str) -> dict[str, int]:
    """Count by crew what the times were learnt from."""
    table = view.doors.table if kind == DOORS else view.legs.table
    return {str(crew): int(count) for crew, count in table["crew_id"].value_counts().items()}


def back_again(kit: Services, principal: Principal, view: TimesView, kind: str) -> None:
    """Go back to what is assumed; what cannot be read is put away whole."""
    if view.unreadable:
        kit.store.save_setting(principal, view.branch.code, "adopted_times", [], now=kit.now())
    else:
        go_back(kit.store, principal, view.branch.code, kind, now=kit.now())
    st.rerun()
