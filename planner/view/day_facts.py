"""What is known of the people at a crew's stops apart from what is recorded of its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from planner.domain import Branch, Principal
from planner.rules.pack import ClockTerms
from planner.store import Store
from planner.value.clocks import clocks
from planner.value.early import overdue_only
from planner.view.day_clocks import ClockEffect, clock_effects, limitations
from planner.view.pins import set_at_visits
from planner.view.recorded import by_key
from planner.view.week import StopView
from planner.week import iso_week

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class StopFacts:
    """What is known of the people at some stops, on a day.

    ``cards`` (name, phone) and ``debtors`` (with the type in force) by debtor, ``addresses`` and ``places`` by place.
    By debtor too: ``cases``, the largest days past due (``late_by``), accommodations (``wished``, kind and value), and
    what evidence would do to the limitation clocks (``effects``; empty where it is not told). Every limitation period
    of those in ``over`` has passed, those in ``bound`` have a guarantee, and a crew put right at a visit the pins of
    the places in ``corrected``.
    """

    cards: Rows
    addresses: Rows
    places: Rows
    debtors: Rows
    cases: Mapping[str, tuple[str, ...]]
    late_by: Mapping[str, int]
    wished: Mapping[str, tuple[tuple[str, str], ...]]
    effects: Mapping[str, Mapping[str, ClockEffect]]
    over: frozenset[str]
    bound: frozenset[str]
    corrected: frozenset[str]


#: gives the facts, as ``stop_facts`` does
FactsReader = Callable[..., StopFacts]


def stop_facts(
    store: Store,
    principal: Principal,
    branch: Branch,
    stops: Sequence[StopView],
    day: date,
    *,
    terms: ClockTerms | None = None,
    agency: bool = False,
) -> StopFacts:
    """Read what is known of the people at the stops of a day; ``agency``: by an agency's crew."""
    wanted, there = [stop.debtor_id for stop in stops], [stop.place_id for stop in stops]
    # The week is named, else a collector would lose this one when two later ones are published.
    code, week = branch.code, iso_week(day)
    cards = by_key(store.contacts(principal, code, week=week), "debtor_id", wanted)
    addresses = by_key(store.addresses(principal, code, week=week), "place_id", there)
    places = by_key(store.places(principal, code, week=week), "place_id", there)
    debtors = by_key(store.debtors(principal, code, week=week, on=day), "debtor_id", wanted)
    accounts = store.accounts(principal, code, week=week)
    accounts = overdue_only(accounts[accounts["debtor_id"].isin(wanted)])
    wishes = store.accommodations(principal, code, week=week)
    wishes = wishes[~(wishes["set_on"] > pd.Timestamp(day)) & ~(wishes["expires_on"] < pd.Timestamp(day))]
    corrected = set_at_visits(store, principal, branch, week)
    over, effects = frozenset[str](), dict[str, dict[str, ClockEffect]]()
    if terms is not None:
        ticking = clocks(accounts, terms, today=day)
        over = all_passed(ticking)
        # An agency is told that a period has passed, and no more of it.
        effects = {} if agency else clock_effects(accounts, ticking, terms, day)
    cases, late_by = by_debtor(accounts["case_id"], accounts), days_late(accounts, day)
    bound = frozenset(accounts.loc[accounts["guarantee_kind"].isin(["ordinary", "joint"]), "debtor_id"])
    wished = by_debtor(pd.Series(list(zip(wishes["kind"], wishes["value"], strict=True)), wishes.index), wishes)
    return StopFacts(
        cards=cards,
        addresses=addresses,
        places=places,
        debtors=debtors,
        cases=cases,
        late_by=late_by,
        wished=wished,
        effects=effects,
        over=over,
        bound=bound,
        corrected=corrected,
    )


def all_passed(ticking: pd.DataFrame) -> frozenset[str]:
    """Give the debtors of whose overdue accounts every limitation period has passed."""
    limits = limitations(ticking)
    gone = limits["state"].eq("expired").groupby(limits["debtor_id"]).all()
    return frozenset(str(one) for one in gone.index[gone])


def by_debtor(values: pd.Series[Any], table: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
    """Give the values of each debtor's rows of a table, in their order."""
    found: dict[str, list[Any]] = {}
    for debtor, value in zip(table["debtor_id"], values, strict=True):
        found.setdefault(str(debtor), []).append(value)
    return {debtor: tuple(listed) for debtor, listed in found.items()}


def days_late(accounts: pd.DataFrame, day: date) -> dict[str, int]:
    """Give each debtor's largest days past due, advanced from the list's own day to this one, as the survey does."""
    later = (pd.Timestamp(day) - accounts["as_of_on"]).dt.days.fillna(0).clip(lower=0)
    return {name: int(max(days)) for name, days in by_debtor(accounts["days_past_due"] + later, accounts).items()}
