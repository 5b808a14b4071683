"""How a crew's safety is told on the board."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard import formats
from dashboard.text import N_, _
from planner.safety import Done, Duty, Level, Missed, Sign
from planner.view.safety import CrewSafety

#: what a manager may note, the usual first
DONE: Mapping[str, str] = {
    Done.WELL.value: N_("Called: all well"),
    Done.BACK.value: N_("Called: the crew is back"),
    Done.NO_ANSWER.value: N_("Called: no answer"),
    Done.SENT.value: N_("Sent somebody"),
    Done.EMERGENCY.value: N_("Called the emergency number"),
}
SIGNS: Mapping[str, str] = {
    "begun": N_("shift started"),
    "outcome": N_("entry at a stop"),
    "well": N_("all well"),
    "spoken": N_("spoken with"),
}
STYLE = """
.safety { border-radius: .5rem; padding: .7rem 1rem; margin: 0 0 .2rem; font-size: .95rem; line-height: 1.45; }
.safety b { font-size: 1.15rem; }
.safety a { display: block; color: inherit; font-weight: 650; }
.safety ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.safety.alarm { background: light-dark(#B3261E, #B3261E); color: light-dark(#FFFFFF, #FFFFFF);
  border: 4px solid light-dark(#5F0F0A, #FFB4AB); }
.safety.alarm b { font-size: 1.5rem; }
.safety.call { background: light-dark(#FDE9E7, #4A1512); color: light-dark(#6E140E, #FFDAD6);
  border: 3px solid light-dark(#B3261E, #FFB4AB); }
.safety.late { background: light-dark(#FFF4DE, #3D2A00); color: light-dark(#5A3800, #FFDEA6);
  border: 2px solid light-dark(#B26A00, #F2C069); }
"""


def sign_told(sign: Sign | None, zone: ZoneInfo) -> str | None:
    """Say what the last sign of life was, and when."""
    if sign is None:
        return None
    at_stop = sign.kind == "outcome" and sign.stop
    words = _("entry at stop {n}").format(n=sign.stop) if at_stop else _(SIGNS[sign.kind])
    return f"{formats.clock(sign.at.astimezone(zone))} · {words}"


def missed_told(missed: Missed, zone: ZoneInfo, grace_min: int) -> str:
    """Say exactly what made a crew late, so that anybody can check it."""
    values = {
        "sign": sign_told(missed.after, zone) or "",
        "deadline": formats.clock(missed.deadline.astimezone(zone)),
        "grace": grace_min,
    }
    if missed.stop is None:
        return _(
            "Nothing after {sign}; a sign was due by {deadline}: the planned return, as much later as the crew was "
            "late, and {grace} min."
        ).format(**values)
    planned = formats.clock(missed.stop.leaves_at.astimezone(zone))
    return _(
        "Nothing after {sign}; a sign was due by {deadline}: stop {n} was to be over at {planned}, as much later as "
        "the crew was late or asked for, and {grace} min."
    ).format(n=missed.stop.shown, planned=planned, **values)


def state_told(one: CrewSafety, now: datetime) -> str:
    """Say where a shift stands."""
    seen = one.watch
    if any(each.open for each in seen.alerts):
        return "⚠ " + _("called for help")
    if seen.level is Level.CALL:
        return "☎ " + _("please call")
    if seen.level is Level.LATE:
        return "! " + _("late to check in")
    if seen.duty is Duty.BACK:
        return "✓ " + _("back")
    if seen.duty is Duty.NOT_BEGUN:
        over = one.ends_at is not None and now > one.ends_at
        return _("nothing said") if over else "– " + _("not started")
    if seen.duty is Duty.NOT_YET:
        return "· " + _("not yet")
    if not seen.tapped:
        return "▶ " + _("out by its entries; no check-in")
    return "▶ " + _("out")
