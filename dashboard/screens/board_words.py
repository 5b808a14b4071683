"""How a stop stands on the board: a sign, a word and a colour; the sign and the word tell it without the colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dashboard import formats
from dashboard.inks import ACCENT, BAD, GOOD, GREY_DOT, LINE, MUTED, WARN
from dashboard.maps.escape import escape
from dashboard.text import N_, _
from planner.view.board import BoardRoute, BoardStop, Now

#: state → sign, words, colour
SIGNS: Mapping[Now, tuple[str, str, str]] = {
    Now.MET: ("●", N_("Met"), GOOD),
    Now.NOBODY: ("○", N_("Nobody met"), MUTED),
    Now.REFUSED: ("✕", N_("Refused or disputed"), BAD),
    Now.UNDER_WAY: ("▶", N_("Under way"), ACCENT),
    Now.AT_RISK: ("△", N_("At risk"), WARN),
    Now.LATE: ("!", N_("Late: nothing recorded"), BAD),
    Now.PASSED: ("?", N_("Passed: nothing recorded"), WARN),
    Now.AHEAD: ("·", N_("Ahead"), GREY_DOT),
    Now.UNRECORDED: ("–", N_("Nothing recorded"), GREY_DOT),
}
STYLE = f"""
.board {{ width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }}
.board th {{ text-align: left; font-weight: 500; color: {MUTED}; font-size: .75rem; padding: .2rem .6rem .2rem 0; }}
.board td {{ border-top: 1px solid {LINE}; padding: .45rem .6rem .45rem 0; vertical-align: middle; }}
.board .n {{ text-align: right; }}
.board .crew {{ white-space: nowrap; font-weight: 600; }}
.board .crew i {{ display: inline-block; width: .7rem; height: .7rem; border-radius: .2rem; margin-right: .4rem; }}
.board .soft {{ color: {MUTED}; font-weight: 400; font-size: .75rem; display: block; }}
.board .strip {{ display: flex; flex-wrap: wrap; gap: 2px; }}
.board .strip b {{ display: inline-flex; align-items: center; justify-content: center; width: 1.35rem; height: 1.35rem;
  border-radius: .25rem; border: 1px solid {LINE}; font-weight: 600; font-size: .8rem; }}
.board .strip b.due {{ outline: 2px solid currentColor; outline-offset: -1px; }}
.board.pale td {{ color: {MUTED}; }}
.board-key {{ display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .78rem; color: {MUTED}; }}
.board-key b {{ margin-right: .25rem; }}
@media (max-width: 640px) {{
  .board thead {{ display: none; }}
  .board tr {{ display: grid; grid-template-columns: repeat(3, 1fr); border-top: 1px solid {LINE}; padding: .4rem 0; }}
  .board td {{ border: 0; padding: .1rem .4rem .1rem 0; }}
  .board td.crew, .board td.wide {{ grid-column: 1 / -1; }}
  .board td.n {{ text-align: left; }}
  .board td.n::before {{ content: attr(data-name) " "; color: {MUTED}; font-size: .75rem; }}
}}
"""


def words(state: Now) -> str:
    """Name a state."""
    return _(SIGNS[state][1])


def sign(state: Now) -> str:
    """Give a state's sign."""
    return SIGNS[state][0]


def key(states: Sequence[Now]) -> str:
    """Explain the signs that are on the board, as HTML."""
    told = (f'<span><b style="color:{SIGNS[one][2]}">{sign(one)}</b>{escape(words(one))}</span>' for one in states)
    return f'<div class="board-key">{"".join(told)}</div>'


def strip(route: BoardRoute) -> str:
    """Draw a crew's stops in order, a sign each, as HTML; what it means stands in its title."""
    return f'<div class="strip">{"".join(square(stop) for stop in route.stops)}</div>'


def square(stop: BoardStop) -> str:
    """Draw one stop."""
    planned = stop.planned
    title = f"{planned.number} · {formats.clock(planned.begins_at)} · {words(stop.now)}"
    if planned.required:
        title += " · " + _("Must be visited this week")
    due = ' class="due"' if planned.required else ""
    colour = SIGNS[stop.now][2]
    told = f'title="{escape(title)}" role="img" aria-label="{escape(title)}"'
    return f'<b{due} style="color:{colour}" {told}>{sign(stop.now)}</b>'


def behind(delta: timedelta | None) -> str:
    """Say how far a crew is behind its plan; a few minutes are none."""
    if delta is None:
        return formats.UNKNOWN
    minutes = round(delta.total_seconds() / 60)
    if abs(minutes) < 5:
        return _("on time")
    text = _("{n} min late") if minutes > 0 else _("{n} min early")
    return text.format(n=abs(minutes))
