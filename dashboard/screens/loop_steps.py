"""The four steps of a week at the head of its page: planned, published, run, recorded, with when and who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import formats
from dashboard.inks import ACCENT, GOOD, LINE, MUTED
from dashboard.maps.escape import escape
from dashboard.services import Services
from dashboard.text import N_, _
from dashboard.text.words import actor
from planner.domain import Branch, Principal
from planner.store import PlanRow
from planner.view.loop import Step, StepState, steps

NAMES: Mapping[str, str] = {
    "planned": N_("Planned"),
    "published": N_("Published"),
    "run": N_("Run"),
    "recorded": N_("Recorded"),
}
#: state → sign and class; the sign tells it without the colour
SIGNS = {StepState.DONE: ("✓", "done"), StepState.BEGUN: ("◐", "begun"), StepState.TODO: ("○", "todo")}
STYLE = f"""
.loop {{ display: flex; flex-wrap: wrap; gap: .1rem .5rem; align-items: baseline; font-size: .8rem; }}
.loop, .loop .todo {{ color: {MUTED}; }}
.loop b {{ font-weight: 600; }}
.loop .done {{ color: {GOOD}; }}
.loop .begun {{ color: {ACCENT}; }}
.loop i {{ color: {LINE}; font-style: normal; }}
"""


def show(
    kit: Services,
    principal: Principal,
    branch: Branch,
    week: str,
    rows: Sequence[PlanRow],
    *,
    shown: PlanRow | None = None,
    in_part: bool = False,
) -> None:
    """Show the steps, of the plan in force where there is one, else of the one ``shown`` on the page.

    ``in_part``: the one shown holds for days that had begun. Nothing where there is no plan.
    """
    if not rows:
        return
    found = steps(kit.store, principal, branch, week, rows, now=kit.now(), shown=shown)
    draft = shown is not None and not shown.in_force
    st.html(
        f"<style>{STYLE}</style>" + drawn(found, ZoneInfo(branch.timezone), draft=draft, in_part=in_part),
        width="content",
    )


def drawn(found: Sequence[Step], zone: ZoneInfo, *, draft: bool = False, in_part: bool = False) -> str:
    """Draw the steps as HTML; every text of it is escaped."""
    other = draft and any(step.name == "published" and step.state is StepState.DONE for step in found)
    whose = _("In force for the later days:") if in_part else _("In force, not this draft:")
    of = f"<span>{escape(whose)}</span>" if other else ""
    return f'<div class="loop" role="list">{of}{"<i>→</i>".join(one(step, zone) for step in found)}</div>'


def one(step: Step, zone: ZoneInfo) -> str:
    """Draw one step."""
    sign, kind = SIGNS[step.state]
    facts = [_(NAMES[step.name])]
    if step.whole and step.state is not StepState.TODO:
        unit = _("{k} of {n} crew-days") if step.name == "run" else _("{k} of {n} stops")
        facts.append(unit.format(k=step.part, n=step.whole))
    if step.at is not None:
        at = step.at.astimezone(zone)
        facts.append(f"{formats.day(at.date())} {formats.clock(at)}")
    told = " · ".join(escape(fact) for fact in facts[1:])
    who = f' title="{escape(actor(step.who))}"' if step.who else ""
    name = f'<b class="{kind}">{sign} {escape(facts[0])}</b>'
    return f'<span role="listitem"{who}>{name}{" " + told if told else ""}</span>'
