"""Taking back what an import prepared and never published."""

from django.db import connection, transaction

from deals.feeds.stage import delete_staged
from deals.models import ImportRun

# Of a run with nothing staged: when it is tried again, it is read from its first row.
AT_THE_BEGINNING: dict[str, object] = {
    "phase": ImportRun.Phase.READING,
    "checkpoint": {},
    "encoding": "",
    "delimiter": "",
    "bytes_read": 0,
    **{
        field.name: 0
        for field in ImportRun._meta.concrete_fields
        if field.name.startswith(("rows_", "deals_"))
    },
    "participations": 0,
    "organizations_new": 0,
}
PREPARED = "SELECT id FROM deals_dealversion WHERE import_run_id = %(run)s AND state = 'submitted'"
HANGING_ON = (
    "deals_participation", "deals_citation", "deals_preparedfact", "deals_dealfact",
    "deals_dealdocument",
)  # fmt: skip
VERSIONS = "DELETE FROM deals_dealversion WHERE import_run_id = %(run)s AND state = 'submitted'"
# Deals that were made for these versions; a deal without any version is nobody else's.
EMPTY_DEALS = """
DELETE FROM deals_deal d USING deals_stageddeal s
WHERE s.import_run_id = %(run)s AND s.deal_id = d.id
  AND NOT EXISTS (SELECT 1 FROM deals_dealversion v WHERE v.deal_id = d.id)
"""
FORGET = """
UPDATE deals_stageddeal SET version_id = NULL
WHERE import_run_id = %(run)s AND version_id IS NOT NULL
"""
FORGET_DEALS = """
UPDATE deals_stageddeal s SET deal_id = NULL
WHERE s.import_run_id = %(run)s AND s.deal_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM deals_deal d WHERE d.id = s.deal_id)
"""


@transaction.atomic
def remove_prepared(run_id: int) -> None:
    """Delete versions that were not published, and what was made for them; what it staged stays."""
    run = {"run": run_id}
    with connection.cursor() as cursor:
        for table in HANGING_ON:
            cursor.execute(f"DELETE FROM {table} WHERE version_id IN ({PREPARED})", run)
        cursor.execute(VERSIONS, run)
        cursor.execute(FORGET, run)
        cursor.execute(EMPTY_DEALS, run)
        cursor.execute(FORGET_DEALS, run)


@transaction.atomic
def remove_everything(run_id: int) -> None:
    """Delete what was prepared and staged; the run with its balance and its errors stays."""
    remove_prepared(run_id)
    delete_staged([run_id])
