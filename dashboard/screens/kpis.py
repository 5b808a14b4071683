"""The row of figures above a week: each with its unit and its difference to doing it by hand."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.screens import certainty, left_out, tiles
from dashboard.screens.tiles import Tile
from dashboard.text import _, joined, n_
from dashboard.text.glossary import explained, meaning
from planner.routing.efficiency import Spent
from planner.store import PlanRow
from planner.view import WeekView
from planner.view.without_plan import WithoutPlan, without_plan

#: Days whose worth differs by less than a twentieth are alike: the prices are no better known.
ALIKE = 0.95


def figures(view: WeekView) -> tuple[Tile, ...]:
    """Give the five figures of a week."""
    ours, theirs = view.metrics, view.baseline
    # More visits in the same shifts are smaller ones on average: a lower mean is then no bad news.
    more = ours["value"] > theirs["value"] and ours["visits"] > theirs["visits"]
    rate: tiles.Colour = "off" if more else "normal"
    share: tiles.Colour = "off" if more else "inverse"
    smaller = _("More visits fit into the same shifts, so the mean one is smaller.") if more else ""
    hourly = ours["value_per_field_hour"]
    return (
        Tile(
            _("Expected uplift"),
            formats.money_short(100 * ours["value"], view.currency),
            money_delta(ours["value"], theirs["value"], view.currency),
            "normal",
            meaning("uplift", _("An assumption until learnt.")),
        ),
        Tile(
            _("Visits"),
            formats.number(ours["visits"]),
            count_delta(ours["visits"], theirs["visits"]),
            "normal",
            _("Stops planned for all crews this week.") + "\n\n" + explained("visit", "required visit"),
        ),
        Tile(
            _("Uplift per field hour"),
            formats.money(hourly if hourly is None else 100 * hourly, view.currency),
            ratio_delta(ours["value_per_field_hour"], theirs["value_per_field_hour"]),
            rate,
            joined(explained("uplift", "field hour"), smaller),
        ),
        Tile(
            _("Travel share"),
            formats.percent(ours["travel_share"]),
            points_delta(ours["travel_share"], theirs["travel_share"]),
            share,
            meaning("travel share"),
        ),
        Tile(
            _("Not visited"),
            formats.number(len(view.left_out)),
            count_delta(theirs["visits"], ours["visits"]),
            "inverse",
            explained("left out", "removed"),
        ),
    )


def show(view: WeekView, late: WithoutPlan) -> None:
    """Show the row of figures; what was over before there was a plan counts as not visited."""
    tiles.show("week", figures(view) if not late.over else without(view, late.over))


def told(view: WeekView, rows: Sequence[PlanRow], *, now: datetime) -> Mapping[str, Any]:
    """Give the figures of a plan as the row tells them, by their names."""
    late = without_plan(view, rows, now=now)
    return spent_without(view, late.over) if late.over else view.metrics


def without(view: WeekView, over: Collection[str]) -> tuple[Tile, ...]:
    """Give the figures without some shifts. By hand the whole week was planned, so nothing stands beside them."""
    found = figures(replace(view, metrics=spent_without(view, over)))
    gone = left_out.stops_of(view, over)
    last = replace(found[-1], value=formats.number(len(view.left_out) + gone))
    return tuple(replace(one, delta=None) for one in (*found[:-1], last))


def spent_without(view: WeekView, over: Collection[str]) -> dict[str, Any]:
    """Give what a week spends and brings without some shifts, by the names of its own figures."""
    told = [route.efficiency for route in view.routes if route.shift_id not in over and route.stops]
    names = ("visits", "travel_s", "service_s", "waiting_s", "break_s", "shift_s", "value")
    spent = Spent(**{name: sum(one[name] for one in told) for name in names})
    ratios = {name: getattr(spent, name) for name in ("field_hours", "value_per_field_hour", "travel_share")}
    return asdict(spent) | {name: None if math.isnan(value) else value for name, value in ratios.items()}


def ahead(view: WeekView, moment: datetime) -> WeekView:
    """Give a week without the shifts that had begun then: what was planned later could not have them."""
    begun = {one.shift_id for one in view.routes if one.stops and one.shift_starts_at < moment}
    if not begun:
        return view
    left = tuple(one for one in view.routes if one.shift_id not in begun)
    return replace(view, routes=left, metrics={**view.metrics, **spent_without(view, begun)})


def said(view: WeekView, late: WithoutPlan) -> None:
    """Say in a line what the figures are beside and how much better could be; the rest is behind the question mark."""
    if late.over:
        left = replace(view, routes=tuple(one for one in view.routes if one.shift_id not in late.over))
        st.caption(in_time_sentence(left), width="content")
        return
    more = [
        joined(_("By hand: largest balances first, each crew to the nearest next."), hourly_sentence(view)),
        time_sentence(view),
        objective_sentence(view),
        explained("by hand", "objective", "bound", "crew-day"),
    ]
    # Where none is known ``bound_job`` says so beside it, and offers to compute it.
    bound = bound_sentence(view) if view.bound is not None else ""
    sentences = (_("Beside the same week by hand."), bound, in_time_sentence(view))
    st.caption(
        joined(*sentences, crew_day_sentence(view).strip()),
        help="\n\n".join(more),
        width="content",
    )


def hourly_sentence(view: WeekView) -> str:
    """Say why an hour brings less than by hand; empty where it does not, or where this is not why.

    Who visits only the largest balances brings more in an hour and less in the week.
    """
    ours, theirs = view.metrics, view.baseline
    less = (ratio_delta(ours["value_per_field_hour"], theirs["value_per_field_hour"]) or "").startswith("-")
    if not less or ours["value"] <= theirs["value"] or ours["visits"] <= theirs["visits"]:
        return ""
    text = _(
        "By hand only the largest are visited ({n} visits): more an hour, less in all; the plan seeks the most in all."
    )
    return text.format(n=formats.number(theirs["visits"]))


def time_sentence(view: WeekView) -> str:
    """Say how the week's time goes, beside doing it by hand."""
    ours, theirs = view.metrics, view.baseline
    return _("{pace} visits per shift hour (by hand {by_hand}), {waiting} of waiting in all.").format(
        pace=formats.number(ours["visits_per_hour"], 1),
        by_hand=formats.number(theirs["visits_per_hour"], 1),
        waiting=formats.duration(ours["waiting_s"]),
    )


def bound_sentence(view: WeekView) -> str:
    """Say how far the plan can be from the best possible, where that is known."""
    if view.bound is None or view.objective <= 0:
        return _("How much better a plan could be has not been computed.")
    gap = max(0.0, (view.bound - view.objective) / view.objective)
    return _("At most {gap} better is possible.").format(gap=formats.percent(gap, 1))


def objective_sentence(view: WeekView) -> str:
    """Say what the plan is worth in all and what no plan can exceed, the two of which the gap is told."""
    told = _("Objective {money}").format(money=formats.money(100 * view.objective, view.currency))
    if view.bound is not None:
        told += _(", bound {money}").format(money=formats.money(100 * view.bound, view.currency))
    return f"{told}{_('.')}"


def in_time_sentence(view: WeekView) -> str:
    """Say how sure the routes are to end in their shifts, in the mean; empty where that is not known."""
    chances = [route.finish.in_time for route in view.routes if route.stops and route.finish is not None]
    if not chances:
        return ""
    missed = round(sum(1 - made for route in view.routes if route.finish for made in route.finish.made.values()))
    likely = n_("About {n} visit will likely be too late.", "About {n} visits will likely be too late.", missed)
    mean = certainty.mean_words(sum(chances) / len(chances), view.asked_in_time)
    return joined(mean + _("."), likely if missed else "")


def crew_day_sentence(view: WeekView) -> str:
    """Say what one more crew-day would add, and on which day most where days differ; ends with a space."""
    if not view.one_more:
        return ""
    day = max(view.one_more, key=lambda one: view.one_more[one])
    most = formats.money_short(100 * view.one_more[day], view.currency)
    if min(view.one_more.values()) < ALIKE * view.one_more[day]:
        said = _("One more crew-day would add about {money}, most on {day}.").format(money=most, day=formats.day(day))
    else:
        said = _("One more crew-day would add about {money}.").format(money=most)
    return f"{said} "


def money_delta(ours: Any, theirs: Any, currency: str) -> str:
    """Write a difference of money with its sign."""
    difference = 100 * (float(ours) - float(theirs))
    return ("+" if difference >= 0 else "") + formats.money_short(difference, currency)


def count_delta(ours: Any, theirs: Any) -> str:
    """Write a difference of counts with its sign."""
    return f"{int(ours) - int(theirs):+d}"


def ratio_delta(ours: Any, theirs: Any) -> str | None:
    """Write a relative difference in percent, None where it is not defined."""
    if not ours or not theirs:
        return None
    return f"{100 * (float(ours) / float(theirs) - 1):+.0f}%"


def points_delta(ours: Any, theirs: Any) -> str | None:
    """Write a difference of shares in percentage points."""
    if ours is None or theirs is None:
        return None
    return _("{n} points").format(n=f"{100 * (float(ours) - float(theirs)):+.0f}")
