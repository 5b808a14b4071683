"""The price of a change before it is taken: what is won and lost, who is moved, how sure the routes still are."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.inks import BAD, GOOD, LINE, MUTED
from dashboard.screens.edit_words import long_day_words, rule_words, shift_words
from dashboard.text import _, n_
from dashboard.text.called import Called
from planner.desk import Desk, Offer
from planner.desk.taking import shifts_told
from planner.editing import Chance, Draft, Drop, SwapDays, floored, raised
from planner.routing.replan import Difference, DifferenceKind

STYLE = f"""
.edit-price {{ width: 100%; border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums; }}
.edit-price td {{ padding: .16rem .3rem; border-top: 1px solid {LINE}; }}
.edit-price tr:first-child td {{ border-top: 0; font-weight: 600; }}
.edit-price td + td {{ text-align: right; white-space: nowrap; }}
.edit-price .was {{ color: {MUTED}; }}
.edit-price .good {{ color: {GOOD}; }}
.edit-price .bad {{ color: {BAD}; }}
"""
#: a list of more visits than this scrolls, in so many pixels, and ends at the most
TOLD, LIST_PX, MOST = 8, 220, 200
#: so many who leave the week are named beside the figures
LEAVING = 4
#: and of those who must be visited
UNMADE = 6
#: of so many routes the chance to end in time is told, and of so many where days are swapped
CHANCES, SWAPPED = 4, 12
#: chances that differ by less are alike: that is how well 2,000 days know them
ALIKE = 0.02


def signed(text: str, amount: float) -> str:
    """Put a sign before an amount that is written without one.

    >>> signed("5", 5), signed("5", -5), signed("0", 0)
    ('+5', '−5', '±0')
    """
    return ("+" if amount > 0 else "−" if amount < 0 else "±") + text


def show(desk: Desk, offer: Offer, names: Called, *, before: Mapping[str, Any]) -> None:
    """Show a price: a row a figure, before, after and the difference, the sum first; what it is made of adds up to it.

    Each amount is rounded by itself, gains down and losses up, so a currency unit or two may be left over. ``before``
    are the plan's figures as the page tells them, without the days that are over.
    """
    currency, paid = names.currency, offer.price.amounts
    rows = [
        row(
            _("For the plan in all"),
            "",
            signed(formats.money(100 * abs(floored(paid.objective)), currency), floored(paid.objective)),
            floored(paid.objective),
        ),
        row(
            _("Expected uplift"),
            formats.money(100 * before["value"], currency)
            + " → "
            + formats.money(100 * (before["value"] + paid.uplift), currency),
            signed(formats.money(100 * abs(floored(paid.uplift)), currency), floored(paid.uplift)),
            floored(paid.uplift),
        ),
    ]
    if abs(paid.instead) >= 1:
        rows.append(
            row(
                _("Letters and calls instead"),
                "",
                signed(formats.money(100 * abs(floored(-paid.instead)), currency), floored(-paid.instead)),
                0,
            )
        )
    if abs(paid.travel_cost) >= 1:
        kept = floored(-paid.travel_cost)
        delta = signed(formats.money(100 * abs(kept), currency), kept)
        rows.append(row(_("What the travel costs"), "", delta, kept))
    if raised(paid.change_cost) > 0:
        cost = raised(paid.change_cost)
        rows.append(
            row(
                _("Changes to the plan it was made from"), "", signed(formats.money(100 * cost, currency), -cost), -cost
            )
        )
    visits, unmade = before["visits"], unmade_by(offer)
    rows[1:1] = [  # the gravest first
        row(_("Must be visited, and leaves the week: {who}").format(who=names.at(one)), "", "", -1, grave=True)
        for one in unmade[:UNMADE]
    ]
    if unmade[UNMADE:]:
        text = _("… and {n} more that must be visited leave the week").format(n=len(unmade) - UNMADE)
        rows.insert(1 + UNMADE, row(text, "", "", -1, grave=True))
    rows += [
        row(_("Visits"), f"{visits} → {visits + paid.visits}", signed(str(abs(paid.visits)), paid.visits), 0),
        *left([one for one in leaving(offer) if one not in unmade], names),
        minutes(_("Time in the field"), paid.field_s),
        minutes(_("of it travel"), paid.travel_s),
    ]
    longer = worked_s(offer.draft) - worked_s(desk.draft)
    if longer:
        rows.append(minutes(_("Crews' shifts in all"), longer))
    shifts = _shifts(desk, offer)
    told, more = chances(offer, shifts_told(desk, offer.draft))
    rows += in_time(told, shifts)
    st.html(table(rows))
    if more:
        with st.expander(n_("In time: {n} more route", "In time: {n} more routes", len(more))):
            st.html(table(in_time(more, shifts)))
    where_to(offer, names, shifts)
    consequences(offer, names, shifts)
    for one in offer.long_days:
        ink, icon = ("red", "block") if one.forbidden else ("orange", "info")
        st.markdown(f":{ink}[:material/{icon}:] {long_day_words(one, crew_names(desk, offer))}")
    for text in rule_words(offer.against, names):
        st.markdown(f":red[:material/block:] {text}")
    for text in rule_words(offer.notes, names):
        st.markdown(f":orange[:material/info:] {text}")


def table(rows: Sequence[str]) -> str:
    """Lay rows of a price out."""
    return f'<style>{STYLE}</style><table class="edit-price">{"".join(rows)}</table>'


def in_time(chances_of: Sequence[Chance], shifts: Mapping[str, str]) -> list[str]:
    """Write a row for each route whose chance to end in its shift is told."""
    return [
        row(
            _("In time: {shift}").format(shift=shifts.get(one.shift, one.shift)),
            "",
            f"{formats.percent(one.before)} → {formats.percent(one.after)}",
            by(one),
        )
        for one in chances_of
    ]


def by(one: Chance) -> float:
    """Give by how much a chance changes; 0 where it is not known."""
    return 0.0 if one.before is None or one.after is None else one.after - one.before


def crew_names(desk: Desk, offer: Offer) -> dict[str, str]:
    """Name the crews by id, those that are called in too."""
    return {one["crew_id"]: one["crew_name"] for one in shifts_told(desk, offer.draft).values()}


def chances(offer: Offer, shifts: Mapping[str, Mapping[str, Any]]) -> tuple[list[Chance], list[Chance]]:
    """Give whose chance to end in time is told at once, those that lose most first, and the others that change theirs.

    Of a swap both days are told, changed or not: who asks for one wants to know of the other as well.
    """
    swapped = {
        shift
        for one in offer.commands
        if isinstance(one, SwapDays)
        for shift, known in shifts.items()
        if known["day"] in (one.first.isoformat(), one.second.isoformat()) and one.crew in (None, known["crew_id"])
    }
    named = [one for one in offer.price.chances if one.shift in swapped]
    others = [
        one
        for one in offer.price.chances
        if one.shift not in swapped and (one.before is None or one.after is None or abs(by(one)) >= ALIKE)
    ]
    most = max(CHANCES, SWAPPED if named else 0)
    told = [*named, *sorted(others, key=by)]
    return told[:most], told[most:]


def worked_s(of: Draft) -> int:
    """Give how long all shifts are together, in seconds: hours that a crew works longer cost the branch too."""
    return sum(one.ends - one.starts for one in of.problem.shifts)


def unmade_by(offer: Offer) -> list[str]:
    """Give who must be visited and is not any more, whether that was asked for or not."""
    must = {one.id for one in offer.draft.problem.visits if one.required}
    must |= {name for name, one in offer.draft.kept.dropped.items() if one.visit.required}
    return [one.visit for one in offer.price.differences if one.kind is DifferenceKind.DROPPED and one.visit in must]


def leaving(offer: Offer) -> list[str]:
    """Give who is not visited any more though nobody said so: who was named by the command counts too."""
    wanted = {one.visit for one in offer.commands if isinstance(one, Drop)}
    gone = [one.visit for one in offer.price.differences if one.kind is DifferenceKind.DROPPED]
    return [one for one in gone if one not in wanted]


def left(gone: Sequence[str], names: Called) -> list[str]:
    """Write a row for each of the first who leave the week, and how many more do."""
    rows = [row(_("Leaves the week: {who}").format(who=names.at(one)), "", "", -1) for one in gone[:LEAVING]]
    if gone[LEAVING:]:
        rows.append(row(_("… and {n} more leave the week").format(n=len(gone) - LEAVING), "", "", -1))
    return rows


def row(name: str, change: str, delta: str, better: float, *, grave: bool = False) -> str:
    """Write a row of the price; ``better`` colours it by its sign, and its name too where it is grave.

    A name without figures has the whole line: the button that takes the change then stays nearer.
    """
    colour = "good" if better > 0 else "bad" if better < 0 else ""
    named = "bad" if grave else ""
    if not change and not delta:
        return f'<tr><td class="{named}" colspan="3">{html.escape(name)}</td></tr>'
    return (
        f'<tr><td class="{named}">{html.escape(name)}</td><td class="was">{html.escape(change)}</td>'
        f'<td class="{colour}">{html.escape(delta)}</td></tr>'
    )


def minutes(name: str, seconds: float) -> str:
    """Write a row of time; time spent is rounded up, time saved down."""
    whole = raised(seconds / 60)
    return row(name, "", signed(formats.duration(60 * abs(whole)), whole), 0)


def consequences(offer: Offer, names: Called, shifts: dict[str, str]) -> None:
    """Say who is planned otherwise without having been asked for: how many, and one by one behind a click."""
    unasked = offer.price.unasked
    if not unasked:
        st.caption(_("Nobody else moves by more than five minutes."))
        return
    count = {kind: sum(one.kind is kind for one in unasked) for kind in DifferenceKind}
    told = [
        n_("{n} visit moves", "{n} visits move", count[DifferenceKind.MOVED]),
        n_("{n} comes in", "{n} come in", count[DifferenceKind.ADDED]),
        n_("{n} leaves the week", "{n} leave the week", count[DifferenceKind.DROPPED]),
        n_("{n} changes its time", "{n} change their time", count[DifferenceKind.RETIMED]),
    ]
    parts = [text for text, n in zip(told, count.values(), strict=True) if n]
    kinds, must = list(DifferenceKind), set(unmade_by(offer))
    with (
        st.expander(_("Also: ") + _(", ").join(parts)),
        st.container(height=LIST_PX if len(unasked) > TOLD else "content", border=False, gap="xxsmall"),
    ):
        for one in sorted(unasked, key=lambda one: (one.visit not in must, kinds.index(one.kind)))[:MOST]:
            text = difference_words(one, names, shifts, offer)
            st.caption(f":red[{text} · {_('must be visited this week')}]" if one.visit in must else text)
        if len(unasked) > MOST:
            st.caption(_("… and {n} more").format(n=len(unasked) - MOST))


def where_to(offer: Offer, names: Called, shifts: dict[str, str]) -> None:
    """Say where each one goes who was named: the command may leave that open."""
    unasked = {one.visit for one in offer.price.unasked}
    there = (DifferenceKind.MOVED, DifferenceKind.ADDED)
    for one in offer.price.differences:
        if one.kind in there and one.visit not in unasked:
            st.caption(difference_words(one, names, shifts, offer))


def difference_words(one: Difference, names: Called, shifts: dict[str, str], offer: Offer) -> str:
    """Say how one visit is planned otherwise."""
    from dashboard.screens.debtor_card import plain

    def at(seconds: int | None) -> str:
        origin = offer.draft.problem.origin
        return "" if seconds is None else formats.clock(origin + timedelta(seconds=seconds))

    who = plain(names.visits.get(one.visit, one.visit))
    before = f"{plain(shifts.get(one.shift_before or '', ''))} {at(one.begins_before)}".strip()
    after = f"{plain(shifts.get(one.shift or '', ''))} {at(one.begins)}".strip()
    if one.kind is DifferenceKind.RETIMED:
        return f"{who} · {at(one.begins_before)} → {at(one.begins)}"
    if one.kind is DifferenceKind.DROPPED:
        return f"{who} · {before} → {_('not visited')}"
    return f"{who} · {before or _('not visited')} → {after}"


def _shifts(desk: Desk, offer: Offer) -> dict[str, str]:
    """Name the shifts of both plans."""
    told = shifts_told(desk, offer.draft)
    return {name: shift_words(one, told) for name, one in told.items()}
