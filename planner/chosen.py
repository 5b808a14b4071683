"""What was decided for each debtor once the plan is there, and why, in one sentence with the amounts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from planner import routing
from planner.agency import BANK, agencies_of
from planner.ask import in_order
from planner.choice import AGENCY_LIST, OTHERS, Choice
from planner.value.channels import VISITS, Channel, best_of

#: The sentences; each has its template for other languages in the screens' texts.
SENTENCES: Mapping[str, str] = {
    "own": "On a route of the bank's own crew: {value} expected, {gain} after the crew's time.",
    "own_on_the_way": (
        "On a route because it lies on the way: at full cost {other} would bring {gain} and a visit {value}, "
        "but the way it adds costs {cost}."
    ),
    "own_required": "On a route because a clock requires it, whatever it costs.",
    "agency": "On a route of the agency {agency}: {value} expected, {cost} of it the fee.",
    "joint": "On a joint route with the agency {agency}: {value} expected, {cost} of it the fee.",
    "agency_list": "The agency {agency} brings {gain} net, more than a call or a letter; it has no crew in this plan.",
    "way": "{other} brings {gain} net, a visit {value}: the way costs more than it brings.",
    "anyway": "{other} brings {gain} net; a visit would bring less than is paid anyway.",
    "cheaper": "{other} brings {gain} net, a visit {value} after the crew's time and the way.",
    "hours": "A visit would bring {value} net, but the crews' hours go to better ones; {other} brings {gain} net.",
    "no_visit": "No visit is possible; {other} brings {gain} net.",
    "no_time": "A visit would bring {value} net, but the crews' hours go to better ones; nothing else pays.",
    "nothing": "Neither a visit nor a letter nor a call brings more than it costs.",
    "barred": "Nobody may be approached now: the reason stands beside it.",
}
#: how the other channels begin and continue a sentence
BEGINS = {Channel.LETTER: "A letter", Channel.PHONE: "A call"}
WITHIN = {Channel.LETTER: "a letter", Channel.PHONE: "a call"}


def decided(choice: Choice, question_problem: routing.Problem, plan: routing.Plan) -> dict[str, Any]:
    """Give what was decided, as the plan's context keeps it.

    Returns
    -------
    dict
        ``crew_hour_minor``, ``scarce_hour_minor``, and ``rows`` by debtor id: ``channel``, ``agency``, ``why`` (a
        sentence), ``gross_minor``, ``cost_minor``, ``fee_minor``, ``net_minor`` of the channel decided, and ``offers``:
        by channel what it would bring net, or the code of why it is not allowed.
    """
    added_s = ways_added(question_problem, plan)
    shifts = {one.id: one for one in question_problem.shifts}
    options = in_order(choice.candidates.options)
    made = {stop.visit: options[stop.visit][stop.option] for route in plan.routes for stop in route.stops}
    by = {stop.visit: shifts[route.shift].skills for route in plan.routes for stop in route.stops}
    listed = set(choice.candidates.removed.loc[choice.candidates.removed["code"] == AGENCY_LIST, "debtor_id"])
    required = {one.id for one in question_problem.visits if one.required}
    cheaper = best_of(choice.table, OTHERS)
    other = {str(one): row for one, row in zip(cheaper.index, cheaper.to_dict("records"), strict=True)}
    rows: dict[str, Any] = {}
    offered: dict[str, dict[str, dict[Any, Any]]] = {}
    for one in choice.table.to_dict("records"):
        offered.setdefault(str(one["debtor_id"]), {})[str(one["channel"])] = one
    for name, offers in offered.items():
        if name in by:
            row = visited(choice, offers, other[name], by[name], made[name], added_s[name], required=name in required)
        elif name in listed:
            row = taken(offers[Channel.AGENCY], "agency_list", gain=offers[Channel.AGENCY]["net_minor"])
        else:
            row = not_visited(offers, other[name])
        row["offers"] = {
            channel: round(float(one["net_minor"])) if one["allowed"] else str(one["why_not"])
            for channel, one in offers.items()
        }
        rows[name] = row
    return {
        "crew_hour_minor": round(3600 * choice.crew_minor_per_s),
        "scarce_hour_minor": round(3600 * choice.scarce_minor_per_s),
        "rows": rows,
    }


def ways_added(problem: routing.Problem, plan: routing.Plan) -> dict[str, float]:
    """Give the seconds of travel that each stop adds to its route: without it the route would be so much shorter."""
    visits = {one.id: one for one in problem.visits}
    shifts = {one.id: one for one in problem.shifts}
    added = {}
    for route in plan.routes:
        shift = shifts[route.shift]
        at = [visits[stop.visit].place_in(stop.option) for stop in route.stops]
        path = [shift.start_place, *at, shift.end_place]
        for k, stop in enumerate(route.stops, start=1):
            a, b, c = path[k - 1], path[k], path[k + 1]
            direct = float(problem.seconds[a, c])
            way = float(problem.seconds[a, b]) + float(problem.seconds[b, c])
            added[stop.visit] = way if math.isnan(direct) else way - direct
    return added


def visited(
    choice: Choice,
    offers: Mapping[str, Any],
    other: Mapping[Any, Any],
    skills: frozenset[str],
    made: Mapping[Any, Any],
    added_s: float,
    *,
    required: bool,
) -> dict[str, Any]:
    """Say why somebody is on a route.

    ``made`` is the option in the plan: an own crew's visit brings its value and takes its time at the door, and costs
    the way which it really adds.
    """
    ours = BANK in skills or not agencies_of(skills)
    if offers[Channel.JOINT]["allowed"]:
        one = offers[Channel.JOINT]
        return taken(one, "joint", value=one["gross_minor"], cost=one["fee_minor"])
    if not ours or (not offers[Channel.OWN]["allowed"] and offers[Channel.AGENCY]["allowed"]):
        one = offers[Channel.AGENCY]
        return taken(one, "agency", value=one["gross_minor"], cost=one["fee_minor"])
    one = dict(offers[Channel.OWN])
    at_full_cost = float(one["net_minor"])
    way_minor = choice.crew_minor_per_s * max(added_s, 0.0)
    one["gross_minor"] = float(made["value_minor"])
    one["cost_minor"] = way_minor + choice.crew_minor_per_s * float(made["service_s"])
    one["net_minor"] = one["gross_minor"] - one["cost_minor"]
    if required:
        return taken(one, "own_required")
    if other["channel"] in WITHIN and float(other["net_minor"]) > at_full_cost:
        values = {"gain": other["net_minor"], "value": at_full_cost, "cost": way_minor}
        return taken(one, "own_on_the_way", other=WITHIN[Channel(other["channel"])], **values)
    return taken(one, "own", value=one["gross_minor"], gain=one["net_minor"])


def not_visited(offers: Mapping[str, Any], other: Mapping[Any, Any]) -> dict[str, Any]:
    """Say what is done instead of a visit, and why."""
    visits = [offers[one] for one in VISITS if offers[one]["allowed"]]
    net = max((float(one["net_minor"]) for one in visits), default=float("nan"))
    chosen, gain = offers[str(other["channel"])], float(other["net_minor"])
    if chosen["channel"] == Channel.NOTHING:
        if not visits and not offers[Channel.LETTER]["allowed"] and not offers[Channel.PHONE]["allowed"]:
            return taken(chosen, "barred")
        return taken(chosen, "no_time", value=net) if visits and net > 0 else taken(chosen, "nothing")
    channel = Channel(str(other["channel"]))
    if not visits:
        return taken(chosen, "no_visit", other=WITHIN[channel], gain=gain)
    if net > gain:
        return taken(chosen, "hours", other=WITHIN[channel], gain=gain, value=net)
    gross = max(float(one["gross_minor"]) for one in visits)
    why = "anyway" if gross <= 0 else "way" if net < 0 else "cheaper"
    return taken(chosen, why, other=BEGINS[channel], gain=gain, **({} if why == "anyway" else {"value": net}))


def taken(one: Mapping[Any, Any], why: str, *, other: str = "", **amounts: float) -> dict[str, Any]:
    """Give the record of a channel with its sentence; amounts are minor units and are said in whole ones."""
    said = {name: f"{amount / 100:,.0f}" for name, amount in amounts.items()}
    return {
        "channel": str(one["channel"]),
        "agency": str(one["agency"]),
        "code": why,
        "why": SENTENCES[why].format(other=other, agency=one["agency"], **said),
        **{name: round(float(one[name])) for name in ("gross_minor", "cost_minor", "fee_minor", "net_minor")},
    }
