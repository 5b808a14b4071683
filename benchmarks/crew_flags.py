"""How often crews that are all alike are flagged, and how often one that is different is found.

    python -m benchmarks.crew_flags [--runs 2000] [--seed 1] [--crews 2 3 7 12] [--visits 100 250 800]

Families of 2 to 12 crews make visits whose true chances of a payment differ from visit to visit (some are sent to old
debts); one debtor in five is visited twice and pays twice or not at all, so payments come in bunches. The expectation
is the branch's own: the true chances times a common factor that the model has wrong. *Alike*: every crew is as good;
counted is how often anybody of the family is flagged (nominal 5 %) and how many crews are. *Different*: one crew's
chances are halved, or two thirds; counted is how often it is flagged. docs/load.md has the table.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from planner.tables import COMPLAINTS, empty
from planner.view.crews import Seen, compare

NOTHING = pd.DataFrame({"outcome_id": pd.Series(dtype="str"), "kept": pd.Series(dtype="bool")})


def family(rng: np.random.Generator, crews: int, visits: int, worse: float) -> Seen:
    """Draw the visits of a family; the first crew's chances are multiplied by ``worse``."""
    n = crews * visits
    crew = np.repeat([f"K{k:02d}" for k in range(crews)], visits)
    base = np.repeat(rng.uniform(0.03, 0.15, crews), visits) * rng.lognormal(0.0, 0.5, n)
    true = np.clip(base * rng.lognormal(0.0, 0.15), 0.0, 0.9)  # the model's level is wrong for all alike
    true = np.where(crew == "K00", worse * true, true)
    # Of five visits two are of one debtor: both pay or none.
    debtor = np.arange(n) - (np.arange(n) % 5 == 1)
    paid = rng.random(n)[debtor] < true[debtor]
    ids = np.arange(n).astype(str)
    table = pd.DataFrame(
        {
            "outcome_id": ids,
            "debtor_id": debtor.astype(str),
            "crew_id": crew,
            "started_at": pd.Timestamp(0, tz="UTC"),
            "ended_at": pd.Timestamp(0, tz="UTC"),
            "paid_minor": paid * 100,
            "code": "NEGOTIATE",
            "promised_on": pd.NaT,
            "promised_how": "",
            "promised_minor": 0,
            "evidence": "",
            "replaces": "",
        }
    )
    return Seen(table, table, pd.Series(base), NOTHING, empty(COMPLAINTS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crews", type=int, nargs="+", default=[2, 3, 7, 12])
    parser.add_argument("--visits", type=int, nargs="+", default=[100, 250, 800])
    arguments = parser.parse_args()
    print("crews | visits each | alike: any flagged | crews flagged | a crew half as good found | two thirds")
    for crews in arguments.crews:
        for visits in arguments.visits:
            rng = np.random.default_rng([arguments.seed, crews, visits])
            told = []
            for worse in (1.0, 0.5, 2 / 3):
                any_of, share, found = 0, 0.0, 0
                for _ in range(arguments.runs if worse == 1.0 else arguments.runs // 4):
                    table = compare(family(rng, crews, visits, worse), [f"K{k:02d}" for k in range(crews)])
                    flagged = table["place"].isin(["below", "above"]).to_numpy()
                    any_of += bool(flagged.any())
                    share += float(flagged.mean())
                    found += table["place"].iloc[0] == "below"
                runs = arguments.runs if worse == 1.0 else arguments.runs // 4
                told += [any_of / runs, share / runs] if worse == 1.0 else [found / runs]
            print(f"{crews:5d} | {visits:11d} | " + " | ".join(f"{100 * one:5.1f} %" for one in told), flush=True)


if __name__ == "__main__":
    main()
