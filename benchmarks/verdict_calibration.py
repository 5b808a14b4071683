"""Is the verdict right as often as it says? A calibration study that anyone can rerun after ``make setup``.

    python -m benchmarks.verdict_calibration [--extract PORTO_ALEGRE.osm.pbf]

Customers are fixed: the demo city's, and 25,000 along the streets of an extract. What is drawn are the debtors.

- ``null``: debtors are random customers. The share with p <= .05 belongs within 3 to 7 %, "clustered" at most 7 %.
- ``margin``: debtors come from hot spots whose largest true pair ratio is exactly the margin of the equivalence test,
  1.25. "Scattered" is then wrong, and belongs at most at 5 %.
- ``spots``: customers in hot spots are debtors three or eight times as often: how often is it "clustered"?
- ``districts``: random customers in every district; how often is any of them called clustered, after the correction?

Beside each share stands its 95 % interval (Wilson); ``missed`` is the share of trials in which the truth lies above the
upper limit of the pair ratio, at the worst radius. Every finished line is kept in ``--keep``, so that the study may be
stopped and repeated. Exit status 1 if a share, its interval considered, cannot be what was promised.
"""

import argparse
import itertools
import json
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.verdict_cities import City, along_streets, yunxi
from benchmarks.verdict_trials import district_trials, null_trials, pool_of_draws, spot_trials
from geodata.patterns.layout import lay_out
from geodata.patterns.verdict import RADII_M

DEBTORS = (30, 100, 500, 2_000)
#: radius of a hot spot and share of the customers inside all of them
MARGIN_SPOTS = ((200.0, 0.05), (800.0, 0.2), (1_500.0, 0.5))
POWER_SPOTS = ((200.0, 0.02), (200.0, 0.1), (800.0, 0.02), (800.0, 0.1))
RISKS = (3.0, 8.0)
#: places of hot spots in a cell; the trials are divided among them
PLACES = 25
#: random labellings made once a city and number of debtors, and how many of them a trial of hot spots takes
POOL, SPOT_DRAWS = 20_000, 999

#: (study, what) -> lowest and highest share promised
PROMISED = {
    ("null", "p05"): (0.03, 0.07),
    ("null", "clustered"): (0.0, 0.07),
    ("margin", "scattered"): (0.0, 0.05),
    ("districts", "clustered"): (0.0, 0.05),
}


def wilson(count: int, of: int) -> tuple[float, float]:
    """Give the 95 % interval of a share."""
    z, share = 1.96, count / of
    middle, half = share + z**2 / (2 * of), z * math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return max(0.0, (middle - half) / (1 + z**2 / of)), min(1.0, (middle + half) / (1 + z**2 / of))


def cells(study: str, city: City, asked: argparse.Namespace) -> Iterator[dict]:
    """Give what a study measures in a city, one line of the table each."""
    for n in asked.debtors:
        common = {"study": study, "city": city.name, "n": n, "seed": asked.seed}
        if study == "null":
            yield common | {"trials": asked.trials, "simulations": asked.simulations}
        if study == "districts" and n >= 500 and city.district.any():
            yield common | {"trials": asked.trials}
        if study == "margin" and n >= 100:
            for radius, share in MARGIN_SPOTS:
                yield common | {"trials": asked.margin_trials, "radius_m": radius, "share": share}
        if study == "spots":
            for radius, share in POWER_SPOTS:
                for risk in RISKS:
                    where = {"radius_m": radius, "share": share, "risk": risk}
                    yield common | {"trials": asked.power_trials} | where


class Measure:
    """Measures cells of one city; pairs are found once, draws for hot spots once a number of debtors."""

    def __init__(self, city: City) -> None:
        self.city, self.layout = city, lay_out(city.xy, RADII_M, keep=True)
        self.drawn: dict[int, np.ndarray] = {}

    def __call__(self, cell: dict) -> dict:
        """Give the counts of a cell."""
        n, trials, seed = cell["n"], cell["trials"], cell["seed"]
        if cell["study"] == "districts":
            called, significant = district_trials(self.city.xy, self.city.district, n, trials=trials, seed=seed)
            return {"p05": significant, "clustered": called}
        if n not in self.drawn:
            self.drawn[n] = pool_of_draws(self.layout, n, draws=POOL, seed=seed)
        if cell["study"] == "null":
            simulations = cell["simulations"]
            tally = null_trials(self.layout, n, self.drawn[n], trials=trials, simulations=simulations, seed=seed)
        else:
            tally = spot_trials(
                self.layout,
                n,
                self.drawn[n][:, :SPOT_DRAWS],
                radius_m=cell["radius_m"],
                share=cell["share"],
                relative_risk=cell.get("risk"),
                places=PLACES,
                trials=trials // PLACES,
                seed=seed,
            )
        return {
            "p05": tally.significant,
            "clustered": tally.clustered,
            "scattered": tally.scattered,
            "missed": max(tally.missed),
            "true_ratio": round(tally.ratio / tally.trials, 3),
        }


def told(cell: dict, found: dict) -> tuple[str, bool]:
    """Write a line of the table, and say whether every promise about it can be true."""
    spot = f" {cell['radius_m']:.0f} m {cell['share']:.0%}" if "radius_m" in cell else ""
    spot += f" risk {cell['risk']:.0f}" if "risk" in cell else ""
    line = f"{cell['study']} {cell['city']} n={cell['n']}{spot}"
    kept = True
    for what in ("p05", "clustered", "scattered", "missed"):
        if what not in found:
            continue
        low, high = wilson(found[what], cell["trials"])
        line += f" | {what} {found[what] / cell['trials']:.3f} ({low:.3f}-{high:.3f})"
        least, most = PROMISED.get((cell["study"], what), (0.0, 1.0))
        if high < least or low > most:
            line, kept = line + " BROKEN", False
        elif not least <= found[what] / cell["trials"] <= most:
            line += " outside"
    return line + (f" | true ratio {found['true_ratio']:.2f}" if "true_ratio" in found else ""), kept


def main() -> int:
    """Measure what was not measured before, print every line, give the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--city", type=Path, default=Path("var/demo"), help="folder of the demo city, grown if missing")
    parser.add_argument("--extract", type=Path, help="an .osm.pbf whose streets make a second city")
    parser.add_argument("--studies", nargs="+", default=["null", "margin", "districts", "spots"])
    parser.add_argument("--debtors", nargs="+", type=int, default=list(DEBTORS))
    parser.add_argument("--trials", type=int, default=1_000)
    parser.add_argument("--margin-trials", type=int, default=500)
    parser.add_argument("--power-trials", type=int, default=100)
    parser.add_argument("--simulations", type=int, default=499, help="labellings of a trial under the null")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("var/calibration.jsonl"), help="finished lines")
    asked = parser.parse_args()
    asked.keep.parent.mkdir(parents=True, exist_ok=True)
    kept = [json.loads(line) for line in asked.keep.read_text().splitlines()] if asked.keep.exists() else []
    done = {json.dumps(one["cell"], sort_keys=True): one["found"] for one in kept}
    good = True
    cities = [yunxi(asked.city, print), *([along_streets(asked.extract)] if asked.extract else [])]
    measures = [Measure(city) for city in cities]
    for study, measure in itertools.product(asked.studies, measures):
        for cell in cells(study, measure.city, asked):
            key, started = json.dumps(cell, sort_keys=True), time.process_time()
            if key not in done:
                done[key] = measure(cell)
                with asked.keep.open("a") as file:
                    file.write(json.dumps({"cell": cell, "found": done[key]}) + "\n")
            line, fine = told(cell, done[key])
            good = good and fine
            print(f"{line} | {time.process_time() - started:.0f} CPU s, load {os.getloadavg()[0]:.1f}", flush=True)
    print("Every promise can be true." if good else "A promise is broken.")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
