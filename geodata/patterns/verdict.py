"""Are the marked points clustered, or only spread like all points? Three answers, each of which must be earned.

The trap is the empty map: against points strewn evenly over the ground every town is "clustered", because people live
in towns. So the marked points are compared with where all points are, by random labelling (``labelling``).

- **clustered**: p at most .05 (over several regions: after Benjamini and Hochberg) *and* a pair ratio of at least 1.15
  at ``radius_m``, the radius at which the excess stands out most. The pair ratio is pairs seen by pairs expected;
  1 = like all points.
- **scattered**: at least 100 marked, and the upper 95 % limit of the pair ratio below ``MARGIN`` at *every* radius
  (each must pass, so no correction for looking four times is owed). That nothing was found proves nothing.
- **cannot tell**: everything else; always with fewer than 30 marked, and when over 30 % of the locations are only the
  centre of a district. The reason is a code of ``Why`` and a sentence.

Locations that are only the centre of a district are left out, and counted: many in one point would look clustered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geodata.patterns.labelling import Excess, checked, labelled_excess

Answer = Literal["clustered", "scattered", "cannot_tell"]

RADII_M = (100, 200, 400, 800)
LEVEL = 0.05
RATIO_FLOOR = 1.15
MARGIN = 1.25
FEWEST = 30
FEWEST_SCATTERED = 100
#: The smallest p-value that is told, three digits being shown: many labellings may give less, none gives nothing.
LEAST_TOLD = 0.001
COARSE_FROM_M = 1_000.0
COARSE_SHARE = 0.30


class Why(StrEnum):
    """The reason behind an answer."""

    CLUSTERED = "clustered"
    LIKE_ALL = "like_all"
    TOO_FEW = "too_few"
    TOO_FEW_FOR_SCATTERED = "too_few_for_scattered"
    NOTHING_TO_COMPARE = "nothing_to_compare"
    COARSE_LOCATIONS = "coarse_locations"
    NO_REFERENCE = "no_reference"
    SMALL_EXCESS = "small_excess"
    NOT_SHOWN = "not_shown"


SENTENCES: Mapping[Why, str] = {
    Why.CLUSTERED: "The {n} {marked} form {ratio:.2f} times the pairs within {radius} m that as many {everyone} drawn "
    "at random would form (p = {p:.3f}).",
    Why.LIKE_ALL: "At every distance the {n} {marked} form less than {margin:.2f} times the pairs that as many "
    "{everyone} would form, with 95% confidence.",
    Why.TOO_FEW: "With {n} {marked} nothing can be told; it takes at least {fewest}.",
    Why.TOO_FEW_FOR_SCATTERED: "No clustering was shown for {n} {marked} (p = {p:.3f}), and with fewer than "
    "{fewest_scattered} it cannot be shown that there is none.",
    Why.NOTHING_TO_COMPARE: "All {n} {everyone} are marked: there is nobody left to compare with.",
    Why.COARSE_LOCATIONS: "Over {coarse:.0%} of the locations are only the centre of a district.",
    Why.NO_REFERENCE: "Where the {everyone} are is not known, and against an empty map every town looks clustered: "
    "give the {everyone}, else addresses, else points along the streets.",
    Why.SMALL_EXCESS: "The {n} {marked} lie closer together than chance allows (p = {p:.3f}), but the effect within "
    "{radius} m is small ({ratio:.2f} times the pairs), and it cannot be shown to be small everywhere.",
    Why.NOT_SHOWN: "No clustering was shown (p = {p:.3f}; {ratio:.2f} times the pairs within {radius} m), and the {n} "
    "{marked} are too few to show that there is none.",
}
#: What is said of locations that were not counted.
LEFT_OUT = " Left out: {n} {marked} of whom no more than the district is known."
#: What must be said beside an answer whose null is not the customers.
CAVEATS: Mapping[str, str] = {
    "roads": " The comparison is with the streets, not with where people live: dense housing alone can look clustered.",
    "addresses": " The comparison is with addresses, not with customers: where more people are customers, or more "
    "homes are at an address than was said, that alone can look clustered.",
}


@dataclass(frozen=True)
class Verdict:
    """The answer for one set of points.

    ``p_value`` and the ratios are NaN where they could not be computed. ``p_adjusted`` decided: it differs from
    ``p_value`` where several regions were looked at. ``ratio_upper`` is the upper 95 % limit of the pair ratio.
    ``radius_m`` is the radius where the excess stands out most, None without a test. ``null`` names what the marked
    points were compared with: "customers", "addresses", "roads" or "none". ``n_coarse`` marked points, not among
    ``n_marked``, were left out because their locations are only the centre of a district.
    """

    verdict: Answer
    why_code: Why
    n_marked: int
    n_all: int
    null: str
    p_value: float
    p_adjusted: float
    pair_ratio: Mapping[int, float]
    ratio_upper: Mapping[int, float]
    radius_m: int | None
    n_coarse: int = 0

    @property
    def why(self) -> str:
        """The reason as a sentence."""
        return self.said("marked places", "places")

    def said(self, marked: str, everyone: str) -> str:
        """Give the reason as a sentence that calls the marked points and all points by these names."""
        text = SENTENCES[self.why_code].format(
            n=f"{self.n_marked:,}",
            marked=marked,
            everyone=everyone,
            p=told_p(self.p_adjusted),
            ratio=math.nan if self.radius_m is None else self.pair_ratio[self.radius_m],
            radius=self.radius_m,
            margin=MARGIN,
            fewest=FEWEST,
            fewest_scattered=FEWEST_SCATTERED,
            coarse=COARSE_SHARE,
        )
        if self.n_coarse and self.why_code is not Why.COARSE_LOCATIONS:
            text += LEFT_OUT.format(n=f"{self.n_coarse:,}", marked=marked)
        return text if self.radius_m is None else text + CAVEATS.get(self.null, "")


def told_p(p_value: float) -> float:
    """Give a p-value as it is told with three digits: never as 0, however many labellings were drawn; NaN stays NaN.

    >>> told_p(0.0002), told_p(0.25)
    (0.001, 0.25)
    """
    return p_value if math.isnan(p_value) else max(p_value, LEAST_TOLD)


def labelled_verdict(
    points_xy: NDArray[np.float64],
    labels: NDArray[np.bool_],
    *,
    simulations: int = 499,
    seed: int = 1,
    radii_m: Sequence[int] = RADII_M,
    accuracy_m: NDArray[np.float64] | None = None,
    null: str = "customers",
) -> Verdict:
    """Say whether the marked points are clustered among all points, scattered like them, or neither can be told.

    Parameters
    ----------
    points_xy
        (n, 2) metres in a local plane, marked or not; several points may share an address.
    labels
        (n,) True for the marked points.
    simulations
        Random labellings; the smallest possible p-value is 1 / (1 + simulations).
    seed
        The same seed gives the same answer.
    radii_m
        Rising radii in metres.
    accuracy_m
        (n,) accuracy of each location; from ``COARSE_FROM_M`` on it counts as the centre of a district only, and is
        left out. NaN: the source did not say, taken as an address.
    null
        What the unmarked points are, for the record: "customers", "addresses" or "roads".

    Raises
    ------
    ValueError
        If a coordinate is NaN or infinite, shapes do not fit, radii do not rise, or simulations is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> town = np.random.default_rng(5).uniform(0, 3000, (800, 2))
    >>> labelled_verdict(town, np.hypot(*(town - 1500).T) < 500).verdict
    'clustered'
    """
    points, marked = checked(points_xy, labels, radii_m)
    refused, known = refusal(marked, accuracy_m), located(marked, accuracy_m)
    points, left, marked = points[known], int(marked[~known].sum()), marked[known]
    excess = None
    if refused is not Why.COARSE_LOCATIONS and 2 <= marked.sum() < len(marked):
        excess = labelled_excess(points, marked, simulations=simulations, seed=seed, radii_m=radii_m)
    size = {"n_marked": int(marked.sum()), "n_all": len(marked), "n_coarse": left}
    return conclude(excess, refused, **size, radii_m=radii_m, null=null)


def located(marked: NDArray[np.bool_], accuracy_m: NDArray[np.float64] | None) -> NDArray[np.bool_]:
    """Say which locations are more than the centre of a district.

    Raises
    ------
    ValueError
        If there is not one accuracy a point.
    """
    if accuracy_m is None:
        return np.ones(len(marked), dtype=bool)
    coarse = np.asarray(accuracy_m, dtype=float) >= COARSE_FROM_M
    if coarse.shape != marked.shape:
        raise ValueError(f"accuracy must be one number a point, got shape {coarse.shape}")
    return ~coarse


def no_reference(n_marked: int, *, radii_m: Sequence[int] = RADII_M) -> Verdict:
    """Answer honestly where nothing is known of where people live: it cannot be told."""
    return conclude(None, Why.NO_REFERENCE, n_marked=n_marked, n_all=0, radii_m=radii_m, null="none")


def refusal(marked: NDArray[np.bool_], accuracy_m: NDArray[np.float64] | None) -> Why | None:
    """Name the reason for which no answer may be given, whatever the points look like; None if there is none."""
    if len(marked):
        coarse = ~located(marked, accuracy_m)
        of_marked = float(coarse[marked].mean()) if marked.any() else 0.0
        if max(of_marked, float(coarse.mean())) > COARSE_SHARE:
            return Why.COARSE_LOCATIONS
        marked = marked[~coarse]
    if int(marked.sum()) < FEWEST:
        return Why.TOO_FEW
    return Why.NOTHING_TO_COMPARE if marked.all() else None


def conclude(
    excess: Excess | None,
    refused: Why | None,
    *,
    n_marked: int,
    n_all: int,
    radii_m: Sequence[int],
    null: str,
    n_coarse: int = 0,
    p_adjusted: float | None = None,
) -> Verdict:
    """Turn what random labelling found into one of the three answers.

    ``p_adjusted`` is what decides where several regions were looked at. Without an excess (there was nothing to
    compute) a reason for the refusal is needed.
    """
    if excess is None:
        if refused is None:
            raise ValueError("without a test there must be a reason for the refusal")
        unknown = {int(r): math.nan for r in radii_m}
        nan = math.nan
        return Verdict(
            "cannot_tell", refused, n_marked, n_all, null, nan, nan, unknown, dict(unknown), None, n_coarse=n_coarse
        )
    p = excess.p_value if p_adjusted is None else p_adjusted
    # Where no two of all points are so near there is no ratio, and z is 0: more than all others where these are below.
    best = int(np.argmax(np.where(np.isfinite(excess.ratio), excess.z, -np.inf)))
    limits = excess.ratio_upper[np.isfinite(excess.ratio_upper)]
    answer, code = decide(
        p=p,
        ratio=float(excess.ratio[best]),
        largest_limit=float(limits.max()) if len(limits) else math.inf,
        n_marked=n_marked,
        refused=refused,
    )
    return Verdict(
        verdict=answer,
        why_code=code,
        n_marked=n_marked,
        n_all=n_all,
        null=null,
        p_value=excess.p_value,
        p_adjusted=p,
        pair_ratio={r: float(v) for r, v in zip(excess.radii_m, excess.ratio, strict=True)},
        ratio_upper={r: float(v) for r, v in zip(excess.radii_m, excess.ratio_upper, strict=True)},
        radius_m=excess.radii_m[best],
        n_coarse=n_coarse,
    )


def decide(
    *, p: float, ratio: float, largest_limit: float, n_marked: int, refused: Why | None = None
) -> tuple[Answer, Why]:
    """Give the answer and its reason from the p-value, the pair ratio and the largest upper limit of a pair ratio.

    >>> decide(p=0.01, ratio=1.4, largest_limit=1.9, n_marked=200)
    ('clustered', <Why.CLUSTERED: 'clustered'>)
    >>> decide(p=0.60, ratio=1.0, largest_limit=1.1, n_marked=60)
    ('cannot_tell', <Why.TOO_FEW_FOR_SCATTERED: 'too_few_for_scattered'>)
    """
    if refused is not None:
        return "cannot_tell", refused
    if p <= LEVEL and ratio >= RATIO_FLOOR:
        return "clustered", Why.CLUSTERED
    if n_marked >= FEWEST_SCATTERED and largest_limit < MARGIN:
        return "scattered", Why.LIKE_ALL
    if p <= LEVEL:
        return "cannot_tell", Why.SMALL_EXCESS
    return "cannot_tell", Why.TOO_FEW_FOR_SCATTERED if n_marked < FEWEST_SCATTERED else Why.NOT_SHOWN
