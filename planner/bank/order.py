"""What a run over all branches is asked, the same for each of them, and what came of one branch.

Both travel between machines, so they are plain values, and neither says anything of a debtor.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from geodata.roads.straight_line import is_estimate
from planner.store import PlanRow

FORMAT = "rounds-bank-run/1"
#: what a worker is told beside the order: how many processors beside its own no other branch needs
SPARE = "spare"
#: what a run may be called: its file is named so
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
#: under which of a plan's figures it is said of which run it is
MARK = "run"


class NoSuchRun(ValueError):
    """No run of this name was begun on this machine, or its file cannot be read. One sentence."""


class State(StrEnum):
    """What became of a branch."""

    PLANNED = "planned"
    #: there is nothing to plan, no road or too little memory: somebody can see to it
    REFUSED = "refused"
    #: a fault of ours, or of the machine
    FAILED = "failed"


@dataclass(frozen=True)
class Order:
    """What a run asks of every branch.

    ``now`` is the moment for which all plan, whenever their turn comes, so that the same order is the same question.
    ``seconds`` is what a branch takes, all in all. With ``steps`` the search is counted in steps, whatever they say.
    Without ``certainty`` each branch's own choice holds.
    """

    run: str
    week: str
    branches: tuple[str, ...]
    now: datetime
    seed: int
    seconds: float
    steps: int | None
    threads: int
    certainty: float | None

    def plan_id(self, branch: str) -> str:
        """Give the id of the plan of a branch: the run has one of each, whoever makes it and however often."""
        return hashlib.sha256(f"{self.run}\0{self.week}\0{branch}".encode()).hexdigest()[:12]

    def told(self) -> dict[str, Any]:
        """Give the order as JSON can say it."""
        return {"format": FORMAT} | asdict(self) | {"now": self.now.isoformat(), "branches": list(self.branches)}


def order_of(told: Mapping[str, Any]) -> Order:
    """Read an order.

    Raises
    ------
    ValueError
        If it is of another version of this program.
    """
    values = dict(told)
    if values.pop("format", None) != FORMAT:
        raise ValueError(f"an order of a run is written as {FORMAT}")
    try:
        values |= {"now": datetime.fromisoformat(values["now"]), "branches": tuple(values["branches"])}
        return Order(**values)
    except (KeyError, TypeError) as error:
        raise ValueError("an order of a run has other keys") from error


def keep(folder: Path, order: Order) -> None:
    """Keep what a run was asked, so that it can be gone on with."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(order.told(), file, ensure_ascii=False, indent=1)
    os.replace(name, folder / f"{order.run}.json")  # whole or not at all


def kept(folder: Path, run: str) -> Order:
    """Give what a run was asked.

    Raises
    ------
    NoSuchRun
        If it was not begun here.
    """
    if not NAME.fullmatch(run):
        raise NoSuchRun(f"A run's name is made of letters, digits, - and _, not {run!r}.")
    file = folder / f"{run}.json"
    if not file.is_file():
        raise NoSuchRun(f"There is no run {run!r} here: it is gone on with on the machine where it was begun.")
    try:
        return order_of(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise NoSuchRun(f"The run {run!r} cannot be read: {error}.") from error


@dataclass(frozen=True)
class Answer:
    """What came of a branch.

    Attributes
    ----------
    again
        Whether the plan was there already: of an earlier part of the run, or by a worker that was lost after saving.
    took_s, peak_mb
        Wall time, and the most memory that the worker and its search had; 0 where nothing was done.
    parts_s
        Where the wall time went: ``read``, ``times`` (on the roads), ``search`` and ``save``.
    reason
        Why there is no plan: a sentence that names no debtor.
    estimated
        Whether its ways are straight lines, for want of a road engine.
    threads
        Of its search; 0 where nothing was done.
    """

    branch: str
    state: State
    plan_id: str = ""
    visits: int = 0
    worth: float = 0.0
    again: bool = False
    took_s: float = 0.0
    peak_mb: float = 0.0
    parts_s: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""
    estimated: bool = False
    threads: int = 0

    def told(self) -> dict[str, Any]:
        """Give the answer as JSON can say it."""
        return asdict(self) | {"state": self.state.value}


def answer_of(told: Mapping[str, Any]) -> Answer:
    """Read an answer."""
    return Answer(**{**told, "state": State(told["state"])})


def planned(row: PlanRow, **facts: Any) -> Answer:
    """Give the answer that a plan is."""
    figures, estimated = row.metrics["plan"], is_estimate(row.road_source)
    worth = float(figures["value"])
    return Answer(row.branch, State.PLANNED, row.plan_id, int(figures["visits"]), worth, estimated=estimated, **facts)
