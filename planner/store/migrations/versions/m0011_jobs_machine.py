"""Where a job's process is: its number means nothing on another machine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of jobs that there are it is not known."""
    op.add_column("job", sa.Column("machine", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("job", "machine")
