"""Risk over a period: how accounts moved between buckets from list to list, what is at risk, how cohorts run off."""

from planner.portfolio.at_risk import AT_RISK, THRESHOLDS, at_risk
from planner.portfolio.change import ROLL_CHANGES, roll_changes
from planner.portfolio.moves import CURRENT, FROM, LEFT, MOVES, TO, moves, windows
from planner.portfolio.rates import MATRIX, RATES, migration, rates
from planner.portfolio.shares import FEWEST, LEVEL, Share, share
from planner.portfolio.vintage import CURVES, SPELLS, curve, spells, vintages

__all__ = [
    "AT_RISK",
    "CURRENT",
    "CURVES",
    "FEWEST",
    "FROM",
    "LEFT",
    "LEVEL",
    "MATRIX",
    "MOVES",
    "RATES",
    "ROLL_CHANGES",
    "SPELLS",
    "THRESHOLDS",
    "TO",
    "Share",
    "at_risk",
    "curve",
    "migration",
    "moves",
    "rates",
    "roll_changes",
    "share",
    "spells",
    "vintages",
    "windows",
]
