"""Under the debtor's card: why the visit is here and now and what else could be, or where somebody left out would fit.

Everything is said in sentences of figures that were tried (``planner.why``); nothing here is an opinion.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import formats
from dashboard.screens.aside import SteppedAside
from dashboard.screens.debtor_card import REQUIRED
from dashboard.screens.edit_hand import Hand, asking, behind
from dashboard.screens.standing import NotToHand, reasons_of, stood_up
from dashboard.screens.why_words import Told, others_out, windows
from dashboard.text import N_, _, n_
from planner.editing import Command
from planner.routing.reasons import Reason
from planner.view.without_plan import first_published, without_plan
from planner.why import Here, NotHere, Slot, taking

HOW = N_(
    "Every slot named here was tried on this plan: on each shift the visit is put into every gap and window, beside "
    "the stops or in the place of any one or two of them or of up to five neighbours, and the route is timed anew. "
    "Who makes room is put on another shift where that pays. The price is what the whole plan would lose, travel and "
    "displaced visits included. Required and locked visits never make room, and rules are kept: only permitted windows "
    "are tried. A cleverer exchange of several routes may cost less, never more."
)
NO_CANDIDATE = N_(
    "No slot can be offered: what is named above leaves no window this week in which a visit is permitted."
)


def show(spot: DeltaGenerator, hand: Hand) -> None:
    """Fill the place under the card for whoever is chosen; nothing where nobody is."""
    view = hand.view
    debtor = str(st.session_state.get("debtor", ""))
    known = {stop.debtor_id for route in view.routes for stop in route.stops} | {one.debtor_id for one in view.left_out}
    if debtor not in known:
        return
    with spot, st.container(border=True, gap="xsmall", key="why"):
        try:
            with st.spinner(_("Looking at other slots"), show_time=False):
                standing, saved, same = stood_up(hand.kit, hand.principal, hand.branch, view.plan_id, view.week)
                found = reasons_of(hand.kit, standing, view.plan_id, same, debtor)
        except SteppedAside:
            return  # the page is about to be drawn again
        except NotToHand:
            st.caption(_("Other slots cannot be tried now: the travel times of this plan are not to hand."))
            return
        told = Told.of(view, standing, saved)
        every, found = found, still_ahead(found, told, hand.kit.now())
        if isinstance(found, Here):
            here(told, found, hand.kit.now(), planless(hand))
            offered(hand, told, found, () if found.locked else found.others)
        elif isinstance(found, NotHere):
            not_here(told, found, begun=isinstance(every, NotHere) and bool(every.slots))
            offered(hand, told, found, () if out_by_hand(saved.plan, debtor) else found.slots)
        else:
            st.caption(_(NO_CANDIDATE))
        if found is not None and not same:
            st.caption(_("Travel times have changed since this plan was made; prices are by those of today."))


def still_ahead(found: Here | NotHere | None, told: Told, now: datetime) -> Here | NotHere | None:
    """Give the reasons without slots that cannot be had any more: a shift that has begun neither gives nor takes."""

    def ahead(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
        involved = ((one, (one.shift, *(each.shift for each in one.moved))) for one in slots)
        return tuple(one for one, shifts in involved if not any(told.begun(shift, now) for shift in shifts))

    if isinstance(found, Here):
        return replace(found, others=() if told.begun(found.here.shift, now) else ahead(found.others))
    return replace(found, slots=ahead(found.slots)) if isinstance(found, NotHere) else None


def planless(hand: Hand) -> frozenset[str]:
    """Name the shifts that began, or are over, without any plan: there is nothing on the crew's phone."""
    late = without_plan(hand.view, hand.rows, now=hand.kit.now())
    return late.over if first_published(hand.rows) is not None else late.over | late.begun


def here(told: Told, one: Here, now: datetime, late: Collection[str] = ()) -> None:
    """Say why a planned visit is where it is, and where else it could be as long as its shift has not begun.

    ``late`` are shifts of which no crew had a plan.
    """
    lines = [
        _(
            "**Why here and now.** The plan would be {money} poorer without it: it earns {value} here, for {way}."
        ).format(money=told.money(one.here.gain), value=told.earned(one.visit, one.here), way=told.way(one.here)),
        _("Stop {n} of {many}, {between}. It may be visited {windows}.").format(
            n=one.here.position + 1, many=one.stops, between=told.between(one.here), windows=windows(told, one.visit)
        ),
    ]
    if one.required:
        due = told.saved.context["debtors"][one.visit]["required_reason"]
        lines.append(_(REQUIRED.get(due, N_("Must be visited this week"))))
    best = one.others[0] if one.others else None
    if one.locked:
        lines.append(_("It is locked: nobody moves it but a person."))
    elif one.here.shift in late:
        lines.append(_("Its shift began before any plan was published: no crew had one. Plan again for what is left."))
    elif told.begun(one.here.shift, now):
        lines.append(_("Its shift has begun: what is left of the day is changed from the crew's phone."))
    elif best is None:
        lines.append(_("No other shift can make it, whoever makes room."))
    else:
        lines.append(_("Next best: {slot}. {price}").format(slot=told.slot(best), price=told.price(best)))
    lines.append(dropped(told, one))
    for line in lines:
        st.markdown(line)


def dropped(told: Told, one: Here) -> str:
    """Say what dropping it would mean."""
    if one.required:
        return _("Dropped, a visit that must be made would not be made.")
    if one.comes_in is None:
        return _("Dropped, nobody left out would fit and pay in its place.")
    text = _("Dropped, {name} would come in; in all the plan would lose {money}.")
    if one.dropping > 0:
        text = _("Dropped, {name} would come in; in all the plan would gain {money}: a longer search may find it.")
    return text.format(name=told.visit(one.comes_in), money=told.money(abs(one.dropping)))


def out_by_hand(plan: Mapping[str, Any], visit: str) -> bool:
    """Say whether a person took a visit out of the week: no slot is sought for it then."""
    return any(one["visit"] == visit and one["reason"] == Reason.DROPPED for one in plan["left_out"])


def not_here(told: Told, one: NotHere, *, begun: bool = False) -> None:
    """Say where somebody left out would fit best and what that costs; ``begun``: slots there were cannot be had now."""
    best = one.best
    if out_by_hand(told.saved.plan, one.visit):
        st.markdown(_("It was taken out of the week by hand. *Add to a route* says where it fits, and at what price."))
        return
    if best is None and begun:
        st.markdown(_("**Best slot.** None is left: every slot that was found has to do with a shift that has begun."))
        return
    if best is None:
        st.markdown(_("**Best slot.** No shift of this week can make the visit, whoever makes room."))
        return
    st.markdown(
        _("**Best slot.** {slot}, {between}, for {way}. {price}").format(
            slot=told.slot(best), between=told.between(best), way=told.way(best), price=told.price(best)
        )
    )
    if best.value <= 0:
        st.markdown(
            _("A call or a letter would bring {money} more than the visit there.").format(money=told.money(-best.value))
        )
    elif best.gain < 0 and not one.required:
        st.markdown(
            _("It earns {value} there; from {more} on it would be in the plan.").format(
                value=told.earned(one.visit, best), more=told.money(best.value - best.gain)
            )
        )
    st.markdown(_("It may be visited {windows}.").format(windows=windows(told, one.visit)))


def offered(hand: Hand, told: Told, found: Here | NotHere, slots: tuple[Slot, ...]) -> None:
    """Offer the best slot of every shift, each at its price, and how all this is computed."""
    planned = isinstance(found, Here)
    with st.container(horizontal=True, gap="small"):
        if slots:
            label = n_("Slot on {n} shift", "Slots on {n} shifts", len(slots))
            if hand.may:
                priced(hand, _("Take the best slot?"), "why_best", taking(found.visit, slots[0], planned=planned))
            with behind(label, ":material/swap_vert:", "why_slots"):
                st.caption(_("The best slot on every shift that can make the visit; the price is for the whole plan."))
                one = listed(hand, told, slots, f"slots {hand.row.plan_id} {found.visit}")
                if one is not None:
                    priced(hand, _("What would it cost?"), "why_slot", taking(found.visit, one, planned=planned))
                elif hand.may:
                    st.caption(_("Mark one to see what it would cost, and to take it."))
        with st.popover(_("How is this computed?"), icon=":material/help:", width="content"):
            st.write(_(HOW))


def listed(hand: Hand, told: Told, slots: tuple[Slot, ...], key: str) -> Slot | None:
    """Show the slots as a table; gives the one that somebody who may take it has marked."""
    table, look = rows(told, slots), columns(told)
    if not hand.may:
        st.dataframe(table, hide_index=True, key=key, column_config=look)
        return None
    answer = st.dataframe(
        table, hide_index=True, key=key, column_config=look, on_select="rerun", selection_mode="single-row"
    )
    return next((slots[one] for one in answer.selection.rows if one < len(slots)), None)


def priced(hand: Hand, label: str, key: str, command: Command) -> None:
    """Show a button that asks what taking a slot would cost."""
    asking(hand, label, key, ":material/price_check:", lambda: [command])


def rows(told: Told, slots: tuple[Slot, ...]) -> pd.DataFrame:
    """Give the slots as a table."""
    return pd.DataFrame(
        {
            "crew": [told.crew(one.shift) for one in slots],
            "day": [formats.day(told.day(one.shift)) for one in slots],
            "at": [told.span(one) for one in slots],
            "price": [round(one.gain) for one in slots],
            "drive": [round(one.drive_s / 60) for one in slots],
            "out": [others_out(told, one) for one in slots],
        }
    )


def columns(told: Told) -> dict[str, Any]:
    """Name the columns, with units."""
    return {
        "crew": st.column_config.TextColumn(_("Crew"), width=110),
        "day": st.column_config.TextColumn(_("Day"), width=90),
        "at": st.column_config.TextColumn(_("Time"), width=92),
        "price": st.column_config.NumberColumn(_("Plan {sign}").format(sign=told.sign), format="localized", width=76),
        "drive": st.column_config.NumberColumn(_("Drive min"), format="%+d", width=80),
        "out": st.column_config.TextColumn(_("Makes room"), width=260),
    }
