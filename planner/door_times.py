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
        access_min = (parameters.access_rural if rural else parameters.access_urban).value
        found[debtor_id] = [
            door_time(float(one["p_address"]) * float(one["p_there"]), float(one["p_right"]), access_min, parameters)
            for one in mine
        ]
    return found


def door_time(somebody: float, right: float, access_min: float, parameters: Parameters) -> DoorTime:
    """Give the cases at one door; the way to it counts in all of them."""
    nobody_s, other_s, right_s = (
        60 * (access_min + one.value)
        for one in (parameters.minutes_nobody, parameters.minutes_third_party, parameters.minutes_right_person)
    )
    # The spread is that of the talk, not of the way to the door.
    cv = parameters.minutes_right_person_cv.value * 60 * parameters.minutes_right_person.value / right_s
    return (
        Case(1 - somebody, nobody_s),
        Case(somebody * (1 - right), other_s),
        Case(somebody * right, right_s, cv),
    )


def travel_spread(parameters: Parameters) -> TravelSpread:
    """Give how far driving times stray."""
    return TravelSpread(parameters.travel_day_cv.value, parameters.travel_leg_cv.value)
