"""Makes changes of one plan on another one: what somebody else published meanwhile takes them in, or says why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.desk.opening import Desk
from planner.desk.weighing import Offer, weigh
from planner.editing import CallIn, Command, Refusal, Why


@dataclass(frozen=True)
class Replayed:
    """Which changes can be made on another plan, all together and in their order, and which not and why.

    Whatever is refused leaves the others as they are: each is weighed after those before it that can be made.
    """

    taken: tuple[Command, ...]
    refused: tuple[tuple[Command, Refusal | Offer], ...]


def replay(desk: Desk, commands: Sequence[Command]) -> Replayed:
    """Try changes one after another on an opened plan; nothing of it is kept."""
    taken: list[Command] = []
    refused: list[tuple[Command, Refusal | Offer]] = []
    for command in commands:
        here = command if not isinstance(command, CallIn) else at_home(desk, command)
        answer = Refusal(Why.UNKNOWN) if here is None else weigh(desk, [*taken, here])
        if here is None or isinstance(answer, Refusal) or not answer.permitted:
            refused.append((command, answer))
        else:
            taken.append(here)
    return Replayed(tuple(taken), tuple(refused))


def at_home(desk: Desk, command: CallIn) -> CallIn | None:
    """Give a shift that was called in with the places of this plan's problem; None where its crew has no shift here.

    A problem counts its places for itself: those of another plan would lead the crew elsewhere.
    """
    same = next((one for one in desk.draft.problem.shifts if one.crew == command.shift.crew), None)
    if same is None:
        return None
    return replace(command, shift=replace(command.shift, start_place=same.start_place, end_place=same.end_place))
