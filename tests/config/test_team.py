"""A bank's own branches as TOML: what is read, and that a slip of the pen is refused by name, one sentence a fault."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from config.team import load_team
from geodata.datum import from_wgs84
from planner.team import BadTeam

PAGE = Path("docs/your-own-branch.md")
TEAM = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)[1]
LIST = "customer_id,lon,lat\nK1,120.15,30.25\nK2,120.16,30.26\n"


def written(tmp_path: Path, text: str = TEAM, customers: str = LIST) -> Path:
    (tmp_path / "customers.csv").write_text(customers, encoding="utf-8")
    path = tmp_path / "team.toml"
    path.write_text(text, encoding="utf-8")
    return path


def altered(old: str, new: str) -> str:
    assert old in TEAM, old
    return TEAM.replace(old, new, 1)


def faults(tmp_path: Path, text: str = TEAM, customers: str = LIST) -> tuple[str, ...]:
    with pytest.raises(BadTeam) as refused:
        load_team(written(tmp_path, text, customers))
    return refused.value.faults


def test_the_example_of_the_docs_is_read(tmp_path):
    team = load_team(written(tmp_path))
    (branch,) = team.branches
    assert (branch.code, branch.name_zh, branch.currency, branch.rule_pack) == ("HZ01", "江边支行", "CNY", "CN")
    assert (branch.lon, branch.lat, branch.road_region) == (120.15, 30.25, "my-region")
    first, second = team.crews
    assert first.members == ("C1", "C2")
    assert first.skills == {"legal"}
    assert (first.start, first.end) == ((120.15, 30.25), (120.15, 30.25))
    assert second.start == (120.155, 30.252)
    assert list(team.customers["HZ01"]["customer_id"]) == ["K1", "K2"]


def test_a_pattern_becomes_shifts_in_the_time_zone_of_the_branch(tmp_path):
    shifts = [one for one in load_team(written(tmp_path)).shifts if one.crew_id == "HZ01-A"]
    assert len(shifts) == 5 * 8
    first = shifts[0]
    zone = ZoneInfo("Asia/Shanghai")
    assert (first.shift_id, first.day) == ("HZ01-A-20261130", date(2026, 11, 30))
    assert first.starts == datetime(2026, 11, 30, 9, 0, tzinfo=zone)
    assert first.ends == datetime(2026, 11, 30, 17, 30, tzinfo=zone)
    assert first.breaks[0].opens == datetime(2026, 11, 30, 11, 30, tzinfo=zone)
    assert first.breaks[0].lasts == timedelta(minutes=45)
    assert {one.day.weekday() for one in shifts} == {0, 1, 2, 3, 4}
    assert shifts[-1].day == date(2026, 11, 30) + timedelta(weeks=7, days=4)


def test_times_may_be_written_as_toml_writes_them(tmp_path):
    text = altered('starts = "09:00"', "starts = 09:00:00")
    assert load_team(written(tmp_path, text)).shifts == load_team(written(tmp_path)).shifts


def test_coordinates_of_another_datum_are_turned_into_wgs84(tmp_path):
    text = altered('currency = "CNY"', 'currency = "CNY"\ndatum = "gcj02"')
    team = load_team(
        written(tmp_path, text.replace('file = "customers.csv"', 'file = "customers.csv"\ndatum = "bd09"'))
    )
    back = from_wgs84(np.array([[team.branches[0].lon, team.branches[0].lat]]), "gcj02")
    assert back[0] == pytest.approx([120.15, 30.25], abs=1e-6)
    assert team.branches[0].lon != 120.15
    at = team.customers["HZ01"][["lon", "lat"]].to_numpy()
    assert from_wgs84(at, "bd09")[1] == pytest.approx([120.16, 30.26], abs=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[branch]]", "colour = 1\n[[branch]]", "team.toml: unknown colour"),
        ('name_en = "Riverside"', 'name_em = "Riverside"', "branch 1: unknown name_em"),
        ('name_en = "Riverside"\n', "", "branch 1: name_en missing"),
        ("lon = 120.15", 'lon = "120.15"', "'120.15' is not int or float"),
        ("lon = 120.15", "lon = nan", "no place on the Earth"),
        ("lat = 30.25", "lat = 95", "no place on the Earth"),
        ("lat = 30.25", "lat = true", "True is not int or float"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Shangai"', "no time zone 'Asia/Shangai'"),
        ('currency = "CNY"', 'currency = "yuan"', "'yuan' is not a currency"),
        ('currency = "CNY"', 'currency = "CNY"\ndatum = "wgs72"', "'wgs72' is none of wgs84"),
        ('road_region = "my-region"', 'road_region = "../regions"', "is not the name of a road region"),
        ('code = "HZ01"', 'code = "杭州"', "is not an id"),
        ('skills = ["legal"]', 'skills = ["legal help"]', "'legal help' is not a skill"),
        ('members = ["C1", "C2"]', 'members = ["C1", "C9"]', "'C9' is no collector of branch HZ01"),
        ('members = ["C1", "C2"]', 'members = ["C1", "C1"]', "'C1' is named 2 times"),
        ('id = "C2"', 'id = "C1"', "collector: C1 at HZ01 is there more than once"),
        ('id = "HZ01-B"', 'id = "HZ01-A"', "crew: HZ01-A is there more than once"),
        ('crews = ["HZ01-A"]', 'crews = ["HZ01-C"]', "no crew 'HZ01-C' in this file"),
        ('crews = ["HZ01-A"]', 'crews = ["HZ01-A", "HZ01-A"]', "is there more than once"),
        ('"fri"', '"friday"', "'friday' is none of mon"),
        ('starts = "09:00"', 'starts = "9 am"', "'9 am' is no time of the day"),
        ('starts = "09:00"', 'starts = "17:30"', "not after its start"),
        ("minutes = 45", "minutes = 0", "at least 1"),
        ('closes = "13:30"', 'closes = "17:00"', "ends within the shift"),
        ("from = 2026-11-30", 'from = "2026-11-30"', "is not date"),
        ("from = 2026-11-30", "from = 2026-11-30T09:00:00", "is not a date"),
        ("weeks = 8", "weeks = 0", "from 1 to 53"),
        ('file = "customers.csv"', 'file = "others.csv"', "others.csv: there is no such file"),
        ("[[branch]]", "[branch]", "[[branch]]"),
        ("[[branch]]", "[[branch", "team.toml: "),
    ],
)
def test_a_slip_is_named(tmp_path, old, new, said):
    assert any(said in one for one in faults(tmp_path, altered(old, new)))


@pytest.mark.parametrize("ends", ["12:14", "12:15"])
def test_a_meal_that_begins_late_still_ends_within_the_shift(tmp_path, ends):
    text = altered('ends = "17:30"', f'ends = "{ends}"').replace('closes = "13:30"', 'closes = "11:30"')
    if ends == "12:15":
        assert load_team(written(tmp_path, text)).shifts[0].ends.minute == 15
    else:
        assert "ends within the shift" in faults(tmp_path, text)[0]


def test_every_fault_of_a_kind_is_told_at_once_in_a_sentence_each(tmp_path):
    text = TEAM.replace('branch = "HZ01"', 'branch = "HZ02"', 2)
    said = faults(tmp_path, text)
    assert len(said) == 2
    assert all(one.endswith("no branch 'HZ02' in this file.") for one in said)


@pytest.mark.parametrize(
    ("customers", "said"),
    [
        ("customer_id,lon\nK1,1\n", "lat missing"),
        ("customer_id,lon,lat\nK1,120,x\n", "line 2: lon and lat must be numbers"),
        ("customer_id,lon,lat\nK1,120,nan\n", "line 2: lon 120, lat nan is no place"),
        ("customer_id,lon,lat\nK1,120,30\nK1,120,30\n", "line 3: customer_id is empty or there already"),
        ("customer_id,lon,lat\nK1,120\n", "line 2: lon and lat must be numbers"),
        ("", "customer_id, lon, lat missing"),
    ],
)
def test_a_slip_in_the_customers_is_named(tmp_path, customers, said):
    assert said in faults(tmp_path, customers=customers)[0]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BadTeam, match=r"none\.toml: there is no such file\."):
        load_team(tmp_path / "none.toml")
