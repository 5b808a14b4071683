"""What was settled by hand stays so: a journey over a branch of its own, since it leaves a plan of another shape."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from planner.store import Store
from tests.browser.branches import SMALL, manager, next_week
from tests.browser.conftest import OpenPage
from tests.browser.screens import map_of, settled
from tests.browser.test_small_branch import PLAN_MS, app, crew_of_day, kept, scenario, var, week_of  # noqa: F401

pytestmark = pytest.mark.browser


def test_who_was_taken_out_stays_out_when_planned_again_and_when_a_scenario_is_adopted(
    open_page: OpenPage,
    kept: Store,  # noqa: F811
) -> None:
    for row in kept.scenarios(manager(SMALL), SMALL, next_week()):  # of a try before this one
        kept.put_away_scenario(manager(SMALL), row.plan_id, now=datetime.now(UTC))
    page = week_of(open_page)
    page.goto(f"/what-if?week={next_week()}")
    scenario(page, "Fewer", "Crews off")
    page = week_of(open_page)
    before = crew_of_day(kept)
    map_of(page).locator(".block").first.click()
    page.locator(".st-key-edit_card").get_by_role("button", name="Take out").click()
    page.get_by_role("button", name="What would it cost?").click()
    expect(page.locator(".st-key-edit_panel table")).to_contain_text("Expected uplift", timeout=PLAN_MS)
    page.get_by_role("button", name="Take it").click()
    expect(page.locator(".st-key-edit_panel")).to_have_count(0)
    settled(page)
    (out,) = set(before) - set(crew_of_day(kept))
    number = len(kept.plans(manager(SMALL), SMALL, next_week()))
    page.get_by_role("button", name="Plan again", exact=True).click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=PLAN_MS)
    expect(map_of(page).locator(".block").first).to_be_visible(timeout=PLAN_MS)
    assert len(kept.plans(manager(SMALL), SMALL, next_week())) == number + 1
    assert out not in crew_of_day(kept)
    # The scenario is older than the change: what adopting it would undo is named, and it is planned once more with it.
    page.goto(f"/what-if?week={next_week()}")
    lost = page.locator(".st-key-what_if_lost")
    expect(lost).to_contain_text("by hand that this scenario does not have", timeout=PLAN_MS)
    expect(lost.get_by_text(re.compile("^Take .* out of the week$"))).not_to_have_count(0)
    settled(page)
    lost.get_by_role("button", name="Plan it once more with what was changed by hand").click()
    expect(page.locator("table.what-if thead th")).to_have_count(4, timeout=PLAN_MS)
    newest = kept.scenarios(manager(SMALL), SMALL, next_week())[0].plan_id
    expect(page).to_have_url(re.compile(f"right={newest}"))
    settled(page)
    expect(lost).to_have_count(0)
    page.get_by_role("button", name="Adopt “Fewer (2)” as a draft").click()
    expect(page.get_by_role("button", name="To the draft")).to_be_visible(timeout=PLAN_MS)
    saved = kept.plan(manager(SMALL), kept.plans(manager(SMALL), SMALL, next_week())[0].plan_id)
    assert "origin" in saved.metrics
    assert out in saved.context["edits"]["kept"]["dropped"]
    assert out not in crew_of_day(kept)
