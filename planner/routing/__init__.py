"""Chooses, assigns and orders visits over shifts: problem, plan, search, audit and what is said of a plan."""

from planner.routing.apart_format import read_apart, write_apart
from planner.routing.audit import Finding, audit
from planner.routing.baseline import baseline
from planner.routing.certainty import Sure, surely
from planner.routing.efficiency import Efficiency, Spent, efficiency
from planner.routing.finish import DoorTime, RouteRisk, StopRisk, TravelSpread, finish_risk
from planner.routing.plan import LeftOut, Pause, Plan, Prices, Route, Status, Stop
from planner.routing.plan_format import (
    plan_from_dict,
    plan_to_dict,
    read_plan,
    read_prices,
    write_plan,
    write_prices,
)
from planner.routing.problem import (
    BadProblem,
    Break,
    Lock,
    Option,
    Pair,
    Problem,
    Published,
    PublishedRoute,
    Shift,
    Visit,
    pair,
)
from planner.routing.problem_format import problem_from_dict, problem_to_dict, read_problem, write_problem
from planner.routing.progress import Progress
from planner.routing.reasons import MEANINGS, Reason
from planner.routing.solve import solve

#: The same class under a name that does not clash with ``planner.domain.Shift``.
ProblemShift = Shift

__all__ = [
    "MEANINGS",
    "BadProblem",
    "Break",
    "DoorTime",
    "Efficiency",
    "Finding",
    "LeftOut",
    "Lock",
    "Option",
    "Pair",
    "Pause",
    "Plan",
    "Prices",
    "Problem",
    "ProblemShift",
    "Progress",
    "Published",
    "PublishedRoute",
    "Reason",
    "Route",
    "RouteRisk",
    "Shift",
    "Spent",
    "Status",
    "Stop",
    "StopRisk",
    "Sure",
    "TravelSpread",
    "Visit",
    "audit",
    "baseline",
    "efficiency",
    "finish_risk",
    "pair",
    "plan_from_dict",
    "plan_to_dict",
    "problem_from_dict",
    "problem_to_dict",
    "read_apart",
    "read_plan",
    "read_prices",
    "read_problem",
    "solve",
    "surely",
    "write_apart",
    "write_plan",
    "write_prices",
    "write_problem",
]
