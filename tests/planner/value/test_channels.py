"""The channels compared by hand, and what keeps each of them from being used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from config.parameters import load
from planner.choice import OTHERS
from planner.domain import Bucket
from planner.value.channels import Channel, Known, added_where_met, best_of, channels
from planner.value.learning import Model, learn, untaught
from planner.value.model_text import with_paid_anyway
from planner.value.survey import survey
from planner.value.uplift import uplift
from tests.planner.test_agency import contract
from tests.planner.value.factories import TODAY, WEEK, ZONE, branch

PARAMETERS = load()
MODEL = untaught(PARAMETERS)
CREW = 2.0  # minor units a second


def known(**changes) -> Known:
    survey = pd.DataFrame(
        {
            "debtor_id": ["D1"], "agency": ["in_house"], "product": ["card"], "bucket": ["Y1-3"],
            "debtor_type": [""], "overdue_minor": [1_000_000],
        }
    )  # fmt: skip
    best = pd.DataFrame(
        {
            "debtor_id": ["D1"], "value_minor": [20_000.0], "pays_now_minor": [15_000.0], "promises_minor": [9_000.0],
            "service_s": [900],
        }
    )  # fmt: skip
    nobody: frozenset[str] = frozenset()
    one = Known(survey, best, nobody, nobody, nobody, nobody, {"D1": 300.0}, {})
    return replace(one, **changes)


def table(one: Known, *agencies, model: Model = MODEL) -> pd.DataFrame:
    found = channels(one, agencies, model, crew_minor_per_s=CREW, days=WEEK)
    assert list(found["channel"]) == [channel.value for channel in Channel]
    return found.set_index("channel")


def test_each_channel_by_hand():
    found = table(known(), contract(until_on=None))
    added = (0.03 - 0.012) * 1_000_000
    assert found.at["own", "net_minor"] == pytest.approx(20_000 - CREW * 1200)
    # The fee is taken of all the money collected, not of the uplift.
    fee = 0.25 * 0.9 * 24_000 + 1500
    assert found.at["agency", "fee_minor"] == pytest.approx(fee)
    assert found.at["agency", "net_minor"] == pytest.approx(0.9 * 20_000 - fee)
    assert found.at["phone", "net_minor"] == pytest.approx(0.25 * added - 800)
    assert found.at["letter", "net_minor"] == pytest.approx(0.08 * added - 2200)
    assert found.at["nothing", "net_minor"] == 0


def test_a_call_is_valued_by_what_the_branch_has_learnt_as_the_visit_is():
    """Kept promises fell to a third, and what is paid anyway rose: a call brings less by the same rates."""
    rates = MODEL.rates
    fewer = rates["mean"].where(rates["rate"] != "kept", rates["mean"] / 3)
    learnt = replace(
        MODEL,
        rates=rates.assign(mean=fewer),
        parameters=with_paid_anyway(PARAMETERS, {Bucket.Y1_3: 0.020}),
    )
    # What payers and kept promises bring where somebody is met, half of it at the door, where .65 of a debt is paid.
    brings = ((0.030 - 0.012) / 0.55 + 0.45 * 0.5 * 0.012) / (1 - 0.5 / 0.65 * 0.012)
    gives = brings / 2 / 0.65 + 0.45 * 0.5 / 3
    added = 0.55 * (brings / 2 + brings / 6 - gives * 0.020) * 1_000_000
    found = table(known(), model=learnt)
    assert found.at["phone", "gross_minor"] == pytest.approx(0.25 * added)
    assert found.at["letter", "gross_minor"] == pytest.approx(0.08 * added)


def test_what_comes_where_somebody_is_met_is_what_the_visit_is_valued_by():
    made = branch(150, seed=4)
    people = survey(made["debtors"], made["accounts"], today=TODAY)
    model = learn(people, made["places"], made["outcomes"], PARAMETERS, zone=ZONE)
    assert not model.rates["mean"].equals(MODEL.rates["mean"])
    homes = made["places"][made["places"]["kind"] == "home"]
    valued = uplift(people, made["places"], homes[["debtor_id", "place_id"]].assign(slot="weekend"), model)
    money = valued[["pays_now_minor", "promises_minor", "paid_anyway_minor"]].sum(axis=1) / valued["p_met"]
    by_debtor = people.set_index("debtor_id").loc[valued["debtor_id"]].reset_index()
    assert added_where_met(by_debtor, model).to_numpy() == pytest.approx(money.to_numpy())


def test_a_letter_that_keeps_a_clock_is_worth_more():
    plain, saving = table(known()), table(known(letters={"D1": 1_000_000.0}))
    more = saving.at["letter", "net_minor"] - plain.at["letter", "net_minor"]
    assert more == pytest.approx(0.7 * 0.07 * 1_000_000)


ONE = frozenset({"D1"})


@pytest.mark.parametrize(
    ("changes", "agencies", "barred"),
    [
        ({"held": ONE}, [contract()], dict.fromkeys(("own", "agency", "joint", "letter", "phone"), "held")),
        ({"expired": ONE}, [contract()], dict.fromkeys(("own", "agency", "joint", "letter", "phone"), "expired")),
        ({"safe_contact": ONE}, [], {"phone": "safe_contact", "agency": "contract", "joint": "not_joint"}),
        ({"moved": ONE}, [contract()], {"letter": "moved", "joint": "not_joint"}),
        ({}, [contract(products=frozenset({"mortgage"}))], {"agency": "contract", "joint": "not_joint"}),
        ({}, [contract(until_on=date(2026, 1, 2))], {"agency": "contract", "joint": "not_joint"}),
    ],
)
def test_what_is_not_allowed_says_why(changes, agencies, barred):
    found = table(known(**changes), *agencies)
    assert dict(found.loc[~found["allowed"], "why_not"]) == barred


@pytest.mark.parametrize(
    ("listed", "allowed"), [("agency", {"agency", "nothing"}), ("joint", {"joint", "letter", "phone", "nothing"})]
)
def test_whoever_the_list_gave_away_is_not_approached_beside_the_agency(listed, allowed):
    one = known()
    found = table(replace(one, survey=one.survey.assign(agency=listed)), contract(until_on=None))
    assert set(found.index[found["allowed"]]) == allowed


def test_the_cheapest_agency_whose_contract_fits_is_asked():
    dear, cheap = contract(code="AA", fee_share=0.5, until_on=None), contract(code="ZZ", fee_share=0.1, until_on=None)
    wrong = contract(code="BB", fee_share=0.0, fee_visit_minor=0, buckets=frozenset(), until_on=None)
    assert table(known(), dear, cheap, wrong).at["agency", "agency"] == "ZZ"


def test_the_best_of_the_cheaper_channels_is_never_below_nothing():
    one = known()
    poor = replace(one, survey=one.survey.assign(overdue_minor=1000))
    found = channels(poor, [], MODEL, crew_minor_per_s=CREW, days=WEEK)
    assert best_of(found, OTHERS).loc["D1", "channel"] == "nothing"


def test_the_fee_of_a_joint_visit_is_taken_of_all_that_it_collects():
    """The bank's own people are there, so that nothing is lost by who goes, of the money and of the fee."""
    one = known()
    found = table(replace(one, survey=one.survey.assign(agency="joint")), contract(until_on=None))
    assert found.at["joint", "gross_minor"] == pytest.approx(20_000)
    assert found.at["joint", "fee_minor"] == pytest.approx(0.25 * 24_000 + 1500)


@pytest.mark.parametrize("way_s", [{"D1": float("nan")}, {}])
def test_whom_no_road_reaches_is_not_visited_for_nothing(way_s):
    found = table(known(way_s=way_s), contract(until_on=None))
    assert dict(found.loc[["own", "agency"], "why_not"]) == {"own": "no_visit", "agency": "no_visit"}
    assert found.at["phone", "allowed"]
