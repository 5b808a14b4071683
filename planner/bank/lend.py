"""Loans of crew-days between neighbouring branches: asked, proposed, planned again in both, and kept if they gain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from planner.bank.branch import planner_of
from planner.bank.lending import LOAN, TASK, WORTHS
from planner.bank.loans import Judged, Loan, Planned, Worths, neighbours, proposals, smaller, worths_from
from planner.bank.order import Order
from planner.bank.pool import Work, Workers, done
from planner.domain import Principal, Role
from planner.scenarios.adopt import adopt
from planner.store import Store


@dataclass(frozen=True)
class Lent:
    """What came of it: what each branch said of crew-days, and the loans, judged."""

    worths: tuple[Worths, ...]
    loans: tuple[Judged, ...]


def lend(
    client: Workers,
    work: Work,
    order: Order,
    branches: Sequence[str],
    store: Store,
    *,
    now: datetime,
    say: Callable[[str], None],
) -> Lent:
    """Find loans between branches that the run has planned, plan both ends again, and keep what gains as drafts.

    Of a loan that does not gain nothing stays to be seen: its plans are put away.
    """
    codes = frozenset(branches)
    known = store.branches(Principal("planner", Role.SYSTEM, codes))
    near = {one: lenders for one, lenders in neighbours(known).items() if lenders}
    say(f"Loans between branches: what a crew-day is worth is asked of {len(near)} of {len(codes)}.")
    asked = {one: {"kind": WORTHS, "lenders": list(lenders)} for one, lenders in near.items()}
    told = answers(client, work, order, asked)
    worths = [worths_from(one) if "branch" in one else Worths(code, out=one["reason"]) for code, one in told.items()]
    found = proposals(worths)
    say(f"{len(found)} proposed; both ends of each are planned again." if found else "None is proposed.")
    # Newer than the plans of the run, whatever moment it plans for.
    at = max(now, order.now + timedelta(seconds=1))
    ended: list[Judged] = []
    while found:
        judged = [settled(store, one, at) for one in planned_again(client, work, order, found)]
        # What is lent together may cost more and bring less than one crew-day after the other: half of it may gain.
        again = [one for one in judged if not one.kept and not one.reason and len(one.loan.crew_days) > 1]
        ended += [one for one in judged if one not in again]
        found = tuple(smaller(one.loan) for one in again)
        if found:
            say(f"{len(found)} of them do not gain; the better half of each is tried.")
    return Lent(tuple(sorted(worths, key=lambda one: one.branch)), tuple(ended))


def planned_again(client: Workers, work: Work, order: Order, loans: Sequence[Loan]) -> list[Judged]:
    """Plan both ends of each loan."""
    ends = {code: loan for loan in loans for code in (loan.lender, loan.borrower)}
    told = answers(client, work, order, {code: {"kind": LOAN, **told_of(loan, code)} for code, loan in ends.items()})
    planned = {code: Planned(**({"branch": code} | dict(one))) for code, one in told.items()}
    return [Judged(one, planned[one.lender], planned[one.borrower]) for one in loans]


def answers(
    client: Workers, work: Work, order: Order, asked: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Give what each branch answers to its task; a ``reason`` where there is no answer."""
    told = {code: order.told() | {TASK: dict(task)} for code, task in asked.items()}
    ended = done(client, work, told, run=order.run)
    return {code: {"reason": one} if isinstance(one, str) else one for code, one in ended}


def told_of(loan: Loan, code: str) -> dict[str, object]:
    """Give what the worker that plans one end of a loan is told."""
    other = loan.borrower if code == loan.lender else loan.lender
    return {"other": other, "shifts": [one.shift for one in loan.crew_days], "lends": code == loan.lender}


def settled(store: Store, one: Judged, now: datetime) -> Judged:
    """Make drafts of a loan's plans if it gains, and take the scenarios off the list."""
    drafts = []
    for plan in (one.lender, one.borrower):
        if not plan.plan_id:
            continue
        asking = planner_of(plan.branch)
        if one.kept:
            drafts.append(adopt(store, asking, plan.plan_id, now=now).plan_id)
        store.put_away_scenario(asking, plan.plan_id, now=now)
    return replace(one, drafts=tuple(drafts))


def told_as_json(lent: Lent) -> dict[str, Any]:
    """Give what came of it as JSON can say it: sums and crews, no debtor."""
    return {
        "loans": [
            {
                "lender": one.loan.lender,
                "borrower": one.loan.borrower,
                "crew_days": [asdict(each) | {"gain": each.gain} for each in one.loan.crew_days],
                "promised": one.loan.promised,
                "realised": None if one.reason else one.realised,
                "kept": one.kept,
                "drafts": list(one.drafts),
                "reason": one.reason,
            }
            for one in lent.loans
        ],
        "worths": [one.told() for one in lent.worths],
    }


def table(lent: Lent) -> str:
    """Give the loans as a reader wants them: a line a crew-day, and what became of each loan."""
    lines = [f"No part in loans: {one.branch}  {one.out}" for one in lent.worths if one.out]
    if not lent.loans:
        return "\n".join(
            [*lines, "No crew-day is worth enough more in a neighbouring branch: no loan is proposed.", ""]
        )
    heads = ("from", "to", "crew", "day", "way", "loses", "brings", "gain")
    rows = [
        (
            *(one.loan.lender, one.loan.borrower, each.crew, each.day),
            f"{each.way_s / 60:.0f} min{' (estimated)' if each.estimated else ''}",
            *(f"{amount:,.0f}" for amount in (each.loses, each.brings, each.gain)),
        )
        for one in lent.loans
        for each in one.loan.crew_days
    ]
    wide = [max(len(row[k]) for row in (heads, *rows)) for k in range(len(heads))]
    for row in (heads, *rows):
        cells = [
            text.rjust(width) if k > 3 else text.ljust(width)
            for k, (text, width) in enumerate(zip(row, wide, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines += [verdict(one) for one in lent.loans]
    kept = [one for one in lent.loans if one.kept]
    lines.append(
        f"{len(kept)} of {len(lent.loans)} kept, worth {sum(one.realised for one in kept):,.0f} more together."
    )
    return "\n".join([*lines, ""])


def verdict(one: Judged) -> str:
    """Say what planning both ends of a loan again came to."""
    head = f"{one.loan.lender} to {one.loan.borrower}: {one.loan.promised:,.0f} promised"
    if one.reason:
        return f"{head}, not planned: {one.reason}"
    if one.kept:
        return f"{head}, {one.realised:,.0f} by planning both again: drafts {' and '.join(one.drafts)}."
    if one.realised > 0:
        return f"{head}, {one.realised:,.0f} by planning both again, but a required visit is lost: not kept."
    return f"{head}, {one.realised:,.0f} by planning both again: not kept."
