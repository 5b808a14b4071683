"""How many houses it takes to tell that a list's coordinates are of another datum than it says.

``python -m benchmarks.datum_told [DRAWS]``: needs the demo city (make setup). Houses are drawn from it at random,
written in each datum and read by each; told are the share of wrong datums that are named, and the false alarms.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.datum import Datum, from_wgs84
from geodata.roads.region import open_region
from planner.region_index import ground_of

REGION = Path(__file__).parents[1] / "var" / "regions" / "yunxi"
SHIFTS: tuple[Datum, ...] = ("wgs84", "gcj02", "bd09")


def main(draws: int) -> None:
    region = open_region(REGION)
    ground = ground_of(region)
    houses = pd.read_parquet(region.buildings)[["lon", "lat"]].to_numpy(float)
    random = np.random.default_rng(5)
    for n in (30, 60, 100, 200):
        right = wrong = alarms = 0
        for _ in range(draws):
            some = houses[random.integers(len(houses), size=n)]
            for true in SHIFTS:
                for declared in SHIFTS:
                    found = ground.better_datum(from_wgs84(some, true), declared)
                    right += found is not None and declared != true and found.datum == true
                    wrong += found is not None and true not in (declared, found.datum)
                    alarms += found is not None and declared == true
        print(
            f"{n} houses: {right / (6 * draws):.0%} of wrong datums told with the true one, {wrong} with another, "
            f"{alarms} false alarms in {3 * draws} lists"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
