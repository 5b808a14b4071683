"""A week without a plan: what there is to plan with, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import streamlit as st

from dashboard import formats
from dashboard.screens import overdue, overdue_summary
from dashboard.services import Services
from dashboard.text import _, n_
from planner.domain import Branch, Principal, Role
from planner.week import week_days


class Lack(Enum):
    """What keeps a week from being planned."""

    LIST = auto()
    SHIFTS = auto()


@dataclass(frozen=True)
class Basis:
    """What a week would be planned with: debtors on the list, crews and shifts that are still ahead."""

    debtors: int
    crews: int
    shifts: int

    @property
    def lack(self) -> Lack | None:
        """What is missing, the list first."""
        if not self.debtors:
            return Lack.LIST
        return None if self.shifts else Lack.SHIFTS


def basis(kit: Services, principal: Principal, branch: Branch, week: str) -> Basis:
    """Count what the week would be planned with now."""
    days = week_days(week)
    now = kit.now()
    ahead = [one for one in kit.store.shifts(principal, branch.code, days[0], days[-1]) if one.starts >= now]
    accounts = kit.store.accounts(principal, branch.code)
    debtors = accounts.loc[
        accounts["days_past_due"] > 0, "debtor_id"
    ].nunique()  # whoever is only watched is not visited
    return Basis(debtors, len({one.crew_id for one in ahead}), len(ahead))


def show(
    kit: Services,
    principal: Principal,
    branch: Branch,
    week: str,
    of: Basis | None,
    *,
    busy: bool,
) -> None:
    """Say what to do where a week has no plan, and show who waits on the map.

    Parameters
    ----------
    of
        What it would be planned with; None for who does not plan.
    """
    if busy:
        st.caption(_("The plan appears here as soon as it is ready. You may leave this page meanwhile."))
        return
    with st.container(border=True, key="week_empty"):
        st.markdown("##### " + _("No plan for {week} yet").format(week=formats.week(week)))
        if principal.role is not Role.MANAGER or of is None:
            st.write(_("The branch manager has not planned this week."))
        elif of.lack is Lack.LIST:
            st.write(_("The overdue list of this branch is empty: load a list first, then plan the week."))
            if st.button(_("Load a list"), icon=":material/upload_file:", key="week_load", type="primary"):
                to_list()
        elif of.lack is Lack.SHIFTS:
            st.write(_("No crew has a shift ahead in this week, so there is nothing to plan. Choose another week."))
            st.caption(
                _("If crews do work then, their shifts are missing: whoever set the branch up enters them (README).")
            )
        else:
            st.write(
                _("Planning takes the overdue list as it is now, the crews' shifts and the rules, and gives routes.")
            )
            st.caption(told(of, kit.settings.plan_seconds))
    if of is not None and of.lack is None:
        st.markdown("**" + _("Who is on the list") + "**")
        overdue_summary.picture(kit, overdue.read_view(kit, principal, branch))


def told(of: Basis, seconds: int) -> str:
    """Say what the week would be planned with and how long that takes."""
    facts = [
        n_("{n} debtor on the list", "{n} debtors on the list", of.debtors),
        n_("{n} crew", "{n} crews", of.crews),
        n_("{n} shift ahead", "{n} shifts ahead", of.shifts),
        n_(
            "takes about {n} second, and can be stopped with the best plan so far",
            "takes about {n} seconds, and can be stopped with the best plan so far",
            seconds,
        ),
    ]
    return " · ".join(facts)


def to_list() -> None:
    """Turn to the page where lists are loaded."""
    st.switch_page(st.Page(overdue.page, url_path="overdue"))
