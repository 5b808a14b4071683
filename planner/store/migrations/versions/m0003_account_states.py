"""How accounts stood on successive lists, and which lists were taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DAY, AT = sa.String(10), sa.String(27)
APPEND_ONLY = {
    "list_day": ("branch", "as_of_on", "taken"),
    "account_state": ("branch", "as_of_on", "case_id", "taken"),
}
#: The list that is loaded becomes the first one of the history: it says how accounts stand on its day. Of two that
#: were taken in one microsecond it is the partial one, of which nothing follows for who is not on it.
FIRST_DAYS = """
INSERT INTO list_day (branch, as_of_on, taken, full_list, batch_id, taken_at)
SELECT b.branch, a.day, 1, (b.full_list OR c.batches = 1), b.batch_id, b.created_at
FROM import_batch b
JOIN (SELECT branch, MAX(as_of_on) AS day FROM account WHERE closed_at IS NULL GROUP BY branch) a
  ON a.branch = b.branch
JOIN (SELECT branch, MAX(created_at) AS newest, COUNT(*) AS batches FROM import_batch GROUP BY branch) c
  ON c.branch = b.branch AND c.newest = b.created_at
WHERE a.day IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM import_batch o
  WHERE o.branch = b.branch AND o.created_at = b.created_at
    AND (o.full_list < b.full_list OR (o.full_list = b.full_list AND o.batch_id > b.batch_id)))
"""
FIRST_STATES = """
INSERT INTO account_state (branch, case_id, debtor_id, as_of_on, region, product, overdue_minor, principal_minor,
  days_past_due, last_paid_on, taken)
SELECT a.branch, a.case_id, a.debtor_id, a.as_of_on, d.region, a.product, a.overdue_minor, a.principal_minor,
  a.days_past_due, a.last_paid_on, 1
FROM account a
JOIN debtor d ON d.branch = a.branch AND d.debtor_id = a.debtor_id
JOIN list_day l ON l.branch = a.branch AND l.as_of_on = a.as_of_on
WHERE a.closed_at IS NULL
"""


def upgrade() -> None:
    """Create both tables and keep the list that is loaded as the first of the history."""
    op.create_table(
        "list_day",
        sa.Column("branch", sa.Text, nullable=False),
        sa.Column("as_of_on", DAY, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("full_list", sa.Boolean, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("taken_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("branch", "as_of_on", "taken", name="pk_list_day"),
        sa.ForeignKeyConstraint(["branch"], ["branch.code"], name="fk_list_day_branch"),
    )
    op.create_table(
        "account_state",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("branch", "case_id", "debtor_id")),
        sa.Column("as_of_on", DAY, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("region", "product")),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("overdue_minor", "principal_minor", "days_past_due")
        ),
        sa.Column("last_paid_on", DAY),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("branch", "as_of_on", "case_id", "taken", name="pk_account_state"),
        sa.ForeignKeyConstraint(["branch"], ["branch.code"], name="fk_account_state_branch"),
    )
    postgres = op.get_context().dialect.name == "postgresql"
    op.execute(FIRST_DAYS)
    op.execute(FIRST_STATES)
    for table, key in APPEND_ONLY.items():
        _forbid_changes(table, key, postgres=postgres)


def downgrade() -> None:
    """Remove both tables."""
    postgres = op.get_context().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for deed in ("change", "removal") if postgres else ("change", "removal", "replacement"):
            op.execute(f"DROP TRIGGER {table}_no_{deed}" + (f" ON {table}" if postgres else ""))
        op.drop_table(table)


def _forbid_changes(table: str, key: tuple[str, ...], *, postgres: bool) -> None:
    """Make a table append-only, as the first schema does; on PostgreSQL with the function that it made."""
    if postgres:
        for deed, event in (("change", "UPDATE"), ("removal", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {event} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_removal BEFORE DELETE ON {table} {refuse}")
    same = " AND ".join(f"{name} = NEW.{name}" for name in key)
    op.execute(
        f"CREATE TRIGGER {table}_no_replacement BEFORE INSERT ON {table} "  # noqa: S608  names of this module only
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(IGNORE); END"
    )
