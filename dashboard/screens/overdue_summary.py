"""The survey of an overdue list: figures, where the debtors are, what lapses and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard import formats, maps
from dashboard.charts import draw
from dashboard.maps.frame import Click
from dashboard.screens import tiles
from dashboard.screens.money_column import money_column
from dashboard.screens.overdue_heat import heat_chart
from dashboard.screens.overdue_words import ACT_COUNTS, ACTS, CLOCKS, MISSING, bucket_kinds
from dashboard.screens.tiles import Tile
from dashboard.screens.who import spoken_key
from dashboard.services import Services
from dashboard.text import _, n_
from dashboard.text.words import word
from planner.domain import Bucket
from planner.view.overdue import OverdueView

MAP_PX = 470
OLD = (Bucket.Y1_3, Bucket.Y3_PLUS)


def show(kit: Services, view: OverdueView) -> None:
    """Show the survey."""
    figures(view)
    picture, side = st.columns([3, 2], gap="medium")
    with picture:
        debtors_map(kit, view)
    with side:
        lapsing(view)
    table, lacks = st.columns([3, 2], gap="medium")
    with table:
        heat(view)
    with lacks:
        missing(view)


def figures(view: OverdueView) -> None:
    """Show the five figures of the list."""
    debtors, currency = view.debtors, view.branch.currency
    owed = int(debtors["overdue_minor"].sum())
    old = int(debtors.loc[debtors["bucket"].isin(list(OLD)), "overdue_minor"].sum())
    nowhere = view.missing.loc[view.missing["code"] == "place", "missing"]
    cards = (
        (
            _("Debtors"),
            formats.number(len(debtors)),
            _("One person with several accounts is one debtor and one stop. Accounts: {n}.").format(
                n=formats.number(int(debtors["accounts"].sum()))
            ),
        ),
        (_("Overdue"), formats.money_short(owed, currency), formats.money(owed, currency)),
        (
            _("Over a year old"),
            formats.percent(old / owed if owed else None),
            _("Share of the overdue amount that debtors over 365 days past due owe: {money}.").format(
                money=formats.money(old, currency)
            ),
        ),
        (
            _("Lapse within {n} days").format(n=view.soon_days),
            formats.number(len(view.lapsing)),
            _("Limitation and guarantee periods that end soon. Limitation periods passed already: {n}.").format(
                n=formats.number(view.expired)
            ),
        ),
        (
            _("Without a place"),
            formats.number(int(nowhere.iloc[0])) if len(nowhere) else formats.UNKNOWN,
            _("Debtors to whom nobody can be sent, because no address was found and no coordinates are given."),
        ),
    )
    tiles.show("overdue", [Tile(label, value, meaning=meaning) for label, value, meaning in cards])


def debtors_map(kit: Services, view: OverdueView) -> None:
    """Show where the debtors are; a click chooses one for the card below."""
    clicked = picture(kit, view, selected=st.session_state.get("overdue_debtor", ""))
    if clicked and clicked != st.session_state.get("overdue_clicked"):
        st.session_state["overdue_clicked"], st.session_state["overdue_debtor"] = clicked, clicked.id
        st.rerun()


def picture(kit: Services, view: OverdueView, *, selected: str = "") -> Click | None:
    """Show everybody on the list on a map, coloured by age; gives who was clicked."""
    columns = ["debtor_id", "lon", "lat", "overdue_minor", "name"]
    points = view.debtors[columns].assign(kind=view.debtors["bucket"])
    drawing = maps.debtor_map(
        points, kit.ground(view.branch), kinds=bucket_kinds(), currency=view.branch.currency, selected=selected
    )
    return maps.show(drawing, height=MAP_PX)


def lapsing(view: OverdueView) -> None:
    """List what lapses soon, with the cheapest act that is enough."""
    if view.lapsing.empty:
        st.markdown("**" + _("Nothing lapses within {days} days").format(days=view.soon_days) + "**")
        return
    count = n_("{n} claim lapses", "{n} claims lapse", len(view.lapsing))
    st.markdown("**" + _("{claims} within {days} days").format(claims=count, days=view.soon_days) + "**")
    st.caption(" · ".join(act_counts(view.acts)))
    rows = view.lapsing
    table = pd.DataFrame(
        {
            "days": rows["days_left"].astype("int64"),
            "who": rows["name"].where(rows["name"] != "", rows["debtor_id"]),
            "act": [word(ACTS, act) for act in rows["cheapest_act"]],
            "overdue": (rows["overdue_minor"] / formats.unit(view.branch.currency)).round().astype("int64"),
            "clock": [word(CLOCKS, kind) for kind in rows["kind"]],
            "ends": rows["ends_on"].dt.date,
            "case": rows["case_id"],
            "article": rows["article"],
        }
    )
    chosen = st.dataframe(
        table,
        height=MAP_PX - 70,
        hide_index=True,
        selection_mode="single-row",
        on_select="rerun",
        key="overdue_lapsing",
        column_config={
            "days": st.column_config.NumberColumn(_("Days left"), width=78),
            "who": st.column_config.TextColumn(_("Debtor"), width=72),
            "act": st.column_config.TextColumn(_("Enough is"), width=222),
            "overdue": money_column(_("Overdue ¥"), view.branch.currency, 88),
            "clock": st.column_config.TextColumn(_("Clock"), width=86),
            "ends": st.column_config.DateColumn(_("Last day"), format="YYYY-MM-DD", width=96),
            "case": st.column_config.TextColumn(_("Case"), width=116),
            "article": st.column_config.TextColumn(_("Article"), width=140),
        },
    )
    choose(rows, chosen["selection"]["rows"], "overdue_lapsing_picked")


def choose(rows: pd.DataFrame, picked: list[int], memory: str) -> None:
    """Choose the debtor of a table's row, once for each time another row is picked."""
    if picked and picked[0] < len(rows):
        debtor = str(rows["debtor_id"].iloc[picked[0]])
        if debtor != st.session_state.get(memory):
            st.session_state[memory] = st.session_state["overdue_debtor"] = debtor
            st.rerun()


def act_counts(acts: Mapping[str, int]) -> list[str]:
    """Count the lapsing claims by what is enough for them, cheapest first."""
    return [ACT_COUNTS[act](acts[act]) for act in ACT_COUNTS if acts.get(act)]


def heat(view: OverdueView) -> None:
    """Show customer group or debtor type by age, as people or as money."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**" + _("Who, and how old") + "**", width="content")
        by = st.segmented_control(
            _("Rows"),
            ["group", "debtor_type"],
            format_func=lambda one: _("Customer group") if one == "group" else _("Debtor type"),
            default="group",
            required=True,
            key=spoken_key("overdue_heat_by"),
            label_visibility="collapsed",
        )
        unit = st.segmented_control(
            _("Unit"),
            ["overdue_minor", "debtors"],
            format_func=lambda one: _("Money") if one == "overdue_minor" else _("Debtors"),
            default="overdue_minor",
            required=True,
            key=spoken_key("overdue_heat_unit"),
            label_visibility="collapsed",
        )
    draw(heat_chart(view.summary, by=by or "group", unit=unit or "debtors", currency=view.branch.currency))


def missing(view: OverdueView) -> None:
    """Say what the survey still lacks, most first, each with the next thing to do."""
    st.markdown("**" + _("To do before anybody goes out") + "**")
    lacks = view.missing[view.missing["missing"] > 0].sort_values("missing", ascending=False)
    if lacks.empty:
        st.success(_("The survey is complete."), icon=":material/check_circle:")
        return
    units = {"debtors": _("debtors"), "accounts": _("accounts")}
    with st.container(border=True):
        for one in lacks.to_dict("records"):
            what, act = MISSING[one["code"]]
            counted = _("{n} of {total} {unit}, {share}").format(
                n=formats.number(one["missing"]),
                total=formats.number(one["all"]),
                unit=units[one["of"]],
                share=formats.percent(one["missing"] / one["all"]),
            )
            st.markdown(f"**{_(what)}** · {counted}  \n:gray[{_(act)}]")
