"""What scenarios are compared with: the week's plan, or, where that is out of date, the week as it is planned anew.

A scenario is planned from the data of its day. Beside a plan that was made before outcomes or a list came, its
difference is that of the data too and tells little of what the scenario changes: it then stands without the colours of
better and worse. A scenario that changes nothing and knows what came is a base like that of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from config.rules import load_pack
from dashboard import formats
from dashboard.screens import certainty, edit_hand, week_stale, what_if_job
from dashboard.screens.debtor_card import plain
from dashboard.screens.since import since
from dashboard.screens.since_adopted import MODEL, adopted, adopted_words, made_with
from dashboard.services import Services
from dashboard.text import N_, _
from planner.domain import Branch, Principal, Role
from planner.scenarios.adopt import scenario_of
from planner.scenarios.run import certainty_in, plan_beside
from planner.scenarios.scenario import Scenario
from planner.store import PlanRow, read_at
from planner.view import WeekView

KNOWN = N_("The week's plan is out of date. Since it was made: {what}. Differences are to “{name}”, which knows that.")
UNKNOWN = N_(
    "The week's plan is out of date. Since it was made: {what}. Scenarios planned later know that, so their "
    "differences to it do not tell what they change."
)

#: gives the view of a saved plan
Read = Callable[[PlanRow], WeekView]


@dataclass(frozen=True)
class Base:
    """The week's plan, how old its data are, what it does not know (sentences), and a base that does know it."""

    row: PlanRow
    read_at: datetime
    unknown: tuple[str, ...]
    fresh: PlanRow | None

    @property
    def first(self) -> tuple[PlanRow, ...]:
        """The columns before those that were picked: differences are to the first."""
        return (self.row,) if self.fresh is None else (self.fresh, self.row)


def plan_of(rows: Sequence[PlanRow]) -> PlanRow:
    """Give the plan of the week that scenarios are compared with; a draft that this reader undid is none."""
    return plan_beside(rows, edit_hand.undone())


def sure_beside(kit: Services, principal: Principal, branch: str, week: str) -> float | None:
    """Give how surely the plan is made that a scenario will stand beside; without one, as the branch plans."""
    rows = kit.store.plans(principal, branch, week)
    return certainty_in(plan_of(rows).metrics) if rows else certainty.chosen(kit, principal, branch)


def base_of(
    kit: Services,
    principal: Principal,
    branch: Branch,
    rows: Sequence[PlanRow],
    scenarios: Sequence[PlanRow],
    view: WeekView,
    today: date,
    read: Read,
) -> Base:
    """Judge the week's plan, whose view is given; of a week that is over nothing is out of date."""
    row = plan_of(rows)
    made = read_at(rows, row)
    unknown = () if view.days[-1] < today else tuple(week_stale.changed(kit, principal, branch, view, made))
    fresh = fresh_one(kit, principal, branch, scenarios, view, read) if unknown else None
    return Base(row, made, unknown, fresh)


def fresh_one(
    kit: Services, principal: Principal, branch: Branch, scenarios: Sequence[PlanRow], view: WeekView, read: Read
) -> PlanRow | None:
    """Give the newest scenario that changes nothing and knows all that came."""
    pack = load_pack(branch.rule_pack).version
    for row in scenarios:
        one = scenario_of(row.metrics)
        if one is None or not one.plain or row.rule_pack != pack:
            continue
        came = since(kit, principal, branch, view, row.created_at)
        return (
            None if came.lists or came.outcomes or adopted(kit, principal, branch, read(row), row.created_at) else row
        )
    return None


def unknown_to(
    kit: Services, principal: Principal, branch: Branch, row: PlanRow, view: WeekView, today: date
) -> list[str]:
    """Say what came since a scenario was planned, but for what it is a scenario of; nothing of a week that is over."""
    one = scenario_of(row.metrics)
    if one is None or view.days[-1] < today:
        return []
    facts = week_stale.came(kit, principal, branch, view, row.created_at)
    facts += [] if one.rule_pack else week_stale.other_rules(branch, view)
    return facts + adopted_words([
        kind for kind in adopted(kit, principal, branch, view, row.created_at) if kind != MODEL or not one.model
    ])  # fmt: skip


def of_other_data(
    kit: Services, principal: Principal, branch: Branch, base: Base, shown: Sequence[PlanRow], read: Read
) -> frozenset[str]:
    """Give the plans among those shown whose data are not those of the first column."""
    view = read(base.row)

    def key(row: PlanRow) -> object:
        at = base.read_at if row.plan_id == base.row.plan_id else row.created_at
        times = {name: made for name, made in made_with(read(row)).items() if name != MODEL}
        return since(kit, principal, branch, view, at).key, times

    def same_rules(row: PlanRow) -> bool:
        one = scenario_of(row.metrics)
        return row.rule_pack == shown[0].rule_pack or (one is not None and bool(one.rule_pack))

    wanted = key(shown[0])
    return frozenset(row.plan_id for row in shown[1:] if key(row) != wanted or not same_rules(row))


def otherwise_sure(shown: Sequence[PlanRow]) -> frozenset[str]:
    """Give the plans that were made with another certainty than the first, though that is not what they try."""
    first = certainty_in(shown[0].metrics)
    asked = {
        row.plan_id for row in shown if (one := scenario_of(row.metrics)) is not None and one.certainty is not None
    }
    return frozenset(row.plan_id for row in shown if certainty_in(row.metrics) != first) - asked


def notice(
    kit: Services, principal: Principal, branch: Branch, week: str, base: Base, names: Mapping[str, str]
) -> None:
    """Say above the table that the week's plan is out of date, and offer to plan the week as it is now beside it."""
    if not base.unknown:
        return
    what = "; ".join(base.unknown)
    if base.fresh is not None:
        name = plain(names.get(base.fresh.plan_id, ""))
        st.info(_(KNOWN).format(what=what, name=name), icon=":material/update:")
        return
    st.warning(_(UNKNOWN).format(what=what), icon=":material/update:")
    if principal.role is not Role.MANAGER:
        return
    busy = what_if_job.running(kit, principal, branch.code, week) is not None
    label = _("Plan this week as it is, from today's data")
    if st.button(label, icon=":material/bolt:", key="what_if_base", disabled=busy) and not busy:
        begin(kit, principal, branch, week)


def begin(kit: Services, principal: Principal, branch: Branch, week: str) -> None:
    """Plan the week as it is, as a scenario of its own that carries the day in its name."""
    day = formats.day(kit.now().astimezone(ZoneInfo(branch.timezone)).date())
    one = Scenario(_("This week as it is, planned {day}").format(day=day))
    plan(kit, principal, branch, week, one)


def plan(kit: Services, principal: Principal, branch: Branch, week: str, one: Scenario) -> None:
    """Start to plan a scenario, as surely as the plan that this reader sees beside it, and show how far that is."""
    beside = sure_beside(kit, principal, branch.code, week)
    seconds, undone = kit.settings.plan_seconds, edit_hand.undone()
    what_if_job.start(kit, principal, branch.code, week, one, beside=beside, undone=undone, seconds=seconds)
    st.rerun()
