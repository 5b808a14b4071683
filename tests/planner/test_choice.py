"""A week with an agency: who goes where, that the plan keeps the contract, and that nothing more leaves the bank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.agency import MINIMUM
from planner.choice import AGENCY_LIST
from planner.domain import Bucket, Collector, Crew, Role, crew_skills
from planner.means import Means
from planner.plan import plan_week
from planner.store import SavedPlan, Store
from planner.value.channels import Channel
from planner.view import day_view
from planner.view.channels import channels_view, outgoing
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, CENTRE, MONDAY, NOW, TODAY, WEEK, branch, means, principal, shift
from tests.planner.test_agency import contract

EVERY = frozenset(Bucket)
#: an agency that is cheap, so that the plan gives it somebody
HY = contract(
    branch=BRANCH,
    products=frozenset({"card"}),
    buckets=EVERY,
    fee_share=0.01,
    fee_visit_minor=0,
    data=frozenset(),
    until_on=date(2026, 12, 31),
)


def planned(store: Store, *agencies, at_work: bool = True) -> SavedPlan:
    by = principal()
    store.save_agencies(by, BRANCH, agencies or [HY], now=NOW)
    people = tuple(Collector(f"H{k}", BRANCH, f"外{k}", frozenset({"agency:HY"})) for k in (1, 2))
    crew = Crew("YX01-H", BRANCH, "和远", ("H1", "H2"), crew_skills(people), CENTRE, CENTRE)
    store.save_collectors(by, BRANCH, people, now=NOW)
    store.save_crews(by, BRANCH, [crew], now=NOW)
    if at_work:
        store.save_shifts(by, BRANCH, [shift("YX01-H", MONDAY + timedelta(days=k)) for k in range(5)], now=NOW)
    # The dearer an own hour, the more goes to the agency.
    made: Means = means(store)
    dear = replace(made.parameters, visit_cost=replace(made.parameters.visit_cost, value=60_000))
    return plan_week(replace(made, parameters=dear), by, BRANCH, WEEK, solve=in_process, seed=1, now=NOW)


def by_channel(saved: SavedPlan) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for debtor, row in saved.context["channels"]["rows"].items():
        found.setdefault(row["channel"], set()).add(debtor)
    return found


def test_an_agencys_crew_makes_its_visits_and_no_others(own_store):
    saved = planned(own_store)  # which the second reading has passed
    stops = {r["shift"]: [s["visit"] for s in r["stops"]] for r in saved.plan["routes"]}
    theirs = {one for name, visits in stops.items() if name.startswith("YX01-H") for one in visits}
    ways = by_channel(saved)
    assert theirs
    assert theirs == ways["agency"]
    assert not theirs & ways.get("own", set())
    assert all(
        row["net_minor"] == row["gross_minor"] - row["cost_minor"] - row["fee_minor"]
        for row in saved.context["channels"]["rows"].values()
    )


def test_everybody_has_a_way_and_a_reason(own_store):
    saved = planned(own_store)
    rows = saved.context["channels"]["rows"]
    assert set(rows) == set(saved.context["debtors"])
    assert all(row["why"].endswith(".") for row in rows.values())
    visited = {stop["visit"] for route in saved.plan["routes"] for stop in route["stops"]}
    assert visited == {one for one, row in rows.items() if row["channel"] in ("own", "agency", "joint")}
    for row in rows.values():  # what is not visited gets the best that is allowed
        if row["channel"] in ("phone", "letter", "nothing"):
            offers = [row["offers"][one] for one in ("letter", "phone", "nothing")]
            assert row["net_minor"] == pytest.approx(max(one for one in offers if not isinstance(one, str)), abs=1)


def test_an_agency_without_a_crew_gets_a_list(own_store):
    saved = planned(own_store, at_work=False)
    listed = {one["debtor_id"] for one in saved.context["removed"] if one["reason"] == AGENCY_LIST}
    assert listed
    assert listed == by_channel(saved)["agency"]


@pytest.mark.parametrize(
    "damage", [{"until_on": TODAY}, {"products": frozenset({"mortgage"})}, {"buckets": frozenset()}]
)
def test_a_contract_that_does_not_fit_gives_the_agency_nobody(own_store, damage):
    ways = by_channel(planned(own_store, replace(HY, **damage)))
    assert "agency" not in ways


def test_an_agencys_list_has_no_column_that_its_contract_does_not_allow(own_store):
    saved = planned(own_store, at_work=False)
    manager = principal()
    view = channels_view(own_store, manager, branch(), WEEK, saved.plan_id)
    table = outgoing(own_store, manager, branch(), view, Channel.AGENCY, today=TODAY, agency=HY)
    assert len(table)
    assert list(table.columns) == list(MINIMUM)
    whole = outgoing(own_store, manager, branch(), view, Channel.PHONE, today=TODAY)
    assert {"phone", "bucket", "expected"} <= set(whole.columns)
    with pytest.raises(PermissionError):
        outgoing(own_store, principal(Role.REGIONAL_HEAD), branch(), view, Channel.AGENCY, today=TODAY, agency=HY)


def test_an_agencys_crew_sees_of_its_day_what_the_contract_allows(own_store):
    saved = planned(own_store)
    own_store.publish(principal(), saved.plan_id, NOW)
    asking = principal(Role.COLLECTOR, crew="YX01-H")
    days = [day_view(own_store, asking, "YX01-H", MONDAY + timedelta(days=k)) for k in range(5)]
    stops = [stop for day in days for stop in day.stops]
    assert stops
    for stop in stops:
        assert (stop.phone, stop.bucket, stop.days_past_due) == ("", "", 0)
        assert (stop.debtor_type, stop.group, stop.guaranteed) == ("unreviewed", "", False)
        assert stop.name
        assert stop.overdue_minor > 0


def test_a_contract_that_ends_after_the_plan_leaves_its_crew_the_minimum(own_store):
    more = replace(HY, data=frozenset({"phone"}))
    saved = planned(own_store, more)
    own_store.publish(principal(), saved.plan_id, NOW)
    asking = principal(Role.COLLECTOR, crew="YX01-H")

    def phones() -> set[str]:
        days = [day_view(own_store, asking, "YX01-H", MONDAY + timedelta(days=k)) for k in range(5)]
        return {stop.phone for day in days for stop in day.stops}

    assert any(phones())
    own_store.save_agencies(principal(), BRANCH, [replace(more, until_on=TODAY)], now=NOW)
    assert phones() == {""}
