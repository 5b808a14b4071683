"""What is kept: one database, one door, nothing without a principal. The only importer of SQLAlchemy and Alembic.

>>> migrate("sqlite:///var/rounds.sqlite")          # doctest: +SKIP
>>> store = open_store("sqlite:///var/rounds.sqlite")  # doctest: +SKIP
>>> store.debtors(principal, "YX01")                # doctest: +SKIP
"""

from planner.store.access import NotAllowed
from planner.store.account_states import ListDay
from planner.store.appending import Added
from planner.store.audit import AuditEntry
from planner.store.edits import EditResult
from planner.store.imports import ImportBatch, ImportResult
from planner.store.jobs import Job, JobState, UnknownJob, WrongState
from planner.store.migrate import WrongSchema, migrate
from planner.store.outcomes import SavedOutcomes
from planner.store.place_changes import PlaceWord
from planner.store.plans import NotAScenario, NotPublishable, PlanRow, PublishedMeanwhile, SavedPlan, UnknownPlan
from planner.store.reviews import SamePerson
from planner.store.store import Store, open_store

__all__ = [
    "Added",
    "AuditEntry",
    "EditResult",
    "ImportBatch",
    "ImportResult",
    "Job",
    "JobState",
    "ListDay",
    "NotAScenario",
    "NotAllowed",
    "NotPublishable",
    "PlaceWord",
    "PlanRow",
    "PublishedMeanwhile",
    "SamePerson",
    "SavedOutcomes",
    "SavedPlan",
    "Store",
    "UnknownJob",
    "UnknownPlan",
    "WrongSchema",
    "WrongState",
    "migrate",
    "open_store",
]
