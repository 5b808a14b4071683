"""What is said of those who are not visited, and whom an agency's crew can reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner import routing
from planner.choice import Choice, added_way, within_reach
from planner.chosen import decided, not_visited
from planner.domain import Crew
from planner.value.channels import Channel
from tests.planner.factories import BRANCH, CENTRE, MONDAY, shift
from tests.planner.test_agency import contract


def offer(channel: Channel, gross: float = 0.0, cost: float = 0.0, *, allowed: bool = True) -> dict[str, object]:
    return {
        "channel": channel.value, "agency": "", "gross_minor": gross, "cost_minor": cost, "fee_minor": 0.0,
        "net_minor": gross - cost, "allowed": allowed, "why_not": "" if allowed else "contract",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("gross", "cost", "says"),
    [
        (-50_000.0, 9_000.0, "A call brings 40 net; a visit would bring less than is paid anyway."),
        (5_000.0, 9_000.0, "A call brings 40 net, a visit -40: the way costs more than it brings."),
        (11_000.0, 9_000.0, "A call brings 40 net, a visit 20 after the crew's time and the way."),
    ],
)
def test_what_a_visit_lacks_is_named(gross, cost, says):
    offers = {one.value: offer(one, allowed=False) for one in Channel}
    offers[Channel.OWN] = offer(Channel.OWN, gross, cost)
    offers[Channel.PHONE] = offer(Channel.PHONE, 4_800.0, 800.0)
    assert not_visited(offers, offers[Channel.PHONE])["why"] == says


def test_a_visit_brings_and_takes_what_its_option_in_the_plan_says():
    """The evening is the second option: longer at the door and worth more than the one of the table, the morning's."""
    day = pd.Timestamp(MONDAY, tz="Asia/Shanghai")
    hours = [day + pd.Timedelta(hours=9), day + pd.Timedelta(hours=18)]
    rows = pd.DataFrame(
        # The evening stands first in the table: the problem numbers the options by time.
        {
            "debtor_id": "D1", "place_id": "P1", "opens_at": hours[::-1], "service_s": [1500, 900],
            "value_minor": [70_000.0, 50_000.0],
        }
    )  # fmt: skip
    offers = [offer(one, 50_000.0 if one is Channel.OWN else 0.0) for one in Channel]
    table = pd.DataFrame(offers).assign(debtor_id="D1", allowed=[one in ("own", "nothing") for one in Channel])
    known: Any = SimpleNamespace(options=rows, removed=pd.DataFrame({"code": [], "debtor_id": []}))
    windows = (routing.Option(0, 9, 500.0, 1, 900), routing.Option(20, 29, 700.0, 1, 1500))
    problem = routing.Problem(
        datetime.combine(MONDAY, datetime.min.time()),
        0.0,
        np.array([[0.0, 100.0], [100.0, 0.0]]),
        (routing.Visit("D1", 1, 900, options=windows),),
        (routing.ProblemShift("S", "A", 0, 0, 0, 9000),),
    )
    route = routing.Route("S", 0, 2000, (routing.Stop("D1", 1, 100, 100, 1600),))
    plan = routing.Plan((route,), (), 0.0, "heuristic")
    row = decided(Choice(known, table, {}, 2.0, 2.0), problem, plan)["rows"]["D1"]
    assert (row["channel"], row["gross_minor"], row["cost_minor"]) == ("own", 70_000, 2 * (200 + 1500))


def options() -> pd.DataFrame:
    day = pd.Timestamp(MONDAY, tz="Asia/Shanghai")
    return pd.DataFrame(
        {
            "debtor_id": ["D1"], "needs": [""],
            "opens_at": [day + pd.Timedelta(hours=9)], "closes_at": [day + pd.Timedelta(days=4, hours=18)],
        }
    )  # fmt: skip


@pytest.mark.parametrize(("first", "reached"), [(MONDAY, {"D1"}), (MONDAY + timedelta(days=1), set())])
def test_an_agencys_crew_reaches_nobody_on_a_day_without_a_contract(first, reached):
    """Its crew works on Monday only: with a contract from Tuesday on it can visit nobody this week."""
    crew = Crew("YX01-H", BRANCH, "和远", ("H1", "H2"), frozenset({"agency:HY"}), CENTRE, CENTRE)
    terms = replace(contract(), from_on=first, until_on=date(2026, 12, 31))
    assert within_reach(options(), [crew], [shift("YX01-H", MONDAY)], [terms]) == {"HY": reached}


def test_somebody_alone_has_no_way_from_a_neighbour():
    """Nobody else is there to measure from; that is not the same as a place that no road reaches."""
    best = pd.DataFrame({"debtor_id": ["D1"], "place_id": ["P1"]})
    assert added_way(best, pd.DataFrame(), None) == {"D1": 0.0}  # type: ignore[arg-type]
