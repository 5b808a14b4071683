"""Turn the shares collected with and without a visit into what happens at a door.

The sources say how much of an overdue amount is collected in 60 days with a visit (W) and without (N), and that a share
c of visits meets somebody relevant. A visit that meets nobody changes nothing. Of those who were met a share f pays at
the door or keeps a promise, which brings D of the amount; the others go on as if nobody had come:

    W = c·(D + (1 − f)·N) + (1 − c)·N,  so that  D = (W − N)/c + f·N

D is split into money paid at the door (a share s of it, and whoever pays there pays a part a) and money from kept
promises, of which there are k = promises · kept. As f = s·D/a + k,

    D = ((W − N)/c + k·N) / (1 − s·N/a)

With these rates ``meeting.brought`` gives an average visit the value (W − N) × the overdue amount, exactly as sourced.
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
    that the right person pays at the door, ``promised_part`` the part of the overdue amount that a kept promise brings,
    ``brings`` what both bring of the overdue amount where somebody is met.
    """

    there: float
    brings: Mapping[Bucket, float]
    pays: Mapping[Bucket, float]
    promised_part: Mapping[Bucket, float]


def calibrate(parameters: Parameters) -> Calibration:
    """Solve for the rates at the door.

    Raises
    ------
    ValueError
        If the shares contradict each other: a rate would lie outside 0 to 1.
    """
    c, door, part = parameters.productive.value, parameters.door_share.value, parameters.paid_at_door.value
    there = c / (parameters.address_valid.value * parameters.right_person.value)
    brings, pays, promised = {}, {}, {}
    kept = parameters.promises.value * parameters.promise_kept.value
    for bucket in Bucket:
        w, n = parameters.collected_with[bucket].value, parameters.collected_without[bucket].value
        brings[bucket] = ((w - n) / c + kept * n) / (1 - door / part * n)
        pays[bucket] = door * brings[bucket] / part
        promised[bucket] = (1 - door) * brings[bucket] / kept
        for name, share in (("brings", brings), ("pays", pays), ("promised part", promised)):
            if not 0 <= share[bucket] <= 1:
                raise ValueError(f"the shares of bucket {bucket} contradict each other: {name} is {share[bucket]:.3f}")
    if not 0 <= there <= 1:
        raise ValueError(f"the shares at the door contradict each other: somebody is there {there:.3f}")
    return Calibration(there, brings, pays, promised)
