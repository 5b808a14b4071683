"""Changing a plan by hand: what is chosen is priced first, then taken or left; undo and redo go along the plans.

A change that waits for an answer is in the session under ``edit``; the plan shown is in the address: a reload
keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.screens import (
    certainty,
    edit_card,
    edit_desks,
    edit_given_up,
    edit_panel,
    edit_published,
    edit_week,
    kpis,
    plan_job,
)
from dashboard.screens.attend import attend
from dashboard.screens.edit_desks import desk_of, shelf, warm
from dashboard.screens.edit_hand import PENDING, UNDONE, Hand, asking, show_plan, times_asked, undone
from dashboard.screens.edit_words import command_words, refusal_words, rule_words
from dashboard.screens.standing import begun
from dashboard.text import N_, _, n_
from dashboard.text.glossary import meaning
from dashboard.text.words import actor
from geodata.roads import RoadFailure
from planner.desk import Desk, Offer, OtherRoads, closed_by, weigh
from planner.editing import Add, Command, DayOff, Hours, Move, NotThePlan, Refusal, Why, floored
from planner.editing.told import command_to_dict
from planner.second_reading import BrokenPlan
from planner.store import Keep, PlanRow

#: the session's keys of a click on “Take it”, and of a change that could not be taken
TAKEN, FAILED = "edit taken", "edit failed"
#: the session's key of a plan in force that was gone back from
STAYS = "edit stays"
#: changes without a price: they are taken at once
FREE = ("lock", "unlock", "restore", "allow")
CANNOT_OPEN: dict[type[Exception], str] = {
    OtherRoads: N_("The roads are not those of this plan any more: plan again before you change it."),
    NotThePlan: N_("This plan does not fit its roads any more: plan again before you change it."),
    RoadFailure: N_("The road engine does not answer, so changes cannot be re-timed now."),
}


def bar(hand: Hand, *, busy: bool = False) -> None:
    """Show how many changes the plan carries, with undo, redo, the list of them, and what can be changed."""
    if not hand.may:
        return
    made = changes_of(hand.rows, hand.row)
    by_id = {row.plan_id: row for row in hand.rows}
    before = {row.plan_id: row.parent for row in hand.rows if row.parent in by_id}
    after = {row.parent: row.plan_id for row in reversed(hand.rows) if row.parent}  # the newest child
    with st.container(horizontal=True, vertical_alignment="center", key="edit_bar", gap="small"):
        edit_week.show(hand)
        step(hand, _("Undo"), "undo", "Ctrl+Z", before, _("Shows the plan before this one. Nothing is lost."))
        step(hand, _("Redo"), "redo", "Ctrl+Shift+Z", after, _("Shows the newest plan made from this one."))
        if hand.row.in_force:  # to improve the published plan is to plan again
            told = _(
                "Plans the week as if nothing were published: it may be better, and most visits change for the crews."
            )
            if st.button(
                _("All anew"), icon=":material/restart_alt:", type="tertiary", key="edit_anew", disabled=busy, help=told
            ):
                anew(hand)
        elif st.button(
            _("Improve"),
            icon=":material/auto_fix_high:",
            type="tertiary",
            key="edit_improve",
            disabled=busy,
            help=meaning("improve"),
        ):
            improve(hand)
        if made:
            since = by_id.get(made[-1].parent or "")
            text = n_("{n} change", "{n} changes", len(made))
            when = "" if since is None else " " + _("since {when}").format(when=hand.when(since.created_at))
            with st.popover(text + when, icon=":material/history:", key="edit_list"):
                listed(hand, made)
        edit_published.show(hand)
    stays(hand)
    edit_given_up.show(hand)


def step(hand: Hand, label: str, name: str, keys: str, ways: Mapping[str, str | None], told: str) -> None:
    """Offer to show the plan before or after; ``ways`` lead from a plan to it."""
    st.button(
        label,
        icon=f":material/{name}:",
        type="tertiary",
        key=f"edit_{name}",
        disabled=hand.row.plan_id not in ways,
        shortcut=keys,
        help=told,
        on_click=walk,
        args=(hand, ways),
        kwargs={"back": name == "undo"},
    )


def walk(hand: Hand, ways: Mapping[str, str | None], *, back: bool) -> None:
    """Go a step on from the plan that is chosen now, which may be further than what is drawn: keys are quick.

    It is kept which drafts were gone back from. A plan in force stays so, whoever published it: to go back from it is
    to look at another one, and that is said.
    """
    here = str(st.session_state.get("plan") or hand.row.plan_id)
    there = ways.get(here)
    if there is None:
        return
    ruling = next((row for row in hand.rows if row.in_force and row.plan_id == here), None)
    if back and ruling is not None:
        st.session_state[STAYS] = ruling.plan_id
    elif back or there in undone():
        marked = here if back else there
        hand.kit.store.mark_undone(hand.principal, marked, back, now=hand.kit.now())
        st.session_state[UNDONE] = undone() | {marked} if back else undone() - {marked}
    show_plan(there)


def stays(hand: Hand) -> None:
    """Say that a plan which was gone back from is still in force."""
    plan_id = st.session_state.pop(STAYS, None)
    row = next((one for one in hand.rows if one.plan_id == plan_id), None)
    if row is not None:
        who = actor(row.published_by or "")
        text = _("Nothing is taken back: the plan that {who} published stays in force. This is the plan before it.")
        st.info(text.format(who=who), icon=":material/info:")


def improve(hand: Hand) -> None:
    """Plan again, keeping as much of this plan as may be."""
    start(hand, keep=Keep(hand.row.plan_id))


def anew(hand: Hand) -> None:
    """Plan from nothing; undoing that leads back to this plan."""
    start(hand, after=hand.row.plan_id)


def start(hand: Hand, *, keep: Keep | None = None, after: str | None = None) -> None:
    """Start to plan the week, and show how far that is."""
    kit, branch, week = hand.kit, hand.branch.code, hand.row.week
    wanted = certainty.chosen(kit, hand.principal, branch)
    seconds = kit.settings.plan_seconds
    plan_job.start(kit, hand.principal, branch, week, seconds=seconds, certainty=wanted, keep=keep, after=after)
    st.session_state.pop("plan", None)
    st.session_state.pop(PENDING, None)
    st.rerun()


def changes_of(rows: Sequence[PlanRow], row: PlanRow) -> list[PlanRow]:
    """Give the plans made by hand up to this one, the newest first."""
    by_id = {one.plan_id: one for one in rows}
    made: list[PlanRow] = []
    now: PlanRow | None = row
    while now is not None and "edit" in now.metrics:
        made.append(now)
        now = by_id.get(now.parent or "")
    return made


def listed(hand: Hand, made: Sequence[PlanRow]) -> None:
    """List the changes, each with what it costs or brings, by whom and when."""
    origin, shifts = hand.settled.origin, hand.settled.shifts
    for number, row in zip(range(len(made), 0, -1), made, strict=True):
        edit = row.metrics["edit"]
        known = people(hand, *edit["commands"])
        what = " · ".join(command_words(one, hand.names, shifts, origin, known) for one in edit["commands"])
        worth = floored(edit["price"]["objective"])
        money = edit_panel.signed(formats.money(100 * abs(worth), hand.view.currency), worth)
        st.markdown(f"{number}. {what} · **{money}**")
        st.caption(f"{hand.when(row.created_at)} · {row.created_by}")


def card(hand: Hand, debtor: str) -> None:
    """Offer what can be done with the chosen debtor."""
    if hand.may:
        edit_card.show(hand, debtor)


def deed(hand: Hand) -> None:
    """Do what the last click took, before anything is drawn; the page then runs anew with the changed plan."""
    wanted = st.session_state.pop(TAKEN, False)
    commands = pending(hand)
    free = len(commands) == 1 and command_to_dict(commands[0])["command"] in FREE
    if not commands or not (wanted or free):
        return
    desk = opened(hand)
    if desk is not None:
        taken(hand, desk, commands)


def pending(hand: Hand) -> tuple[Command, ...]:
    """Give the change that waits for an answer; one of another plan is forgotten."""
    plan_id, commands = st.session_state.get(PENDING, ("", ()))
    if not hand.may or not commands:
        return ()
    if plan_id != hand.row.plan_id:
        st.session_state.pop(PENDING, None)
        return ()
    return tuple(commands)


def panel(hand: Hand) -> None:
    """Show the price of what was asked, with the choice to take it; or why it cannot be, and what it would take."""
    if st.session_state.pop(FAILED, False):
        st.error(_("Nothing was changed: the plan or the rules are not what they were a moment ago. Ask again."))
    commands = pending(hand)
    desk = opened(hand) if commands else None
    if desk is None:
        return
    answer = weighed(desk, commands)
    origin, shifts = desk.draft.problem.origin, desk.saved.context["shifts"]
    asked = [command_to_dict(one) for one in commands]
    known = people(hand, *asked)
    title = " · ".join(command_words(one, hand.names, shifts, origin, known) for one in asked)
    # Emptied first: the browser keeps buttons with a key that are not drawn any more beside what has taken their place.
    with st.empty().container(border=True, gap="xsmall", key="edit_panel"):
        st.markdown(f"**{title}**")
        if isinstance(answer, Refusal):
            refused(hand, desk, commands[0], answer)
            buttons(None)
        else:
            edit_panel.show(desk, answer, hand.names, before=kpis.told(hand.view, hand.rows, now=hand.kit.now()))
            if not answer.permitted:
                offer_ways(hand, desk, instead(commands))
            buttons(answer)
            if answer.permitted:
                edit_desks.beforehand(hand.kit, hand.principal, hand.branch, desk, commands)
    attend("edit_panel", times_asked())


def people(hand: Hand, *commands: Mapping[str, Any]) -> dict[str, str]:
    """Name the branch's collectors by id, where a change is about one."""
    if not any(one.get("collector") for one in commands):
        return {}
    return {name: one.name for name, one in edit_week.team(hand).collectors.items()}


def weighed(desk: Desk, commands: Sequence[Command]) -> Offer | Refusal:
    """Weigh a change once, however often the page runs while its price is shown."""
    return shelf().weighed(desk, tuple(commands))


def ahead(hand: Hand) -> None:
    """Open the plan behind the page, for whoever may change it, and stand it up for whoever asks why."""
    if hand.may:
        whose = hand.kit, hand.principal, hand.branch, hand.row.plan_id, hand.row.week
        warm(*whose, then=lambda: begun(*whose))


def opened(hand: Hand) -> Desk | None:
    """Open the plan shown; where that cannot be, say why."""
    try:
        if shelf().get(hand.row.plan_id) is None:
            with st.spinner(_("Opening the plan with its travel times…")):
                return desk_of(hand.kit, hand.principal, hand.branch, hand.row.plan_id, hand.row.week)
        return desk_of(hand.kit, hand.principal, hand.branch, hand.row.plan_id, hand.row.week)
    except tuple(CANNOT_OPEN) as error:
        st.warning(_(CANNOT_OPEN[type(error)]), icon=":material/info:")
        st.session_state.pop(PENDING, None)
        return None


def refused(hand: Hand, desk: Desk, command: Command, answer: Refusal) -> None:
    """Say why a change cannot be, the rules behind it, and what it would take, each way with its price."""
    origin = desk.draft.problem.origin
    kept, sure = reserve_s(hand, answer), desk.saved.metrics.get("finish", {}).get("certainty")
    text = refusal_words(answer, hand.names, origin, reserve_s=kept, certainty=sure)
    st.markdown(f":orange[:material/do_not_disturb_on:] {text}")
    if answer.why is Why.CLOSED and isinstance(command, Move | Add) and command.shift is not None:
        for text in rule_words(closed_by(desk, command.visit, command.shift), hand.names)[:3]:
            st.caption(text)
    offer_ways(hand, desk, answer.takes[:3])


def instead(commands: Sequence[Command]) -> tuple[tuple[Command, ...], ...]:
    """Give what can be asked for where a rule forbids a change: the whole crew stays at home where one must not go."""
    return tuple((DayOff(one.crew, one.day),) for one in commands if isinstance(one, DayOff) and one.collector)


def offer_ways(hand: Hand, desk: Desk, ways: Sequence[tuple[Command, ...]]) -> None:
    """Offer other changes, each with its price; what cannot be taken is not offered."""
    origin, shifts = desk.draft.problem.origin, desk.saved.context["shifts"]
    for number, way in enumerate(ways):
        offer = weigh(desk, way)
        if isinstance(offer, Refusal) or not offer.permitted:
            continue
        worth = floored(offer.price.amounts.objective)
        money = edit_panel.signed(formats.money(100 * abs(worth), hand.view.currency), worth)
        text = " + ".join(command_words(command_to_dict(one), hand.names, shifts, origin) for one in way)
        button, icon = f"{text} · {money}", ":material/arrow_forward:"
        asking(hand, button, f"edit way {number}", icon, partial(tuple, way), type="tertiary")


def reserve_s(hand: Hand, answer: Refusal) -> int:
    """Give what the shift that would have to be longer keeps so that it ends in time; 0 where none would."""
    longer = next((one for way in answer.takes for one in way if isinstance(one, Hours)), None)
    return 0 if longer is None else hand.settled.reserves_s.get(longer.shift, 0)


def buttons(offer: Offer | None) -> None:
    """Let the change be taken, if it may be, or left."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if offer is not None and not offer.permitted:
            st.caption(_("This cannot be taken: it would break a rule."))
        elif offer is not None:
            # What leaves a visit unmade that must be made is not what the page suggests.
            grave = bool(edit_panel.unmade_by(offer))
            st.button(
                _("Take it all the same") if grave else _("Take it"),
                type="secondary" if grave else "primary",
                icon=":material/check:",
                key="edit_take",
                on_click=st.session_state.__setitem__,
                args=(TAKEN, True),
            )
        st.button(
            _("Leave it") if offer is not None else _("Close"),
            key="edit_leave",
            shortcut="Esc",
            on_click=st.session_state.pop,
            args=(PENDING, None),
        )


def taken(hand: Hand, desk: Desk, commands: Sequence[Command]) -> None:
    """Keep the change as a new plan and show it."""
    st.session_state.pop(PENDING, None)
    try:
        new = edit_desks.taken(hand.kit, hand.principal, hand.branch, desk, tuple(commands))
    except (BrokenPlan, RoadFailure):
        st.session_state[FAILED] = True
        return
    show_plan(new.saved.plan_id)
    st.toast(_("Changed. Undo takes it back."), icon=":material/check_circle:")
    st.rerun()
