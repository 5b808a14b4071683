"""What the branches' published plans hold and what came of them, as sums: for a regional head, who sees no stop."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens import tiles
from dashboard.screens.money_column import money_column
from dashboard.screens.regions import road_region
from dashboard.screens.tiles import Tile
from dashboard.screens.versions import data_version
from dashboard.screens.who import audience, branch_name, no_branch
from dashboard.services import Services, services
from dashboard.text import _, joined
from planner.cells import FEWEST
from planner.domain import Branch, Principal
from planner.view import sums
from planner.week import iso_week


def page() -> None:
    """Show the page for whoever asks, about his branches of one road region."""
    kit, principal = services(), current_principal()
    branches = road_region(kit, principal)
    if not branches:
        no_branch()
        return
    today = kit.now().astimezone(ZoneInfo(branches[0].timezone)).date()
    weeks = tuple(iso_week(today + timedelta(weeks=k)) for k in (0, 1, -1))
    table = read_weeks(kit, principal, branches, weeks)
    st.subheader(_("Branches week by week"), anchor=False)
    st.caption(_("Branches: {names}").format(names=_(", ").join(branch_name(one) for one in branches)))
    currency = branches[0].currency
    figures(table[table["week"] == weeks[0]], weeks[0], currency)
    names = {one.code: branch_name(one) for one in branches}
    for week, title in zip(weeks, (_("This week"), _("Next week"), _("Last week")), strict=True):
        here = table[table["week"] == week]
        st.markdown(f"**{title}** · {formats.week(week)}")
        if (here["plan_id"] == "").all():
            st.info(_("No branch has published a plan for this week yet."), icon=":material/info:")
        if (here["plan_id"] != "").any() or here["recorded"].fillna(1).gt(0).any():
            listed(here, names, currency)
        estimated = [names.get(code, code) for code in here.loc[here["roads_estimated"], "branch"]]
        if estimated:
            text = _("{names}: travel times are estimated by straight lines, not streets.")
            st.warning(text.format(names=_(", ").join(estimated)), icon=":material/warning:")
    st.caption(
        joined(
            _("Sums only: where fewer than {n} visits or debtors stand behind a figure it is left empty.").format(
                n=FEWEST
            ),
            _("Expected uplift is of the model of visit values; by hand: largest balances, nearest first."),
        )
    )


def read_weeks(
    kit: Services, principal: Principal, branches: tuple[Branch, ...], weeks: tuple[str, ...]
) -> pd.DataFrame:
    """Add the weeks up once for everybody who may see the same, until the data or the plans are others."""
    version = data_version(kit, principal, branches)
    return _cached_weeks(kit, principal, branches, weeks, audience(principal), version)


@st.cache_data(ttl=600, max_entries=12, show_spinner=False)
def _cached_weeks(
    _kit: Services,
    _principal: Principal,
    _branches: tuple[Branch, ...],
    weeks: tuple[str, ...],
    who: str,  # noqa: ARG001  part of the key
    version: str,  # noqa: ARG001
) -> pd.DataFrame:
    return sums.plan_sums(_kit.store, _principal, _branches, weeks)


def figures(table: pd.DataFrame, week: str, currency: str) -> None:
    """Show the sums of a week over all branches."""
    planned = table[table["plan_id"] != ""]

    def total(rows: pd.DataFrame, name: str) -> float | None:
        return float(rows[name].sum()) if rows[name].notna().any() else None

    hours, value = total(planned, "field_hours"), total(planned, "value_minor")
    cards = (
        (
            _("Published plans"),
            f"{len(planned)} / {len(table)}",
            _("Branches with a plan in force for {week}.").format(week=formats.week(week)),
        ),
        (
            _("Visits planned"),
            formats.number(total(planned, "visits")),
            _("Crew-days: {n}.").format(n=formats.number(int(planned["crew_days"].sum()))),
        ),
        (_("Expected uplift"), formats.money_short(value, currency), _("Of the visits in the published plans.")),
        (
            _("Uplift per field hour"),
            formats.money(value / hours if hours and value is not None else None, currency),
            _("Travel and door of the visits planned."),
        ),
        (
            _("Paid at the doors"),
            formats.money_short(total(table, "paid_minor"), currency),
            _("Visits recorded this week so far: {n}.").format(n=formats.number(total(table, "recorded"))),
        ),
    )
    tiles.show("branches", [Tile(label, value, meaning=meaning) for label, value, meaning in cards])


def listed(rows: pd.DataFrame, names: dict[str, str], currency: str) -> None:
    """Show one row a branch."""
    unit = formats.unit(currency)
    planned = rows["plan_id"] != ""
    st.dataframe(
        pd.DataFrame(
            {
                "branch": [names.get(code, code) for code in rows["branch"]],
                "plan": [_("published") if one else _("not published") for one in planned],
                "days": rows["crew_days"].where(planned),
                "visits": rows["visits"],
                "hours": rows["field_hours"].round(1),
                "road": (100 * rows["travel_share"]).round(),
                "value": (rows["value_minor"] / unit).round(),
                "hour": (rows["value_minor"] / rows["field_hours"].where(rows["field_hours"] > 0) / unit).round(),
                "hand": (rows["baseline_minor"] / unit).round(),
                "recorded": rows["recorded"],
                "paid": (rows["paid_minor"] / unit).round(),
            }
        ),
        hide_index=True,
        placeholder=formats.UNKNOWN,
        height="content",
        column_config={
            "branch": st.column_config.TextColumn(_("Branch"), pinned=True, width=150),
            "plan": st.column_config.TextColumn(_("Plan"), width=120),
            "days": st.column_config.NumberColumn(_("Crew-days"), format="localized", width=92),
            "visits": st.column_config.NumberColumn(_("Visits planned"), format="localized", width=112),
            "hours": st.column_config.NumberColumn(_("Field hours"), format="%.1f", width=96),
            "road": st.column_config.NumberColumn(_("of it on the road"), format="%.0f%%", width=124),
            "value": money_column(_("Expected uplift ¥"), currency, 132),
            "hour": money_column(_("¥ per field hour"), currency, 120),
            "hand": money_column(_("By hand ¥"), currency, 100),
            "recorded": st.column_config.NumberColumn(_("Visits recorded"), format="localized", width=116),
            "paid": money_column(_("Paid at the doors ¥"), currency, 136),
        },
    )
