"""What may happen at a door, as the finish of a route needs it: nobody, somebody else, or the debtor himself.

The shares are those by which the visit is valued (``planner.value.uplift``), the minutes are the defaults' own; the
mean over the cases is the time that the plan counts with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planner.routing.finish import Case, DoorTime, TravelSpread
from planner.value.parameters import Parameters


def door_times(
    options: Mapping[str, Sequence[Mapping[str, Any]]], groups: Mapping[str, str], parameters: Parameters
) -> dict[str, list[DoorTime]]:
    """Give for each visit what may happen at its door, by option.

    Parameters
    ----------
    options
        By debtor, in the problem's order: ``p_address``, ``p_there`` and ``p_right``.
    groups
        The customer group by debtor: the way from the kerb to the door is longer in the country.
    """
    found = {}
    for debtor_id, mine in options.items():
        rural = groups.get(debtor_id) in parameters.rural_groups
        found[debtor_id] = [
            door_time(float(one["p_address"]) * float(one["p_there"]), float(one["p_right"]), rural, parameters)
            for one in mine
        ]
    return found


def door_time(somebody: float, right: float, rural: bool, parameters: Parameters) -> DoorTime:
    """Give the cases at one door; the way to it counts in all of them, and is longer in the country."""
    shares = {"nobody": 1 - somebody, "third_party": somebody * (1 - right), "right_person": somebody * right}
    cases = []
    for contact, share in shares.items():
        minutes, cv = parameters.minutes_of(contact, rural)
        cases.append(Case(share, 60 * minutes, cv))
    return tuple(cases)


def travel_spread(parameters: Parameters) -> TravelSpread:
    """Give how far driving times stray: as adopted, else as assumed."""
    day, leg = parameters.times.day_cv, parameters.times.leg_cv
    return TravelSpread(
        parameters.travel_day_cv.value if day is None else day, parameters.travel_leg_cv.value if leg is None else leg
    )
