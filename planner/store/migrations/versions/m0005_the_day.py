"""The collector's day: a note with an outcome, and plans that hold for one shift, made while its crew is out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column to each; what is there says neither."""
    op.add_column("outcome", sa.Column("note", sa.Text, nullable=False, server_default=""))
    op.add_column("plan_state", sa.Column("shift_id", sa.Text))


def downgrade() -> None:
    """Remove both. A plan that held for one shift would then be published for its week: publish the week's again."""
    for table, name in (("plan_state", "shift_id"), ("outcome", "note")):
        op.drop_column(table, name)
