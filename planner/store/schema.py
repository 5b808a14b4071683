"""The tables of the database, after ``planner.tables``: types that SQLite and PostgreSQL read alike.

Dates are ISO text (``2026-11-30``), instants ISO text in UTC with microseconds and a final Z, so that they sort and
compare as text in every database. Money is a whole number of minor units. NULL means unknown. Keys begin with the
branch, so that no list of one branch can touch a row of another.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem

from planner import tables

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

#: Tables whose rows are never changed or removed; triggers of the database refuse it too.
APPEND_ONLY = (
    *("outcome", "plan", "plan_stop", "plan_state", "audit_entry", "list_day", "account_state"),
    *("review", "listed_type", "asset_clue", "place_change", "survey_edit", "complaint"),
    *("safety_entry", "import_undone"),
)

DAY, AT = sa.String(10), sa.String(27)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up in INTEGER keys only
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    tables.TEXT: sa.Text(),
    tables.INT: sa.BigInteger(),
    tables.REAL: sa.Float(53),
    tables.DAY: DAY,
    tables.AT: AT,
    tables.FLAG: sa.Boolean(),
}
_MAY_BE_NULL = (tables.REAL, tables.DAY, tables.AT)


def _columns(schema: tables.Schema) -> list[sa.Column[Any]]:
    return [sa.Column(name, _TYPES[dtype], nullable=dtype in _MAY_BE_NULL) for name, dtype in schema.items()]


def _table(name: str, schema: tables.Schema, key: str, *more: SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, *_columns(schema), *more, sa.PrimaryKeyConstraint("branch", key))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _at(name: str) -> sa.Column[str]:
    return sa.Column(name, AT)


def _of_branch() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["branch"], ["branch.code"])


def _of_debtor() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["branch", "debtor_id"], ["debtor.branch", "debtor.debtor_id"])


branch = sa.Table(
    "branch",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    *(_text(name) for name in ("name_en", "name_zh")),
    sa.Column("lon", sa.Float(53), nullable=False),
    sa.Column("lat", sa.Float(53), nullable=False),
    *(_text(name) for name in ("road_region", "timezone", "currency", "rule_pack")),
)

# The field team
collector = sa.Table(
    "collector",
    metadata,
    *(_text(name) for name in ("branch", "collector_id", "name", "skills")),
    sa.PrimaryKeyConstraint("branch", "collector_id"),
    _of_branch(),
)
crew = sa.Table(
    "crew",
    metadata,
    *(_text(name) for name in ("branch", "crew_id", "name", "skills")),
    *(sa.Column(name, sa.Float(53), nullable=False) for name in ("start_lon", "start_lat", "end_lon", "end_lat")),
    sa.PrimaryKeyConstraint("branch", "crew_id"),
    _of_branch(),
)
crew_member = sa.Table(
    "crew_member",
    metadata,
    *(_text(name) for name in ("branch", "crew_id", "collector_id")),
    sa.Column("position", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("branch", "crew_id", "collector_id"),
    sa.ForeignKeyConstraint(["branch", "crew_id"], ["crew.branch", "crew.crew_id"]),
    sa.ForeignKeyConstraint(["branch", "collector_id"], ["collector.branch", "collector.collector_id"]),
)
agency = sa.Table(
    "agency",
    metadata,
    *(_text(name) for name in ("branch", "code", "name", "products", "buckets", "data")),
    sa.Column("fee_share", sa.Float(53), nullable=False),
    sa.Column("fee_visit_minor", sa.BigInteger, nullable=False),
    sa.Column("from_on", DAY, nullable=False),
    sa.Column("until_on", DAY),
    *(_text(name) for name in ("source", "confidence")),
    sa.PrimaryKeyConstraint("branch", "code"),
    _of_branch(),
)
complaint = _table("complaint", tables.COMPLAINTS, "complaint_id", _of_branch())
safety_entry = _table(
    "safety_entry",
    tables.SAFETY_ENTRIES,
    "entry_id",
    _of_branch(),
    sa.Index("ix_safety_entry_day", "branch", "day_on"),
)
shift = sa.Table(
    "shift",
    metadata,
    *(_text(name) for name in ("branch", "shift_id", "crew_id")),
    sa.Column("day", DAY, nullable=False),
    sa.Column("starts_at", AT, nullable=False),
    sa.Column("ends_at", AT, nullable=False),
    _text("breaks"),
    sa.Column("max_stops", sa.Integer),
    sa.PrimaryKeyConstraint("branch", "shift_id"),
    sa.ForeignKeyConstraint(["branch", "crew_id"], ["crew.branch", "crew.crew_id"]),
    sa.Index("ix_shift_day", "branch", "day"),
)

# The ground
region = sa.Table(
    "region",
    metadata,
    *(_text(name) for name in ("road_region", "code", "name_zh", "name_en", "geojson")),
    sa.PrimaryKeyConstraint("road_region", "code"),
)
customer = _table("customer", tables.CUSTOMERS, "customer_id", _of_branch())

# The overdue list
import_batch = sa.Table(
    "import_batch",
    metadata,
    sa.Column("batch_id", sa.Text, primary_key=True),
    *(_text(name) for name in ("branch", "file_name", "sha256", "profile", "mode", "issues")),
    *(
        sa.Column(name, sa.Integer, nullable=False)
        for name in ("rows_read", "rows_accepted", "added", "changed", "unchanged", "gone")
    ),
    sa.Column("full_list", sa.Boolean, nullable=False),
    sa.Column("created_at", AT, nullable=False),
    _text("created_by"),
    _of_branch(),
    sa.Index("ix_import_batch_file", "branch", "sha256", "profile"),
)
# what the newest import of a branch changed, until the next one; and which ones were taken back, for good
import_record = sa.Table(
    "import_record",
    metadata,
    sa.Column("branch", sa.Text, primary_key=True),
    _text("batch_id"),
    sa.Column("record", sa.LargeBinary, nullable=False),
    _of_branch(),
)
import_undone = sa.Table(
    "import_undone",
    metadata,
    sa.Column("batch_id", sa.Text, primary_key=True),
    _text("branch"),
    sa.Column("undone_at", AT, nullable=False),
    _text("undone_by"),
    _of_branch(),
)
debtor = _table("debtor", tables.DEBTORS, "debtor_id", _of_branch())
account = _table(
    "account",
    tables.ACCOUNTS,
    "case_id",
    _at("closed_at"),
    _of_debtor(),
    sa.Index("ix_account_debtor", "branch", "debtor_id"),
)
place = _table(
    "place",
    tables.PLACES,
    "place_id",
    _at("closed_at"),
    _of_debtor(),
    sa.Index("ix_place_debtor", "branch", "debtor_id"),
)
contact = _table("contact", tables.CONTACTS, "debtor_id", _of_debtor())
address = _table(
    "address",
    tables.ADDRESSES,
    "place_id",
    sa.ForeignKeyConstraint(["branch", "place_id"], ["place.branch", "place.place_id"]),
)
hold = _table("hold", tables.HOLDS, "hold_id", _of_debtor())
accommodation = _table("accommodation", tables.ACCOMMODATIONS, "accommodation_id", _of_debtor())
outcome = _table(
    "outcome",
    tables.OUTCOMES,
    "outcome_id",
    _of_debtor(),
    sa.Index("ix_outcome_started", "branch", "started_at"),
    sa.Index("ix_outcome_replaces", "branch", "replaces"),
)

# Successive lists: ``taken`` counts the lists of one day, a later one corrects an earlier one
list_day = sa.Table(
    "list_day",
    metadata,
    _text("branch"),
    sa.Column("as_of_on", DAY, nullable=False),
    sa.Column("taken", sa.Integer, nullable=False),
    sa.Column("full_list", sa.Boolean, nullable=False),
    _text("batch_id"),
    sa.Column("taken_at", AT, nullable=False),
    sa.PrimaryKeyConstraint("branch", "as_of_on", "taken"),
    _of_branch(),
)
account_state = sa.Table(
    "account_state",
    metadata,
    *(sa.Column(name, _TYPES[dtype], nullable=name == "last_paid_on") for name, dtype in tables.ACCOUNT_STATES.items()),
    sa.Column("taken", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("branch", "as_of_on", "case_id", "taken"),
    _of_branch(),
)

# What the branch adds to the list
review = _table(
    "review", tables.REVIEWS, "review_id", _of_debtor(), sa.Index("ix_review_debtor", "branch", "debtor_id")
)
listed_type = _table(
    "listed_type",
    tables.LISTED_TYPES,
    "listed_id",
    _of_debtor(),
    sa.Index("ix_listed_type_debtor", "branch", "debtor_id"),
)
asset_clue = _table(
    "asset_clue", tables.CLUES, "clue_id", _of_debtor(), sa.Index("ix_asset_clue_debtor", "branch", "debtor_id")
)
place_change = _table(
    "place_change",
    tables.PLACE_CHANGES,
    "change_id",
    _of_debtor(),
    sa.Index("ix_place_change_debtor", "branch", "debtor_id"),
)
survey_edit = _table(
    "survey_edit", tables.EDITS, "edit_id", _of_branch(), sa.Index("ix_survey_edit_batch", "branch", "batch_id")
)

# Plans
plan = sa.Table(
    "plan",
    metadata,
    sa.Column("plan_id", sa.Text, primary_key=True),
    *(_text(name) for name in ("branch", "week")),
    sa.Column("parent", sa.Text),
    sa.Column("created_at", AT, nullable=False),
    *(_text(name) for name in ("created_by", "rule_pack", "road_source", "metrics")),
    sa.Column("seed", sa.BigInteger, nullable=False),
    *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("problem", "plan", "context")),
    _of_branch(),
    sa.ForeignKeyConstraint(["parent"], ["plan.plan_id"]),
    sa.Index("ix_plan_week", "branch", "week"),
)
plan_stop = sa.Table(
    "plan_stop",
    metadata,
    *(_text(name) for name in ("plan_id", "visit_id", "crew_id", "shift_id")),
    sa.Column("position", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("plan_id", "visit_id"),
    sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"]),
)
plan_state = sa.Table(
    "plan_state",
    metadata,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
    *(_text(name) for name in ("plan_id", "branch", "week")),
    sa.Column("published_at", AT, nullable=False),
    _text("published_by"),
    sa.Column("shift_id", sa.Text),  # NULL: the whole week's plan; else it holds for this shift alone
    sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"]),
    sa.Index("ix_plan_state_week", "branch", "week"),
)

# Work, settings, trail
job = sa.Table(
    "job",
    metadata,
    sa.Column("job_id", sa.Text, primary_key=True),
    *(_text(name) for name in ("kind", "branch", "state", "request", "progress")),
    sa.Column("pid", sa.Integer),
    sa.Column("created_at", AT, nullable=False),
    _text("created_by"),
    *(_at(name) for name in ("started_at", "heartbeat_at", "finished_at")),
    *(_text(name) for name in ("result_id", "error")),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    _text("machine"),
    _of_branch(),
    sa.Index("ix_job_branch", "branch", "state"),
)
setting = sa.Table(
    "setting",
    metadata,
    *(_text(name) for name in ("branch", "name", "value")),
    sa.PrimaryKeyConstraint("branch", "name"),
    _of_branch(),
)
#: Filled only inside the transaction that erases a person: what the append-only tables' triggers let pass meanwhile.
erasing = sa.Table(
    "erasing",
    metadata,
    *(_text(name) for name in ("branch", "debtor_id")),
    sa.PrimaryKeyConstraint("branch", "debtor_id"),
)
audit_entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
    sa.Column("at", AT, nullable=False),
    *(_text(name) for name in ("who", "role", "branch", "what", "ids")),
    sa.Index("ix_audit_entry_branch", "branch", "at"),
)

# Who signs in. ``login`` is the name in lower case; of a session's token, and of what was attempted, a hash is kept.
login = sa.Table(
    "login",
    metadata,
    sa.Column("login", sa.Text, primary_key=True),
    *(_text(name) for name in ("name", "role", "branches")),
    sa.Column("crew", sa.Text),
    *(_text(name) for name in ("language", "subject", "password")),
    _at("one_time_until"),
    *(sa.Column(name, sa.Boolean, nullable=False) for name in ("ready", "disabled")),
    *(sa.Column(name, AT, nullable=False) for name in ("created_at", "changed_at")),
)
login_session = sa.Table(
    "login_session",
    metadata,
    sa.Column("token", sa.Text, primary_key=True),
    _text("login"),
    *(sa.Column(name, AT, nullable=False) for name in ("created_at", "seen_at")),
    _at("revoked_at"),
    sa.ForeignKeyConstraint(["login"], ["login.login"]),
    sa.Index("ix_login_session_login", "login"),
)
login_failure = sa.Table(
    "login_failure",
    metadata,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
    _text("of"),
    sa.Column("at", AT, nullable=False),
    sa.Index("ix_login_failure_of", "of", "at"),
)
