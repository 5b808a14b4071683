"""What the newest import of a branch changed, and which imports were taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables; the database itself refuses to change that an import was taken back."""
    op.create_table(
        "import_record",
        sa.Column("branch", sa.Text, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("branch", name="pk_import_record"),
        sa.ForeignKeyConstraint(["branch"], ["branch.code"], name="fk_import_record_branch"),
    )
    op.create_table(
        "import_undone",
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("branch", sa.Text, nullable=False),
        sa.Column("undone_at", sa.String(27), nullable=False),
        sa.Column("undone_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name="pk_import_undone"),
        sa.ForeignKeyConstraint(["branch"], ["branch.code"], name="fk_import_undone_branch"),
    )
    if op.get_context().dialect.name == "postgresql":
        for deed, event in (("change", "UPDATE"), ("removal", "DELETE")):
            op.execute(
                f"CREATE TRIGGER import_undone_no_{deed} BEFORE {event} ON import_undone "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'import_undone is append-only'); END"
    op.execute(f"CREATE TRIGGER import_undone_no_change BEFORE UPDATE ON import_undone {refuse}")
    op.execute(f"CREATE TRIGGER import_undone_no_removal BEFORE DELETE ON import_undone {refuse}")
    op.execute(
        "CREATE TRIGGER import_undone_no_replacement BEFORE INSERT ON import_undone WHEN EXISTS "
        "(SELECT 1 FROM import_undone WHERE batch_id = NEW.batch_id) BEGIN SELECT RAISE(IGNORE); END"
    )


def downgrade() -> None:
    """Remove both; an import that was taken back then counts as made."""
    postgres = op.get_context().dialect.name == "postgresql"
    for deed in ("change", "removal") if postgres else ("change", "removal", "replacement"):
        op.execute(f"DROP TRIGGER import_undone_no_{deed}" + (" ON import_undone" if postgres else ""))
    op.drop_table("import_undone")
    op.drop_table("import_record")
