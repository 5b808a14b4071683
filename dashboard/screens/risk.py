"""Risk over a period: where accounts go from list to list, what is at risk, how cohorts run off, and what changed."""

from __future__ import annotations

import streamlit as st

from dashboard.principal import current_principal
from dashboard.screens import risk_book, risk_cohorts, risk_export, risk_flows, risk_how, risk_segments, risk_tiles
from dashboard.screens.overdue_words import PRODUCTS
from dashboard.screens.regions import road_region
from dashboard.screens.risk_words import MEASURES, MONEY, Cut, lists_line, names, told_changes
from dashboard.screens.versions import counted_until, data_version
from dashboard.screens.who import audience, branch_name, no_branch, spoken_key
from dashboard.services import Services, services
from dashboard.text import _, current_language
from dashboard.text.words import word
from planner.domain import Branch, Principal, Role
from planner.portfolio import roll_changes
from planner.portfolio.change import months_compared
from planner.view import sums
from planner.view.risk import RiskView


def page() -> None:
    """Show the page for whoever asks: a regional head sees all branches, a manager the own one."""
    kit, principal = services(), current_principal()
    branches = road_region(kit, principal)
    if not branches:
        no_branch()
        return
    view = read_view(kit, principal, branches)
    st.subheader(_("Risk over a period"), anchor=False)
    st.caption(
        _("Branches: {names}").format(names=_(", ").join(branch_name(one) for one in branches))
        + " · "
        + lists_line(view)
    )
    if view.now.empty:
        nothing_yet(_("No full list has been loaded yet"), principal)
        return
    cut = filters(view)
    part = view.cut(region=cut.region, product=cut.product)
    if part.now.empty and part.moves.empty:
        few = _("Fewer than {n} debtors of this region and product: nothing is told of them.").format(n=view.fewest)
        st.info(
            few if view.fewest else _("No account of this region and product is on any list."), icon=":material/info:"
        )
        return
    changes(view, cut)
    risk_tiles.show(part, cut)
    if view.moves.empty:
        nothing_yet(_("Only lists of one month are there"), principal)
    elif part.moves.empty:
        few = _(
            "Fewer than {n} debtors of this region and product stood on earlier lists: where they went is not told."
        )
        none = _("No account of this region and product stood on an earlier list.")
        st.info(few.format(n=view.fewest) if view.fewest else none, icon=":material/info:")
    else:
        risk_flows.show(part, by_money=cut.by_money)
        risk_segments.show(part, by_money=cut.by_money)
    risk_cohorts.show(part)
    risk_book.show(kit, principal, view)
    risk_how.show()
    risk_export.show(view, by_money=cut.by_money, made_on=max(view.full_days))


def read_view(kit: Services, principal: Principal, branches: tuple[Branch, ...]) -> RiskView:
    """Read the lists once for everybody who may see the same, until the store has something new."""
    version = data_version(kit, principal, branches, field_until=counted_until(kit.now()))
    codes = ",".join(one.code for one in branches)
    with st.spinner(_("Reading the successive lists"), show_time=current_language() == "en"):
        return _cached_view(kit, principal, branches, audience(principal), codes, version)


@st.cache_resource(ttl=6 * 3600, max_entries=6, show_spinner=False)
def _cached_view(
    _kit: Services,
    _principal: Principal,
    _branches: tuple[Branch, ...],
    who: str,  # noqa: ARG001  part of the key
    codes: str,  # noqa: ARG001
    version: str,  # noqa: ARG001
) -> RiskView:
    return sums.risk_of(_kit.store, _principal, _branches, now=_kit.now())


def nothing_yet(title: str, principal: Principal) -> None:
    """Say how a history comes about, and lead to where a list is loaded."""
    with st.container(border=True):
        st.markdown("##### " + title)
        st.write(
            _(
                "How accounts move is seen from two full lists about a month apart. Bring last month's list too: load "
                "it on the page Overdue list and give its day. An older list adds to the history only; the accounts of "
                "today stay as they are."
            )
        )
        if principal.role is Role.MANAGER and st.button(
            _("Load an older list"), icon=":material/history:", key="risk_load"
        ):
            st.session_state["overdue_loading"] = True
            from dashboard.screens.overdue_told import go_to  # the navigation imports the pages

            go_to(principal, "overdue")


def filters(view: RiskView) -> Cut:
    """Let the reader choose what is counted and of whom."""
    here = regions_of(view) - {""}  # an unknown district is none to choose: "" chooses all
    regions = {"": _("All districts"), **{code: name for code, name in names(view).items() if code in here}}
    products = {"": _("All products")} | {
        one: word(PRODUCTS, one) for one in PRODUCTS if (view.now["product"] == one).any()
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # By money, a rate of few accounts tells what they owe: where that may not be told, accounts are counted.
        measure = None if view.fewest else measured()
        region = st.selectbox(
            _("District"), list(regions), format_func=regions.__getitem__, key=spoken_key("risk_region"), width=220
        )
        product = st.selectbox(
            _("Product"), list(products), format_func=products.__getitem__, key=spoken_key("risk_product"), width=200
        )
    return Cut(measure == MONEY, region or "", product or "")


def measured() -> str | None:
    """Let the reader choose what is counted."""
    return st.segmented_control(
        _("Counted"),
        list(MEASURES),
        format_func=lambda one: _(MEASURES[one]),
        default=next(iter(MEASURES)),
        required=True,
        key=spoken_key("risk_measure"),
        label_visibility="collapsed",
    )


def regions_of(view: RiskView) -> set[str]:
    """Give the districts in which there are accounts."""
    return set(view.now["region"]) | set(view.moves["region"])


def changes(view: RiskView, cut: Cut) -> None:
    """Say in plain words what got better or worse beyond chance."""
    part = view.cut(region=cut.region, product=cut.product)
    if part.moves.empty or not months_compared(view.moves):
        return
    table = roll_changes(part.moves, by_money=cut.by_money)
    with st.container(border=True):
        st.markdown(told_changes(table, part.moves, names(view)))
