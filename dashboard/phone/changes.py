"""A day that goes otherwise, for the phone: what may be said, the proposal in the reader's words, and taking it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from config.parameters import load as load_parameters
from config.roads import roads_of
from config.rules import load_pack
from dashboard import formats
from dashboard.services import Services
from dashboard.text import N_, _, n_
from geodata.roads import RoadEngine, RoadFailure
from planner.day_change import (
    CannotChange,
    Change,
    Happened,
    News,
    OwnDay,
    Proposal,
    ProposalOutdated,
    Reason,
    Standing,
    Why,
    called_for,
    propose,
    read_own,
    take_day,
)
from planner.day_change.taking import plan_id_of
from planner.domain import Principal
from planner.store import PublishedMeanwhile
from planner.view.week import contact_names

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
}
REASONS: Mapping[Reason, str] = {
    Reason.UNSAFE: N_("It does not feel safe"),
    Reason.KNOWN: N_("Somebody of us knows the debtor"),
    Reason.UNWELL: N_("One of us is unwell"),
    Reason.OTHER: N_("Another reason"),
}
OUTDATED = N_("The day has changed meanwhile: ask once more.")


class BadChange(ValueError):
    """The day cannot be changed so; the message is a sentence for the collector."""


def offered(services: Services, principal: Principal, own: OwnDay) -> dict[str, Any]:
    """Give who could be called in today, and who is in the crew; asked for when it is needed."""
    names = contact_names(services.store, principal, own.branch.code)
    people = {one.collector_id: one.name for one in services.store.collectors(principal, own.branch.code)}
    return {
        "urgent": [
            {
                "debtor_id": one.debtor_id,
                "name": names.get(one.debtor_id, one.debtor_id),
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


def proposed(services: Services, principal: Principal, own: OwnDay, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Plan the rest of the day again and say what would be different; nothing is kept.

    Raises
    ------
    BadChange
        If it cannot be, with the reason as a sentence.
    """
    now = services.now()
    with roads_open(services, own) as roads:
        return told(made(services, principal, own, roads, sent, at=now), own, services, principal)


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


def read(services: Services, principal: Principal, crew_id: str, day: date) -> OwnDay:
    """Read the crew's own part of the day.

    Raises
    ------
    BadChange
        If nothing is planned for it.
    KeyError
        If the crew is none of the principal's.
    """
    try:
        return read_own(services.store, principal, crew_id, day)
    except CannotChange as error:
        raise BadChange(_(WHY[error.why])) from error


@contextmanager
def roads_open(services: Services, own: OwnDay) -> Iterator[RoadEngine]:
    """Give the roads that a day's plan was made with, open while the block lasts."""
    made_on = own.saved.created_at.astimezone().date()
    try:
        with roads_of(services.settings, own.branch.road_region, os.environ, today=made_on) as roads:
            yield roads
    except RoadFailure as error:
        raise BadChange(_("The roads do not answer: the day stays as it is.")) from error


def made(
    services: Services, principal: Principal, own: OwnDay, roads: RoadEngine, sent: Mapping[str, Any], *, at: datetime
) -> Proposal:
    """Make the proposal that was asked for at a moment."""
    pinned = sent.get("pinned", [])
    pack = load_pack(own.branch.rule_pack)
    try:
        pins = [str(one) for one in pinned] if isinstance(pinned, list) else []
        return propose(
            services.store, principal, own, news_of(sent), roads, pack, load_parameters(), at=at, pinned=pins
        )
    except CannotChange as error:
        raise BadChange(_(WHY[error.why])) from error


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


def told(proposal: Proposal, own: OwnDay, services: Services, principal: Principal) -> dict[str, Any]:
    """Say a proposal in the reader's words."""
    numbers = {stop["visit"]: number for number, stop in enumerate(own.route["stops"], start=1)}
    names = contact_names(services.store, principal, own.branch.code)

    def who(one: Change) -> str:
        name = names.get(one.debtor_id) or one.debtor_id
        return f"{numbers[one.debtor_id]} · {name}" if one.debtor_id in numbers else name

    news = proposal.news
    asked = {"kind": news.kind.value, "debtor_id": news.debtor_id, "minutes": news.minutes, "member": news.member}
    return {
        "asked": asked | {"reason": news.reason.value if news.reason else None, "at": proposal.at.isoformat()},
        "digest": proposal.digest,
        "summary": summary(proposal),
        "changes": [{"kind": one.kind, "who": who(one), "what": what(one)} for one in proposal.changes],
        "order": _("Stops change places.") if proposal.order else "",
        "figures": figures(proposal.before, proposal.after, own),
        "warn": warning(proposal, own),
    }


def summary(proposal: Proposal) -> str:
    """Say in a sentence what taking it would mean."""
    kinds = [one.kind for one in proposal.changes]
    if not kinds and not proposal.order:
        return _("Nothing changes: the day goes on as it is planned.")
    parts = [
        n_("{n} stop at another time", "{n} stops at another time", kinds.count("retimed")),
        n_("{n} stop not made", "{n} stops not made", kinds.count("dropped")),
        n_("{n} stop new", "{n} stops new", kinds.count("added")),
    ]
    return " · ".join(text for text, kind in zip(parts, ("retimed", "dropped", "added"), strict=True) if kind in kinds)


def what(one: Change) -> str:
    """Say what becomes of one stop."""
    if one.kind == "dropped":
        why = {"refused": _("not made, as you say"), "blocked": _("cannot be reached"), "alone": _("not alone"),
               "no_time": _("no time left for it")}  # fmt: skip
        return f"{formats.clock(one.begins_before)} → {why.get(one.why, _('not made'))}"
    if one.kind == "added":
        return _("new at {time}").format(time=formats.clock(one.begins))
    return f"{formats.clock(one.begins_before)} → {formats.clock(one.begins)}"


def figures(before: Standing, after: Standing, own: OwnDay) -> list[str]:
    """Give the return and the chance, before and after."""
    found = [
        _("Back at {before} → {after}").format(before=formats.clock(before.back_at), after=formats.clock(after.back_at))
    ]
    if before.in_time is not None and after.in_time is not None:
        found.append(
            _("{before} → {after} to finish by {time}").format(
                before=formats.percent(before.in_time),
                after=formats.percent(after.in_time),
                time=formats.clock(own.shift.ends),
            )
        )
    return found


def warning(proposal: Proposal, own: OwnDay) -> str:
    """Say what the branch manager will see at once; empty where there is nothing."""
    texts = []
    left = {one["visit"] for one in proposal.saved.plan["routes"][0]["stops"]} - set(own.recorded)
    if proposal.news.kind is Happened.ALONE and not left:
        texts.append(_("Nobody goes to a door alone: the rest of the day is left. Go home safely."))
    if proposal.at_risk:
        texts.append(
            n_(
                "{n} required visit would not be made. The branch manager is told.",
                "{n} required visits would not be made. The branch manager is told.",
                len(proposal.at_risk),
            )
        )
    return " ".join(texts)
