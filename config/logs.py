"""The log: one line an event, that cannot hold personal data, whoever wrote it.

It fails closed. A message passes only where it stands word for word in the source file that logs it, so it was written
by a programmer before any data were known; what a message is filled with never passes. Data pass as *named fields*
(``extra={"status": 200}``) of the table ``FIELDS``, each with its own check; any other is left out. A fault is told by
its kind and its stack: files, lines and functions, never its message, a source line or the value of a variable.

The redaction sits where Python makes a record (``logging.setLogRecordFactory``), before any handler: Streamlit's,
uvicorn's and any library's records are cut like ours, even by a handler that somebody adds later.
"""

from __future__ import annotations

import ast
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parent.parent
LEVELS = ("debug", "info", "warning", "error")
FORMS = ("text", "json")
WITHHELD = "(withheld)"
MOST_FRAMES = 30
OURS = ("rounds", "planner", "geodata")
#: What other loggers warn of without any harm: a cached function that is defined before the server runs keeps what it
#: gives in memory, as ours do anyway.
HARMLESS = frozenset(
    {("streamlit.runtime.caching.cache_data_api", "No runtime found, using MemoryCacheStorageManager")}
)
RANDOM = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

#: Words that a field of this name may have; a part of the application adds its own by ``allow``.
WORDS: dict[str, set[str]] = {
    "method": {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WS"},
    "fault": {"input", "engine", "network"},
}

#: the number of the request that is being answered, in the task or thread that answers it
REQUEST: ContextVar[str | None] = ContextVar("request", default=None)

Check = Callable[[object], str | int | float | None]


def number(value: object) -> int | float | None:
    """Let a number of at most seven digits pass: a phone's, an account's or a card's is longer."""
    plain = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e7
    return round(value, 3) if plain else None  # type: ignore[call-overload]


def kind(value: object) -> str | None:
    """Let a class pass, by its name: it stands in a source file, as no data do."""
    return value.__qualname__ if isinstance(value, type) else None


def choice(value: object) -> str | None:
    """Let a member of an enumeration pass."""
    return str(value.value) if isinstance(value, Enum) else None


def random_id(value: object) -> str | None:
    """Let an id pass that was drawn at random, 32 hexadecimal digits: no number of a person or a card is so long."""
    return value if isinstance(value, str) and RANDOM.fullmatch(value) else None


def word_of(name: str) -> Check:
    """Let the words of a field pass that were allowed beforehand."""

    def check(value: object) -> str | None:
        return value if isinstance(value, str) and value in WORDS.get(name, ()) else None

    return check


#: What may stand in a line besides time, level, logger, message, place and stack.
FIELDS: Mapping[str, Check] = {
    "request": random_id,
    "job": random_id,
    "method": word_of("method"),
    "route": word_of("route"),
    "page": word_of("page"),
    "task": word_of("task"),
    "part": word_of("part"),
    "fault": word_of("fault"),
    "role": choice,
    "state": choice,
    "kind": kind,
    "status": number,
    "ms": number,
    "seconds": number,
    "count": number,
}


def allow(name: str, words: Iterable[str]) -> None:
    """Add words that a field may have: only such as stand in the source, never any that came with data."""
    WORDS.setdefault(name, set()).update(words)


@lru_cache(maxsize=512)
def constants(path: str) -> frozenset[str]:
    """Give the string constants of a source file; none where it cannot be read."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    return frozenset(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is str
    )


def place(path: str) -> str:
    """Give a file's place without this machine's folders.

    >>> place("/usr/lib/python3.11/asyncio/base_events.py")
    'asyncio/base_events.py'
    """
    file = Path(path)
    if file.is_relative_to(ROOT) and "site-packages" not in file.parts:
        return file.relative_to(ROOT).as_posix()
    parts = file.parts
    for anchor in ("site-packages", "lib"):
        if anchor in parts:
            rest = parts[parts.index(anchor) + 1 :]
            return "/".join(rest[1:] if rest and rest[0].startswith("python") and len(rest) > 1 else rest)
    return file.name


def stack_of(error: BaseException) -> list[str]:
    """Give a fault and what led to it: kinds, files, lines and functions, outermost first."""
    told: list[str] = []
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        told.append(type(now).__qualname__ if not told else f"after {type(now).__qualname__}")
        frames = traceback.extract_tb(now.__traceback__)[-MOST_FRAMES:]
        told += [f"{place(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return told


def safe_record(*args: Any, **more: Any) -> logging.LogRecord:
    """Make a record without data, whatever was given for it."""
    record = logging.LogRecord(*args, **more)
    if not (type(record.msg) is str and record.msg in constants(record.pathname)):
        record.msg = WITHHELD
    record.args = ()
    error = record.exc_info[1] if record.exc_info else None
    record.exc_info, record.stack_info = None, None
    # A plain formatter prints this text where there is no exc_info, and nothing else of a fault.
    record.exc_text = "\n".join(stack_of(error)) if error is not None else None
    return record


def worth_telling(record: logging.LogRecord) -> bool:
    """Say whether a record is told: of others than us what warns, and the server's start and end."""
    if (record.name, record.msg) in HARMLESS:
        return False
    if record.levelno >= logging.WARNING or record.name.startswith(OURS):
        return True
    # A sentence whose data were left out says nothing, and connections have lines of their own ("answered").
    return record.name == "uvicorn.error" and "%" not in record.msg and not record.msg.startswith("connection ")


class Lines(logging.Formatter):
    """Writes a record as one line, as JSON or to be read by a person."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.msg,
        }
        given = {**record.__dict__, "request": record.__dict__.get("request") or REQUEST.get()}
        passed = ((name, check(given[name])) for name, check in FIELDS.items() if given.get(name) is not None)
        told |= {name: value for name, value in passed if value is not None}
        if record.levelno >= logging.WARNING:
            told["place"] = f"{place(record.pathname)}:{record.lineno}"
        if record.exc_text:
            told["stack"] = record.exc_text.split("\n")
        return json.dumps(told, ensure_ascii=True) if self.form == "json" else spoken(told)


def spoken(told: Mapping[str, Any]) -> str:
    """Give a line for a person."""
    fixed = ("at", "level", "logger", "event", "stack")
    fields = " ".join(f"{name}={value}" for name, value in told.items() if name not in fixed)
    line = f"{told['at'][11:23]} {told['level']:7} {told['logger']}: {told['event']}" + (
        f"  {fields}" if fields else ""
    )
    return "\n    ".join([line, *told.get("stack", ())])


def install(level: str, form: str, *, stream: TextIO | None = None) -> None:
    """Send everything this process logs through here: once at its start, before anything has been read.

    Parameters
    ----------
    level, form
        One of ``LEVELS`` and of ``FORMS``.
    stream
        Where the lines go; standard error if none is given.
    """
    logging.setLogRecordFactory(safe_record)
    logging.raiseExceptions = False  # a handler that fails would print the record's arguments
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(form))
    handler.addFilter(worth_telling)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    adopt()


def adopt() -> None:
    """Take the handlers off all loggers there are, so that what they log comes to ours."""
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        if not name.startswith(OURS):
            logger.setLevel(logging.NOTSET)


def _uncaught(_kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None) -> None:
    """Log what nobody caught; an interruption from the keyboard is no fault."""
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        logging.getLogger("rounds").error("a fault that nobody caught", exc_info=error)
