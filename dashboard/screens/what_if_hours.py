"""What a scenario's hours mean for the crews: overtime, what the law forbids, and their price when it is adopted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from config.rules import load_pack
from dashboard import formats
from dashboard.screens import kpis
from dashboard.screens.debtor_card import plain
from dashboard.screens.who import audience, read_plan
from dashboard.services import Services
from dashboard.text import _, n_
from dashboard.text.findings import law
from planner.desk.working_day import LongDay
from planner.domain import Branch, Principal, Shift
from planner.keeping import settled_in, shifts_as_settled
from planner.scenarios.adopt import by_hand, shifts_of
from planner.scenarios.hours import long_days_of, more_s
from planner.scenarios.lost import basis_of
from planner.store import PlanRow, SavedPlan


def long_days(kit: Services, principal: Principal, branch: Branch, saved: SavedPlan) -> tuple[LongDay, ...]:
    """Give the crews' days that a scenario makes longer than the branch's rules have them."""
    return long_days_of(saved, hours_before(kit, principal, saved), load_pack(branch.rule_pack))


def hours_before(kit: Services, principal: Principal, saved: SavedPlan) -> tuple[Shift, ...]:
    """Give the branch's shifts as the plan has them that the scenario keeps: what is by hand there is nothing new."""
    own = shifts_of(kit.store, principal, saved)
    basis = basis_of(kit.store, principal, saved)
    if basis is None:
        return own
    crews = {one.crew_id for one in kit.store.crews(principal, saved.branch)}
    settled = settled_in(basis)
    return shifts_as_settled(own, settled, crews, saved.branch, now=settled.origin)


def show(days: Sequence[LongDay], name: str) -> None:
    """Say under the table which days of a scenario are overtime, and which are longer than a day may be."""
    for sign, words in long_lines(days):
        st.caption(f"{sign} {_('“{name}”: {what}').format(name=plain(name), what=words)}")


def long_lines(days: Sequence[LongDay]) -> Iterator[tuple[str, str]]:
    """Give what is said of days that may not be so long, then of overtime, each with its sign."""
    for forbidden, sign in ((True, ":red[:material/block:]"), (False, ":orange[:material/info:]")):
        if mine := [one for one in days if one.forbidden == forbidden]:
            yield sign, long_words(mine)


def long_words(days: Sequence[LongDay]) -> str:
    """Say of days beyond one limit how many there are, how long the longest is, and what the article says."""
    limit = days[0].limit
    text = (
        _("{days} of up to {time} of work: more than the {limit} that a day may have, so it cannot be adopted.")
        if days[0].forbidden
        else _(
            "{days} of up to {time} of work, breaks left out: beyond {limit} it is overtime, to be agreed with each "
            "collector first."
        )
    )
    count = n_("{n} crew-day", "{n} crew-days", len(days))
    longest = max(one.worked_s for one in days)
    told = text.format(days=count, time=formats.duration(longest), limit=formats.duration(3600 * limit.value))
    return f"{told} — {plain(law(limit.article))}"


def price(kit: Services, principal: Principal, saved: SavedPlan, beside: PlanRow | None, currency: str) -> str:
    """Say which hours adopting takes as changes of the week, and what they cost and bring; "" where it takes none."""
    own = hours_before(kit, principal, saved)
    crews = {one.crew_id: len(one.members) for one in kit.store.crews(principal, saved.branch)}
    taken = by_hand(saved, own, crews)
    if not taken:
        return ""
    told = _("Adopting takes the hours of {shifts} as changes of this week: {time} more of the crews' work.").format(
        shifts=n_("{n} shift", "{n} shifts", len(taken)), time=formats.duration(more_s(saved, own))
    )
    if beside is None:
        return told
    # Of the week's plan only what lay ahead when the scenario was planned: it has no other day.
    view = kpis.ahead(read_plan(kit, principal, audience(principal), beside.plan_id, ""), saved.created_at)
    ours, theirs = saved.metrics["plan"], view.metrics
    money, visits = float(ours["value"]) - float(theirs["value"]), int(ours["visits"]) - int(theirs["visits"])
    bring = _("Beside the week's plan: {money} of uplift, {visits} visits.").format(
        money=("+" if money >= 0 else "−") + formats.money_short(100 * abs(money), currency),
        visits=("+" if visits >= 0 else "−") + formats.number(abs(visits)),
    )
    return f"{told} {bring}"
