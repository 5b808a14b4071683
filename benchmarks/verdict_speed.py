"""How long a verdict and visit groups take: python -m benchmarks.verdict_speed.

An invented city of 25,000 customers, 5,000 of them marked, 499 labellings; 3,000 marked for the
groups. CPU seconds.
"""

import time

import numpy as np

from geodata.patterns.groups import driving_groups
from geodata.patterns.pairs import gather, pair_counts
from geodata.patterns.verdict import RADII_M, labelled_verdict


def city(rng: np.random.Generator, customers: int, side_m: float) -> np.ndarray:
    """Draw customers around 80 neighbourhoods, half of them in blocks of flats."""
    middles, weight = rng.uniform(0, side_m, (80, 2)), rng.gamma(1, 1, 80)
    homes = middles[rng.choice(80, customers, p=weight / weight.sum())] + rng.normal(0, 500, (customers, 2))
    flats = rng.random(customers) < 0.5
    homes[flats] = homes[rng.integers(0, customers // 4, int(flats.sum()))]
    return homes


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(1)
    homes = city(rng, 25_000, 14_000)
    labels = np.zeros(25_000, dtype=bool)
    labels[rng.choice(25_000, 5_000, replace=False)] = True
    sites = gather(homes)
    pairs = pair_counts(sites, sites.counts(np.ones((25_000, 1), dtype=bool)), RADII_M)[:, 0]
    started = time.process_time()
    found = labelled_verdict(homes, labels, simulations=499)
    print(f"verdict: 5,000 of 25,000, 499 labellings, {pairs[-1] / 1e6:.1f} million pairs within 800 m: "
          f"{time.process_time() - started:.1f} s ({found.verdict}, p = {found.p_value:.3f})")  # fmt: skip

    rows = rng.choice(25_000, 3_000, replace=False)
    marked = homes[rows]
    seconds = np.abs(marked[:, None] - marked[None]).sum(axis=2) * 0.15
    started = time.process_time()
    groups = driving_groups(seconds, homes, rows)
    print(f"groups: 3,000 of 25,000, 99 draws: {time.process_time() - started:.1f} s (p = {groups.p_value:.2f})")


if __name__ == "__main__":
    main()
