"""Split visit groups that take longer than a crew has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.patterns.groups import SCATTERED, numbered


def split_by_hours(
    labels: NDArray[np.intp], seconds: NDArray[np.float64], service_s: NDArray[np.float64], *, max_hours: float
) -> NDArray[np.intp]:
    """Split every group whose visits take longer than a crew has, again and again, into two neighbouring halves.

    The halves grow from the two members farthest apart by road, each with about half of the time at the door. A single
    visit longer than the limit stays as it is.

    Parameters
    ----------
    labels
        (n,) groups, -1 scattered.
    seconds
        (n, n) driving seconds, NaN no road.
    service_s
        (n,) seconds at the door of each visit.
    max_hours
        The most time at the door a group may hold.

    Raises
    ------
    ValueError
        If the limit is not positive or a service time is negative or NaN.
    """
    if not max_hours > 0 or not (service_s >= 0).all():
        raise ValueError("the limit must be positive and service times known and not negative")
    limit_s = max_hours * 3600.0
    fresh = np.full(len(labels), SCATTERED, dtype=np.intp)
    waiting = [np.flatnonzero(labels == name) for name in np.unique(labels[labels != SCATTERED])]
    number = 0
    while waiting:
        members = waiting.pop()
        if len(members) == 1 or service_s[members].sum() <= limit_s:
            fresh[members] = number
            number += 1
        else:
            waiting.extend(_halves(members, seconds, service_s))
    return numbered(fresh)


def _halves(
    members: NDArray[np.intp], seconds: NDArray[np.float64], service_s: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    apart = np.nan_to_num(np.fmax(seconds, seconds.T)[np.ix_(members, members)], nan=np.inf)
    apart[~np.isfinite(apart)] = apart[np.isfinite(apart)].max(initial=0.0) + 86_400.0
    a, b = np.unravel_index(int(np.argmax(apart)), apart.shape)
    order = np.argsort(apart[a] - apart[b], kind="stable")
    done = np.cumsum(service_s[members][order])
    cut = int(np.clip(np.searchsorted(done, done[-1] / 2.0) + 1, 1, len(members) - 1))
    return np.sort(members[order[:cut]]), np.sort(members[order[cut:]])
