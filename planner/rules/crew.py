"""Whether a crew may go out at all: how many collectors it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from planner.domain import Crew
from planner.rules.pack import RulePack


def crews_permitted(crews: Iterable[Crew], pack: RulePack) -> tuple[tuple[Crew, ...], dict[str, str]]:
    """Part the crews into those that may go out and, by crew id, why the others may not.

    A member named twice counts once.
    """
    fit, unfit = [], {}
    for crew in crews:
        size = len(set(crew.members))
        if size < pack.crew_min.value:
            unfit[crew.crew_id] = f"a crew of {size}, at least {pack.crew_min.value} needed: {pack.crew_min.article}"
        elif size > pack.crew_max.value:
            unfit[crew.crew_id] = f"{size} collectors, at most {pack.crew_max.value} allowed: {pack.crew_max.article}"
        else:
            fit.append(crew)
    return tuple(fit), unfit


#: the rules that are about the crew, not the window; ``check.py`` reads them again on a finished plan
RULES: dict[str, Callable[..., object]] = {"crew_size": crews_permitted}
