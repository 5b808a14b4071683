"""Driving through the day: when a leg arrives, and how late it may be left, where the roads are slower at some hours.

A leg takes its seconds times the factor of the hour in which it is departed. A crew may wait for a cheaper hour, so
arriving is never earlier for having left later, which is what the labels of a route rely on.
"""

from __future__ import annotations

from math import ceil

from planner.routing.compiled.kernel import inlined
from planner.routing.compiled.layout import HAIR_S, HOUR_S, NEVER, Ground


@inlined
def arrival(ground: Ground, at: int, leg: int) -> int:
    """Give the earliest arrival of a leg that may be left from ``at`` on."""
    if ground.hours.shape[0] == 0:
        return at + leg
    if at >= NEVER or leg == 0:
        return at
    into_hour = (ground.into_day + at) % HOUR_S
    hour = (ground.into_day + at) // HOUR_S
    best = at + ceil(leg * ground.hours[hour % 24] - HAIR_S)
    departs = at - into_hour + HOUR_S
    while departs < best:
        hour += 1
        best = min(best, departs + ceil(leg * ground.hours[hour % 24] - HAIR_S))
        departs += HOUR_S
    return best


@inlined
def departure(ground: Ground, by: int, leg: int) -> int:
    """Give the latest moment from which on a leg may be left so that it arrives by ``by``."""
    if ground.hours.shape[0] == 0:
        return by - leg
    if by <= -NEVER or leg == 0:
        return by
    begins = by - (ground.into_day + by) % HOUR_S
    hour = (ground.into_day + by) // HOUR_S
    last = by
    while True:
        departs = min(last, by - ceil(leg * ground.hours[hour % 24] - HAIR_S))
        if departs >= begins:
            return departs
        last = begins - 1
        begins -= HOUR_S
        hour -= 1
