"""Parameters and rule packs: what they say, and that a slip of the pen is refused by name."""

import math
import re
from datetime import date, time

import pytest

from config.parameters import DEFAULTS, load
from config.rules import FOLDER, load_pack, packs
from config.strict import BadConfig
from planner.domain import Bucket, HoldKind, OutcomeCode, PlaceKind


def altered(tmp_path, source, old, new):
    text = source.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / source.name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_defaults_are_those_of_the_survey_of_the_domain():
    parameters = load()
    assert [parameters.collected_with[b].value for b in Bucket] == [0.35, 0.22, 0.15, 0.10, 0.06, 0.03, 0.015]
    assert [parameters.collected_without[b].value for b in Bucket] == [0.27, 0.15, 0.09, 0.05, 0.03, 0.012, 0.006]
    assert [one.value for one in parameters.roll_forward.values()] == [0.62, 0.72, 0.77]
    assert (parameters.productive.value, parameters.productive.low, parameters.productive.high) == (0.55, 0.50, 0.65)
    assert math.isnan(parameters.visit_cost.low)
    assert parameters.visit_cost.value == 10_000


def test_every_number_says_where_it_comes_from():
    numbers = load().all()
    assert len(numbers) > 50
    for one in numbers:
        assert one.source
        assert one.confidence in "HML"
        assert one.dated <= date(2026, 12, 31)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("productive =", "produktive =", "produktive"),
        ("value = 0.55", "value = 0.75", "own range"),
        ("value = 0.35,", "value = 1.35,", "M1"),
        ('unit = "share"', 'unit = "percent"', "percent"),
        ('confidence = "L"', 'confidence = "certain"', "certain"),
        ("opens = 12:00:00", "opens = 13:00:00", "covered"),
        ("rounds-defaults/1", "rounds-defaults/9", "rounds-defaults/9"),
        ("value = 0.35,", "value = true,", "True"),
        ("metres = 100", "metres = 20", "ascend"),
        ('"retired"', '"pensioner"', "pensioner"),
    ],
)
def test_a_slip_in_the_defaults_is_named(tmp_path, old, new, said):
    with pytest.raises(BadConfig, match=re.escape(said)):
        load(altered(tmp_path, DEFAULTS, old, new))


@pytest.mark.parametrize("code", packs())
def test_each_pack_is_complete(code):
    pack = load_pack(code)
    assert {rule.kind for rule in pack.holds} == set(HoldKind)
    assert {rule.kind for rule in pack.places} == set(PlaceKind)
    assert all(rule.action and rule.term.article for rule in pack.holds)
    for weekday in range(7):
        for kind in PlaceKind:
            assert any(weekday in rule.weekdays and kind in rule.places for rule in pack.hours)


def test_the_chinese_pack_says_what_the_domain_says():
    pack = load_pack("CN")
    legal, recommended = pack.hours[0].hours.value, pack.hours[1].hours.value
    assert (legal.opens, legal.closes) == (time(8), time(22))
    assert (recommended.opens, recommended.closes) == (time(8, 30), time(20, 30))
    assert (pack.crew_min.value, pack.crew_max.value) == (2, 3)
    assert [(one.value.visits, one.value.days) for one in pack.frequency] == [(1, 7), (2, 30)]
    assert pack.outcome_holds[OutcomeCode.PLAN_SIGNED] == HoldKind.PLAN_ACTIVE
    assert {one.on for one in pack.holidays} >= {date(2026, 10, 1), date(2027, 2, 6), date(2027, 10, 1)}
    assert (pack.clocks.limitation_years.value, pack.clocks.guarantee_months.value) == (3, 6)


def test_there_are_two_packs_and_no_third():
    assert packs() == ("CN", "IN")
    for code in ("XX", "../CN", "cn"):
        with pytest.raises(BadConfig):
            load_pack(code)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "CN"', 'code = "IN"', "'IN'"),
        ("[visits]", "[visit]", "visit"),
        ("plan_active =", "plan_paused =", "plan_paused"),
        ('DISPUTE = "dispute"', 'DISPUTED = "dispute"', "DISPUTED"),
        ("opens = 08:00:00", "opens = 23:00:00", "legal hours"),
        ("weekdays = [5, 6]", "weekdays = [6, 7]", "weekdays"),
        ("min = { value = 2", 'min = { value = "two"', "two"),
        ('"2027-06-09"', '"9 June"', "9 June"),
        ("limitation_years =", "limitation_year =", "limitation_year"),
    ],
)
def test_a_slip_in_a_pack_is_named(tmp_path, old, new, said):
    altered(tmp_path, FOLDER / "CN.toml", old, new)
    with pytest.raises(BadConfig, match=re.escape(said)):
        load_pack("CN", tmp_path)
