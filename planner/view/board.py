"""The day as it goes: each crew's route beside what has been recorded of it until now, and how the rest will likely go.

Everything is told from recorded outcomes and the plan that each shift works by. What nobody recorded is not known: a
stop without an outcome may have been made, so the board says “nothing recorded”, never “not done”.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from planner.domain import Branch, OutcomeCode, Principal
from planner.routing.finish import FRAGILE
from planner.routing.underway import Underway
from planner.store import SavedPlan, Store
from planner.value.parameters import Parameters
from planner.view.day_news import DayNews, NotMade
from planner.view.day_read import DayRead, read_day
from planner.view.in_force import PlanOf
from planner.view.recorded import unsaid
from planner.view.rest_drawn import drawn, last_entry, moment, still_ahead
from planner.view.week import RouteView, StopView, route_view

#: a stop is late if its planned visit should have been over so long ago and nothing is recorded
LATE = timedelta(minutes=20)
#: a crew that has recorded nothing so long after it left tells nothing of where it is
SILENT = timedelta(minutes=60)
NOBODY = frozenset({OutcomeCode.NOT_HOME, OutcomeCode.NO_ACCESS, OutcomeCode.MOVED, OutcomeCode.WRONG_ADDRESS,
                    OutcomeCode.LOST, OutcomeCode.THIRD_PARTY_ONLY})  # fmt: skip
REFUSED = frozenset({OutcomeCode.REFUSED, OutcomeCode.DISPUTE, OutcomeCode.UNSAFE_ABORT})


class Now(StrEnum):
    """How a stop stands; the order is that of attention."""

    LATE = "late"  # its time has passed and nothing is recorded
    PASSED = "passed"  # a later stop is recorded, this one is not, and its time or its window is over
    AT_RISK = "at_risk"  # it may well not be made any more
    UNDER_WAY = "under_way"  # the crew is at it or on its way
    AHEAD = "ahead"
    MET = "met"
    NOBODY = "nobody"
    REFUSED = "refused"
    UNRECORDED = "unrecorded"  # the day is over and nothing is recorded


RECORDED = frozenset({Now.MET, Now.NOBODY, Now.REFUSED})


@dataclass(frozen=True)
class BoardStop:
    """A stop as planned, and what is known of it. ``chance`` is that of being made; None where it is past telling.

    ``late_by`` is how much later than planned the visit began, where recorded.
    """

    planned: StopView
    now: Now
    outcome_code: str = ""
    began_at: datetime | None = None
    late_by: timedelta | None = None
    chance: float | None = None
    expected_at: datetime | None = None
    #: what was not said of a promise: day, amount
    unsaid: tuple[str, ...] = ()


@dataclass(frozen=True)
class BoardRoute:
    """A crew's day: its stops, when it will likely be back, and the chances. ``newest_at`` is of the last entry."""

    route: RouteView
    plan_id: str
    stops: tuple[BoardStop, ...]
    newest_at: datetime | None
    back_at: datetime | None = None
    in_time: float | None = None
    required_chance: float | None = None
    #: what the crew said of its day while it was out, the newest first
    news: tuple[DayNews, ...] = ()
    #: visits that were planned on this day and are no more, with nothing recorded of them
    given_up: tuple[NotMade, ...] = ()
    #: whether no street was looked at when the plan was made
    roads_estimated: bool = False
    #: how many of the stops ahead will not be made, in the mean; None where nothing is foretold
    unreached: float | None = None
    #: whether the crew is out and nothing has been recorded for so long that nothing is foretold
    silent: bool = False

    @property
    def endangered(self) -> tuple[BoardStop, ...]:
        """The required visits that may well not be made any more."""
        return tuple(
            stop for stop in self.stops if stop.planned.required and stop.now in (Now.LATE, Now.PASSED, Now.AT_RISK)
        )

    def count(self, *states: Now) -> int:
        """Count the stops in these states."""
        return sum(stop.now in states for stop in self.stops)

    @property
    def lost(self) -> tuple[NotMade, ...]:
        """Those that are required among the visits given up."""
        return tuple(one for one in self.given_up if one.required)

    @property
    def recorded(self) -> int:
        """How many stops have an outcome."""
        return self.count(*RECORDED)

    @property
    def late_by(self) -> timedelta | None:
        """How much later than planned the last recorded visit began."""
        told = [stop for stop in self.stops if stop.began_at is not None]
        return max(told, key=lambda stop: stop.planned.number).late_by if told else None


@dataclass(frozen=True)
class Board:
    """The day of a branch, read at a moment. ``routes`` are those with stops, by crew."""

    branch: Branch
    day: date
    read_at: datetime
    published: bool
    routes: tuple[BoardRoute, ...]

    @property
    def recorded(self) -> int:
        """How many stops have an outcome."""
        return sum(one.recorded for one in self.routes)

    @property
    def newest_at(self) -> datetime | None:
        """When the last outcome was entered."""
        return max((one.newest_at for one in self.routes if one.newest_at), default=None)


def board_view(
    store: Store,
    principal: Principal,
    branch: Branch,
    day: date,
    parameters: Parameters,
    *,
    now: datetime,
    plan_of: PlanOf | None = None,
) -> Board:
    """Read the board of a day; ``plan_of`` may keep the plans, which never change.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not see the branch.
    """
    return board_of(read_day(store, principal, branch, day, plan_of=plan_of), parameters, now=now)


def board_of(read: DayRead, parameters: Parameters, *, now: datetime) -> Board:
    """Give the board of a day that was read."""
    routes = []
    for one in read.routes:
        plan_id = one.saved.plan_id
        found = board_route(one.saved, one.route, read.names, read.known[plan_id], parameters, now)
        news = read.news[one.shift_id]
        here = {stop.planned.debtor_id for stop in found.stops} | set(read.known[plan_id])
        gone = {each.debtor_id: each for told in news for each in told.not_made}
        given_up = tuple(each for name, each in gone.items() if name not in here)
        routes.append(replace(found, news=news, given_up=given_up))
    ordered = tuple(sorted(routes, key=lambda one: one.route.colour))
    return Board(read.branch, read.day, now, read.published, ordered)


def board_route(
    saved: SavedPlan,
    found: Mapping[str, Any],
    names: Mapping[str, str],
    known: Mapping[str, Mapping[str, Any]],
    parameters: Parameters,
    now: datetime,
    *,
    heard: bool = False,
    free_at: datetime | None = None,
) -> BoardRoute:
    """Lay what was recorded beside one route.

    ``heard`` says that the crew says something at this moment, ``free_at`` until when it says that it cannot go on.
    """
    route = route_view(saved, found, names)
    entries, last = last_entry(route, known)
    newest = max((entry["recorded_at"].to_pydatetime() for entry in entries if entry is not None), default=None)
    over = now >= route.shift_ends_at + LATE
    ahead = still_ahead(route, entries, last, now)
    # A crew that is out and has recorded nothing may be without a line: nothing is foretold from its silence.
    # What it said of its day is a sign of it too: that made the plan by which it works now.
    # Who was heard of is silent only once its next door should be behind it too: it may be ahead of its plan.
    signs = [one for one in (route.leaves_at, saved.created_at, newest) if one is not None]
    sign = None if route.leaves_at is None else max(signs)
    due_by = route.stops[ahead[0]].leaves_at if newest is not None and ahead else now
    silent = not heard and sign is not None and now > sign + SILENT and now >= due_by
    rest = None
    if ahead and not over and not silent:
        rest = drawn(saved, found, route, entries[last] if last >= 0 else None, ahead, parameters, now, free_at)
    stops = tuple(
        board_stop(
            route,
            number,
            entries[number],
            now,
            over=over,
            rest=rest,
            ahead=ahead,
            saved=saved,
            out=heard or last >= 0,
        )
        for number in range(len(entries))
    )
    due = [ahead.index(number) for number in ahead if route.stops[number].required]
    return BoardRoute(
        route=route,
        plan_id=saved.plan_id,
        stops=stops,
        newest_at=newest,
        back_at=None if rest is None else moment(saved, rest.returns[1]),
        in_time=None if rest is None else rest.in_time,
        required_chance=None if rest is None or not due else rest.chance(due),
        roads_estimated=bool(saved.context["roads_estimated"]),
        unreached=None if rest is None else float((~rest.made).sum(axis=1).mean()),
        silent=silent and not over,
    )


def board_stop(
    route: RouteView,
    number: int,
    entry: Mapping[str, Any] | None,
    now: datetime,
    *,
    over: bool,
    rest: Underway | None,
    ahead: Sequence[int],
    saved: SavedPlan,
    out: bool = True,
) -> BoardStop:
    """Say how one stop stands; ``out`` says whether its crew may be taken to be out."""
    planned = route.stops[number]
    if entry is not None:
        began = entry["started_at"].to_pydatetime().astimezone(planned.begins_at.tzinfo)
        code, late_by = str(entry["code"]), began - planned.begins_at
        return BoardStop(planned, state_of(code), code, began, late_by=late_by, unsaid=unsaid(entry))
    if over:
        return BoardStop(planned, Now.UNRECORDED)
    if number not in ahead:
        return BoardStop(planned, Now.PASSED)
    at = ahead.index(number)
    chance = None if rest is None else rest.chance([at])
    expected = None if rest is None else moment(saved, rest.begins[at][1])
    first = at == 0 and now >= (route.leaves_at or now)
    if now > planned.leaves_at + LATE and (first or expected is None or expected <= now):
        state = Now.LATE
    elif chance is not None and chance < 1 - FRAGILE:
        state = Now.AT_RISK
    else:
        state = Now.UNDER_WAY if first and out else Now.AHEAD
    return BoardStop(planned, state, chance=chance, expected_at=expected)


def state_of(code: str) -> Now:
    """Give the state that an outcome means.

    >>> state_of("NOT_HOME").value, state_of("PAID_PART").value, state_of("REFUSED").value
    ('nobody', 'met', 'refused')
    """
    return Now.NOBODY if code in NOBODY else Now.REFUSED if code in REFUSED else Now.MET


def day_to_show(store: Store, principal: Principal, branch: Branch, *, now: datetime) -> date:
    """Give today if a crew is out, else the last day before it on which one was, else today."""
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    shifts = store.shifts_worked(principal, branch.code, today - timedelta(days=10), today)
    return max((one.day for one in shifts), default=today)


def day_begins(day: date, branch: Branch) -> datetime:
    """Give midnight where the branch is."""
    return datetime.combine(day, time(), ZoneInfo(branch.timezone))
