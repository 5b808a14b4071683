"""Scenarios side by side: figures, and differences to the plan they are compared with, better and worse told calmly."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from dashboard import formats
from dashboard.inks import GOOD, LINE, MUTED, TEXT, WARN
from dashboard.text import N_, _, n_
from planner.view import WeekView

STYLE = f"""
.what-if {{ border-collapse: collapse; width: auto; font-size: .875rem; font-variant-numeric: tabular-nums; }}
.what-if th, .what-if td {{ padding: .3rem .6rem; border-bottom: 1px solid {LINE}; text-align: right;
  vertical-align: top; }}
.what-if th:first-child, .what-if td:first-child {{ text-align: left; color: {MUTED}; white-space: nowrap; }}
.what-if thead th {{ color: {TEXT}; font-weight: 600; min-width: 11rem; max-width: 15rem; }}
.what-if thead small {{ display: block; font-weight: 400; color: {MUTED}; }}
.what-if .diff {{ display: inline-block; min-width: 5.2rem; margin-left: .4rem; color: {MUTED}; }}
.what-if .better {{ color: {GOOD}; }} .what-if .worse {{ color: {WARN}; }}
.what-if-frame {{ overflow-x: auto; }}
@media (max-width: 640px) {{
  .what-if th, .what-if td {{ padding: .3rem .35rem; }}
  .what-if th:first-child, .what-if td:first-child {{ white-space: normal; }}
  .what-if thead th {{ min-width: 6rem; }} .what-if thead th:first-child {{ min-width: 5rem; }}
  .what-if .diff {{ display: block; min-width: 0; margin-left: 0; }}
}}
"""


@dataclass(frozen=True)
class Figure:
    """A row: its name, how it is read from a plan, how it is written, and whether more of it is better (None: neither).

    ``least`` is the smallest difference that is told; that of a ``share`` is told in points.
    """

    name: str
    read: Callable[[WeekView], float]
    write: Callable[[float, str], str]
    more_is_better: bool | None
    least: float
    share: bool = False


def unknown(value: object) -> float:
    """Give a number, NaN where it is unknown."""
    return math.nan if value is None else float(str(value))


def in_time(view: WeekView) -> float:
    """Give the mean chance with which a route ends in its shift."""
    chances = [route.finish.in_time for route in view.routes if route.stops and route.finish is not None]
    return sum(chances) / len(chances) if chances else math.nan


def gap(view: WeekView) -> float:
    """Give by which share a plan could be better at most."""
    if view.bound is None or view.objective <= 0:
        return math.nan
    return max(0.0, view.bound / view.objective - 1)


def hours(value: float, _currency: str) -> str:
    """Write hours."""
    return _("{n} h").format(n=formats.number(value, 1))


FIGURES: tuple[Figure, ...] = (
    Figure(N_("Expected uplift"), lambda v: 100 * float(v.metrics["value"]), formats.money_short, True, 100.0),
    Figure(N_("Visits"), lambda v: float(v.metrics["visits"]), lambda x, _c: formats.number(x), True, 1.0),
    Figure(N_("Field hours"), lambda v: unknown(v.metrics["field_hours"]), hours, None, 0.1),
    Figure(
        N_("Uplift per field hour"),
        lambda v: 100 * unknown(v.metrics["value_per_field_hour"]),
        formats.money,
        True,
        100.0,
    ),
    Figure(
        N_("Travel share"),
        lambda v: unknown(v.metrics["travel_share"]),
        lambda x, _c: formats.percent(x),
        False,
        0.01,
        share=True,
    ),
    Figure(
        N_("Due and not visited"),
        lambda v: float(sum(one.required for one in v.left_out)),
        lambda x, _c: formats.number(x),
        False,
        1.0,
    ),
    Figure(N_("Mean chance to end in time"), in_time, lambda x, _c: formats.percent(x), True, 0.01, share=True),
    Figure(N_("Better is possible by at most"), gap, lambda x, _c: formats.percent(x, 1), None, math.inf),
    Figure(
        N_("Crew-days"),
        lambda v: float(sum(bool(route.stops) for route in v.routes)),
        lambda x, _c: formats.number(x),
        None,
        1.0,
    ),
)


def table(
    named: Sequence[tuple[str, str, WeekView]], *, grey: Collection[int] = (), changed: Mapping[str, int] | None = None
) -> str:
    """Give the table as HTML: title, what it changes, and plan of each column; others are set against the first.

    Differences of the columns ``grey`` are not called better or worse. ``changed`` says by plan how many visits
    it has otherwise than crews do. Names are escaped here.
    """
    head = "".join(
        f"<th>{html.escape(title)}<small>{html.escape(small)}</small>{estimated(view)}</th>"
        for title, small, view in named
    )
    base = named[0][2]
    rows = []
    for one in (*FIGURES, *([other_for_crews(changed)] if changed else [])):
        was = one.read(base)
        cells = []
        for number, (_title, _small, view) in enumerate(named):
            now = one.read(view)
            written = html.escape(formats.UNKNOWN if math.isnan(now) else one.write(now, view.currency))
            told = difference(one, now, was, view.currency, judged=number not in grey) if number else ""
            cells.append(f"<td>{written}{told}</td>")
        rows.append(f"<tr><td>{html.escape(_(one.name))}</td>{''.join(cells)}</tr>")
    body = f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"<style>{STYLE}</style><div class='what-if-frame'><table class='what-if'>{body}</table></div>"


def other_for_crews(changed: Mapping[str, int]) -> Figure:
    """Give the row of the visits that crews have otherwise: without a difference, since it is one itself."""
    return Figure(
        N_("Visits changed for the crews"),
        lambda v: float(changed[v.plan_id]),
        lambda x, _c: formats.number(x),
        None,
        math.inf,
    )


def estimated(view: WeekView) -> str:
    """Say under a plan's title that its travel times are no streets'."""
    told = html.escape(_("Travel times are estimated by straight lines, not streets."))
    return f"<small class='worse'>{told}</small>" if view.roads_estimated else ""


def difference(one: Figure, now: float, was: float, currency: str, *, judged: bool = True) -> str:
    """Write a difference with its sign, and, where it is ``judged``, a mark that says whether it is better or worse."""
    if math.isnan(now) or math.isnan(was) or math.isinf(one.least):
        return ""
    by = now - was
    if one.share:  # the difference of what stands there: 3 % and 4 % are not equal
        by = (round(100 * now) - round(100 * was)) / 100
    if abs(by) < one.least - 1e-9:
        return "<span class='diff'>=</span>"
    sign = "+" if by > 0 else "−"
    written = n_("{n} point", "{n} points", round(100 * abs(by))) if one.share else one.write(abs(by), currency)
    text = html.escape(sign + written)
    if one.more_is_better is None or not judged:
        return f"<span class='diff'>{text}</span>"
    better = (by > 0) == one.more_is_better
    mark = "✓" if better else "▽"
    return f"<span class='diff {'better' if better else 'worse'}' title='{_(BETTER[better])}'>{mark} {text}</span>"


BETTER = {True: N_("better"), False: N_("worse")}
