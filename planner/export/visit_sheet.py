"""A crew's day on paper: a card a stop with what to say and bring, and empty fields for the three elements.

What is set here is words already, in the reader's language; this module knows where they go. It holds names and
addresses: who makes it may see contact cards, and says so on the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from planner.export.sheet import typeset

TEMPLATE = Path(__file__).with_name("visit_sheet.typ")


@dataclass(frozen=True)
class StopCard:
    """One stop. ``ask`` are the three elements, empty fields; ``outcomes`` boxes to tick; ``wishes`` stand out.

    ``offered`` names the techniques that fit, ``conditional`` one with its condition each; both may be empty.
    """

    number: str
    name: str
    place: str
    time: str
    window: str
    debt: str
    cases: str
    wishes: Sequence[str]
    rules: Sequence[str]
    approach: str
    bring: str
    say: str
    mind: str
    offered: str
    conditional: Sequence[str]
    ask: Sequence[str]
    outcomes: Sequence[str]
    remark: str


@dataclass(frozen=True)
class VisitSheet:
    """A day: whose, when, notes that hold for every stop, and the stops in order.

    ``never`` are the blocked techniques, the same at every door: a heading, then each with its reason; may be empty.
    """

    lang: str
    title: str
    subtitle: str
    made: str
    author: str
    footer: str
    notes: Sequence[str]
    never: Sequence[str]
    stops: Sequence[StopCard]


def visit_sheet_pdf(sheet: VisitSheet) -> bytes:
    """Set the sheet and give the file; the same sheet gives the same bytes."""
    return typeset(TEMPLATE, asdict(sheet))
