"""What crews and their branch say for the crews' safety: only ever added, nothing of a debtor, nothing of a place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DAY, AT = sa.String(10), sa.String(27)


def upgrade() -> None:
    """Create the table; the database itself refuses to change an entry."""
    op.create_table(
        "safety_entry",
        *_text("entry_id branch crew_id"),
        sa.Column("day_on", DAY),
        *_text("kind"),
        sa.Column("minutes", sa.BigInteger, nullable=False),
        *_text("about said"),
        sa.Column("happened_at", AT),
        sa.Column("recorded_at", AT),
        *_text("recorded_by"),
        sa.PrimaryKeyConstraint("branch", "entry_id", name="pk_safety_entry"),
        sa.ForeignKeyConstraint(["branch"], ["branch.code"], name="fk_safety_entry_branch"),
    )
    op.create_index("ix_safety_entry_day", "safety_entry", ["branch", "day_on"])
    if op.get_context().dialect.name == "postgresql":
        for deed, event in (("change", "UPDATE"), ("removal", "DELETE")):
            op.execute(
                f"CREATE TRIGGER safety_entry_no_{deed} BEFORE {event} ON safety_entry "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'safety_entry is append-only'); END"
    op.execute(f"CREATE TRIGGER safety_entry_no_change BEFORE UPDATE ON safety_entry {refuse}")
    op.execute(f"CREATE TRIGGER safety_entry_no_removal BEFORE DELETE ON safety_entry {refuse}")
    op.execute(
        "CREATE TRIGGER safety_entry_no_replacement BEFORE INSERT ON safety_entry WHEN EXISTS (SELECT 1 FROM "
        "safety_entry WHERE branch = NEW.branch AND entry_id = NEW.entry_id) BEGIN SELECT RAISE(IGNORE); END"
    )


def downgrade() -> None:
    """Remove it."""
    postgres = op.get_context().dialect.name == "postgresql"
    for deed in ("change", "removal") if postgres else ("change", "removal", "replacement"):
        op.execute(f"DROP TRIGGER safety_entry_no_{deed}" + (" ON safety_entry" if postgres else ""))
    op.drop_table("safety_entry")


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]
