"""Visit groups: places where far more are marked than is ordinary, so close by road that a crew takes them in one go.

The rest is scattered. Closeness alone does not make a group: at a few minutes everything in a town chains, and dense
housing would be a group wherever anybody is marked. So a place belongs to a group only where the marked are at least
twice as dense among all points as where it is calm (:mod:`geodata.patterns.excess`): then at least half of them would
not be there if it were as elsewhere.

Such places are joined by driving seconds, a way being as long as its slower direction. The reach is calibrated on the
roads: the seconds that ``REACH_M`` take at the quick quarter of the paces between near places. The quick quarter,
because ways around a river must not make the reach so long that it crosses it. A group is divided where the density
between two of its peaks has a trough that stands out (:mod:`geodata.patterns.troughs`).

All of this is done only if the share of places in twice the ordinary density stands out among the shares of as many
places drawn from all points (p at most .05): marked places spread like all points get no groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.patterns.excess import excess
from geodata.patterns.troughs import divided
from geodata.patterns.verdict import LEVEL

FEWEST_IN_GROUP = 5
SCATTERED = -1
#: how many times the ordinary density makes a place one of a group
TIMES = 2.0
#: two places of a group are joined when they are no further by road than so many metres usually are
REACH_M = 700.0
#: paces are measured over these distances: shorter ones are all corners and snapping, longer ones are main roads
PACE_FROM_M, PACE_TO_M = 50.0, 900.0
#: door to door, where no two places are far enough apart to measure a pace (12 km/h, an assumption)
PACE_S_PER_M = 0.3
#: draws are measured so many at once, which bounds the memory
DRAWS_AT_ONCE = 20


@dataclass(frozen=True)
class Groups:
    """Visit groups.

    ``labels`` (n,) number the groups from 0 in the order of their first member; -1 is scattered. ``times`` (n,) is how
    many times the ordinary density each place lies in, NaN where nothing was measured. ``reach_s`` is the reach in
    driving seconds, NaN if there are no groups. ``share`` is the share of places in groups, ``share_null`` the mean
    share of as many drawn places that lie in twice the ordinary density, ``p_value`` that of the share's rank.
    """

    labels: NDArray[np.intp]
    times: NDArray[np.float64]
    reach_s: float
    share: float
    share_null: float
    p_value: float


def driving_groups(
    seconds: NDArray[np.float64],
    points_xy: NDArray[np.float64],
    rows: NDArray[np.intp],
    *,
    draws: int = 99,
    seed: int = 1,
) -> Groups:
    """Form visit groups by excess and driving time.

    Parameters
    ----------
    seconds
        (n, n) driving seconds between the marked places; NaN where there is no road; need not be symmetric.
    points_xy
        (m, 2) metres, all points among which the marked ones could lie (customers).
    rows
        (n,) which of the points the marked places are, in the order of ``seconds``, none twice.
    draws
        Random draws of n of all points.
    seed
        The same seed gives the same groups.

    Raises
    ------
    ValueError
        If shapes do not fit, a coordinate is not finite, or a row is no point's or twice there.
    """
    n = len(rows)
    if seconds.shape != (n, n):
        raise ValueError(f"seconds must be {n} by {n}, got shape {seconds.shape}")
    if len(np.unique(rows)) < n or (n and not (rows.min() >= 0 and rows.max() < len(points_xy))):
        raise ValueError(f"each marked place must be another one of the {len(points_xy)} points")
    if not np.isfinite(points_xy).all():
        raise ValueError("points need finite coordinates")
    none, unknown = np.full(n, SCATTERED, dtype=np.intp), np.full(n, np.nan)
    if n < FEWEST_IN_GROUP:
        return Groups(none, unknown, np.nan, 0.0, np.nan, np.nan)
    marked = np.zeros((len(points_xy), 1), dtype=bool)
    marked[rows] = True
    found = excess(points_xy, marked)
    times, support = found.times[rows, 0], found.support[rows, 0]
    dense = times >= TIMES
    drawn = drawn_shares(points_xy, n, draws=draws, seed=seed)
    p_value = (1 + int((drawn >= dense.mean()).sum())) / (1 + draws)
    share_null = float(drawn.mean()) if draws else np.nan
    if not dense.any() or p_value > LEVEL:
        return Groups(none, times, np.nan, 0.0, share_null, p_value)
    apart = np.fmax(seconds, seconds.T)
    apart[np.isnan(seconds) | np.isnan(seconds.T)] = np.nan
    reach_s = usual_seconds(apart, points_xy[rows], REACH_M)
    labels = none.copy()
    of = np.flatnonzero(dense)
    labels[of] = divided(apart[np.ix_(of, of)] <= reach_s, times[of], support[of], points_xy[rows[of]])
    sizes = np.bincount(labels[of])
    labels[of[sizes[labels[of]] < FEWEST_IN_GROUP]] = SCATTERED
    return Groups(numbered(labels), times, reach_s, float((labels != SCATTERED).mean()), share_null, p_value)


def drawn_shares(points_xy: NDArray[np.float64], n: int, *, draws: int, seed: int) -> NDArray[np.float64]:
    """Give, for random draws of n points, the share of them that lies in twice the ordinary density, (draws,)."""
    rng = np.random.default_rng(seed)
    order = np.lexsort(points_xy.T)  # the same draws in whatever order the points come
    shares = []
    for start in range(0, draws, DRAWS_AT_ONCE):
        marked = np.zeros((len(points_xy), min(DRAWS_AT_ONCE, draws - start)), dtype=bool)
        for k in range(marked.shape[1]):
            marked[order[rng.choice(len(points_xy), n, replace=False)], k] = True
        shares.extend(((excess(points_xy, marked).times >= TIMES) & marked).sum(axis=0) / n)
    return np.array(shares, dtype=np.float64)


def usual_seconds(apart_s: NDArray[np.float64], xy: NDArray[np.float64], metres: float) -> float:
    """Give the seconds that so many metres, as the crow flies, take at the quick quarter of the paces.

    Parameters
    ----------
    apart_s
        (n, n) symmetric driving seconds, NaN no road.
    xy
        (n, 2) metres.

    Examples
    --------
    >>> import numpy as np
    >>> xy = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]])
    >>> usual_seconds(np.array([[0, 20, 40], [20, 0, 20], [40, 20, 0]]), xy, 700.0)
    140.0
    """
    paces = []
    for k in range(len(xy) - 1):  # row by row: nothing of the size of all pairs is held twice
        away, driven = np.linalg.norm(xy[k + 1 :] - xy[k], axis=1), apart_s[k, k + 1 :]
        near = (away >= PACE_FROM_M) & (away <= PACE_TO_M) & np.isfinite(driven)
        paces.append(driven[near] / away[near])
    known = np.concatenate(paces) if paces else np.array([])
    return metres * (float(np.quantile(known, 0.25)) if len(known) else PACE_S_PER_M)


def numbered(labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number groups from 0 in the order of their first member.

    >>> import numpy as np
    >>> numbered(np.array([7, -1, 2, 7])).tolist()
    [0, -1, 1, 0]
    """
    fresh = np.full(len(labels), SCATTERED, dtype=np.intp)
    names, first = np.unique(labels, return_index=True)
    order = names[np.argsort(first, kind="stable")]
    for number, name in enumerate(order[order != SCATTERED]):
        fresh[labels == name] = number
    return fresh
