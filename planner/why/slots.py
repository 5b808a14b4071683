"""Where a visit could be made otherwise and what that would cost: the best slot on every shift, each as tried.

On one shift a slot is an option of the visit, a gap between stops, and who makes room: nobody, any one or two stops, or
up to five neighbours; required and locked visits never do, and those who stay keep their order. Every such route is
built by ``tour``, and ``insertions`` gives the gap. Two are kept: the one that earns most by itself, and the one that
earns most if everybody who makes room goes where he would fit best elsewhere (``look``). Of both, those who make room
are then really put elsewhere, the dearest first, and the better one is told. So a slot's price is what the whole plan
loses, and it was tried; a cleverer exchange of many routes may cost less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.routing.balance import Reals
from planner.routing.changes import Moved
from planner.routing.displace import moved, removed
from planner.routing.greedy import astray
from planner.routing.instance import NEVER
from planner.routing.schedule import schedule
from planner.routing.tour import Tour, insertions, tour
from planner.why.cuts import hopes
from planner.why.standing import Standing


@dataclass(frozen=True)
class Slot:
    """A place in a plan where a visit can be made, as tried.

    Parameters
    ----------
    shift, option, position
        On which shift (its id), in which option of the visit, and as which stop from 0.
    begins, leaves
        Seconds from the problem's origin.
    value
        What the visit earns there.
    gain
        What the whole plan's objective gains by it, negative for a price; visits that make room and those that are made
        elsewhere for it are counted.
    drive_s
        By how much the shift's travel grows, in seconds; negative where it shrinks because others make room.
    service_s
        Seconds at the door.
    displaced
        Visits that make room; ``moved`` are those of them that are made elsewhere.
    before, behind
        Whom the crew comes from and goes to, None for its start and end.
    """

    shift: str
    option: int
    position: int
    begins: int
    leaves: int
    value: float
    gain: float
    drive_s: float
    service_s: int
    displaced: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()
    before: str | None = None
    behind: str | None = None


def unheard() -> None:
    """Hear nothing."""


def slots(
    of: Standing, visit: int, *, but: frozenset[int] = frozenset(), heard: Callable[[], object] = unheard
) -> tuple[Slot, ...]:
    """Give the best slot of a visit on every shift that can make it, the best first.

    Parameters
    ----------
    of
        A plan that leaves the visit out.
    but
        Shifts (by number) that are not asked.
    heard
        Told before each shift; whoever does not wait any longer raises there.
    """
    found = list[Slot | None]()
    for one in of.tours:
        if one.shift not in but:
            heard()
            found.append(best_on(of, one.shift, visit))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (-one.gain, one.shift)))


def best_on(of: Standing, shift: int, visit: int) -> Slot | None:
    """Give the best slot of a visit on one shift; None where none can be made."""
    best = tried_on(of, shift, visit)
    return None if best is None else best[0]


def take(of: Standing, visit: int, shift: int) -> Standing | None:
    """Give the plan in which a visit has its best slot on a shift; None where it has none."""
    best = tried_on(of, shift, visit)
    return None if best is None else best[1]


def tried_on(of: Standing, shift: int, visit: int) -> tuple[Slot, Standing] | None:
    """Give the best slot of a visit on one shift and the plan with it."""
    worth = worth_on(of, shift)
    found = [best_route(of, shift, visit, worth, toll) for toll in (worth, worth - back(of, shift, worth))]
    each = [told(of, made, visit, out) for made, out in dict.fromkeys(one for one in found if one is not None)]
    return max(each, key=lambda one: one[0].gain, default=None)


def worth_on(of: Standing, shift: int) -> Reals:
    """Give what the stops of a shift earn, (stops,)."""
    nodes = of.tours[shift].nodes
    return of.instance.worth(shift, nodes) if nodes else np.zeros(0)


def back(of: Standing, shift: int, worth: Reals) -> Reals:
    """Give what would come back elsewhere of each stop of a shift that makes room, (stops,)."""
    visits = of.instance.visit[list(of.tours[shift].nodes)] if len(worth) else np.zeros(0, dtype=np.int64)
    return np.clip(of.seen.elsewhere.gain[visits], 0.0, np.maximum(worth, 0.0))


def best_route(of: Standing, shift: int, visit: int, worth: Reals, toll: Reals) -> tuple[Tour, tuple[int, ...]] | None:
    """Give the best route of a shift that makes a visit, and which visits make room for it.

    ``worth`` and ``toll`` (stops,) are what each stop earns, and what it costs the plan that it makes room.
    """
    instance, now = of.instance, of.tours[shift]
    nodes = instance.nodes_of[visit]
    nodes = nodes[instance.may[shift, nodes]]
    if not len(nodes):
        return None
    earns, spared = instance.worth(shift, nodes), worth - toll
    best, most = None, -np.inf
    cuts = of.cuts[shift]
    for hope, out in hopes(instance, now, cuts, nodes, toll):
        if hope <= most:
            break
        rest = cuts.rest(instance, now, out)
        if rest is None:
            continue
        room = insertions(instance, rest, nodes)
        adds = np.where(room.added_s < NEVER, earns - instance.cost_per_s * room.added_s, -np.inf)
        k, comes_back = int(adds.argmax()), float(spared[list(out)].sum())
        if rest.gain + adds[k] + comes_back <= most:
            continue
        gap = int(room.gap[k])
        made = tour(instance, shift, (*rest.nodes[:gap], int(nodes[k]), *rest.nodes[gap:]))
        if made is not None and astray(instance, made) <= astray(instance, now):
            most = made.gain + comes_back
            best = made, tuple(int(instance.visit[now.nodes[one]]) for one in out)
    return best


def told(of: Standing, made: Tour, visit: int, out: Sequence[int]) -> tuple[Slot, Standing]:
    """Say a changed route as a slot, with whoever made room put elsewhere where that pays, and give that plan."""
    instance, now = of.instance, of.tours[made.shift]
    gain, elsewhere, after = made.gain - now.gain, list[Moved](), of.with_tour(made)
    for other in sorted(out, key=lambda v: -float(instance.value[instance.nodes_of[v]].max())):
        there = rehoused(after, other, but=made.shift)
        if there is not None:
            gain += there[0].gain - after.tours[there[0].shift].gain
            after = after.with_tour(there[0])
            elsewhere.append(Moved(of.name(other), of.problem.shifts[there[0].shift].id, there[1]))
    route, position = schedule(instance, made), made_at(of, made, visit)
    stop, node = route.stops[position], made.nodes[position]
    slot = Slot(
        shift=of.problem.shifts[made.shift].id,
        option=stop.option,
        position=position,
        begins=stop.begins,
        leaves=stop.leaves,
        value=float(instance.value[node]),
        gain=gain,
        drive_s=float(made.gap_road_s.sum() - now.gap_road_s.sum()),
        service_s=int(instance.service_s[node]),
        displaced=tuple(of.name(one) for one in out),
        moved=tuple(elsewhere),
        before=None if position == 0 else route.stops[position - 1].visit,
        behind=None if position + 1 == len(route.stops) else route.stops[position + 1].visit,
    )
    return slot, after


def rehoused(of: Standing, visit: int, *, but: int) -> tuple[Tour, tuple[str, ...]] | None:
    """Give the route of the best other shift on which a visit pays, and who makes room for it there for good."""
    best: tuple[Tour, tuple[str, ...]] | None = None
    most = 0.0
    there = int(of.seen.elsewhere.at[visit, 0])
    if there >= 0 and there != but and of.tours[there] is of.seen.tours[there]:
        made = moved(of.seen, visit)
        if made is not None:
            out = removed(of.seen, of.seen.elsewhere, visit)
            best, most = (made, tuple(of.name(int(one)) for one in out)), made.gain - of.tours[there].gain
    for now in of.tours:
        nodes = of.instance.nodes_of[visit]
        nodes = nodes[of.instance.may[now.shift, nodes]]
        if now.shift == but or not len(nodes):
            continue
        room = insertions(of.instance, now, nodes)
        worth = of.instance.worth(now.shift, nodes) - of.instance.cost_per_s * room.added_s
        worth = np.where(room.added_s < NEVER, worth, -np.inf)
        k = int(worth.argmax())
        if worth[k] > most:
            gap = int(room.gap[k])
            made = tour(of.instance, now.shift, (*now.nodes[:gap], int(nodes[k]), *now.nodes[gap:]))
            if made is not None and astray(of.instance, made) <= astray(of.instance, now):
                best, most = (made, ()), float(worth[k])
    return best


def made_at(of: Standing, made: Tour, visit: int) -> int:
    """Give the position of a visit in a tour."""
    return next(k for k, node in enumerate(made.nodes) if of.instance.visit[node] == visit)


def dearer(slot: Slot, by: float) -> Slot:
    """Give a slot with so much more gain, or with less."""
    return replace(slot, gain=slot.gain + by)
