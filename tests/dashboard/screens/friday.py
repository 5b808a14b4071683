"""A week planned on the Friday before it, and pages run over it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from config.settings import Paths, load_settings
from dashboard.services import ROOT, Services
from planner.store import Store
from planner.view import WeekView, week_view
from tests.planner.conftest import in_process, own_store, story  # noqa: F401
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, principal

FRIDAY = NOW + timedelta(weeks=1)


class Friday(Services):
    """Services whose clock stands on the Friday before the week."""

    def now(self) -> datetime:
        return FRIDAY


#: what the pages' scripts show
NOW_SHOWN: dict[str, Any] = {}


@pytest.fixture(name="kit")
def friday_kit(own_store: Store, tmp_path: Path) -> Iterator[Friday]:  # noqa: F811
    """Give services over a copy of the story."""
    st.cache_data.clear()
    st.cache_resource.clear()
    made = Friday(replace(load_settings(ROOT, dict(os.environ)), paths=Paths(ROOT, tmp_path)), own_store)
    NOW_SHOWN.update(kit=made, who=principal(), view=newest(own_store))
    yield made
    NOW_SHOWN.clear()


def newest(store: Store) -> WeekView:
    return week_view(store, principal(), store.plans(principal(), BRANCH, NEXT_WEEK)[0].plan_id)


def run(script: Any, language: str = "en", **state: Any) -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    for key, value in {"language": language, **state}.items():
        app.session_state[key] = value
    found = app.run()
    assert not found.exception
    return found
