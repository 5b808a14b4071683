"""Turn the shares collected with and without a visit into what happens at a door.

The sources say how much of an overdue amount is collected in 60 days with a visit (W) and without (N), and that a share
c of visits meets somebody relevant. A visit that meets nobody changes nothing, so W = c·G + (1 − c)·N, where G is what
is collected from those who were met:

    G = (W − (1 − c)·N) / c

G is split into money paid at the door and money from kept promises. With these rates the value of an average visit is
(W − N) × the overdue amount, exactly as sourced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.domain import Bucket
from planner.value.parameters import Parameters


@dataclass(frozen=True)
class Calibration:
    """What follows from the sourced shares; every number is a share.

    ``there`` is the chance that somebody is at a valid address, before the slot's multiplier. ``pays`` is the chance
    that the right person pays at the door, ``promised_part`` the part of the overdue amount that a kept promise brings.
    """

    there: float
    met_collects: Mapping[Bucket, float]
    pays: Mapping[Bucket, float]
    promised_part: Mapping[Bucket, float]


def calibrate(parameters: Parameters) -> Calibration:
    """Solve for the rates at the door.

    Raises
    ------
    ValueError
        If the shares contradict each other: a rate would lie outside 0 to 1.
    """
    c = parameters.productive.value
    there = c / (parameters.address_valid.value * parameters.right_person.value)
    met, pays, promised = {}, {}, {}
    kept = parameters.promises.value * parameters.promise_kept.value
    for bucket in Bucket:
        w, n = parameters.collected_with[bucket].value, parameters.collected_without[bucket].value
        met[bucket] = (w - (1 - c) * n) / c
        pays[bucket] = parameters.door_share.value * met[bucket] / parameters.paid_at_door.value
        promised[bucket] = (1 - parameters.door_share.value) * met[bucket] / kept
        for name, share in (("met", met), ("pays", pays), ("promised part", promised)):
            if not 0 <= share[bucket] <= 1:
                raise ValueError(f"the shares of bucket {bucket} contradict each other: {name} is {share[bucket]:.3f}")
    if not 0 <= there <= 1:
        raise ValueError(f"the shares at the door contradict each other: somebody is there {there:.3f}")
    return Calibration(there, met, pays, promised)
