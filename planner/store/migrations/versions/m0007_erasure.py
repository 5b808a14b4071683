"""What is only ever added may lose a person, and nothing else: the triggers let an erasure change ids and texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: of a table: the column that names the person ("" where any row of the branch may), what an erasure may change there
CHANGES = {
    "outcome": ("debtor_id", "outcome_id debtor_id place_id evidence note replaces"),
    "account_state": ("debtor_id", "case_id debtor_id"),
    "review": ("debtor_id", "review_id debtor_id note confirms"),
    "listed_type": ("debtor_id", "listed_id debtor_id"),
    "survey_edit": ("", "edit_id subject_id"),
    "plan": ("", "problem plan context metrics"),
    "plan_stop": ("visit_id", "visit_id"),
    "audit_entry": ("", "ids"),
}
#: and where its rows may go altogether
REMOVALS = ("asset_clue", "place_change")
FUNCTION = """
CREATE FUNCTION refuse_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was jsonb := to_jsonb(OLD);
BEGIN
  IF EXISTS (
    SELECT 1 FROM erasing
    WHERE branch = coalesce(was ->> 'branch', branch) AND (TG_ARGV[0] = '' OR debtor_id = was ->> TG_ARGV[0])
  ) THEN
    IF TG_OP = 'DELETE' THEN
      RETURN OLD;
    END IF;
    IF was - string_to_array(TG_ARGV[1], ' ') = to_jsonb(NEW) - string_to_array(TG_ARGV[1], ' ') THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    """Make the table that an erasure fills while it lasts, and triggers that look there."""
    op.create_table(
        "erasing",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("branch", "debtor_id")),
        sa.PrimaryKeyConstraint("branch", "debtor_id", name="pk_erasing"),
    )
    if _postgres():
        op.execute(FUNCTION)
    for table, (person, names) in CHANGES.items():
        _drop(table, "change")
        if _postgres():
            _trigger(table, "change", "UPDATE", f"refuse_unless_erasing('{person}', '{names}')")
        else:
            kept = [one for one in _columns(table) if one not in names.split()]
            same = " AND ".join(f'NEW."{one}" IS OLD."{one}"' for one in kept)
            _refuse(table, "change", "UPDATE", f"WHEN NOT ({_erasing(table, person)} AND {same})")
    for table in REMOVALS:
        _drop(table, "removal")
        if _postgres():
            _trigger(table, "removal", "DELETE", "refuse_unless_erasing('debtor_id', '')")
        else:
            _refuse(table, "removal", "DELETE", f"WHEN NOT {_erasing(table, 'debtor_id')}")


def downgrade() -> None:
    """Make the triggers refuse every change again."""
    for deed, event, tables in (("change", "UPDATE", tuple(CHANGES)), ("removal", "DELETE", REMOVALS)):
        for table in tables:
            _drop(table, deed)
            if _postgres():
                _trigger(table, deed, event, "refuse_change()")
            else:
                _refuse(table, deed, event)
    if _postgres():
        op.execute("DROP FUNCTION refuse_unless_erasing()")
    op.drop_table("erasing")


def _postgres() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _columns(table: str) -> list[str]:
    return [str(row[1]) for row in op.get_bind().exec_driver_sql(f'PRAGMA table_info("{table}")')]


def _erasing(table: str, person: str) -> str:
    named = f" AND debtor_id = OLD.{person}" if person else ""
    here = "1 = 1" if table == "plan_stop" else "branch = OLD.branch"
    return f"EXISTS (SELECT 1 FROM erasing WHERE {here}{named})"  # noqa: S608  names of this module only


def _drop(table: str, deed: str) -> None:
    op.execute(f"DROP TRIGGER {table}_no_{deed}" + (f" ON {table}" if _postgres() else ""))


def _trigger(table: str, deed: str, event: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_no_{deed} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}")


def _refuse(table: str, deed: str, event: str, when: str = "") -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"CREATE TRIGGER {table}_no_{deed} BEFORE {event} ON {table} {when} {refuse}")
