"""The arrays that compiled functions read and write, and the numbers of their columns.

Times are int32 seconds from the problem's origin, travel is rounded up; a *node* is one option of one visit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
#: Numbers that are never negative: numba asks no question before it uses them as an index.
Ids = NDArray[np.uint32]
Floats = NDArray[np.float64]

#: A time that is never reached, far enough from the ends of int32 that a day may be added to it.
NEVER = 1 << 29

HOUR_S = 3600

#: Taken off before a product of seconds and a factor is rounded up: 100 × 1.1 is a hair above 110.
HAIR_S = 1e-6

#: A leg without a road, or longer than 18 hours, in the packed matrix.
NO_ROAD = 0xFFFF

# Columns of Ground.times
OPENS, CLOSES, SERVICE = 0, 1, 2

# Columns of Ground.shift
START, END, STARTS, MOST, CLASS, PAUSES = 0, 1, 2, 3, 4, 5

# Columns of State.stops; then DEPARTS + layer, and DEPARTS + layers + layer for the latest arrival.
NODE, PLACE, LEG, DEPARTS = 0, 1, 2, 3

#: Exponents of value in the insertion score, drawn anew each step. With the last one, drawn seldom, a long option of a
#: visit may win over a short one that earns more per minute but less in all, and what does not pay alone goes in too.
EXPONENTS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 3.0)
SELDOM = 0.03


class Ground(NamedTuple):
    """What a search reads: the problem.

    Attributes
    ----------
    pair
        (places, places) uint32: travel from row to column in the low 16 bits, back in the high ones.
    visit_of, place_of
        (nodes,) the visit a node is an option of, and where it is made.
    times
        (nodes, 3): opens, closes, service.
    value
        (nodes,) what the node earns.
    power
        (exponents, nodes) value to each of ``EXPONENTS``.
    promise
        (visits,) the best value to be had per second of service and a pause, required visits above all.
    first
        (visits,) what a planned visit earns beyond its value because it is required or locked.
    home
        (visits,) the published shift, -1 where the published plan leaves it out, -2 where nothing was published.
    position
        (visits,) the position a lock demands, -1 for none; ``placed`` says whether any does.
    foe, first_foe
        The visits from which visit v is kept apart are ``foe[first_foe[v]:first_foe[v + 1]]``; ``parted`` says whether
        any is.
    near
        (visits, up to 100) the nearest visits, itself first.
    listed, first_listed
        The nodes a class of shifts may take, by visit: those of visit v in class c are
        ``listed[first_listed[c, v]:first_listed[c, v + 1]]``.
    shift
        (shifts, 6): start place, end place, starts, most stops, class, number of breaks.
    longest
        The most stops of any shift.
    pauses
        (shifts, breaks or 1, 3): opens, closes, lasts.
    back_by
        (shifts, layers) the latest return with so many breaks taken, -``NEVER`` where it has fewer breaks.
    hours
        24 factors by the hour of departure, or none; ``into_day`` is where in a day the origin lies.
    """

    pair: Ids
    visit_of: Ids
    place_of: Ids
    times: Ints
    value: Floats
    power: Floats
    promise: Floats
    first: Floats
    home: Ints
    position: Ints
    placed: bool
    foe: Ids
    first_foe: Ids
    parted: bool
    near: Ids
    listed: Ids
    first_listed: Ids
    shift: Ints
    longest: int
    pauses: Ints
    back_by: Ints
    hours: Floats
    into_day: int
    cost_per_s: float
    change_cost: float


class State(NamedTuple):
    """A plan being worked on.

    Attributes
    ----------
    stops
        (shifts, most stops + 2, 3 + 2 × layers): a row a stop, the start and the end of the shift included: node (-1
        at both ends), place, travel to the next row, per layer the earliest departure, per layer the latest arrival.
    size
        (shifts,) stops of each shift.
    gain
        (shifts,) what each route earns less what it costs.
    at
        (visits,) the shift each visit is planned on, -1 where it is left out.
    """

    stops: Ints
    size: Ints
    gain: Floats
    at: Ints
