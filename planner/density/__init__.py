"""Recovery density: what a region is worth to a crew, how sure that is, and where visits pay more than elsewhere."""

from planner.density.change import CHANGES, Periods, changes, periods
from planner.density.figures import FIGURES, OUTCOMES_NEEDED, REGIONS, recovery_density
from planner.density.funnel import funnel, payment_scale, poisson_quantile
from planner.density.hot_spots import hot_spots
from planner.density.money import money_draws
from planner.density.past import PAST, tally
from planner.density.ranking import ranking
from planner.density.rates import factors

__all__ = [
    "CHANGES",
    "FIGURES",
    "OUTCOMES_NEEDED",
    "PAST",
    "REGIONS",
    "Periods",
    "changes",
    "factors",
    "funnel",
    "hot_spots",
    "money_draws",
    "payment_scale",
    "periods",
    "poisson_quantile",
    "ranking",
    "recovery_density",
    "tally",
]
