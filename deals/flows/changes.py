"""The ledger as others follow it: everything that took effect, in order, with nothing left out."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from deals.models import Change
from deals.models.derived import DOCUMENTS
from deals.models.documents import dumps

LARGEST_PAGE = 500
CREATED, UPDATED, REWRITTEN = "created", "updated", "rewritten"
# Every kind that an entry can have, for the description of the API.
KINDS = (CREATED, UPDATED, *(kind.value for kind in Change.Kind if kind != "published"), REWRITTEN)
# Between two numbers; a later entry is not looked at, so that an answer is that of its head.
ENTRIES = """
SELECT c.seq, c.kind, d.public_id, v.number, m.public_id, o.public_id, c.fields, c.reason, c.by,
       c.at, c.import_run_id, x.json,
       c.kind = 'published' AND NOT EXISTS (
           SELECT 1 FROM deals_change b
           WHERE b.deal_id = c.deal_id AND b.seq < c.seq AND b.kind IN ('published', 'restored'))
FROM deals_change c
LEFT JOIN deals_deal d ON d.id = c.deal_id
LEFT JOIN deals_dealversion v ON v.id = c.version_id
LEFT JOIN deals_deal m ON m.id = c.merged_into_id
LEFT JOIN deals_organization o ON o.id = c.organization_id
LEFT JOIN deals_dealdocument x ON %(documents)s AND c.kind IN ('published', 'restored')
     AND x.version_id = c.version_id
WHERE c.seq > %(after)s AND c.seq <= %(upto)s
  AND (%(only)s::bigint[] IS NULL OR c.seq = ANY(%(only)s::bigint[]))
ORDER BY c.seq LIMIT %(most)s
"""
LIVE = """
SELECT d.public_id, x.json FROM deals_deal d
JOIN deals_dealversion v ON v.deal_id = d.id
     AND v.published_seq IS NOT NULL AND v.superseded_seq IS NULL
JOIN deals_dealdocument x ON x.version_id = v.id
WHERE d.public_id = ANY(%s)
"""
# What the ledger's words about an organization ("name:17", "edit:4") mean to a reader.
FACTS = {
    "merged_into": "merged_into",
    "split_from": "split_from",
    "name": "names",
    "added_name": "names",
    "left_name": "names",
    "name_was": "name",
    "name_kept": "name",
    "kind_was": "kind",
    "country_was": "country",
    "identifier": "identifiers",
    "domicile": "domiciles",
    "owner": "owners",
    "holding": "holdings",
}
INSIDE = ("edit", "changes")
INTO = "merged_into:"


@dataclass(slots=True)
class Entry:
    """One entry. `document` is the text of the version that it made live; `deals` are those whose
    documents it computed again, and `documents` the texts of the ones that are live now."""

    seq: int
    kind: str
    deal: str | None
    version: int | None
    merged_into: str | None
    organization: str | None
    fields: list[str]
    reason: str
    by: str
    at: datetime
    import_id: int | None
    document: str | None = None
    deals: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    def text(self, *, documents: bool) -> str:
        """As JSON; stored documents are JSON already and are joined, not parsed."""
        facts: dict[str, Any] = {
            "seq": self.seq,
            "kind": self.kind,
            "deal": self.deal,
            "version": self.version,
            "merged_into": self.merged_into,
            "organization": self.organization,
            "fields": self.fields,
            "deals": self.deals,
            "reason": self.reason or None,
            "by": self.by,
            "at": self.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "import_id": self.import_id,
        }
        if not documents:
            return dumps(facts)
        listed = ",".join(self.documents)
        return f'{dumps(facts)[:-1]},"document":{self.document or "null"},"documents":[{listed}]}}'


def entries(
    after: int,
    upto: int,
    most: int,
    *,
    documents: bool = False,
    only: Sequence[int] | None = None,
) -> list[Entry]:
    """Entries after one number and up to another, in order, at most `most`.

    With `documents` a page also ends before its documents become more than that: an entry can have
    computed thousands of them again. There is always at least one entry, if there are any. `only`
    are the numbers of the entries that are meant, if not all are.
    """
    asked: dict[str, Any] = {"after": after, "upto": upto, "most": most, "documents": documents}
    asked["only"] = None if only is None else list(only)
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, asked)
        found = [_entry(*row) for row in cursor.fetchall()]
    if documents:
        found = _cut(found, most)
        _add_documents(found)
    return found


def _entry(
    seq: int, kind: str, deal: str | None, version: int | None, into: str | None,
    organization: str | None, fields: str, *rest: Any,
) -> Entry:  # fmt: skip
    *facts, first = rest
    # Django has its own decoder for JSON columns, so a plain cursor gives their text.
    names = json.loads(fields)
    entry = Entry(seq, kind, deal, version, into, organization, names, *facts)
    if kind == Change.Kind.PUBLISHED:
        entry.kind = CREATED if first else UPDATED
    elif kind == Change.Kind.REFERENCE and names[:1] == [DOCUMENTS]:
        entry.kind, entry.fields, entry.deals = REWRITTEN, [DOCUMENTS], names[1:]
    elif kind == Change.Kind.ORGANIZATION:
        entry.merged_into = next((n.removeprefix(INTO) for n in names if n.startswith(INTO)), None)
        entry.fields = _facts(names)
    return entry


def _facts(names: Iterable[str]) -> list[str]:
    """Names of facts, without the numbers of rows that only we know."""
    parts = [name.partition(":") for name in names]
    told = [FACTS.get(word, word) if colon else word for word, colon, _row in parts]
    return list(dict.fromkeys(word for word in told if word not in INSIDE))


def _cut(found: Sequence[Entry], most: int) -> list[Entry]:
    kept: list[Entry] = []
    weight = 0
    for entry in found:
        weight += max(1, len(entry.deals))
        if kept and weight > most:
            break
        kept.append(entry)
    return kept


def _add_documents(found: Iterable[Entry]) -> None:
    rewritten = [entry for entry in found if entry.deals]
    if not rewritten:
        return
    with connection.cursor() as cursor:
        cursor.execute(LIVE, [sorted({deal for entry in rewritten for deal in entry.deals})])
        texts = dict(cursor.fetchall())
    for entry in rewritten:
        entry.documents = [texts[deal] for deal in entry.deals if deal in texts]
