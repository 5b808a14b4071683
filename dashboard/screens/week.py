"""The branch manager's week: figures, map, timeline, who is left out and why; plan again, publish."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import formats
from dashboard.principal import current_principal
from dashboard.screens import (
    bound_job,
    certainty,
    crew_load,
    edit,
    edit_hand,
    edit_over,
    edit_published,
    edit_week,
    groups,
    kpis,
    left_out,
    loop_steps,
    more_shifts,
    origin,
    plan_job,
    tour,
    week_address,
    week_again,
    week_days_changed,
    week_empty,
    week_files,
    week_in_part,
    week_news,
    week_publish,
    week_stale,
    week_under_way,
    week_without_plan,
    workbench,
)  # fmt: skip
from dashboard.screens.who import audience, branch_name, branch_or_word, keep_choice, read_plan
from dashboard.services import Services, services
from dashboard.text import _
from planner.domain import Branch, Principal, Role
from planner.store import PlanRow, last_decided, to_keep
from planner.view import WeekView
from planner.view.without_plan import WithoutPlan, first_published, without_plan
from planner.week import iso_week, week_days

WEEKS_BACK, WEEKS_AHEAD = 3, 3

#: The head is low, so that map and timeline stand on the first screen: at a desk a figure and its difference share a
#: line, and the parts of a row go to its two ends.
STYLE = """
.st-key-week-head, .st-key-week-head > * > [data-testid="stVerticalBlock"] { row-gap: .5rem; }
.st-key-week-title h3 { font-size: 1.25rem; padding: 0; white-space: nowrap; }
.st-key-week-line { column-gap: 1.5rem !important; row-gap: .1rem !important; align-items: center; }
.st-key-week-no-bound button { min-height: 1.5rem; padding: 0; font-size: .875rem; }
.st-key-week-tools { align-items: center; }
@media (min-width: 641px) {
  .st-key-tiles-week [data-testid="stMetric"] > div {
    display: grid; grid-template-columns: auto 1fr; column-gap: .6rem; align-items: center;
    padding: .35rem .8rem .3rem;
  }
  .st-key-tiles-week [data-testid="stMetric"] > div > label { grid-column: 1 / -1; }
  .st-key-tiles-week [data-testid="stMetricLabel"] p { font-size: .8rem; line-height: 1rem; }
  .st-key-tiles-week [data-testid="stMetricValue"] { font-size: 1.35rem; line-height: 1.6rem; }
  .st-key-tiles-week [data-testid="stMetricValue"] p { line-height: 1.6rem; }
  .st-key-tiles-week [data-testid="stMetric"] > div > :last-child:not(label) { min-width: 0; margin: 0; }
}
@media (max-width: 640px) {
  .st-key-week-title, .st-key-week-tools { row-gap: .4rem !important; }
  .st-key-week-tools > :has(.st-key-edit_bar) { flex: 1 0 100% !important; }
  .st-key-edit_bar { row-gap: .2rem !important; }
  .st-key-edit_bar kbd { display: none; }
}
"""


def page() -> None:
    """Show the page for whoever asks."""
    kit, principal = services(), current_principal()
    branch = branch_or_word(kit, principal)
    if branch is None:
        return
    today = kit.now().astimezone(ZoneInfo(branch.timezone)).date()
    week = wanted_week(today)
    week_address.begin()
    edit_hand.recall(kit, principal, branch.code)
    rows = kit.store.plans(principal, branch.code, week)
    job = plan_job.running(kit, principal, branch.code, week) if principal.role is Role.MANAGER else None
    st.session_state[week_address.BUSY] = job is not None
    # Without a list or a shift there is nothing to plan, and the page says so instead of offering it.
    basis = week_empty.basis(kit, principal, branch, week) if principal.role is Role.MANAGER and not rows else None
    tour.show(kit, principal, branch, rows)
    in_part = week_in_part.days_of(kit, principal, branch, chosen_plan(rows)) if rows else ()
    # What comes and goes has containers of its own: the map keeps its place on the page and is not loaded anew.
    with st.container(gap="small", key="week-head"):
        idle = job is None and (basis is None or not basis.lack)
        head(kit, principal, branch, week, rows, today, in_part, busy=not idle)
        notices, figures = st.container(gap="xsmall"), st.container(gap="small")
    with notices:
        view = read_chosen(kit, principal, rows) if rows else None
        shown, once_more = "" if view is None else view.plan_id, partial(plan, kit, principal, branch, week, rows)
        announced = week_news.show(kit, principal, branch, week, rows, shown)
        if job is not None:
            plan_job.watch(kit, principal, job.job_id)
        else:
            plan_job.told(kit, principal, branch.code, week, rows, shown, edit_hand.undone(), again=once_more)
        if view is None:
            week_empty.show(kit, principal, branch, week, basis, busy=job is not None)
            return
        origin.show(kit, principal, branch, chosen_plan(rows))
        week_in_part.show(branch, rows, chosen_plan(rows), in_part)
        week_stale.show(kit, principal, branch, view, rows, today, announced=announced, in_part=bool(in_part))
        late = without_plan(view, rows, now=kit.now())
        again = once_more if principal.role is Role.MANAGER else None
        week_without_plan.show(late, draft=first_published(rows) is None, busy=job is not None, again=again)
        week_under_way.show(kit, principal, branch, view, rows)
        week_days_changed.show(kit, principal, branch, view, rows)
        view = bound_job.with_bound(kit, principal, view)
    hand = edit_hand.Hand(kit, principal, branch, rows, chosen_plan(rows), view, in_part)
    with notices:
        edit_over.show(hand)
    with figures:
        above(hand, late, busy=job is not None)
    show_plan(hand, late)


def above(hand: edit_hand.Hand, late: WithoutPlan, *, busy: bool) -> None:
    """Show the figures, what has become of the plan, what can be changed of it, and what can be taken along."""
    kit, principal, branch, view = hand.kit, hand.principal, hand.branch, hand.view
    kpis.show(view, late)
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small", key="week-line"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            kpis.said(view, late)
            if not busy and not late.over:
                bound_job.offer(hand)
        loop_steps.show(kit, principal, branch, view.week, hand.rows, shown=hand.row, in_part=bool(hand.in_part))
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small", key="week-tools"):
        edit.bar(hand, busy=busy)
        with st.container(horizontal=True, width="content", vertical_alignment="center", gap="small"):
            tour.again(principal)
            week_files.show(kit, principal, branch, view)
    edit_published.passed_over(hand)


def head(
    kit: Services,
    principal: Principal,
    branch: Branch,
    week: str,
    rows: tuple[PlanRow, ...],
    today: date,
    in_part: tuple[date, ...],
    *,
    busy: bool,
) -> None:
    """Show whose week it is, and what can be done with it."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small", key="week-title"
    ):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.subheader(branch_name(branch), anchor=False, width="content")
            state_badge(rows, in_part)
            weeks = sorted({*offered(today), week})
            st.selectbox(
                _("Week"),
                weeks,
                key="week",
                format_func=week_label,
                label_visibility="collapsed",
                width=345,
                persist_state="session",
            )
        if principal.role is Role.MANAGER:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                certainty.choice(kit, principal, branch.code, busy=busy)
                actions(kit, principal, branch, week, rows, in_part, busy=busy)


def wanted_week(today: date) -> str:
    """Give the week that was chosen, also before a reload: the page's address carries it, and so a job's progress."""
    asked = st.query_params.get("week", "")
    st.session_state.setdefault("week", asked if asked in offered(today) else iso_week(today))
    keep_choice("week", offered(today))
    week: str = st.session_state["week"]
    st.query_params["week"] = week
    return week


def offered(today: date) -> list[str]:
    """List the weeks to choose from."""
    return [iso_week(today + timedelta(weeks=k)) for k in range(-WEEKS_BACK, WEEKS_AHEAD + 1)]


def week_label(week: str) -> str:
    """Name a week by its number and its days."""
    days = week_days(week)
    return f"{formats.week(week)} · {formats.day(days[0])} – {formats.day(days[-1])}"


def state_badge(rows: tuple[PlanRow, ...], in_part: tuple[date, ...]) -> None:
    """Say whether the plan shown is published."""
    if not rows:
        return
    if in_part:
        week_in_part.badge(in_part)
        return
    if chosen_plan(rows).in_force:
        st.badge(_("Published"), icon=":material/check_circle:", color="green")
    else:
        st.badge(_("Draft"), icon=":material/edit_note:", color="orange")


def actions(
    kit: Services,
    principal: Principal,
    branch: Branch,
    week: str,
    rows: tuple[PlanRow, ...],
    in_part: tuple[date, ...] = (),
    *,
    busy: bool,
) -> None:
    """Offer to plan and to publish."""
    label = _("Plan again") if rows else _("Plan the week")
    told = week_again.words(rows, chosen_plan(rows)) if rows else None
    # A page that is older than the store may still offer what another page has done: every click is judged anew.
    if st.button(label, icon=":material/bolt:", type="primary", disabled=busy, key="plan_week", help=told) and not busy:
        plan(kit, principal, branch, week, rows)
    shown = chosen_plan(rows) if rows else None
    can = shown is not None and not shown.in_force and not busy and not origin.unready(kit, principal, shown)
    # The key names the plan, so that a click never publishes another one than the plan that was on the screen.
    key = f"publish {shown.plan_id}" if shown else "publish"
    word, icon = (_("Put back …"), ":material/history:") if in_part else (_("Publish"), ":material/send:")
    known = _("Crews go by this plan already.") if shown is not None and shown.in_force else None
    if st.button(word, icon=icon, disabled=not can, key=key, help=known) and can and shown is not None:
        again = partial(plan, kit, principal, branch, week, rows)
        week_publish.clicked(kit, principal, branch, rows, shown, again=again, in_part=in_part)


def plan(kit: Services, principal: Principal, branch: Branch, week: str, rows: tuple[PlanRow, ...]) -> None:
    """Start to plan the week, and show how far that is; what crews have already stays as far as that pays."""
    wanted = certainty.chosen(kit, principal, branch.code)
    keep = to_keep(rows, chosen_plan(rows)) if rows else None
    seconds = kit.settings.plan_seconds
    plan_job.start(kit, principal, branch.code, week, seconds=seconds, certainty=wanted, keep=keep)
    st.session_state.pop("plan", None)
    st.rerun()


def chosen_plan(rows: tuple[PlanRow, ...]) -> PlanRow:
    """Give the plan to show: the one chosen, else the one that was last decided on."""
    wanted = st.session_state.get("plan")
    found = next((row for row in rows if row.plan_id == wanted), None)
    return last_decided(rows, edit_hand.undone()) if found is None else found


def read_chosen(kit: Services, principal: Principal, rows: tuple[PlanRow, ...]) -> WeekView:
    """Read the plan to show; once a run of the page, since every reading gives a copy of its own."""
    row = chosen_plan(rows)
    with st.spinner(_("Reading the plan")):
        view = read_plan(kit, principal, audience(principal), row.plan_id, f"{row.published_at} {row.in_force}")
    return left_out.ahead(view, kit.now())


def show_plan(hand: edit_hand.Hand, late: WithoutPlan) -> None:
    """Show map and timeline of a plan, and what is below them."""
    kit, principal, branch, view = hand.kit, hand.principal, hand.branch, hand.view
    if view.roads_estimated:
        st.warning(
            _("Travel times are estimated from straight lines, not from streets: no road engine was available."),
            icon=":material/warning:",
        )
    workbench.show(hand, late.over)
    crew_load.show(kit, principal, branch, view)
    more_shifts.show(kit, principal, branch, view, partial(edit_week.offer_extra, hand))
    groups.show(view)
    notes(view, branch.timezone)
    edit.ahead(hand)


def notes(view: WeekView, timezone: str) -> None:
    """Say what the figures rest on; times are those of the branch's zone."""
    basis = view.parameters
    facts = [
        _("Rule pack {pack}").format(pack=view.rule_pack),
        _("Roads: {source}").format(source=view.road_source),
        _("{k} of {n} rates learnt from this branch's visits, the rest are assumptions").format(
            k=basis.get("rates_learnt", 0), n=basis.get("rates", 0)
        ),
        _("Planned {when}").format(when=planned_at(view, timezone)),
    ]
    if basis.get("traffic"):
        facts.append(_("Drives by the hour: profile of the region of {name}").format(name=basis["traffic"]))
    if view.far_from_streets or view.unreachable_pairs:
        facts.append(
            _("{far} places lie over 300 m from a street, {pairs} pairs of places have no road between them").format(
                far=view.far_from_streets, pairs=view.unreachable_pairs
            )
        )
    st.caption(" · ".join(facts))


def planned_at(view: WeekView, timezone: str) -> str:
    """Give the day and the time of day at which the plan was made, both where the branch is."""
    made = view.created_at.astimezone(ZoneInfo(timezone))
    return f"{formats.day(made.date())} {formats.clock(made)}"
