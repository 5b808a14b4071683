"""What the crews of a branch could work more, and what a crew can do without one of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from planner import routing
from planner.desk.opening import Desk
from planner.domain import Collector, Crew


def skills_without(crew: Crew, collectors: Mapping[str, Collector], away: Collection[str]) -> frozenset[str]:
    """Give what a crew can still do without some of its collectors; what no one of them brings is the crew's own."""
    shift_skills = crew.skills
    members = [collectors[name] for name in crew.members if name in collectors]
    of_all = frozenset(skill for one in members for skill in one.skills)
    of_rest = frozenset(skill for one in members if one.collector_id not in away for skill in one.skills)
    return (shift_skills - of_all) | (shift_skills & of_rest)


def extra_shift(desk: Desk, crew: str, day: date, starts: int, ends: int) -> routing.ProblemShift | None:
    """Give a shift that a crew of the branch could work more, with the breaks of the day's other shifts.

    ``starts`` and ``ends`` are seconds after midnight. None where the crew's place is not one of the plan's matrix.
    """
    of, who = desk.draft, desk.known.crews[crew]
    rows = [
        next((k for k, one in enumerate(desk.saved.context["places"]) if not one["debtor_id"] and _at(one, spot)), None)
        for spot in (who.start, who.end)
    ]
    if rows[0] is None or rows[1] is None:
        return None
    midnight = round(
        (datetime.combine(day, datetime.min.time(), of.problem.origin.tzinfo) - of.problem.origin).total_seconds()
    )
    like = next((one for one in of.problem.shifts if one.breaks), None)
    shifted = (
        ()
        if like is None
        else tuple(
            replace(one, opens=one.opens - _midnight(like) + midnight, closes=one.closes - _midnight(like) + midnight)
            for one in like.breaks
        )
    )
    taken = {one.id for one in of.problem.shifts} | set(of.kept.off)
    name = next(
        name
        # Never the day's plain name: a shift that has begun may have it, which a plan made meanwhile does not hold.
        for name in (f"{crew}-{day:%Y%m%d}-{k}" for k in range(2, 99))
        if name not in taken
    )
    return routing.ProblemShift(
        id=name, crew=crew, start_place=rows[0], end_place=rows[1], starts=midnight + starts, ends=midnight + ends,
        skills=who.skills, breaks=shifted,
    )  # fmt: skip


def _midnight(shift: routing.ProblemShift) -> int:
    return shift.starts // 86_400 * 86_400


def _at(place: Mapping[str, Any], spot: tuple[float, float]) -> bool:
    return bool(abs(place["lon"] - spot[0]) < 1e-6 and abs(place["lat"] - spot[1]) < 1e-6)
