"""Points made ready for counting pairs among those that are marked, seen or drawn at random.

What random labelling gives depends on where all points are and on how many are marked, not on which. So a layout may be
kept, and its draws too, when more than one labelling of the same points is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.patterns.pairs import Lot, Sites, gather, near_sites, pair_counts


@dataclass(frozen=True, eq=False)
class Layout:
    """All points, marked or not, made ready for counting pairs among them.

    ``points_xy`` (n, 2) metres; ``lots`` the near pairs of sites, None where they are found anew for each count.
    """

    points_xy: NDArray[np.float64]
    sites: Sites
    radii_m: tuple[int, ...]
    lots: tuple[Lot, ...] | None

    def near(self) -> Iterable[Lot]:
        """Give the near pairs, kept or found anew."""
        return near_sites(self.sites, self.radii_m) if self.lots is None else self.lots

    def pairs(self, counts: NDArray[np.float32]) -> NDArray[np.float64]:
        """Count the pairs within each radius, (radii, k), of labellings given by the marked points of each site."""
        return pair_counts(self.sites, counts, self.radii_m, lots=self.near())


def lay_out(points_xy: NDArray[np.float64], radii_m: Sequence[int], *, keep: bool) -> Layout:
    """Make points ready for counting pairs.

    Parameters
    ----------
    points_xy
        (n, 2) metres.
    radii_m
        Rising radii in metres.
    keep
        Whether the near pairs stay in memory (8 bytes each): worth it when more than one labelling of the same points
        is asked about, such as the weeks of a branch.
    """
    sites, radii = gather(points_xy), tuple(int(radius) for radius in radii_m)
    return Layout(points_xy, sites, radii, tuple(near_sites(sites, radii)) if keep else None)


def drawn_pairs(layout: Layout, n_marked: int, *, simulations: int, seed: int) -> NDArray[np.float64]:
    """Count the pairs within each radius, (radii, simulations), when so many points are marked at random.

    They depend on the layout and on how many are marked, not on which, so they may be kept for other labels.
    """
    return layout.pairs(drawn_counts(layout.sites, n_marked, simulations=simulations, seed=seed))


def seen_counts(sites: Sites, labels: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Count all points and the marked points of each site, (s, 2)."""
    return sites.counts(np.column_stack([np.ones_like(labels), labels]))


def drawn_counts(sites: Sites, n_marked: int, *, simulations: int, seed: int) -> NDArray[np.float32]:
    """Count the marked points of each site, (s, simulations), when so many are marked at random."""
    n_all, n_sites = len(sites.site_of), len(sites.xy)
    if simulations < 1:
        raise ValueError(f"simulations must be at least 1, got {simulations}")
    if not 2 <= n_marked < n_all:
        raise ValueError(f"at least two and not all points must be marked, got {n_marked} of {n_all}")
    # From the middle outwards: an order that belongs to the layout, whatever the order of the rows or the axes.
    outwards = np.argsort(np.linalg.norm(sites.xy - sites.xy.mean(axis=0), axis=1), kind="stable")
    members = np.bincount(sites.site_of, minlength=n_sites)
    site_at = np.repeat(outwards, members[outwards])
    rng = np.random.default_rng(seed)
    counts = np.zeros((n_sites, simulations), np.float32)
    for draw in range(simulations):
        chosen = rng.choice(n_all, n_marked, replace=False, shuffle=False)
        np.add.at(counts.reshape(-1), site_at[chosen] * simulations + draw, np.float32(1.0))
    return counts
