from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from config.settings import Paths, load_settings
from dashboard.screens import overdue, overdue_load, regions, risk
from dashboard.services import ROOT, Services
from geodata.geocoding.index import StreetIndex
from planner.domain import Principal, Role
from planner.store import Store, migrate, open_store
from tests.planner.store.factories import NOW
from tests.planner.view.test_regions_view import town


class Stopped(Services):
    """Services whose clock stands still."""

    def now(self) -> datetime:
        return NOW


@pytest.fixture(scope="session")
def town_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("screens") / "town.sqlite"
    migrate(f"sqlite:///{path}")
    store = open_store(f"sqlite:///{path}")
    town(store)
    store.close()
    return path


@pytest.fixture
def store(town_file: Path, tmp_path: Path) -> Iterator[Store]:
    copy = tmp_path / "town.sqlite"
    copy.write_bytes(town_file.read_bytes())
    opened = open_store(f"sqlite:///{copy}", clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def kit(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stopped:
    """Services over the small town; the street index holds one street."""
    import geopandas as gpd
    import shapely
    import streamlit as st

    st.cache_data.clear()
    st.cache_resource.clear()
    made = Stopped(replace(load_settings(ROOT, dict(os.environ)), paths=Paths(ROOT, tmp_path)), store)
    line = shapely.LineString([(103.79, 30.60), (103.81, 30.60)])
    streets = gpd.GeoDataFrame({"name_zh": ["柳巷"], "name_en": ["Willow Lane"]}, geometry=[line], crs=4326)
    houses = pd.DataFrame({"lon": [103.80], "lat": [30.60], "street_zh": ["柳巷"], "street_en": ["Willow Lane"]})
    index = StreetIndex(streets, houses.assign(house_number="1", district="W"))
    monkeypatch.setattr(overdue_load, "street_index", lambda *_: index)
    for module in (overdue, regions, risk):
        monkeypatch.setattr(module, "services", lambda: made)
    return made


def act_as(monkeypatch: pytest.MonkeyPatch, role: Role, *modules: ModuleType) -> Principal:
    who = Principal("somebody", role, frozenset({"YX01"}))
    for module in modules or (overdue, regions, risk):
        monkeypatch.setattr(module, "current_principal", lambda: who)
    return who


def frames(app: object) -> list[pd.DataFrame]:
    return [one.value for one in app.dataframe]  # type: ignore[attr-defined]


def texts(app: object) -> str:
    kinds = ("markdown", "caption", "subheader", "info", "success", "error")
    return "\n".join(str(one.value) for kind in kinds for one in getattr(app, kind))
