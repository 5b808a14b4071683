"""Open sessions in words: when each began and was last used. Kind and address of a device are not kept, so not told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard import formats
from dashboard.text import _
from planner.store import Session


def ago(since: timedelta) -> str:
    """Say how long ago something was; what is written down once a minute is told no finer."""
    seconds = since.total_seconds()
    return _("just now") if seconds < 120 else _("{duration} ago").format(duration=formats.duration(seconds))


def told(found: Sequence[tuple[bool, Session]], now: datetime) -> list[dict[str, str | bool]]:
    """Give one's own sessions as words, the browser that asks first."""
    return [
        {
            "own": own,
            "since": _("signed in {ago}").format(ago=ago(now - one.created_at)),
            "seen": _("in use now") if own else _("last used {ago}").format(ago=ago(now - one.seen_at)),
        }
        for own, one in sorted(found, key=lambda pair: not pair[0])
    ]
