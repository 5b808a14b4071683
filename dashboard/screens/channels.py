"""The ways to the debtors of a week: own crew, agency, letter or call, what each brings net, and the lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens import tiles
from dashboard.screens.money_column import money_column
from dashboard.screens.overdue_words import BUCKETS, PRODUCTS
from dashboard.screens.tiles import Tile
from dashboard.screens.week import wanted_week, week_label
from dashboard.screens.who import branch_name, branch_or_word, spoken_key
from dashboard.services import Services, services
from dashboard.text import N_, _, n_
from dashboard.text.called import Called
from dashboard.text.sentences import said
from dashboard.text.words import word
from planner.agency import MINIMUM, Agency
from planner.domain import Branch, Principal, Role
from planner.export.lists import list_workbook
from planner.value.channels import Channel
from planner.view.channels import ChannelsView, channels_view, outgoing, today_at

WAYS: Mapping[str, str] = {
    Channel.OWN: N_("Own crew"),
    Channel.AGENCY: N_("Outside agency"),
    Channel.JOINT: N_("Bank and agency together"),
    Channel.PHONE: N_("Call"),
    Channel.LETTER: N_("Letter"),
    Channel.NOTHING: N_("Nothing now"),
}
FIELDS: Mapping[str, str] = {
    "case_id": N_("Case"),
    "name": N_("Name"),
    "address": N_("Address"),
    "overdue": N_("Overdue ¥"),
    "accommodations": N_("To be respected"),
    "phone": N_("Telephone"),
    "product": N_("Product"),
    "bucket": N_("Ageing"),
    "days_past_due": N_("Days past due"),
    "guarantee": N_("Guarantee"),
    "channel": N_("Way"),
    "expected": N_("Expected net ¥"),
}
TOP, TABLE_PX = 500, 420
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    week = wanted_week(kit.now().astimezone(ZoneInfo(branch.timezone)).date())
    st.subheader(f"{_('Ways to the debtors')} · {branch_name(branch)}", anchor=False)
    st.caption(week_label(week))
    view = channels_view(kit.store, principal, branch, week, str(st.session_state.get("plan") or ""))
    if view is None:
        st.info(_("No plan for {week} yet").format(week=formats.week(week)), icon=":material/info:")
        return
    if not view.known:
        st.info(_("This plan was made before the ways were compared: plan the week again."), icon=":material/info:")
        return
    show_tiles(view)
    st.caption(price_sentence(view))
    table(view)
    if principal.role is Role.MANAGER:
        downloads(kit, principal, branch, view)
    contracts(view, today_at(branch, kit.now()))
    how(view)


def show_tiles(view: ChannelsView) -> None:
    """Show how many go which way, and what that brings net."""
    shown = [one for one in WAYS if one != Channel.JOINT or len(view.of(Channel.JOINT))]
    row = []
    for channel in shown:
        mine = view.of(Channel(channel))
        label = _(WAYS[channel])
        if channel != Channel.NOTHING:
            net = formats.money_short(float(mine["net_minor"].sum()), view.currency)
            label += " · " + _("{money} net").format(money=net)
        row.append(Tile(label, formats.number(len(mine)), meaning=meaning(channel)))
    tiles.show("channels", row)


def meaning(channel: str) -> str:
    """Say what a tile counts."""
    return {
        Channel.OWN: _("On a route of the bank's own crews. Net of their time at the door and of the way it adds."),
        Channel.AGENCY: _("On a route or list of an agency. Net of its fee, which is taken of all that is collected."),
        Channel.JOINT: _("A collector of the bank and one of the agency go together."),
        Channel.PHONE: _("Not visited this week: a call brings more than a letter, net of its cost."),
        Channel.LETTER: _("Not visited this week: a letter brings more than a call, or a call is not allowed."),
        Channel.NOTHING: _("On hold, out of time by law, or nothing brings more than it costs."),
    }[Channel(channel)]


def price_sentence(view: ChannelsView) -> str:
    """Say what an hour of the own crews costs, and what it brings elsewhere."""
    return _(
        "Debtors by way, expected of this week. An hour of an own crew costs {cost} and would bring "
        "{scarce} at the next "
        "best doors: whoever brings less goes to an agency, is called or is written to."
    ).format(
        cost=formats.money(view.crew_hour_minor, view.currency),
        scarce=formats.money(view.scarce_hour_minor, view.currency),
    )


def table(view: ChannelsView) -> None:
    """Show the debtors with what each way would bring, and why this one."""
    names = {one: _(words) for one, words in WAYS.items() if len(view.of(Channel(one)))}
    chosen = st.pills(
        _("Way"),
        list(names),
        format_func=names.__getitem__,
        selection_mode="multi",
        key=spoken_key("channels_ways"),
        label_visibility="collapsed",
    )
    rows = view.rows[view.rows["channel"].isin(chosen)] if chosen else view.rows
    shown = rows.head(TOP)
    called = Called(currency=view.currency)
    currency, unit = view.currency, formats.unit(view.currency)
    st.dataframe(
        pd.DataFrame(
            {
                "debtor": shown["name"].where(shown["name"] != "", shown["debtor_id"]),
                "bucket": [word(BUCKETS, one) for one in shown["bucket"]],
                "overdue": (shown["overdue_minor"] / unit).round(),
                "way": [_(WAYS[one]) for one in shown["channel"]],
                "net": (shown["net_minor"] / unit).round(),
                **{name: (shown[f"{name}_minor"] / unit).round() for name in ("own", "agency", "phone", "letter")},
                "why": [said(one, called) for one in shown["why"]],
            }
        ),
        hide_index=True,
        height=TABLE_PX,
        placeholder=formats.UNKNOWN,
        column_config={
            "debtor": st.column_config.TextColumn(_("Debtor"), width=70),
            "bucket": st.column_config.TextColumn(_("Age"), width=126),
            "overdue": money_column(_("Overdue ¥"), currency, 90),
            "way": st.column_config.TextColumn(_("Way"), width=90),
            "net": money_column(_("Net ¥"), currency, 80),
            "own": money_column(_("Visit net ¥"), currency, 90, _("At full cost of the crew.")),
            "agency": money_column(_("Agency net ¥"), currency, 100),
            "phone": money_column(_("Call net ¥"), currency, 80),
            "letter": money_column(_("Letter net ¥"), currency, 90),
            "why": st.column_config.TextColumn(_("Why this way"), width="large"),
        },
    )
    if len(rows) > TOP:
        st.caption(_("The {n} with the largest value are shown.").format(n=formats.number(TOP)))


def downloads(kit: Services, principal: Principal, branch: Branch, view: ChannelsView) -> None:
    """Offer the lists: calls and letters whole, each agency's cut to what its contract allows."""
    today = today_at(branch, kit.now())
    with st.container(horizontal=True, vertical_alignment="center"):
        for channel, label in ((Channel.PHONE, _("Call list")), (Channel.LETTER, _("Letter list"))):
            if len(view.of(channel)):
                rows = outgoing(kit.store, principal, branch, view, channel, today=today)
                name = f"{branch.code}_{view.week}_{channel.value}.xlsx"
                offer(label, rows, name, view.currency, noting=noted(kit, principal, branch, channel.value, len(rows)))
        for agency in view.agencies:
            for channel in (Channel.AGENCY, Channel.JOINT):
                rows = outgoing(kit.store, principal, branch, view, channel, today=today, agency=agency)
                if len(rows):
                    label = _("List for {agency}").format(agency=agency.name)
                    name, what = f"{branch.code}_{view.week}_{channel.value}_{agency.code}.xlsx", channel.value
                    offer(label, rows, name, view.currency, noting=noted(kit, principal, branch, what, len(rows)))
    st.caption(
        _(
            "The lists hold names and addresses: keep them as you keep the bank's files. An agency's list holds the "
            "columns that its contract allows and no others."
        )
    )


def noted(kit: Services, principal: Principal, branch: Branch, channel: str, rows: int) -> Callable[[], None]:
    """Give what leaves in the trail that a list was taken."""
    return lambda: kit.store.note_cards(principal, branch.code, "list", now=kit.now(), channel=channel, rows=rows)


def offer(label: str, rows: pd.DataFrame, name: str, currency: str, *, noting: Callable[[], None]) -> None:
    """Offer one list as a workbook; it is made when it is taken, and the taking is noted."""
    told = rows.assign(**{one: [worded(one, value) for value in rows[one]] for one in rows if one in CODED})
    headings = {one: formats.heading(_(words), currency) for one, words in FIELDS.items()}

    def make() -> bytes:
        file = list_workbook(re.sub(r"[\[\]:*?/\\]", " ", label), told, headings)
        noting()
        return file

    st.download_button(
        f"{label} · {formats.number(len(rows))}",
        make,
        file_name=name,
        mime=XLSX,
        icon=":material/download:",
        on_click="ignore",
        key=f"list {name}",
    )


#: columns that hold codes
CODED = ("product", "bucket", "channel")


def worded(column: str, value: object) -> str:
    """Give the words for a code of a column."""
    words = {"product": PRODUCTS, "bucket": BUCKETS, "channel": WAYS}[column]
    return word(words, str(value))


def contracts(view: ChannelsView, today: date) -> None:
    """Show the agencies' contracts: what they cost, may do and may see."""
    if not view.agencies:
        st.caption(_("No agency has a contract here. One is entered in the team file: docs/your-own-branch.md."))
        return
    with st.expander(
        n_("{n} contract with an agency", "{n} contracts with agencies", len(view.agencies)),
        icon=":material/handshake:",
    ):
        st.dataframe(
            pd.DataFrame([contract(one, today, view.currency) for one in view.agencies]),
            hide_index=True,
            column_config={
                "agency": st.column_config.TextColumn(_("Outside agency")),
                "state": st.column_config.TextColumn(_("State")),
                "from": st.column_config.TextColumn(_("From and until")),
                "fee": st.column_config.TextColumn(_("Fee")),
                "products": st.column_config.TextColumn(_("Products allowed")),
                "buckets": st.column_config.TextColumn(_("Ageing allowed")),
                "data": st.column_config.TextColumn(_("May see")),
                "source": st.column_config.TextColumn(_("Source and confidence")),
            },
        )


def contract(one: Agency, today: date, currency: str) -> dict[str, str]:
    """Give a contract's row."""
    in_force = one.in_force(today)
    fee = formats.percent(one.fee_share)
    if one.fee_visit_minor:
        fee = _("{share} and {money} a visit").format(share=fee, money=formats.money(one.fee_visit_minor, currency))
    until = _("open") if one.until_on is None else one.until_on.isoformat()
    return {
        "agency": f"{one.name} ({one.code})",
        "state": _("in force") if in_force else _("not in force"),
        "from": f"{one.from_on.isoformat()} – {until}",
        "fee": fee,
        "products": listed(one.products, PRODUCTS),
        "buckets": _(", ").join(bucket for bucket in BUCKETS if bucket in one.buckets),
        "data": listed([*MINIMUM, *sorted(one.data)], FIELDS),
        "source": f"{one.source} · {one.confidence}",
    }


def listed(codes: Sequence[str] | frozenset[str], words: Mapping[str, str]) -> str:
    """Give words for codes, in the words' order."""
    return _(", ").join(_(text) for code, text in words.items() if code in codes)


def how(view: ChannelsView) -> None:
    """Say how the figures are computed and which of them are assumptions."""
    numbers = load_parameters()
    with st.expander(_("How is this computed?"), icon=":material/help:"):
        st.markdown(
            _(
                "A **visit** brings its uplift; its cost is the crew's time at the door and on the way. An "
                "**agency** brings "
                "{agency} of that and takes its fee of all the money collected, also of what would have come "
                "anyway. **Calls** "
                "bring {phone} and a **letter** {letter} of what an ordinary visit to the debtor would add, "
                "by the same learnt rates; they cost {call} and "
                "{post}. A letter may also keep a clock from lapsing."
            ).format(
                agency=formats.percent(numbers.agency_effect.value),
                phone=formats.percent(numbers.phone_effect.value),
                letter=formats.percent(numbers.letter_effect.value),
                call=formats.money(numbers.phone_cost.value, view.currency),
                post=formats.money(numbers.letter_cost.value, view.currency),
            )
        )
        st.markdown(
            _(
                "The search is told what a visit adds beyond the cheaper way, and weighs it against the way "
                "that it really "
                "adds to a route. So somebody who lies on the way may be visited although at full cost a "
                "call would do. "
                "A visit that a clock requires is made in any case."
            )
        )
        st.caption(
            ":orange-badge["
            + _("Assumption")
            + "] "
            + _(
                "The effects and costs of calls, letters and agencies have no source yet (confidence L, {day})."
            ).format(day=numbers.phone_effect.dated.isoformat())
        )
