"""How often a steady branch is told of a change: python -m benchmarks.drift_alarms --monday 2026-11-23.

On a branch of the demo (``learning_world``) truths are drawn; nothing changes in twelve weeks, or, with ``--shift``,
the odds of one rate are multiplied in the last four. What is counted is whether any rate, and whether that rate, is
called changed.
"""

from __future__ import annotations

import argparse
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from scipy.special import expit, logit

from benchmarks.learning_world import Drawn, World, drawn_truth, happened, world, yesterday
from config.parameters import load
from planner.value.drift import drift
from planner.value.learning import trials
from planner.value.parameters import Parameters


def alarms(made: World, parameters: Parameters, seed: int, rate: str, factor: float) -> list[str]:
    """Give the rates that are called changed in one world."""
    rng = np.random.default_rng(seed)
    before = drawn_truth(rng, parameters)
    after = Drawn(
        {k: float(expit(logit(v) + np.log(factor))) if k[0] == rate else v for k, v in before.rates.items()},
        before.hazard,
    )
    walk = made.walks[seed % len(made.walks)]
    border = made.monday - timedelta(weeks=parameters.recent_weeks.value)
    old, paid_old = happened(made, walk, before, parameters, rng)
    new, paid_new = happened(made, walk, after, parameters, rng)
    recent = walk["started_at"] >= border
    outcomes = old.where(~recent, new) if factor != 1 else old
    payments = paid_old if factor == 1 else paid_new
    asked = trials(
        made.surveyed, made.tables.places, outcomes, parameters,
        zone=made.zone, payments=payments, today=yesterday(made),
    )  # fmt: skip
    found = drift(asked[asked["rate"] != "kept"] if factor != 1 else asked, parameters, now=made.monday)
    return found.loc[found["state"] == "changed", "rate"].tolist()


def main() -> None:
    """Count alarms."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--var", type=Path, default=Path("var"))
    asked.add_argument("--branch", default="YX02")
    asked.add_argument("--monday", type=datetime.fromisoformat, required=True)
    asked.add_argument("--worlds", type=int, default=400)
    asked.add_argument("--rate", default="there")
    asked.add_argument("--shift", type=float, default=1.0, help="factor on the odds of the rate in the last four weeks")
    given = asked.parse_args()
    monday = given.monday.replace(hour=6, tzinfo=ZoneInfo("Asia/Shanghai"))
    parameters, began = load(), time.process_time()
    made = world(given.var, given.branch, monday)
    found = [alarms(made, parameters, seed, given.rate, given.shift) for seed in range(given.worlds)]
    print(f"load {os.getloadavg()[0]:.1f}; {(time.process_time() - began) / given.worlds:.2f} CPU s a world")
    print(f"any rate called changed: {np.mean([bool(one) for one in found]):.1%} of {given.worlds} worlds")
    print(f"{given.rate} called changed: {np.mean([given.rate in one for one in found]):.1%}")


if __name__ == "__main__":
    main()
