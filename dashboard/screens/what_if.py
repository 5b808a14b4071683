"""What if: scenarios of a week, planned apart from it, side by side as figures and on two maps; one can be adopted."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from config.what_if import load_what_if
from dashboard import formats, maps
from dashboard.principal import current_principal
from dashboard.screens import job_ended, plan_job, what_if_delete, what_if_form, what_if_job, what_if_table
from dashboard.screens.origin import adopt_button
from dashboard.screens.week import chosen_plan, offered, wanted_week, week_label
from dashboard.screens.what_if_form import Choices
from dashboard.screens.what_if_words import changes
from dashboard.screens.who import audience, branch_name, branch_or_word, read_plan
from dashboard.services import Services, services
from dashboard.text import N_, _
from planner.domain import Branch, Principal, Role
from planner.scenarios.adopt import scenario_of
from planner.store import PlanRow
from planner.view import WeekView

MAP_PX, SHOWN = 420, 3
HOW = N_(
    "A scenario is planned like the week itself: the overdue list, rules, holds and travel times of now, with what the "
    "scenario changes, by the same search and for as long. Its plan is kept apart: no crew sees it, and it cannot be "
    "published. Uplift is told by the value model that the scenario names, so figures of two models are two opinions "
    "and not a gain. A crew that is added has the skills of the one it is like; what it costs is not taken off. A "
    "limit of field hours gives each hour a price until the limit is kept. For the fairest comparison add a scenario "
    "that changes nothing: it is planned now, like the others."
)


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    week = wanted_week(today)
    head(branch, week, today)
    of = what_if_form.choices(kit, principal, branch)
    rows = kit.store.scenarios(principal, branch.code, week)
    if principal.role is Role.MANAGER:
        make(kit, principal, branch, week, of, first=not rows)
    if not rows:
        st.caption(_("There is no scenario of this week yet."))
        return
    compare(kit, principal, branch, week, rows, of)


def head(branch: Branch, week: str, today: date) -> None:
    """Show whose week it is, with the other weeks."""
    title, act = st.columns([3, 2], vertical_alignment="center")
    with title, st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{_('What if')} · {branch_name(branch)} · {formats.week(week)}", anchor=False, width="content")
        with st.popover(_("How is this computed?"), icon=":material/help:", width="content"):
            st.write(_(HOW))
    with act, st.container(horizontal=True, horizontal_alignment="right"):
        st.selectbox(
            _("Week"),
            sorted({*offered(today), week}),
            key="week",
            format_func=week_label,
            label_visibility="collapsed",
            width=330,
            persist_state="session",
        )


def make(kit: Services, principal: Principal, branch: Branch, week: str, of: Choices, *, first: bool) -> None:
    """Let a manager put a scenario together and plan it; show how far one is that is being planned."""
    job = what_if_job.running(kit, principal, branch.code, week)
    if job is not None:
        st.caption(_("Planning the scenario “{name}”").format(name=job.request["scenario"]["name"]))
        plan_job.watch(kit, principal, job.job_id)
    else:
        told(kit, principal, branch.code, week)
    with st.expander(_("New scenario"), icon=":material/add:", expanded=first and job is None):
        wanted = what_if_form.ask(of, load_what_if(), busy=job is not None)
    if wanted is not None:
        what_if_job.start(kit, principal, branch.code, week, wanted, seconds=kit.settings.plan_seconds)
        st.rerun()


def told(kit: Services, principal: Principal, branch: str, week: str) -> None:
    """Say how the last scenario's planning ended, where it gave no plan."""
    job = what_if_job.last(kit, principal, branch, week)
    if job is None or job.finished_at is None or kit.now() - job.finished_at > plan_job.TOLD_FOR:
        return
    job_ended.told(job)


def compare(
    kit: Services, principal: Principal, branch: Branch, week: str, rows: tuple[PlanRow, ...], of: Choices
) -> None:
    """Show the table and the two maps of those who were chosen."""
    mine = kit.store.plans(principal, branch.code, week)
    base = [chosen_plan(mine)] if mine else []
    names = {row.plan_id: scenario_name(row) for row in rows}
    with st.container(horizontal=True, vertical_alignment="center"):
        picked = st.pills(
            _("Scenarios"),
            list(names),
            selection_mode="multi",
            default=list(names)[:SHOWN],
            format_func=names.__getitem__,
            key=f"scenarios {branch.code} {week} {len(rows)}",
            label_visibility="collapsed",
        )
        what_if_delete.show(kit, principal, names)
    shown = [*base, *(row for row in rows if row.plan_id in picked)]
    if not shown:
        return
    if not base:
        st.caption(_("The week itself has no plan yet: differences are to the first scenario."))
    views = {row.plan_id: read_plan(kit, principal, audience(principal), row.plan_id, "") for row in shown}
    titles = {row.plan_id: title(row, of) for row in shown}
    st.html(what_if_table.table([(*titles[row.plan_id], views[row.plan_id]) for row in shown]))
    first = shown[0]
    st.caption(
        _("Differences are to the first column, planned {when}; ✓ is better and ▽ worse.").format(
            when=planned_at(views[first.plan_id], branch)
        )
    )
    if len({views[row.plan_id].parameters.get("model") for row in shown}) > 1:
        st.caption(
            ":orange[:material/info:] "
            + _("These plans are valued by different models: their uplift is told by different opinions, not a gain.")
        )
    if len(shown) > 1:
        two_maps(kit, principal, branch, shown, views, {key: one[0] for key, one in titles.items()})


def scenario_name(row: PlanRow) -> str:
    """Give a scenario's name."""
    one = scenario_of(row.metrics)
    return "" if one is None else one.name


def title(row: PlanRow, of: Choices) -> tuple[str, str]:
    """Give a column's title and what it changes."""
    one = scenario_of(row.metrics)
    if one is None:
        return _("The week's plan"), _("published") if row.in_force else _("draft")
    phrases = _(", ").join(changes(one, of.crews, of.places))
    return one.name, "" if phrases.lower() == one.name.lower() else phrases


def planned_at(view: WeekView, branch: Branch) -> str:
    """Say when a plan was made, where the branch is."""
    made = view.created_at.astimezone(ZoneInfo(branch.timezone))
    return f"{formats.day(made.date())} {formats.clock(made)}"


def two_maps(
    kit: Services,
    principal: Principal,
    branch: Branch,
    shown: list[PlanRow],
    views: dict[str, WeekView],
    names: dict[str, str],
) -> None:
    """Show two plans on maps with one view, and let a manager adopt the one on the right."""
    ids = [row.plan_id for row in shown]
    left, middle, right = st.columns([2, 3, 2], vertical_alignment="bottom")
    with left:
        one = st.selectbox(_("Map on the left"), ids, format_func=names.__getitem__, key=f"left {ids}")
    with right:
        other = st.selectbox(_("Map on the right"), ids, index=1, format_func=names.__getitem__, key=f"right {ids}")
    days = sorted({*views[one].days, *views[other].days})
    with middle:
        day = st.segmented_control(
            _("Day"),
            [None, *days],
            default=None,
            format_func=lambda d: _("All days") if d is None else formats.weekday(d) + f" {d.day}",
            key=f"what if day {ids[0]}",
            label_visibility="collapsed",
        )
    pair = maps.plan_pair([views[one], views[other]], kit.ground(branch), day=day)
    for column, picture in zip(st.columns(2, gap="small"), pair, strict=True):
        with column:
            maps.show(picture, height=MAP_PX)
    row = next(row for row in shown if row.plan_id == other)
    if principal.role is Role.MANAGER and scenario_of(row.metrics) is not None:
        adopt_button(kit, principal, branch, row, names[other])
