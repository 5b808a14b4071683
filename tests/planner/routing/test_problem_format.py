import copy
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from planner.routing import (
    BadProblem,
    audit,
    problem_from_dict,
    problem_to_dict,
    read_problem,
    solve,
    write_problem,
)  # fmt: skip
from tests.planner.routing.factories import problem, problems


def same(a, b):
    assert np.array_equal(a.seconds, b.seconds, equal_nan=True)
    assert (a.metres is None) == (b.metres is None)
    for name in ("origin", "travel_cost_per_s", "visits", "shifts", "locks", "published", "hour_factors"):
        assert getattr(a, name) == getattr(b, name), name


def full() -> dict:
    data = problem_to_dict(problem())
    data["locks"] = [{"visit": "D001", "shift": "crew1-mon", "position": 0, "begins": 36000}]
    data["published"] = {
        "routes": [{"shift": "crew1-mon", "stops": [{"visit": "D001"}]}],
        "change_cost": 5.0,
    }
    data["hour_factors"] = [1.0] * 24
    return data


@settings(max_examples=30, deadline=None)
@given(problems())
def test_a_problem_survives_its_file(one):
    same(problem_from_dict(json.loads(json.dumps(problem_to_dict(one)))), one)


def test_optional_keys_survive(tmp_path):
    one = problem_from_dict(full())
    write_problem(tmp_path / "p.json", one)
    same(read_problem(tmp_path / "p.json"), one)
    assert one.published.shift_of() == {"D001": "crew1-mon"}


def test_a_large_matrix_lies_beside_the_problem(tmp_path):
    seconds = np.full((250, 250), 60.0)
    seconds[3, 4] = np.nan
    np.fill_diagonal(seconds, 0)
    one = problem(seconds=seconds, metres=seconds * 8)
    write_problem(tmp_path / "p.json", one)
    assert json.loads((tmp_path / "p.json").read_text())["matrix_file"] == "p.npz"
    back = read_problem(tmp_path / "p.json")
    same(back, one)
    assert np.array_equal(back.metres, one.metres, equal_nan=True)


def test_the_example_of_the_format_is_read():
    data = json.loads("""{
      "format": "field-visit-problem/1", "origin": "2026-11-30T00:00:00+08:00", "travel_cost_per_s": 0.5,
      "seconds": [[0, 310], [295, null]], "matrix_file": null,
      "visits": [{"id": "D001", "place": 1, "service_s": 1200, "required": false, "needs": ["legal"], "options": [
        {"opens": 32400, "closes": 64800, "value": 51234.0},
        {"opens": 66600, "closes": 73800, "value": 80120.0, "place": 1, "service_s": 1500}]}],
      "shifts": [{"id": "crew1-mon", "crew": "crew1", "start_place": 0, "end_place": 0, "starts": 32400, "ends": 63000,
        "skills": ["legal"], "breaks": [{"opens": 41400, "closes": 48600, "lasts_s": 3600}], "max_stops": 16}]}""")
    with pytest.raises(BadProblem, match="diagonal"):
        problem_from_dict(data)
    data["seconds"][1][1] = 0
    one = problem_from_dict(data)
    assert one.visits[0].service_in(1) == 1500
    assert one.visits[0].service_in(0) == 1200


def put(*way):
    *keys, last, value = way

    def change(data):
        for key in keys:
            data = data[key]
        data[last] = value

    return change


def drop(*way):
    *keys, last = way

    def change(data):
        for key in keys:
            data = data[key]
        del data[last]

    return change


FAULTS = [
    (put("format", "field-visit-problem/2"), "field-visit-problem/2"),
    (drop("format"), "format"),
    (put("colour", 1), "colour"),
    (put("visits", 0, "colour", 1), r"visits\[0\].colour"),
    (put("visits", 0, "options", 0, "weight", 1), r"options\[0\].weight"),
    (put("shifts", 0, "breaks", 0, "paid", True), r"breaks\[0\].paid"),
    (put("locks", 0, "why", "x"), r"locks\[0\].why"),
    (put("published", "by", "x"), r"published.by"),
    (put("origin", "2026-11-30T00:00:00"), "origin"),
    (put("origin", "Monday"), "origin"),
    (put("travel_cost_per_s", -1), "travel_cost_per_s"),
    (put("travel_cost_per_s", "1"), "travel_cost_per_s"),
    (put("travel_cost_per_s", True), "travel_cost_per_s"),
    (put("seconds", None), "matrix_file"),
    (put("matrix_file", "m.npz"), "matrix_file"),
    (put("seconds", [[0, 1], [1]]), "seconds"),
    (put("seconds", 0, 1, -5), r"seconds\[0\]\[1\]"),
    (put("seconds", 0, 1, "5"), r"seconds\[0\]\[1\]"),
    (put("seconds", 0, 0, 5), r"seconds\[0\]\[0\]"),
    (put("visits", {}), "visits"),
    (put("visits", 0, 7), r"visits\[0\]"),
    (put("visits", 0, "id", ""), r"visits\[0\].id"),
    (put("visits", 1, "id", "D001"), "D001"),
    (put("visits", 0, "place", 3), r"visits\[0\].place"),
    (put("visits", 0, "place", -1), r"visits\[0\].place"),
    (put("visits", 0, "service_s", 1.5), r"visits\[0\].service_s"),
    (put("visits", 0, "service_s", -1), r"visits\[0\].service_s"),
    (put("visits", 0, "required", 1), r"visits\[0\].required"),
    (put("visits", 0, "needs", "legal"), r"visits\[0\].needs"),
    (put("visits", 0, "needs", [1]), r"visits\[0\].needs\[0\]"),
    (drop("visits", 0, "options"), r"visits\[0\].options"),
    (put("visits", 0, "options", 0, "closes", 0), r"options\[0\].closes"),
    (put("visits", 0, "options", 0, "value", None), r"options\[0\].value"),
    (put("visits", 0, "options", 0, "place", 9), r"options\[0\].place"),
    (
        put("visits", 0, "options", [{"opens": 0, "closes": 9, "value": 1}, {"opens": 8, "closes": 12, "value": 1}]),
        "overlap",
    ),
    (put("shifts", 0, "id", 5), r"shifts\[0\].id"),
    (put("shifts", 0, "start_place", 99), r"shifts\[0\].start_place"),
    (put("shifts", 0, "ends", 1), r"shifts\[0\].ends"),
    (put("shifts", 0, "max_stops", -1), r"shifts\[0\].max_stops"),
    (put("shifts", 0, "breaks", 0, "lasts_s", 0), r"breaks\[0\].lasts_s"),
    (put("shifts", 0, "breaks", 0, "closes", 0), r"breaks\[0\].closes"),
    (put("locks", 0, "visit", "D009"), "D009"),
    (put("locks", 0, "shift", "crew9"), "crew9"),
    (put("locks", 0, "begins", 5), "begin"),
    (put("locks", 0, "position", -1), "position"),
    (put("published", "change_cost", -1), "change_cost"),
    (put("published", "routes", 0, "shift", "crew9"), "crew9"),
    (put("published", "routes", 0, "stops", 0, "visit", "D009"), "D009"),
    (put("hour_factors", [1.0] * 23), "hour_factors"),
    (put("hour_factors", 3, 0), "hour_factors"),
    (put("hour_factors", 3, "x"), r"hour_factors\[3\]"),
]


@pytest.mark.parametrize(("change", "named"), FAULTS)
def test_every_fault_is_refused_by_name(change, named):
    data = copy.deepcopy(full())
    problem_from_dict(copy.deepcopy(data))
    change(data)
    with pytest.raises(BadProblem, match=named) as refused:
        problem_from_dict(data)
    assert "\n" not in str(refused.value)
    assert str(refused.value).endswith(".")


def test_touching_options_are_allowed():
    data = full()
    data["visits"][0]["options"] = [
        {"opens": 0, "closes": 36000, "value": 1},
        {"opens": 36000, "closes": 72000, "value": 2},
    ]
    assert len(problem_from_dict(data).visits[0].options) == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "JSON"),
        ("[]", "object"),
        ("{", "JSON"),
        ('{"format": NaN}', "NaN"),
        ('{"format": "x", "format": "y"}', "twice"),
    ],
)
def test_what_is_not_such_a_file_is_refused(tmp_path, text, named):
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(BadProblem, match=named):
        read_problem(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadProblem, match=r"none\.json"):
        read_problem(tmp_path / "none.json")


def broken_matrix(path: Path, kind: str) -> None:
    if kind == "absent":
        return
    if kind == "garbage":
        path.write_bytes(b"not a zip")
    elif kind == "text":
        np.savez(path, seconds=np.array([["a"]]))
    elif kind == "unnamed":
        np.savez(path, times=np.zeros((3, 3)))
    elif kind == "oblong":
        np.savez(path, seconds=np.zeros((3, 2)))
    elif kind == "infinite":
        np.savez(path, seconds=np.array([[0, np.inf, 1], [1, 0, 1], [1, 1, 0]]))
    elif kind == "metres":
        np.savez(path, seconds=np.zeros((3, 3)), metres=np.zeros((2, 2)))


@pytest.mark.parametrize("kind", ["absent", "garbage", "text", "unnamed", "oblong", "infinite", "metres"])
def test_a_broken_matrix_file_is_refused(tmp_path, kind):
    data = problem_to_dict(problem(), matrix_file="m.npz")
    broken_matrix(tmp_path / "m.npz", kind)
    (tmp_path / "p.json").write_text(json.dumps(data))
    with pytest.raises(BadProblem):
        read_problem(tmp_path / "p.json")


@pytest.mark.parametrize(("kind", "said"), [("absent", "not there"), ("small", "rows 0 to 1")])
def test_a_matrix_of_another_problem_is_told_as_such(tmp_path, kind, said):
    if kind == "small":
        np.savez(tmp_path / "m.npz", seconds=np.zeros((2, 2)))
    (tmp_path / "p.json").write_text(json.dumps(problem_to_dict(problem(), matrix_file="m.npz")))
    with pytest.raises(BadProblem, match=said):
        read_problem(tmp_path / "p.json")


def test_the_page_shows_a_problem_that_can_be_planned():
    page = Path("docs/problem-format.md").read_text(encoding="utf-8")
    shown = problem_from_dict(json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1]))
    plan = solve(shown, seconds=60, steps=20)
    assert audit(shown, plan) == ()
    assert (plan.status, plan.left_out, plan.bound_kind) == ("optimal", (), "exact")
    for part in (shown.visits[0], shown.visits[0].options[0], shown.shifts[0], shown.shifts[0].breaks[0], plan):
        for key in vars(part):
            if key not in {"id", "crew", "prices", "seed", "search_s", "made_with"}:
                assert f"`{key}`" in page or f'"{key}"' in page, key


def test_a_matrix_file_elsewhere_is_refused(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(problem_to_dict(problem(), matrix_file="../m.npz")))
    with pytest.raises(BadProblem, match="beside"):
        read_problem(tmp_path / "p.json")
