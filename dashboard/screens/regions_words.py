"""Verdicts and figures of districts as words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard import formats
from dashboard.text import N_, _, joined, n_
from geodata.patterns.verdict import (
    COARSE_SHARE,
    FEWEST,
    FEWEST_SCATTERED,
    MARGIN,
    Verdict,
    Why,
    told_p,
)

#: verdict: word, badge colour, what it is; how to go there is another question, which the outlook's advice answers
VERDICTS: Mapping[str, tuple[str, str, str]] = {
    "clustered": (
        N_("Clustered"),
        "blue",
        N_("The debtors lie closer together than customers do."),
    ),
    "scattered": (
        N_("Scattered"),
        "orange",
        N_("The debtors are spread as all customers are."),
    ),
    "cannot_tell": (
        N_("Cannot tell"),
        "gray",
        N_("Whether the debtors lie closer together cannot be told: plan as usual and do not argue from the map."),
    ),
}

#: the reasons in the words of ``geodata.patterns.verdict.SENTENCES``, which a test compares
REASONS: Mapping[Why, str] = {
    Why.CLUSTERED: N_(
        "The {n} {marked} form {ratio:.2f} times the pairs within {radius} m that as many {everyone} drawn "
        "at random would form (p = {p:.3f})."
    ),
    Why.LIKE_ALL: N_(
        "At every distance the {n} {marked} form less than {margin:.2f} times the pairs that as many "
        "{everyone} would form, with 95% confidence."
    ),
    Why.TOO_FEW: N_("With {n} {marked} nothing can be told; it takes at least {fewest}."),
    Why.TOO_FEW_FOR_SCATTERED: N_(
        "No clustering was shown for {n} {marked} (p = {p:.3f}), and with fewer than {fewest_scattered} it "
        "cannot be shown that there is none."
    ),
    Why.NOTHING_TO_COMPARE: N_("All {n} {everyone} are marked: there is nobody left to compare with."),
    Why.COARSE_LOCATIONS: N_("Over {coarse:.0%} of the locations are only the centre of a district."),
    Why.NO_REFERENCE: N_(
        "Where the {everyone} are is not known, and against an empty map every town looks clustered: give "
        "the {everyone}, else addresses, else points along the streets."
    ),
    Why.SMALL_EXCESS: N_(
        "The {n} {marked} lie closer together than chance allows (p = {p:.3f}), but the effect within "
        "{radius} m is small ({ratio:.2f} times the pairs), and it cannot be shown to be small everywhere."
    ),
    Why.NOT_SHOWN: N_(
        "No clustering was shown (p = {p:.3f}; {ratio:.2f} times the pairs within {radius} m), and the {n} "
        "{marked} are too few to show that there is none."
    ),
}


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
        N_("Expected uplift of all debtors by the ground on which people live."),
    ),
)
#: what squares may show besides the page's figure
PER_100 = "debtors_per_100"
#: figures of squares, as their legend names them: another thing than a district's, which the past has multiplied
UNITS = {
    "per_field_hour_minor": N_("¥ per field hour, before the past"),
    "per_visit_minor": N_("¥ per visit, before the past"),
    "per_km2_minor": N_("¥ per km² of the square, before the past"),
    PER_100: N_("Debtors per 100 customers"),
}
FUNNEL: Mapping[str, str] = {
    "below": N_("far below expectation"),
    "low": N_("below expectation"),
    "inside": N_("within what chance gives"),
    "high": N_("above expectation"),
    "above": N_("far above expectation"),
    "unknown": N_("no visits yet"),
}


def interval(low: float, high: float, currency: str) -> str:
    """Write an interval of money, a dash where it is unknown.

    >>> interval(100_00, 250_00, "CNY"), interval(float("nan"), float("nan"), "CNY")
    ('¥100 – ¥250', '—')
    """
    if formats.is_unknown(low) or formats.is_unknown(high):
        return formats.UNKNOWN
    return f"{formats.money(low, currency)} – {formats.money(high, currency)}"


def factor_span(low: float, high: float) -> str:
    """Write the interval of a factor, a dash where it is unknown.

    >>> factor_span(0.656, 1.15), factor_span(float("nan"), float("nan"))
    ('0.66–1.15', '—')
    """
    if formats.is_unknown(low) or formats.is_unknown(high):
        return formats.UNKNOWN
    return f"{formats.number(low, 2)}–{formats.number(high, 2)}"


def verdict_word(verdict: Verdict | None) -> str:
    """Name a verdict; a district without debtors has none."""
    return formats.UNKNOWN if verdict is None else _(VERDICTS[verdict.verdict][0])


def verdict_reason(verdict: Verdict) -> str:
    """Give the reason of a verdict as a sentence in the session's language."""
    reason = _(REASONS[verdict.why_code]).format(
        n=formats.number(verdict.n_marked),
        marked=_("debtors"),
        everyone=_("customers"),
        p=told_p(verdict.p_adjusted),
        ratio=math.nan if verdict.radius_m is None else verdict.pair_ratio[verdict.radius_m],
        radius=verdict.radius_m,
        margin=MARGIN,
        fewest=FEWEST,
        fewest_scattered=FEWEST_SCATTERED,
        coarse=COARSE_SHARE,
    )
    if not verdict.n_coarse or verdict.why_code is Why.COARSE_LOCATIONS:
        return reason
    left = n_("Left out: {n} debtor of whom no more than the district is known.",
              "Left out: {n} debtors of whom no more than the district is known.", verdict.n_coarse)  # fmt: skip
    return joined(reason, left)
