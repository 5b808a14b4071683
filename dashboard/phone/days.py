"""Which day a request is about: of the branch that its address names, and one that the reader may open.

Every route of a day asks here, so that a new one cannot forget it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from config.parameters import load as load_parameters
from config.rules import branch_clocks
from config.safety import load_safety
from dashboard import formats
from dashboard.phone.answers import Answering
from dashboard.phone.known import known_facts
from dashboard.principal import of_headers
from dashboard.services import Services
from planner.domain import Branch, Crew, Principal, Role
from planner.safety import Days, own_days, require_own_days
from planner.store import CLOCK_ERROR, NotAllowed, Store
from planner.view import DayView, day_view
from planner.view.sums import sees_rows

DayReader = Callable[[Store, Principal, str, date, datetime], DayView]


def of_day(store: Store, principal: Principal, crew_id: str, day: date, now: datetime) -> DayView:
    """Read a crew's day with the clocks as they will stand on it, and its chances as they stand now."""
    terms, parameters = branch_clocks, load_parameters()
    return day_view(store, principal, crew_id, day, terms=terms, now=now, parameters=parameters, facts=known_facts)


def doors_of_day(store: Store, principal: Principal, crew_id: str, day: date, now: datetime) -> DayView:
    """Read where a crew's day leads, and nothing of who lives there: where an outcome belongs is asked at each one."""
    return day_view(store, principal, crew_id, day, now=now, doors_only=True)


def days_of(services: Services, principal: Principal, branch: Branch) -> Days | None:
    """Give the days that the reader may open, None for any."""
    if principal.role is not Role.COLLECTOR:
        return None
    return own_days(branch, now=services.now(), back_days=load_safety().back_days.value)


def opening(branch: Branch, day: date, *, now: datetime) -> dict[str, Any]:
    """Give from when outcomes of a day may be recorded, and whether that is so; nothing is recorded of a day ahead."""
    begins = datetime.combine(day, time.min, ZoneInfo(branch.timezone))
    return {
        "opens_at": begins.isoformat(),
        "opens_text": formats.day(day),
        "open": begins <= now + CLOCK_ERROR,
        "today": day == now.astimezone(begins.tzinfo).date(),
        "clock_error_min": CLOCK_ERROR // timedelta(minutes=1),
    }


def branch_of(store: Store, principal: Principal, code: str) -> Branch:
    """Give a branch of the principal's (KeyError where it is none)."""
    found = next((one for one in store.branches(principal) if one.code == code), None)
    if found is None:
        raise KeyError(code)
    return found


def crew_of(store: Store, principal: Principal, branch: Branch, crew_id: str) -> Crew:
    """Give a crew that the principal may look at (KeyError where there is none): a collector his own."""
    found = next((one for one in store.crews(principal, branch.code) if one.crew_id == crew_id), None)
    if found is None or (principal.role is Role.COLLECTOR and principal.crew != crew_id):
        raise KeyError(crew_id)
    return found


def require_rows(principal: Principal) -> None:
    """Refuse who may see no row about a debtor, whatever else his page is made of.

    Raises
    ------
    planner.store.NotAllowed
        If so.
    """
    if not sees_rows(principal):
        raise NotAllowed(f"the role {principal.role.value} sees no crew's day")


@dataclass(frozen=True)
class DayRoutes(Answering):
    """Routes that are about one crew's day."""

    read_day: DayReader = of_day

    @staticmethod
    def named(request: Request) -> date:
        """Give the day that the address names, whether or not the reader may open it."""
        try:
            return date.fromisoformat(request.path_params["day"])
        except ValueError as error:
            raise KeyError("no such day") from error

    def wanted(self, request: Request, *, late: bool = False) -> date:
        """Give the day a request is about.

        ``late``: something is written up of it; how long ago it may have happened is asked of each entry.

        Raises
        ------
        planner.safety.NotYourWeek
            If the reader may not open it.
        planner.store.NotAllowed
            If he may see no row about a debtor.
        KeyError
            If it is none, or the branch is none of the reader's.
        """
        services, principal, day = self.services(), of_headers(request.headers), self.named(request)
        require_rows(principal)
        branch = branch_of(services.store, principal, request.path_params["branch"])
        back_days = None if late else load_safety().back_days.value
        require_own_days(principal, branch, day, now=services.now(), back_days=back_days)
        return day

    @staticmethod
    def require_here(request: Request, branch: Branch) -> None:
        """Refuse a crew of another branch than the address names."""
        if branch.code != request.path_params["branch"]:
            raise KeyError("another branch's crew")

    def view(self, request: Request, *, late: bool = False, doors_only: bool = False) -> DayView:
        """Read the day a request is about; ``late`` as in ``wanted``, ``doors_only`` as in ``doors_of_day``."""
        services, crew, day = self.services(), request.path_params["crew"], self.wanted(request, late=late)
        # A reader that was given, as by a test, has one way to read a day.
        read = doors_of_day if doors_only and self.read_day is of_day else self.read_day
        view = read(services.store, of_headers(request.headers), crew, day, services.now())
        self.require_here(request, view.branch)
        return view
