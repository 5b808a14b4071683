"""What is carried over from the parent is what making everything anew gives, over long random sequences of changes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from planner import routing
from planner.answer import lines, spent
from planner.ask import Question
from planner.desk import Desk, Offer, keep, make, take, weigh
from planner.desk.opening import whole_visit
from planner.editing import (
    Add,
    Allow,
    Command,
    DayOff,
    Drop,
    DropReason,
    Forbid,
    Lock,
    Move,
    Restore,
    SwapDays,
    Unlock,
)
from planner.store import packing
from planner.store.schema import plan as plans
from tests.planner.desk.test_desk import FRIDAY, Branch
from tests.planner.factories import means, principal

STEPS = 14


@pytest.fixture
def branch(own_store, story) -> Branch:
    return Branch(own_store, means(own_store), story.second)


def some_change(rng: Random, desk: Desk) -> Command:
    """Any change, of which many are refused."""
    of = desk.draft
    planned, out, shifts = sorted(of.at), of.left_out(), sorted(of.shift_number)
    days = sorted({of.day(one) for one in of.problem.shifts})
    a, b = rng.sample(planned, 2)
    kinds = [
        lambda: Move(a, rng.choice(shifts), rng.choice([None, 0, 1])),
        lambda: Move(a, rng.choice(shifts)),
        lambda: Drop(a, rng.choice(list(DropReason))),
        lambda: Lock(a, rng.random() < 0.5, rng.random() < 0.3),
        lambda: Forbid(a, b),
        lambda: DayOff(rng.choice(of.problem.shifts).crew, rng.choice(days)),
        lambda: SwapDays(*rng.sample(days, 2), rng.choice(of.problem.shifts).crew),
    ]
    kinds += [lambda: Unlock(rng.choice(sorted(of.locks)))] if of.locks else []
    kinds += [lambda: Restore(rng.choice(sorted(of.kept.dropped)))] if of.kept.dropped else []
    kinds += [lambda: Allow(*rng.choice(sorted(of.kept.apart)))] if of.kept.apart else []
    kinds += [lambda: Add(rng.choice(out))] if out else []
    return rng.choice(kinds)()


def documents(desk: Desk) -> dict[str, Any]:
    """All that is kept of a plan, but for its name and when it was made."""
    saved = desk.saved
    value = {"problem": saved.problem, "plan": saved.plan, "context": saved.context, "metrics": saved.metrics}
    return json.loads(packing.json_text(value))


def in_the_database(branch: Branch, plan_id: str) -> dict[str, Any]:
    """The same as the bytes of the database say it, read by nothing of ours."""
    with branch.store._door.engine.connect() as connection:
        row = connection.execute(sa.select(plans).where(plans.c.plan_id == plan_id)).one()
    found = {name: json.loads(zlib.decompress(getattr(row, name))) for name in ("problem", "plan", "context")}
    return found | {"metrics": json.loads(row.metrics)}


def forgotten() -> None:
    """Forget every document: what is read and written then is read and written from the beginning."""
    packing.MEMORY.values.clear()
    packing.MEMORY.parts.clear()


def whole(branch: Branch, desk: Desk) -> Mapping[str, Any]:
    """Give what follows from the changed problem and plan alone, everything made anew."""
    problem, plan, parent = desk.draft.problem, desk.plan, desk.saved
    worth = {
        one.id: [float(facts.get("worth_minor", 100 * option.value)) / 100
                 for option, facts in zip(whole_visit(desk.draft, one).options, parent.context["options"][one.id],
                                          strict=True)]
        for one in problem.visits
    }  # fmt: skip
    visits = tuple(
        replace(one, options=tuple(replace(o, value=w) for o, w in zip(one.options, worth[one.id], strict=False)))
        for one in problem.visits
    )
    ours = routing.efficiency(replace(problem, visits=visits), plan)
    question = Question(problem, desk.times, pd.DataFrame(parent.context["places"]), parent.context["options"])
    return json.loads(
        packing.json_text(
            {
                "problem": routing.problem_to_dict(problem, matrix_file="matrix.npz"),
                "plan": routing.plan_to_dict(plan),
                "lines": lines(question, plan, branch.by.roads),
                "week": spent(ours.week),
                "routes": {shift: spent(one) for shift, one in ours.routes.items()},
            }
        )
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_long_sequence_of_changes_keeps_what_making_all_anew_gives(branch, seed):
    rng = Random(seed)
    known, here = branch.known(), branch.desk()
    here = replace(here, known=known)
    before: list[Desk] = []
    undone: list[Desk] = []
    taken = 0
    for step in range(STEPS * 6):
        if taken == STEPS:
            break
        if before and rng.random() < 0.15:  # undo and redo show plans that are there
            undone.append(here)
            here = before.pop()
            continue
        if undone and rng.random() < 0.3:
            before.append(here)
            here = undone.pop()
            continue
        command = (some_change(rng, here),)
        offered = weigh(here, command)
        if not isinstance(offered, Offer) or not offered.permitted:
            continue
        now = FRIDAY + timedelta(minutes=step + 1)
        made = make(branch.by, principal(), here, command, known, now=FRIDAY, offer=offered)
        new = keep(branch.store, principal(), made, now=now)
        taken += 1

        assert documents(new) == in_the_database(branch, new.saved.plan_id)
        assert new.saved == branch.store.plan(principal(), new.saved.plan_id)
        anew = whole(branch, new)
        assert new.saved.problem == anew["problem"]
        assert new.saved.plan == anew["plan"]
        assert new.saved.context["lines"] == anew["lines"]
        assert new.saved.metrics["plan"].items() >= anew["week"].items()
        assert new.saved.metrics["routes"] == anew["routes"]
        assert routing.audit(new.draft.problem, new.plan) == ()
        if taken % 4 == 0:  # opened from the database, in a process that remembers nothing
            forgotten()
            parent = replace(branch.desk(here.saved.plan_id), known=known)
            again = take(branch.by, principal(), parent, command, known, now=now)
            assert documents(again) == documents(new)
            assert again.saved.parent == new.saved.parent
        before.append(here)
        here, undone = new, []
    assert taken == STEPS


def test_what_is_made_and_not_taken_leaves_nothing_behind(branch):
    here = branch.desk()
    rows = branch.store.plans(principal(), here.saved.branch, here.saved.week)
    name = sorted(here.draft.at)[0]
    made = make(branch.by, principal(), here, (Drop(name, DropReason.AGREED),), here.known, now=FRIDAY)
    assert branch.store.plans(principal(), here.saved.branch, here.saved.week) == rows
    new = keep(branch.store, principal(), made, now=FRIDAY + timedelta(minutes=7))
    assert new.saved.created_at == FRIDAY + timedelta(minutes=7)
    assert branch.store.plan(principal(), made.saved.plan_id).parent == here.saved.plan_id
