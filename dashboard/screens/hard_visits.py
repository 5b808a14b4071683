"""What the crews have borne in the past weeks, under the week's load: who had more hard visits than a share."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.services import Services
from dashboard.text import _, joined
from planner.domain import Branch, Principal, Role
from planner.load import TOLERANCE, tolerance_of
from planner.view.hard_visits import Burden, HardVisits, hard_visits_of


def show(kit: Services, principal: Principal, branch: Branch) -> None:
    """Show the past weeks to the branch's managers, and say what is unequal."""
    if principal.role is not Role.MANAGER:
        return
    parameters, now = load_parameters(), kit.now()
    tolerance = tolerance_of(kit.store.setting(principal, branch.code, TOLERANCE), parameters)
    found = hard_visits_of(
        kit.store.outcomes(principal, branch.code),
        kit.store.crews(principal, branch.code),
        kit.store.collectors(principal, branch.code),
        parameters,
        tolerance=tolerance,
        now=now,
    )
    weeks = formats.number(found.weeks)
    if not found.total:
        st.caption(_("No hard visit was recorded in the last {weeks} weeks.").format(weeks=weeks))
        return
    st.markdown(f"**{_('Hard visits of the last {weeks} weeks').format(weeks=weeks)}**")
    st.markdown(unequal(found, tolerance))
    by_crew, by_person = st.columns(2, gap="medium")
    with by_crew:
        rows(found.crews, _("Crew"))
    with by_person:
        rows(found.people, _("By person"))
    st.caption(_(
        "Hard: the visit ended in a refusal, a dispute, or was broken off as unsafe. A share follows the visits made. "
        "People are counted in the crew that they are in today; who was in it on the day is not kept. For sharing the "
        "burden only, never for judging anybody."
    ))  # fmt: skip


def unequal(found: HardVisits, tolerance: float) -> str:
    """Say in a sentence what is unequal."""
    over = [
        _("{crew} had {n} of {all}, {more} more than its share").format(
            crew=plain(one.name), n=one.hard, all=found.total, more=formats.number(round(one.more))
        )
        for one in found.crews
        if one.more
    ]
    if not over:
        return _(
            "Nothing is unequal beyond the tolerance: every crew lies within one visit or {tolerance} of its share."
        ).format(tolerance=formats.percent(tolerance))
    told = _("Unequal: {crews}.").format(crews=_(", ").join(over))
    return joined(told, _("Whoever has had more than a share gets fewer in the next plan."))


def rows(burdens: tuple[Burden, ...], head: str) -> None:
    """List burdens in the order of names: no ranking."""
    st.dataframe(
        pd.DataFrame(
            [
                {"name": one.name, "visits": one.visits, "hard": one.hard, "share": round(one.share, 1)}
                for one in burdens
            ]
        ),
        hide_index=True,
        height="content",
        column_config={
            "name": st.column_config.TextColumn(head),
            "visits": st.column_config.NumberColumn(_("Visits")),
            "hard": st.column_config.NumberColumn(_("Hard visits")),
            "share": st.column_config.NumberColumn(_("Its share"), format="%.1f"),
        },
    )
