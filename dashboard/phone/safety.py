"""A crew's safety on its phone: what the page shows, and what a phone says, checked before the store sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd

from config.safety import load_safety
from dashboard import formats
from dashboard.phone.answers import BadSent, own_name
from dashboard.phone.days import crew_of
from dashboard.phone.outcome import LATE, instant
from dashboard.services import Services
from dashboard.text import _
from planner.domain import Branch, Crew, Principal, Role
from planner.safety import BRANCH_PHONE, Alert, Duty, Kind, SafetyTerms, Watch
from planner.tables import SAFETY_ENTRIES, conform
from planner.view.safety import CrewSafety, crew_safety, recent_alerts

#: a sign of life is not lost to a clock that is wrong by this much
CLOCK_ERROR = timedelta(minutes=10)
KNOWN = frozenset({"entry_id", "kind", "about", "happened_at"})
OF_CREW = (Kind.BEGUN, Kind.ENDED, Kind.WELL, Kind.ALERT, Kind.WITHDRAWN)


class BadSafety(BadSent):
    """What was sent for safety cannot be kept; the message is a sentence for the collector."""


def safety_content(
    services: Services, principal: Principal, branch: Branch, crew_id: str, day: date
) -> dict[str, Any] | None:
    """Give what the page shows of a crew's safety, None to readers whom it does not concern."""
    if principal.role not in (Role.COLLECTOR, Role.MANAGER):
        return None
    now, terms, zone = services.now(), load_safety(), ZoneInfo(branch.timezone)
    crew = crew_of(services.store, principal, branch, crew_id)
    found = crew_safety(services.store, principal, branch, crew, day, terms, now=now)
    seen = found.watch

    def clock(at: datetime | None) -> str:
        return "" if at is None else formats.clock(at.astimezone(zone))

    # As on the board, a call for help stands whatever day's page is open, the newest first.
    called = recent_alerts(services.store, principal, branch, terms, now=now)
    alert = next((one for of, one in called if of == crew), None)
    return {
        "may": principal.role is Role.COLLECTOR,
        # On a day off there is nothing to begin or to wait for, unless somebody began all the same.
        "today": day == now.astimezone(zone).date() and not (found.starts_at is None and seen.begun_at is None),
        "future": day > now.astimezone(zone).date(),
        "duty": seen.duty.value,
        "tapped": seen.tapped,
        "told": told(found, clock),
        "deadline": seen.deadline.isoformat() if seen.deadline else "",
        "deadline_text": clock(seen.deadline),
        "level": seen.level.value,
        "waiting": waiting(seen),
        "all_made": seen.duty is Duty.OUT and seen.stop is None,
        "alert": None if alert is None else alert_content(alert, clock),
        "numbers": numbers(terms, branch),
        "branch_phone": str(services.store.setting(principal, branch.code, BRANCH_PHONE) or ""),
        "more_min": terms.more_min.value,
    }


def told(found: CrewSafety, clock: Any) -> str:
    """Say where the shift stands."""
    seen = found.watch
    if seen.duty is Duty.BACK:
        return _("Back since {time}. Rest well.").format(time=clock(seen.ended_at))
    if seen.duty is Duty.OUT and seen.tapped:
        return _("Shift started {time}").format(time=clock(seen.begun_at))
    if found.starts_at is None:
        return _("No shift this day")
    return _("Shift not started on the phone: nobody waits for a sign of you yet.")


def waiting(seen: Watch) -> str:
    """Say what the next sign of life is expected of."""
    if seen.deadline is None:
        return ""
    return _("the way back") if seen.stop is None else _("stop {n}").format(n=seen.stop.shown)


def alert_content(alert: Alert, clock: Any) -> dict[str, str]:
    """Give an alert that stands."""
    seen = alert.seen[-1] if alert.seen else None
    return {"id": alert.entry.entry_id, "at": clock(alert.entry.at), "seen": clock(seen.at) if seen else ""}


def numbers(terms: SafetyTerms, branch: Branch) -> list[list[str]]:
    """Give the emergency numbers where the branch is, as dialled and whom they reach."""
    return [[one.number.value, own_name(one.name_en, one.name_zh)] for one in terms.numbers.get(branch.rule_pack, ())]


def keep(
    services: Services,
    principal: Principal,
    branch: Branch,
    crew: Crew,
    day: date,
    sent: Mapping[str, Any],
    *,
    late: bool = False,
) -> bool:
    """Keep what a phone says; True if it is new, False if it was known already.

    ``late``: it comes in a file, so an alert is of its own time, however long ago.

    Raises
    ------
    BadSafety
        If a field is unknown, missing or malformed, or the time cannot be right.
    planner.store.NotAllowed
        If it is not the principal's to say.
    """
    now, zone = services.now(), ZoneInfo(branch.timezone)
    if set(sent) - KNOWN:
        raise BadSafety(_("This page is too old or too new: reload it."))
    try:
        entry_id, kind = str(UUID(str(sent["entry_id"]))), Kind(str(sent["kind"]))
        about = str(UUID(str(sent["about"]))) if kind is Kind.WITHDRAWN else ""
        at = instant(sent["happened_at"])
    except (KeyError, ValueError) as error:
        raise BadSafety(_("This is incomplete: do it once more.")) from error
    if kind not in OF_CREW:
        raise BadSafety(_("This is incomplete: do it once more."))
    if kind in (Kind.ALERT, Kind.WELL, Kind.WITHDRAWN):
        day = at.astimezone(zone).date()  # a call for help is of now, whatever page is open
    begins = datetime.combine(day, time.min, zone)
    if (late or kind is not Kind.ALERT) and not max(now - LATE, begins) <= at <= now + CLOCK_ERROR:
        raise BadSafety(_("The time cannot be right: check the phone's clock."))
    if not late and kind is Kind.ALERT and not now - timedelta(days=1) <= at <= now + timedelta(days=1):
        at, day = now, now.astimezone(zone).date()  # a wrong clock must not keep anybody from calling for help
    row = {
        "entry_id": entry_id, "branch": branch.code, "crew_id": crew.crew_id, "day_on": pd.Timestamp(day),
        "kind": kind.value, "minutes": load_safety().more_min.value if kind is Kind.WELL else 0, "about": about,
        "said": "", "happened_at": at, "recorded_at": now, "recorded_by": principal.name,
    }  # fmt: skip
    saved = services.store.record_safety(principal, branch.code, conform(pd.DataFrame([row]), SAFETY_ENTRIES), now=now)
    return entry_id in saved.added
