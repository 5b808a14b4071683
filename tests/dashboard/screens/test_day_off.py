"""A day on which the crew is off leads to its shifts beside that day, as far as the reader may open them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from config.settings import load_settings
from dashboard.application import plain_routes
from dashboard.phone import day_off as ways
from dashboard.principal import HEADER, to_header
from dashboard.screens import day
from dashboard.services import ROOT, Services
from planner.store import Store
from planner.view.near_shifts import NearShifts, near_shifts
from tests.dashboard.fakes import RealStore
from tests.planner.conftest import Story, own_store, story  # noqa: F401  fixtures
from tests.planner.factories import BRANCH, MONDAY, ZONE, principal

CREW = f"{BRANCH}-A"


def worked(store: Store) -> list[date]:
    span = (MONDAY - timedelta(weeks=3), MONDAY + timedelta(weeks=4))
    return sorted({one.day for one in store.shifts_worked(principal(), BRANCH, *span) if one.crew_id == CREW})


def day_off(store: Store) -> tuple[date, date, date]:
    """Give a day off with the shifts' days before and after it."""
    days = worked(store)
    before, after = next((a, b) for a, b in pairwise(days) if b - a > timedelta(days=1))
    return before + timedelta(days=1), before, after


def day_page() -> None:
    from dashboard.screens import day

    day.page()


def opened(monkeypatch: pytest.MonkeyPatch, store: Store, on: date) -> AppTest:
    class Stopped(Services):
        def now(self) -> datetime:
            return datetime.combine(on, time(10), ZONE)

    st.cache_data.clear()
    st.cache_resource.clear()
    kit = Stopped(load_settings(ROOT, {}), store)
    monkeypatch.setattr(day, "services", lambda: kit)
    monkeypatch.setattr(day, "current_principal", principal)
    app = AppTest.from_function(day_page, default_timeout=90)
    app.session_state["language"] = "en"
    app.session_state["day_crew"] = CREW
    return app.run()


def test_the_shifts_beside_it_are_given_and_a_tap_opens_them(
    own_store: Store,  # noqa: F811
    story: Story,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    off, before, after = day_off(own_store)
    shown = opened(monkeypatch, own_store, off)
    assert not shown.exception
    offered = {one.label.split(":")[0]: one for one in shown.button if one.label.startswith(("Shift before", "Next"))}
    assert set(offered) == {"Shift before", "Next shift"}
    shown = offered["Next shift"].click().run()
    assert not shown.exception
    assert shown.date_input(key="day_date").value == after
    assert before < off < after


def test_a_collector_is_led_no_further_than_his_own_days(
    own_store: Store,  # noqa: F811
    story: Story,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    off, _before, after = day_off(own_store)
    nowhere = type("Nowhere", (), {"__contains__": lambda *_: False, "first": off, "last": off})()
    monkeypatch.setattr(ways, "days_of", lambda *_: nowhere)
    shown = opened(monkeypatch, own_store, off)
    assert not [one.label for one in shown.button if str(after.day) in one.label]


def test_two_weeks_are_looked_through_and_no_more(own_store: Store, story: Story) -> None:  # noqa: F811
    last = worked(own_store)[-1]
    found = near_shifts(own_store, principal(), BRANCH, CREW, last + timedelta(days=14))
    assert found.before is not None
    assert (found.before.day, found.after) == (last, None)
    assert near_shifts(own_store, principal(), BRANCH, CREW, last + timedelta(days=15)) == NearShifts()


class Kit(RealStore):
    """The story's store behind the phone's routes."""


def test_on_the_phone_a_day_off_has_nothing_to_begin_and_leads_to_the_shifts_beside_it(
    own_store: Store,  # noqa: F811
    story: Story,  # noqa: F811
) -> None:
    off, before, after = day_off(own_store)
    kit = Kit(real=own_store, moment=datetime.combine(off, time(10), ZONE))
    client = TestClient(Starlette(routes=plain_routes(lambda: kit)), base_url="http://localhost")  # type: ignore[arg-type, return-value]
    client.headers[HEADER] = to_header(principal())
    client.headers["accept-language"] = "en"
    page = client.get(f"/m/{BRANCH}/{CREW}/{off}").text
    for day_there in (before, after):
        assert re.search(rf'<a class="button" href="/m/{BRANCH}/{CREW}/{day_there}">', page)
    assert client.get(f"/m/api/{BRANCH}/{CREW}/{off}/safety").json()["today"] is False
    kit.moment = datetime.combine(after, time(8), ZONE)
    assert client.get(f"/m/api/{BRANCH}/{CREW}/{after}/safety").json()["today"] is True
    assert f'href="/m/{BRANCH}/{CREW}/{before}"' not in client.get(f"/m/{BRANCH}/{CREW}/{after}").text
