"""The demo's record as benchmarks bring it to a PostgreSQL of their own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from benchmarks.demo_bank import on_postgres
from planner.store import open_store
from tests.planner import factories as town
from tests.planner.store.factories import plan
from tests.planner.store.server import private


def test_a_record_is_the_same_on_a_server(tmp_path: Path) -> None:
    codes = ("YX02", "YX03")
    asking = town.principal(branches=codes)
    with private() as running, closing(town.store_at(tmp_path / "bank.sqlite")) as here:
        for code in codes:
            here.save_branch(asking, town.branch(code), now=town.NOW)
            here.save_collectors(asking, code, town.collectors(code), now=town.NOW)
            here.save_crews(asking, code, town.crews(code), now=town.NOW)
            here.save_plan(asking, plan(f"plan-{code}", branch=code))
        with closing(open_store(on_postgres(running.server, f"sqlite:///{tmp_path / 'bank.sqlite'}"))) as there:
            assert there.branches(asking) == here.branches(asking) != ()
            for code in codes:
                assert there.collectors(asking, code) == here.collectors(asking, code) != ()
                # What is kept packed as bytes comes whole, too.
                assert there.plan(asking, f"plan-{code}") == here.plan(asking, f"plan-{code}")
