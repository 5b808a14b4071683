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
    """Takes one work at a time: while it is at one, the next is made ready, and no more than that is held in memory."""

    thread: ThreadPoolExecutor
    given: list[Future[Any]] = field(default_factory=list)

    def do(self, work: Callable[P, T], *args: P.args, **more: P.kwargs) -> Future[T]:
        """Do something as soon as what was given before is done; raises what the first of that raised."""
        for earlier in self.given:
            earlier.result()
        answer = self.thread.submit(work, *args, **more)
        self.given.append(answer)
        return answer

    def done(self) -> None:
        """Wait until everything is done; raises what the first of it raised."""
        for answer in self.given:
            answer.result()


@contextmanager
def behind() -> Iterator[Pen]:
    """Give a pen. All is done at the end; what fails is raised, and nothing more is begun."""
    with ThreadPoolExecutor(1, "writing behind") as thread:
        pen = Pen(thread)
        yield pen
        pen.done()
