"""Verdicts and figures of districts as words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard import formats
from dashboard.text import N_, _
from geodata.patterns.verdict import (
    COARSE_SHARE,
    FEWEST,
    FEWEST_SCATTERED,
    MARGIN,
    SENTENCES,
    Verdict,
)

#: verdict: word, badge colour, consequence
VERDICTS: Mapping[str, tuple[str, str, str]] = {
    "clustered": (
        N_("Clustered"),
        "blue",
        N_("Pool crews here: the debtors lie close enough for several visits a trip."),
    ),
    "scattered": (
        N_("Scattered"),
        "orange",
        N_("Visit on the way: the debtors are spread like all customers, so no trip of its own gains from them."),
    ),
    "cannot_tell": (
        N_("Cannot tell"),
        "gray",
        N_("More data needed: plan visits one by one until it can be told."),
    ),
}
VERDICT_COLOURS: Mapping[str, str] = {"clustered": "#0F5E9C", "scattered": "#C27803", "cannot_tell": "#8A94A1"}


@dataclass(frozen=True)
class Figure:
    """One of the three figures of recovery density: column of the table, words, unit, what it divides by."""

    column: str
    title: str
    unit: str
    meaning: str


FIGURES = (
    Figure(
        "per_field_hour_minor",
        N_("Per field hour"),
        N_("¥ per field hour"),
        N_("Expected uplift by hour of travel and time at the doors: the figure to rank by."),
    ),
    Figure(
        "per_visit_minor",
        N_("Per visit"),
        N_("¥ per visit"),
        N_("Expected uplift of the best visit to each debtor, on average."),
    ),
    Figure(
        "per_km2_minor",
        N_("Per inhabited km²"),
        N_("¥ per inhabited km²"),
        N_("Expected uplift of all debtors by the ground on which customers live."),
    ),
)
FUNNEL: Mapping[str, str] = {
    "below": N_("far below expectation"),
    "low": N_("below expectation"),
    "inside": N_("within what chance gives"),
    "high": N_("above expectation"),
    "above": N_("far above expectation"),
    "unknown": N_("no visits yet"),
}


def verdict_word(verdict: Verdict | None) -> str:
    """Name a verdict; a district without debtors has none."""
    return formats.UNKNOWN if verdict is None else _(VERDICTS[verdict.verdict][0])


def verdict_reason(verdict: Verdict) -> str:
    """Give the reason of a verdict as a sentence in the session's language."""
    return _(SENTENCES[verdict.why_code]).format(
        n=verdict.n_marked,
        marked=_("debtors"),
        everyone=_("customers"),
        p=verdict.p_adjusted,
        ratio=math.nan if verdict.radius_m is None else verdict.pair_ratio[verdict.radius_m],
        radius=verdict.radius_m,
        margin=MARGIN,
        fewest=FEWEST,
        fewest_scattered=FEWEST_SCATTERED,
        coarse=COARSE_SHARE,
    )
