"""When a crew was last heard of, when it should be heard of again, and what happens if it is not.

A sign of life is a shift begun, an outcome, an "all well", or a manager who spoke with the crew. After each the crew
has until the planned end of its next stop (of the way back after the last), as much later as the crew is late, and a
grace. A crew far ahead of its plan is not waited for until the plan's hour: it has the planned time from door to door,
a while more for a meal or a wait, and what it must wait for a window to open. "All well" gives some minutes beyond
that, not more for being tapped twice. A deadline that passes is *late*,
later *to be called*. What a phone sends late puts the past right, and what the branch had to believe meanwhile stays
told (``Missed``).

The clock runs for a crew that has begun its shift. One that only records outcomes is seen to be out, and nobody is
called for it: a crew that never uses the button would else be a false alarm every evening.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from planner.safety.entries import CHECK_IN, Done, Entry, Kind
from planner.safety.terms import SafetyTerms

SPOKEN = frozenset({Done.WELL, Done.BACK})


class Duty(StrEnum):
    """Where the shift stands."""

    NOT_YET = "not_yet"  # it has not come
    NOT_BEGUN = "not_begun"  # it should have, and nothing was said
    OUT = "out"
    BACK = "back"


class Level(StrEnum):
    """How urgent it is that the crew is heard of."""

    CALM = "calm"
    LATE = "late"
    CALL = "call"


@dataclass(frozen=True)
class WayStop:
    """A stop as planned: its place in the day, and the number it is shown by, which is that within its shift.

    ``over_from`` is when the visit can be over at the earliest, begun as its window opens; None where it is not known.
    """

    number: int
    debtor_id: str
    leaves_at: datetime
    within: int = 0
    over_from: datetime | None = None

    @property
    def shown(self) -> int:
        """The number that pages show."""
        return self.within or self.number


@dataclass(frozen=True)
class Way:
    """What a crew was to do on a day: its shift, and its stops in order; the way as planned, never as driven."""

    starts_at: datetime
    ends_at: datetime
    leaves_at: datetime | None = None
    stops: tuple[WayStop, ...] = ()
    returns_at: datetime | None = None

    def planned(self, done: int) -> datetime:
        """Give when the crew was to leave the stop of that number, for none its start."""
        return next((one.leaves_at for one in self.stops if one.number == done), self.leaves_at or self.starts_at)

    def following(self, done: int) -> tuple[WayStop | None, datetime]:
        """Give the stop after that of this number, None for the way back, and when it is planned to be over."""
        stop = next((one for one in self.stops if one.number > done), None)
        return stop, stop.leaves_at if stop else (self.returns_at or self.ends_at)


@dataclass(frozen=True)
class Outcome:
    """Something recorded at a door: of which debtor, when the visit was over, and when the branch knew of it."""

    debtor_id: str
    ended_at: datetime
    recorded_at: datetime

    @property
    def at(self) -> datetime:
        """When it happened: a phone whose clock is fast says nothing of the future."""
        return min(self.ended_at, self.recorded_at)


@dataclass(frozen=True)
class Sign:
    """A sign of life: ``kind`` begun, outcome, well or spoken; ``stop`` the number of the last stop behind the crew."""

    kind: str
    at: datetime
    known_at: datetime
    stop: int


@dataclass(frozen=True)
class Missed:
    """A deadline that passed: after which sign, at which stop (None: on the way back), and how it ended.

    ``until`` is when the branch heard of the crew again, None while it has not. ``late_line``: the crew had given a
    sign in time, it only reached the branch late. ``seen`` are the acknowledgements.
    """

    after: Sign
    stop: WayStop | None
    deadline: datetime
    call_at: datetime
    until: datetime | None
    late_line: bool = False
    seen: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Alert:
    """A call for help, until the crew takes it back or somebody has spoken with it."""

    entry: Entry
    withdrawn: Entry | None
    seen: tuple[Entry, ...]

    @property
    def open(self) -> bool:
        """Whether nobody knows yet that all is well."""
        return self.withdrawn is None and not any(one.said in SPOKEN for one in self.seen)


@dataclass(frozen=True)
class Watch:
    """A crew's safety at a moment. ``begun`` is False where an outcome, not a tap, told that the crew is out.

    ``marks`` are entries of outside the shift or entered late; ``outside`` counts outcomes of outside the shift.
    """

    crew_id: str
    duty: Duty
    level: Level
    begun_at: datetime | None
    tapped: bool
    ended_at: datetime | None
    last: Sign | None
    stop: WayStop | None
    deadline: datetime | None
    call_at: datetime | None
    missed: tuple[Missed, ...]
    alerts: tuple[Alert, ...]
    marks: tuple[Entry, ...]
    outside: int

    @property
    def open_missed(self) -> Missed | None:
        """The deadline that has passed and is not over."""
        return self.missed[-1] if self.missed and self.missed[-1].until is None else None


def watch(
    crew_id: str,
    way: Way | None,
    entries: Sequence[Entry],
    outcomes: Sequence[Outcome],
    terms: SafetyTerms,
    *,
    now: datetime,
) -> Watch:
    """Say how it stands with a crew on a day.

    Parameters
    ----------
    way
        What it was to do; None where it has no shift: then nothing is waited for.
    entries
        The crew's entries of the day, in their order.
    outcomes
        What it recorded of the day, in any order, entries that were corrected too: each is a sign of life.
    """
    entries = [one for one in entries if one.at <= now]
    outcomes = [one for one in outcomes if one.at <= now]
    signs = _signs(way, entries, outcomes)
    ended = _ended(entries)
    out = bool(signs) and ended is None
    missed = tuple(_missed(way, entries, outcomes, terms, now)) if way else ()
    last = signs[-1] if signs else None
    stop: WayStop | None = None
    deadline: datetime | None = None
    if way is not None and out and _begun(entries):
        stop, deadline = _deadline(way, signs, terms)
    level = Level.CALM
    if deadline is not None and now >= deadline:
        level = Level.CALL if now >= deadline + terms.until_call else Level.LATE
    begun_at = signs[0].at if signs else None
    return Watch(
        crew_id=crew_id,
        duty=_duty(way, out, ended, terms, now),
        level=level,
        begun_at=begun_at,
        tapped=_begun(entries),
        ended_at=ended,
        last=last,
        stop=stop,
        deadline=deadline,
        call_at=None if deadline is None else deadline + terms.until_call,
        missed=missed,
        alerts=tuple(_alerts(entries)),
        marks=tuple(one for one in entries if one.kind is not Kind.SEEN and _marked(one, way, terms)),
        # A correction has the time of its visit, and is no second one.
        outside=sum(
            _outside(at, way, terms) or (ended is not None and at > ended)
            for _, at in {(one.debtor_id, one.at) for one in outcomes}
        ),
    )


def _duty(way: Way | None, out: bool, ended: datetime | None, terms: SafetyTerms, now: datetime) -> Duty:
    if ended is not None:
        return Duty.BACK
    if out:
        return Duty.OUT
    due = None if way is None else (way.leaves_at or way.starts_at) + timedelta(minutes=terms.not_begun_min.value)
    return Duty.NOT_YET if due is None or now < due else Duty.NOT_BEGUN


def _spoken(entry: Entry, *what: Done) -> bool:
    return entry.kind is Kind.SEEN and entry.said in (what or SPOKEN)


def _signs(way: Way | None, entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> list[Sign]:
    """Give the signs of life of the day in their order."""
    number = {one.debtor_id: one.number for one in way.stops} if way else {}
    told = [(one.at, one.recorded_at, "outcome", number.get(one.debtor_id, 0)) for one in outcomes]
    kinds = {Kind.BEGUN: "begun", Kind.WELL: "well"}
    told += [(one.at, one.recorded_at, kinds[one.kind], 0) for one in entries if one.kind in kinds]
    told += [(one.at, one.recorded_at, "spoken", 0) for one in entries if _spoken(one, Done.WELL)]
    signs, behind = [], 0
    for at, known_at, kind, stop in sorted(told):
        behind = max(behind, stop)
        signs.append(Sign(kind, at, known_at, behind))
    return signs


def _deadline(way: Way, signs: Sequence[Sign], terms: SafetyTerms) -> tuple[WayStop | None, datetime]:
    """Give which stop is waited for after some signs, and until when."""
    last = signs[-1]
    # From where the crew moves on: its last door, or its start. "All well" moves nobody on.
    anchor = next((one for one in reversed(signs) if one.kind in ("outcome", "begun")), signs[0])
    stop, planned = way.following(last.stop)
    # A day without stops ends when it ends, however late it began.
    span = planned - way.planned(anchor.stop) if stop or anchor.stop else timedelta(0)
    due = anchor.at + span
    if due < planned:  # ahead of the plan, or at its start
        soon = min(planned, due + terms.ahead) if stop or anchor.stop else planned
        due = max(soon, stop.over_from) if stop and stop.over_from else soon
    due += terms.grace
    if last.kind in ("well", "spoken"):
        due = max(due, last.at) + timedelta(minutes=terms.more_min.value)
    return stop, due


def _missed(
    way: Way, entries: Sequence[Entry], outcomes: Sequence[Outcome], terms: SafetyTerms, now: datetime
) -> Iterator[Missed]:
    """Give the deadlines that passed, as the branch had to see it: by what had reached it at each moment."""
    told = sorted({one.recorded_at for one in entries} | {one.recorded_at for one in outcomes})
    every = [*(one.at for one in _signs(way, entries, outcomes)), *(one.at for one in entries if _over(one))]
    found: list[Missed] = []
    for k, at in enumerate(told):
        until = told[k + 1] if k + 1 < len(told) else None
        known = [one for one in entries if one.recorded_at <= at]
        signs = _signs(way, known, [one for one in outcomes if one.recorded_at <= at])
        if not _begun(known) or _ended(known) is not None:
            continue
        stop, deadline = _deadline(way, signs, terms)
        if deadline > now or (until is not None and deadline >= until):
            continue
        if found and found[-1].deadline == deadline and found[-1].until == at:
            found.pop()  # what came meanwhile told nothing newer
        found.append(
            Missed(
                after=signs[-1],
                stop=stop,
                deadline=deadline,
                call_at=deadline + terms.until_call,
                until=until,
                late_line=any(signs[-1].at < one <= deadline for one in every),
                seen=tuple(
                    one
                    for one in entries
                    if one.kind is Kind.SEEN and one.about == CHECK_IN and deadline <= one.at
                    and (until is None or one.recorded_at <= until)
                ),
            )
        )  # fmt: skip
    yield from found


def _begun(entries: Sequence[Entry]) -> bool:
    return any(one.kind is Kind.BEGUN for one in entries)


def _ended(entries: Sequence[Entry]) -> datetime | None:
    """Give when the crew was back, None where it is not, or went out again."""
    back = max((one.at for one in entries if one.kind is Kind.ENDED or _spoken(one, Done.BACK)), default=None)
    again = back is not None and any(one.kind is Kind.BEGUN and one.at > back for one in entries)
    return None if again else back


def _over(entry: Entry) -> bool:
    return entry.kind is Kind.ENDED or _spoken(entry, Done.BACK)


def _alerts(entries: Sequence[Entry]) -> Iterator[Alert]:
    for one in entries:
        if one.kind is Kind.ALERT:
            about = [each for each in entries if each.about == one.entry_id]
            withdrawn = next((each for each in about if each.kind is Kind.WITHDRAWN), None)
            yield Alert(one, withdrawn, tuple(each for each in about if each.kind is Kind.SEEN))


def _marked(entry: Entry, way: Way | None, terms: SafetyTerms) -> bool:
    late = entry.recorded_at - entry.at > timedelta(minutes=terms.entered_late_min.value)
    return late or _outside(entry.at, way, terms)


def _outside(at: datetime, way: Way | None, terms: SafetyTerms) -> bool:
    margin = timedelta(minutes=terms.entered_late_min.value)
    return way is not None and not way.starts_at - margin <= at <= way.ends_at + margin
