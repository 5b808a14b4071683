"""What publishing the plan shown would change for crews who know another one: told before it is done, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.screens.edit_desks import shelf
from dashboard.screens.edit_hand import Hand
from dashboard.screens.edit_words import shift_words
from dashboard.screens.who import audience
from dashboard.services import Services
from dashboard.text import N_, _, n_
from planner.domain import Principal
from planner.routing import plan_from_dict
from planner.routing.replan import Difference, DifferenceKind, differences
from planner.store import SavedPlan, ruling

KINDS = {
    DifferenceKind.MOVED: N_("Moved"),
    DifferenceKind.ADDED: N_("Added"),
    DifferenceKind.DROPPED: N_("Not visited"),
    DifferenceKind.RETIMED: N_("Other time"),
}
TABLE_PX, TABLE_WIDE_PX = 280, 658


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


def show(hand: Hand) -> None:
    """Show how many visits would change for the crews, and which; nothing where this plan is the published one."""
    published = ruling(hand.rows)
    if published is None or published.plan_id == hand.row.plan_id or hand.in_part:
        return
    found = since(hand.kit, hand.principal, audience(hand.principal), published.plan_id, hand.row.plan_id)
    if not found.found:
        st.caption(_("As published."))
        passed_over(hand)
        return
    text = n_("{n} visit changed", "{n} visits changed", len(found.found))
    told = _("What would change for the crews beside the published plan")
    with st.popover(text, icon=":material/published_with_changes:", key="edit_published", help=told):
        st.markdown(f"**{told}**  \n{summary(found.found)}")
        st.caption(
            n_("{n} of them was not asked for.", "{n} of them were not asked for.", len(found.unasked))
            + " "
            + _("Crews see the published plan until you publish this one.")
        )
        st.dataframe(
            table(hand, found),
            hide_index=True,
            height=TABLE_PX,
            width=TABLE_WIDE_PX,
            column_config=columns(),
        )
    passed_over(hand)


def passed_over(hand: Hand) -> None:
    """Say that planning again found more, and why it was not taken: the progress had shown it."""
    more = hand.row.metrics.get("replan", {}).get("passed_over")
    if more:
        text = _(
            "A plan worth {money} more was found and not taken: it plans {n} visits otherwise, and what people know is "
            "kept. “All anew” plans without regard to it."
        )
        st.caption(text.format(money=formats.money(100 * more["more"], hand.view.currency), n=more["changes"]))


def summary(found: Sequence[Difference]) -> str:
    """Say how many visits change in which way."""
    count = {kind: sum(one.kind is kind for one in found) for kind in DifferenceKind}
    return " · ".join(f"{_(KINDS[kind])} **{formats.number(n)}**" for kind, n in count.items() if n)


def table(hand: Hand, found: Since) -> pd.DataFrame:
    """List the visits that change, those not asked for first."""
    shifts = found.words()

    def where(shift: str | None, begins: int | None) -> str:
        if shift is None or begins is None:
            return formats.UNKNOWN
        clock = formats.clock(hand.settled.origin + timedelta(seconds=begins))
        return timed(shifts.get(shift, shift), clock)

    ordered = sorted(found.found, key=lambda one: (one.visit in found.asked, list(KINDS).index(one.kind)))
    columns = {
        "debtor": [hand.names.visits.get(one.visit, one.visit) for one in ordered],
        "what": [_(KINDS[one.kind]) for one in ordered],
        "before": [where(one.shift_before or one.shift, one.begins_before) for one in ordered],
        "now": [where(one.shift, one.begins) for one in ordered],
        "asked": [one.visit in found.asked for one in ordered],
    }
    return pd.DataFrame(columns)


def timed(shift: str, clock: str) -> str:
    """Put the time behind the day: a long crew's name is cut off at its end, and the time is what changed.

    >>> timed("Fri 4 Dec · 贺立新·乔雨桐", "13:05"), timed("S1", "13:05")
    ('Fri 4 Dec 13:05 · 贺立新·乔雨桐', 'S1 13:05')
    """
    day, between, crew = shift.partition(" · ")
    return f"{day} {clock}{between}{crew}"


def columns() -> dict[str, Any]:
    """Name the columns, so wide that the popover shows them all."""
    return {
        "debtor": st.column_config.TextColumn(_("Debtor"), width=112),
        "what": st.column_config.TextColumn(_("Change"), width=84),
        "before": st.column_config.TextColumn(_("Before"), width=196),
        "now": st.column_config.TextColumn(_("Now"), width=196),
        "asked": st.column_config.CheckboxColumn(_("Asked for"), width=80),
    }
