"""How long work ended where that needs saying: what happened, what to do, in words and never as a traceback."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import streamlit as st

from dashboard.screens.edit_hand import show_plan
from dashboard.text import N_, _
from dashboard.text.refusals import of_roads, refused
from planner.store import Job, JobState, PlanRow, last_decided, ruling

ENDED = (JobState.FAILED, JobState.LOST, JobState.CANCELLED)
#: the session's key: the last job whose end was read and closed
READ = "job_told"

NOTHING_LOST = N_("Nothing was lost: the list and all plans are as they were.")
AGAIN = N_("Plan again. If it happens twice, give whoever looks after this machine the number {number}.")
ROADS = N_("Whoever looks after this machine sets the roads up (README, your own files); then plan again.")


def told(job: Job | None, *, again: Callable[[], None] | None = None) -> None:
    """Say how a job ended, until it is closed or some minutes have passed; nothing of one that ended well.

    Parameters
    ----------
    again
        Starts the same work once more; None where that is not offered here.
    """
    if job is None or job.state not in ENDED or job.finished_at is None or st.session_state.get(READ) == job.job_id:
        return
    if job.state is JobState.CANCELLED:
        stopped(job)
        return
    with st.container(border=True, key="job_failed", gap="xsmall"):
        st.markdown(f":red[:material/error:] **{_('Planning did not finish')}**")
        st.write(why(job))
        st.caption(f"{_(NOTHING_LOST)} {cure(job)}")
        with st.container(horizontal=True):
            if again is not None and st.button(_("Plan once more"), icon=":material/bolt:", key="job_again"):
                again()
            close(job)


def stopped(job: Job) -> None:
    """Say that somebody stopped the work, and whether there is a plan all the same."""
    with st.container(horizontal=True, vertical_alignment="center", key="job_stopped"):
        if job.result_id:
            text = _("Planning was stopped: the best plan until then was kept.")
        else:
            text = _("Planning was stopped before there was a plan.")
        st.markdown(f":blue-badge[:material/stop_circle: {text}]", width="content")
        close(job)


def ready(job: Job, rows: Sequence[PlanRow], shown: str, undone: Collection[str]) -> None:
    """Offer the plan that was made while somebody changed another one, which stays on the page.

    Nothing of one that is shown, or from which the plan shown came, that somebody went back from, or after which
    another one was published or came about otherwise than by changing; of the newest plan the page tells by itself.
    """
    published, by_id = ruling(rows), {row.plan_id: row for row in rows}
    if job.finished_at is None or job.result_id not in by_id or job.result_id in undone:
        return
    if st.session_state.get(READ) == job.job_id or job.result_id in line_of(by_id, shown):
        return
    newest = last_decided(rows, undone).plan_id
    if newest == job.result_id:
        return
    # A change by hand goes on with a plan that was there while this one was made; an adopted scenario is a newer plan.
    if any(first_of(by_id, one).created_at > job.finished_at for one in (shown, newest) if one in by_id):
        return
    if published is not None and published.published_at is not None and published.published_at > job.finished_at:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="job_ready"):
        text = _("Another plan was made meanwhile. You see the one that you chose.")
        st.markdown(f":blue-badge[:material/task_alt: {text}]", width="content")
        st.button(_("Show that plan"), key="show_job", type="tertiary", on_click=show_plan, args=(job.result_id,))
        close(job, key="close_ready")


def line_of(by_id: Mapping[str, PlanRow], plan_id: str | None) -> frozenset[str]:
    """Name a plan and all from which it came."""
    found = set[str]()
    while plan_id in by_id and plan_id not in found:
        found.add(str(plan_id))
        plan_id = by_id[str(plan_id)].parent
    return frozenset(found)


def first_of(by_id: Mapping[str, PlanRow], plan_id: str) -> PlanRow:
    """Give the plan that was changed by hand until it was this one; itself where nobody changed it."""
    row = by_id[plan_id]
    while "edit" in row.metrics and row.parent is not None and row.parent in by_id:
        row = by_id[row.parent]
    return row


def close(job: Job, *, key: str = "close_job") -> None:
    """Let the word be put away."""
    if st.button(_("Close"), key=key, type="tertiary"):
        st.session_state[READ] = job.job_id
        st.rerun()


def why(job: Job) -> str:
    """Say what happened, in the reader's language."""
    if job.state is JobState.LOST or not job.error:
        return _("The process that planned ended unexpectedly.")
    text = refused(job.error)
    sentence = text[:1].upper() + text[1:]
    return sentence if sentence.endswith((".", "。")) else sentence + _(".")


def cure(job: Job) -> str:
    """Say what to do."""
    if job.state is JobState.FAILED and job.error:
        # Other refusals name the cure themselves.
        return _(ROADS) if of_roads(job.error) else ""
    return _(AGAIN).format(number=job.job_id[:8])
