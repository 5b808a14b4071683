"""Contracts with agencies, and complaints about crews, which are only ever added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DAY, AT = sa.String(10), sa.String(27)


def upgrade() -> None:
    """Create both tables; the database itself refuses to change a complaint."""
    op.create_table(
        "agency",
        *_text("branch code name products buckets data"),
        sa.Column("fee_share", sa.Float(53), nullable=False),
        sa.Column("fee_visit_minor", sa.BigInteger, nullable=False),
        sa.Column("from_on", DAY, nullable=False),
        sa.Column("until_on", DAY),
        *_text("source confidence"),
        sa.PrimaryKeyConstraint("branch", "code", name="pk_agency"),
        _of_branch("agency"),
    )
    op.create_table(
        "complaint",
        *_text("complaint_id branch crew_id"),
        sa.Column("received_on", DAY),
        *_text("kind upheld replaces"),
        sa.Column("recorded_at", AT),
        *_text("recorded_by"),
        sa.PrimaryKeyConstraint("branch", "complaint_id", name="pk_complaint"),
        _of_branch("complaint"),
    )
    if op.get_context().dialect.name == "postgresql":
        for deed, event in (("change", "UPDATE"), ("removal", "DELETE")):
            op.execute(
                f"CREATE TRIGGER complaint_no_{deed} BEFORE {event} ON complaint "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'complaint is append-only'); END"
    op.execute(f"CREATE TRIGGER complaint_no_change BEFORE UPDATE ON complaint {refuse}")
    op.execute(f"CREATE TRIGGER complaint_no_removal BEFORE DELETE ON complaint {refuse}")
    op.execute(
        "CREATE TRIGGER complaint_no_replacement BEFORE INSERT ON complaint WHEN EXISTS (SELECT 1 FROM complaint "
        "WHERE branch = NEW.branch AND complaint_id = NEW.complaint_id) BEGIN SELECT RAISE(IGNORE); END"
    )


def downgrade() -> None:
    """Remove both."""
    postgres = op.get_context().dialect.name == "postgresql"
    for deed in ("change", "removal") if postgres else ("change", "removal", "replacement"):
        op.execute(f"DROP TRIGGER complaint_no_{deed}" + (" ON complaint" if postgres else ""))
    op.drop_table("complaint")
    op.drop_table("agency")


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def _of_branch(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["branch"], ["branch.code"], name=f"fk_{table}_branch")
