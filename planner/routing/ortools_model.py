"""Writes models for CP-SAT and solves them: whole numbers, literals, linear rules, circuits.

CP-SAT's own Python model imports pandas, about two CPU seconds that a plan of a few seconds does not have. The module
under it, which holds the messages and the solver, takes a tenth of a second; this is the little of the model's
convenience that is needed above it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model_helper as sat

from planner.routing.ortools_recombine import Effort

#: Where no limit is meant: CP-SAT wants sums well inside 64 bits.
UNBOUNDED = 2**60

#: How often somebody who cancels is looked for.
LISTEN_EVERY_S = 0.05


def no(literal: int) -> int:
    """Give the opposite of a literal, as CP-SAT writes it."""
    return -literal - 1


@dataclass(frozen=True)
class Answer:
    """What CP-SAT says.

    Parameters
    ----------
    values
        The values of all variables, none where it found no solution.
    proven
        Whether that is the best, or there is none at all.
    spent
        The deterministic seconds it took.
    """

    values: tuple[int, ...]
    proven: bool
    spent: float


@dataclass(frozen=True)
class Model:
    """A model under way: variables are numbers from 0 on; ``proto`` grows."""

    proto: sat.CpModelProto = field(default_factory=sat.CpModelProto)

    def integer(self, low: int, high: int) -> int:
        """Give a new variable between two numbers."""
        self.proto.variables.add().domain.extend([low, high])
        return len(self.proto.variables) - 1

    def literal(self) -> int:
        """Give a new variable that is 0 or 1."""
        return self.integer(0, 1)

    def linear(
        self, terms: Sequence[tuple[int, int]], low: int, high: int = UNBOUNDED, only_if: Sequence[int] = ()
    ) -> None:
        """Keep a sum of variable times factor between two numbers, wherever all of some literals hold."""
        rule = self.proto.constraints.add()
        rule.enforcement_literal.extend(list(only_if))
        rule.linear.vars.extend([variable for variable, _ in terms])
        rule.linear.coeffs.extend([factor for _, factor in terms])
        rule.linear.domain.extend([low, high])

    def any_of(self, literals: Sequence[int], only_if: Sequence[int] = ()) -> None:
        """Let one at least of some literals hold."""
        rule = self.proto.constraints.add()
        rule.enforcement_literal.extend(list(only_if))
        rule.bool_or.literals.extend(list(literals))

    def one_of(self, literals: Sequence[int], *, exactly: bool = False) -> None:
        """Let at most, or exactly, one of some literals hold."""
        rule = self.proto.constraints.add()
        (rule.exactly_one if exactly else rule.at_most_one).literals.extend(list(literals))

    def circuit(self, arcs: Sequence[tuple[int, int, int]]) -> None:
        """Let those of the arcs (tail, head, literal) whose literals hold form one round; a loop spares its node."""
        rule = self.proto.constraints.add().circuit
        rule.tails.extend([tail for tail, _, _ in arcs])
        rule.heads.extend([head for _, head, _ in arcs])
        rule.literals.extend([literal for _, _, literal in arcs])

    def maximise(self, terms: Sequence[tuple[int, int]], above: int) -> None:
        """Make a sum as large as possible, and larger than a number: CP-SAT itself only minimises."""
        objective = self.proto.objective
        objective.vars.extend([variable for variable, _ in terms])
        objective.coeffs.extend([-factor for _, factor in terms])
        objective.domain.extend([-UNBOUNDED, -above - 1])

    def solved(self, effort: Effort, *, cuts: bool) -> Answer:
        """Solve in a thread of its own, so that somebody who cancels is heard while CP-SAT works.

        ``cuts`` lets the linear relaxation cut off broken circuits: one long route is then proven in half the time,
        several short ones in three times as much.
        """
        parameters = sat.SatParameters()
        parameters.num_workers = effort.workers
        parameters.random_seed = effort.seed
        parameters.catch_sigint_signal = False
        parameters.linearization_level = 2 if cuts else 1
        if effort.deterministic is None:
            parameters.max_time_in_seconds = max(0.01, effort.ends - time.monotonic())
        else:
            parameters.max_deterministic_time = effort.deterministic
        solver: Any = sat.SolveWrapper()
        answers: list[sat.CpSolverResponse] = []
        solver.set_parameters(parameters)
        worker = threading.Thread(target=lambda: answers.append(solver.solve(self.proto)))
        worker.start()
        while worker.is_alive():
            worker.join(LISTEN_EVERY_S)
            if effort.cancelled is not None and effort.cancelled():
                solver.stop_search()
        answer = answers[0]
        proven = answer.status in (sat.CpSolverStatus.OPTIMAL, sat.CpSolverStatus.INFEASIBLE)
        return Answer(tuple(answer.solution), proven, answer.deterministic_time)
