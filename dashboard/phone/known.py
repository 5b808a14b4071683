"""What is known of the people at a crew's stops, remembered until somebody writes to it: a phone asks again and again.

Nine tables are read for it, the same for each outcome that a crew records. Only a crew's own reading is remembered: of
whoever else opens its day, as of an auditor, the store notes what was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from planner.domain import Branch, Principal, Role
from planner.rules.pack import ClockTerms
from planner.store import Store
from planner.view.day_facts import StopFacts, stop_facts
from planner.view.week import StopView


def known_facts(
    store: Store,
    principal: Principal,
    branch: Branch,
    stops: Sequence[StopView],
    day: date,
    *,
    terms: ClockTerms | None = None,
    agency: bool = False,
) -> StopFacts:
    """Give what ``planner.view.day_facts.stop_facts`` reads, read anew where somebody wrote to it."""
    if principal.role is not Role.COLLECTOR:
        return stop_facts(store, principal, branch, stops, day, terms=terms, agency=agency)
    # The store asks whether he may read here, each time.
    version = store.listed_version(principal, branch.code)
    places = tuple((one.debtor_id, one.place_id) for one in stops)
    key = (store.where, branch.code, str(principal.crew), day.isoformat(), places, version, agency)
    return _read(store, principal, branch, stops, terms, *key)


@st.cache_resource(ttl=3600, max_entries=200, show_spinner=False)
def _read(
    _store: Store,
    _principal: Principal,
    _branch: Branch,
    _stops: Sequence[StopView],
    _terms: ClockTerms | None,
    store: str,  # noqa: ARG001  part of the key
    code: str,  # noqa: ARG001
    crew: str,  # noqa: ARG001
    of_day: str,
    places: tuple[tuple[str, str], ...],  # noqa: ARG001
    version: int,  # noqa: ARG001
    agency: bool,
) -> StopFacts:
    on = date.fromisoformat(of_day)
    return stop_facts(_store, _principal, _branch, _stops, on, terms=_terms, agency=agency)
