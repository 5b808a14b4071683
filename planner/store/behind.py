"""Writing behind: what is given to a pen is done one after the other in a thread of its own, while the caller goes on.

While the database works on some rows, Python makes the next ones ready: the drivers let other threads run meanwhile. It
is one connection and one transaction all the same: whoever gives work to a pen leaves the connection to it until the
answers are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Pen:
    """Takes work; ``done`` waits for all of it."""

    thread: ThreadPoolExecutor
    given: list[Future[Any]] = field(default_factory=list)

    def do(self, work: Callable[P, T], *args: P.args, **more: P.kwargs) -> Future[T]:
        """Do something after what was given before."""
        answer = self.thread.submit(work, *args, **more)
        self.given.append(answer)
        return answer

    def done(self) -> None:
        """Wait until everything is done; raises what the first of it raised."""
        for answer in self.given:
            answer.result()
        self.given.clear()


@contextmanager
def behind() -> Iterator[Pen]:
    """Give a pen. All is done at the end; where something fails, what has not begun is not begun, and it is raised."""
    with ThreadPoolExecutor(1, "writing behind") as thread:
        pen = Pen(thread)
        try:
            yield pen
            pen.done()
        except BaseException:
            thread.shutdown(wait=True, cancel_futures=True)
            raise
