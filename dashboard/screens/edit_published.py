"""What publishing the plan shown would change for crews who know another one: told before it is done, one by one."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from dashboard import formats
from dashboard.inks import LINE, MUTED
from dashboard.screens.edit_desks import shelf
from dashboard.screens.edit_hand import Hand, show_plan
from dashboard.screens.edit_words import shift_words
from dashboard.screens.who import audience
from dashboard.services import Services
from dashboard.text import N_, _, joined, n_
from planner.domain import Principal
from planner.routing import plan_from_dict
from planner.routing.replan import Difference, DifferenceKind, differences
from planner.store import PlanRow, SavedPlan, ruling

KINDS = {
    DifferenceKind.MOVED: N_("Moved"),
    DifferenceKind.ADDED: N_("Added"),
    DifferenceKind.DROPPED: N_("Not visited"),
    DifferenceKind.RETIMED: N_("Other time"),
}
#: so wide that a row has mostly one line, and on a phone no wider than the phone
STYLE = f"""
.published-changes {{ width: min(41rem, calc(100vw - 5rem)); max-height: min(22rem, 50vh); overflow-y: auto; }}
.published-changes table {{ width: 100%; border-collapse: collapse; font-size: .82rem; table-layout: fixed; }}
.published-changes :is(td, th) {{
  padding: .2rem .3rem; text-align: start; vertical-align: top; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; border-top: 1px solid {LINE};
}}
.published-changes thead th {{ position: sticky; top: 0; border-top: 0; background: light-dark(#F7F8FA, #12161B); }}
.published-changes th {{ color: {MUTED}; font-weight: 400; }}
.published-changes thead th:first-child {{ width: 30%; }}
.published-changes tbody th {{ padding-top: .5rem; }}
.published-changes small {{ display: block; color: {MUTED}; }}
"""


@dataclass(frozen=True)
class Since:
    """What is different from the published plan, and whom the manager named himself since.

    It is kept for readers of both languages, so ``shifts`` are those of both plans as they are, not in words.
    """

    found: tuple[Difference, ...]
    asked: frozenset[str]
    shifts: Mapping[str, Mapping[str, Any]]

    def words(self) -> dict[str, str]:
        """Name the shifts in the reader's language."""
        return {name: shift_words(one, self.shifts) for name, one in self.shifts.items()}

    @property
    def unasked(self) -> tuple[Difference, ...]:
        """Those that change although nobody asked for it."""
        return tuple(one for one in self.found if one.visit not in self.asked)


@st.cache_data(ttl=3600, max_entries=24, show_spinner=False)
def since(_kit: Services, _principal: Principal, who: str, published: str, shown: str) -> Since:  # noqa: ARG001
    """Compare two plans of a week."""
    before, now = (read(_kit, _principal, one) for one in (published, shown))
    kept = set(before.context.get("edits", {}).get("asked", []))
    asked = set(now.context.get("edits", {}).get("asked", [])) - kept
    # What was over when the later of the two was made is no change, also where the older one is put back.
    made_s = (max(before.created_at, now.created_at) - datetime.fromisoformat(before.problem["origin"])).total_seconds()
    named = {**before.context["shifts"], **now.context["shifts"]}
    return Since(
        tuple(differences(plan_from_dict(before.plan), plan_from_dict(now.plan), since_s=made_s)),
        frozenset(asked),
        named,
    )


def read(kit: Services, principal: Principal, plan_id: str) -> SavedPlan:
    """Read a plan, from the shelf where it is open."""
    desk = shelf().get(plan_id)
    return desk.saved if desk is not None else kit.store.plan(principal, plan_id)


def beside(hand: Hand) -> PlanRow | None:
    """Give the published plan that this one would replace; None where there is none, or this is it, even in part."""
    published = ruling(hand.rows)
    return None if published is None or published.plan_id == hand.row.plan_id or hand.in_part else published


def show(hand: Hand) -> None:
    """Show how many visits would change for the crews, and which; nothing where this plan is the published one."""
    published = beside(hand)
    if published is None:
        return
    found = since(hand.kit, hand.principal, audience(hand.principal), published.plan_id, hand.row.plan_id)
    if not found.found:
        st.caption(_("As published."))
        return
    text = n_("{n} visit changed", "{n} visits changed", len(found.found))
    told = _("What would change for the crews beside the published plan")
    with st.popover(text, icon=":material/published_with_changes:", key="edit_published", help=told):
        st.markdown(f"**{told}**  \n{summary(found.found)}")
        st.caption(
            joined(
                n_("{n} of them was not asked for.", "{n} of them were not asked for.", len(found.unasked)),
                _("Crews see the published plan until you publish this one."),
            )
        )
        st.html(f"<style>{STYLE}</style>" + listed(hand, found))


def passed_over(hand: Hand) -> None:
    """Say that planning again found more, why it was not taken, and lead to where it can be had."""
    more, published = hand.row.metrics.get("replan", {}).get("passed_over"), beside(hand)
    if hand.may and more and published is not None:
        text = _(
            "A plan worth {money} more was found and not taken: it plans {n} visits otherwise, and what people know is "
            "kept. “All anew”, on the published plan's page, plans without regard to it."
        )
        told = text.format(money=formats.money(100 * more["more"], hand.view.currency), n=more["changes"])
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(told, width="content")
            st.button(
                _("Show the published plan"),
                key="edit_published_there",
                type="tertiary",
                on_click=show_plan,
                args=(published.plan_id,),
            )


def summary(found: Sequence[Difference]) -> str:
    """Say how many visits change in which way."""
    count = {kind: sum(one.kind is kind for one in found) for kind in DifferenceKind}
    return " · ".join(f"{_(KINDS[kind])} **{formats.number(n)}**" for kind, n in count.items() if n)


def listed(hand: Hand, found: Since) -> str:
    """List the visits that change, those not asked for first, as a table that breaks its lines: nothing is cut off."""
    shifts = found.words()

    def where(shift: str | None, begins: int | None) -> str:
        if shift is None or begins is None:
            return formats.UNKNOWN
        clock = formats.clock(hand.settled.origin + timedelta(seconds=begins))
        return timed(shifts.get(shift, shift), clock)

    def row(one: Difference) -> str:
        who = html.escape(hand.names.visits.get(one.visit, one.visit))
        before = html.escape(where(one.shift_before or one.shift, one.begins_before))
        now = html.escape(where(one.shift, one.begins))
        return f"<tr><td>{who}<small>{_(KINDS[one.kind])}</small></td><td>{before}</td><td>{now}</td></tr>"

    def group(name: str, visits: Sequence[Difference]) -> str:
        ordered = sorted(visits, key=lambda one: list(KINDS).index(one.kind))
        title = f'<tr><th colspan="3" scope="rowgroup">{name} · {formats.number(len(visits))}</th></tr>'
        return f"<tbody>{title}{''.join(map(row, ordered))}</tbody>" if visits else ""

    asked = [one for one in found.found if one.visit in found.asked]
    heads = "".join(f'<th scope="col">{one}</th>' for one in (_("Debtor"), _("Before"), _("Now")))
    return (
        f'<div class="published-changes" tabindex="0" role="region" aria-label="{_("Visits that change")}">'
        f"<table><thead><tr>{heads}</tr></thead>{group(_('Not asked for'), found.unasked)}"
        f"{group(_('Asked for'), asked)}</table></div>"
    )


def timed(shift: str, clock: str) -> str:
    """Put the time behind the day: a long crew's name is cut off at its end, and the time is what changed.

    >>> timed("Fri 4 Dec · 贺立新·乔雨桐", "13:05"), timed("S1", "13:05")
    ('Fri 4 Dec 13:05 · 贺立新·乔雨桐', 'S1 13:05')
    """
    day, between, crew = shift.partition(" · ")
    return f"{day} {clock}{between}{crew}"
