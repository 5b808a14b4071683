"""What the login page tells where a manager's session ended by itself: crews that call for help or are not heard of.

A desk that is left alone shows nothing of any debtor after a quarter of an hour. A crew's call for help must not end
there: whoever comes by the screen is told which crew and since when, and nothing else. Who signed out, was disabled, or
whose session is as old as one may be, is told nothing.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from config.safety import load_safety
from dashboard import formats
from dashboard.screens.board_read import day_read
from dashboard.services import Services
from dashboard.text import _
from planner.domain import Principal
from planner.safety import Level
from planner.view.safety import recent_alerts, safety_of


def alarms(kit: Services, principal: Principal) -> list[str]:
    """Give a sentence for each crew of the manager's branches that calls for help or is late to check in."""
    now, terms, told = kit.now(), load_safety(), list[str]()
    for branch in kit.store.branches(principal):
        zone = ZoneInfo(branch.timezone)
        for crew, alert in recent_alerts(kit.store, principal, branch, terms, now=now):
            since = formats.clock(alert.entry.at.astimezone(zone))
            told.append(_("{crew} calls for help since {time}.").format(crew=crew.name, time=since))
        today = now.astimezone(zone).date()
        read = day_read(kit, principal, branch, today)
        for one in safety_of(kit.store, principal, read, terms, now=now):
            if one.watch.level in (Level.LATE, Level.CALL) and one.watch.deadline:
                since = formats.clock(one.watch.deadline.astimezone(zone))
                told.append(_("{crew} is late to check in since {time}.").format(crew=one.crew.name, time=since))
    return told
