"""A plan without a bound says why, and its bound is computed by a job that leaves the plan as it is."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.screens import bound_job
from dashboard.screens.kpis import bound_sentence
from planner.bound_command import FOUND, KIND, bound_command
from planner.domain import Principal, Role
from planner.store import JobState
from tests.dashboard.screens.conftest import texts
from tests.dashboard.screens.friday import FRIDAY, NOW_SHOWN, Friday, friday_kit, run  # noqa: F401
from tests.planner.conftest import own_store, story  # noqa: F401
from tests.planner.factories import BRANCH, NEXT_WEEK, means, principal

SYSTEM = Principal("planner", Role.SYSTEM, frozenset({BRANCH}))


def bound_page() -> None:
    from dashboard.screens import bound_job
    from dashboard.screens.edit_hand import Hand
    from tests.dashboard.screens import friday as here
    from tests.planner.factories import BRANCH

    services = here.NOW_SHOWN["kit"]
    branch = services.store.branches(here.principal())[0]
    rows = (here.NOW_SHOWN["row"],)
    view = bound_job.with_bound(services, here.NOW_SHOWN["who"], here.NOW_SHOWN["view"])
    assert branch.code == BRANCH
    bound_job.offer(Hand(services, here.NOW_SHOWN["who"], branch, rows, rows[0], view))


@pytest.fixture
def unproven(kit: Friday) -> Friday:
    NOW_SHOWN["view"] = replace(NOW_SHOWN["view"], bound=None, bound_kind="")
    NOW_SHOWN["row"] = kit.store.plans(principal(), BRANCH, NEXT_WEEK)[0]
    return kit


def test_it_says_why_offers_and_shows_what_the_job_found(unproven: Friday, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(bound_job.plan_job, "spawn", lambda _kit, _job, command: started.append(list(command)))
    plan = NOW_SHOWN["view"].plan_id
    app = run(bound_page)
    assert "There was no time left to prove" in app.button(key="week_bound").help
    app.button(key="week_bound").click().run()
    assert plan in started[0]
    (job,) = [one for one in unproven.store.jobs(principal(), BRANCH) if one.kind == KIND]
    # The command itself finds it, of the same plan, and changes nothing of it.
    before = unproven.store.plan(principal(), plan)

    def supply(_branch: str) -> Any:
        return nullcontext(means(unproven.store))

    asked = ["--branch", BRANCH, "--plan", plan, "--seconds", "0.1", "--job", job.job_id]
    assert bound_command(asked, store=unproven.store, supply=supply, clock=lambda: FRIDAY) == 0
    assert unproven.store.plan(principal(), plan) == before
    done = unproven.store.job(principal(), job.job_id)
    assert done.state is JobState.DONE
    assert done.progress[FOUND]["bound"] >= NOW_SHOWN["view"].objective - 1e-6
    assert not run(bound_page).button
    view = bound_job.with_bound(unproven, principal(), NOW_SHOWN["view"])
    assert bound_sentence(view).startswith("At most ")
    assert view.bound == done.progress[FOUND]["bound"]


def test_who_may_not_have_it_computed_is_told_why_there_is_none(unproven: Friday) -> None:
    NOW_SHOWN["who"] = Principal("auditor", Role.AUDITOR, frozenset({BRANCH}))
    app = run(bound_page)
    assert "There was no time left to prove" in texts(app)
    assert not app.button
    assert unproven is NOW_SHOWN["kit"]


def test_a_plan_changed_by_hand_says_so() -> None:
    row: Any = SimpleNamespace(metrics={"edit": {}})
    assert bound_job.why_none(row).startswith("A change by hand allows")


def test_of_a_plan_that_is_not_there_the_command_says_so(unproven: Friday, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--branch", BRANCH, "--plan", "none", "--seconds", "0.1"]
    got = bound_command(
        asked, store=unproven.store, supply=lambda _: nullcontext(means(unproven.store)), clock=lambda: FRIDAY
    )
    assert got == 2
    assert "There is no plan 'none'" in capsys.readouterr().err
