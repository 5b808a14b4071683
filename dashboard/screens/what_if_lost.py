"""What adopting a scenario would undo of the week's plan: changes by hand that it does not know or forgot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard.screens import what_if_base, what_if_job
from dashboard.screens.edit_words import command_words
from dashboard.screens.who import audience, read_plan
from dashboard.services import Services
from dashboard.text import _, n_
from dashboard.text.called import called
from planner.domain import Branch, Principal
from planner.editing.told import command_to_dict
from planner.scenarios.lost import basis_of, lost
from planner.scenarios.scenario import Scenario
from planner.store import PlanRow, SavedPlan

#: so many changes are named
MOST = 8


@dataclass(frozen=True)
class Undone:
    """What adopting would undo, as ``command_to_dict`` gives it, with the shifts and the origin that it is told by."""

    commands: tuple[Mapping[str, Any], ...]
    shifts: Mapping[str, Mapping[str, Any]]
    origin: datetime


@st.cache_data(ttl=3600, max_entries=24, show_spinner=False)
def undoes(_kit: Services, _principal: Principal, who: str, beside: str, scenario: str) -> Undone:  # noqa: ARG001
    """Read what adopting a scenario would undo of the plan beside it; neither ever changes."""
    before, after = (_kit.store.plan(_principal, one) for one in (beside, scenario))
    commands = lost(before, after, basis_of(_kit.store, _principal, after))
    origin = datetime.fromisoformat(before.problem["origin"])
    return Undone(tuple(command_to_dict(one) for one in commands), before.context["shifts"], origin)


def show(
    kit: Services, principal: Principal, branch: Branch, saved: SavedPlan, scenario: Scenario, beside: PlanRow
) -> None:
    """Name the changes by hand that would be gone, before *Adopt*, and offer to plan the scenario with them."""
    undone = undoes(kit, principal, audience(principal), beside.plan_id, saved.plan_id)
    if not undone.commands:
        return
    gone, shifts, origin = undone.commands, undone.shifts, undone.origin
    names = called(read_plan(kit, principal, audience(principal), beside.plan_id, ""))
    people = collectors(kit, principal, branch, gone)
    with st.container(border=True, gap="xsmall", key="what_if_lost"):
        text = n_(
            "The week's plan has {n} change by hand that this scenario does not have. Adopting it undoes that:",
            "The week's plan has {n} changes by hand that this scenario does not have. Adopting it undoes them:",
            len(gone),
        )
        st.markdown(f":orange[:material/warning: {text}]")
        st.markdown("\n".join(f"- {command_words(one, names, shifts, origin, people)}" for one in gone[:MOST]))
        if len(gone) > MOST:
            st.caption(_("… and {n} more").format(n=len(gone) - MOST))
        if scenario.anew:
            st.caption(_("A scenario that is planned all anew begins without what was settled by hand."))
            return
        label = _("Plan it once more with what was changed by hand")
        busy = what_if_job.running(kit, principal, branch.code, saved.week) is not None
        if st.button(label, icon=":material/bolt:", type="tertiary", key="what_if_again", disabled=busy) and not busy:
            what_if_base.plan(kit, principal, branch, saved.week, scenario)


def collectors(
    kit: Services, principal: Principal, branch: Branch, gone: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Name the branch's collectors by id, where a change is about one."""
    if not any(one.get("collector") for one in gone):
        return {}
    return {one.collector_id: one.name for one in kit.store.collectors(principal, branch.code)}
