"""Makes changes of one plan on another one: what somebody else published meanwhile takes them in, or says why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.desk.opening import Desk
from planner.desk.weighing import Offer, weigh
from planner.editing import CallIn, Command, Hours, Refusal, Why


@dataclass(frozen=True)
class Replayed:
    """Which changes can be made on another plan, all together and in their order, and which not and why.

    Whatever is refused leaves the others as they are: each is weighed after those before it that can be made.
    """

    taken: tuple[Command, ...]
    refused: tuple[tuple[Command, Refusal | Offer], ...]


def replay(desk: Desk, commands: Sequence[Command], *, kept_back_s: Mapping[str, int]) -> Replayed:
    """Try changes one after another on an opened plan; nothing of it is kept.

    ``kept_back_s`` is by how much the shifts of the plan that they were made on end before their crews are off.
    """
    taken: list[Command] = []
    refused: list[tuple[Command, Refusal | Offer]] = []
    for command in commands:
        here: Command | None = command
        if isinstance(command, CallIn):
            here = at_home(desk, command)
        elif isinstance(command, Hours):
            here = as_long(desk, command, kept_back_s)
        answer = Refusal(Why.UNKNOWN) if here is None else weigh(desk, [*taken, here])
        if here is None or isinstance(answer, Refusal) or not answer.permitted:
            refused.append((command, answer))
        else:
            taken.append(here)
    return Replayed(tuple(taken), tuple(refused))


def as_long(desk: Desk, command: Hours, kept_back_s: Mapping[str, int]) -> Hours:
    """Let a crew be off when it was asked for, whatever this plan keeps back of its shift."""
    here = int(desk.saved.context["shifts"].get(command.shift, {}).get("reserve_s", 0))
    return replace(command, ends=command.ends + kept_back_s.get(command.shift, 0) - here)


def at_home(desk: Desk, command: CallIn) -> CallIn | None:
    """Give a shift that was called in with the places of this plan's problem; None where its crew has no shift here.

    A problem counts its places for itself: those of another plan would lead the crew elsewhere.
    """
    same = next((one for one in desk.draft.problem.shifts if one.crew == command.shift.crew), None)
    if same is None:
        return None
    return replace(command, shift=replace(command.shift, start_place=same.start_place, end_place=same.end_place))
