"""A crew that is silent: when the branch is told, when it is to call, and what puts it right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.safety import load_safety
from planner.safety import CHECK_IN, Done, Duty, Entry, Kind, Level, Outcome, Watch, Way, WayStop, watch

TERMS = load_safety()
DAY = date(2026, 11, 24)
GRACE, CALL, MORE = TERMS.check_in_min.value, TERMS.call_min.value, TERMS.more_min.value


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, tzinfo=UTC) + timedelta(minutes=minute)


#: out at nine, stops over at 9:30, 10:30, 11:30, back at twelve; the shift goes on until one
WAY = Way(
    at(9), at(13), at(9), tuple(WayStop(n, f"D{n}", at(8 + n, 30)) for n in (1, 2, 3)), at(12)
)  # fmt: skip


def entry(kind: Kind, when: datetime, known: datetime | None = None, **more: object) -> Entry:
    values = {"entry_id": f"{kind.value}-{when.isoformat()}", "minutes": MORE if kind is Kind.WELL else 0}
    values |= {"about": "", "said": "", "recorded_by": "collector.A", **more}
    return Entry(crew_id="A", day=DAY, kind=kind, happened_at=when, recorded_at=known or when, **values)  # type: ignore[arg-type]


def made(number: int, when: datetime, known: datetime | None = None) -> Outcome:
    return Outcome(f"D{number}", when, known or when)


def seen(when: datetime, said: Done, about: str = CHECK_IN) -> Entry:
    return entry(Kind.SEEN, when, about=about, said=said.value, recorded_by="manager")


BEGUN = entry(Kind.BEGUN, at(9))


def look(now: datetime, *told: Entry | Outcome, way: Way | None = WAY) -> Watch:
    entries = [one for one in told if isinstance(one, Entry) and one.recorded_at <= now]
    outcomes = [one for one in told if isinstance(one, Outcome) and one.recorded_at <= now]
    return watch("A", way, entries, outcomes, TERMS, now=now)


def test_a_shift_begins_goes_on_and_ends() -> None:
    assert look(at(8)).duty is Duty.NOT_YET
    assert look(at(9, TERMS.not_begun_min.value - 1)).duty is Duty.NOT_YET
    assert look(at(9, TERMS.not_begun_min.value)).duty is Duty.NOT_BEGUN
    assert look(at(10), BEGUN).duty is Duty.OUT
    # Whoever forgot to begin is out all the same once something is recorded.
    forgot = look(at(10), made(1, at(9, 30)))
    assert (forgot.duty, forgot.tapped, forgot.deadline, forgot.missed) == (Duty.OUT, False, None, ())
    assert look(at(20), made(1, at(9, 30))).level is Level.CALM, "nobody is called for a button that is not used"
    back = look(at(23), BEGUN, made(3, at(11, 30)), entry(Kind.ENDED, at(12)))
    assert (back.duty, back.ended_at, back.level, back.deadline) == (Duty.BACK, at(12), Level.CALM, None)
    again = look(at(12, 40), BEGUN, entry(Kind.ENDED, at(12)), entry(Kind.BEGUN, at(12, 30)))
    assert again.duty is Duty.OUT


def test_the_deadline_is_the_planned_end_of_the_next_stop_and_a_grace() -> None:
    first = look(at(9, 5), BEGUN)
    assert first.stop is not None
    assert (first.stop.number, first.deadline) == (1, at(9, 30 + GRACE))
    second = look(at(9, 40), BEGUN, made(1, at(9, 25)))
    assert second.stop is not None
    assert (second.stop.number, second.deadline) == (2, at(10, 30 + GRACE))
    late = look(at(10, 20), BEGUN, made(1, at(10, 10)))  # forty minutes behind: so is the next stop
    assert late.deadline == at(11, 10 + GRACE)
    home = look(at(11, 40), BEGUN, made(3, at(11, 30)))
    assert (home.stop, home.deadline) == (None, at(12, GRACE))


def test_a_crew_ahead_of_its_plan_is_not_waited_for_until_the_plan_s_hour() -> None:
    ahead = TERMS.ahead_min.value
    begun = entry(Kind.BEGUN, at(7))
    early = made(1, at(7, 30))  # two hours ahead; an hour from door to door
    assert look(at(7, 40), begun, early).deadline == at(7, 30 + 60 + ahead + GRACE)
    little = made(1, at(9, 10))
    assert look(at(9, 20), BEGUN, little).deadline == at(10, 30 + GRACE), "within the plan's hour"
    opens = replace(WAY, stops=(WAY.stops[0], replace(WAY.stops[1], over_from=at(10, 20)), WAY.stops[2]))
    assert look(at(7, 40), begun, early, way=opens).deadline == at(10, 20 + GRACE), "nobody can be done sooner"


def test_silence_is_late_then_to_be_called_and_any_sign_ends_it() -> None:
    due = at(9, 30 + GRACE)
    assert look(due - timedelta(seconds=1), BEGUN).level is Level.CALM
    assert look(due, BEGUN).level is Level.LATE
    called = look(due + timedelta(minutes=CALL), BEGUN)
    assert called.level is Level.CALL
    assert called.open_missed is not None
    assert (called.open_missed.after.kind, called.open_missed.stop) == ("begun", WAY.stops[0])
    over = look(due + timedelta(minutes=20), BEGUN, made(1, due + timedelta(minutes=18)))
    assert over.level is Level.CALM
    (missed,) = over.missed
    assert (missed.until, missed.late_line) == (due + timedelta(minutes=18), False)


def test_all_well_gives_some_minutes_and_not_more_for_being_tapped_twice() -> None:
    due = at(9, 30 + GRACE)
    once = look(at(9, 50), BEGUN, entry(Kind.WELL, at(9, 45)))
    twice = look(at(9, 50), BEGUN, entry(Kind.WELL, at(9, 45)), entry(Kind.WELL, at(9, 46)))
    assert once.deadline == twice.deadline == due + timedelta(minutes=MORE)
    after = due + timedelta(minutes=40)
    assert look(after, BEGUN, entry(Kind.WELL, after)).deadline == after + timedelta(minutes=MORE)


def test_a_late_line_puts_the_past_right_and_what_the_branch_saw_stays_told() -> None:
    due = at(9, 30 + GRACE)
    silent = due + timedelta(minutes=25)
    assert look(silent, BEGUN).level is Level.CALL
    came = look(silent + timedelta(minutes=1), BEGUN, made(1, at(9, 28), known=silent))
    assert came.level is Level.CALM
    (missed,) = came.missed
    assert (missed.deadline, missed.until, missed.late_line) == (due, silent, True)


def test_a_phone_whose_clock_is_fast_cannot_push_the_deadline() -> None:
    fast = look(at(9, 10), BEGUN, entry(Kind.WELL, at(11), known=at(9, 9)))
    assert fast.deadline == at(9, 30 + GRACE + MORE)
    assert look(at(9, 10), made(1, at(11), known=at(9, 9))).last == look(at(9, 10), made(1, at(9, 9))).last


def test_the_manager_sees_to_it() -> None:
    due = at(9, 30 + GRACE)
    tried = look(due + timedelta(minutes=20), BEGUN, seen(due + timedelta(minutes=16), Done.NO_ANSWER))
    assert tried.level is Level.CALL, "no answer is no sign of life"
    assert tried.open_missed is not None
    assert [one.said for one in tried.open_missed.seen] == ["no_answer"]
    spoke = seen(due + timedelta(minutes=16), Done.WELL)
    assert look(due + timedelta(minutes=17), BEGUN, spoke).level is Level.CALM
    home = look(due + timedelta(minutes=17), BEGUN, seen(due + timedelta(minutes=16), Done.BACK))
    assert home.duty is Duty.BACK


def test_an_alert_stands_until_it_is_taken_back_or_somebody_has_spoken() -> None:
    alert = entry(Kind.ALERT, at(10))
    about = alert.entry_id
    assert [one.open for one in look(at(10), alert).alerts] == [True]
    assert look(at(11), alert, seen(at(10, 1), Done.NO_ANSWER, about)).alerts[0].open
    assert look(at(11), alert, seen(at(10, 1), Done.EMERGENCY, about)).alerts[0].open
    assert not look(at(11), alert, seen(at(10, 1), Done.WELL, about)).alerts[0].open
    (false,) = look(at(11), alert, entry(Kind.WITHDRAWN, at(10, 2), about=about)).alerts
    assert (false.open, false.entry) == (False, alert), "it stays in the record"


def test_a_crew_without_a_shift_may_call_for_help_and_nothing_is_waited_for() -> None:
    found = look(at(22), entry(Kind.ALERT, at(21)), BEGUN, way=None)
    assert found.alerts[0].open
    assert (found.deadline, found.missed, found.level) == (None, (), Level.CALM)


def test_what_is_of_outside_the_shift_is_taken_and_marked() -> None:
    margin = timedelta(minutes=TERMS.entered_late_min.value)
    early, late = entry(Kind.BEGUN, at(9) - margin - timedelta(minutes=1)), entry(Kind.ENDED, at(12), known=at(20))
    found = look(at(21), early, late, made(3, at(12, 30)), made(2, at(10)), made(1, at(18)))
    assert found.marks == (early, late)
    assert found.outside == 2, "one after the crew was back, one hours after the shift"
    mended = look(at(21), early, late, made(3, at(12, 30)), made(1, at(18)), made(1, at(18), known=at(20)))
    assert mended.outside == 2, "what puts an outcome right is of the same visit"


@given(
    minutes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90), st.sampled_from("wo")), max_size=8),
    now=st.integers(0, 500),
)
def test_whatever_is_recorded_the_board_and_its_history_agree(minutes: list[tuple[int, int, str]], now: int) -> None:
    """A crew is late if and only if the last missed deadline is not over, in whatever order its phone sent things."""
    told: list[Entry | Outcome] = [BEGUN]
    for k, (after, delay, kind) in enumerate(minutes):
        when = at(9) + timedelta(minutes=after)
        known = when + timedelta(minutes=delay)
        told.append(made(1 + k % 3, when, known) if kind == "o" else entry(Kind.WELL, when, known, entry_id=str(k)))
    found = look(at(9) + timedelta(minutes=now), *told)
    assert (found.open_missed is not None) == (found.level is not Level.CALM)
    if found.open_missed is not None:
        assert found.open_missed.deadline == found.deadline
    for one in found.missed[:-1]:
        assert one.until is not None
        assert one.deadline < one.until


@pytest.mark.parametrize("hour", range(9, 20))
def test_a_crew_that_only_began_is_told_of_for_ever(hour: int) -> None:
    """Nothing is lost when a server restarts, and nothing is forgotten by waiting."""
    expected = (
        Level.CALM if at(hour) < at(9, 30 + GRACE) else Level.LATE if at(hour) < at(9, 45 + GRACE) else Level.CALL
    )
    assert look(at(hour), BEGUN).level is expected
