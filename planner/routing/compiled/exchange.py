"""What it changes if a visit comes in where neighbouring ones go: a visit left out, or one planned on another shift.

Each run of neighbouring stops is taken out of its route once, and every visit asked for is tried in all gaps of what
is left. What a visit that makes room counts is given as its *toll*: its worth, or what of it would not come back
elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.routing.compiled.insertion import barred, best_gap, best_gap_layered
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import label, worth
from planner.routing.compiled.layout import CLASS, LEG, MOST, NODE, PAUSES, PLACE, Floats, Ground, Ints, State

#: How many neighbouring stops a visit may displace.
DISPLACED = 5

#: This share of the runs, the cheapest, comes first.
CHEAP = 0.2

#: How many visits are offered to all runs of a shift before the next ones.
BLOCK = 256


class Exchanges(NamedTuple):
    """The best exchange of each visit, one entry a visit.

    Attributes
    ----------
    toll
        What it counts that a planned visit makes room; never negative.
    most
        No shift and option lets making the visit count more.
    gain
        What the objective gains at these tolls; -inf where nothing can be exchanged.
    at
        (visits, 5) shift, node, the rows before and behind the stops that make room, and how many of the stops that
        stay come before the node; -1 for none.
    """

    toll: Floats
    most: Floats
    gain: Floats
    at: Ints


class Runs(NamedTuple):
    """Runs of neighbouring stops that may make room, one entry a run: the cheap ones first, each part by shift.

    The sooner a good exchange is known, the fewer of the others need a look.

    Attributes
    ----------
    at
        (runs, 3) shift, and the rows before and behind; an empty run for each shift is for those who need no room made.
    lost, rank
        What those who make room count, and the highest of their ranks.
    """

    at: Ints
    lost: Floats
    rank: Floats


def runs_of(ground: Ground, state: State, toll: Floats) -> Runs:
    """Give all runs of up to ``DISPLACED`` neighbours."""
    size = state.size.astype(np.int64)
    shift = np.repeat(np.arange(len(size)), size)
    row = np.arange(len(shift)) - np.repeat(np.cumsum(size) - size, size) + 1
    visit = ground.visit_of[state.stops[shift, row, NODE]]
    empty = np.zeros(len(size))
    at, lost, rank = [np.column_stack([np.arange(len(size)), empty, empty + 1])], [empty], [empty]
    some, highest = np.zeros(len(shift)), np.zeros(len(shift))
    for span in range(1, DISPLACED + 1):
        # Of each stop as the first of its run: what the run counts so far, with the next stop of the shift.
        fits = np.flatnonzero(row + span - 1 <= size[shift])
        last = visit[fits + span - 1]
        some[fits] += toll[last]
        highest[fits] = np.maximum(highest[fits], ground.first[last])
        at.append(np.column_stack([shift[fits], row[fits] - 1, row[fits] + span]))
        lost.append(some[fits])
        rank.append(highest[fits])
    whole = np.concatenate(lost)
    dear = whole > (np.quantile(whole, CHEAP) if len(whole) else 0.0)
    order = np.lexsort((whole, np.concatenate(at)[:, 0], dear))
    return Runs(np.concatenate(at)[order].astype(np.int32), whole[order], np.concatenate(rank)[order])


def exchanges(ground: Ground, toll: Floats, *, above: float = -np.inf) -> Exchanges:
    """Give what is known before any shift was looked at; only what gains more is then kept."""
    most = np.full(len(toll), -np.inf)
    np.maximum.at(most, ground.visit_of, ground.value)
    most += ground.first + ground.change_cost
    return Exchanges(toll, most, np.full(len(toll), above), np.full((len(toll), 5), -1, dtype=np.int32))


@kernel
def exchange(ground: Ground, state: State, left: State, runs: Runs, found: Exchanges, asked: Ints) -> None:
    """Fill in the best exchange of each visit asked for: of one left out anywhere, of a planned one on another shift.

    A planned one may also go where nobody has to make room, and takes no place of a required or locked one; one left
    out takes no place of one whose rank is higher (required above the rest, locked above required). What ``left`` holds
    is overwritten.
    """
    begin, count = 0, runs.at.shape[0]
    while begin < count:
        shift, end = runs.at[begin, 0], begin + 1
        while end < count and runs.at[end, 0] == shift:
            end += 1
        # A few visits at a time: what of the matrix they need for this shift then stays near.
        for first in range(0, asked.shape[0], BLOCK):
            some = asked[first : first + BLOCK]
            for r in range(begin, end):
                low, high = runs.at[r, 1], runs.at[r, 2]
                take_out(ground, state, left, shift, low, high)
                offer(ground, state, left, shift, low, high, runs.lost[r], runs.rank[r], found, some)
        begin = end


@inlined
def take_out(ground: Ground, state: State, left: State, shift: int, low: int, high: int) -> None:
    """Write the route of a shift without the stops between two rows, labelled.

    Where no road leads over the hole, the labels still tell what fits into it, and that nothing fits elsewhere.
    """
    count = 0
    for k in range(1, state.size[shift] + 1):
        if k <= low or k >= high:
            count += 1
            left.stops[shift, count, NODE] = state.stops[shift, k, NODE]
            left.stops[shift, count, PLACE] = state.stops[shift, k, PLACE]
    left.size[shift] = count
    label(ground, left, shift)


@inlined
def offer(
    ground: Ground,
    state: State,
    left: State,
    shift: int,
    low: int,
    high: int,
    lost: float,
    rank: float,
    found: Exchanges,
    asked: Ints,
) -> None:
    """Try every visit asked for on a route from which the stops between two rows were taken, ``lost`` in all."""
    of_class, saved, longest = ground.shift[shift, CLASS], 0, 0
    plain = ground.shift[shift, PAUSES] == 0 and ground.hours.shape[0] == 0 and not ground.placed
    if state.size[shift] > 0:
        for k in range(low, high):
            saved += state.stops[shift, k, LEG]
    if left.size[shift] > 0:
        saved -= left.stops[shift, low, LEG]
        for k in range(left.size[shift] + 1):
            longest = max(longest, left.stops[shift, k, LEG])
    # No insertion saves more travel than the longest leg.
    least = lost - ground.cost_per_s * (saved + longest)
    for a in range(asked.shape[0]):
        visit = asked[a]
        if found.most[visit] - least <= found.gain[visit]:
            continue
        planned = state.at[visit] != -1
        if state.at[visit] == shift or rank > (0.0 if planned else ground.first[visit]):
            continue
        if ground.parted and barred(ground, left, shift, visit):
            continue
        if high == low + 1 and (not planned or state.size[shift] >= ground.shift[shift, MOST]):
            continue
        for i in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
            node = ground.listed[i]
            if worth(ground, shift, node) - least <= found.gain[visit]:
                continue
            gain = worth(ground, shift, node) - lost + ground.cost_per_s * saved
            if plain:
                added, gap = best_gap(ground, left, shift, node)
            else:
                added, gap = best_gap_layered(ground, left, shift, node)
            gain -= ground.cost_per_s * added
            if gap >= 0 and gain > found.gain[visit]:
                found.gain[visit] = gain
                found.at[visit, 0], found.at[visit, 1] = shift, node
                found.at[visit, 2], found.at[visit, 3], found.at[visit, 4] = low, high, gap
