"""The command ``bank``: plans every branch's week, as many at a time as there are workers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

from geodata.arguments import Arguments
from geodata.roads.means import memory_bytes, processors
from planner.bank import order as orders
from planner.bank.order import Answer, NoSuchRun, Order, State, planned
from planner.bank.told import COMMAND, Telling, again, beginning, closing, report
from planner.command import chance, moment
from planner.domain import Principal, Role
from planner.routing.command import above_zero, one_or_more
from planner.store import Store
from planner.week import week_days

if TYPE_CHECKING:
    from planner.bank.pool import Work, Workers

#: what a run is asked, where it is not said
SECONDS, SEED, THREADS = 30.0, 1, 1
MISSING = "The packages of a bank's run are not installed: run `make bank` once."


class BadOrder(ValueError):
    """What was asked cannot be done; the message is one sentence."""


def bank_command(
    argv: Sequence[str],
    *,
    store: Store,
    work: Work,
    runs: Path,
    limit_mb: float,
    embedded: bool,
    clock: Callable[[], datetime],
) -> int:
    """Plan the branches and tell of each; 0 with all plans, 2 where some were refused, 1 where a fault was ours.

    Parameters
    ----------
    work
        Plans one branch in a worker.
    runs
        Folder where each run's order is kept.
    limit_mb
        What a worker of this machine may have in memory.
    embedded
        Whether the database is a file of this machine, which no other one can plan from.
    """
    arguments = parser().parse_args(argv)
    try:
        order, branches = asked(arguments, store, runs, clock)
        if arguments.scheduler and embedded and not near(arguments.scheduler):
            raise BadOrder(
                "The workers of another machine cannot read this machine's SQLite file: a cluster needs "
                "ROUNDS_DATABASE_URL with a PostgreSQL, the same on each machine."
            )
    except (BadOrder, NoSuchRun) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        from planner.bank.branch import row_of
        from planner.bank.pool import NoCluster, carried_out, slots
    except ModuleNotFoundError as error:
        if error.name not in ("dask", "distributed", "psutil"):
            raise
        sys.stderr.write(f"{MISSING}\n")
        return 2
    if arguments.loans:
        from planner.bank.lend import lend, table, told_as_json
    lent = None
    rows = {one: row_of(store, order, one) for one in branches}
    found = [planned(row, again=True) for row in rows.values() if row is not None]
    to_plan = [one for one, row in rows.items() if row is None]
    out = sys.stderr if arguments.json else sys.stdout
    answers: list[Answer] = []
    try:
        # Where all is planned already no worker is waited for, unless loans are sought.
        tasks = len(branches) if arguments.loans else len(to_plan)
        room = int(arguments.workers or workers_for(processors(), memory_bytes(), limit_mb, threads=order.threads))
        with workers_of(arguments, tasks, room, limit_mb) if tasks else nullcontext() as workers:
            count = slots(workers) if tasks else 0
            telling = Telling(order, out, slots=count, total=len(branches))
            out.write(f"{beginning(order, branches, slots=count)}\n")
            out.flush()
            planning = carried_out(
                workers, work, order, to_plan, telling.running, room=0 if arguments.scheduler else room
            )
            for answer in chain(found, planning):
                answers.append(saved_here(answer, lambda one: row_of(store, order, one) is not None))
                telling.ended(answers[-1])
            if arguments.loans:
                planned_here = [one.branch for one in answers if one.state is State.PLANNED]
                lent = lend(
                    workers, work, order, planned_here, store, now=clock(), say=lambda text: print(text, file=out)
                )
    except NoCluster as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        out.write(f"\nStopped; what is planned is kept. To go on: {COMMAND} --run {order.run}\n")
        return 130
    command = again(order, answers, arguments.scheduler)
    if arguments.json:
        told = report(order, answers, wall_s=telling.wall_s, slots=count, command=command)
        if lent is not None:
            told |= told_as_json(lent)
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(closing(answers, wall_s=telling.wall_s, command=command))
        sys.stdout.write("" if lent is None else table(lent))
    states = {one.state for one in answers}
    return 1 if State.FAILED in states else 2 if State.REFUSED in states else 0


def asked(
    arguments: argparse.Namespace, store: Store, runs: Path, clock: Callable[[], datetime]
) -> tuple[Order, tuple[str, ...]]:
    """Give the order, a kept one or a new one, and of its branches those that are wanted.

    Raises
    ------
    BadOrder, NoSuchRun
        If what was asked cannot be done.
    """
    only = tuple(dict.fromkeys(one.strip() for one in (arguments.only or "").split(",") if one.strip()))
    if arguments.only is not None and not only:  # a variable that is not set, perhaps: never the whole bank
        raise BadOrder("--only names no branch: write --only YX01,YX02, or leave it out to plan all of them.")
    said = {
        name: getattr(arguments, name)
        for name in ("week", "now", "seed", "seconds", "steps", "threads", "certainty")
        if getattr(arguments, name) is not None
    }
    if arguments.run:
        if said:
            raise BadOrder(f"A run keeps what it was asked: leave --{next(iter(said))} out, or begin another run.")
        order = orders.kept(runs, arguments.run)
    else:
        order = begun(said, store, clock)
        if only:
            order = replace(order, branches=only)
    known = set(store.branch_codes(Principal("planner", Role.SYSTEM, frozenset())))
    unknown = [one for one in only if one not in (order.branches if arguments.run else known)]
    if unknown:
        raise BadOrder(f"There is no branch {unknown[0]!r} {'in this run' if arguments.run else 'here'}.")
    if not order.branches:
        raise BadOrder("There are no branches yet: `planner team` saves them from a file.")
    if not arguments.run:
        orders.keep(runs, order)
    return order, only or order.branches


def begun(said: dict[str, object], store: Store, clock: Callable[[], datetime]) -> Order:
    """Give the order of a new run over all branches."""
    if "week" not in said:
        raise BadOrder("Say which week: --week 2026-W48; or which run to go on with: --run NAME.")
    try:
        week_days(str(said["week"]))
    except ValueError as error:
        raise BadOrder(str(error)) from error
    if "steps" in said and said.get("threads", THREADS) != 1:
        raise BadOrder("With --steps the plans are the same each time only with --threads 1.")
    moment_ = clock().replace(microsecond=0)
    values: dict[str, object] = {
        "run": f"{moment_:%Y%m%d-%H%M%S}-{uuid4().hex[:4]}",
        "branches": store.branch_codes(Principal("planner", Role.SYSTEM, frozenset())),
        "now": moment_,
        "seed": SEED,
        "seconds": SECONDS,
        "steps": None,
        "threads": THREADS,
        "certainty": None,
    }
    return Order(**(values | said))  # type: ignore[arg-type]  # read by the parser below


def saved_here(answer: Answer, is_saved: Callable[[str], bool]) -> Answer:
    """Believe a worker only what is in the record: one with other settings may have planned from another database."""
    if answer.state is not State.PLANNED or is_saved(answer.branch):
        return answer
    reason = "Its worker saved the plan in another database: set ROUNDS_DATABASE_URL alike on each machine."
    return replace(answer, state=State.REFUSED, reason=reason)


def workers_of(
    arguments: argparse.Namespace, branches: int, room: int, limit_mb: float
) -> AbstractContextManager[Workers]:
    """Give the workers: a cluster's, or as many on this machine as it has room for."""
    from planner.bank.pool import cluster_at, local

    if arguments.scheduler:
        return cluster_at(arguments.scheduler)
    return local(max(1, min(room, branches)), limit_mb=limit_mb)


def workers_for(cores: int, memory: float | None, limit_mb: float, *, threads: int) -> int:
    """Give how many workers a machine has processors and memory for; one at least.

    >>> workers_for(8, 9e9, 2e3, threads=1), workers_for(8, 64e9, 500, threads=2), workers_for(1, None, 500, threads=2)
    (4, 4, 1)
    """
    room = cores if memory is None else int(memory / (limit_mb * 1e6))
    return max(1, min(cores // threads, room))


def near(scheduler: str) -> bool:
    """Say whether a scheduler is on this machine, and with it, as far as we know, its workers."""
    return urlsplit(scheduler).hostname in ("127.0.0.1", "localhost", "::1")


def address(text: str) -> str:
    """Read the address of a scheduler."""
    parts = urlsplit(text)
    try:
        usable = parts.scheme in ("tcp", "tls") and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        usable = False
    if not usable:
        raise argparse.ArgumentTypeError(f"must be an address such as tcp://10.0.0.5:8786, not {text!r}")
    return text


def parser() -> Arguments:
    """Describe the command's arguments."""
    made = Arguments(
        prog="python -m planner bank", description="Plan the week of every branch, and save the plans as drafts."
    )
    made.add_argument("--week", help="an ISO week such as 2026-W48")
    made.add_argument("--only", metavar="CODES", help="only these branches, such as YX01,YX02")
    made.add_argument("--run", metavar="NAME", help="go on with a run: what it has planned stays, the rest is planned")
    made.add_argument(
        "--scheduler", type=address, help="a Dask cluster's scheduler, such as tcp://10.0.0.5:8786 (default: none)"
    )
    made.add_argument(
        "--workers",
        type=one_or_more,
        help="processes on this machine, each with one branch at a time (default: as processors and memory allow)",
    )
    made.add_argument("--seconds", type=above_zero, help=f"what a branch may take, all in all (default {SECONDS:g})")
    made.add_argument("--seed", type=int, help=f"seed of each search (default {SEED})")
    made.add_argument(
        "--steps", type=one_or_more, help="count each search in steps instead: the same plans wherever they are made"
    )
    made.add_argument(
        "--threads", type=one_or_more, help=f"threads of each search; from 2 on it proves a bound (default {THREADS})"
    )
    made.add_argument(
        "--certainty", type=chance, help="with which chance each route should end in its shift (default: the branch's)"
    )
    made.add_argument(
        "--loans", action="store_true", help="then lend crew-days between neighbouring branches where both gain by it"
    )
    made.add_argument("--now", type=moment, help="plan as at this time, with its zone (default: now)")
    made.add_argument("--json", action="store_true", help="report as JSON on standard output")
    return made
