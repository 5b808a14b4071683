"""Invented towns: customers in neighbourhoods, half of them in blocks of flats that share an address."""

import numpy as np
from numpy.typing import NDArray


def town(rng: np.random.Generator, *, customers: int = 1_000, side_m: float = 3_000.0) -> NDArray[np.float64]:
    """Give (customers, 2) metres."""
    middles = rng.uniform(0, side_m, (25, 2))
    weight = rng.gamma(1, 1, 25)
    homes = middles[rng.choice(25, customers, p=weight / weight.sum())] + rng.normal(0, 250, (customers, 2))
    flats = rng.random(customers) < 0.5
    homes[flats] = homes[rng.integers(0, customers // 4, int(flats.sum()))]
    return homes


def marked_at_random(rng: np.random.Generator, n: int, of: int) -> NDArray[np.bool_]:
    """Mark n of so many."""
    labels = np.zeros(of, dtype=bool)
    labels[rng.choice(of, n, replace=False)] = True
    return labels


def marked_around(
    rng: np.random.Generator, points: NDArray[np.float64], n: int, *, spots: int = 3, radius_m: float = 250.0
) -> NDArray[np.bool_]:
    """Mark n points, ten times as likely in the middle of a few hot spots as far away."""
    middles = points[rng.choice(len(points), spots, replace=False)]
    away = np.linalg.norm(points[:, None] - middles[None], axis=2)
    weight = 0.55 + 5.0 * np.exp(-0.5 * (away / radius_m) ** 2).max(axis=1)
    labels = np.zeros(len(points), dtype=bool)
    labels[rng.choice(len(points), n, replace=False, p=weight / weight.sum())] = True
    return labels
