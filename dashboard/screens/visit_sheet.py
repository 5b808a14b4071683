"""A crew's day as a PDF to print: made of the same day and the same advice that the pages show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from config.rules import branch_clocks, load_pack
from dashboard import formats
from dashboard.phone.content import all_back, required_reason
from dashboard.screens.who import branch_name
from dashboard.services import Services
from dashboard.text import N_, _, current_language, joined, n_, speaking
from dashboard.text.advice import advice_of, told
from dashboard.text.words import OUTCOMES, PLACE_KINDS, accommodation, word
from planner.domain import Principal, Role
from planner.export.visit_sheet import StopCard, VisitSheet, visit_sheet_pdf
from planner.rules.pack import RulePack
from planner.rules.playbook import Technique
from planner.view import DayStop, DayView, RouteView, WeekView, day_view

#: only who may see contact cards prints them
MAY_PRINT = frozenset({Role.MANAGER, Role.COLLECTOR})
ELEMENTS = (N_("When"), N_("How"), N_("How much"))
TICKED = ("PAID_FULL", "PAID_PART", "PTP_LATER", "NOTICE_SIGNED", "NOT_HOME", "MOVED")


def download(
    kit: Services, principal: Principal, crew_id: str, day: date, *, key: str, label: str | None = None
) -> None:
    """Offer a crew's day as a file; it is set when asked for."""
    if principal.role not in MAY_PRINT:
        return
    st.download_button(
        label or _("Visit sheet"),
        made(kit, principal, crew_id, day, current_language()),
        file_name=f"visits-{crew_id}-{day:%Y-%m-%d}.pdf",
        mime="application/pdf",
        icon=":material/print:",
        on_click="ignore",
        key=key,
        help=_("The day on paper: what to say and bring, and fields for when, how and how much. Names and addresses."),
    )


def of_week(kit: Services, principal: Principal, view: WeekView, shown: Sequence[RouteView], day: date | None) -> None:
    """Offer the sheets of the crews shown of a day, once the plan is published: paper of a draft would go astray."""
    routes = [route for route in shown if route.day == day]
    if day is None or not routes or view.published_at is None or principal.role not in MAY_PRINT:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Visit sheets"), width="content")
        for route in routes:
            download(kit, principal, route.crew_id, day, key=f"sheet {route.shift_id}", label=route.crew_name)


def made(kit: Services, principal: Principal, crew_id: str, day: date, language: str) -> Callable[[], bytes]:
    """Give what makes the file, in the language the page was drawn in."""

    def make() -> bytes:
        with speaking(language):
            view = day_view(kit.store, principal, crew_id, day, terms=branch_clocks)
            file = visit_sheet_pdf(sheet(view, load_pack(view.branch.rule_pack), now=kit.now()))
        now, on, stops = kit.now(), day.isoformat(), len(view.stops)
        kit.store.note_cards(principal, view.branch.code, "visit_sheet", now=now, crew=crew_id, day=on, stops=stops)
        return file

    return make


def sheet(view: DayView, pack: RulePack, *, now: datetime) -> VisitSheet:
    """Put a day into words for paper."""
    opens, closes = visiting_hours(pack)
    hours = _("Visits between {opens} and {closes}; at least {n} go together. Show the work card first.").format(
        opens=opens, closes=closes, n=pack.crew_min.value
    )
    silence = _("Nobody but debtor and guarantor learns of the debt. Who feels unsafe leaves; no reason is asked.")
    made_at = now.astimezone(ZoneInfo(view.branch.timezone))
    advised = next((one for one in map(advice_of, view.stops) if one is not None), None)
    never = [_("Never, at any door:"), *map(reasoned, advised.blocked)] if advised and advised.blocked else []
    return VisitSheet(
        lang=current_language(),
        title=f"{formats.day(view.day, year=True)} · {view.crew_name}",
        subtitle=" · ".join(
            [
                branch_name(view.branch),
                _(", ").join(view.members),
                n_("{n} visit", "{n} visits", len(view.stops)),
                all_back(view),
            ]
        ),
        made=f"{formats.day(made_at.date())} {formats.clock(made_at)}",
        author="Rounds",
        footer=_("Personal data: bring it back and shred it after the day is recorded. Rule pack {pack}.").format(
            pack=pack.version
        ),
        notes=[joined(hours, silence)],
        never=never,
        stops=[card(stop, view.branch.currency) for stop in view.stops],
    )


def visiting_hours(pack: RulePack) -> tuple[str, str]:
    """Give the hours in which all kinds of place may be visited, on the strictest rule."""
    spans = [rule.hours.value for rule in pack.hours if rule.hours.value and len(rule.weekdays) == 7]
    return f"{max(one.opens for one in spans):%H:%M}", f"{min(one.closes for one in spans):%H:%M}"


def reasoned(one: Technique) -> str:
    """Name a technique with its reason or condition, and the article where there is one."""
    said = _("{technique}: {why}").format(technique=told(one.name), why=told(one.why))
    return f"{said} ({told(one.article)})" if one.article else said


def card(stop: DayStop, currency: str) -> StopCard:
    """Put one stop into words for paper; without a playbook it has no advice, and is no less a stop."""
    advice = advice_of(stop)
    asks = [told(one) for one in advice.elements.values()] if advice else ["", "", ""]
    return StopCard(
        number=str(stop.number),
        name=stop.name or stop.debtor_id,
        place=_("{kind} · {address}").format(
            kind=word(PLACE_KINDS, stop.place_kind), address=stop.address or _("No address on file")
        ),
        time=formats.span(stop.begins_at, stop.leaves_at),
        window=_("may begin {window}").format(window=formats.span(stop.opens_at, stop.closes_at)),
        debt=formats.money(stop.overdue_minor, currency),
        cases=" · ".join([n_("{n} day late", "{n} days late", stop.days_past_due), *stop.cases]),
        wishes=[accommodation(kind, value) for kind, value in stop.accommodations],
        rules=[required_reason(stop.required_reason)] if stop.required_reason else [],
        approach=told(advice.approach_name) if advice else "",
        bring=_("Bring: ") + _(", ").join(told(thing.name) for thing in advice.documents) if advice else "",
        say=joined(told(advice.greeting), told(advice.opening)) if advice else "",
        mind=joined(*(told(one) for one in (*advice.cautions, advice.care))) if advice else "",
        offered=_("Offered: ") + _(", ").join(told(one.name) for one in advice.offered) if advice else "",
        conditional=[_("Only on a condition: ") + reasoned(one) for one in advice.conditional] if advice else [],
        ask=[f"{_(name)}: {ask}" if ask else _(name) for name, ask in zip(ELEMENTS, asks, strict=True)],
        outcomes=[word(OUTCOMES, code) for code in TICKED],
        remark=_("Remark"),
    )
