"""What can be done with the debtor who is chosen: move, lock, keep apart, take out; or add who is left out."""

from __future__ import annotations

import streamlit as st

from dashboard.screens.edit_hand import Hand, ask, behind
from dashboard.screens.edit_words import DROPS
from dashboard.text import _
from dashboard.text.glossary import meaning
from planner.editing import Add, Drop, DropReason, Forbid, Lock, Move, Restore, Unlock
from planner.view import StopView


def show(hand: Hand, debtor: str) -> None:
    """Show the actions in a row under the card."""
    stop = hand.stop(debtor)
    out = any(one.debtor_id == debtor for one in hand.view.left_out)
    if stop is None and not out:
        return
    with st.container(horizontal=True, gap="small", key="edit_card"):
        if stop is not None:
            planned(hand, stop)
        elif debtor in hand.settled.dropped:
            if st.button(_("Take back"), icon=":material/person_add:", key="edit_restore"):
                ask(hand, [Restore(debtor)])
            add(hand, debtor)
        elif debtor in hand.settled.visits:
            add(hand, debtor)


def planned(hand: Hand, stop: StopView) -> None:
    """Offer what can be done with a stop."""
    name = stop.debtor_id
    move(hand, stop)
    if name in hand.settled.locks:
        if st.button(_("Unlock"), icon=":material/lock_open:", key="edit_unlock"):
            ask(hand, [Unlock(name)])
    else:
        lock(hand, name)
    apart(hand, stop)
    drop(hand, name)


def move(hand: Hand, stop: StopView) -> None:
    """Let a stop be moved to another shift or place in the order."""
    with behind(_("Move"), ":material/swap_horiz:", "edit_open_move", help_text=meaning("price (of a change)")):
        shifts = list(hand.settled.shifts)
        target = st.selectbox(
            _("Move to"),
            shifts,
            index=shifts.index(stop.shift_id) if stop.shift_id in shifts else 0,
            format_func=hand.shift,
            key=f"edit move to {stop.debtor_id} {hand.row.plan_id}",
        )
        there = hand.stops_on(target)
        room = len(there) + (target != stop.shift_id)
        position = order(room, f"edit move at {stop.debtor_id} {target}")
        if st.button(_("What would it cost?"), key="edit_move", icon=":material/price_check:"):
            ask(hand, [Move(stop.debtor_id, target, position)])


def order(room: int, key: str) -> int | None:
    """Let a place in the order be chosen; None for wherever it is best."""
    chosen: int | None = st.selectbox(
        _("Place in the order"),
        [None, *range(room)],
        format_func=lambda one: _("wherever it is best") if one is None else _("as stop {n}").format(n=one + 1),
        key=key,
    )
    return chosen


def lock(hand: Hand, name: str) -> None:
    """Let a stop be locked to its crew and day, its place in the order, its time."""
    with behind(_("Lock"), ":material/lock:", "edit_open_lock", help_text=meaning("lock")):
        st.caption(_("A locked visit stays with its crew on its day, also when you plan again."))
        position = st.checkbox(_("Its place in the order too"), key="edit lock position")
        time = st.checkbox(_("The time at which it begins too"), key="edit lock time")
        if st.button(_("Lock"), key="edit_lock", icon=":material/lock:"):
            ask(hand, [Lock(name, position, time)])


def apart(hand: Hand, stop: StopView) -> None:
    """Let two visits be kept off one route."""
    others = [one for one in hand.stops_on(stop.shift_id) if one.debtor_id != stop.debtor_id]
    others += [one for r in hand.view.routes if r.shift_id != stop.shift_id for one in r.stops]
    names = {one.debtor_id: hand.names.visits.get(one.debtor_id, one.debtor_id) for one in others}
    with behind(_("Apart"), ":material/call_split:", "edit_open_apart", help_text=meaning("apart")):
        st.caption(_("For two who should not be visited on one route. Nobody is told why."))
        st.caption(_("It holds when you improve the plan too; a plan made from scratch starts without it."))
        other = st.selectbox(_("Never with"), list(names), format_func=names.__getitem__, key="edit apart who")
        if st.button(_("What would it cost?"), key="edit_apart", icon=":material/price_check:") and other:
            ask(hand, [Forbid(stop.debtor_id, other)])


def drop(hand: Hand, name: str) -> None:
    """Let a visit be taken out of the week with a reason."""
    with behind(_("Take out"), ":material/person_remove:", "edit_open_drop", help_text=meaning("drop, take out")):
        why = st.radio(_("Why"), list(DROPS), format_func=lambda one: _(DROPS[one]), key="edit drop why")
        st.caption(_("Not visited this week, also when you plan again, until you take it back."))
        if st.button(_("What would it cost?"), key="edit_drop", icon=":material/price_check:"):
            ask(hand, [Drop(name, DropReason(why))])


def add(hand: Hand, name: str) -> None:
    """Let somebody who is left out be visited."""
    with behind(_("Add to a route"), ":material/add_location_alt:", "edit_open_add"):
        target = st.selectbox(
            _("On"),
            [None, *hand.settled.shifts],
            format_func=lambda one: _("whichever shift is best") if one is None else hand.shift(one),
            key=f"edit add to {name}",
        )
        if st.button(_("What would it cost?"), key="edit_add", icon=":material/price_check:"):
            ask(hand, [Add(name, target)])
