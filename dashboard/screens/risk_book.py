"""The outstanding principal of the whole book by product, entered by the branch: the denominator of PAR."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st
from babel.numbers import get_currency_precision

from dashboard import formats
from dashboard.screens.overdue_words import PRODUCTS
from dashboard.services import Services
from dashboard.text import _
from planner.domain import Principal, Role
from planner.view.risk import BOOK, RiskView


def show(kit: Services, principal: Principal, view: RiskView) -> None:
    """Say what was entered; a manager may enter it for the own branch."""
    with st.expander(_("Outstanding principal of the whole book"), icon=":material/account_balance:"):
        st.write(
            _(
                "An overdue list names no account that is current. Enter the outstanding principal of all loans by "
                "product, and portfolio at risk becomes a share of the whole book."
            )
        )
        if view.book is not None:
            st.caption(
                _("Entered: {sum}, as of {day}.").format(
                    sum=formats.money_short(view.book.whole, view.currency),
                    day=formats.day(view.book.as_of, year=True),
                )
            )
        elif len(view.branches) > 1:
            st.caption(_("It counts once every branch has entered it."))
        if principal.role is Role.MANAGER:
            form(kit, principal, view)


def form(kit: Services, principal: Principal, view: RiskView) -> None:
    """Let a manager enter the figures."""
    branch = view.branches[0]
    unit = 10 ** get_currency_precision(branch.currency)
    saved = kit.store.setting(principal, branch.code, BOOK) or {"as_of": None, "products": {}}
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    with st.form("risk_book", border=False):
        columns = st.columns(3)
        amounts = {
            product: columns[k % 3].number_input(
                f"{_(name)} ({branch.currency})",
                min_value=0,
                step=10_000,
                value=int(saved["products"].get(product, 0)) // unit,
                key=f"risk_book_{product}",
            )
            for k, (product, name) in enumerate(PRODUCTS.items())
        }
        as_of = st.date_input(_("As of"), value=today, max_value=today, key="risk_book_day", width=200)
        if st.form_submit_button(_("Save"), type="primary"):
            products = {product: int(value) * unit for product, value in amounts.items() if value}
            kit.store.save_setting(
                principal,
                branch.code,
                BOOK,
                {"as_of": as_of.isoformat(), "products": products} if products else None,
                now=kit.now(),
            )
            st.rerun()
