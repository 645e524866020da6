"""A deal as a release shows it: which version was live then, and what its document said."""

import json

from django.db import connection

from deals.models import Deal, Release
from deals.models.documents_at import document_at
from deals.web.shown import Document

LIVE_THEN = """
SELECT v.number, {document} FROM deals_dealfact f
JOIN deals_dealversion v ON v.id = f.version_id
JOIN deals_dealdocument d ON d.version_id = f.version_id
WHERE f.deal_id = %(deal)s AND f.published_seq <= %(seq)s
  AND (f.superseded_seq IS NULL OR f.superseded_seq > %(seq)s)
"""


def held(deal: Deal, release: Release) -> tuple[int, Document] | None:
    """Number and document of the version that was live; None where the release lacks the deal."""
    text = LIVE_THEN.format(document=document_at("d", release.seq))
    with connection.cursor() as cursor:
        cursor.execute(text, {"deal": deal.pk, "seq": release.seq})
        row = cursor.fetchone()
    return (row[0], json.loads(row[1])) if row else None
