"""A crew's week as a calendar file (iCalendar, RFC 5545): one event a stop and a break.

A calendar goes to the vendor of a telephone, so whoever makes the events decides what stands in them; by default the
pages put no name and no address there. An event is known by branch, week and debtor, never by its place in the route:
read in again after the plan has changed, it moves and is not doubled. The identifier is a digest, which tells nobody
who the debtor is.

References
----------
RFC 5545, Internet Calendaring and Scheduling; the text escapes are those of section 3.3.11, folding is 3.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

PRODUCT = "-//Rounds//Field visits//EN"
#: a content line has so many octets at most, the line break not counted
LINE_OCTETS = 75
#: signs that no text may hold, but tab and line feed
CONTROLS = {code: None for code in range(32) if code not in (9, 10)} | {127: None}


@dataclass(frozen=True)
class Event:
    """One event; ``key`` stays the same over every export of the same thing. Times are aware."""

    key: str
    begins: datetime
    ends: datetime
    title: str
    place: str = ""
    text: str = ""
    busy: bool = True


def calendar_file(name: str, events: Sequence[Event], *, now: datetime, made: datetime, draft: bool) -> bytes:
    """Give the file.

    Parameters
    ----------
    name
        What the calendar is called.
    now
        When the file is made: every event's DTSTAMP.
    made
        When the plan was made: a later plan's events replace an earlier one's (SEQUENCE, LAST-MODIFIED).
    draft
        Events of a draft are tentative.

    Raises
    ------
    ValueError
        If an event ends before it begins, its times have no zone, or two have one key.
    """
    keys = [one.key for one in events]
    if len(set(keys)) < len(keys):
        raise ValueError("two events of a calendar have the same key")
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    head.append(f"X-WR-CALNAME:{escaped(name)}")
    lines = [*head, *(line for one in events for line in event_lines(one, now, made, draft=draft)), "END:VCALENDAR"]
    return b"".join(folded(line) for line in lines)


def event_lines(event: Event, now: datetime, made: datetime, *, draft: bool) -> Iterator[str]:
    """Give an event's content lines."""
    if event.ends < event.begins:
        raise ValueError("an event ends before it begins")
    yield "BEGIN:VEVENT"
    yield f"UID:{uid(event.key)}"
    yield f"DTSTAMP:{stamp(now)}"
    # Instants in UTC are the same moment in every zone a telephone may be in, and need no table of zones.
    yield f"DTSTART:{stamp(event.begins)}"
    yield f"DTEND:{stamp(event.ends)}"
    yield f"SEQUENCE:{int(made.timestamp()) // 60}"
    yield f"LAST-MODIFIED:{stamp(made)}"
    yield f"SUMMARY:{escaped(event.title)}"
    if event.place:
        yield f"LOCATION:{escaped(event.place)}"
    if event.text:
        yield f"DESCRIPTION:{escaped(event.text)}"
    yield "CLASS:PRIVATE"
    yield f"STATUS:{'TENTATIVE' if draft else 'CONFIRMED'}"
    yield f"TRANSP:{'OPAQUE' if event.busy else 'TRANSPARENT'}"
    yield "END:VEVENT"


def uid(key: str) -> str:
    """Give a globally unique identifier that follows from the key and does not tell it."""
    return f"{hashlib.sha256(f'rounds {key}'.encode()).hexdigest()[:32]}@rounds.invalid"


def stamp(moment: datetime) -> str:
    """Give an instant in UTC, whole seconds.

    >>> from zoneinfo import ZoneInfo
    >>> stamp(datetime(2026, 11, 24, 9, 5, tzinfo=ZoneInfo("Asia/Shanghai")))
    '20261124T010500Z'
    """
    if moment.tzinfo is None:
        raise ValueError("a time of a calendar needs its zone")
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    r"""Give a text value; control signs are left out, line ends become ``\n``.

    >>> escaped("a,b;c\\d\r\ne")
    'a\\,b\\;c\\\\d\\ne'
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS)
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """Give a content line in UTF-8, folded so that no sign is cut and no piece is longer than ``LINE_OCTETS``."""
    pieces, piece = [], b""
    for sign in line:
        octets = sign.encode("utf-8", errors="replace")
        if len(piece) + len(octets) > LINE_OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
