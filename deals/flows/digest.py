"""The digest of the register: what a copy is compared with, without fetching it.

Every deal that is live, by the text of its document (`deals.rules.digest`). Computing it from all
documents takes a second per hundred thousand, so it is kept, and brought forward by the versions
that became live or ceased to be since; after a day it is computed from everything again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

from deals.flows.answer import CODE_VERSION
from deals.flows.organization_documents import IN_PARTS, mark
from deals.flows.query import BadParameters, Problem
from deals.models import Change, Population, Release, ledger
from deals.models.documents_at import document_at
from deals.rules.digest import as_hex

A_DAY = timedelta(days=1)
KEEP_SECONDS = 24 * 3600
# A statement may take some seconds only, so that a large register is gone through in parts.
PART = 100_000
# Beyond this many entries everything anew is quicker.
FEW = 100_000
DIGEST = "bit_xor(('x' || encode(sha256(convert_to({text}, 'UTF8')), 'hex'))::bit(256))::text"
SCOPE = """CASE WHEN %(population)s::bigint IS NULL THEN NOT f.generated
     ELSE f.population_id = %(population)s END"""
WHOLE = f"""
SELECT count(*), {DIGEST} FROM deals_dealfact f JOIN deals_dealdocument d USING (version_id)
WHERE f.version_id > %(above)s AND f.version_id <= %(upto)s AND f.published_seq <= %(seq)s
  AND (f.superseded_seq IS NULL OR f.superseded_seq > %(seq)s) AND {SCOPE}
"""
# What is live at one end of a stretch of the ledger and not at the other; `gained` counts upwards.
MOVED = f"""
WITH touched AS (
    SELECT DISTINCT deal_id FROM deals_change
    WHERE seq > %(low)s AND seq <= %(high)s AND deal_id IS NOT NULL
)
SELECT count(*) FILTER (WHERE born) - count(*) FILTER (WHERE NOT born), {DIGEST} FROM (
    SELECT f.version_id, coalesce(f.published_seq > %(low)s, false) AS born
    FROM touched JOIN deals_dealfact f USING (deal_id)
    WHERE coalesce(f.published_seq > %(low)s AND f.published_seq <= %(high)s, false)
       <> coalesce(f.superseded_seq > %(low)s AND f.superseded_seq <= %(high)s, false) AND {SCOPE}
) m JOIN deals_dealdocument d USING (version_id)
"""
ORGANIZATIONS = f"SELECT count(*), {DIGEST.format(text='x.text')} FROM ({IN_PARTS}) x"
REWRITTEN = """
SELECT max(seq) FROM deals_change
WHERE kind = 'reference' AND fields ->> 0 = 'documents' AND seq > %s AND seq <= %s
"""


@dataclass(frozen=True, slots=True)
class Digest:
    """How many deals were live after entry `seq`, and their digest."""

    seq: int
    deals: int
    digest: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """A digest with the time of its entry (after a backup another one may have the number), when
    it was last computed from everything, and the last entry that computed documents again."""

    seq: int
    at: datetime | None
    computed_at: datetime
    rewritten: int
    deals: int
    digest: int


def deals_digest(population: Population | None, as_of: int | None = None) -> Digest:
    """The digest now, or after an entry; of all real deals, or of a population's.

    Raises `BadParameters` for an entry that is not there yet, or before documents were computed
    again, unless a release has what they said then.
    """
    head, at = ledger.newest()
    pk = population.pk if population else None
    kept = _now(pk, head, at)
    if as_of is None or as_of == head:
        return Digest(head, kept.deals, kept.digest)
    if as_of > head:
        said = f"The ledger ends at {head}; {as_of} is not there."
        raise BadParameters([Problem("as_of", said)])
    if as_of >= kept.rewritten and head - as_of > FEW:
        return Digest(as_of, *_whole(pk, as_of, document_at("d", None)))
    if as_of >= kept.rewritten:
        gained, moved = _moved(pk, as_of, head)
        return Digest(as_of, kept.deals - gained, kept.digest ^ moved)
    if not Release.objects.filter(seq=as_of).exists():
        said = (
            f"Documents were computed again at {kept.rewritten}, and what they said before is kept "
            "for releases only: ask for that number or a later one."
        )
        raise BadParameters([Problem("as_of", said)])
    return Digest(as_of, *_whole(pk, as_of, document_at("d", as_of)))


def organizations_digest(*, generated: bool) -> tuple[int, str]:
    """Number and digest of all organizations that are not merged into another."""
    head, at = ledger.newest()
    state = f"{head}:{at.timestamp() if at else 0}:{mark()}"
    key = f"digest:organizations:{CODE_VERSION}:{generated}:{state}"
    found: tuple[int, str] | None = cache.get(key)
    if found is None:
        asked = {"generated": generated}
        count, digest = _in_parts(ORGANIZATIONS, "deals_organization", "id", asked)
        found = count, as_hex(digest)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _now(pk: int | None, head: int, at: datetime | None) -> _Kept:
    key = f"digest:deals:{CODE_VERSION}:{pk or 0}"
    kept: _Kept | None = cache.get(key)
    if kept and kept.seq == head and kept.at == at:
        return kept
    now = _forward(pk, kept, head, at) if kept else None
    if now is None:
        deals, digest = _whole(pk, head, document_at("d", None))
        now = _Kept(head, at, timezone.now(), _rewritten(0, head), deals, digest)
    follows = connection.alias != DEFAULT_DB_ALIAS
    if not (follows and kept and kept.seq > head):
        # A replica that is an entry behind leaves alone what others have brought further.
        cache.set(key, now, KEEP_SECONDS)
    return now


def _forward(pk: int | None, kept: _Kept, head: int, at: datetime | None) -> _Kept | None:
    """The kept digest brought to the head; None where that cannot be, or it is a day old."""
    if not 0 <= head - kept.seq <= FEW or timezone.now() - kept.computed_at > A_DAY:
        return None
    entry = Change.objects.filter(seq=kept.seq).values_list("at", flat=True).first()
    if entry != kept.at or _rewritten(kept.seq, head):
        return None
    gained, moved = _moved(pk, kept.seq, head)
    return replace(kept, seq=head, at=at, deals=kept.deals + gained, digest=kept.digest ^ moved)


def _rewritten(after: int, upto: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(REWRITTEN, [after, upto])
        return int(cursor.fetchone()[0] or 0)


def _moved(pk: int | None, low: int, high: int) -> tuple[int, int]:
    asked = {"population": pk, "low": low, "high": high}
    return _read(MOVED.format(text="d.json"), asked)


def _whole(pk: int | None, seq: int, text: str) -> tuple[int, int]:
    asked = {"population": pk, "seq": seq}
    return _in_parts(WHOLE.format(text=text), "deals_dealfact", "version_id", asked)


def _in_parts(sql: str, table: str, column: str, asked: dict[str, Any]) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min({column}), max({column}) FROM {table}")
        first, last = cursor.fetchone()
    number, digest = 0, 0
    for above in range((first or 1) - 1, last or 0, PART):
        some, part = _read(sql, asked | {"above": above, "upto": above + PART})
        number, digest = number + some, digest ^ part
    return number, digest


def _read(sql: str, asked: dict[str, Any]) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        number, bits = cursor.fetchone()
    return int(number), int(bits or "0", 2)
