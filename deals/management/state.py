"""What the register says of itself in few lines: two copies that say the same are the same."""

import io
from typing import Any

from django.core.management import call_command
from django.db import connection

from deals.flows.digest import deals_digest, organizations_digest
from deals.flows.query import BadParameters
from deals.models import ledger
from deals.rules.digest import as_hex

# A text that two servers of one version write alike, whatever their settings.
ALIKE = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres';"
    " SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL jit = off"
)
TABLES = """
SELECT c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY c.relname
"""
# The sum over all rows of a 64-bit hash of each, so that their order does not matter.
CHECKSUM = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t"


def register_state() -> dict[str, Any]:
    """The ledger's end, the digests of deals and organizations, the headline, and the number of
    rows and a checksum for each table. Asked inside a transaction that sees one moment."""
    with connection.cursor() as cursor:
        cursor.execute(ALIKE)
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        checked = {name: _checked(cursor, quoted) for name, quoted in tables}
    head, at = ledger.newest()
    count, organizations = organizations_digest(generated=False)
    deals = deals_digest(None)
    return {
        "head": head,
        "head_at": at.isoformat() if at else None,
        "entries": entries_until(head),
        "deals": {"number": deals.deals, "digest": as_hex(deals.digest)},
        "organizations": {"number": count, "digest": organizations},
        "headline": headline(),
        "tables": checked,
    }


def state_until(head: int) -> dict[str, Any]:
    """What must be the same in a later copy: the entries up to `head`, and the deals after it.

    `deals` is None where documents were computed again since, or the copy ends before `head`.
    """
    try:
        found = deals_digest(None, head)
    except BadParameters:
        return {"entries": entries_until(head), "deals": None}
    deals = {"number": found.deals, "digest": as_hex(found.digest)}
    return {"entries": entries_until(head), "deals": deals}


def entries_until(head: int) -> dict[str, Any]:
    """Number and checksum of the ledger's entries up to `head`."""
    with connection.cursor() as cursor:
        cursor.execute(f"{CHECKSUM.format(table='deals_change')} WHERE t.seq <= %s", [head])
        number, checksum = cursor.fetchone()
    return {"rows": number, "checksum": checksum}


def headline() -> list[str]:
    """The lines of `manage.py headline`."""
    said = io.StringIO()
    call_command("headline", stdout=said)
    return said.getvalue().splitlines()


def _checked(cursor: Any, quoted: str) -> dict[str, Any]:
    cursor.execute(CHECKSUM.format(table=quoted))
    number, checksum = cursor.fetchone()
    return {"rows": number, "checksum": checksum}
