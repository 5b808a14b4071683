"""What one more crew-day, or evening shift, would be worth on each day, and how far the plan is from the best.

The figures are made by a job of their own (``planner.worth_command``) and belong to one plan.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.charts import draw
from dashboard.screens import plan_job
from dashboard.services import Services
from dashboard.text import N_, _, joined
from dashboard.text.glossary import explained
from dashboard.text.refusals import refused
from dashboard.theme import ACCENT, LINE, TEXT
from planner.domain import Branch, Principal, Role
from planner.store import Job, JobState
from planner.view import WeekView
from planner.why import DAY, EVENING
from planner.worth_command import FOUND, KIND

ROW_PX, LABEL_PX = 26, 78
TITLES: Mapping[str, str] = {DAY: N_("One more crew-day"), EVENING: N_("One more evening shift")}
BOUNDS: Mapping[str, str] = {
    "ng-route": N_("a relaxation of the routes themselves"),
    "knapsack": N_("the minutes of all shifts, each visit at its shortest way"),
    "exact": N_("an exact search"),
}
HOW = N_(
    "For each day an empty shift is added: like that of any of the branch's own crews, the best of them, or with the "
    "same start and skills in the evening hours. The search goes on from this plan with the shift and, for comparison, "
    "as long without it; the difference is what the shift adds, what the crew costs not taken off. Each figure stands "
    "alone: two more shifts bring less than the sum of both. The evening's hours are an assumption of "
    "config/what_if.toml. Such a quick figure came out about a fifth below planning all anew (docs/why.md)."
)


#: draws what can be done with a shift: its crew, day, and seconds after midnight of its begin and end
Doing = Callable[[str, date, int, int], None]


def show(kit: Services, principal: Principal, branch: Branch, view: WeekView, doing: Doing = lambda *_: None) -> None:
    """Show the section; ``doing`` is drawn under the best shift of each kind."""
    found, job = newest(kit, principal, branch.code, view.plan_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**" + _("What more could be had") + "**", width="content", help=explained("bound", "crew-day"))
        with st.popover(_("How is this computed?"), icon=":material/help:", width="content"):
            st.write(_(HOW))
    st.caption(bound_words(view))
    if job is not None and job.state in plan_job.RUNNING:
        watch(kit, principal, job.job_id)
        return
    if job is not None and job.state in (JobState.FAILED, JobState.LOST):
        st.caption(refused(job.error) or _("The last try ended without figures."))
    if found is None or not found["each"]:
        offer(kit, principal, branch, view)
        return
    charts(view, found, doing)


def newest(kit: Services, principal: Principal, branch: str, plan: str) -> tuple[Mapping[str, Any] | None, Job | None]:
    """Give the plan's figures, and the newest job that was to find them."""
    jobs = [job for job in kit.store.jobs(principal, branch) if job.kind == KIND and job.request.get("plan") == plan]
    found = next((job.progress[FOUND] for job in jobs if FOUND in job.progress), None)
    return found, next(iter(jobs), None)


def bound_words(view: WeekView) -> str:
    """Say how much better a plan could be, and what that is known from."""
    if view.bound is None or view.objective <= 0:
        return _("How much better a plan with these crews could be has not been computed.")
    gap = max(0.0, view.bound - view.objective)
    text = _(
        "With these crews and shifts at most {gap} better than the plan's objective of {objective} is possible, "
        "{money} a week (known from {kind})."
    )
    return text.format(
        objective=formats.money_short(100 * view.objective, view.currency),
        gap=formats.percent(gap / view.objective, 1),
        money=formats.money_short(100 * gap, view.currency),
        kind=_(BOUNDS.get(view.bound_kind, N_("a valid bound"))),
    )


def offer(kit: Services, principal: Principal, branch: Branch, view: WeekView) -> None:
    """Let a manager have the figures made."""
    if principal.role is not Role.MANAGER:
        st.caption(_("What one more crew-day would be worth has not been worked out for this plan."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Work out what one more shift is worth"), icon=":material/bar_chart:", key="worth"):
            start(kit, principal, branch.code, view.plan_id)
            st.rerun()
        st.caption(_("The search goes on for each day; this takes about a minute, and you may leave the page."))


def start(kit: Services, principal: Principal, branch: str, plan: str) -> Job:
    """Queue the job and start its process."""
    job = kit.store.queue_job(principal, branch, KIND, request={"plan": plan}, now=kit.now())
    command = [sys.executable, "-m", "planner", "worth", "--branch", branch, "--plan", plan, "--job", job.job_id]
    plan_job.spawn(kit, job, command)
    return job


@st.fragment(run_every=1.5)
def watch(kit: Services, principal: Principal, job_id: str) -> None:
    """Show how far the figures are, with a way to stop; when they are there, run the page again."""
    job = plan_job.watched(kit, principal, job_id)
    text = _("Travel times by road")
    if job.progress.get("of"):
        text = _("Shift {n} of {many}").format(n=job.progress["done"], many=job.progress["of"])
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.progress(min(1.0, float(job.progress.get("share", 0.0))), text=text)
        plan_job.stop_button(kit, principal, job, _("Stop"), _("Stopping."), "stop_worth")


def charts(view: WeekView, found: Mapping[str, Any], doing: Doing) -> None:
    """Draw the worth by day, a chart for each kind of shift, the best day marked."""
    monday = first_day(view)
    columns = st.columns(len(TITLES), gap="medium")
    names = {route.crew_id: route.crew_name for route in view.routes}
    for column, (kind, title) in zip(columns, TITLES.items(), strict=True):
        each = [one for one in found["each"] if one["kind"] == kind]
        if not each:
            continue
        best = max(each, key=lambda one: one["gain"])
        with column:
            st.caption(_(title))
            draw(bars(each, monday, view.currency), key=f"worth {kind} {view.plan_id}")
            st.caption(best_words(best, monday, names, view.currency))
            midnight = int(best["day"]) * 86_400
            doing(
                str(best["like"]),
                monday + timedelta(days=int(best["day"])),
                int(best["starts"]) - midnight,
                int(best["ends"]) - midnight,
            )
    st.caption(
        joined(
            _("Figures are rather a fifth too low, and days that differ by less than that are alike."),
            _(
                "They are of a week planned again with the shift: an extra shift taken by hand picks up who is left "
                "out, and brings less until then."
            ),
        )
    )
    if not found["complete"]:
        st.caption(_("It was stopped before every day had been tried."))
    if found["searched"] >= 1:
        text = _("Going on with the search alone would bring {money}: plan again with more time.")
        st.caption(text.format(money=formats.money_short(100 * found["searched"], view.currency)))


def first_day(view: WeekView) -> date:
    """Give the day from which a plan's days are counted."""
    year, week = view.week.split("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def best_words(best: Mapping[str, Any], monday: date, names: Mapping[str, str], currency: str) -> str:
    """Say the best day in a sentence."""
    day = monday + timedelta(days=int(best["day"]))
    begins = datetime.combine(day, datetime.min.time())
    hours = formats.span(*(begins + timedelta(seconds=best[key] - best["day"] * 86_400) for key in ("starts", "ends")))
    text = _("Most on {day}, {hours}, with a crew like {crew}: {money} and {n} visits more a week.").format(
        day=formats.day(day),
        hours=hours,
        crew=names.get(str(best["like"]), str(best["like"])),
        money=formats.money(100 * best["gain"], currency),
        n=best["visits"],
    )
    if best["required"] > 0:
        text = joined(text, _("{n} of them must be made and find no room now.").format(n=best["required"]))
    return text


def bars(each: Sequence[Mapping[str, Any]], monday: date, currency: str) -> alt.LayerChart:
    """Draw one bar a day with its amount; the best one in the accent colour."""
    most = max(one["gain"] for one in each)
    table = pd.DataFrame(
        [
            {
                "day": formats.day(monday + timedelta(days=int(one["day"]))),
                "gain": one["gain"],
                "label": formats.money_short(100 * one["gain"], currency),
                "visits": int(one["visits"]),
                "colour": ACCENT if one["gain"] == most else LINE,
            }
            for one in each
        ]
    )
    axis = alt.Axis(domain=False, ticks=False, labelColor=TEXT, labelFontSize=12, labelPadding=6, title=None)
    y = alt.Y("day:N", sort=table["day"].tolist(), axis=axis)
    x = alt.X("gain:Q", scale=alt.Scale(domain=[0, max(1.0, 1.25 * most)], nice=False), axis=None)
    tip = [
        alt.Tooltip("day:N", title=_("Day")),
        alt.Tooltip("label:N", title=_("Adds")),
        alt.Tooltip("visits:Q", title=_("Visits more")),
    ]
    base = alt.Chart(table, height=ROW_PX * len(table)).encode(x=x, y=y, tooltip=tip)
    marks = base.mark_bar(cornerRadiusEnd=2, height=14).encode(color=alt.Color("colour:N", scale=None))
    labels = base.mark_text(align="left", dx=5, color=TEXT, fontSize=12).encode(text="label:N")
    chart: alt.LayerChart = alt.layer(marks, labels).configure_view(strokeWidth=0).configure(background="transparent")
    return chart
