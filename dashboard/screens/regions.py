"""Districts compared: recovery density with intervals, clustered or scattered and what follows, actual by expected."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import formats
from dashboard.beside import done_beside
from dashboard.charts import draw
from dashboard.comparing import Compared, compare
from dashboard.principal import current_principal
from dashboard.screens import (
    regions_card,
    regions_export,
    regions_how,
    regions_map,
    regions_outlook,
    regions_pair,
    regions_standing,
    regions_table,
    tiles,
)
from dashboard.screens.regions_charts import ranking
from dashboard.screens.regions_words import FIGURES, Figure
from dashboard.screens.tiles import Tile
from dashboard.screens.versions import counted_until, data_version
from dashboard.screens.who import audience, branch_name, no_branch, spoken_key
from dashboard.services import Services, services
from dashboard.text import _, current_language, joined, n_
from geodata.cell_districts import is_cell
from planner.ahead import Ahead
from planner.domain import Branch, Principal
from planner.view import sums
from planner.view.regions import Comparison, RegionsView

LOG = logging.getLogger(__name__)
MAP_PX = 470
#: What can stand under the map.
DISTRICTS, CREWS, SIDE_BY_SIDE = "districts", "crews", "side_by_side"


def page() -> None:
    """Show the page for whoever asks: a regional head sees all branches, a manager the own one."""
    kit, principal = services(), current_principal()
    branches = road_region(kit, principal)
    if not branches:
        no_branch()
        return
    figure, counted = head()
    read = read_comparison(kit, principal, branches)
    tell_counted(counted, branches, read.until)
    found = read.found
    view = None if found is None else found.view
    if found is None or view is None:
        st.info(_("Nobody is overdue here yet: load an overdue list first."), icon=":material/info:")
        return
    if view.districts.empty:
        st.info(_("The districts of this road region are not known: build the region first."), icon=":material/info:")
        return
    if not int(view.table["debtors"].sum()):
        kept = view.table["debtors"].isna().any()
        said = regions_card.nobody_told(math.nan) if kept else _("No debtor lies in a known district.")
        st.info(said, icon=":material/info:")
        return
    if any(is_cell(code) for code in view.districts["code"]):
        said = _(
            "Cells of the ground stand in for districts here. A bank's own districts, or those on the map if there are "
            "any, take their place with “roads districts”."
        )
        st.info(said, icon=":material/grid_on:")
    figures(view)
    picture(kit, branches[0], found, figure)
    below = section()
    if below == SIDE_BY_SIDE:
        regions_pair.show(view)
    elif below == CREWS:
        regions_outlook.show(view, {one.code: branch_name(one) for one in branches})
    else:
        regions_table.show(view, figure)
        regions_card.show(view)
        regions_how.show(regions_how.DENSITY)
    regions_export.show(found, branches, figure, made_on=kit.now().astimezone(ZoneInfo(branches[0].timezone)).date())
    regions_card.assumptions(view)


def section() -> str:
    """Let the reader choose what stands under the map; only that is built."""
    names = {DISTRICTS: _("Districts"), CREWS: _("What crews can expect"), SIDE_BY_SIDE: _("Two side by side")}
    chosen = st.segmented_control(
        _("Show"),
        list(names),
        format_func=names.__getitem__,
        default=DISTRICTS,
        required=True,
        key=spoken_key("regions_section"),
        label_visibility="collapsed",
    )
    return chosen or DISTRICTS


def road_region(kit: Services, principal: Principal) -> tuple[Branch, ...]:
    """Give the principal's branches of one road region, letting somebody with several regions choose."""
    mine = kit.store.branches(principal)
    names = sorted({one.road_region for one in mine})
    chosen = names[0] if names else ""
    if len(names) > 1:
        chosen = st.selectbox(_("Road region"), names, key="regions_road_region", width=280)
    return tuple(one for one in mine if one.road_region == chosen)


def head() -> tuple[Figure, DeltaGenerator]:
    """Let the reader choose the figure; gives the place that says what is compared."""
    names = {one.column: _(one.title) for one in FIGURES}
    title, act = st.columns([3, 2], vertical_alignment="center")
    with title:
        st.subheader(_("Districts compared"), anchor=False)
        counted = st.empty()
    with act, st.container(horizontal=True, horizontal_alignment="right"):
        chosen = st.segmented_control(
            _("Figure"),
            list(names),
            format_func=names.__getitem__,
            default=FIGURES[0].column,
            required=True,
            key=spoken_key("regions_figure"),
            label_visibility="collapsed",
        )
    return next(one for one in FIGURES if one.column == (chosen or FIGURES[0].column)), counted


def tell_counted(place: DeltaGenerator, branches: tuple[Branch, ...], until: datetime) -> None:
    """Say what is compared, and until when visits are counted."""
    place.caption(
        _("Branches: {names}. Visits recorded until {at} are counted.").format(
            names=_(", ").join(branch_name(one) for one in branches), at=formats.clock(until)
        )
    )


@dataclass(frozen=True)
class Read:
    """The comparison as one reader has it, and until when visits are counted in it."""

    found: Comparison | None
    until: datetime


def read_comparison(kit: Services, principal: Principal, branches: tuple[Branch, ...]) -> Read:
    """Read the comparison that stands for everybody who may see the same; nothing is found where nobody is overdue.

    All sessions share one comparison; a run that wrote to its tables would get copies of them at that moment.
    """
    now = kit.now().astimezone(ZoneInfo(branches[0].timezone))
    until, today = counted_until(now), now.date().isoformat()
    # Of today's visits the lists know nothing: what changes with them is renewed, not waited for.
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    listed, version = (data_version(kit, principal, branches, field_until=one) for one in (midnight, until))
    place = regions_standing.standing(audience(principal), ",".join(one.code for one in branches), today, listed)
    with st.spinner(
        _("Valuing visits and testing each district for clusters: some seconds, once for each new list"),
        show_time=current_language() == "en",
    ):
        made = place.read(lambda: _compared(kit, principal, branches), version, until, now)
    shared = made.compared.found
    if shared is None:
        return Read(None, made.until)
    lent = shared.lent()
    plans = sums.newest_plans(kit.store, principal, branches, lent.view.week)
    given = (shared, tuple(plans.items()), audience(principal), today, made.version, made.made_at.isoformat())
    ahead = _ahead_of_plans(kit, principal, branches, *given)
    return Read(replace(lent, view=replace(lent.view, ahead=ahead)), made.until)


@st.cache_resource(ttl=6 * 3600, max_entries=12, show_spinner=False)
def _ahead_of_plans(
    _kit: Services,
    _principal: Principal,
    _branches: tuple[Branch, ...],
    _shared: Comparison,
    plans: tuple[tuple[str, str], ...],
    who: str,  # noqa: ARG001  part of the key
    today: str,  # noqa: ARG001
    version: str,  # noqa: ARG001
    made_at: str,  # noqa: ARG001
) -> Ahead:
    """Lay what crews can expect beside the newest plans: a new plan is seen at once, and nothing else made anew."""
    ahead = _shared.view.ahead
    home = {region: one.branch for region, one in ahead.of.items()}
    return ahead.with_plans(sums.planned_days(_kit.store, _principal, _branches, dict(plans), home))


def _compared(kit: Services, principal: Principal, branches: tuple[Branch, ...]) -> Compared:
    """Compare, in a process of its own where this one answers others too."""
    given = (principal, branches, kit.now())
    made: Compared = (
        done_beside(kit.settings, compare, *given) if kit.busy else compare(kit.store, kit.settings, *given)
    )
    if made.fault:
        LOG.warning("the outlook is made without roads", extra={"fault": made.fault})
    return made


def figures(view: RegionsView) -> None:
    """Show what the comparison covers."""
    table = view.table
    # What the past has multiplied, as each district's figures are: the sum by the hours lies between the districts.
    uplift, hours = uplift_and_hours(table)
    actual, expected = float(table["actual_minor"].sum()), float(table["expected_minor"].sum())
    clustered = [one for one in view.verdicts.values() if one.verdict == "clustered"]
    cards = (
        (
            _("Debtors"),
            formats.number(int(table["debtors"].sum())),
            _("On the lists of these branches; {barred} may not be visited in the coming days.").format(
                barred=formats.number(view.barred)
            ),
        ),
        (
            _("Expected uplift"),
            formats.money_short(uplift, view.currency),
            _(
                "If every debtor who may be visited got the best visit of the coming days, times each district's "
                "factor from the past. An assumption, not a plan."
            ),
        ),
        (
            _("Uplift per field hour"),
            formats.money(uplift / hours if hours else None, view.currency),
            _(
                "Of all districts together: the expected uplift by {hours} field hours, after the past is taken into "
                "account as in each district's figure."
            ).format(hours=formats.number(hours, 1)),
        ),
        (
            _("Actual ÷ expected"),
            formats.number(actual / expected if expected else None, 2),
            _("Paid at the doors in twelve weeks: {actual} by {expected} expected, {n} visits.").format(
                actual=formats.money(actual, view.currency),
                expected=formats.money(expected, view.currency),
                n=formats.number(view.outcomes),
            ),
        ),
        (
            _("Clustered districts"),
            f"{len(clustered)} / {len(view.verdicts)}",
            _("Districts whose debtors lie closer together than where customers live explains."),
        ),
    )
    tiles.show("regions", [Tile(label, value, meaning=meaning) for label, value, meaning in cards])


def uplift_and_hours(table: pd.DataFrame) -> tuple[float, float]:
    """Give the expected uplift (minor units) and the field hours it takes, of the districts that tell both."""
    told = table[table["uplift_after_minor"].notna()]
    return float(told["uplift_after_minor"].sum()), float(told["field_hours"].sum())


def district_name(view: RegionsView, code: str) -> str:
    """Give a district's name in the session's language."""
    row = view.districts[view.districts["code"] == code]
    name = "name_zh" if current_language() == "zh" else "name_en"
    return code if row.empty else str(row[name].iloc[0] or row["name_zh"].iloc[0])


def picture(kit: Services, branch: Branch, found: Comparison, figure: Figure) -> None:
    """Show the map in the colours of the figure, and beside it the ranking with its intervals."""
    view = found.view
    selected = st.session_state.get("region", "")
    table = view.table.assign(name=[district_name(view, code) for code in view.table["region"]])
    left, right = st.columns([3, 2], gap="medium")
    with left:
        regions_map.show(found, kit.ground(branch), figure, selected=selected, height=MAP_PX)
    with right:
        st.markdown("**" + _(figure.title) + "**")
        st.caption(
            joined(
                _(figure.meaning),
                _(
                    "The number: debtors. Bars: {level} interval. Hollow: fewer than 50 past visits, an assumption."
                ).format(level=formats.percent(view.level)),
            )
        )
        title = formats.heading(_(figure.unit), view.currency)
        draw(ranking(table, figure.column, title=title, selected=selected, currency=view.currency))
        if view.elsewhere:
            st.caption(
                n_(
                    "{n} debtor lies in no known district and is not counted.",
                    "{n} debtors lie in no known district and are not counted.",
                    view.elsewhere,
                )
            )
