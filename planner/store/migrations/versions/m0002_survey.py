"""What the branch adds to the list: reviews, asset clues, contact points, corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DAY, AT, REAL = sa.String(10), sa.String(27), sa.Float(53)
APPEND_ONLY = {
    "review": "review_id",
    "listed_type": "listed_id",
    "asset_clue": "clue_id",
    "place_change": "change_id",
    "survey_edit": "edit_id",
}


def upgrade() -> None:
    """Create the tables, and note that the list has always said what it says of its debtors' types."""
    _create(
        "review",
        *_text("review_id debtor_id branch willing able proposed grounds note reviewer"),
        sa.Column("reviewed_at", AT),
        sa.Column("expires_on", DAY),
        *_text("confirms"),
    )
    _create("listed_type", *_text("listed_id debtor_id branch debtor_type"), sa.Column("listed_at", AT))
    _create(
        "asset_clue",
        *_text("clue_id debtor_id branch asset place source certainty"),
        sa.Column("seen_on", DAY),
        sa.Column("recorded_at", AT),
        *_text("recorded_by replaces"),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    _create(
        "place_change",
        *_text("change_id place_id debtor_id branch deed how kind"),
        *_real("lon lat accuracy_m"),
        *_text("address was_kind"),
        *_real("was_lon was_lat was_accuracy_m"),
        *_text("was_address"),
        sa.Column("made_at", AT),
        *_text("made_by"),
    )
    _create(
        "survey_edit",
        *_text("edit_id batch_id branch subject subject_id field was now source"),
        sa.Column("made_at", AT),
        *_text("made_by"),
    )
    op.execute(
        "INSERT INTO listed_type (listed_id, debtor_id, branch, debtor_type, listed_at) "
        "SELECT 'first-' || debtor_id, debtor_id, branch, debtor_type, "
        "(SELECT MIN(created_at) FROM import_batch WHERE import_batch.branch = debtor.branch) FROM debtor"
    )
    for table, key in APPEND_ONLY.items():
        _forbid_changes(table, key)


def downgrade() -> None:
    """Remove them; the debtors, accounts and places keep the corrected values."""
    postgres = op.get_context().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for deed in ("change", "removal") if postgres else ("change", "removal", "replacement"):
            op.execute(f"DROP TRIGGER {table}_no_{deed}" + (f" ON {table}" if postgres else ""))
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)


def _text(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def _real(names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, REAL) for name in names.split()]


def _create(table: str, *columns: sa.Column) -> None:  # type: ignore[type-arg]
    debtors = table != "survey_edit"
    target = (["branch", "debtor_id"], ["debtor.branch", "debtor.debtor_id"], "debtor")
    local, remote, name = target if debtors else (["branch"], ["branch.code"], "branch")
    op.create_table(
        table,
        *columns,
        sa.PrimaryKeyConstraint("branch", APPEND_ONLY[table], name=f"pk_{table}"),
        sa.ForeignKeyConstraint(local, remote, name=f"fk_{table}_{name}"),
    )
    which = ("debtor", "debtor_id") if debtors else ("batch", "batch_id")
    op.create_index(f"ix_{table}_{which[0]}", table, ["branch", which[1]])


def _forbid_changes(table: str, key: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        for deed, event in (("change", "UPDATE"), ("removal", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {event} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_removal BEFORE DELETE ON {table} {refuse}")
    # As in the first schema: INSERT OR REPLACE would remove a row without firing the trigger above.
    op.execute(
        f"CREATE TRIGGER {table}_no_replacement BEFORE INSERT ON {table} "  # noqa: S608  names of this module only
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE branch = NEW.branch AND {key} = NEW.{key}) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )
