"""What can be done with the debtor who is chosen: move, lock, keep apart, take out; or add who is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.screens.edit_hand import Hand, asking, behind, said
from dashboard.screens.edit_words import DROPS
from dashboard.text import _, distinct
from dashboard.text.glossary import meaning
from planner.editing import Add, Command, Drop, DropReason, Forbid, Lock, Move, Restore, Unlock
from planner.view import StopView

#: among places in an order and among shifts: wherever it is best; where None is chosen a list may stand empty
BEST_PLACE, BEST_SHIFT = -1, ""


def show(hand: Hand, debtor: str) -> None:
    """Show the actions in a row under the card; of a shift that has begun there are none, and the card says why."""
    stop = hand.stop(debtor)
    if stop is not None and stop.shift_id in hand.begun:
        return
    out = any(one.debtor_id == debtor for one in hand.view.left_out)
    if stop is None and not out:
        return
    with st.container(horizontal=True, gap="small", key="edit_card"):
        if stop is not None:
            planned(hand, stop)
        elif debtor in hand.settled.dropped:
            asking(hand, _("Take back"), "edit_restore", ":material/person_add:", lambda: [Restore(debtor)])
            add(hand, debtor)
        elif debtor in hand.settled.visits:
            add(hand, debtor)


def planned(hand: Hand, stop: StopView) -> None:
    """Offer what can be done with a stop."""
    name = stop.debtor_id
    move(hand, stop)
    if name in hand.settled.locks:
        asking(hand, _("Unlock"), "edit_unlock", ":material/lock_open:", lambda: [Unlock(name)])
    else:
        lock(hand, name)
    apart(hand, stop)
    drop(hand, name)


def move(hand: Hand, stop: StopView) -> None:
    """Let a stop be moved to another shift or place in the order."""
    with behind(_("Move"), ":material/swap_horiz:", "edit_open_move", help_text=meaning("price (of a change)")):
        shifts, to = hand.shifts_ahead, f"edit move to {stop.debtor_id} {hand.row.plan_id}"
        target = st.selectbox(
            _("Move to"),
            shifts,
            index=shifts.index(stop.shift_id) if stop.shift_id in shifts else 0,
            format_func=hand.shift,
            key=to,
        )
        there = hand.stops_on(target)
        room = len(there) + (target != stop.shift_id)
        order(room, f"edit move at {stop.debtor_id} {target}")

        def move_there() -> list[Command]:
            shift = said(to)
            # A shift that was chosen a moment ago has no place in the order yet.
            position = st.session_state.get(f"edit move at {stop.debtor_id} {shift}", BEST_PLACE)
            return [Move(stop.debtor_id, shift, None if position == BEST_PLACE else position)]

        priced(hand, "edit_move", move_there)


def priced(hand: Hand, key: str, commands: Callable[[], Sequence[Command]]) -> None:
    """Show the button that asks for the price."""
    asking(hand, _("What would it cost?"), key, ":material/price_check:", commands)


def order(room: int, key: str) -> None:
    """Let a place in the order be chosen, or wherever it is best."""
    st.selectbox(
        _("Place in the order"),
        [BEST_PLACE, *range(room)],
        format_func=lambda one: _("wherever it is best") if one == BEST_PLACE else _("as stop {n}").format(n=one + 1),
        key=key,
    )


def lock(hand: Hand, name: str) -> None:
    """Let a stop be locked to its crew and day, its place in the order, its time."""
    with behind(_("Lock"), ":material/lock:", "edit_open_lock", help_text=meaning("lock")):
        st.caption(_("A locked visit stays with its crew on its day, also when you plan again."))
        st.checkbox(_("Its place in the order too"), key="edit lock position")
        st.checkbox(_("The time at which it begins too"), key="edit lock time")
        locked = lambda: [Lock(name, said("edit lock position"), said("edit lock time"))]  # noqa: E731
        asking(hand, _("Lock"), "edit_lock", ":material/lock:", locked)


def apart(hand: Hand, stop: StopView) -> None:
    """Let two visits be kept off one route."""
    others = [one for one in hand.stops_on(stop.shift_id) if one.debtor_id != stop.debtor_id]
    others += [one for r in hand.view.routes if r.shift_id != stop.shift_id for one in r.stops]
    # With day and crew: two of one name may be the third stop of two routes.
    names = distinct({one.debtor_id: hand.names.at(one.debtor_id) for one in others})
    with behind(_("Apart"), ":material/call_split:", "edit_open_apart", help_text=meaning("apart")):
        st.caption(_("For two who should not be visited on one route. Nobody is told why."))
        st.caption(_("It holds when you plan again too; only “All anew” starts without it."))
        if st.selectbox(_("Never with"), list(names), format_func=names.__getitem__, key="edit apart who"):
            priced(hand, "edit_apart", lambda: [Forbid(stop.debtor_id, said("edit apart who"))])


def drop(hand: Hand, name: str) -> None:
    """Let a visit be taken out of the week with a reason."""
    with behind(_("Take out"), ":material/person_remove:", "edit_open_drop", help_text=meaning("drop, take out")):
        # As short as can be: all this lies low on the page, and what asks for the price is to be seen at once.
        # The first one would be recorded by whoever does not look: it says least.
        st.selectbox(
            _("Why"),
            list(DROPS),
            index=list(DROPS).index(DropReason.OTHER),
            format_func=lambda one: _(DROPS[one]),
            key="edit drop why",
        )
        st.caption(_("Not visited this week, also when you plan again, until you take it back."))
        priced(hand, "edit_drop", lambda: [Drop(name, DropReason(said("edit drop why")))])


def add(hand: Hand, name: str) -> None:
    """Let somebody who is left out be visited."""
    with behind(_("Add to a route"), ":material/add_location_alt:", "edit_open_add"):
        st.selectbox(
            _("On"),
            [BEST_SHIFT, *hand.shifts_ahead],
            format_func=lambda one: hand.shift(one) if one else _("whichever shift is best"),
            key=f"edit add to {name}",
        )
        priced(hand, "edit_add", lambda: [Add(name, said(f"edit add to {name}") or None)])
