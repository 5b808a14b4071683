from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from config.parameters import load
from config.rules import load_pack
from planner import tables
from planner.domain import Principal, Role
from planner.store import NotAllowed, Store, migrate, open_store
from planner.view.regions import RegionsView, comparison, district_verdicts
from planner.view.travel import DOOR_TO_DOOR_S, gaps_between, travel_seconds
from tests.planner.store.factories import HERE, NOW, branch, outcome, outcomes, principal, source, table, team

MANAGER = principal(Role.MANAGER)
ZONE = ZoneInfo("Asia/Shanghai")
PACKS, PARAMETERS = {"CN": load_pack("CN")}, load()
WEST, EAST = (103.80, 30.60), (103.90, 30.60)


def square(lon: float, lat: float) -> str:
    ring = [[lon - 0.04, lat - 0.04], [lon + 0.04, lat - 0.04], [lon + 0.04, lat + 0.04], [lon - 0.04, lat + 0.04]]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


def around(centre: tuple[float, float], n: int, spread: float, seed: int) -> np.ndarray:
    return (
        np.random.default_rng(seed)
        .normal(centre, spread, (n, 2))
        .clip(np.array(centre) - 0.039, np.array(centre) + 0.039)
    )


def town(store: Store, *, with_customers: bool = True, with_outcomes: bool = True) -> None:
    """Two districts with 500 customers each; in the west the 60 debtors live in one corner, in the east all over."""
    setup = Principal("setup", Role.SYSTEM, frozenset({HERE}))
    store.save_branch(setup, branch(), now=NOW)
    people, crews, shifts = team()
    store.save_collectors(setup, HERE, people, now=NOW)
    store.save_crews(setup, HERE, crews, now=NOW)
    store.save_shifts(setup, HERE, shifts, now=NOW)
    districts = [{"code": code, "name_zh": zh, "name_en": en, "geojson": square(*at)} for code, zh, en, at in (
        ("W", "西区", "West", WEST), ("E", "东区", "East", EAST), ("N", "北区", "North", (103.85, 30.75)))]  # fmt: skip
    store.save_regions(setup, "yunxi", pd.DataFrame(districts), now=NOW)
    at = np.vstack([around(WEST, 500, 0.012, 1), around(EAST, 500, 0.012, 2)])
    customers = pd.DataFrame(
        {"customer_id": [f"C{k}" for k in range(1000)], "branch": HERE, "region": ["W"] * 500 + ["E"] * 500}
    ).assign(lon=at[:, 0], lat=at[:, 1])
    if with_customers:
        store.save_customers(setup, HERE, tables.conform(customers, tables.CUSTOMERS), now=NOW)
    corner = np.argsort(np.linalg.norm(at[:500] - at[7], axis=1))[:60]
    homes = np.concatenate([corner, 500 + np.random.default_rng(3).choice(500, 60, replace=False)])
    mine = [
        {"debtor_id": f"D{k}", "branch": HERE, "region": "W" if row < 500 else "E", "group": "individual"}
        | {"case_id": f"K{k}", "overdue_minor": 20_000_00, "days_past_due": 20, "as_of_on": "2026-11-20"}
        | {"place_id": f"P{k}", "kind": "home", "accuracy_m": 10.0, "due_on": "2026-11-01"}
        | {"lon": at[row, 0], "lat": at[row, 1]}
        for k, row in enumerate(homes)
    ]  # fmt: skip
    listed = {
        "debtors": table(tables.DEBTORS, mine),
        "accounts": table(tables.ACCOUNTS, mine),
        "places": table(tables.PLACES, mine),
    }
    store.save_import(MANAGER, HERE, listed, **source())
    if with_outcomes:
        begins = pd.Timestamp("2026-11-02T02:00:00Z")
        rows = [
            outcome(f"o{k}", debtor_id=f"D{k}", place_id=f"P{k}", code="PAID_PART" if k % 4 == 0 else "NOT_HOME")
            | {"started_at": begins + pd.Timedelta(days=k // 10, minutes=25 * (k % 10))}
            | {"ended_at": begins + pd.Timedelta(days=k // 10, minutes=25 * (k % 10) + 15)}
            | {"paid_minor": 2_000_00 if k % 4 == 0 else 0}
            for k in range(60)
        ]
        store.save_outcomes(MANAGER, HERE, outcomes(*rows), now=NOW)


def filled(folder: Path, **wanted: bool) -> Store:
    url = f"sqlite:///{folder / 'regions.sqlite'}"
    migrate(url)
    store = open_store(url)
    town(store, **wanted)
    return store


def read(store: Store, **changes: object) -> RegionsView:
    return comparison(store, MANAGER, store.branches(MANAGER), PACKS, PARAMETERS, now=NOW, **changes).view  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> RegionsView:
    return read(filled(tmp_path_factory.mktemp("regions")))


def test_the_corner_is_clustered_and_the_rest_is_not(view: RegionsView) -> None:
    assert view.verdicts["W"].verdict == "clustered"
    assert view.verdicts["E"].verdict != "clustered"
    assert "N" not in view.verdicts


def test_districts_keep_their_order_and_add_up(view: RegionsView) -> None:
    by_code = view.table.set_index("region")
    assert view.table["region"].tolist() == view.districts["code"].tolist()
    assert by_code.loc[["W", "E"], "debtors"].tolist() == [60, 60]
    assert by_code.loc[["W", "E"], "outcomes"].tolist() == [60, 0]
    assert by_code["overdue_minor"].sum() == 120 * 20_000_00
    assert by_code.loc["W", "actual_minor"] == 15 * 2_000_00
    assert by_code["visits"].sum() + view.barred == 120
    assert (by_code["travel_hours"] <= by_code["field_hours"]).all()
    assert by_code.loc["W", "inhabited_km2"] > 0


def test_a_district_without_anybody_is_unknown_not_zero(view: RegionsView) -> None:
    nobody = view.table.set_index("region").loc["N"]
    assert pd.isna(nobody["per_field_hour_minor"])
    assert pd.isna(nobody["per_visit_minor"])
    assert pd.isna(nobody["ratio"])
    assert nobody["debtors"] == 0


def test_figures_lie_inside_their_intervals(view: RegionsView) -> None:
    for figure in ("per_field_hour_minor", "per_visit_minor", "per_km2_minor"):
        known = view.table[view.table[figure].notna()]
        assert (known[f"{figure}_low"] <= known[figure]).all()
        assert (known[figure] <= known[f"{figure}_high"]).all()


def test_without_customers_the_verdict_says_so(tmp_path: Path) -> None:
    blind = read(filled(tmp_path, with_customers=False, with_outcomes=False))
    assert {one.verdict for one in blind.verdicts.values()} == {"cannot_tell"}
    assert {one.null for one in blind.verdicts.values()} == {"none"}
    assert blind.table["inhabited_km2"].isna().all()
    assert blind.outcomes == 0
    assert blind.travel.assumption
    assert blind.table["assumption"].all()


def test_the_phases_are_told_and_strangers_get_nothing(tmp_path: Path) -> None:
    store, told = filled(tmp_path, with_outcomes=False), []
    read(store, tell=told.append)
    assert told == [f"branch {HERE}", "verdicts", "density", "outlook"]
    with pytest.raises(NotAllowed):
        comparison(store, principal(Role.MANAGER, "YX02"), store.branches(MANAGER), PACKS, PARAMETERS, now=NOW)
    with pytest.raises(ValueError, match="one road region"):
        comparison(store, MANAGER, (), PACKS, PARAMETERS, now=NOW)


def test_no_homes_have_no_verdicts() -> None:
    homes = pd.DataFrame(
        {"debtor_id": [], "lon": [], "lat": [], "accuracy_m": [], "region": pd.Series([], dtype="str")}
    )
    assert district_verdicts(homes, tables.empty(tables.CUSTOMERS)) == {}


def visits(*spans: tuple[int, int], crew: str = "A") -> pd.DataFrame:
    begins = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    return outcomes(
        *(
            outcome(f"{crew}{k}", debtor_id=f"D{k}", crew_id=crew)
            | {"started_at": pd.Timestamp(begins + timedelta(minutes=a))}
            | {"ended_at": pd.Timestamp(begins + timedelta(minutes=b))}
            for k, (a, b) in enumerate(spans)
        )
    )  # fmt: skip


def test_a_gap_is_between_doors_of_one_crew_on_one_day() -> None:
    one = visits((0, 10), (22, 40), (30, 50), (200, 210), (24 * 60 + 205, 24 * 60 + 210))
    assert gaps_between(one, ZONE).tolist() == [720.0]
    both = pd.concat([one, visits((12, 20), crew="B")], ignore_index=True)
    assert gaps_between(both, ZONE).tolist() == [720.0]


def test_travel_is_the_way_between_doors_and_a_share_of_the_way_out() -> None:
    options = pd.DataFrame(
        {"debtor_id": ["D1", "D2", "D3"], "branch": HERE, "region": ["W", "W", "E"]}
        | {"lon": [103.90, 103.90, np.nan], "lat": [30.60, 30.69, np.nan]}
    )
    travel, seconds = travel_seconds(options, visits(), {HERE: (103.90, 30.60)}, visits_a_day=10.0, zone=ZONE)
    assert travel.assumption
    assert seconds[0] == pytest.approx(DOOR_TO_DOOR_S)
    assert seconds[1] > seconds[0] + 2 * 10_000 * 1.35 / (25 / 3.6) / 10 * 0.99
    assert np.isnan(seconds[2])
    learnt, seconds = travel_seconds(
        options, visits((0, 10), (14, 20)), {HERE: (103.90, 30.60)}, visits_a_day=10, zone=ZONE
    )
    assert learnt.gaps == 1
    assert seconds[0] == pytest.approx(240.0)


def test_a_visit_that_ends_before_it_began_does_not_stop_the_page(tmp_path: Path) -> None:
    store = filled(tmp_path, with_outcomes=False)
    begins = pd.Timestamp("2026-11-02T02:00:00Z")
    clock = {"started_at": begins, "ended_at": begins - pd.Timedelta(hours=1)}
    store.save_outcomes(MANAGER, HERE, outcomes(outcome("o1", debtor_id="D1", place_id="P1") | clock), now=NOW)
    assert read(store).table.set_index("region").loc["W", "past_hours"] >= 0


def test_the_uplift_after_the_past_is_what_the_figures_divide(view: RegionsView) -> None:
    """Sums over districts by sums of hours lie between the districts' own figures, or the page contradicts itself."""
    table = view.table[view.table["field_hours"] > 0]
    after = table["uplift_after_minor"]
    assert (after / table["field_hours"]).to_numpy() == pytest.approx(table["per_field_hour_minor"].to_numpy())
    assert not np.allclose(after, table["uplift_minor"], rtol=0.01)
    together = after.sum() / table["field_hours"].sum()
    assert table["per_field_hour_minor"].min() <= together <= table["per_field_hour_minor"].max()
