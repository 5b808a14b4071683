"""A manager who opens a crew's day sees contact cards there: that is noted, as on the pages at a desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dashboard.services import Services
from planner.domain import Principal, Role
from planner.view import DayView

#: a page that is read again within so long is one look
ONE_LOOK = timedelta(minutes=15)
MOST = 1_000


class Looks:
    """Notes who looked at which crew's day; what cannot be noted is not shown."""

    def __init__(self) -> None:
        self._noted: dict[tuple[str, str, date], datetime] = {}

    def note(self, services: Services, principal: Principal, view: DayView) -> None:
        """Note a look before anything of the day is answered.

        A crew's own day is its work, and no look.
        """
        if principal.role is Role.COLLECTOR or not view.stops:
            return
        key, now = (principal.name, view.crew_id, view.day), services.now()
        if key in self._noted and now - self._noted[key] < ONE_LOOK:
            return
        day, stops = view.day.isoformat(), len(view.stops)
        services.store.note_cards(
            principal, view.branch.code, "shown", now=now, crew=view.crew_id, day=day, stops=stops, where="phone"
        )
        if len(self._noted) >= MOST:
            self._noted.clear()
        self._noted[key] = now
