"""A plan that was made while somebody changed another one is offered, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.store import Job, JobState
from tests.dashboard import fakes
from tests.dashboard.screens.conftest import texts
from tests.dashboard.screens.test_week_again import row

KEPT, MADE, CHANGED = row("kept", None), row("made", "kept"), row("changed", "kept", edited=True)
ROWS = (CHANGED, MADE, KEPT)
#: what the script below shows
SHOWN: dict[str, Any] = {}


def job(state: JobState = JobState.DONE) -> Job:
    ended = fakes.NOW + timedelta(minutes=1)
    return Job(
        "j1", "plan", "YX01", state, {}, {}, 1, "here", fakes.NOW, "m", fakes.NOW, ended, ended, "made", "", False
    )  # fmt: skip


def page() -> None:
    from dashboard.screens import job_ended
    from tests.dashboard.screens.test_job_ended import SHOWN

    job_ended.ready(SHOWN["job"], SHOWN["rows"], SHOWN["shown"], SHOWN["undone"])


def run(**shown: Any) -> AppTest:
    SHOWN.update({"job": job(), "rows": ROWS, "shown": "changed", "undone": frozenset()} | shown)
    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("state", [JobState.DONE, JobState.CANCELLED])
def test_the_other_plan_is_offered_and_shown(state: JobState) -> None:
    app = run(job=job(state))
    assert "Another plan was made meanwhile" in texts(app)
    app.button(key="show_job").click().run()
    assert app.session_state["plan"] == "made"
    again = run(job=job(state))
    again.button(key="close_ready").click().run()
    assert "meanwhile" not in texts(again)


def test_nothing_is_offered_of_what_is_shown_or_was_decided() -> None:
    later = replace(row("made", "kept"), parent="kept")
    child = row("child", "made", edited=True)
    published = replace(
        row("new", "kept", published=True), published_at=fakes.NOW + timedelta(minutes=2)
    )  # after the end of the planning
    for shown in (
        {"shown": "made"},
        {"shown": "child", "rows": (child, later, KEPT)},
        {"undone": frozenset({"made"})},
        {"rows": (CHANGED, KEPT)},
        {"rows": (published, *ROWS)},
        {"job": replace(job(JobState.RUNNING), finished_at=None)},
        {"rows": (MADE, KEPT), "shown": "kept"},  # the newest: the page offers it by itself
    ):
        assert "meanwhile" not in texts(run(**shown)), shown


def test_a_scenario_that_was_adopted_afterwards_is_the_newer_plan_and_so_is_what_is_changed_of_it() -> None:
    after = fakes.NOW + timedelta(minutes=2)
    adopted = replace(row("adopted", "kept"), created_at=after, metrics={"origin": {"plan_id": "s"}})
    of_it = replace(row("of it", "adopted", edited=True), created_at=after + timedelta(minutes=1))
    for shown in (
        {"shown": "adopted", "rows": (adopted, MADE, KEPT)},
        {"shown": "of it", "rows": (of_it, adopted, MADE, KEPT)},
        {"shown": "kept", "rows": (adopted, MADE, KEPT)},  # who looks at an older one: the adopted one is the newest
    ):
        assert "meanwhile" not in texts(run(**shown)), shown


def test_who_goes_on_changing_after_the_planning_is_told_still_and_so_is_who_adopted_before_its_end() -> None:
    after = fakes.NOW + timedelta(minutes=2)
    further = replace(row("further", "changed", edited=True), created_at=after)
    adopted = replace(row("adopted", "kept"), metrics={"origin": {"plan_id": "s"}})
    gone_back = replace(adopted, plan_id="gone back", created_at=after)
    for shown in (
        {"shown": "further", "rows": (further, *ROWS)},
        {"shown": "adopted", "rows": (adopted, MADE, KEPT)},
        {"undone": frozenset({"gone back"}), "rows": (gone_back, *ROWS)},
    ):
        assert "meanwhile" in texts(run(**shown)), shown
