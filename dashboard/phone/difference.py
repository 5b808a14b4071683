"""What would be different on a day that is planned again, said in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import formats
from dashboard.services import Services
from dashboard.text import _, joined, n_
from planner.agency import sharing
from planner.day_change import Change, Happened, OwnDay, Proposal, Standing, Way, preset
from planner.day_change.proposing import LEAST_MINOR, LEAST_S
from planner.domain import Principal
from planner.view.week import contact_names

#: so many stops that change places are named, the others counted
MOST_NAMED = 6
KINDS = ("moved", "retimed", "dropped", "added")


def told(ways: Sequence[Proposal], own: OwnDay, services: Services, principal: Principal) -> dict[str, Any]:
    """Say the ways in which the rest of a day can go on, the suggested one by its name."""
    return {
        "ways": [way_told(one, ways, own, services, principal) for one in ways],
        "preset": preset(ways).value,
    }


def way_told(
    proposal: Proposal, ways: Sequence[Proposal], own: OwnDay, services: Services, principal: Principal
) -> dict[str, Any]:
    """Say one way."""
    numbers = {stop["visit"]: number for number, stop in enumerate(own.route["stops"], start=1)}
    names = contact_names(services.store, principal, own.branch.code)

    def who(one: Change) -> str:
        name = names.get(one.debtor_id) or one.debtor_id
        return f"{numbers[one.debtor_id]} · {name}" if one.debtor_id in numbers else name

    news = proposal.news
    asked = {"kind": news.kind.value, "debtor_id": news.debtor_id, "minutes": news.minutes, "member": news.member}
    asked |= {"reason": news.reason.value if news.reason else None, "way": proposal.way.value}
    shown = worth_shown(own, services, principal)
    return {
        "way": proposal.way.value,
        "title": title(proposal),
        "line": line(proposal),
        "against": against(ways[0], proposal, numbers, own, worth=shown) if proposal is not ways[0] else "",
        "asked": asked | {"at": proposal.at.isoformat()},
        "digest": proposal.digest,
        "summary": summary(proposal),
        "changes": [{"kind": one.kind, "who": who(one), "what": what(one)} for one in proposal.changes],
        "figures": figures(proposal.before, proposal.after, own, worth=shown),
        "warn": warning(proposal, own),
    }


def title(proposal: Proposal) -> str:
    """Name a way."""
    if proposal.news.kind is Happened.URGENT:
        return _("As the next stop") if proposal.way is Way.NEXT else _("Where it fits best")
    if proposal.way is Way.BEST:
        return _("Best new order") if proposal.order else _("Best new plan")
    return _("Same order, later") if proposal.news.kind is Happened.LATE else _("Same order")


def line(proposal: Proposal) -> str:
    """Say in a line what counts most of a way: who is not made, and the return."""
    lost = len(proposal.lost)
    kept = n_("{n} stop not made", "{n} stops not made", lost) if lost else _("Everybody else is visited") if (
        any(one.kind == "dropped" for one in proposal.changes)
    ) else _("Everybody is visited")  # fmt: skip
    return f"{kept} · {_('back at {time}').format(time=formats.clock(proposal.after.back_at))}"


def against(first: Proposal, other: Proposal, numbers: dict[str, int], own: OwnDay, *, worth: bool) -> str:
    """Say what another way has over the first: uplift, minutes on the road, and who changes places."""
    parts = differences(first.after, other.after, own, worth=worth)
    gone = [numbers[one.debtor_id] for one in other.lost]
    if gone and {one.debtor_id for one in other.lost} != {one.debtor_id for one in first.lost}:
        parts.append(_("not made: stop {stops}").format(stops=listed(gone)))
    moved = [numbers[one.debtor_id] for one in other.changes if one.moved and one.debtor_id in numbers]
    if moved:
        parts.append(_("changes places: stop {stops}").format(stops=listed(moved)))
    text = " · ".join(parts)
    if not text:
        return ""
    if first.way is Way.BEST:
        return _("Against where it fits best: {difference}").format(difference=text)
    return _("Against the same order: {difference}").format(difference=text)


def listed(numbers: Sequence[int]) -> str:
    """Give the first numbers of stops.

    >>> listed([2, 3, 5])
    '2, 3, 5'
    """
    return _(", ").join(str(one) for one in numbers[:MOST_NAMED]) + (" …" if len(numbers) > MOST_NAMED else "")


def differences(before: Standing, after: Standing, own: OwnDay, *, worth: bool) -> list[str]:
    """Say by how much uplift and drive differ; nothing of what is too little for a word."""
    found = []
    more, longer = after.value_minor - before.value_minor, after.travel_s - before.travel_s
    if worth and abs(more) >= LEAST_MINOR:
        money = formats.money(abs(more), own.saved.context["currency"])
        found.append(_("uplift {change}").format(change=("+" if more > 0 else "−") + money))
    if abs(longer) >= LEAST_S:
        change = ("+" if longer > 0 else "−") + formats.duration(abs(longer))
        found.append(_("{change} on the road").format(change=change))
    return found


def worth_shown(own: OwnDay, services: Services, principal: Principal) -> bool:
    """Say whether the crew may see what a visit is worth: an agency's sees what its contract names, and no more."""
    store, branch = services.store, own.branch.code
    contracts = [one for one in store.agencies(principal, branch) if one.in_force(own.shift.day)]
    return sharing(own.crew, store.collectors(principal, branch), contracts) is None


def summary(proposal: Proposal) -> str:
    """Say in a sentence what taking it would mean."""
    kinds = [one.kind for one in proposal.changes]
    if not kinds:
        return _("Nothing changes: the day goes on as it is planned.")
    parts = [
        n_("{n} stop changes places", "{n} stops change places", kinds.count("moved")),
        n_("{n} stop at another time", "{n} stops at another time", kinds.count("retimed")),
        n_("{n} stop not made", "{n} stops not made", kinds.count("dropped")),
        n_("{n} stop new", "{n} stops new", kinds.count("added")),
    ]
    return " · ".join(text for text, kind in zip(parts, KINDS, strict=True) if kind in kinds)


def what(one: Change) -> str:
    """Say what becomes of one stop."""
    if one.why == "window":
        until = _("too late: only until {time}").format(time=formats.clock(one.closes))
        return f"{formats.clock(one.begins_before)} → {until}"
    if one.kind == "dropped":
        return f"{formats.clock(one.begins_before)} → {not_made(one.why)}"
    if one.kind == "added":
        return _("new at {time}").format(time=formats.clock(one.begins))
    return f"{formats.clock(one.begins_before)} → {formats.clock(one.begins)}"


def not_made(why: str) -> str:
    """Say why a stop is not made any more."""
    whys = {
        "refused": _("not made, as you say"),
        "blocked": _("cannot be reached"),
        "alone": _("not alone"),
        "no_time": _("no time left for it"),
        "window": _("too late for its hours"),
    }
    return whys.get(why, _("not made"))


def figures(before: Standing, after: Standing, own: OwnDay, *, worth: bool) -> list[str]:
    """Give the return and the chance, before and after, and what else differs from the day as it was planned."""
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
    missed = round(before.unreached), round(after.unreached)
    if any(missed):
        found.append(_("Likely not reached: {before} → {after}").format(before=missed[0], after=missed[1]))
    changed = differences(before, after, own, worth=worth)
    return [*found, " · ".join(changed)] if changed else found


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
    return joined(*texts)
