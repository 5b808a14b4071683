"""What somebody will most likely ask for next, made while he reads what he asked for last."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

LOG = logging.getLogger("rounds")
T = TypeVar("T")

#: so many answers are made beforehand and wait to be taken
KEPT = 4
#: so long the page has the processor to itself before the work begins
FIRST_S = 0.3


@dataclass(frozen=True, eq=False)
class Coming(Generic[T]):
    """An answer that is being made; ``hurry`` says that somebody waits for it."""

    answer: Future[T] = field(default_factory=Future)
    hurry: threading.Event = field(default_factory=threading.Event)


@dataclass
class Beforehand(Generic[T]):
    """Answers made beforehand by what they are the answers to; the oldest go first."""

    coming: OrderedDict[tuple[object, ...], Coming[T]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, key: tuple[object, ...], work: Callable[[], T], *, after_s: float = FIRST_S) -> None:
        """Begin to make an answer, unless that has been begun. A failure is told to nobody: it is made anew then."""
        with self.lock:
            if key in self.coming:
                return
            one: Coming[T] = Coming()
            self.coming[key] = one
            while len(self.coming) > KEPT:
                self.coming.popitem(last=False)

        def run() -> None:
            one.hurry.wait(after_s)
            try:
                one.answer.set_result(work())
            except Exception as error:
                LOG.info("nothing could be made beforehand", extra={"kind": type(error)})
                one.answer.set_exception(error)

        threading.Thread(target=run, name="beforehand", daemon=True).start()

    def take(self, key: tuple[object, ...]) -> T | None:
        """Give an answer, once, waiting where it is being made; None where it was not begun or failed."""
        with self.lock:
            one = self.coming.pop(key, None)
        if one is None:
            return None
        one.hurry.set()
        return None if one.answer.exception() is not None else one.answer.result()
