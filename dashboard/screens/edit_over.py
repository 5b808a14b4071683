"""Takes the changes of one's own draft over onto the plan that somebody else has published meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.screens import edit, edit_desks
from dashboard.screens.edit_hand import PENDING, Hand, show_plan
from dashboard.screens.edit_words import command_words, refusal_words, rule_words
from dashboard.text import _, n_
from planner.desk import Offer, replay
from planner.editing import Command, Refusal
from planner.editing.told import command_from_dict, command_to_dict
from planner.store import PlanRow, ruling

#: the session's key of the changes that could not be taken over: the plan's id and a line for each
LEFT = "edit not taken over"


def own(rows: Sequence[PlanRow], row: PlanRow) -> tuple[Command, ...]:
    """Give the changes by hand that lead to a draft and not to the plan in force, the oldest first."""
    published = ruling(rows)
    if published is None or row.in_force:
        return ()
    there = line_of(rows, published)
    made = [one for one in edit.changes_of(rows, row) if one.plan_id not in there]
    return tuple(command_from_dict(told) for one in reversed(made) for told in one.metrics["edit"]["commands"])


def show(hand: Hand) -> None:
    """Offer to take the changes over where somebody else's plan is in force, and say which could not be."""
    shown = st.session_state.get(LEFT)
    if shown and shown[1] and shown[0] == hand.row.plan_id:
        lines = st.session_state.pop(LEFT)[1]
        text = n_("{n} change could not be taken over:", "{n} changes could not be taken over:", len(lines))
        st.warning("\n".join([text, "", *(f"- {line}" for line in lines)]), icon=":material/info:")
    published = ruling(hand.rows) if hand.may else None
    if published is None or not based_elsewhere(hand.rows, hand.row, published):
        return
    commands = own(hand.rows, hand.row)
    if not commands:
        return
    label = n_("Take my {n} change over", "Take my {n} changes over", len(commands))
    told = _("Makes the changes of this draft on the published plan; what it costs is shown before anything is kept.")
    if st.button(label, icon=":material/move_down:", type="tertiary", key="edit_over", help=told):
        over(hand, published, commands)


def based_elsewhere(rows: Sequence[PlanRow], row: PlanRow, published: PlanRow) -> bool:
    """Say whether a draft was not made from the plan in force: then publishing it would take that one back."""
    return published.plan_id not in line_of(rows, row)


def line_of(rows: Sequence[PlanRow], row: PlanRow) -> frozenset[str]:
    """Give a plan and those that it was made from, by id."""
    by_id, line = {one.plan_id: one for one in rows}, set[str]()
    now: PlanRow | None = row
    while now is not None and now.plan_id not in line:
        line.add(now.plan_id)
        now = by_id.get(now.parent or "")
    return frozenset(line)


def over(hand: Hand, published: PlanRow, commands: Sequence[Command]) -> None:
    """Show the published plan with the changes laid before it, as if they had just been asked for there."""
    try:
        with st.spinner(_("Opening the plan with its travel times…")):
            desk = edit_desks.desk_of(hand.kit, hand.principal, hand.branch, published.plan_id, published.week)
            found = replay(desk, commands, kept_back_s=hand.settled.reserves_s)
    except tuple(edit.CANNOT_OPEN) as error:
        st.warning(_(edit.CANNOT_OPEN[type(error)]), icon=":material/info:")
        return
    show_plan(published.plan_id)
    st.session_state[PENDING] = (published.plan_id, found.taken)
    st.session_state[LEFT] = (published.plan_id, [refused_words(hand, one, why) for one, why in found.refused])
    st.rerun()


def refused_words(hand: Hand, command: Command, why: Refusal | Offer) -> str:
    """Say which change cannot be made and why."""
    told = command_to_dict(command)
    text = command_words(told, hand.names, hand.settled.shifts, hand.settled.origin, edit.people(hand, told))
    if isinstance(why, Refusal):
        return f"{text}: {refusal_words(why, hand.names, hand.settled.origin)}"
    rules = _("; ").join(rule_words(why.against, hand.names))
    return f"{text}: {rules or _('This cannot be taken: it would break a rule.')}"
