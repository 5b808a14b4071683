"""Planning anew from the middle of a day: what is over stays, what is pinned stays, and little changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.routing import BadProblem, Break, Lock, Option, audit
from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from planner.routing.progress import Steps
from planner.routing.replan import DifferenceKind, replan
from planner.routing.rest import Moment, Whereabouts, rest
from planner.routing.search import improve
from planner.routing.tour import tour
from planner.routing.translate import to_plan
from tests.planner.routing.factories import HOUR, problem, random_problem, shift, visit, with_hours, with_wishes

STEPS = 300


def planned(one):
    instance = prepare(one)
    return to_plan(instance, improve(instance, greedy(instance), Steps(STEPS), 1).tours, made_with="test")


def days(seed):
    """A small problem of any kind with its plan, and a moment in the middle of it."""
    rng = np.random.default_rng(seed)
    one = with_hours(rng, random_problem(rng, visits=int(rng.integers(1, 14)), shifts=3, breaks=2))
    one = with_wishes(rng, one, planned(one))
    plan = planned(one)
    now = int(rng.integers(8 * HOUR, 36 * HOUR))
    done = frozenset(stop.visit for route in plan.routes for stop in route.stops if stop.begins <= now)
    return rng, one, plan, Moment(now, done)


def at(plan):
    return {stop.visit: (route.shift, stop.begins) for route in plan.routes for stop in route.stops}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nothing_begins_in_the_past_and_the_rest_audits_clean(seed):
    rng, one, plan, moment = days(seed)
    crews = {
        each.crew: Whereabouts(int(rng.integers(len(one.seconds))), moment.now + int(rng.integers(0, HOUR)))
        for each in one.shifts
        if each.starts <= moment.now < each.ends and rng.random() < 0.5
    }
    pinned = frozenset(name for name in at(plan) if rng.random() < 0.2)
    made = replan(one, plan, replace(moment, crews=crews, pinned=pinned), steps=STEPS)
    faults = [fault for fault in audit(made.problem, made.plan) if not fault.code.startswith("lock")]
    assert faults == []
    assert not moment.done & (set(at(made.plan)) | {out.visit for out in made.plan.left_out})
    for route in made.plan.routes:
        each = next(each for each in one.shifts if each.id == route.shift)
        assert each.ends > moment.now
        assert all(stop.begins >= moment.now for stop in route.stops)
        where = crews.get(each.crew)
        assert where is None or route.leaves_start >= where.free_at
        over = sum(stop.visit in moment.done for old in plan.routes if old.shift == route.shift for stop in old.stops)
        assert each.max_stops is None or each.starts > moment.now or over + len(route.stops) <= each.max_stops
    before = [(route.shift, [s.visit for s in route.stops if s.visit in pinned]) for route in plan.routes]
    now = {route.shift: [stop.visit for stop in route.stops] for route in made.plan.routes}
    given_up = {lock.visit for lock in made.given_up}
    for where, names in before:
        here = [name for name in now.get(where, []) if name in names]
        assert here == [name for name in names if name in here]
        moved = {name for name in names if at(made.plan).get(name, (where, 0))[0] != where}
        assert moved <= given_up


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
@example(6304)
def test_a_day_that_goes_by_the_plan_goes_on_as_planned(seed):
    _, one, plan, moment = days(seed)
    stated = tuple(lock for lock in one.locks if lock.begins is not None)  # for which the plan waits
    made = replan(replace(one, published=None, locks=stated), plan, moment, steps=STEPS)
    over = {each.id for each in one.shifts if each.ends <= moment.now}
    ahead = {name: where for name, where in at(plan).items() if name not in moment.done and where[0] not in over}
    now = at(made.plan)
    assert {name: where for name, (where, _) in now.items()} == {name: where for name, (where, _) in ahead.items()}
    assert all(abs(now[name][1] - begins) <= 300 for name, (_, begins) in ahead.items())
    assert made.differences == ()


def street(values, **changes):
    """Visits of half an hour, ten minutes apart on one street, and one shift from nine on that ends with the last."""
    count = len(values) + 1
    seconds = np.abs(np.subtract.outer(np.arange(count), np.arange(count))) * 600.0
    visits = tuple(
        visit(f"D{k}", place=k, service_s=1800, options=(Option(9 * HOUR, 18 * HOUR, float(worth)),))
        for k, worth in enumerate(values, start=1)
    )
    one = shift("S", end_place=len(values), ends=9 * HOUR + 2400 * len(values))
    return problem(**{"seconds": seconds, "visits": visits, "shifts": (one,)} | changes)


@pytest.mark.parametrize("steps", [0, STEPS])
def test_running_late_drops_the_least_valuable(steps):
    one = street([400, 300, 100, 200, 500])
    plan = planned(one)
    assert len(at(plan)) == 5
    moment = Moment(10 * HOUR, frozenset({"D1"}), {"crew1": Whereabouts(1, 10 * HOUR + 600)})
    late = replan(one, plan, moment, steps=steps)
    dropped = [one.visit for one in late.differences if one.kind == DifferenceKind.DROPPED]
    assert dropped == ["D3"]
    assert late.plan.left_out[0].action


@pytest.mark.parametrize(("cost", "gone"), [(0.0, "D2"), (30.0, "D5")])
def test_a_shorter_shift_gives_up_who_moves_the_fewest_others(cost, gone):
    one = street([500, 480, 500, 500, 490])
    plan = planned(one)
    assert len(at(plan)) == 5
    earlier = replace(one, shifts=(replace(one.shifts[0], ends=one.shifts[0].ends - 1800),))
    made = replan(earlier, plan, Moment(-(10**9)), change_cost=cost)
    assert [each.visit for each in made.differences if each.kind == DifferenceKind.DROPPED] == [gone]


def test_the_same_order_lets_nobody_in_and_changes_no_places():
    one = street([400, 300, 100, 200, 500])
    plan = planned(one)
    order = [stop.visit for stop in plan.routes[0].stops]
    newcomer = visit("NEW", place=3, service_s=60, options=(Option(9 * HOUR, 18 * HOUR, 10_000.0),))
    for late_s in (0, 600, 2400):
        moment = Moment(10 * HOUR, frozenset({"D1"}), {"crew1": Whereabouts(1, 10 * HOUR + late_s)})
        made = replan(replace(one, visits=(*one.visits, newcomer)), plan, moment, same_order=True)
        rest = [stop.visit for route in made.plan.routes for stop in route.stops]
        assert rest == [name for name in order if name in rest]
        assert audit(made.problem, made.plan) == ()
    assert {one.visit for one in made.plan.left_out} >= {"NEW"}
    assert len(rest) < len(order) - 1, "forty minutes late, and nobody is left: the test shows nothing"


def test_an_urgent_required_visit_gets_in_at_the_price_of_the_least_valuable():
    one = street([400, 300, 100, 200, 500])
    plan = planned(one)
    urgent = visit("NEW", place=3, service_s=1800, required=True, options=(Option(9 * HOUR, 18 * HOUR, 0.0),))
    moment = Moment(9 * HOUR + 2400, frozenset({"D1"}))
    made = replan(replace(one, visits=(*one.visits, urgent)), plan, moment, steps=STEPS)
    assert made.plan.status == "feasible"
    kinds = {one.visit: str(one.kind) for one in made.differences}
    assert kinds["NEW"] == "added"
    assert kinds["D3"] == "dropped"
    assert audit(made.problem, made.plan) == ()


def test_a_visit_called_off_leaves_its_time_to_the_others():
    one = street([400, 300, 100, 200, 500])
    plan = planned(one)
    without = replace(one, visits=tuple(each for each in one.visits if each.id != "D3"))
    made = replan(without, plan, Moment(9 * HOUR + 2400, frozenset({"D1"})), steps=STEPS)
    assert set(at(made.plan)) == {"D2", "D4", "D5"}
    assert all(one.kind == DifferenceKind.RETIMED for one in made.differences)


def test_a_partner_who_is_ill_takes_the_skill_with_him():
    one = street([400, 300], shifts=(shift("S", skills=frozenset({"legal"})),))
    visits = (one.visits[0], replace(one.visits[1], needs=frozenset({"legal"})))
    one = replace(one, visits=visits)
    plan = planned(one)
    alone = replace(one, shifts=(shift("S"),))
    made = replan(alone, plan, Moment(9 * HOUR, frozenset()), steps=STEPS)
    assert [one.visit for one in made.differences if one.kind == DifferenceKind.DROPPED] == ["D2"]
    assert made.plan.left_out[0].reason == "no_skill"


def test_two_crews_keep_their_stops_unless_a_change_pays():
    """D1 would be made a little sooner by the other crew; what that saves is less than a change costs."""
    one = street([400, 300, 500], shifts=(shift("S"), shift("T", crew="crew2")))
    plan = planned(replace(one, locks=(Lock("D2", "S"), Lock("D1", "T"), Lock("D3", "S"))))
    moment = Moment(9 * HOUR - 60, pinned=frozenset())
    assert replan(one, plan, moment, steps=STEPS).differences == ()
    called_off = replace(one, visits=one.visits[:2])
    cheap = replan(called_off, plan, moment, change_cost=0.0, steps=STEPS)
    dear = replan(called_off, plan, moment, change_cost=1e4, steps=STEPS)
    assert len({where for where, _ in at(cheap.plan).values()}) == 1
    assert {name: where for name, (where, _) in at(dear.plan).items()} == {"D1": "T", "D2": "S"}


def test_who_is_pinned_stays_though_a_move_would_pay():
    one = street([400, 300], shifts=(shift("S"), shift("T", crew="crew2")))
    plan = planned(replace(one, locks=(Lock("D2", "S"), Lock("D1", "T"))))
    urgent = visit("NEW", place=2, options=(Option(9 * HOUR, 18 * HOUR, 300.0),))
    one = replace(one, visits=(*one.visits, urgent))
    free, pinned = (
        at(replan(one, plan, Moment(0, pinned=names), change_cost=0.0, steps=STEPS).plan)
        for names in (frozenset(), frozenset({"D1", "D2"}))
    )
    assert free["D1"][0] == free["D2"][0]
    assert {name: pinned[name][0] for name in ("D1", "D2")} == {"D1": "T", "D2": "S"}


def test_a_lock_alone_does_not_keep_the_order():
    """D1 asks to be met in the afternoon: both locks can be kept, if D2, who alone is pinned, comes first."""
    one = replace(street([400, 300], shifts=(shift("S", end_place=2),)), locks=(Lock("D1", "S"), Lock("D2", "S")))
    plan = planned(one)
    assert [stop.visit for stop in plan.routes[0].stops] == ["D1", "D2"]
    windows = (Option(14 * HOUR, 18 * HOUR, 400.0), Option(9 * HOUR, 12 * HOUR, 300.0))
    visits = tuple(replace(each, options=(now,)) for each, now in zip(one.visits, windows, strict=True))
    made = replan(replace(one, visits=visits), plan, Moment(9 * HOUR - 60, pinned=frozenset({"D2"})), steps=STEPS)
    assert [stop.visit for stop in made.plan.routes[0].stops] == ["D2", "D1"]
    assert made.given_up == ()


def test_a_plan_that_could_be_better_is_left_alone_while_it_holds():
    one = street([400, 300, 500])
    instance = prepare(one)
    few = tuple(tour(instance, 0, nodes) for nodes in [(0, 2)])
    plan = to_plan(instance, few, made_with="test")
    assert replan(one, plan, Moment(9 * HOUR), steps=STEPS).differences == ()


def late_newcomer():
    """Two stops with an hour between them, and one in the middle that fits only if the second begins later."""
    one = street([400, 100, 500], shifts=(shift("S", end_place=3, ends=13 * HOUR),))
    plan = planned(replace(one, visits=(one.visits[0], one.visits[2])))
    return one, plan


@pytest.mark.parametrize(("cost", "comes"), [(5.0, True), (60.0, False), (200.0, False)])
def test_who_fits_comes_in_if_that_pays_for_the_times_that_move(cost, comes):
    one, plan = late_newcomer()
    made = replan(one, plan, Moment(9 * HOUR - 60), change_cost=cost, steps=0)
    assert ("D2" in at(made.plan)) == comes
    if not comes:
        (out,) = made.plan.left_out
        assert out.reason == ("not_chosen" if cost < 100 else "not_worth_travel")
        assert ("would move" if cost < 100 else "a change of the published plan costs 200") in out.detail
        assert "search" not in out.action


def test_one_more_crew_takes_who_is_left_and_moves_nobody_else_for_little():
    """The search sees what a newcomer at the beginning brings, and not that five others would begin later for it."""
    base = street([400, 300, 500, 400, 300])
    skilled = tuple(replace(each, needs=frozenset({"s"})) for each in base.visits)
    own = replace(base.shifts[0], skills=frozenset({"s"}), ends=base.shifts[0].ends + 2400)
    plan = planned(replace(base, visits=skilled, shifts=(own,)))
    early = visit("EARLY", service_s=1200, needs=frozenset({"s"}), options=(Option(9 * HOUR, 9 * HOUR + 600, 80.0),))
    left = [visit(f"T{k}", place=k, needs=frozenset({"t"})) for k in (2, 4)]
    more = replace(own, id="T", crew="crew2", skills=frozenset({"t"}))
    wider = replace(base, visits=(*skilled, early, *left), shifts=(own, more))
    made = replan(wider, plan, Moment(-(10**9)), change_cost=20.0)
    assert {name: at(made.plan).get(name) for name in at(plan)} == at(plan)
    assert set(at(made.plan)) == {*at(plan), "T2", "T4"}


def test_who_could_come_in_while_the_plan_goes_on_is_told_so():
    one, _ = late_newcomer()
    whole = prepare(one)
    told = to_plan(whole, tuple(tour(whole, 0, nodes) for nodes in [(0, 2)]), made_with="test")
    (out,) = replan(one, told, Moment(9 * HOUR - 60), steps=STEPS).plan.left_out
    assert "nothing has happened" in out.detail


def test_stops_that_were_made_count():
    one = street([400, 300, 100, 200, 500], shifts=(shift("S", end_place=5, max_stops=4),))
    plan = planned(one)
    first, second = sorted(at(plan), key=lambda name: at(plan)[name][1])[:2]
    left = rest(one, plan, Moment(at(plan)[second][1], frozenset({first, second})))
    assert left.problem.shifts[0].max_stops == 2


def test_a_break_that_was_had_is_gone_and_one_that_was_missed_comes_first():
    pause = Break(10 * HOUR, 11 * HOUR, 1800)
    one = street([400, 300, 100, 200, 500], shifts=(shift("S", breaks=(pause,)),))
    plan = planned(one)
    now = int(11.5 * HOUR)

    def breaks(taken):
        where = {"crew1": Whereabouts(2, now, taken)}
        return rest(one, plan, Moment(now, frozenset({"D1", "D2"}), where)).problem.shifts[0].breaks

    assert breaks(1) == ()
    assert breaks(0) == (Break(now, now, 1800),)


def test_a_promised_time_that_has_passed_is_given_up_by_name():
    one = replace(street([400, 300]), locks=(Lock("D2", "S", None, 9 * HOUR + 2400 + 600),))
    plan = planned(one)
    made = replan(one, plan, Moment(10 * HOUR, frozenset({"D1"}), {"crew1": Whereabouts(1, 10 * HOUR)}), steps=STEPS)
    assert [lock.visit for lock in made.given_up] == ["D2"]


def test_the_same_input_gives_the_same_plan():
    one = street([400, 300, 100, 200, 500])
    plan = planned(one)
    moment = Moment(10 * HOUR, frozenset({"D1"}), {"crew1": Whereabouts(1, 10 * HOUR + 600)})
    assert replan(one, plan, moment, steps=STEPS).plan == replan(one, plan, moment, steps=STEPS).plan


def test_two_breaks_that_are_overdue_are_taken_one_after_the_other():
    visits = tuple(visit(f"D{i}", place=1 + i % 2) for i in range(4))
    breaks = (Break(10 * HOUR, 10 * HOUR + 1800, 900), Break(12 * HOUR, 13 * HOUR, 3600))
    one = problem(visits=visits, shifts=(shift(breaks=breaks),))
    plan = planned(one)
    moment = Moment(13 * HOUR + 900, crews={one.shifts[0].crew: Whereabouts(0, 13 * HOUR + 900, breaks_taken=0)})
    made = replan(one, plan, moment, steps=STEPS)
    assert len(at(made.plan)) == 4
    assert [pause.lasts_s for pause in made.plan.routes[0].breaks] == [900, 3600]


@pytest.mark.parametrize(("now", "fits"), [(15 * HOUR, True), (15 * HOUR + 1, False)])
def test_a_break_for_which_no_time_is_left_is_told(now, fits):
    """The shift ends at four, and the break lasts an hour."""
    pause = Break(10 * HOUR, 11 * HOUR, HOUR)
    one = street([400, 300, 100, 200, 500], shifts=(shift("S", end_place=5, ends=16 * HOUR, breaks=(pause,)),))
    plan = planned(one)
    made = replan(one, plan, Moment(now, frozenset({"D1"}), {"crew1": Whereabouts(1, now, 0)}), steps=STEPS)
    assert made.problem.shifts[0].breaks == ((Break(now, now, HOUR),) if fits else ())
    assert made.breaks_given_up == ({} if fits else {"S": (pause,)})
    home = replan(one, plan, Moment(now, frozenset(at(plan)), {"crew1": Whereabouts(5, now, 0)}), steps=STEPS)
    assert home.breaks_given_up == {}


def test_of_two_breaks_the_one_that_still_fits_is_kept():
    breaks = (Break(10 * HOUR, 11 * HOUR, HOUR), Break(12 * HOUR, 12 * HOUR, 600))
    one = street([400, 300, 100, 200, 500], shifts=(shift("S", ends=16 * HOUR, breaks=breaks),))
    now = 15 * HOUR + 1800
    left = rest(one, planned(one), Moment(now, frozenset({"D1"}), {"crew1": Whereabouts(1, now, 0)}))
    assert left.problem.shifts[0].breaks == (Break(now, now, 600),)
    assert left.breaks_given_up == {"S": (breaks[0],)}


def test_a_crew_that_comes_late_has_its_break_all_the_same():
    pause = Break(10 * HOUR, 11 * HOUR, 1800)
    one = street([400, 300, 100, 200, 500], shifts=(shift("S", breaks=(pause,)),))
    plan = planned(one)

    def late(free_at):
        return rest(one, plan, Moment(8 * HOUR, crews={"crew1": Whereabouts(0, free_at, 1)}))

    assert late(9 * HOUR).problem.shifts == one.shifts
    assert late(12 * HOUR).problem.shifts[0].breaks == (Break(12 * HOUR, 12 * HOUR, 1800),)
    never = late(18 * HOUR)
    assert never.problem.shifts == ()
    assert never.breaks_given_up == {"S": (pause,)}


def test_who_was_left_out_and_becomes_required_goes_in():
    ways = np.full((4, 4), 600.0)
    np.fill_diagonal(ways, 0)
    visits = tuple(
        visit(name, place=k, service_s=3600, options=(Option(0, 23 * HOUR, value),))
        for k, name, value in ((1, "A", 900.0), (2, "B", 800.0), (3, "C", 100.0))
    )
    one = problem(seconds=ways, visits=visits, shifts=(shift(starts=8 * HOUR, ends=11 * HOUR),), travel_cost_per_s=0.0)
    plan = planned(one)
    assert [out.visit for out in plan.left_out] == ["C"]
    now = Moment(7 * HOUR)
    assert replan(one, plan, now).differences == ()
    urgent = replace(one, visits=(*visits[:2], replace(visits[2], required=True)))
    made = replan(urgent, plan, now)
    assert "C" in at(made.plan)
    assert {one.visit: one.kind for one in made.differences}["C"] == DifferenceKind.ADDED


def test_a_moment_that_speaks_of_nobody_or_nowhere_is_refused():
    one = problem()
    plan = planned(one)
    crew = one.shifts[0].crew
    with pytest.raises(BadProblem, match="no crew 'ghost'"):
        replan(one, plan, Moment(9 * HOUR, crews={"ghost": Whereabouts(0, 9 * HOUR)}))
    with pytest.raises(BadProblem, match="place 9999"):
        replan(one, plan, Moment(9 * HOUR, crews={crew: Whereabouts(9999, 9 * HOUR)}))
