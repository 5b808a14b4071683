"""The table of the routes."""

from dataclasses import replace

from dashboard.screens import routes_table
from tests.dashboard.fakes import route


def test_a_rate_that_is_not_defined_is_no_zero() -> None:
    seconds = {"travel_s": 0, "service_s": 0, "waiting_s": 0, "value": 0, "visits_per_hour": 0.0}
    rates = {"travel_share": 0.25, "value_per_field_hour": 80.0}
    some, none = (
        routes_table.rows([replace(route(0, 2), efficiency=seconds | found)])
        for found in (rates, dict.fromkeys(rates, None))
    )
    assert some[["share", "hourly"]].to_numpy().tolist() == [[25.0, 80.0]]
    assert none[["share", "hourly"]].isna().all(axis=None)
