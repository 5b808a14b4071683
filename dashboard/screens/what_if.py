"""What if: scenarios of a week, planned apart from it, side by side as figures and on two maps; one can be adopted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from config.what_if import load_what_if
from dashboard import formats, maps
from dashboard.principal import current_principal
from dashboard.screens import (
    address,
    edit_hand,
    edit_published,
    job_ended,
    kpis,
    plan_job,
    what_if_base,
    what_if_delete,
    what_if_form,
    what_if_hours,
    what_if_job,
    what_if_table,
)
from dashboard.screens.debtor_card import plain
from dashboard.screens.origin import adopt_button
from dashboard.screens.week import offered, wanted_week, week_label
from dashboard.screens.week_address import ALL_DAYS
from dashboard.screens.week_filters import day_of, written
from dashboard.screens.what_if_form import Choices, called
from dashboard.screens.what_if_words import changes, in_time
from dashboard.screens.who import audience, branch_name, branch_or_word, read_plan
from dashboard.services import Services, services
from dashboard.text import N_, _, distinct
from planner.domain import Branch, Principal, Role
from planner.scenarios.adopt import scenario_of
from planner.scenarios.run import certainty_in
from planner.scenarios.scenario import read_scenario
from planner.store import PlanRow, ruling
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
    edit_hand.recall(kit, principal, branch.code)
    of = what_if_form.choices(kit, principal, branch)
    rows, mine = kit.store.scenarios(principal, branch.code, week), kit.store.plans(principal, branch.code, week)
    if principal.role is Role.MANAGER:
        make(kit, principal, branch, week, of, first=not rows, known=ruling(mine) is not None)
    if not rows:
        st.caption(_("There is no scenario of this week yet."))
    compare(kit, principal, branch, week, rows, mine, of, today)


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


def make(
    kit: Services, principal: Principal, branch: Branch, week: str, of: Choices, *, first: bool, known: bool
) -> None:
    """Let a manager put a scenario together and plan it; show how far one is that is being planned.

    ``first``: the week has none yet; ``known``: crews have a plan of it.
    """
    job = what_if_job.running(kit, principal, branch.code, week)
    if job is not None:
        st.caption(_("Planning the scenario “{name}”").format(name=planned_name(job.request, of)))
        plan_job.watch(kit, principal, job.job_id)
    else:
        told(kit, principal, branch.code, week)
    # Tracked, and begun alike in the whole session: it moves by a place when a job begins or ends, and would shut under
    # the hand that fills it.
    opened = bool(st.session_state.setdefault("new scenario open", first and job is None))
    form = st.expander(_("New scenario"), icon=":material/add:", expanded=opened, key="new_scenario", on_change="rerun")
    with form:
        beside = what_if_base.sure_beside(kit, principal, branch.code, week)
        wanted = what_if_form.ask(of, load_what_if(), beside=beside, known=known, busy=job is not None)
    if wanted is not None:
        what_if_base.plan(kit, principal, branch, week, wanted)


def told(kit: Services, principal: Principal, branch: str, week: str) -> None:
    """Say how the last scenario's planning ended, where it gave no plan."""
    job = what_if_job.last(kit, principal, branch, week)
    if job is None or job.finished_at is None or kit.now() - job.finished_at > plan_job.TOLD_FOR:
        return
    job_ended.told(job)


def compare(
    kit: Services,
    principal: Principal,
    branch: Branch,
    week: str,
    rows: tuple[PlanRow, ...],
    mine: tuple[PlanRow, ...],
    of: Choices,
    today: date,
) -> None:
    """Show the table and the two maps of those scenarios (``rows``) who were chosen; ``mine`` are the week's plans."""

    def read(row: PlanRow) -> WeekView:
        return read_plan(kit, principal, audience(principal), row.plan_id, "")

    old = read(what_if_base.plan_of(mine)) if mine else None
    base = None if old is None else what_if_base.base_of(kit, principal, branch, mine, rows, old, today, read)
    # The oldest of one name keeps it; the others are numbered.
    names = distinct({row.plan_id: scenario_name(row, of) for row in reversed(rows)})
    names = {row.plan_id: names[row.plan_id] for row in rows}
    if base is not None:
        what_if_base.notice(kit, principal, branch, week, base, names)
    if not rows:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        key = f"scenarios {branch.code} {week} {len(rows)}"
        wishes = wishes_count(f"{branch.code} {week}", list(names))
        wished = address.some_asked("show", names) if wishes else None
        address.begin_with(key, list(names)[:SHOWN] if wished is None else wished)
        picked = st.pills(
            _("Scenarios"),
            list(names),
            selection_mode="multi",
            format_func=names.__getitem__,
            key=key,
            label_visibility="collapsed",
        )
        address.say(show=picked)
        what_if_delete.show(kit, principal, names)
    first = [] if base is None else list(base.first)
    shown = [*first, *(row for row in rows if row.plan_id in picked and row not in first)]
    if not shown:
        return
    if base is None:
        st.caption(_("The week itself has no plan yet: differences are to the first scenario."))
    views = {row.plan_id: read(row) for row in shown}
    # Shifts that had begun when the newest was planned count in no column: a scenario has none of them.
    newest = max(view.created_at for view in views.values())
    counted = {name: kpis.ahead(view, newest) for name, view in views.items()}
    unlike = what_if_base.otherwise_sure(shown)
    titles = {row.plan_id: title(row, of, names, sure=row.plan_id in unlike) for row in shown}
    grey = set[str]()
    if base is not None and old is not None:
        grey |= what_if_base.of_other_data(kit, principal, branch, base, shown, read)
    st.html(
        what_if_table.table(
            [(*titles[row.plan_id], counted[row.plan_id]) for row in shown],
            grey=[number for number, row in enumerate(shown) if row.plan_id in grey | unlike],
            changed=changed_for_crews(kit, principal, mine, shown),
        )
    )
    st.caption(
        _("Differences are to the first column, planned {when}; ✓ is better and ▽ worse.").format(
            when=planned_at(views[shown[0].plan_id], branch)
        )
    )
    if any(counted[name] is not view for name, view in views.items()):
        st.caption(_("Shifts that had begun when the newest of these plans was made are in no figure."))
    for row in shown:
        one = scenario_of(row.metrics)
        if one is not None and (one.ends_min > 0 or one.evening_like):
            saved = kit.store.plan(principal, row.plan_id)
            what_if_hours.show(what_if_hours.long_days(kit, principal, branch, saved), names[row.plan_id])
        what = what_if_base.unknown_to(kit, principal, branch, row, views[row.plan_id], today)
        if what:
            told = _("Since the scenario “{name}” was planned: {what}. Plan it again to take that into account.")
            st.caption(
                ":orange[:material/update:] " + told.format(name=plain(names[row.plan_id]), what="; ".join(what))
            )
    if grey:
        st.caption(
            _("Without ✓ and ▽: plans made from other data than the first column; the data make a difference too.")
        )
    if unlike:
        st.caption(
            ":orange[:material/info:] "
            + _(
                "Made with another chance to end in time than the first column, as their heads say: the difference is "
                "that of the chance too, so it has no ✓ and ▽."
            )
        )
    if len({views[row.plan_id].parameters.get("model") for row in shown}) > 1:
        st.caption(
            ":orange[:material/info:] "
            + _("These plans are valued by different models: their uplift is told by different opinions, not a gain.")
        )
    if len(shown) > 1:
        changed = min(max(len(first), 1), len(shown) - 1)  # the first that is not compared with
        two_maps(
            kit, principal, branch, shown, views, {key: one[0] for key, one in titles.items()}, changed, wishes=wishes
        )


def wishes_count(where: str, names: Sequence[str]) -> bool:
    """Say whether the page begins with what its address names; not once a scenario came that it cannot know.

    That one is shown, whatever was before. The address is written anew too, but a click in this very moment still
    brings the old one.
    """
    seen, came = f"scenarios seen {where}", f"scenarios came {where}"
    if set(names) - set(st.session_state.get(seen, names)):
        st.session_state[came] = names
        address.say(show=None, left=None, right=None)
    st.session_state[seen] = names
    return bool(st.session_state.get(came) != names)


def changed_for_crews(
    kit: Services, principal: Principal, rows: tuple[PlanRow, ...], shown: Sequence[PlanRow]
) -> dict[str, int]:
    """Count, by plan, the visits that it has otherwise than crews do; nothing where they have no plan of the week."""
    published = ruling(rows)
    if published is None:
        return {}
    who = audience(principal)
    return {
        row.plan_id: len(edit_published.since(kit, principal, who, published.plan_id, row.plan_id).found)
        for row in shown
    }


def scenario_name(row: PlanRow, of: Choices) -> str:
    """Give a scenario's name."""
    one = scenario_of(row.metrics)
    return "" if one is None else called(one, of)


def planned_name(request: Mapping[str, Any], of: Choices) -> str:
    """Give the name of the scenario that a job plans."""
    return called(read_scenario(request["scenario"]), of)


def title(row: PlanRow, of: Choices, names: Mapping[str, str], *, sure: bool = False) -> tuple[str, str]:
    """Give a column's title and what it changes; ``sure``: and how surely its routes were to end in their shifts.

    ``names`` are those of the scenarios by plan.
    """
    one, told = scenario_of(row.metrics), [in_time(certainty_in(row.metrics))] if sure else []
    if one is None:
        return _("The week's plan"), _(", ").join([_("published") if row.in_force else _("draft"), *told])
    phrases = _(", ").join(changes(one, of.crews, of.places))
    name = names[row.plan_id]
    return name, _(", ").join(([] if phrases.lower() == name.lower() else [phrases]) + told)


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
    changed: int,
    *,
    wishes: bool,
) -> None:
    """Show two plans on maps with one view, at first ``changed`` on the right, which a manager can adopt.

    ``wishes``: or those that the address names.
    """
    ids = [row.plan_id for row in shown]
    left, middle, right = st.columns([2, 3, 2], vertical_alignment="bottom")
    wished = [address.one_asked(side, ids) if wishes else None for side in ("left", "right")]
    address.begin_with(f"left {ids}", wished[0] or ids[0])
    address.begin_with(f"right {ids}", wished[1] or ids[changed])
    with left:
        one = st.selectbox(_("Map on the left"), ids, format_func=names.__getitem__, key=f"left {ids}")
    with right:
        other = st.selectbox(_("Map on the right"), ids, format_func=names.__getitem__, key=f"right {ids}")
    days = sorted({*views[one].days, *views[other].days})
    with middle:
        day = one_day(days, f"what if day {ids[0]}")
    address.say(left=one, right=other, day=day)
    pair = maps.plan_pair([views[one], views[other]], kit.ground(branch), day=day)
    for column, picture in zip(st.columns(2, gap="small"), pair, strict=True):
        with column:
            maps.show(picture, height=MAP_PX)
    row = next(row for row in shown if row.plan_id == other)
    if principal.role is Role.MANAGER and scenario_of(row.metrics) is not None:
        # Whoever went back from the draft may adopt the scenario again.
        others = [
            one for one in kit.store.plans(principal, branch.code, row.week) if one.plan_id not in edit_hand.undone()
        ]
        adopt_button(kit, principal, branch, row, names[other], others)


def one_day(days: Sequence[date], key: str) -> date | None:
    """Let a reader choose one of the days, at first the one that the address names; None for all of them."""
    # All days have a word of their own: where None is chosen, nothing is marked as chosen.
    names = {ALL_DAYS: _("All days")} | {day.isoformat(): f"{formats.weekday(day)} {day.day}" for day in days}
    address.begin_with(key, written(address.day_asked()))
    if st.session_state[key] not in names:
        st.session_state[key] = ALL_DAYS
    chosen = st.segmented_control(
        _("Day"), list(names), format_func=names.__getitem__, key=key, label_visibility="collapsed", required=True
    )
    return day_of(chosen)
