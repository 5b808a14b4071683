"""Every stated exchange is built anew here, the displaced in their new places too, and the audit reads the plan."""

from contextlib import nullcontext
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.routing import Option, audit, solve
from planner.routing.changes import Change, Kind, Moved
from planner.routing.compiled.ground import ground
from planner.routing.displace import exchanged
from planner.routing.explain import left_out
from planner.routing.greedy import astray, greedy, planned, replaced, toured
from planner.routing.instance import prepare
from planner.routing.look import looked
from planner.routing.proof import Proven
from planner.routing.tour import tour
from planner.routing.translate import to_plan
from planner.routing.wording import in_place, marked
from tests.planner.routing.factories import HOUR, problem, random_problem, shift, visit, with_hours, with_wishes


def in_place_of(instance, tours, name, on, rivals):
    """The tours in which the visit stands in the best gap of what is left when its rivals have gone.

    A gap that pushes a locked visit from its position is none.
    """
    ids = [one.id for one in instance.problem.visits]
    s = next(s for s, one in enumerate(instance.problem.shifts) if one.id == on)
    stops = [(node, ids[instance.visit[node]]) for node in tours[s].nodes]
    kept = [node for node, who in stops if who not in rivals]
    assert len(stops) - len(kept) == len(rivals)
    built = [
        tour(instance, s, (*kept[:gap], int(node), *kept[gap:]))
        for node in instance.nodes_of[ids.index(name)]
        if instance.may[s, node]
        for gap in range(len(kept) + 1)
    ]
    made = [one for one in built if one is not None]
    good = [one for one in made if astray(instance, one) <= astray(instance, tours[s])]
    return replaced(tours, max(good or made, key=lambda one: one.gain))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
@example(1800)
def test_every_exchange_stated_has_the_stated_loss(seed):
    rng = np.random.default_rng(seed)
    size = {"visits": int(rng.integers(6, 16)), "shifts": int(rng.integers(2, 5))}
    one = with_hours(rng, random_problem(rng, **size, breaks=2, metric=bool(rng.random() < 0.5)))
    one = with_wishes(rng, one, to_plan(prepare(one), greedy(prepare(one)), made_with="test"))
    instance = prepare(one)
    tours = greedy(instance)
    prices = rng.uniform(-200, 2000, len(one.visits)) if rng.random() < 0.7 else None
    of = looked(instance, tours, ground(instance), prices)
    before = to_plan(instance, tours, made_with="test")
    # Compiled code chooses by travel rounded up, a second a leg.
    rounded = 1e-6 + 10 * one.travel_cost_per_s
    for v in np.flatnonzero(~planned(instance, tours)).tolist():
        instead = exchanged(of, v)
        if instead is None:
            continue
        # Moves only ever make it cheaper; a lock may forbid the cheapest exchange, and being required is no gain.
        assert one.locks or instance.required[v] or instead.gain >= of.by_worth.gain[v] - rounded
        name, now = one.visits[v].id, tours
        now = in_place_of(instance, now, name, instead.shift, instead.displaced)
        for each in instead.moved:
            now = in_place_of(instance, now, each.visit, each.shift, each.instead_of)
        after = to_plan(instance, now, made_with="test")
        faults = [fault.code for fault in audit(one, after)]
        assert [code for code in faults if code != "required_missing" and not code.startswith("lock")] == []
        loss = before.objective - after.objective
        assert -instead.gain - rounded <= loss <= -instead.gain + 1e-6
        assert any(instead.break_even == pytest.approx(o.value - instead.gain) for o in one.visits[v].options)
        left = {out.visit for out in after.left_out} - {out.visit for out in before.left_out}
        gone = {*instead.displaced, *(who for each in instead.moved for who in each.instead_of)}
        assert left == gone - {each.visit for each in instead.moved}
        needed = {each.id for each in one.visits if each.required} | {lock.visit for lock in one.locks}
        assert name in needed or not left & needed


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_run_of_neighbours_and_no_gap_is_cheaper_than_the_one_found(seed):
    """Every run of up to five stops is taken out here, and the visit built into every gap of what is left."""
    rng = np.random.default_rng(seed)
    one = random_problem(rng, visits=12, shifts=2, breaks=2, metric=bool(rng.random() < 0.5))
    instance = prepare(one)
    tours = greedy(instance)
    found = looked(instance, tours, ground(instance)).by_worth
    rounded = 1e-6 + 10 * one.travel_cost_per_s
    for v in np.flatnonzero(~planned(instance, tours) & ~instance.required).tolist():
        best = -np.inf
        for s, now in enumerate(tours):
            for low in range(len(now.nodes)):
                for high in range(low + 1, min(low + 5, len(now.nodes)) + 1):
                    if instance.required[instance.visit[list(now.nodes[low:high])]].any():
                        continue
                    stay = (*now.nodes[:low], *now.nodes[high:])
                    built = [
                        tour(instance, s, (*stay[:gap], int(node), *stay[gap:]))
                        for node in instance.nodes_of[v]
                        if instance.may[s, node]
                        for gap in range(len(stay) + 1)
                    ]
                    best = max([best, *(each.gain - now.gain for each in built if each is not None)])
        assert found.gain[v] == best or abs(found.gain[v] - best) <= rounded


def at(day, hour, value):
    """An option that begins then and at no other time."""
    return Option((24 * day + hour) * HOUR, (24 * day + hour) * HOUR, float(value))


def three():
    """A (500) at ten and B (300) at eleven on S, C (250) at ten on T; X (100) could be made at ten or eleven on S.

    B cannot be made at any other time; A could be made on T too, in place of C. The way is the same for all.
    """

    options = {
        "A": (at(0, 10, 500), at(1, 10, 500)),
        "B": (at(0, 11, 300),),
        "C": (at(1, 10, 250),),
        "X": (at(0, 10, 100), at(0, 11, 100)),
    }
    visits = tuple(visit(name, service_s=1800, options=windows) for name, windows in options.items())
    days = (shift("S"), shift("T", starts=33 * HOUR, ends=41 * HOUR))
    one = problem(visits=visits, shifts=days, seconds=np.array([[0.0, 600], [600, 0]]))
    return one, toured(prepare(one), [(0, 2), (3,)])


def instead_of_whom(prices):
    one, tours = three()
    instance = prepare(one)
    return exchanged(looked(instance, tours, ground(instance), prices), 3)


def test_by_worth_the_cheaper_visit_makes_room_by_prices_the_one_that_is_not_lost():
    """In place of B 200 are lost; in place of A, who goes to T in place of C, only 150: nothing else is worth less."""
    prices = np.array([300.0, 0.0, 0.0, 0.0])
    by_price = instead_of_whom(prices)
    assert by_price.displaced == ("A",)
    assert by_price.moved == (Moved("A", "T", ("C",)),)
    assert (by_price.gain, by_price.break_even) == (-150.0, 250.0)
    # A brings back 300 of its 500: 100 are 100 too few, whoever else moves.
    assert by_price.least_value == pytest.approx(200.0)
    # Where nothing is said to come back, the one worth least makes room, and what was tried is all that is said.
    by_worth = instead_of_whom(np.zeros(4))
    assert (by_worth.displaced, by_worth.moved, by_worth.gain) == (("B",), (), -200.0)
    assert by_worth.least_value is None


def test_a_high_price_that_does_not_come_true_does_no_harm():
    """By its price B is not lost at all; but it cannot be made elsewhere, and 200 are what is lost by it at least."""
    found = instead_of_whom(np.array([0.0, 300.0, 0.0, 0.0]))
    assert (found.displaced, found.gain) == (("B",), -200.0)


def test_without_prices_what_comes_back_is_what_the_best_place_elsewhere_brings():
    found = instead_of_whom(None)
    assert (found.displaced, found.gain, found.least_value) == (("A",), -150.0, None)


def exchange_of(visits, routes):
    """The exchange of the last of some visits, three shifts a day apart; routes are (visit, option) by shift."""
    days = tuple(shift(f"S{d}", starts=(24 * d + 9) * HOUR, ends=(24 * d + 17) * HOUR) for d in range(len(routes)))
    one = problem(visits=tuple(visits), shifts=days, seconds=np.array([[0.0, 600], [600, 0]]))
    instance = prepare(one)
    tours = toured(instance, [[int(instance.nodes_of[v][o]) for v, o in route] for route in routes])
    return exchanged(looked(instance, tours, ground(instance)), len(one.visits) - 1)


def test_two_who_want_the_same_place_elsewhere_do_not_both_get_it():
    """X takes the time of A and B; both could go where C stands, and only A, who is worth more, does."""
    a, b = (
        visit(name, service_s=1800, options=(at(0, h, v), at(1, 10, v)))
        for name, h, v in (("A", 10, 500), ("B", 11, 400))
    )
    c, x = visit("C", service_s=1800, options=(at(1, 10, 50),)), visit("X", service_s=5400, options=(at(0, 10, 100),))
    found = exchange_of((a, b, c, x), (((0, 0), (1, 0)), ((2, 0),)))
    assert found.displaced == ("A", "B")
    assert found.moved == (Moved("A", "S1", ("C",)),)
    assert found.gain == 100 - 500 - 400 + 500 - 50


def test_a_required_visit_makes_room_only_where_nobody_else_can_and_is_not_moved():
    both, only = (at(0, 10, 0), at(0, 11, 0)), (at(0, 10, 0),)
    a = visit("A", service_s=1800, required=True, options=(at(0, 10, 10), at(1, 10, 10)))
    b, c = (
        visit(name, service_s=1800, options=(at(d, h, v),)) for name, d, h, v in (("B", 0, 11, 300), ("C", 1, 10, 5))
    )
    for options, who in ((both, "B"), (only, "A")):
        x = visit("X", service_s=1800, required=True, options=options)
        found = exchange_of((a, b, c, x), (((0, 0), (1, 0)), ((2, 0),)))
        assert (found.displaced, found.moved) == ((who,), ())


def test_a_very_large_problem_without_prices_moves_nobody(monkeypatch):
    monkeypatch.setattr("planner.routing.look.THOROUGH", 0)
    assert (instead_of_whom(None).displaced, instead_of_whom(None).moved) == (("B",), ())
    assert instead_of_whom(np.array([300.0, 0.0, 0.0, 0.0])).displaced == ("A",)


def test_who_is_moved_is_told_and_so_are_the_prices():
    one, tours = three()
    instance = prepare(one)
    (out,) = left_out(instance, tours, prices=np.array([300.0, 0.0, 0.0, 0.0]))
    assert out.detail.endswith(
        "It would take the place of A on S. Instead, A could take the place of C on T. "
        "The plan would then lose 150; from a value of 250 it would go in. "
        "By the prices of the proof it could pay from about 200 on."
    )
    assert marked(instead_of_whom(None)) == (
        "Mark it as required: it takes the place of A on S. Instead, A could take the place of C on T. "
        "The plan then loses 150."
    )


def test_the_plan_of_a_solve_takes_the_last_prices_of_its_proof(monkeypatch):
    solving = import_module("planner.routing.solve")
    one, tours = three()

    monkeypatch.setattr(solving, "LEAST_PROVING_S", 0.0)
    monkeypatch.setattr(solving, "SMALL", -1)
    monkeypatch.setattr(solving, "knapsack_bound", lambda *_args, **_named: None)
    monkeypatch.setattr(solving, "_by_search", lambda *_args: (tours, False))
    for prices, who in ((np.array([300.0, 0.0, 0.0, 0.0]), "A"), (np.zeros(4), "B")):
        last = SimpleNamespace(best=Proven(1200.0, prices, np.zeros(2)))
        monkeypatch.setattr(solving, "proving", lambda *_args, last=last, **_named: nullcontext(last))
        (out,) = solve(one, seconds=10.0).left_out
        assert f"place of {who} on S" in out.detail


def test_room_that_would_pay_is_a_matter_of_searching_longer():
    """C is worth less than X: who lets X in gains, and the plan is to be made again rather than changed by hand."""
    one, _ = three()
    cheap = replace(one.visits[2], options=(replace(one.visits[2].options[0], value=40.0),))
    instance = prepare(replace(one, visits=(*one.visits[:2], cheap, one.visits[3])))
    found = exchanged(looked(instance, toured(instance, [(0, 2), (3,)]), ground(instance)), 3)
    assert (found.displaced, found.gain) == (("A",), 60.0)
    assert in_place(found).endswith("The plan would then gain 60: a longer search may find room.")


def test_who_fits_elsewhere_displaces_nobody():
    change = Change(Kind.IN_PLACE, "S", -3.0, displaced=("A",), moved=(Moved("A", "T"),), break_even=9.0)
    assert "Elsewhere, A would fit on T." in in_place(change)
