"""Who is on the list: search, filters, the table, and the card of whoever was chosen here or on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens import looked, named
from dashboard.screens.debtor_card import plain
from dashboard.screens.links import open_button
from dashboard.screens.money_column import money_column
from dashboard.screens.overdue_summary import choose
from dashboard.screens.overdue_words import ACTS, BUCKETS, CLOCKS, GROUPS, PRODUCTS, TYPES
from dashboard.screens.who import spoken_key
from dashboard.services import Services
from dashboard.text import _, current_language, n_
from dashboard.text.words import word
from planner.domain import Bucket, Principal
from planner.view.overdue import OverdueView

TABLE_PX = 430


def show(kit: Services, principal: Principal, view: OverdueView) -> None:
    """Show search, filters and table, and the chosen debtor beside it."""
    name = "region_zh" if current_language() == "zh" else "region_en"
    rows = view.debtors.assign(district=view.debtors[name].where(view.debtors[name] != "", view.debtors["region"]))
    st.markdown("**" + _("Everybody on the list") + "**")
    rows = filtered(rows)
    table, card = st.columns([3, 1], gap="medium")
    with table:
        listed(rows, total=len(view.debtors), currency=view.branch.currency)
    with card:
        first = "" if rows.empty else str(rows["debtor_id"].iloc[0])
        debtor(kit, principal, view, str(st.session_state.get("overdue_debtor") or first))


def filtered(rows: pd.DataFrame) -> pd.DataFrame:
    """Let the reader search and filter."""
    search, bucket, group, district = st.columns(4)
    text = search.text_input(
        _("Search"),
        key="overdue_search",
        placeholder=_("Name, debtor or case id"),
        label_visibility="collapsed",
        icon=":material/search:",
    )
    buckets = bucket.multiselect(
        _("Age"),
        [one.value for one in Bucket if one.value in set(rows["bucket"])],
        format_func=lambda code: _(BUCKETS[code]),
        key=spoken_key("overdue_buckets"),
        placeholder=_("Any age"),
        label_visibility="collapsed",
    )
    groups = group.multiselect(
        _("Customer group"),
        [str(code) for code in GROUPS if code in set(rows["group"])],
        format_func=lambda code: _(GROUPS[code]),
        key=spoken_key("overdue_groups"),
        placeholder=_("Any customer group"),
        label_visibility="collapsed",
    )
    districts = district.multiselect(
        _("District"),
        sorted(set(rows["district"]) - {""}),
        key=spoken_key("overdue_districts"),
        placeholder=_("Any district"),
        label_visibility="collapsed",
    )
    return chosen_rows(rows, text or "", {"bucket": buckets, "group": groups, "district": districts})


def chosen_rows(rows: pd.DataFrame, text: str, wanted: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Keep the rows that hold the text in name or ids, and one of the wanted values in each column that wants some."""
    keep = pd.Series(True, index=rows.index)
    for column, values in wanted.items():
        if values:
            keep &= rows[column].isin(list(values))
    needle = text.strip().casefold()
    if needle:
        found = pd.Series(False, index=rows.index)
        for column in ("name", "debtor_id", "case_ids"):
            found |= rows[column].str.casefold().str.contains(needle, regex=False)
        keep &= found
    return rows[keep].reset_index(drop=True)


def listed(rows: pd.DataFrame, *, total: int, currency: str) -> None:
    """Show the table; choosing a row shows the debtor's card."""
    if rows.empty:
        st.caption(_("Nobody fits: loosen the search or the filters."))
        return
    named = bool((rows["name"] != "").any())
    table = pd.DataFrame(
        {
            "who": rows["name"].where(rows["name"] != "", rows["debtor_id"]),
            "overdue": (rows["overdue_minor"] / formats.unit(currency)).round().astype("int64"),
            "days": rows["days_past_due"],
            "bucket": [word(BUCKETS, code) for code in rows["bucket"]],
            "group": [word(GROUPS, code) for code in rows["group"]],
            "type": [word(TYPES, code) for code in rows["debtor_type"]],
            "district": rows["district"],
            "product": [word(PRODUCTS, code) for code in rows["product"]],
            "accounts": rows["accounts"],
            "left": rows["days_left"],
            "id": rows["debtor_id"],
        }
    )
    chosen = st.dataframe(
        table,
        height=TABLE_PX - 34,
        hide_index=True,
        placeholder=formats.UNKNOWN,
        selection_mode="single-row",
        on_select="rerun",
        key=f"overdue_table {len(rows)} {rows['debtor_id'].iloc[0]}",
        column_order=[str(name) for name in table if name != "id" or named],
        column_config={
            "who": st.column_config.TextColumn(_("Debtor"), pinned=True, width=96 if named else 160),
            "overdue": money_column(_("Overdue ¥"), currency, 92),
            "days": st.column_config.NumberColumn(_("Days"), help=_("Days past due, as of today"), width=66),
            "bucket": st.column_config.TextColumn(_("Age"), width=140),
            "group": st.column_config.TextColumn(_("Customer group"), width=120),
            "type": st.column_config.TextColumn(_("Debtor type"), width=180),
            "district": st.column_config.TextColumn(_("District"), width=130),
            "product": st.column_config.TextColumn(_("Product"), width=116),
            "accounts": st.column_config.NumberColumn(_("Accounts"), width=80),
            "left": st.column_config.NumberColumn(
                _("Clock, days"),
                format="localized",
                help=_("Days until the next limitation or guarantee period ends"),
                width=96,
            ),
            "id": st.column_config.TextColumn(_("Debtor id"), width=160),
        },
    )
    st.caption(
        _("{n} of {total} debtors, {money} overdue").format(
            n=formats.number(len(rows)),
            total=formats.number(total),
            money=formats.money(int(rows["overdue_minor"].sum()), currency),
        )
    )
    choose(rows, chosen["selection"]["rows"], "overdue_picked")


def debtor(kit: Services, principal: Principal, view: OverdueView, debtor_id: str) -> None:
    """Show one debtor's card, or how to get one."""
    with st.container(border=True, height=TABLE_PX):
        found = view.debtors[view.debtors["debtor_id"] == debtor_id]
        if found.empty:
            st.caption(_("Choose a dot on the map or a row of a table to see the debtor here."))
            return
        looked.card(kit, principal, view.branch.code, "overdue", debtor_id)
        one: dict[Any, Any] = found.iloc[0].to_dict()
        named.heading(one["name"] or one["debtor_id"], "overdue")
        st.markdown(
            _("{money} overdue").format(money=f"**{formats.money(one['overdue_minor'], view.branch.currency)}**")
        )
        place = one["region_zh" if current_language() == "zh" else "region_en"]
        lines = [
            n_("{n} day past due", "{n} days past due", int(one["days_past_due"])),
            word(BUCKETS, one["bucket"]),
            f"{word(GROUPS, one['group'])} · {word(TYPES, one['debtor_type'])}",
            f"{word(PRODUCTS, one['product'])} · " + n_("{n} account", "{n} accounts", int(one["accounts"])),
            plain(place) if place else _("District unknown"),
            _("No located place") if pd.isna(one["lon"]) else "",
        ]
        st.markdown("  \n".join(line for line in lines if line))
        for clock in view.lapsing[view.lapsing["debtor_id"] == debtor_id].to_dict("records"):
            days = n_("{n} day left", "{n} days left", int(clock["days_left"]))
            st.markdown(
                f":orange[:material/timer:] **{word(CLOCKS, clock['kind'])}: {days}**  \n"
                + word(ACTS, clock["cheapest_act"])
            )
            st.caption(clock["article"])
        open_button(debtor_id, view.branch.code, "open_debtor overdue")
        st.caption(_("Cases: {ids}").format(ids=plain(str(one["case_ids"]).replace(" ", ", "))))
