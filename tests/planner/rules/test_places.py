"""Where a visit may take place."""

from dataclasses import replace

import pandas as pd
import pytest

from config.rules import load_pack
from planner.domain import PlaceKind
from planner.rules.check import broken_rules
from tests.planner.rules.readings import CN, ask, at, removed, stop
from tests.planner.value.factories import MONDAY, facts, places

NOON = at(MONDAY, "12:00")


def test_nobody_is_sent_to_a_place_that_is_not_on_the_map():
    lost = facts(places=places({"lon": None, "lat": None}))
    assert ask(lost, NOON) == {"place_located"}
    assert removed(lost)["code"] == "place_located"
    assert "map" in removed(lost)["action"]


def test_a_debtor_without_any_place_is_removed_too():
    assert removed(facts(places=places()))["code"] == "place_located"


def test_a_stop_at_somebody_elses_place_is_found():
    two = facts(places=places({}, {"place_id": "P2", "debtor_id": "D2"}))
    assert next(one.rule for one in broken_rules([stop(NOON, place="P2")], two, CN)) == "place_located"
    assert next(one.rule for one in broken_rules([stop(NOON, debtor="D2", place="P2")], two, CN)) == "place_located"


@pytest.mark.parametrize(("guarantee", "rules"), [("joint", set()), ("ordinary", set()), ("none", {"place_kind"})])
def test_a_guarantor_is_visited_only_where_there_is_a_guarantee(guarantee, rules):
    survey = pd.DataFrame({"debtor_id": ["D1"], "guarantee": [guarantee]})
    assert ask(facts(survey=survey, places=places({"kind": "guarantor"})), NOON) == rules


def test_a_kind_the_pack_forbids_or_does_not_name_is_not_visited():
    shop = facts(places=places({"kind": "shop"}))
    assert ask(shop, NOON) == set()
    forbidden = tuple(
        replace(one, term=replace(one.term, value=False)) if one.kind == PlaceKind.SHOP else one for one in CN.places
    )
    assert ask(shop, NOON, pack=replace(CN, places=forbidden)) == {"place_kind"}
    unnamed = tuple(one for one in CN.places if one.kind != PlaceKind.SHOP)
    assert ask(shop, NOON, pack=replace(CN, places=unnamed)) == {"place_kind"}
    assert removed(shop, pack=replace(CN, places=unnamed))["code"] == "place_kind"


def test_in_india_the_workplace_comes_after_the_home():
    pack = load_pack("IN")
    work = {"place_id": "P2", "kind": "workplace"}
    assert ask(facts(places=places({}, work)), NOON, place="P2", pack=pack) == {"place_kind"}
    assert ask(facts(places=places(work)), NOON, place="P2", pack=pack) == set()
    assert ask(facts(places=places({"lon": None}, work)), NOON, place="P2", pack=pack) == set()
