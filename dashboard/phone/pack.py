"""The day pack: one HTML file that shows a crew's day and records it without a line, sealed under a phrase.

The file is filled and sealed in the browser that asks for it (``pack_seal.js``): the server gives the parts and never
knows the phrase. Outside the seal stand a header (format, day, crew, when it ends), our own scripts and styles, and a
policy that forbids the file every request; nobody's name, address, telephone or id.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup

from config.parameters import load as load_parameters
from dashboard import assets, formats
from dashboard.phone.answers import BadSent, templates
from dashboard.phone.content import all_back, day_content, map_content
from dashboard.phone.pack_words import lock_words, pack_words
from dashboard.phone.words import words
from dashboard.services import Services
from dashboard.text import _, current_language
from planner.domain import Branch, Principal
from planner.view import DayView

FORMAT = "rounds-pack/1"
#: the least OWASP's cheat sheet on password storage asks of PBKDF2-HMAC-SHA256 (2023); the phrase alone is 80 bits
ROUNDS = 600_000
#: where the browser puts the sealed content
PLACE = "rounds-sealed-here"


class BadPack(BadSent):
    """The day cannot be taken along; the message is a sentence for the collector."""


def pack_parts(
    services: Services, principal: Principal, view: DayView, sent: Mapping[str, Any], *, prefix: str
) -> dict[str, Any]:
    """Give what a browser makes a day pack of, and note in the audit trail who took it.

    Raises
    ------
    BadPack
        If nothing is planned, or the pack would have ended already.
    planner.store.NotAllowed
        If it is neither the crew's collector nor the branch's manager who asks.
    """
    now = services.now()
    try:
        pack_id = str(UUID(str(sent["pack_id"])))
    except (KeyError, ValueError) as error:
        raise BadPack(_("This is incomplete: do it once more.")) from error
    if not view.stops:
        raise BadPack(_("Nothing is planned for this crew on this day."))
    ends = ends_at(view.branch, view.day)
    if ends <= now:
        raise BadPack(_("This day is over: there is nothing to take along."))
    services.store.note_pack(
        principal, view.branch.code, view.crew_id, view.day,
        pack_id=pack_id, plan_id=view.plan_id, stops=len(view.stops), now=now,
    )  # fmt: skip
    day = day_content(view, services, principal, prefix=prefix)
    header = {
        "format": FORMAT,
        "pack_id": pack_id,
        "day": view.day.isoformat(),
        "crew": view.crew_id,
        "made_at": now.isoformat(timespec="seconds"),
        "ends_at": ends.isoformat(),
        "kdf": "PBKDF2-HMAC-SHA256",
        "rounds": ROUNDS,
        "cipher": "AES-256-GCM",
    }
    return {
        "header": header,
        "name": file_name(view.day, view.crew_id),
        "file": pack_file(view.day, view.crew_id, ends),
        "content": {
            # A chance of the morning would be shown all day: the pack says when the crew is back, and no more.
            "day": {**day, "ground": map_content(services, view), "finish": None, "back": all_back(view)},
            "words": {**words(), **pack_words()},
            "upload": day["api"].replace("/m/api/", "/m/", 1) + "/upload",
        },
    }


def ends_at(branch: Branch, day: date) -> datetime:
    """Give until when a day's pack opens: so many hours after the midnight that ends the day at the branch."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(branch.timezone))
    return midnight + timedelta(hours=load_parameters().pack_hours.value)


def file_name(day: date, crew_id: str) -> str:
    """Name the file by day and crew alone.

    >>> file_name(date(2026, 11, 24), "YX01/A")
    'rounds-2026-11-24-YX01-A.html'
    """
    return f"rounds-{day.isoformat()}-{re.sub(r'[^A-Za-z0-9_-]', '-', crew_id)}.html"


def pack_file(day: date, crew_id: str, ends: datetime) -> str:
    """Give the file with a place for what is sealed; the same for every day but day, crew and end."""
    run = f"window.roundsRun = function () {{\n{assets.content(assets.DAY).decode()}\n}};"
    scripts = [script(run), script(assets.content(assets.PACK).decode())]
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts)
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'; object-src 'none'"
    )
    return (
        templates()
        .get_template("pack.html")
        .render(
            _=_,
            language=current_language(),
            policy=policy,
            style=Markup(assets.content("phone.css").decode()),  # noqa: S704  our own file
            scripts=[Markup(one) for one in scripts],  # noqa: S704  our own files, checked by script()
            place=PLACE,
            crew_id=crew_id,
            day_text=formats.day(day),
            day={"stops": (), "notice": ""},
            lock=lock_words(ends),
        )
    )


def script(text: str) -> str:
    """Give a script as it may stand inside a page.

    Raises
    ------
    ValueError
        If it would end its own element.
    """
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("a script that is part of a page must not end it")
    return text
