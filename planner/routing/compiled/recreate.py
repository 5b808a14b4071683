"""Filling routes again: what competes for them goes in one by one, the most value for the added time first.

For each pair of a competing visit and a route the best gap is kept. An insertion changes one route: there the kept
gap is checked again and the two new gaps are tried; all gaps are looked at only where the kept one has died.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.routing.compiled.insertion import (
    added_at,
    added_layered,
    barred,
    best_gap,
    best_gap_layered,
    pushes,
    wanted,
)
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import insert, kept
from planner.routing.compiled.layout import (
    CLASS,
    CLOSES,
    DEPARTS,
    EXPONENTS,
    LEG,
    MOST,
    NEVER,
    NO_ROAD,
    OPENS,
    PLACE,
    SERVICE,
    Floats,
    Ground,
    Ids,
    Ints,
    State,
)

#: Seconds added to the time of a visit in the score, so that very short ones do not win always.
PAUSE_S = 300

#: A gap that has been filled.
GONE = -1

#: What puts a required visit before all others in the score.
BEFORE_ALL = 1e9


class Contest(NamedTuple):
    """Visits competing for routes.

    Attributes
    ----------
    routes
        (touched,) the shifts.
    visit
        (competing,) the visits.
    open_to
        (competing,) uint32: bit t is set where the visit competes for route t.
    noise
        (competing,) what the scores of a visit are multiplied by.
    gap, node, score
        (competing, touched) the best insertion: gap (``GONE`` once it is filled), node, score (0 where none pays).
    top, route
        (competing,) the best score of all routes, and which one.
    """

    routes: Ints
    visit: Ids
    open_to: Ids
    noise: Floats
    gap: Ints
    node: Ids
    score: Floats
    top: Floats
    route: Ids


def contest(competing: int, touched: int) -> Contest:
    """Give room for a contest of that many visits and routes."""
    wide = (competing, touched)
    return Contest(
        routes=np.zeros(touched, dtype=np.int32),
        visit=np.zeros(competing, dtype=np.uint32),
        open_to=np.zeros(competing, dtype=np.uint32),
        noise=np.zeros(competing),
        gap=np.zeros(wide, dtype=np.int32),
        node=np.zeros(wide, dtype=np.uint32),
        score=np.zeros(wide),
        top=np.zeros(competing),
        route=np.zeros(competing, dtype=np.uint32),
    )


@kernel
def refill(
    ground: Ground, state: State, one: Contest, competing: int, touched: int, exponent: int, plain: bool
) -> None:
    """Insert while an insertion pays; ``plain`` says that there are no breaks, slower hours or locked positions."""
    for i in range(competing):
        for t in range(touched):
            one.score[i, t] = 0.0
            if ground.parted and barred(ground, state, one.routes[t], one.visit[i]):
                shut(one, i, t)
            if one.open_to[i] >> t & 1:
                search(ground, state, one, i, t, exponent, plain)
        rate(one, i, touched)
    while competing > 0:
        best = 0
        for i in range(1, competing):
            if one.top[i] > one.top[best]:
                best = i
        if one.top[best] <= 0.0:
            return
        t = one.route[best]
        gap, node = one.gap[best, t], one.node[best, t]
        if gap == GONE or attempt(ground, state, one.routes[t], gap, node, plain) >= NEVER:
            search(ground, state, one, best, t, exponent, plain)
            rate(one, best, touched)
            continue
        insert(ground, state, one.routes[t], gap, node)
        competing -= 1
        replace(one, best, competing, touched)
        if ground.parted:
            part(ground, one, competing, touched, t, ground.visit_of[node])
        if state.size[one.routes[t]] >= ground.shift[one.routes[t], MOST]:
            close(one, competing, touched, t)
        elif plain:
            renew_plain(ground, state, one, competing, t, gap, exponent)
        else:
            renew(ground, state, one, competing, t, gap, exponent)


@inlined
def search(ground: Ground, state: State, one: Contest, i: int, t: int, exponent: int, plain: bool) -> None:
    """Find the best insertion of a visit into a route over all its nodes and gaps."""
    shift, visit = one.routes[t], one.visit[i]
    one.score[i, t] = 0.0
    one.gap[i, t] = GONE
    if state.size[shift] >= ground.shift[shift, MOST]:
        return
    of_class = ground.shift[shift, CLASS]
    for k in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
        node = ground.listed[k]
        if plain:
            added, gap = best_gap(ground, state, shift, node)
        else:
            added, gap = best_gap_layered(ground, state, shift, node)
        if gap >= 0:
            offer(ground, state, one, i, t, node, gap, added, exponent)


@kernel
def close(one: Contest, competing: int, touched: int, t: int) -> None:
    """Take a full route out of the contest."""
    for i in range(competing):
        one.score[i, t] = 0.0
        rate(one, i, touched)


@inlined
def shut(one: Contest, i: int, t: int) -> None:
    """Let a visit compete for a route no more."""
    one.open_to[i] &= 0xFF ^ (1 << t)
    one.score[i, t] = 0.0


@kernel
def part(ground: Ground, one: Contest, competing: int, touched: int, t: int, visit: int) -> None:
    """Keep those from whom a visit is kept apart off the route that it has gone into."""
    for f in range(ground.first_foe[visit], ground.first_foe[visit + 1]):
        for i in range(competing):
            if one.visit[i] == ground.foe[f]:
                shut(one, i, t)
                rate(one, i, touched)


@kernel
def renew(ground: Ground, state: State, one: Contest, competing: int, t: int, filled: int, exponent: int) -> None:
    """Offer the two gaps that an insertion into gap ``filled`` of a route has made to all who compete for it.

    Whether the gap that each had found before still holds is asked only when it is to be used.
    """
    shift = one.routes[t]
    of_class = ground.shift[shift, CLASS]
    for i in range(competing):
        if not one.open_to[i] >> t & 1:
            continue
        shifted(one, i, t, filled)
        visit = one.visit[i]
        for k in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
            node = ground.listed[k]
            for gap in range(filled, filled + 2):
                added = attempt(ground, state, shift, gap, node, False)
                if added < NEVER:
                    offer(ground, state, one, i, t, node, gap, added, exponent)
        if one.score[i, t] > one.top[i]:
            one.top[i] = one.score[i, t]
            one.route[i] = t


@kernel
def renew_plain(ground: Ground, state: State, one: Contest, competing: int, t: int, filled: int, exponent: int) -> None:
    """Do the same as ``renew`` where a check is four comparisons."""
    shift, stops, latest = one.routes[t], state.stops, DEPARTS + ground.back_by.shape[1]
    of_class = ground.shift[shift, CLASS]
    first, new, last = stops[shift, filled, PLACE], stops[shift, filled + 1, PLACE], stops[shift, filled + 2, PLACE]
    from_first, from_new = stops[shift, filled, DEPARTS], stops[shift, filled + 1, DEPARTS]
    by_new, by_last = stops[shift, filled + 1, latest], stops[shift, filled + 2, latest]
    leg_first, leg_new = stops[shift, filled, LEG], stops[shift, filled + 1, LEG]
    for i in range(competing):
        if not one.open_to[i] >> t & 1:
            continue
        shifted(one, i, t, filled)
        visit = one.visit[i]
        for k in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
            node = ground.listed[k]
            opens, closes, service = ground.times[node, OPENS], ground.times[node, CLOSES], ground.times[node, SERVICE]
            if from_first > closes or opens + service > by_last:
                continue
            place = ground.place_of[node]
            middle = ground.pair[place, new]
            there, back = ground.pair[place, first] >> 16, middle & NO_ROAD
            begins = max(from_first + there, opens)
            if begins <= closes and begins + service + back <= by_new and max(there, back) < NO_ROAD:
                offer(ground, state, one, i, t, node, filled, there + back - leg_first, exponent)
            there, back = middle >> 16, ground.pair[place, last] & NO_ROAD
            begins = max(from_new + there, opens)
            if begins <= closes and begins + service + back <= by_last and max(there, back) < NO_ROAD:
                offer(ground, state, one, i, t, node, filled + 1, there + back - leg_new, exponent)
        if one.score[i, t] > one.top[i]:
            one.top[i] = one.score[i, t]
            one.route[i] = t


@inlined
def shifted(one: Contest, i: int, t: int, filled: int) -> None:
    """Count the gap that a visit had found behind the one that was filled one further."""
    gap = one.gap[i, t]
    if gap == filled:
        one.gap[i, t] = GONE
    elif gap > filled:
        one.gap[i, t] = gap + 1


@inlined
def attempt(ground: Ground, state: State, shift: int, gap: int, node: int, plain: bool) -> int:
    """Give the travel a node adds in a gap, ``NEVER`` where it may not go there."""
    if plain:
        return added_at(ground, state, shift, gap, node)
    if pushes(ground, state, shift, gap, node):
        return NEVER
    return added_layered(ground, state, shift, gap, gap + 1, node)


@inlined
def offer(
    ground: Ground, state: State, one: Contest, i: int, t: int, node: int, gap: int, added: int, exponent: int
) -> None:
    """Keep an insertion if it is the best of its visit and route so far."""
    shift, visit = one.routes[t], one.visit[i]
    first = ground.first[visit]
    value = ground.value[node] + kept(ground, shift, visit)
    power = ground.power[exponent, node]
    if ground.change_cost > 0.0:
        power *= max(value, 0.0) / max(ground.value[node], 1e-9)
    if first > 0.0:
        power = BEFORE_ALL * (1.0 + power)
    elif ground.placed and wanted(ground, state, shift, gap):
        power = BEFORE_ALL / 1e3 * (1.0 + power)
    elif value <= ground.cost_per_s * added and state.size[shift] > 0 and exponent < len(EXPONENTS) - 1:
        # With the last exponent also what does not pay alone goes in: two visits may pay for a way that one does not.
        return
    # No less than a tenth of the pause: on roads that are not metric a stop may even save travel.
    score = one.noise[i] * power / max(added + ground.times[node, SERVICE] + PAUSE_S, PAUSE_S // 10)
    if score > one.score[i, t]:
        one.score[i, t] = score
        one.gap[i, t] = gap
        one.node[i, t] = node


@inlined
def rate(one: Contest, i: int, touched: int) -> None:
    """Note which route a visit does best in."""
    one.top[i] = 0.0
    for t in range(touched):
        if one.score[i, t] > one.top[i]:
            one.top[i] = one.score[i, t]
            one.route[i] = t


@inlined
def replace(one: Contest, i: int, last: int, touched: int) -> None:
    """Let the last of the competing visits stand where one has won."""
    one.visit[i] = one.visit[last]
    one.open_to[i] = one.open_to[last]
    one.noise[i] = one.noise[last]
    one.top[i] = one.top[last]
    one.route[i] = one.route[last]
    for t in range(touched):
        one.gap[i, t] = one.gap[last, t]
        one.node[i, t] = one.node[last, t]
        one.score[i, t] = one.score[last, t]
