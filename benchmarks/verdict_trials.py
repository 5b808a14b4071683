"""Trials of the verdict on a fixed city: debtors who are random customers, and debtors of hot spots.

A trial is one choice of debtors put to the product's own test. What random labelling draws does not depend on who is a
debtor, so the draws are made once a city and number of debtors, and a trial takes its own random part of them.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from geodata.patterns.labelling import Excess, excess_among
from geodata.patterns.layout import Layout, drawn_pairs, lay_out
from geodata.patterns.regions import corrected
from geodata.patterns.verdict import LEVEL, MARGIN, RADII_M, conclude, refusal

#: labellings counted in one pass
DRAWS_AT_ONCE = 500
#: draws kept a district; with ten districts the smallest p-value must pass a two-hundredth
DISTRICT_DRAWS = 4_999


@dataclass
class Tally:
    """What was counted over trials: p at most the level, the answers, and limits below the true ratio by radius."""

    trials: int = 0
    significant: int = 0
    clustered: int = 0
    scattered: int = 0
    missed: tuple[int, ...] = (0,) * len(RADII_M)
    ratio: float = 0.0

    def add(self, found: Excess, labels: np.ndarray, truth: np.ndarray) -> None:
        """Count one trial; ``truth`` is the true pair ratio by radius."""
        size = {"n_marked": int(labels.sum()), "n_all": len(labels)}
        answer = conclude(found, refusal(labels, None), **size, radii_m=RADII_M, null="customers").verdict
        self.trials += 1
        self.significant += found.p_value <= LEVEL
        self.clustered += answer == "clustered"
        self.scattered += answer == "scattered"
        below = found.ratio_upper < truth - 1e-12
        self.missed = tuple(m + int(b) for m, b in zip(self.missed, below, strict=True))
        self.ratio += float(np.max(truth))


def marked(rng: np.random.Generator, n: int, n_all: int) -> np.ndarray:
    """Mark n of all."""
    labels = np.zeros(n_all, dtype=bool)
    labels[rng.choice(n_all, n, replace=False)] = True
    return labels


def pool_of_draws(layout: Layout, n: int, *, draws: int, seed: int) -> np.ndarray:
    """Draw many random labellings once, (radii, draws), a few hundred at a time."""
    seeds = np.random.default_rng([seed, n, draws]).integers(2**31, size=-(-draws // DRAWS_AT_ONCE))
    parts = [drawn_pairs(layout, n, simulations=DRAWS_AT_ONCE, seed=int(one)) for one in seeds]
    return np.hstack(parts)[:, :draws]


def null_trials(layout: Layout, n: int, pool: np.ndarray, *, trials: int, simulations: int, seed: int) -> Tally:
    """Let debtors be random customers; each trial is ranked among its own random part of the pool of draws."""
    rng, tally = np.random.default_rng([seed, n]), Tally()
    for _ in range(trials):
        labels = marked(rng, n, len(layout.points_xy))
        own = pool[:, rng.choice(pool.shape[1], simulations, replace=False)]
        tally.add(excess_among(layout, labels, own), labels, np.ones(len(RADII_M)))
    return tally


def hot_spots(rng: np.random.Generator, xy: np.ndarray, *, radius_m: float, share: float) -> np.ndarray:
    """Give the customers in discs about random customers, added until they hold this share of all."""
    inside = np.zeros(len(xy), dtype=bool)
    while inside.mean() < share:
        inside |= np.hypot(*(xy - xy[rng.integers(len(xy))]).T) <= radius_m
    return inside


class Spots:
    """Hot spots in a layout: the debtors' exact law when customers inside are debtors so many times as often.

    Customers are debtors independently of each other, given that there are n in all: how many of them live inside is
    Fisher's noncentral hypergeometric, and who they are is chance. So the true pair ratio is known without simulation.
    """

    def __init__(self, layout: Layout, inside: np.ndarray, n: int) -> None:
        self.inside, self.n, self.n_all, self.n_in = inside, n, len(inside), int(inside.sum())
        both = np.column_stack([np.ones_like(inside), inside, ~inside])
        everyone, within, without = layout.pairs(layout.sites.counts(both)).T
        self.pairs = np.stack([within, everyone - within - without, without])

    def inside_law(self, relative_risk: float) -> stats.rv_discrete:
        """How many debtors live inside."""
        out = self.n / (self.n_all + (relative_risk - 1) * self.n_in)
        if relative_risk * out >= 1:
            raise ValueError(f"{self.n} debtors are too many for a relative risk of {relative_risk}")
        odds = relative_risk * (1 - out) / (1 - relative_risk * out)
        return stats.nchypergeom_fisher(self.n_all, self.n_in, self.n, odds)

    def true_ratio(self, relative_risk: float) -> np.ndarray:
        """Give the expected pairs by those of random customers, by radius."""
        mean, variance = self.inside_law(relative_risk).stats("mv")
        square, n, n_in, n_out = mean**2 + variance, self.n, self.n_in, self.n_all - self.n_in
        chance = [
            (square - mean) / (n_in * (n_in - 1)),
            (n * mean - square) / (n_in * n_out),
            (square - (2 * n - 1) * mean + n * (n - 1)) / (n_out * (n_out - 1)),
        ]
        return chance @ self.pairs / (self.pairs.sum(axis=0) * n * (n - 1) / (self.n_all * (self.n_all - 1)))

    def risk_at_margin(self) -> float:
        """Give the relative risk with which the largest true ratio is the margin; NaN where none is large enough."""

        def above(risk: float) -> float:
            return float(self.true_ratio(risk).max()) - MARGIN

        # At most 200, and no customer inside is more often a debtor than nine times in ten.
        most = min(200.0, 0.9 * (self.n_all - self.n_in) / max(self.n - 0.9 * self.n_in, 1e-9))
        return optimize.brentq(above, 1.0, most, xtol=1e-4) if above(most) > 0 else np.nan

    def draw(self, rng: np.random.Generator, relative_risk: float, trials: int) -> list[np.ndarray]:
        """Draw the debtors of so many trials."""
        counts = self.inside_law(relative_risk).rvs(size=trials, random_state=rng)
        rows_in, rows_out, drawn = np.flatnonzero(self.inside), np.flatnonzero(~self.inside), []
        for k in counts:
            labels = np.zeros(self.n_all, dtype=bool)
            labels[rng.choice(rows_in, int(k), replace=False)] = True
            labels[rng.choice(rows_out, self.n - int(k), replace=False)] = True
            drawn.append(labels)
        return drawn


def spot_trials(
    layout: Layout,
    n: int,
    drawn: np.ndarray,
    *,
    radius_m: float,
    share: float,
    relative_risk: float | None,
    places: int,
    trials: int,
    seed: int,
) -> Tally:
    """Let debtors come from hot spots at so many random places, so many trials each.

    Without a relative risk it is the one at which the largest true pair ratio lies at the margin.
    """
    rng, tally = np.random.default_rng([seed, n, int(radius_m), int(share * 1_000)]), Tally()
    while tally.trials < places * trials:
        spots = Spots(layout, hot_spots(rng, layout.points_xy, radius_m=radius_m, share=share), n)
        risk = spots.risk_at_margin() if relative_risk is None else relative_risk
        if np.isnan(risk):
            raise ValueError(f"hot spots of {radius_m:.0f} m with {share:.0%} of the customers cannot reach the margin")
        truth = spots.true_ratio(risk)
        for labels in spots.draw(rng, risk, trials):
            tally.add(excess_among(layout, labels, drawn), labels, truth)
    return tally


def district_trials(xy: np.ndarray, district: np.ndarray, n: int, *, trials: int, seed: int) -> tuple[int, int]:
    """Let debtors be random customers of each district, as many as its share of n; count trials with a false alarm.

    Gives how often any district was called clustered, and how often any had an adjusted p at most the level.
    """
    rng = np.random.default_rng([seed, n])
    names = [str(name) for name in np.unique(district) if name]
    layouts = {name: lay_out(xy[district == name], RADII_M, keep=True) for name in names}
    size = {name: len(layout.points_xy) for name, layout in layouts.items()}
    share = {name: max(2, round(n * size[name] / len(xy))) for name in names}
    drawn = {
        name: drawn_pairs(layouts[name], share[name], simulations=DISTRICT_DRAWS, seed=seed + k)
        for k, name in enumerate(names)
    }
    called = significant = 0
    for _ in range(trials):
        labels = {name: marked(rng, share[name], size[name]) for name in names}
        found = {name: excess_among(layouts[name], labels[name], drawn[name]) for name in names}
        refused = {name: refusal(labels[name], None) for name in names}
        said = corrected(found, refused, {name: (share[name], size[name]) for name in names})
        called += any(one.verdict == "clustered" for one in said.values())
        significant += any(one.p_adjusted <= LEVEL for name, one in said.items() if refused[name] is None)
    return called, significant
