"""What is kept: one database, one door, nothing without a principal. The only importer of SQLAlchemy and Alembic.

>>> migrate("sqlite:///var/rounds.sqlite")          # doctest: +SKIP
>>> store = open_store("sqlite:///var/rounds.sqlite")  # doctest: +SKIP
>>> store.debtors(principal, "YX01")                # doctest: +SKIP
"""

from planner.store.access import RIGHTS, NotAllowed, Right, counter
from planner.store.account_states import ListDay
from planner.store.appending import Added
from planner.store.audit import AuditEntry
from planner.store.backup import BadCopy, dump, restore
from planner.store.crew_days import OnceStop
from planner.store.decided import Keep, last_decided, read_at, ruling, to_keep
from planner.store.edits import EditResult
from planner.store.erasure import StillListed
from planner.store.imports import ImportBatch, ImportResult
from planner.store.jobs import Job, JobState, UnknownJob, WrongState
from planner.store.login_store import Logins
from planner.store.logins import BadLogin, Login, Session, UnknownLogin
from planner.store.migrate import WrongSchema, migrate
from planner.store.not_yet import CLOCK_ERROR, TooEarly
from planner.store.outcomes import Arrived, SavedOutcomes
from planner.store.place_changes import PlaceWord
from planner.store.plans import (
    NotAScenario,
    NotPublishable,
    PlanRow,
    PublishedMeanwhile,
    SavedPlan,
    UnknownPlan,
    as_kept,
)
from planner.store.reviews import SamePerson
from planner.store.store import Store, open_store
from planner.store.undoing import NotUndoable, Undoing
from planner.store.walls import OpenDoor

__all__ = [
    "CLOCK_ERROR",
    "RIGHTS",
    "Added",
    "Arrived",
    "AuditEntry",
    "BadCopy",
    "BadLogin",
    "EditResult",
    "ImportBatch",
    "ImportResult",
    "Job",
    "JobState",
    "Keep",
    "ListDay",
    "Login",
    "Logins",
    "NotAScenario",
    "NotAllowed",
    "NotPublishable",
    "NotUndoable",
    "OnceStop",
    "OpenDoor",
    "PlaceWord",
    "PlanRow",
    "PublishedMeanwhile",
    "Right",
    "SamePerson",
    "SavedOutcomes",
    "SavedPlan",
    "Session",
    "StillListed",
    "Store",
    "TooEarly",
    "Undoing",
    "UnknownJob",
    "UnknownLogin",
    "UnknownPlan",
    "WrongSchema",
    "WrongState",
    "as_kept",
    "counter",
    "dump",
    "last_decided",
    "migrate",
    "open_store",
    "read_at",
    "restore",
    "ruling",
    "to_keep",
]
