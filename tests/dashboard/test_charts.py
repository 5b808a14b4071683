"""The timeline's pieces add up to the day, and its specification is whole."""

from dataclasses import replace

import pandas as pd

from dashboard.charts import PICK, picked, timeline, timeline_rows
from dashboard.screens import routes_table
from dashboard.theme import CREWS
from tests.dashboard.fakes import route, week


def test_the_pieces_cover_the_time_out_without_overlap() -> None:
    one = route(0, 3)
    tables = timeline_rows([one])
    assert len(tables["stop"]) == 3
    assert len(tables["travel"]) == 4  # three there, one back
    assert len(tables["wait"]) == 1
    pieces = pd.concat([tables[name] for name in ("travel", "wait", "stop")]).sort_values("begin")
    assert (pieces["end"].iloc[:-1].to_numpy() == pieces["begin"].iloc[1:].to_numpy()).all()
    assert one.leaves_at is not None
    assert pieces["begin"].iloc[0] == pd.Timestamp(one.leaves_at.replace(tzinfo=None))


def test_blocks_have_the_crews_colour_and_the_stops_number() -> None:
    stops = timeline_rows(week().routes, selected="D102")["stop"]
    assert set(stops["colour"]) == set(CREWS[:3])
    assert list(stops[stops["row"] == "Crew 1"]["number"]) == [str(n) for n in range(1, 11)]
    assert stops[stops["chosen"]]["row"].tolist() == ["Crew 2"]


def test_the_specification_builds_and_draws_wall_times() -> None:
    spec = timeline(week().routes).to_dict()
    kinds = [layer.get("mark", {}).get("type") or "layer" for layer in spec["layer"]]
    assert kinds == ["bar", "bar", "bar", "bar", "bar", "layer"]
    texts = str(spec["datasets"])
    assert "2026-11-24T10:00:00" in texts
    assert "+08:00" not in texts


def test_a_day_without_stops_still_draws_the_shift() -> None:
    idle = replace(route(0, 0), leaves_at=None, returns_at=None)
    assert [layer["mark"]["type"] for layer in timeline([idle]).to_dict()["layer"]] == ["bar", "bar"]
    assert timeline([]).to_dict()["layer"]


def test_a_click_on_a_visit_names_its_debtor() -> None:
    spec = timeline(week().routes).to_dict()
    assert [(one["name"], one["select"]["fields"]) for one in spec["params"]] == [(PICK, ["id"])]
    assert set(timeline_rows([route(0, 2)])["stop"]["id"]) == {stop.debtor_id for stop in route(0, 2).stops}
    for odd in (None, {}, {"selection": {}}, {"selection": {PICK: {}}}, {"selection": {PICK: [{}]}}):
        assert picked(odd) == ""


def test_a_rate_that_is_not_defined_is_no_zero() -> None:
    seconds = {"travel_s": 0, "service_s": 0, "waiting_s": 0, "value": 0, "visits_per_hour": 0.0}
    rates = {"travel_share": 0.25, "value_per_field_hour": 80.0}
    some, none = (
        routes_table.rows([replace(route(0, 2), efficiency=seconds | found)])
        for found in (rates, dict.fromkeys(rates, None))
    )
    assert some[["share", "hourly"]].to_numpy().tolist() == [[25.0, 80.0]]
    assert none[["share", "hourly"]].isna().all(axis=None)
