"""Which model a branch plans with: adopted by a person, or the defaults until somebody has.

What a branch adopts, its neighbours may learn from: the answers behind it, counted by cell, are shared.

Adoptions are one setting of the branch, the newest entry last; nothing is taken away, going back is a new entry. Each
says who, when, from which weeks it was learnt and what the comparison said at that time; the audit trail has it too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from planner.domain import Principal
from planner.store import Store
from planner.times import times_in_use
from planner.value import counts as counting
from planner.value.exploring import Exploration, read_exploration
from planner.value.learning import Model, untaught
from planner.value.model_text import UnreadableModel, read_model, written
from planner.value.parameters import Parameters

SETTING, EXPLORATION, COUNTED = "adopted_models", "exploration", "learnt_counts"
ADOPTED, WENT_BACK = "adopted", "went_back"
#: whole models are kept of so many entries; older ones keep what was said of them
WHOLE = 12
DEFAULTS = "defaults"


@dataclass(frozen=True)
class Adoption:
    """One entry: ``name`` of the model (``DEFAULTS``, or a short hash of its numbers), and what was known then."""

    name: str
    act: str
    by: str
    at: datetime
    learnt_until: date | None
    visits: int
    compared: Mapping[str, Any]
    text: Mapping[str, Any] | None


def adoptions(store: Store, principal: Principal, branch: str) -> tuple[Adoption, ...]:
    """Give the branch's adoptions, oldest first."""
    return tuple(entry(one) for one in (store.setting(principal, branch, SETTING) or []))


def entry(text: Mapping[str, Any]) -> Adoption:
    """Read one entry."""
    until = text.get("learnt_until")
    return Adoption(
        name=str(text["name"]),
        act=str(text["act"]),
        by=str(text["by"]),
        at=datetime.fromisoformat(str(text["at"])),
        learnt_until=None if until is None else date.fromisoformat(str(until)),
        visits=int(text.get("visits", 0)),
        compared=dict(text.get("compared", {})),
        text=text.get("model"),
    )


@dataclass(frozen=True)
class Elsewhere:
    """What other branches have shared: their counts together (``counts.COUNTS``), and from how many visits by branch.

    ``unreadable`` names branches whose counts were left out because they cannot be read.
    """

    counts: pd.DataFrame | None
    visits: Mapping[str, int]
    unreadable: tuple[str, ...] = ()


def share(
    store: Store, principal: Principal, branch: str, counts: pd.DataFrame, *, until: date, visits: int, now: datetime
) -> None:
    """Let neighbours learn from what a branch's visits answered up to a day; it replaces what was shared before."""
    text = counting.written(counts) | {"until": until.isoformat(), "visits": visits}
    store.save_setting(principal, branch, COUNTED, text, now=now)


def elsewhere(store: Store, principal: Principal, branch: str) -> Elsewhere:
    """Read what the other branches on the same roads have shared."""
    read, visits, damaged = [], dict[str, int](), []
    for code, text in store.settings_elsewhere(principal, branch, COUNTED).items():
        try:
            read.append(counting.read_counts(text))
            visits[code] = int(text["visits"])
        except (KeyError, TypeError, ValueError):
            damaged.append(code)
    return Elsewhere(counting.together(read) if read else None, visits, tuple(damaged))


def model_in_use(store: Store, principal: Principal, branch: str, parameters: Parameters) -> Model:
    """Give the model that the branch plans with; the defaults where none was adopted.

    Raises
    ------
    planner.value.model_text.UnreadableModel
        If the adopted one cannot be read: planning with other numbers in silence would be worse than not planning.
    planner.times.UnreadableTimes
        If the adopted times, with which its visits are made, cannot be read.
    """
    parameters = times_in_use(store, principal, branch, parameters)
    past = adoptions(store, principal, branch)
    return model_of(past[-1], parameters) if past else untaught(parameters)


def model_of(one: Adoption, parameters: Parameters) -> Model:
    """Give an entry's model."""
    if one.name == DEFAULTS:
        return untaught(parameters)
    if one.text is None:
        raise UnreadableModel(f"Of the model {one.name} only the record is kept, not its numbers.")
    return read_model(one.text, parameters, name=one.name)


def adopt(
    store: Store,
    principal: Principal,
    branch: str,
    model: Model,
    *,
    learnt_until: date,
    visits: int,
    compared: Mapping[str, Any],
    now: datetime,
) -> Adoption:
    """Adopt a model: the next plans are made with it.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not change the branch's settings.
    """
    text = written(model)
    name = hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()[:8]
    new = Adoption(name, ADOPTED, principal.name, now, learnt_until, visits, compared, text)
    add(store, principal, branch, new)
    share(store, principal, branch, model.rates, until=learnt_until, visits=visits, now=now)
    return new


def go_back(store: Store, principal: Principal, branch: str, name: str, *, now: datetime) -> Adoption:
    """Plan with an earlier model again, or with the defaults.

    Raises
    ------
    KeyError
        If the branch never adopted such a model.
    """
    if name == DEFAULTS:
        new = Adoption(DEFAULTS, WENT_BACK, principal.name, now, None, 0, {}, None)
    else:
        named = [one for one in adoptions(store, principal, branch) if one.name == name and one.text is not None]
        if not named:
            raise KeyError(name)
        old = named[-1]
        new = Adoption(name, WENT_BACK, principal.name, now, old.learnt_until, old.visits, old.compared, old.text)
    add(store, principal, branch, new)
    return new


def add(store: Store, principal: Principal, branch: str, new: Adoption) -> None:
    """Put an entry behind the others, also behind one that somebody else adds at the same moment."""
    text = {
        "name": new.name,
        "act": new.act,
        "by": new.by,
        "at": new.at.isoformat(),
        "learnt_until": None if new.learnt_until is None else new.learnt_until.isoformat(),
        "visits": new.visits,
        "compared": dict(new.compared),
        "model": new.text,
    }

    def longer(past: Any) -> list[Any]:
        entries = [*(past or []), text]
        return [one | {"model": None} for one in entries[:-WHOLE]] + entries[-WHOLE:]

    store.change_setting(principal, branch, SETTING, longer, now=new.at)


def exploration_of(store: Store, principal: Principal, branch: str) -> Exploration:
    """Give how the branch explores."""
    return read_exploration(store.setting(principal, branch, EXPLORATION))


def set_exploration(store: Store, principal: Principal, branch: str, setting: Exploration, *, now: datetime) -> None:
    """Set how the branch explores; the next plans follow it."""
    store.save_setting(principal, branch, EXPLORATION, setting.text(), now=now)
