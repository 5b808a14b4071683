"""The verdict over files, as FORMATS promises it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns.verdict import labelled_verdict
from planner.verdict import verdict_command
from tests.geodata.patterns.towns import marked_around, town

KEYS = {"verdict", "p_value", "pair_ratio", "n_debtors", "n_customers", "null", "why"}


def written(path, points, columns="x,y"):
    """Write points as a CSV file."""
    path.write_text(
        columns + "\n" + "".join(f"{a!r},{b!r}\n" for a, b in np.asarray(points).tolist()), encoding="utf-8"
    )
    return str(path)


def invented(count=600, marked=120):
    """Customers in metres and which of them are debtors."""
    rng = np.random.default_rng(71)
    homes = town(rng, customers=count).round(2)
    return homes, marked_around(rng, homes, marked)


@pytest.fixture
def ask(capsys):
    """Run the command; give exit status, answer (None unless 0) and what was said on standard error."""

    def run(*argv):
        status = verdict_command([*argv, "--json"])
        said = capsys.readouterr()
        return status, json.loads(said.out) if status == 0 else None, said.err

    return run


def test_the_answer_is_that_of_the_verdict_itself(tmp_path, ask):
    homes, labels = invented()
    status, answer, said = ask(
        *("--debtors", written(tmp_path / "d.csv", homes[labels])),
        *("--customers", written(tmp_path / "c.csv", homes)),
        *("--simulations", "199", "--seed", "4"),
    )
    direct = labelled_verdict(homes, labels, simulations=199, seed=4)
    assert (status, said) == (0, "")
    assert set(answer) >= KEYS
    assert (answer["verdict"], answer["p_value"]) == (direct.verdict, direct.p_value) == ("clustered", 0.005)
    assert answer["pair_ratio"] == pytest.approx({str(r): ratio for r, ratio in direct.pair_ratio.items()})
    assert (answer["n_debtors"], answer["n_customers"], answer["null"]) == (120, 600, "customers")
    assert "120 debtors" in answer["why"]


def test_degrees_are_laid_on_a_plane(tmp_path, ask):
    homes, labels = invented()
    degrees = np.column_stack([118 + homes[:, 0] / 99_260, 27 + homes[:, 1] / 110_800]).round(6)
    _, answer, _ = ask(
        *("--debtors", written(tmp_path / "d.csv", degrees[labels], "lon,lat")),
        *("--customers", written(tmp_path / "c.csv", degrees, "lon,lat")),
    )
    direct = labelled_verdict(homes, labels)
    assert answer["verdict"] == direct.verdict
    assert answer["pair_ratio"] == pytest.approx({str(r): v for r, v in direct.pair_ratio.items()}, rel=0.05)


def test_other_columns_marks_blank_lines_and_writing_of_numbers_do_not_matter(tmp_path, ask):
    homes, labels = invented()
    rows = "".join(f"{y:.3f},某人,{x:+.2f}\r\n\r\n" for x, y in homes[labels])
    (tmp_path / "d.csv").write_bytes(("\ufeffY,姓名, X \r\n" + rows).encode())
    status, answer, _ = ask("--debtors", str(tmp_path / "d.csv"), "--customers", written(tmp_path / "c.csv", homes))
    assert status == 0
    assert answer["n_debtors"] == 120
    (tmp_path / "d.csv").write_bytes(("Y,姓名,X\n" + rows).encode("gb18030"))
    assert ask("--debtors", str(tmp_path / "d.csv"), "--customers", str(tmp_path / "c.csv"))[1] == answer


def test_without_customers_the_null_is_named_and_nothing_is_claimed(tmp_path, ask):
    homes, labels = invented()
    status, answer, _ = ask("--debtors", written(tmp_path / "d.csv", homes[labels]))
    assert status == 0
    assert (answer["verdict"], answer["null"], answer["p_value"]) == ("cannot_tell", "none", None)
    assert set(answer["pair_ratio"].values()) == {None}
    assert answer["n_customers"] is None


def test_streets_are_a_second_best_that_says_so(tmp_path, ask):
    homes, labels = invented()
    streets = np.random.default_rng(72).uniform(0, 3_000, (800, 2))
    _, answer, _ = ask(
        *("--debtors", written(tmp_path / "d.csv", homes[labels])),
        *("--streets", written(tmp_path / "s.csv", streets)),
    )
    assert (answer["null"], answer["n_debtors"], answer["n_customers"]) == ("roads", 120, None)
    assert "streets" in answer["why"]


def test_addresses_are_compared_with_and_named(tmp_path, ask):
    homes, labels = invented()
    near = homes + np.random.default_rng(73).uniform(-3, 3, homes.shape)  # another system's coordinates
    status, answer, _ = ask(
        *("--debtors", written(tmp_path / "d.csv", homes[labels])),
        *("--addresses", written(tmp_path / "a.csv", near)),
    )
    assert status == 0
    assert (answer["null"], answer["n_debtors"], answer["n_customers"]) == ("addresses", 120, None)
    direct = labelled_verdict(homes, labels)
    assert answer["verdict"] == direct.verdict == "clustered"
    assert answer["pair_ratio"]["800"] == pytest.approx(direct.pair_ratio[800], rel=0.02)
    assert "not with customers" in answer["why"]
    assert "homes drawn at random" in answer["why"]


def test_homes_at_an_address_keep_a_block_of_flats_from_looking_clustered(tmp_path, ask):
    rng = np.random.default_rng(74)
    places, flats = rng.uniform(0, 4_000, (300, 2)).round(1), np.where(np.arange(300) < 20, 60, 1)
    debtors = written(tmp_path / "d.csv", places[np.sort(rng.choice(np.repeat(np.arange(300), flats), 200))])
    rows = "".join(f"{x},{y},{n}\n" for (x, y), n in zip(places.tolist(), flats, strict=True))
    (tmp_path / "a.csv").write_text("x,y,homes\n" + rows, encoding="utf-8")
    told = ask("--debtors", debtors, "--addresses", str(tmp_path / "a.csv"))[1]
    assert told["p_value"] > 0.05
    assert told["pair_ratio"]["100"] == pytest.approx(1.0, abs=0.15)
    blind = ask("--debtors", debtors, "--addresses", written(tmp_path / "b.csv", places))[1]
    assert blind["verdict"] == "clustered"
    assert "more homes are at an address" in blind["why"]


@pytest.mark.parametrize("homes", ["", "0", "-1", "1.5", "10001", "many"])
def test_a_count_of_homes_that_is_none_is_refused(tmp_path, ask, homes):
    (tmp_path / "a.csv").write_text(f"x,y,homes\n1,2,3\n3,4,{homes}\n", encoding="utf-8")
    status, _, said = ask("--debtors", written(tmp_path / "d.csv", [[1, 2]]), "--addresses", str(tmp_path / "a.csv"))
    assert status == 2
    assert "a.csv, row 3" in said


def test_only_one_comparison_can_be_asked_for(tmp_path):
    path = written(tmp_path / "d.csv", [[1, 2]])
    with pytest.raises(SystemExit) as stopped:
        verdict_command(["--debtors", path, "--addresses", path, "--customers", path])
    assert stopped.value.code == 2


def test_a_stranger_is_bad_input_and_the_first_row_is_named(tmp_path, ask):
    homes, _ = invented()
    debtors = np.vstack([homes[:40], [[1.5, 1.5], [2.5, 2.5]]])
    customers = written(tmp_path / "c.csv", homes)
    status, _, said = ask("--debtors", written(tmp_path / "d.csv", debtors), "--customers", customers)
    assert status == 2
    assert "d.csv, row 42" in said
    assert said.count("\n") == 1


def test_more_debtors_than_customers_at_an_address_is_bad_input(tmp_path, ask):
    homes = np.arange(80.0).reshape(40, 2)
    customers = written(tmp_path / "c.csv", homes)
    status, _, said = ask("--debtors", written(tmp_path / "d.csv", homes[[3, 3]]), "--customers", customers)
    assert status == 2
    assert "row 3" in said


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "lon,lat or x,y"),
        ("a,b\n1,2\n", "lon,lat or x,y"),
        ("lon,y\n1,2\n", "lon,lat or x,y"),
        ("x,y\n", "no rows"),
        ("x,y\n1,2\n3,NaN\n", "row 3"),
        ("x,y\n1,2\n\n3,\n", "row 4"),
        ("x,y\n1\n", "row 2"),
        ("x,y\n1,inf\n", "row 2"),
        ("x,y\n1,1e999\n", "row 2"),
        ("x,y\n1_000,2\n", "row 2"),
        ("x,y\n１,2\n", "row 2"),
        ("lon,lat\n30.5,114.2\n", "row 2"),
        ('x,y\n1,"2\n', "row"),
    ],
)
def test_a_bad_file_is_refused_with_one_sentence(tmp_path, ask, text, named):
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    status, _, said = ask("--debtors", str(tmp_path / "d.csv"))
    assert status == 2
    assert "d.csv" in said
    assert named in said
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_a_missing_file_mixed_units_and_silly_numbers_are_refused(tmp_path, ask):
    homes, _ = invented()
    metres, degrees = written(tmp_path / "m.csv", homes), written(tmp_path / "g.csv", homes / 1_000, "lon,lat")
    assert ask("--debtors", str(tmp_path / "none.csv"))[0] == 2
    status, _, said = ask("--debtors", metres, "--customers", degrees)
    assert status == 2
    assert "need the same" in said
    assert ask("--debtors", metres, "--customers", metres, "--simulations", "0")[0] == 2
    assert ask("--debtors", metres, "--customers", metres, "--seed", "-1")[0] == 2


def test_all_customers_overdue_leaves_nobody_to_compare_with(tmp_path, ask):
    homes, _ = invented()
    path = written(tmp_path / "c.csv", homes)
    status, answer, _ = ask("--debtors", path, "--customers", path)
    assert status == 0
    assert (answer["verdict"], answer["why_code"]) == ("cannot_tell", "nothing_to_compare")


@settings(max_examples=30, deadline=None)
@given(raw=st.binary(max_size=60))
def test_no_bytes_raise(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("bytes") / "d.csv"
    path.write_bytes(b"x,y\n" + raw)
    assert verdict_command(["--debtors", str(path), "--json"]) in (0, 2)


def test_in_plain_words(tmp_path, capsys):
    homes, labels = invented()
    assert verdict_command(["--debtors", written(tmp_path / "d.csv", homes[labels])]) == 0
    assert capsys.readouterr().out.startswith("cannot_tell: Where the customers are is not known")
