"""The letters to be sent as a workbook: whom, where to, which debt, until when. Names and addresses: managers only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.clocks_words import article
from dashboard.screens.overdue_words import ACTS, CLOCKS
from dashboard.services import Services
from dashboard.text import _, current_language, speaking
from dashboard.text.words import word
from planner.domain import PlaceKind, Principal
from planner.export.workbook import plain_workbook
from planner.value.uplift import addresses_seen
from planner.view.clocks import ClocksView

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: the acts that go out as paper
BY_PAPER = ("letter", "demand_on_guarantor")


def download(kit: Services, principal: Principal, view: ClocksView) -> None:
    """Offer the letters as a file."""
    rows = view.lapsing[view.lapsing["cheapest_act"].isin(BY_PAPER)]
    st.download_button(
        _("Letters to send ({n})").format(n=len(rows)),
        made(kit, principal, view, current_language()),
        file_name=f"letters-{view.branch.code}-{view.today:%Y-%m-%d}.xlsx",
        mime=XLSX,
        icon=":material/mail:",
        disabled=rows.empty,
        on_click="ignore",
        key="clocks_letters",
        help=_("Names and addresses are in this file: keep it where letters are kept."),
    )


def made(kit: Services, principal: Principal, view: ClocksView, language: str) -> Callable[[], bytes]:
    """Give what makes the file, in the language the page was drawn in."""

    def make() -> bytes:
        with speaking(language):
            rows = letters(kit, principal, view)
            file = plain_workbook(_("Letters"), rows)
        kit.store.note_cards(principal, view.branch.code, "letters", now=kit.now(), rows=len(rows))
        return file

    return make


def letters(kit: Services, principal: Principal, view: ClocksView) -> pd.DataFrame:
    """Give the letters as a table under headings in the reader's language, soonest first."""
    rows = view.lapsing[view.lapsing["cheapest_act"].isin(BY_PAPER)]
    code = view.branch.code
    seen = addresses_seen(kit.store.latest_outcomes(principal, code))
    places = kit.store.places(principal, code)
    wrong = places["place_id"].isin(seen.index[seen == "moved"])  # as the clock: no letter goes there
    gone = frozenset(places.loc[wrong & (places["kind"] == PlaceKind.HOME.value), "debtor_id"])
    places = places[~wrong]
    addresses = kit.store.addresses(principal, code).merge(places[["place_id", "kind"]], on="place_id")
    written = {
        (one, kind): address
        for one, kind, address in zip(addresses["debtor_id"], addresses["kind"], addresses["address"], strict=True)
    }
    to = {"letter": PlaceKind.HOME.value, "demand_on_guarantor": PlaceKind.GUARANTOR.value}
    unit = formats.unit(view.branch.currency)
    addressed = [
        written.get((one, to[act]), "") for one, act in zip(rows["debtor_id"], rows["cheapest_act"], strict=True)
    ]
    notes = [
        note(view, one, address, moved=one["debtor_id"] in gone)
        for one, address in zip(rows.to_dict("records"), addressed, strict=True)
    ]
    return pd.DataFrame(
        {
            _("Send by"): [
                (ends - pd.Timedelta(days=view.terms.letter_days.value)).strftime("%Y-%m-%d")
                for ends in rows["ends_on"]
            ],
            _("Last day"): rows["ends_on"].dt.strftime("%Y-%m-%d").to_numpy(),
            _("Debtor"): rows["name"].to_numpy(),
            _("Address"): addressed,
            _("Note"): notes,
            _("Letter"): [word(ACTS, act) for act in rows["cheapest_act"]],
            _("Case"): rows["case_id"].to_numpy(),
            _("Overdue"): (rows["overdue_minor"] / unit).to_numpy(),
            _("Clock"): [word(CLOCKS, kind) for kind in rows["kind"]],
            _("Article"): [article(one) for one in rows["article"]],
            _("Sent on"): "",
            _("Number of the posting"): "",
            _("Proof received on"): "",
        }
    )


def note(view: ClocksView, one: Mapping[Any, Any], address: str, *, moved: bool) -> str:
    """Say what a letter's row does not show: why there is no address, that it is late, and what else lapses."""
    told = []
    if not address:
        told.append(no_address(str(one["cheapest_act"]), moved=moved))
    if one["ends_on"] - pd.Timedelta(days=view.terms.letter_days.value) < pd.Timestamp(view.today):
        told.append(_("too late by post: hand it over and have it signed for"))
    same = view.lapsing[(view.lapsing["debtor_id"] == one["debtor_id"]) & ~view.lapsing["cheapest_act"].isin(BY_PAPER)]
    told += [
        _("also lapsing: {case}, {act}").format(case=case, act=word(ACTS, act))
        for case, act in zip(same["case_id"], same["cheapest_act"], strict=True)
    ]
    return "; ".join(told)


def no_address(act: str, *, moved: bool) -> str:
    """Say why a letter has no address."""
    if act == "demand_on_guarantor":
        return _("no address of the guarantor is on file: take it from the contract")
    return _("the address on file was found wrong") if moved else _("no home address is on file")
