"""What *Improve* could not keep of what was settled by hand: by name, and with why."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.screens.debtor_card import plain
from dashboard.screens.edit_hand import Hand
from dashboard.screens.edit_words import shift_words
from dashboard.screens.left_out import why
from dashboard.screens.who import audience, read_plan
from dashboard.text import N_, _, n_
from dashboard.text.called import called
from planner.keeping import WhyGivenUp

WHYS: Mapping[str, str] = {
    WhyGivenUp.GONE: N_("is no longer on the list"),
    WhyGivenUp.NO_SHIFT: N_("the crew has no such shift any more"),
    WhyGivenUp.NO_TIME: N_("the visit is not possible in that shift, or at that time, any more"),
    WhyGivenUp.NOT_CALLED: N_("it has begun already, or its crew may not go out"),
}


def show(hand: Hand) -> None:
    """Show what was given up, one line each; nothing where all was kept."""
    found = hand.row.metrics.get("replan", {}).get("given_up", [])
    if not hand.may or not found:
        return
    before = str(hand.row.metrics["replan"]["kept"])
    with st.container(border=True, gap="xsmall", key="edit_given_up"):
        text = n_(
            "{n} thing that was settled by hand could not be kept:",
            "{n} things that were settled by hand could not be kept:",
            len(found),
        )
        st.markdown(f":orange[:material/lock_open: {text}]")
        st.markdown("\n".join(f"- {line(hand, one, before)}" for one in found))


def line(hand: Hand, one: Mapping[str, str], before: str) -> str:
    """Say one of them; who is on no page of this plan is named as in the plan before it."""
    kit, principal = hand.kit, hand.principal
    shifts = kit.store.plan(principal, before).context["shifts"]
    shift = shift_words(shifts[one["shift"]], shifts) if one["shift"] in shifts else hand.shift(one["shift"])
    reason = _(WHYS.get(one["why"], N_("it does not fit any more")))
    if not one["visit"]:
        return _("The shift called in, {shift}: {why}.").format(shift=plain(shift), why=reason)
    left = next((out for out in hand.view.left_out if out.debtor_id == one["visit"]), None)
    if left is not None and one["why"] == WhyGivenUp.GONE:
        reason = _("is not to be visited now ({why})").format(why=why(left))
    name = called_here(hand, one["visit"], before)
    if other := one.get("other"):
        text = _("{name}, kept apart from {other}: {why}.")
        return text.format(name=plain(name), other=plain(called_here(hand, other, before)), why=reason)
    return _("{name}, locked to {shift}: {why}.").format(name=plain(name), shift=plain(shift), why=reason)


def called_here(hand: Hand, debtor: str, before: str) -> str:
    """Name a debtor as this plan does, else as the plan before it did."""
    name = hand.names.visits.get(debtor)
    if name is not None:
        return name
    then = read_plan(hand.kit, hand.principal, audience(hand.principal), before, "")
    return called(then).visits.get(debtor, debtor)
