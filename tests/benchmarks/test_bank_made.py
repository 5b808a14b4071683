"""The synthetic bank: the same from the same seed, another from another, and measured at its smallest."""

from __future__ import annotations

import json
from contextlib import closing

import numpy as np
import pytest

from benchmarks import bank_scale
from benchmarks.bank_analytics import agree, as_read, by_statement, of_duckdb, of_parquet
from benchmarks.bank_analytics import written as written_files
from benchmarks.bank_made import Bank, make, refresh, system
from benchmarks.bank_scale import Clock, Measured, compare, measured, table, written
from planner.store import migrate, open_store
from planner.tables import OUTCOMES
from tests.planner.demo.factories import TODAY, ground

ACCOUNTS, PER_BRANCH = 160, 80


def small(seed: int = 10, accounts: int = ACCOUNTS) -> Bank:
    return Bank(ground(), accounts, TODAY, seed, per_branch=PER_BRANCH)


def made(path, bank):
    """Make a bank and give what the store then holds of each branch, as rows, with what was imported."""
    url = f"sqlite:///{path}"
    migrate(url)
    with closing(open_store(url)) as store:
        _, truth = make(bank, store, lambda _: None)
        held = {}
        for code in bank.codes:
            who = system(code)
            tables = (store.customers, store.debtors, store.accounts, store.places, store.holds, store.accommodations)
            rows = {one.__name__: one(who, code).to_csv() for one in tables}
            held[code] = rows | {
                "outcomes": store.latest_outcomes(who, code)[list(OUTCOMES)].to_csv(),
                "crews": repr(store.crews(who, code)),
            }
        _, results = refresh(bank, store, lambda _: None)
        counts = [(one.added, one.changed, one.gone) for one in results]
        accounts = [len(store.accounts(system(code), code)) for code in bank.codes]
    return held, truth.to_csv(), counts, accounts


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return made(tmp_path_factory.mktemp("bank") / "one.sqlite", small())


def test_the_same_seed_gives_the_same_bank_and_another_seed_another(one, tmp_path):
    assert made(tmp_path / "again.sqlite", small()) == one
    other = made(tmp_path / "other.sqlite", small(11))
    assert all(other[0][code][what] != one[0][code][what] for code in one[0] for what in ("accounts", "outcomes"))


def test_a_branch_is_drawn_by_numbers_of_its_own():
    first, second = small(), small()
    second.people(0)
    assert first.people(1)[1].customers.equals(second.people(1)[1].customers)


def test_the_bank_has_its_accounts_its_branches_and_its_regions(one):
    held, _, counts, accounts = one
    bank = small()
    assert list(held) == ["B0001", "B0002"]
    assert [home.code for home in bank.regions] == ["yunxi", "yunxi-2"]
    assert abs(sum(accounts) - ACCOUNTS) < 0.15 * ACCOUNTS
    assert all(gone < 10 and added < 10 and changed > 50 for added, changed, gone in counts)
    codes = [set(home.districts["code"]) for home in bank.regions]
    assert not codes[0] & codes[1]


def test_areas_of_the_branches_are_apart_and_cover_the_ground():
    bank = small(accounts=10 * ACCOUNTS)
    for home in bank.regions:
        rows = np.concatenate(home.areas)
        assert sorted(rows) == list(range(len(home.buildings)))
        weight = [home.buildings["weight"].to_numpy()[area].sum() for area in home.areas]
        assert max(weight) < 1.3 * min(weight)


def test_the_smallest_bank_is_measured_and_the_growth_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(bank_scale, "VIEWS", 2)
    url, clock, bank = f"sqlite:///{tmp_path / 'bank.sqlite'}", Clock(), small(accounts=PER_BRANCH)
    migrate(url)
    facts = measured(url, bank, clock, lambda _: None, Measured())
    assert clock.parts["comparison of all road regions"]["cpu_s"] > 0
    larger = {name: {what: 10 * value for what, value in part.items()} for name, part in clock.parts.items()}
    kept = tmp_path / "kept.jsonl"
    with kept.open("w") as file:
        for accounts, parts in ((80, clock.parts), (800, larger)):
            line = {"accounts": accounts, "database": "sqlite", "branches": 1, "facts": facts, "parts": parts}
            file.write(json.dumps(line) + "\n")
    told = table(kept)
    assert "80, 800 accounts" in told
    for part in ("first: lists read", "next day's lists", "survey counts", "verdicts", "densities", "zoom 16"):
        assert part in told
    assert "1.00" in next(line for line in told.splitlines() if "zoom 16" in line)


def test_the_truth_is_of_the_visits_that_a_comparison_counts(tmp_path):
    url, bank = f"sqlite:///{tmp_path / 'bank.sqlite'}", small(accounts=PER_BRANCH)
    migrate(url)
    with closing(open_store(url)) as store:
        _, truth = make(bank, store, lambda _: None)
        who = system(*bank.codes)
        found = compare(store, list(store.branches(who)), Clock(), bank=bank, share=1.0)
        visits = store.latest_outcomes(system(bank.codes[0]), bank.codes[0])
    counted = (visits["started_at"] >= bank.counted_from).sum()
    assert found.view.table["outcomes"].sum() == counted < len(visits), "the oldest week is not counted"
    assert list(truth) == ["region", "pays", "brings"]


def test_a_part_of_the_bank_counts_for_the_whole():
    part = {"cpu_s": 2.0, "wall_s": 4.0, "share": 0.25}
    said = written("lists", [{"parts": {"lists": part}}, {"parts": {"lists": part | {"cpu_s": 20.0}}}], [10, 100])
    assert "8.0 CPU s, 16 s wall (25% measured)" in said
    assert said.endswith("1.00")


def test_the_database_and_files_beside_it_answer_alike(tmp_path, capsys):
    url, bank = f"sqlite:///{tmp_path / 'bank.sqlite'}", small(accounts=PER_BRANCH)
    migrate(url)
    with closing(open_store(url)) as store:
        make(bank, store, lambda _: None)
        (files := tmp_path / "files").mkdir()
        assert written_files(store, bank.codes, files) > 0
        answers = {"read": as_read(store, bank.codes), "asked": by_statement(store, bank.codes)}
        agree(answers | {"files": of_parquet(files), "duckdb": of_duckdb(files)})
    assert all(len(one) for one in answers["read"].values())
    said = capsys.readouterr().out
    assert "differs" not in said
    assert "asked: read, asked, files" in said
