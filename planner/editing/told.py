"""Commands and prices as JSON can say them: what the list of changes is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from planner.editing.commands import (
    Add,
    Allow,
    CallIn,
    Command,
    DayOff,
    Drop,
    DropReason,
    Forbid,
    Hours,
    Lock,
    Move,
    Restore,
    SwapDays,
    Unlock,
)  # fmt: skip
from planner.editing.kept import shift_from_dict
from planner.editing.price import Price
from planner.routing.changes import Moved

#: what each command is called
NAMES: Mapping[str, type] = {
    "move": Move,
    "add": Add,
    "lock": Lock,
    "unlock": Unlock,
    "drop": Drop,
    "restore": Restore,
    "forbid": Forbid,
    "allow": Allow,
    "swap_days": SwapDays,
    "day_off": DayOff,
    "hours": Hours,
    "call_in": CallIn,
}


def visits_of(command: Command) -> tuple[str, ...]:
    """Name the visits that a command is about: what happens to them was asked for."""
    if isinstance(command, Move | Add):
        return (command.visit, *command.instead_of, *(out for one in command.moved for out in one.instead_of))
    if isinstance(command, Lock | Unlock | Drop | Restore):
        return (command.visit,)
    if isinstance(command, Forbid | Allow):
        return (command.first, command.second)
    return ()


def command_to_dict(command: Command) -> dict[str, Any]:
    """Give a command with its name.

    >>> command_to_dict(Move("D1", "S1"))
    {'command': 'move', 'visit': 'D1', 'shift': 'S1', 'position': None, 'instead_of': [], 'moved': []}
    """
    name = next(name for name, kind in NAMES.items() if type(command) is kind)
    return {"command": name} | {key: _said(value) for key, value in asdict(command).items()}


def command_from_dict(told: Mapping[str, Any]) -> Command:
    """Read what ``command_to_dict`` gave, or what a store made of it.

    >>> command_from_dict(command_to_dict(Move("D1", "S1", 2, ("D2",), (Moved("D2", "S2"),)))).moved
    (Moved(visit='D2', shift='S2', instead_of=()),)
    """
    values = {str(key): value for key, value in told.items() if key != "command"}
    for key in ("first", "second", "day"):
        if told["command"] in ("swap_days", "day_off") and key in values:
            values[key] = date.fromisoformat(values[key])
    if "instead_of" in values:
        values["instead_of"] = tuple(values["instead_of"])
    if "moved" in values:
        values["moved"] = tuple(Moved(one["visit"], one["shift"], tuple(one["instead_of"])) for one in values["moved"])
    if "why" in values:
        values["why"] = DropReason(values["why"])
    if "skills" in values:
        values["skills"] = frozenset(values["skills"])
    if told["command"] == "call_in":
        values["shift"] = shift_from_dict(values["shift"])
    command: Command = NAMES[told["command"]](**values)
    return command


def price_to_dict(price: Price) -> dict[str, Any]:
    """Give what a price says in figures; who changes, without being asked, by id."""
    return {
        **asdict(price.amounts),
        "unasked": [
            {"visit": one.visit, "kind": one.kind.value, "shift": one.shift, "shift_before": one.shift_before}
            for one in price.unasked
        ],
        "chances": [asdict(one) for one in price.chances],
    }


def _said(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_said(one) for one in value]
    if isinstance(value, dict):
        return {key: _said(one) for key, one in value.items()}
    return value
