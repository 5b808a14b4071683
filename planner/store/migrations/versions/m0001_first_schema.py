"""The first schema: field team, ground, overdue list, plans, jobs, audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DAY, AT, REAL = sa.String(10), sa.String(27), sa.Float(53)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DEPENDENT_FIRST = (
    "audit_entry setting job plan_state plan_stop plan outcome accommodation hold address contact place account "
    "debtor import_batch customer region shift crew_member crew collector branch"
)
APPEND_ONLY = {
    "outcome": ("branch", "outcome_id"),
    "plan": ("plan_id",),
    "plan_stop": ("plan_id", "visit_id"),
    "plan_state": ("number",),
    "audit_entry": ("number",),
}


def upgrade() -> None:
    """Create everything."""
    _team()
    _ground()
    _overdue()
    _plans()
    _work()
    for table, key in APPEND_ONLY.items():
        _forbid_changes(table, key)


def downgrade() -> None:
    """Remove everything."""
    postgres = op.get_context().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for deed in ("change", "removal") if postgres else ("change", "removal", "replacement"):
            op.execute(f"DROP TRIGGER {table}_no_{deed}" + (f" ON {table}" if postgres else ""))
    if postgres:
        op.execute("DROP FUNCTION refuse_change()")
    for table in DEPENDENT_FIRST.split():
        op.drop_table(table)


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def _whole(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names.split()]


def _real(names: str, *, known: bool = False) -> list[sa.Column[float]]:
    return [sa.Column(name, REAL, nullable=not known) for name in names.split()]


def _day(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, DAY) for name in names.split()]


def _at(names: str, *, known: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, AT, nullable=not known) for name in names.split()]


def _key(table: str, names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names.split(), name=f"pk_{table}")


def _points_to(table: str, other: str, names: str, keys: str = "") -> sa.ForeignKeyConstraint:
    targets = [f"{other}.{name}" for name in (keys or names).split()]
    return sa.ForeignKeyConstraint(names.split(), targets, name=f"fk_{table}_{other}")


def _of_branch(table: str) -> sa.ForeignKeyConstraint:
    return _points_to(table, "branch", "branch", "code")


def _of_debtor(table: str) -> sa.ForeignKeyConstraint:
    return _points_to(table, "debtor", "branch debtor_id")


def _team() -> None:
    op.create_table(
        "branch",
        *_text("code name_en name_zh"),
        *_real("lon lat", known=True),
        *_text("road_region timezone currency rule_pack"),
        _key("branch", "code"),
    )
    op.create_table(
        "collector",
        *_text("branch collector_id name skills"),
        _key("collector", "branch collector_id"),
        _of_branch("collector"),
    )
    op.create_table(
        "crew",
        *_text("branch crew_id name skills"),
        *_real("start_lon start_lat end_lon end_lat", known=True),
        _key("crew", "branch crew_id"),
        _of_branch("crew"),
    )
    op.create_table(
        "crew_member",
        *_text("branch crew_id collector_id"),
        sa.Column("position", sa.Integer, nullable=False),
        _key("crew_member", "branch crew_id collector_id"),
        _points_to("crew_member", "crew", "branch crew_id"),
        _points_to("crew_member", "collector", "branch collector_id"),
    )
    op.create_table(
        "shift",
        *_text("branch shift_id crew_id"),
        sa.Column("day", DAY, nullable=False),
        *_at("starts_at ends_at", known=True),
        *_text("breaks"),
        sa.Column("max_stops", sa.Integer),
        _key("shift", "branch shift_id"),
        _points_to("shift", "crew", "branch crew_id"),
    )
    op.create_index("ix_shift_day", "shift", ["branch", "day"])


def _ground() -> None:
    op.create_table("region", *_text("road_region code name_zh name_en geojson"), _key("region", "road_region code"))
    op.create_table(
        "customer",
        *_text("customer_id branch region"),
        *_real("lon lat"),
        _key("customer", "branch customer_id"),
        _of_branch("customer"),
    )


def _overdue() -> None:
    op.create_table(
        "import_batch",
        *_text("batch_id branch file_name sha256 profile mode issues"),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("rows_read", "rows_accepted", "added", "changed", "unchanged", "gone")
        ),
        sa.Column("full_list", sa.Boolean, nullable=False),
        *_at("created_at", known=True),
        *_text("created_by"),
        _key("import_batch", "batch_id"),
        _of_branch("import_batch"),
    )
    op.create_index("ix_import_batch_file", "import_batch", ["branch", "sha256", "profile"])
    op.create_table(
        "debtor",
        *_text("debtor_id branch region group occupation debtor_type agency needs"),
        _key("debtor", "branch debtor_id"),
        _of_branch("debtor"),
    )
    op.create_table(
        "account",
        *_text("case_id debtor_id branch product collateral"),
        *_whole("overdue_minor principal_minor days_past_due"),
        *_day("as_of_on due_on last_paid_on interrupted_on"),
        *_text("interruption clock_set_by guarantee_kind"),
        *_day("guarantee_ends_on"),
        *_at("closed_at"),
        _key("account", "branch case_id"),
        _of_debtor("account"),
    )
    op.create_table(
        "place",
        *_text("place_id debtor_id branch kind"),
        *_real("lon lat accuracy_m"),
        *_text("source_datum"),
        *_real("source_lon source_lat"),
        *_at("closed_at"),
        _key("place", "branch place_id"),
        _of_debtor("place"),
    )
    for table in ("account", "place"):
        op.create_index(f"ix_{table}_debtor", table, ["branch", "debtor_id"])
    op.create_table(
        "contact", *_text("debtor_id branch name phone"), _key("contact", "branch debtor_id"), _of_debtor("contact")
    )
    op.create_table(
        "address",
        *_text("place_id debtor_id branch address"),
        _key("address", "branch place_id"),
        _points_to("address", "place", "branch place_id"),
    )
    op.create_table(
        "hold",
        *_text("hold_id debtor_id branch kind"),
        *_day("from_on until_on"),
        *_text("set_by"),
        _key("hold", "branch hold_id"),
        _of_debtor("hold"),
    )
    op.create_table(
        "accommodation",
        *_text("accommodation_id debtor_id branch kind value said_by"),
        *_day("set_on expires_on"),
        _key("accommodation", "branch accommodation_id"),
        _of_debtor("accommodation"),
    )
    op.create_table(
        "outcome",
        *_text("outcome_id debtor_id branch place_id crew_id plan_id"),
        *_at("started_at ended_at"),
        *_text("code willing able"),
        *_day("promised_on"),
        *_text("promised_how"),
        *_whole("promised_minor paid_minor"),
        *_text("evidence next_action replaces"),
        *_at("recorded_at"),
        *_text("recorded_by"),
        _key("outcome", "branch outcome_id"),
        _of_debtor("outcome"),
    )
    op.create_index("ix_outcome_started", "outcome", ["branch", "started_at"])
    op.create_index("ix_outcome_replaces", "outcome", ["branch", "replaces"])


def _plans() -> None:
    op.create_table(
        "plan",
        *_text("plan_id branch week"),
        sa.Column("parent", sa.Text),
        *_at("created_at", known=True),
        *_text("created_by rule_pack road_source metrics"),
        *_whole("seed"),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("problem", "plan", "context")),
        _key("plan", "plan_id"),
        _of_branch("plan"),
        _points_to("plan", "plan", "parent", "plan_id"),
    )
    op.create_index("ix_plan_week", "plan", ["branch", "week"])
    op.create_table(
        "plan_stop",
        *_text("plan_id visit_id crew_id shift_id"),
        sa.Column("position", sa.Integer, nullable=False),
        _key("plan_stop", "plan_id visit_id"),
        _points_to("plan_stop", "plan", "plan_id"),
    )
    op.create_table(
        "plan_state",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        *_text("plan_id branch week"),
        *_at("published_at", known=True),
        *_text("published_by"),
        _key("plan_state", "number"),
        _points_to("plan_state", "plan", "plan_id"),
    )
    op.create_index("ix_plan_state_week", "plan_state", ["branch", "week"])


def _work() -> None:
    op.create_table(
        "job",
        *_text("job_id kind branch state request progress"),
        sa.Column("pid", sa.Integer),
        *_at("created_at", known=True),
        *_text("created_by"),
        *_at("started_at heartbeat_at finished_at"),
        *_text("result_id error"),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        _key("job", "job_id"),
        _of_branch("job"),
    )
    op.create_index("ix_job_branch", "job", ["branch", "state"])
    op.create_table("setting", *_text("branch name value"), _key("setting", "branch name"), _of_branch("setting"))
    op.create_table(
        "audit_entry",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        *_at("at", known=True),
        *_text("who role branch what ids"),
        _key("audit_entry", "number"),
    )
    op.create_index("ix_audit_entry_branch", "audit_entry", ["branch", "at"])


def _forbid_changes(table: str, key: tuple[str, ...]) -> None:
    if op.get_context().dialect.name == "postgresql":
        if table == next(iter(APPEND_ONLY)):
            op.execute(
                "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
            )
        for deed, event in (("change", "UPDATE"), ("removal", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {event} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_removal BEFORE DELETE ON {table} {refuse}")
    # SQLite's INSERT OR REPLACE removes a row without firing the trigger above on connections other than ours.
    # IGNORE keeps the old row and lets ON CONFLICT DO NOTHING pass.
    same = " AND ".join(f"{name} = NEW.{name}" for name in key)
    op.execute(
        f"CREATE TRIGGER {table}_no_replacement BEFORE INSERT ON {table} "  # noqa: S608  names of this module only
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(IGNORE); END"
    )
