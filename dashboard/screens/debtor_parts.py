"""The parts of the debtor's page: clocks, value, what is allowed, what to bring, contact points, clues, accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import formats, maps
from dashboard.charts import draw
from dashboard.screens import advice_card, debtor_chart
from dashboard.screens.clocks_table import setter
from dashboard.screens.clocks_words import QUESTIONS, article, why_words
from dashboard.screens.debtor_card import plain
from dashboard.screens.debtor_words import (
    ASSETS,
    CERTAINTIES,
    CLASSES,
    COLLATERALS,
    DEEDS,
    SLOTS,
    SOURCES,
)
from dashboard.screens.money_column import money_column
from dashboard.screens.overdue_words import ACTS, CLOCKS, GUARANTEES, PRODUCTS
from dashboard.screens.uncovered import covered_address
from dashboard.services import Services
from dashboard.text import N_, _, n_
from dashboard.text.advice import advice_for, told
from dashboard.text.sentences import reason_words, said
from dashboard.text.words import PLACE_KINDS, accommodation, word
from planner.rules.assets import ASSETS as CLASS_OF
from planner.view.debtor import DebtorView

MAP_PX = 320
STATES = {
    "running": N_("runs"),
    "lapses_soon": N_("lapses soon"),
    "expired": N_("has passed"),
    "unknown": N_("cannot be told"),
}


def clocks(view: DebtorView) -> None:
    """Show each clock with its end, its article, and the cheapest act that is enough."""
    st.markdown("**" + _("Clocks") + "**")
    with st.container(border=True, gap="xsmall"):
        for one in view.clocks.to_dict("records"):
            left = one["days_left"]
            mark = {"lapses_soon": ":orange[:material/timer:] ", "expired": ":red[:material/timer_off:] "}
            words = f"{mark.get(one['state'], '')}**{word(CLOCKS, one['kind'])}** {_(STATES[one['state']])}"
            if pd.notna(one["ends_on"]):
                words += " · " + _("until {day}").format(day=formats.day(one["ends_on"].date(), year=True))
                if left >= 0:
                    words += " · " + n_("{n} day left", "{n} days left", int(left))
            st.markdown(words)
            more = [
                article(one["article"]),
                one["case_id"],
                _("dates: {who}").format(who=setter(one["set_by"]) or formats.UNKNOWN),
            ]
            st.caption(plain(" · ".join(str(part) for part in more if part)))
            if one["cheapest_act"]:
                st.markdown(":material/arrow_forward: " + word(ACTS, one["cheapest_act"]))
            if one["barred_by"]:
                st.caption(why_words(one["why"], one["barred_by"]))
            if one["question"]:
                st.caption(":material/help: " + word(QUESTIONS, one["question"]))


def bring(view: DebtorView) -> None:
    """Say how to approach and what to bring."""
    st.markdown("**" + _("Approach, and what to bring") + "**")
    advice = advice_for(view)
    with st.container(border=True, gap="xsmall"):
        if advice is None:
            st.caption(_("The playbook cannot be read, so there is no advice."))
            return
        st.markdown(plain(told(advice.approach_name)))
        st.caption(" · ".join(plain(told(one.name)) for one in advice.documents))
        with st.expander(_("What to say and obtain, and what is allowed")):
            advice_card.show(advice)


def value(view: DebtorView) -> None:
    """Show the value of the best visit with its parts, its interval and the alternatives."""
    st.markdown("**" + _("What a visit is worth") + "**")
    best, currency = view.allowed.best, view.branch.currency
    with st.container(border=True, gap="xsmall"):
        if best is None:
            st.caption(_("No visit is permitted in the coming days, so none is valued."))
            return
        st.markdown(
            _("Best: {place}, {slot}, {day} {time}").format(
                place=word(PLACE_KINDS, str(best["kind"])),
                slot=word(SLOTS, str(best["slot"])),
                day=formats.day(pd.Timestamp(best["day"]).date()),
                time=span(view, best),
            )
        )
        draw(debtor_chart.waterfall(best, currency))
        st.caption(
            _("{value}, 80 % interval {low} to {high}").format(
                value=formats.money(best["value_minor"], currency),
                low=formats.money(best["value_low_minor"], currency),
                high=formats.money(best["value_high_minor"], currency),
            )
            + " · "
            + _("{n} local visits behind the rates; what comes anyway is an assumption").format(
                n=formats.number(best["visits_behind"])
            )
        )
        st.caption(
            _("Met: {p} = address right {a} × somebody there {t} × the right person {r}").format(
                p=formats.percent(best["p_met"]),
                a=formats.percent(best["p_address"]),
                t=formats.percent(best["p_there"]),
                r=formats.percent(best["p_right"]),
            )
        )
        alternatives(view)
        with st.expander(_("How is this computed?")):
            st.caption(
                _(
                    "Expected uplift: what the visit brings that would not have come anyway. The chance to meet the "
                    "right person times what is then paid at the door or promised and kept, less what those who pay or "
                    "keep a promise would have paid anyway; that a refusal stops nobody from paying later is an "
                    "assumption. Plus what is learnt of the address and limitation evidence obtained in time. Travel "
                    "is not part of it: the week's plan weighs it. The line is the interval of the rates at the door."
                )
            )


def alternatives(view: DebtorView) -> None:
    """Show the best option of each place and part of the week."""
    rows, currency = view.allowed.alternatives, view.branch.currency
    table = pd.DataFrame(
        {
            "place": [word(PLACE_KINDS, kind) for kind in rows["kind"]],
            "slot": [word(SLOTS, slot) for slot in rows["slot"]],
            "value": (rows["value_minor"] / formats.unit(currency)).round().astype("int64"),
            "met": (100 * rows["p_met"]).round().astype("int64"),
            "day": [f"{formats.day(one['day'].date())} {span(view, one)}" for one in rows.to_dict("records")],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "place": st.column_config.TextColumn(_("Place"), width=64),
            "slot": st.column_config.TextColumn(_("When"), width=134),
            "value": money_column(_("Uplift ¥"), currency, 74),
            "met": st.column_config.NumberColumn(_("Met %"), width=60),
            "day": st.column_config.TextColumn(_("First such window"), width=160),
        },
    )


def span(view: DebtorView, one: Any) -> str:
    """Give a window's times at the branch."""
    opens, closes = (pd.Timestamp(one[name]).tz_convert(view.branch.timezone) for name in ("opens_at", "closes_at"))
    return formats.span(opens.to_pydatetime(), closes.to_pydatetime())


def permitted(view: DebtorView) -> None:
    """Show when a visit may begin in the coming days, and which rule takes the other days, with its article."""
    st.markdown("**" + _("What is allowed in the coming days") + "**")
    with st.container(border=True, gap="xsmall"):
        for first, last, told in day_lines(view):
            days = formats.day(first) if first == last else f"{formats.day(first)} – {formats.day(last)}"
            st.markdown(f":gray[{days}]  \n{told}")
        if view.allowed.idle:
            st.caption(_("Guarantor and collateral are visited only where a clock calls for it."))
        for why in view.allowed.taken.drop_duplicates(["rule", "detail"]).to_dict("records"):
            st.markdown(f"**{reason_words(why['rule'])}**: " + plain(said(why["detail"])))
            if why["action"]:
                st.markdown(":material/lightbulb: " + plain(said(why["action"])))
            if why["article"]:
                st.caption(why["article"])
        for wish in view.respect.to_dict("records"):
            until = (
                formats.UNKNOWN if pd.isna(wish["expires_on"]) else formats.day(wish["expires_on"].date(), year=True)
            )
            st.markdown(":material/handshake: " + plain(accommodation(wish["kind"], wish["value"])))
            st.caption(_("said by {who}, until {day}").format(who=plain(wish["said_by"]), day=until))
        if view.respect.empty:
            st.caption(_("Nothing special to respect is known."))


def day_lines(view: DebtorView) -> list[tuple[date, date, str]]:
    """Give what may be done on each day, days that are alike and follow each other as one: first, last, words."""
    lines: list[tuple[date, date, str]] = []
    for day in view.allowed.days:
        here = view.allowed.windows[view.allowed.windows["day"] == pd.Timestamp(day)]
        words = [f"{word(PLACE_KINDS, one['kind'])} {span(view, one)}" for one in here.to_dict("records")]
        gone = view.allowed.taken[view.allowed.taken["day"] == pd.Timestamp(day)]
        lost = list(dict.fromkeys(reason_words(rule) for rule in gone["rule"]))
        told = " · ".join(dict.fromkeys(words)) or f":gray[{_('no visit')}: {', '.join(lost)}]"
        if lines and lines[-1][2] == told:
            lines[-1] = (lines[-1][0], day, told)
        else:
            lines.append((day, day, told))
    return lines


def contact_points(kit: Services, view: DebtorView, *, shown: bool) -> None:
    """Show the contact points on a map and as a list, with their accuracy and who corrected them.

    Their written addresses are covered until they are asked for.
    """

    def written(address: object) -> str:
        return plain(str(address) if shown else covered_address(str(address)))

    st.markdown("**" + _("Contact points") + "**")
    if view.places["lon"].notna().any():
        maps.show(maps.contact_map(view.places, kit.ground(view.branch)), height=MAP_PX)
    if view.places.empty:
        st.caption(_("No contact point is known: add one, or nobody can be sent."))
    found = {"met": _("met there"), "moved": _("not there any more")}
    for one in view.places.to_dict("records"):
        words = [f"**{word(PLACE_KINDS, one['kind'])}**", written(one["address"]), accuracy(one["accuracy_m"])]
        words += [] if one["open"] else [_("closed")]
        words += [_("not on the map")] if pd.isna(one["lon"]) else []
        words += [found[one["seen"]]] if one["seen"] else []
        words += [_("changed by {who}").format(who=plain(one["corrected_by"]))] if one["corrected_by"] else []
        text = " · ".join(part for part in words if part)
        st.markdown(text if one["open"] else f":gray[{text}]")
    history = view.place_changes
    if len(history):
        with st.expander(_("What became of the contact points ({n})").format(n=len(history))):
            for one in reversed(history.to_dict("records")):
                day = pd.Timestamp(one["made_at"]).tz_convert(view.branch.timezone).date()
                before = written(one["was_address"]) if one["was_address"] != one["address"] else ""
                st.caption(
                    f"{formats.day(day, year=True)} · {word(PLACE_KINDS, one['kind'])} {_(DEEDS[one['deed']])} · "
                    + plain(one["made_by"]) + (f" · {_('before')}: {before}" if before else "")
                )  # fmt: skip


def accuracy(metres: float) -> str:
    """Say how exact a position is."""
    return _("accuracy unknown") if pd.isna(metres) else _("± {distance}").format(distance=formats.distance(metres))


def clues(view: DebtorView) -> None:
    """Show what the debtor may own."""
    st.markdown("**" + _("Asset clues") + "**")
    if view.clues.empty:
        st.caption(_("None yet."))
    for one in view.clues.to_dict("records"):
        day = "" if pd.isna(one["seen_on"]) else formats.day(one["seen_on"].date(), year=True)
        words = [
            f"**{word(ASSETS, one['asset'])}** ({word(CLASSES, CLASS_OF[one['asset']])})",
            plain(one["place"]),
            word(CERTAINTIES, one["certainty"]),
            word(SOURCES, one["source"]),
            day,
            plain(one["recorded_by"]),
        ]
        st.markdown(" · ".join(part for part in words if part))


def accounts(view: DebtorView) -> None:
    """Show the accounts with product, collateral and guarantee."""
    st.markdown("**" + _("Accounts and collateral") + "**")
    rows, currency = view.accounts, view.branch.currency
    unit = formats.unit(currency)
    table = pd.DataFrame(
        {
            "case": rows["case_id"],
            "product": [word(PRODUCTS, one) for one in rows["product"]],
            "overdue": (rows["overdue_minor"] / unit).round().astype("int64"),
            "principal": (rows["principal_minor"] / unit).round().astype("int64"),
            "due": rows["due_on"].dt.date,
            "collateral": [word(COLLATERALS, one) for one in rows["collateral"]],
            "guarantee": [word(GUARANTEES, one) for one in rows["guarantee_kind"]],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        placeholder=formats.UNKNOWN,
        column_config={
            "case": st.column_config.TextColumn(_("Case"), width=116),
            "product": st.column_config.TextColumn(_("Product"), width=104),
            "overdue": money_column(_("Overdue ¥"), currency, 86),
            "principal": money_column(_("Principal ¥"), currency, 90),
            "due": st.column_config.DateColumn(_("Due"), format="YYYY-MM-DD", width=92),
            "collateral": st.column_config.TextColumn(_("Collateral"), width=96),
            "guarantee": st.column_config.TextColumn(_("Guarantee"), width=120),
        },
    )
