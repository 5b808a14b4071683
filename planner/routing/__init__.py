"""Chooses, assigns and orders visits over shifts: problem, plan, search, audit and what is said of a plan."""

from planner.routing.audit import Finding, audit
from planner.routing.plan import LeftOut, Pause, Plan, Route, Status, Stop
from planner.routing.plan_format import plan_from_dict, plan_to_dict, read_plan, write_plan
from planner.routing.problem import BadProblem, Break, Lock, Option, Problem, Published, PublishedRoute, Shift, Visit
from planner.routing.problem_format import problem_from_dict, problem_to_dict, read_problem, write_problem

#: The same class under a name that does not clash with ``planner.domain.Shift``.
ProblemShift = Shift

__all__ = [
    "BadProblem",
    "Break",
    "Finding",
    "LeftOut",
    "Lock",
    "Option",
    "Pause",
    "Plan",
    "Problem",
    "ProblemShift",
    "Published",
    "PublishedRoute",
    "Route",
    "Shift",
    "Status",
    "Stop",
    "Visit",
    "audit",
    "plan_from_dict",
    "plan_to_dict",
    "problem_from_dict",
    "problem_to_dict",
    "read_plan",
    "read_problem",
    "write_plan",
    "write_problem",
]
