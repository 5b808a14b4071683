"""Who may sign in and as what, who is signed in, and attempts that failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AT = sa.String(27)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "login",
        sa.Column("login", sa.Text, nullable=False),
        *(sa.Column(one, sa.Text, nullable=False) for one in ("name", "role", "branches")),
        sa.Column("crew", sa.Text),
        *(sa.Column(one, sa.Text, nullable=False) for one in ("language", "subject", "password")),
        sa.Column("one_time_until", AT),
        sa.Column("ready", sa.Boolean, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("login", name="pk_login"),
    )
    op.create_table(
        "login_session",
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("seen_at", AT, nullable=False),
        sa.Column("revoked_at", AT),
        sa.PrimaryKeyConstraint("token", name="pk_login_session"),
        sa.ForeignKeyConstraint(["login"], ["login.login"], name="fk_login_session_login"),
    )
    op.create_index("ix_login_session_login", "login_session", ["login"])
    op.create_table(
        "login_failure",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_login_failure"),
    )
    op.create_index("ix_login_failure_of", "login_failure", ["of", "at"])


def downgrade() -> None:
    """Remove them: everybody is signed out, and logins have to be made anew."""
    for table in ("login_failure", "login_session", "login"):
        op.drop_table(table)
