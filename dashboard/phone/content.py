"""A crew's day as the phone page shows it: ``planner.view.DayView`` in the reader's words, as plain JSON values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from babel.numbers import get_currency_precision, get_currency_symbol

from dashboard import formats
from dashboard.maps.offline import basemap_file
from dashboard.phone.changes import sayable
from dashboard.phone.day_off import ways_on
from dashboard.phone.days import days_of, opening
from dashboard.phone.difference import not_made
from dashboard.phone.safety import safety_content
from dashboard.phone.sketch import sketch
from dashboard.phone.words import PROMISED
from dashboard.services import Services
from dashboard.text import _, current_language, n_
from dashboard.text.advice import advice_of, told
from dashboard.text.words import OUTCOMES, PLACE_KINDS, accommodation, word
from dashboard.theme import crew_colour, ink_on
from geodata.datum import Datum, from_wgs84
from planner.domain import Principal, Role
from planner.view import DayStop, DayView
from planner.view.day_clocks import ClockEffect

#: Promises are mostly for these days from today; any other can be chosen.
PROMISE_DAYS = (0, 1, 2, 3, 7)
#: a crew that is foretold to be back later than this after its shift will rather have turned home
SOON = timedelta(minutes=30)
MAY_RECORD = frozenset({Role.COLLECTOR, Role.MANAGER})
#: What coordinates mean to each map: in the mainland all but Baidu draw theirs in GCJ-02; elsewhere nothing is shifted.
NAVIGATORS: Mapping[str, Datum] = {"amap": "gcj02", "baidu": "bd09", "google": "gcj02", "apple": "gcj02"}
#: A finish this likely is calm, below the second it is in doubt.
CALM, DOUBTFUL = 0.8, 0.5


def day_address(prefix: str, branch: str, crew_id: str, day: date) -> str:
    """Give the address of a crew's day."""
    return f"{prefix}/m/{branch}/{crew_id}/{day.isoformat()}"


def day_content(view: DayView, services: Services, principal: Principal, *, prefix: str) -> dict[str, Any]:
    """Give everything the phone page shows of a day."""
    branch, colour = view.branch, crew_colour(view.colour)
    here = day_address(prefix, branch.code, view.crew_id, view.day)
    text = formats.day(view.day)
    changes = sayable(view, now=services.now())
    over = bool(view.stops) and not changes["kinds"]  # nothing is foretold of what is over
    return {
        "title": f"{text} · {view.crew_name}",
        "day": view.day.isoformat(),
        "day_text": text,
        "crew_name": view.crew_name,
        "members": other_names(view.crew_name, view.members),
        "hours": hours(view),
        "back": "" if over else back(view),
        # Once something is recorded here, the crew is silent no more, whether the server knows of it yet or not.
        "back_heard": planned_back(view) if view.silent and not over else "",
        "finish": None if over else finish(view),
        "notice": notice(view),
        # Each shift may work by a plan of its own; one that is planned again has another.
        "plan_id": "+".join(dict.fromkeys(view.plan_ids)) or view.plan_id,
        "before": beside(view, services, principal, prefix, -1),
        "after": beside(view, services, principal, prefix, 1),
        "near": [
            (day_address(prefix, branch.code, view.crew_id, day), words)
            for day, words in ways_on(view, services, principal)
        ],
        "api": here.replace("/m/", "/m/api/", 1),
        "language": current_language(),
        "may_record": principal.role in MAY_RECORD,
        "changes": changes,
        **opening(view.branch, view.day, now=services.now()),
        "colour": colour,
        "ink": ink_on(colour),
        "depot": list(view.depot),
        "line": [[round(lon, 5), round(lat, 5)] for lon, lat in view.line],
        "estimated": view.roads_estimated,
        "money": {
            "sign": get_currency_symbol(branch.currency, locale="zh_Hans_CN"),
            "digits": get_currency_precision(branch.currency),
            "locale": {"zh": "zh-CN"}.get(current_language(), "en-GB"),
        },
        "promise_days": promise_days(view.day, services.now().astimezone(ZoneInfo(branch.timezone)).date()),
        "breaks": [
            {"begins_at": begin.isoformat(), "text": f"{formats.span(begin, end)} · {_('Break')}"}
            for begin, end in view.breaks
        ],
        "shifts": shifts(view),
        "stops": [stop_content(stop, ZoneInfo(branch.timezone), view.crew_id) for stop in view.stops],
        "given_up": [given_up(stop, why) for stop, why in view.given_up],
        "attribution": services.ground(branch).attribution,
        "safety": safety_content(services, principal, branch, view.crew_id, view.day),
    }


def beside(view: DayView, services: Services, principal: Principal, prefix: str, days: int) -> str:
    """Give the address of the crew's day so many days later, empty where the reader may not open it."""
    day = view.day + timedelta(days=days)
    mine = days_of(services, principal, view.branch)
    return "" if mine is not None and day not in mine else day_address(prefix, view.branch.code, view.crew_id, day)


def stop_content(stop: DayStop, zone: ZoneInfo, crew_id: str) -> dict[str, Any]:
    """Give one stop of a crew's day; ``zone`` is the branch's."""
    late = n_("{n} day late", "{n} days late", stop.days_past_due) if stop.days_past_due else ""
    cases = n_("{n} account", "{n} accounts", len(stop.cases))
    advice = advice_of(stop)
    return {
        "number": stop.number,
        "debtor_id": stop.debtor_id,
        "place_id": stop.place_id,
        "plan_id": stop.plan_id,
        "shift": stop.shift_id,
        "kind": word(PLACE_KINDS, stop.place_kind),
        "name": stop.name,
        "address": stop.address,
        "phone": stop.phone,
        "lon": stop.lon,
        "lat": stop.lat,
        "go": handed_over(stop.lon, stop.lat),
        "accuracy_m": stop.accuracy_m if math.isfinite(stop.accuracy_m) else None,
        "pin_set": stop.pin_set,
        "pin_planned": stop.pin_planned,
        "begins_at": stop.begins_at.isoformat(),
        "begins": formats.clock(stop.begins_at),
        "leaves": formats.clock(stop.leaves_at),
        "opens_at": stop.opens_at.isoformat(),
        "closes_at": stop.closes_at.isoformat(),
        "closes": formats.clock(stop.closes_at),
        "opens": formats.clock(stop.opens_at),
        "window": formats.span(stop.opens_at, stop.closes_at),
        "overdue_minor": stop.overdue_minor,
        "debt": " · ".join(filter(None, (_("overdue"), late, cases))),
        "approach": told(advice.approach_name) if advice else "",
        "bring": [told(thing.name) for thing in advice.documents] if advice else [],
        "minds": [told(one) for one in (*advice.cautions, advice.care)] if advice else [],
        "say": told(advice.opening) if advice else "",
        "ask": [told(one) for one in advice.elements.values()] if advice else [],
        "wishes": [accommodation(kind, value) for kind, value in stop.accommodations],
        "clock": {kind: effect_told(kind, one) for kind, one in stop.effects.items()},
        "required": stop.required,
        "reason": stop.required_reason and required_reason(stop.required_reason),
        "outcome": stop.outcome_code,
        "outcome_id": stop.outcome_id,
        "outcome_text": word(OUTCOMES, stop.outcome_code) if stop.outcome_code else "",
        "promised": {
            "minor": stop.promised_minor,
            "text": formats.day(stop.promised_on) if stop.promised_on else "",
        }
        if stop.outcome_code in PROMISED or stop.promised_on
        else None,
        "paid": stop.paid_minor,
        "entry": entry_content(stop.entry, zone, crew_id) if stop.entry else None,
        "own_entry": entry_content(stop.own_entry, zone, crew_id) if stop.own_entry else None,
        "standing": stop.standing,
    }


def given_up(stop: DayStop, why: str) -> dict[str, Any]:
    """Give a stop that is not made any more today: its number, when it was planned, why not; whose and where if known.

    A crew reads names of its own stops only (``planner.store.scope``), and this is none any more.
    """
    return {
        "number": stop.number,
        "name": stop.name,
        "address": stop.address,
        "begins": formats.clock(stop.begins_at),
        "why": not_made(why),
    }


def entry_content(entry: Mapping[str, Any], zone: ZoneInfo, crew_id: str) -> dict[str, Any]:
    """Give what an entry says, as a phone would send it, when the visit was and when it was entered.

    ``ours``: it is the crew's own. What another crew recorded is of another visit, and put right by that crew alone.
    """
    began, ended, recorded = (entry[name] for name in ("started_at", "ended_at", "recorded_at"))
    ended = began if pd.isna(ended) else ended
    promised = entry.get("promised_on")
    return {
        **{name: str(entry[name]) for name in ("outcome_id", "code", "promised_how", "evidence", "note")},
        **{name: str(entry[name]) for name in ("willing", "able", "next_action")},
        **{name: int(entry[name]) for name in ("paid_minor", "promised_minor")},
        "ours": str(entry["crew_id"]) == crew_id,
        "promised_on": "" if pd.isna(promised) else pd.Timestamp(promised).date().isoformat(),
        "started_at": began.isoformat(),
        "ended_at": ended.isoformat(),
        "began": formats.clock(began.astimezone(zone)),
        "ended": formats.clock(ended.astimezone(zone)),
        "recorded": "" if pd.isna(recorded) else formats.clock(recorded.astimezone(zone)),
    }


def other_names(crew_name: str, members: Sequence[str]) -> list[str]:
    """Give the members whom the crew's name does not name already.

    >>> other_names("林晓峰·苏文静", ["林晓峰", "苏文静"]), other_names("Crew 1", ["林晓峰"])
    ([], ['林晓峰'])
    """
    return [] if all(member in crew_name for member in members) else list(members)


def required_reason(code: str) -> str:
    """Say why a visit is required; a reason without words of ours is shown as it is."""
    reasons = {
        "limitation_lapses": _("The limitation period ends soon: have a demand notice signed"),
        "guarantee_lapses": _("The guarantee period ends soon: have a demand on the guarantor signed"),
    }
    return reasons.get(code, code)


def shifts(view: DayView) -> list[dict[str, str]]:
    """Give the shifts of a day that has several, as the list is headed by them; a day of one needs no heading."""
    if len(view.hours) < 2:
        return []
    return [
        {"begins_at": begins.isoformat(), "text": _("Shift {hours}").format(hours=formats.span(begins, ends))}
        for begins, ends in view.hours
    ]


def hours(view: DayView) -> str:
    """Say when the crew works: of several shifts, each."""
    if view.starts_at is None:
        return _("No shift this day")
    return _(", ").join(formats.span(*one) for one in view.hours or [(view.starts_at, view.ends_at)])


def back(view: DayView) -> str:
    """Say when the crew is back, and how likely by the end of its shift."""
    if view.returns_at is None:
        return ""
    if view.silent and any(stop.outcome_code for stop in view.stops):
        return _("Nothing recorded for an hour. As planned back at {time}.").format(time=formats.clock(view.returns_at))
    if view.silent:
        return _("Nothing recorded yet. As planned back at {time}.").format(time=formats.clock(view.returns_at))
    planned = planned_back(view)
    return planned if view.in_time is None else f"{planned} · {chance(view)}"


def chance(view: DayView) -> str:
    """Say how likely the planned day ends with the shift."""
    share, ends = formats.percent(view.in_time), formats.clock(view.ends_at)
    return _("{share} to finish by {time}").format(share=share, time=ends)


def notice(view: DayView) -> str:
    """Say what a reader must know before anything else, empty where there is nothing."""
    if view.stops:
        return _("Travel times are estimated by straight lines, not streets.") if view.roads_estimated else ""
    if view.starts_at is None:
        return _("This crew does not work on this day.")
    if not view.published:
        return _("No plan is published for this week yet. The branch manager publishes it on the page Week.")
    if view.plan_id:
        return _("No visits are left on this day. Go home safely.")
    return _("No visits are planned for this crew on this day.")


def promise_days(day: date, today: date) -> list[dict[str, str]]:
    """Offer days for a promise, counted from the day of the visit; nobody promises for a day that is over."""
    near = {today: _("Today"), today + timedelta(days=1): _("Tomorrow")}
    offered = [max(day, today) + timedelta(days=count) for count in PROMISE_DAYS]
    return [{"day": one.isoformat(), "text": near.get(one) or formats.day(one)} for one in offered]


def handed_over(lon: float, lat: float) -> dict[str, list[float]]:
    """Give longitude and latitude as each navigator reads them.

    >>> handed_over(116.404, 39.915)["amap"], handed_over(-0.1276, 51.5072)["google"]
    ([116.410244, 39.916404], [-0.1276, 51.5072])
    """
    here = np.array([[lon, lat]])
    return {name: from_wgs84(here, datum)[0].round(6).tolist() for name, datum in NAVIGATORS.items()}


def effect_told(kind: str, effect: ClockEffect) -> str:
    """Say what evidence would do to the limitation clock; nothing is promised that the branch has not entered."""
    if effect.ends_on is None or effect.would_end_on is None:
        why = {"after_end": _("The period has passed: this restarts nothing here. Suggest nothing else to the debtor."),
               "too_old": _("The period runs from this day already."),
               "no_start": _("The start of the period is not known, so nothing can be told.")}  # fmt: skip
        return why.get(effect.refusal, _("This does not interrupt the period."))
    named = {"notice_signed": _("With the signed notice"), "delivery_proof": _("With the proof of delivery"),
             "payment": _("With the payment"), "plan": _("With the signed plan")}[kind]  # fmt: skip
    return _(
        "{evidence} the limitation period would run until {then} instead of {now}, once the branch enters it."
    ).format(
        evidence=named, then=formats.day(effect.would_end_on, year=True), now=formats.day(effect.ends_on, year=True)
    )


def finish(view: DayView) -> dict[str, Any] | None:
    """Give how likely the day ends with the shift: its sentence, how calm it is, and the return; None if not told."""
    if view.in_time is None or view.returns_at is None:
        return None
    state = "calm" if view.in_time >= CALM else "tight" if view.in_time >= DOUBTFUL else "late"
    return {
        "text": chance(view),
        "back": planned_back(view),
        "state": state,
        "live": view.live,
        "unreached": view.unreached,
    }


def planned_back(view: DayView) -> str:
    """Say when the crew is back from the shift that is under way, or the next.

    What is foretold counts the way to stops that will not be reached; no visit begins after the shift, so a crew that
    is far behind turns home when it is over.
    """
    behind = view.ends_at is not None and view.returns_at is not None and view.returns_at - view.ends_at > SOON
    if behind and view.unreached:
        return _("Back soon after {time}").format(time=formats.clock(view.ends_at))
    return _("Back at {time}").format(time=formats.clock(view.returns_at))


def all_back(view: DayView) -> str:
    """Say when the crew is back from each shift of the day, as planned: for what is read all day."""
    if len(view.returns) < 2:
        return planned_back(view)
    return _("Back at {time}").format(time=_(", ").join(formats.clock(one) for one in view.returns))


def map_content(services: Services, view: DayView) -> dict[str, Any]:
    """Give the ground of the day's map (``sketch``); it is loaded after the page itself."""
    ground = services.ground(view.branch)
    name = basemap_file(ground.folder, ground.region)
    points = [(stop.lon, stop.lat) for stop in view.stops] + [view.depot]
    return sketch(None if name is None else ground.folder / name, points, language=current_language())
