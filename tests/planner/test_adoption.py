"""Adopting, going back, and what happens to a damaged model; exploring."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import numpy as np
import pandas as pd
import pytest

from config.parameters import load
from planner.adoption import (
    COUNTED,
    DEFAULTS,
    SETTING,
    WHOLE,
    adopt,
    adoptions,
    elsewhere,
    exploration_of,
    go_back,
    model_in_use,
    set_exploration,
)
from planner.domain import Bucket, Role
from planner.plan import plan_week
from planner.store import NotAllowed, settings
from planner.value.exploring import BONUS, HOLD_OUT, Exploration, held_out, read_exploration, with_bonus
from planner.value.learning import BACKGROUND, untaught, with_assumed_background
from planner.value.model_text import UnreadableModel
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, NOW, TODAY, WEEK, branch, means, principal

PARAMETERS = load()
KNOWS = {"learnt_until": TODAY, "visits": 7, "compared": {"better": 0.01}, "now": NOW}


def taught(shift=2.0):
    base = untaught(PARAMETERS)
    return replace(base, rates=base.rates.assign(alpha=base.rates["alpha"] + shift))


def test_until_somebody_adopts_the_defaults_are_used(own_store):
    assert adoptions(own_store, principal(), BRANCH) == ()
    found = model_in_use(own_store, principal(), BRANCH, PARAMETERS)
    assert found.name == ""
    assert found.rates["mean"].to_numpy() == pytest.approx(untaught(PARAMETERS).rates["prior"].to_numpy(), abs=1e-6)


def test_an_adopted_model_comes_back_as_it_was(own_store):
    new = adopt(own_store, principal(), BRANCH, taught(), **KNOWS)
    found = model_in_use(own_store, principal(), BRANCH, PARAMETERS)
    assert found.name == new.name
    assert found.rates["alpha"].to_numpy() == pytest.approx(taught().rates["alpha"].to_numpy(), abs=1e-5)
    assert (found.rates["low"] < found.rates["mean"]).all()
    assert adoptions(own_store, principal(), BRANCH)[0].compared == {"better": 0.01}
    told = [one for one in own_store.audit_entries(principal(), BRANCH) if one.ids.get("setting") == SETTING]
    assert [one.who for one in told] == [principal().name]


def test_a_model_of_before_keeps_the_shares_it_was_adopted_with(own_store):
    """They stood beside the rates, by bucket; what comes later was not known then."""
    adopt(own_store, principal(), BRANCH, taught(), **KNOWS)
    kept = own_store.setting(principal(), BRANCH, SETTING)
    rates = [row for row in kept[-1]["model"]["rates"] if row[0] not in BACKGROUND]
    kept[-1]["model"] |= {"rates": rates, "paid_anyway": {"M1": 0.2}}
    own_store.save_setting(principal(), BRANCH, SETTING, kept, now=NOW)
    found = model_in_use(own_store, principal(), BRANCH, PARAMETERS)
    means = found.means("anyway")
    assert means["M1", "careless"] == pytest.approx(0.2)
    assert means["M2", "careless"] == pytest.approx(PARAMETERS.collected_without[Bucket.M2].value)
    assert found.means("later")["M1", "careless"] == pytest.approx(found.calibration.later[Bucket.M1])


def test_what_is_paid_beside_the_visits_can_stay_as_assumed():
    found = with_assumed_background(taught()).rates
    beside = found["rate"].isin(BACKGROUND)
    pd.testing.assert_frame_equal(found[~beside], taught().rates[~beside])
    pd.testing.assert_frame_equal(found[beside], untaught(PARAMETERS).rates[beside])


def test_going_back_is_a_new_entry(own_store):
    first = adopt(own_store, principal(), BRANCH, taught(1), **KNOWS)
    second = adopt(own_store, principal(), BRANCH, taught(3), **KNOWS)
    assert first.name != second.name
    go_back(own_store, principal(), BRANCH, first.name, now=NOW + timedelta(hours=1))
    assert model_in_use(own_store, principal(), BRANCH, PARAMETERS).name == first.name
    go_back(own_store, principal(), BRANCH, DEFAULTS, now=NOW + timedelta(hours=2))
    assert model_in_use(own_store, principal(), BRANCH, PARAMETERS).name == ""
    names = [one.name for one in adoptions(own_store, principal(), BRANCH)]
    assert names == [first.name, second.name, first.name, DEFAULTS]
    with pytest.raises(KeyError):
        go_back(own_store, principal(), BRANCH, "never", now=NOW)


def test_old_models_keep_their_record_but_not_their_numbers(own_store):
    for k in range(WHOLE + 2):
        adopt(own_store, principal(), BRANCH, taught(k + 1), **KNOWS)
    found = adoptions(own_store, principal(), BRANCH)
    assert [one.text is None for one in found] == [True, True] + [False] * WHOLE


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.REGIONAL_HEAD])
def test_only_a_manager_adopts(own_store, role):
    who = principal(role, crew="YX01-A" if role is Role.COLLECTOR else None)
    with pytest.raises(NotAllowed):
        adopt(own_store, who, BRANCH, taught(), **KNOWS)
    with pytest.raises(NotAllowed):
        set_exploration(own_store, who, BRANCH, Exploration(BONUS, weight=0.5), now=NOW)


@pytest.mark.parametrize(
    "damage",
    [
        lambda model: model | {"format": "rounds-model/9"},
        lambda model: model | {"rates": [["right", "", ""]]},
        lambda model: model | {"rates": [["right", "", "", -1.0, 2.0, 0, 0, 0]]},
        lambda model: model | {"paid_anyway": {"M1": 1.7}},
        lambda model: model | {"paid_anyway": {"M99": 0.1}},
        lambda model: {"format": model["format"]},
    ],
)
def test_a_damaged_model_is_refused_and_never_replaced_in_silence(own_store, damage):
    adopt(own_store, principal(), BRANCH, taught(), **KNOWS)
    kept = own_store.setting(principal(), BRANCH, SETTING)
    kept[-1]["model"] = damage(kept[-1]["model"])
    own_store.save_setting(principal(), BRANCH, SETTING, kept, now=NOW)
    with pytest.raises(UnreadableModel):
        model_in_use(own_store, principal(), BRANCH, PARAMETERS)


def test_a_plan_names_its_model_and_uses_it(own_store):
    before = plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW)
    assert before.context["parameters"]["model"] == ""
    new = adopt(own_store, principal(), BRANCH, with_assumed_background(taught(200.0)), **KNOWS)
    after = plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW)
    assert after.context["parameters"]["model"] == new.name
    assert after.metrics["plan"]["value"] > before.metrics["plan"]["value"]


def test_who_is_left_by_lot_is_in_no_plan_and_has_a_reason(own_store):
    set_exploration(own_store, principal(), BRANCH, Exploration(HOLD_OUT, share=0.3, since=TODAY), now=NOW)
    plan = plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW)
    setting = exploration_of(own_store, principal(), BRANCH)
    people = own_store.debtors(principal(), BRANCH)["debtor_id"]
    drawn = set(people[held_out(people, setting)])
    assert drawn
    visited = {stop["visit"] for route in plan.plan["routes"] for stop in route["stops"]}
    removed = {one["debtor_id"]: one for one in plan.context["removed"]}
    out = {one for one, row in removed.items() if row["reason"] == "held_out"}
    assert out
    assert out <= drawn
    assert not visited & out
    assert plan.context["parameters"]["exploring"]["kind"] == HOLD_OUT


@pytest.mark.parametrize("share", [0.05, 0.2, 0.3])
def test_the_lot_draws_its_share_and_stays(share):
    ids = pd.Series([f"D{k}" for k in range(5000)])
    setting = Exploration(HOLD_OUT, share=share)
    drawn = held_out(ids, setting)
    assert drawn.mean() == pytest.approx(share, abs=0.02)
    assert (held_out(ids[::-1], setting)[::-1] == drawn).all()
    assert (held_out(ids, replace(setting, lot=2)) != drawn).any()
    assert not held_out(ids, Exploration()).any()


def test_a_bonus_goes_to_what_is_little_known():
    options = pd.DataFrame({"value_minor": [100.0, 100.0], "value_high_minor": [110.0, 300.0]})
    raised = with_bonus(options, Exploration(BONUS, weight=0.5))["value_minor"].tolist()
    assert raised == [105.0, 200.0]
    assert with_bonus(options, Exploration()) is options


@pytest.mark.parametrize(
    "text", [None, {}, {"kind": "all"}, {"kind": HOLD_OUT, "share": 0.9}, {"kind": BONUS, "weight": "much"}, 7]
)
def test_a_setting_that_cannot_be_read_is_off(text):
    assert read_exploration(text).kind == "off"


def test_a_setting_comes_back(own_store):
    wanted = Exploration(HOLD_OUT, share=0.1, lot=3, since=TODAY)
    set_exploration(own_store, principal(), BRANCH, wanted, now=NOW)
    assert exploration_of(own_store, principal(), BRANCH) == wanted
    assert np.isclose(exploration_of(own_store, principal(), BRANCH).share, 0.1)


def test_of_two_who_adopt_at_the_same_moment_neither_is_lost(own_store, monkeypatch):
    """The second begins between the first one's reading and writing."""
    second = Thread(target=adopt, args=(own_store, principal(), BRANCH, taught(3.0)), kwargs=KNOWS)
    read = settings.read

    def slowly(connection, branch, name):
        value = read(connection, branch, name)
        if second.ident is None:
            second.start()
            second.join(0.3)  # long enough to write, were it let in
        return value

    monkeypatch.setattr(settings, "read", slowly)
    first = adopt(own_store, principal(), BRANCH, taught(2.0), **KNOWS)
    second.join(20)
    monkeypatch.undo()
    names = [one.name for one in adoptions(own_store, principal(), BRANCH)]
    assert len(names) == len(set(names)) == 2
    assert names[0] == first.name


def neighbour(store, code="RS02", **changes):
    """Another branch, by default on the same roads, and its manager."""
    store.save_branch(principal(Role.SYSTEM, branches=[code]), branch(code, **changes), now=NOW)
    return principal(branches=[code])


def seen(visits=40.0):
    base = untaught(PARAMETERS)
    some = base.rates["rate"].eq("pays")
    rates = base.rates.assign(visits=np.where(some, visits, 0), successes=np.where(some, 10.0, 0.0))
    return replace(base, rates=rates)


def test_what_a_branch_adopts_its_neighbours_on_the_same_roads_learn_from(own_store):
    nearby, far = neighbour(own_store), neighbour(own_store, "RS03", road_region="hills")
    adopt(own_store, principal(), BRANCH, seen(), **KNOWS)
    found = elsewhere(own_store, nearby, "RS02")
    assert found.visits == {BRANCH: 7}
    assert set(found.counts["rate"]) == {"pays"}
    assert found.counts["visits"].unique().tolist() == [40]
    assert elsewhere(own_store, far, "RS03").counts is None
    assert elsewhere(own_store, principal(), BRANCH).counts is None  # not from itself
    with pytest.raises(NotAllowed):
        elsewhere(own_store, far, "RS02")


def test_two_neighbours_are_added_up_and_a_damaged_one_is_named(own_store):
    first, second = neighbour(own_store), neighbour(own_store, "RS03")
    adopt(own_store, first, "RS02", seen(40), **KNOWS)
    adopt(own_store, second, "RS03", seen(20), **KNOWS)
    assert elsewhere(own_store, principal(), BRANCH).counts["visits"].unique().tolist() == [60]
    own_store.save_setting(second, "RS03", COUNTED, {"format": "rounds-counts/1", "rows": [[1]]}, now=NOW)
    found = elsewhere(own_store, principal(), BRANCH)
    assert found.unreadable == ("RS03",)
    assert found.counts["visits"].unique().tolist() == [40]


def test_no_other_setting_of_a_neighbour_can_be_read(own_store):
    neighbour(own_store)
    with pytest.raises(ValueError, match="not shared"):
        own_store.settings_elsewhere(principal(), BRANCH, SETTING)
