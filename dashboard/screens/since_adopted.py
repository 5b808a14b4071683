"""What a branch has adopted since a plan was made: other minutes at doors, other traffic, another model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from dashboard.screens.who import kept_by
from dashboard.services import Services
from dashboard.text import N_, _
from planner import times
from planner.adoption import DEFAULTS
from planner.adoption import adoptions as models_adopted
from planner.domain import Branch, Principal
from planner.view import WeekView

#: what a plan may have been made without, in the order in which it is told
DOORS, ROADS, MODEL = times.DOORS, times.ROADS, "model"
WORDS = {
    DOORS: N_("other minutes at the door adopted"),
    ROADS: N_("other travel times adopted"),
    MODEL: N_("another model adopted"),
}


@dataclass(frozen=True)
class Decided:
    """The newest decision of a kind: the name of what is in use, empty for what is assumed, and since when."""

    name: str
    at: datetime


def in_use(kit: Services, principal: Principal, branch: Branch) -> dict[str, Decided]:
    """Give what the next plan would be made with, by kind; a kind of which nothing was ever decided is not in it."""
    return decided(kit, principal, branch, kept_by(kit, principal, branch, "adopted"))


@st.cache_data(ttl=3600, max_entries=64, show_spinner=False)
def decided(
    _kit: Services,
    _principal: Principal,
    _branch: Branch,
    kept: tuple[str, ...],  # noqa: ARG001
) -> dict[str, Decided]:
    """Read the decisions; once for each state of the data, since whole models are kept beside them."""
    try:
        past = times.adoptions(_kit.store, _principal, _branch.code)
    except times.UnreadableTimes:  # planning says so
        past = ()
    found = {one.kind: Decided("" if one.name == times.ASSUMED else one.name, one.at) for one in past}
    for one in models_adopted(_kit.store, _principal, _branch.code):
        found[MODEL] = Decided("" if one.name == DEFAULTS else one.name, one.at)
    return found


def made_with(view: WeekView) -> dict[str, str]:
    """Give the names of what a plan was made with, by kind; what is assumed has none."""
    found = dict(view.parameters.get("times", {}).get("names", {}))
    model = str(view.parameters.get("model") or DEFAULTS)
    return found | ({MODEL: model} if model != DEFAULTS else {})


def adopted(kit: Services, principal: Principal, branch: Branch, view: WeekView, made: datetime) -> list[str]:
    """Name the kinds that were decided anew since the plan was made, and are not what it was made with."""
    now, then = in_use(kit, principal, branch), made_with(view)
    return [one for one in WORDS if one in now and now[one].at > made and now[one].name != then.get(one, "")]


def adopted_words(kinds: list[str]) -> list[str]:
    """Say what was adopted."""
    return [_(WORDS[one]) for one in kinds]
