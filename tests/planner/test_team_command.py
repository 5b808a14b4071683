"""The command ``team``: a branch of one's own from a file to a planned week, and what is refused."""

from __future__ import annotations

import json
import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.rules import load_pack
from geodata.roads.region import Region
from planner.__main__ import main
from planner.domain import Branch, Principal, Role
from planner.store import Store, migrate, open_store
from planner.team import FieldTeam, faults_of
from planner.week import iso_week
from tests.planner.factories import CENTRE, DISTRICT, cases, write_list, write_region

CODE, REGION = "HZ01", "my-region"
#: the Monday after next, so that no shift has begun when the test runs
MONDAY = date.today() + timedelta(days=14 - date.today().weekday())  # noqa: DTZ011
PAGE = Path("docs/your-own-branch.md").read_text(encoding="utf-8")
TEAM = re.search(r"```toml\n(.*?)```", PAGE, re.S)[1].replace("2026-11-30", f"{MONDAY}")
ASKING = Principal("test", Role.SYSTEM, frozenset({CODE}))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for runtime data with a built town and an empty database, a customer in it and one far away."""
    for key in [key for key in os.environ if key.startswith("ROUNDS_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("ROUNDS_VAR", str(tmp_path / "var"))
    write_region(tmp_path / "var" / "regions" / REGION)
    migrate(f"sqlite:///{tmp_path / 'var' / 'rounds.sqlite'}")
    lines = ["customer_id,lon,lat", *(f"K{k},{CENTRE[0] + k / 1e4},{CENTRE[1]}" for k in range(40)), "FAR,121,31"]
    (tmp_path / "customers.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.fixture
def store(place: Path):
    opened = open_store(f"sqlite:///{place / 'var' / 'rounds.sqlite'}")
    yield opened
    opened.close()


def run(capsys, *argv: object) -> tuple[int, str, str]:
    status = main([str(one) for one in argv])
    out, err = capsys.readouterr()
    return status, out, err


def team(capsys, place: Path, old: str = "", new: str = "", *options: str) -> tuple[int, str, list[str]]:
    """Run the command on the example of the docs with one change."""
    assert old in TEAM
    path = place / "team.toml"
    path.write_text(TEAM.replace(old, new) if old else TEAM, encoding="utf-8")
    status, out, err = run(capsys, "team", path, *options)
    return status, out, err.splitlines()


def everything(store: Store) -> tuple[object, ...]:
    days = (MONDAY - timedelta(days=9), MONDAY + timedelta(days=99))
    return (
        store.branches(ASKING),
        store.collectors(ASKING, CODE),
        store.crews(ASKING, CODE),
        store.shifts(ASKING, CODE, *days),
        store.customers(ASKING, CODE).to_csv(),
        len(store.audit_entries(ASKING, CODE)),
    )


def test_a_branch_of_ones_own_and_twice_is_no_change(place, store, capsys):
    status, out, _ = team(capsys, place, "", "", "--json")
    said = json.loads(out)["branches"][CODE]
    assert status == 0
    assert said["branch"] == "added"
    assert [said[one]["added"] for one in ("collectors", "crews", "shifts", "customers")] == [4, 2, 64, 40]
    assert said["customers"]["outside"] == 1
    assert store.branch_codes(ASKING) == (CODE,)
    assert set(store.customers(ASKING, CODE)["region"]) == {DISTRICT[0]}
    (district,) = store.regions(ASKING, REGION).itertuples(index=False)
    assert (district.code, district.name_zh) == DISTRICT[:2]
    assert json.loads(district.geojson)["type"] == "Polygon"
    before = everything(store)
    status, out, _ = team(capsys, place, "", "", "--json")
    said = json.loads(out)["branches"][CODE]
    assert status == 0
    assert said["branch"] == "unchanged"
    for name, count in {"collectors": 4, "crews": 2, "shifts": 64, "customers": 40}.items():
        assert {"added": 0, "changed": 0, "unchanged": count, "kept": 0}.items() <= said[name].items()
    assert everything(store) == before


def test_a_check_changes_nothing(place, store, capsys):
    status, out, _ = team(capsys, place, "", "", "--check")
    assert status == 0
    assert "Nothing was saved" in out
    assert "4 added" in out
    assert store.branch_codes(ASKING) == ()


def test_what_differs_is_changed_and_what_is_not_named_is_kept(place, store, capsys):
    team(capsys, place)
    status, out, _ = team(capsys, place, '["tue", "thu", "sat"]', '["tue", "thu"]', "--json")
    assert status == 0
    shifts = json.loads(out)["branches"][CODE]["shifts"]
    assert (shifts["unchanged"], shifts["kept"]) == (56, 8)
    _, out, _ = team(capsys, place, 'ends = "20:30"', 'ends = "20:00"', "--json")
    shifts = json.loads(out)["branches"][CODE]["shifts"]
    assert (shifts["changed"], shifts["unchanged"]) == (24, 40)
    tuesday = MONDAY + timedelta(days=1)
    (late,) = [one for one in store.shifts(ASKING, CODE, tuesday, tuesday) if one.crew_id == "HZ01-B"]
    assert (late.ends.hour, late.ends.minute) == (20, 0)


def test_a_shift_that_has_begun_stays_as_it_was_worked(place, store, capsys):
    past = (f"{MONDAY}", "2020-01-06")
    assert team(capsys, place, *past)[0] == 0
    before = store.shifts(ASKING, CODE, date(2020, 1, 6), date(2020, 3, 1))
    text = TEAM.replace(*past).replace('"09:00"', '"10:00"')
    (place / "team.toml").write_text(text, encoding="utf-8")
    status, out, _ = run(capsys, "team", place / "team.toml", "--json")
    assert (status, json.loads(out)["branches"][CODE]["shifts"]["changed"]) == (0, 0)
    assert len(before) == 64
    assert store.shifts(ASKING, CODE, date(2020, 1, 6), date(2020, 3, 1)) == before


@pytest.mark.parametrize(
    ("members", "status"),
    [('["C1"]', 2), ('["C1", "C2"]', 0), ('["C1", "C2", "C3"]', 0), ('["C1", "C2", "C3", "C4"]', 2)],
)
def test_the_size_of_a_crew_is_the_rule_packs(place, store, capsys, members, status):
    found, _, err = team(capsys, place, 'weekdays = ["tue", "thu", "sat"]', 'weekdays = ["sun"]')
    assert (found, err) == (0, [])  # nobody is needed twice on a day
    text = TEAM.replace('["C1", "C2"]', members).replace('["tue", "thu", "sat"]', '["sun"]')
    (place / "team.toml").write_text(text, encoding="utf-8")
    found, _, stderr = run(capsys, "team", place / "team.toml")
    assert found == status
    if status == 2:
        assert "Crew HZ01-A has " in stderr
        assert "collectors visit together" in stderr
        assert store.crews(ASKING, CODE)[0].members == ("C1", "C2")


@pytest.mark.parametrize(("lon", "status"), [("120.2", 0), ("120.1", 0), ("120.2001", 2), ("120.0999", 2)])
def test_a_branch_lies_in_its_region_up_to_the_edge(place, store, capsys, lon, status):
    found, _, err = team(capsys, place, "lon = 120.15 ", f"lon = {lon} ")
    assert found == status
    if status == 2:
        assert len(err) == 1
        assert "Branch HZ01" in err[0]
        assert "outside road region my-region" in err[0]
        assert store.branch_codes(ASKING) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"my-region"', '"elsewhere"', "there is no region elsewhere: build it"),
        ('rule_pack = "CN"', 'rule_pack = "XX"', "there is no rule pack 'XX'; there are CN, IN"),
        ("lon = 120.155", "lon = 121", "Crew HZ01-B's start"),
        ('["C3", "C4"]', '["C1", "C4"]', "Collector C1 would be out with crews HZ01-A and HZ01-B at once"),
        ('weekdays = ["tue"', 'weekday = ["tue"', "unknown weekday"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_is_saved(place, store, capsys, old, new, said):
    status, out, err = team(capsys, place, old, new)
    assert (status, out, len(err)) == (2, "", 1)
    assert said in err[0]
    assert err[0].endswith(".")
    assert store.branch_codes(ASKING) == ()


def test_swapped_coordinates_are_no_place_on_the_earth_or_are_recognised(place, capsys):
    text = TEAM.replace("lon = 120.15 ", "lon = 30.25 ").replace("lat = 30.25\n", "lat = 120.15\n")
    (place / "team.toml").write_text(text, encoding="utf-8")
    status, _, err = run(capsys, "team", place / "team.toml")
    assert status == 2
    assert "no place on the Earth" in err
    south_india = Region("south", place, "0", (77.0, 12.0, 78.0, 13.0), False)
    branch = Branch("B", "B", "B", 12.9, 77.6, "south", rule_pack="IN")
    (said,) = faults_of(FieldTeam((branch,), (), (), (), {}), {"IN": load_pack("IN")}, {"south": south_india})
    assert "lon and lat look swapped" in said


def test_two_faults_are_two_sentences(place, capsys):
    status, _, err = team(capsys, place, '["C1", "C2"]', '["C1"]')
    assert (status, len(err)) == (2, 1)
    (place / "team.toml").write_text(TEAM.replace('["C1", "C2"]', '["C1"]').replace('["C3", "C4"]', '["C3"]'))
    assert len(run(capsys, "team", place / "team.toml")[2].splitlines()) == 2


def test_the_crews_of_another_branch_are_not_taken(place, store, capsys):
    team(capsys, place)
    status, _, err = team(capsys, place, 'code = "HZ01"', 'code = "HZ02"')
    assert status == 2  # its collectors are of HZ01, which this file no longer names
    text = TEAM.replace('code = "HZ01"', 'code = "HZ02"').replace('branch = "HZ01"', 'branch = "HZ02"')
    (place / "team.toml").write_text(text, encoding="utf-8")
    status, _, err = run(capsys, "team", place / "team.toml")
    assert status == 2
    assert "Crew HZ01-A is a crew of branch HZ01 already; give it an id of its own." in err


def test_a_list_is_imported_into_the_new_branch_and_its_week_is_planned(place, store, capsys):
    assert team(capsys, place)[0] == 0
    listed = write_list(place / "list.csv", cases())
    status, out, _ = run(capsys, "import", listed, "--branch", CODE, "--json")
    assert (status, json.loads(out)["stored"]["added"]) == (0, 31)
    status, out, _ = run(
        capsys, "plan", "--branch", CODE, "--week", iso_week(MONDAY), "--seconds", 2, "--workers", 1, "--json"
    )
    said = json.loads(out)
    assert status == 0
    assert said["visits"] > 0
    assert said["roads_estimated"] is True
    status, _, err = team(capsys, place, 'currency = "CNY"', 'currency = "INR"')
    assert (status, err) == (2, ["Branch HZ01 has accounts in CNY, so its currency cannot change."])
