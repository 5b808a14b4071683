"""The workers of a run: Dask's, on this machine or behind the address of a cluster. No scheduler of our own."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias
from uuid import uuid4

import dask
from distributed import Client, Future, KilledWorker, LocalCluster

from planner.bank.order import SPARE, Answer, Order, State, answer_of

#: the workers, as a client of theirs sees them
Workers: TypeAlias = Client
#: plans one branch in a worker: told the order and the branch, both plain values, it gives the answer as one
Work = Callable[[Mapping[str, Any], str], Mapping[str, Any]]
#: how long the workers of a cluster may take to come
COME_S = 30.0
#: how long a run waits without any worker before it gives up; one that is restarted on a busy machine takes its time
GONE_S = 120.0
#: how often whoever waits hears how many branches are being planned
TELL_S = 1.0
#: of a branch of which nobody can say any more what became of it
LOST = "{}; what is saved is kept."
#: a worker's libraries count with one thread; the search has as many as the run says
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "POLARS_MAX_THREADS"), "1"
)
SETUP = {
    # No pages: whoever asks the run is told at the terminal.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # A worker keeps no results, so there is nothing to write to disk or wait for: it goes on or is ended.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    # On a busy machine a worker takes its time to start.
    "distributed.comm.timeouts.connect": "120s",
    "distributed.comm.timeouts.tcp": "120s",
}


class NoCluster(Exception):
    """The cluster cannot be used; the message is one sentence."""


@contextmanager
def local(workers: int, *, limit_mb: float) -> Iterator[Workers]:
    """Give so many worker processes on this machine, for as long as the block lasts.

    They speak with each other over encrypted loopback connections that need a key of the moment, so that nobody else
    on the machine can have them compute. The kernel or their watch ends them when this process ends, however it does.
    """
    # Their own words at the end, when one finds the other gone, are of no use to anybody.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with (
        dask.config.set(SETUP),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=int(limit_mb * 1e6),
            host="127.0.0.1",
            security=True,
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0", "dashboard": False},
            silence_logs=logging.CRITICAL,
            env=ONE_THREAD | {"DASK_LOGGING__DISTRIBUTED": "critical"},
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def cluster_at(address: str) -> Iterator[Workers]:
    """Give the workers of a cluster.

    Raises
    ------
    NoCluster
        If there is none at the address, or it has no worker.
    """
    try:
        client = Client(address, timeout=COME_S)
    except (OSError, ValueError, TypeError) as error:
        raise NoCluster(f"There is no Dask scheduler at {address}.") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=COME_S)
        except TimeoutError as error:
            raise NoCluster(f"The scheduler at {address} has no worker.") from error
        yield client


def slots(client: Workers) -> int:
    """Give how many branches are planned at a time; 0 where the scheduler is lost, 1 where a worker may yet come."""
    try:
        return max(1, sum(int(one) for one in client.nthreads().values()))
    except Exception:  # in whichever way the connection ended
        return 0


def has_workers(client: Workers) -> bool:
    """Say whether there is a worker, as far as the scheduler can be asked."""
    try:
        return bool(client.nthreads())
    except Exception:  # in whichever way the connection ended
        return False


def carried_out(
    client: Workers, work: Work, order: Order, branches: Sequence[str], tell: Callable[[int], None], *, room: int = 0
) -> Iterator[Answer]:
    """Let the workers plan the branches; give the answers as they come, one for each. ``room`` as in ``done``."""
    asked = {one: order.told() for one in branches}
    for branch, told in done(client, work, asked, tell, run=order.run, threads=order.threads, room=room):
        yield Answer(branch, State.FAILED, reason=told) if isinstance(told, str) else answer_of(told)


def done(
    client: Workers,
    work: Work,
    asked: Mapping[str, Mapping[str, Any]],
    tell: Callable[[int], None] = lambda _: None,
    *,
    run: str,
    threads: int = 1,
    room: int = 0,
) -> Iterator[tuple[str, Mapping[str, Any] | str]]:
    """Let the workers do something for each branch; give branch and answer as they come, or why there is none.

    A branch whose worker is killed is given to another one; after four killed workers it is given up. No more branches
    are given out than are planned at a time: one that only waits at a worker would be held responsible for its end.
    When there has been no worker for two minutes, what is left is told as lost.

    Parameters
    ----------
    work
        Must be importable by its name where the workers are.
    asked
        What the work is told, by branch.
    tell
        Told about once a second how many branches are being planned.
    threads, room
        Of each branch, and for how many branches at a time this machine has room. Where there are fewer left, each is
        told its share of the processors beside its own (``SPARE``). 0: of other machines nothing is known.
    """
    ended: queue.Queue[Future] = queue.Queue()
    waiting = list(asked)[::-1]
    # Held here until they have ended: what nobody holds is dropped.
    running: dict[str, tuple[Future, str]] = {}
    seen = time.monotonic()
    while waiting or running:
        free = slots(client) - len(running) if waiting else 0
        if waiting and not running and not free:
            yield from ((one, LOST.format("The scheduler was lost")) for one in waiting)
            return
        for _ in range(min(free, len(waiting))):
            spare = threads * max(0, room // (len(waiting) + len(running)) - 1)
            branch = waiting.pop()
            # A key of this very call: what an earlier one has left in the scheduler's memory is no answer to this one.
            key = f"rounds-{run}-{branch}-{uuid4().hex[:8]}"
            future = client.submit(
                work, dict(asked[branch]) | ({SPARE: spare} if spare else {}), branch, key=key, pure=False
            )
            running[key] = (future, branch)
            future.add_done_callback(ended.put)
        try:
            key = ended.get(timeout=TELL_S).key
        except queue.Empty:
            tell(len(running))
            if has_workers(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > GONE_S:
                with suppress(Exception):  # the scheduler may be gone too
                    client.cancel([future for future, _ in running.values()])
                left = [branch for _, branch in running.values()] + waiting[::-1]
                yield from ((one, LOST.format("No worker was left")) for one in left)
                return
        else:
            seen = time.monotonic()
            future, branch = running.pop(key)
            yield branch, _answer(future)


def _answer(future: Future) -> Mapping[str, Any] | str:
    if future.status == "finished":
        told: Mapping[str, Any] = future.result()
        return told
    if future.status != "error":
        return LOST.format("The scheduler was lost")
    error = future.exception()
    if isinstance(error, KilledWorker):
        return (
            "Its worker was killed again and again, most likely for want of memory: "
            "set ROUNDS_BANK_WORKER_MB higher, and start fewer workers."
        )
    return f"A fault of ours ({type(error).__name__}); the worker's log says where."
