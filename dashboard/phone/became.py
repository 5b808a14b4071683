"""“What became of it”: the collector sees that what he put right or recorded was used, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.parameters import load as load_parameters
from dashboard import formats
from dashboard.phone.answers import spoken
from dashboard.phone.content import day_address
from dashboard.phone.days import DayRoutes
from dashboard.principal import of_headers
from dashboard.text import _, current_language, n_
from planner.domain import Branch, Principal, Role
from planner.view import DayView
from planner.view.became import Became, PinBecame, became
from planner.view.day import find_crew


@dataclass(frozen=True)
class BecameRoutes(DayRoutes):
    """The route of the list."""

    def routes(self) -> list[Route]:
        """List the routes for the application."""
        return [Route("/m/{branch}/{crew}/{day}/used", self.used)]

    @spoken
    def used(self, request: Request) -> Response:
        """Show what became of what a collector has recorded; to himself alone."""
        services, principal = self.services(), of_headers(request.headers)
        crew_id, day = request.path_params["crew"], self.wanted(request)
        if not own(principal, crew_id):
            raise KeyError(crew_id)
        branch, _crew = find_crew(services.store, principal, crew_id)
        self.require_here(request, branch)
        found = became(services.store, principal, branch, crew_id, load_parameters(), now=services.now())
        cards = services.store.contacts(principal, branch.code)
        names = dict(zip(cards["debtor_id"], cards["name"], strict=True))
        return self.page(
            request,
            "used.html",
            groups=[one for one in groups(found, names, branch) if one["lines"]],
            back=day_address(self.prefix, quote(branch.code), quote(crew_id), day),
        )


def own(principal: Principal, crew_id: str) -> bool:
    """Say whether the list is the reader's own."""
    return principal.role is Role.COLLECTOR and principal.crew == crew_id


def used_address(view: DayView, principal: Principal, *, prefix: str) -> str:
    """Give where a day's page leads for the list, "" for who has none."""
    if not own(principal, view.crew_id):
        return ""
    return day_address(prefix, quote(view.branch.code), quote(view.crew_id), view.day) + "/used"


def groups(found: Became, names: dict[str, str], branch: Branch) -> list[dict[str, Any]]:
    """Give the sentences under their headings."""
    return [
        {"title": _("Pins"), "lines": [pin_told(one, names, branch) for one in found.pins]},
        {"title": _("Times"), "lines": list(times_told(found))},
        {"title": _("Outcomes"), "lines": list(outcomes_told(found))},
    ]


def pin_told(one: PinBecame, names: dict[str, str], branch: Branch) -> str:
    """Say what became of a pin; a name only where the stop is the crew's still."""
    who = names.get(one.debtor_id) or _("a debtor")
    moved_on = formats.day(one.moved_at.astimezone(ZoneInfo(branch.timezone)).date())
    moved = (
        _("{day}: you put the pin of {who} right.").format(day=moved_on, who=who)
        if math.isnan(one.metres)
        else _("{day}: you moved the pin of {who} by {metres}.").format(
            day=moved_on, who=who, metres=formats.distance(one.metres)
        )
    )
    gap = "" if current_language() == "zh" else " "
    if one.used_on is not None:
        there = _("Your plan goes there: stop {n} on {day}.").format(n=one.number, day=formats.day(one.used_on))
        return moved + gap + there
    if one.planned_since:
        return moved + gap + _("Plans made since count with it; your crew has no stop there now.")
    return moved + gap + _("The map shows it already; the next plan counts with it.")


def times_told(found: Became) -> Iterator[str]:
    """Say what became of times."""
    if found.timed_since is not None and found.timed:
        yield _("Visits of yours whose times are in the branch's minutes at the door, used since {day}: {n}.").format(
            n=formats.number(found.timed), day=formats.day(found.timed_since)
        )
    if found.driven_since is not None and found.driven:
        yield _("Drives of yours that are in the branch's hours on the road, used since {day}: {n}.").format(
            n=formats.number(found.driven), day=formats.day(found.driven_since)
        )
    if found.usable:
        yield n_(
            "Of the last four weeks {n} of your visits has times from which can be learnt.",
            "Of the last four weeks {n} of your visits have times from which can be learnt.",
            found.usable,
        )
    if found.without_arrival:
        yield n_(
            "{n} visit says when, not how long: one tap on “We are at the door” when you stand there is enough.",
            "{n} visits say when, not how long: one tap on “We are at the door” when you stand there is enough.",
            found.without_arrival,
        )


def outcomes_told(found: Became) -> Iterator[str]:
    """Say what became of outcomes."""
    if found.outcomes_since is None or found.outcomes_until is None:
        yield _("The branch plans with assumed values still: a manager has not adopted any that were learnt.")
    elif found.outcomes:
        yield _("Outcomes of yours up to {until} in the values that plans use, adopted {day}: {n}.").format(
            n=formats.number(found.outcomes),
            until=formats.day(found.outcomes_until),
            day=formats.day(found.outcomes_since),
        )
