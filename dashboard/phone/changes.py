"""A day that goes otherwise, for the phone: what may be said, the proposal in the reader's words, and taking it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.parameters import load as load_parameters
from config.roads import roads_of
from config.rules import load_pack
from dashboard import formats
from dashboard.phone.answers import BadSent
from dashboard.phone.difference import told
from dashboard.services import Services
from dashboard.text import N_, _
from geodata.roads import RoadEngine, RoadFailure
from planner.day_change import (
    BEFOREHAND,
    CannotChange,
    Happened,
    News,
    OwnDay,
    Proposal,
    ProposalOutdated,
    Reason,
    Way,
    Why,
    called_for,
    proposals,
    propose,
    read_own,
    take_day,
)
from planner.day_change.taking import plan_id_of
from planner.domain import Principal
from planner.rules.pack import RulePack
from planner.store import PublishedMeanwhile
from planner.view import DayView
from planner.view.week import contact_names

#: what an address begins with and everybody of the crew knows: province, city
WIDE = re.compile(r"^(?:[^\s\d省市]{1,8}[省市])+")
#: a proposal is of a moment: one that was looked at for longer is asked for again
FRESH = timedelta(minutes=15)
MOST_MINUTES = 300

WHY: Mapping[Why, str] = {
    Why.NO_PLAN: N_("Nothing is planned for this crew on this day."),
    Why.OVER: N_("The shift is over: nothing is planned again."),
    Why.NOT_AHEAD: N_("This stop is not ahead any more: load the day again."),
    Why.CLOSED: N_("This debtor may not be visited in what is left of the day."),
    Why.NO_ROOM: N_("It does not fit into what is left of the day. Tell the branch manager."),
    Why.SKILL: N_("The visit needs a skill that the crew does not have."),
    Why.NOT_YET: N_("This day is still to come: delays and closed roads are said on the day itself."),
}
REASONS: Mapping[Reason, str] = {
    Reason.UNSAFE: N_("It does not feel safe"),
    Reason.KNOWN: N_("Somebody of us knows the debtor"),
    Reason.UNWELL: N_("One of us is unwell"),
    Reason.OTHER: N_("Another reason"),
}
OUTDATED = N_("The day has changed meanwhile: ask once more.")


class BadChange(BadSent):
    """The day cannot be changed so; the message is a sentence for the collector."""


def offered(services: Services, principal: Principal, own: OwnDay) -> dict[str, Any]:
    """Give who could be called in today, and who is in the crew; asked for when it is needed."""
    names = contact_names(services.store, principal, own.branch.code)
    addresses = written(services, principal, own)
    people = {one.collector_id: one.name for one in services.store.collectors(principal, own.branch.code)}
    return {
        "urgent": [
            {
                "debtor_id": one.debtor_id,
                "name": names.get(one.debtor_id, one.debtor_id),
                "address": addresses.get(one.debtor_id, ""),
                "planned": _("planned {when}").format(
                    when=f"{formats.day(one.begins_at.date())} {formats.clock(one.begins_at)}"
                )
                if one.begins_at
                else _("not planned this week"),
                "required": one.required,
            }
            for one in called_for(services.store, principal, own, now=services.now())
        ],
        "members": [[one, people.get(one, one)] for one in own.crew.members],
    }


def written(services: Services, principal: Principal, own: OwnDay) -> dict[str, str]:
    """Give the first written address of each debtor, in short."""
    table = services.store.addresses(principal, own.branch.code).drop_duplicates("debtor_id")
    return dict(zip(table["debtor_id"], map(short, table["address"]), strict=True))


def short(address: str) -> str:
    """Leave out province and city.

    >>> short("云溪市云北区晴川街12号"), short("市中街12号"), short("12 Qingchuan Jie, Yunxi")
    ('云北区晴川街12号', '市中街12号', '12 Qingchuan Jie, Yunxi')
    """
    return WIDE.sub("", address) or address


def sayable(view: DayView, *, now: datetime) -> dict[str, Any]:
    """Give what may be said of a day that goes otherwise, and a sentence where that is not all."""
    if view.day > now.astimezone(ZoneInfo(view.branch.timezone)).date():
        kinds = [one.value for one in Happened if one in BEFOREHAND]
        return {"kinds": kinds, "note": _("This day is still to come. Delays and closed roads are said on the day.")}
    ends = max((end for _begin, end in view.hours), default=view.ends_at)
    if ends is None or now >= ends:
        return {"kinds": [], "note": _("This day is over: nothing is planned again. Outcomes can still be recorded.")}
    return {"kinds": [one.value for one in Happened], "note": ""}


def proposed(services: Services, principal: Principal, own: OwnDay, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Plan the rest of the day again and say what would be different, in each way that there is; nothing is kept.

    Raises
    ------
    BadChange
        If it cannot be, with the reason as a sentence.
    """
    now = services.now()
    with roads_open(services, own) as roads:
        with asked_of(own, sent) as (news, pins, pack):
            ways = proposals(
                services.store, principal, own, news, roads, pack, load_parameters(), at=now, pinned=pins
            )  # fmt: skip
        return told(ways, own, services, principal)


def taken(services: Services, principal: Principal, own: OwnDay, sent: Mapping[str, Any]) -> bool:
    """Take a proposal that was shown; False where it was taken before.

    Raises
    ------
    BadChange
        If it cannot be taken any more.
    """
    now, asked = services.now(), sent.get("asked")
    if not isinstance(asked, dict):
        raise BadChange(_(OUTDATED))
    try:
        change_id = str(sent["change_id"])
        plan_id = plan_id_of(change_id)
        at = datetime.fromisoformat(str(asked["at"]))
    except (KeyError, ValueError) as error:
        raise BadChange(_(OUTDATED)) from error
    if any(row.plan_id == plan_id for row in services.store.day_plans(principal, own.branch.code, own.saved.week)):
        return False
    if at.tzinfo is None or not now - FRESH <= at <= now:
        raise BadChange(_(OUTDATED))
    with roads_open(services, own) as roads:
        proposal = made(services, principal, own, roads, asked, at=at)
        try:
            take_day(services.store, principal, proposal, roads, change_id=change_id, digest=str(sent.get("digest")),
                     now=now)  # fmt: skip
        except (ProposalOutdated, PublishedMeanwhile) as error:
            raise BadChange(_(OUTDATED)) from error
    return True


def read(
    services: Services, principal: Principal, crew_id: str, day: date, sent: Mapping[str, Any] | None = None
) -> OwnDay:
    """Read the crew's own part of the day: the shift of the stop that something is said of, else that under way.

    Raises
    ------
    BadChange
        If nothing is planned for it.
    KeyError
        If the crew is none of the principal's.
    """
    try:
        return read_own(services.store, principal, crew_id, day, now=services.now(), about=about(sent or {}))
    except CannotChange as error:
        raise BadChange(_(WHY[error.why])) from error


def about(sent: Mapping[str, Any]) -> str:
    """Give the stop that is not made, or not reached; "" where what was sent is about none of the day."""
    said = sent.get("asked", sent)
    if not isinstance(said, dict) or said.get("kind") not in (Happened.BLOCKED.value, Happened.REFUSED.value):
        return ""
    return str(said.get("debtor_id") or "")


@contextmanager
def roads_open(services: Services, own: OwnDay) -> Iterator[RoadEngine]:
    """Give the roads that a day's plan was made with, open while the block lasts."""
    made_on = own.saved.created_at.astimezone().date()
    try:
        with roads_of(services.settings, own.branch.road_region, os.environ, today=made_on) as roads:
            yield roads
    except RoadFailure as error:
        raise BadChange(_("The roads do not answer: the day stays as it is.")) from error


@contextmanager
def asked_of(own: OwnDay, sent: Mapping[str, Any]) -> Iterator[tuple[News, list[str], RulePack]]:
    """Give what happened, the pinned stops and the rule pack of what a phone sent; why it cannot be is a sentence."""
    pinned = sent.get("pinned", [])
    pins = [str(one) for one in pinned] if isinstance(pinned, list) else []
    try:
        yield news_of(sent), pins, load_pack(own.branch.rule_pack)
    except CannotChange as error:
        raise BadChange(_(WHY[error.why])) from error


def made(
    services: Services, principal: Principal, own: OwnDay, roads: RoadEngine, sent: Mapping[str, Any], *, at: datetime
) -> Proposal:
    """Make the proposal that was asked for at a moment, in the way that was chosen."""
    try:
        way = Way(str(sent.get("way", Way.BEST.value)))
    except ValueError as error:
        raise BadChange(_("This is incomplete: do it once more.")) from error
    with asked_of(own, sent) as (news, pins, pack):
        return propose(
            services.store, principal, own, news, roads, pack, load_parameters(), at=at, pinned=pins, way=way
        )  # fmt: skip


def news_of(sent: Mapping[str, Any]) -> News:
    """Read what happened from what a phone sent.

    Raises
    ------
    BadChange
        If it is malformed.
    """
    minutes = sent.get("minutes")
    try:
        kind = Happened(str(sent.get("kind")))
        reason = Reason(str(sent["reason"])) if sent.get("reason") else None
        if minutes is not None and (type(minutes) is not int or not 0 < minutes <= MOST_MINUTES):
            raise ValueError("minutes")
    except ValueError as error:
        raise BadChange(_("This is incomplete: do it once more.")) from error
    return News(kind, str(sent.get("debtor_id") or ""), minutes, str(sent.get("member") or ""), reason)
