"""Which known organizations a new one may be: pairs that a person decides on, and no more.

Candidates are found in three ways, none of which looks at every pair: the same key (of the name, of
its distinctive words, of its reading in pinyin, of its initials), the trigram index on names, and
words that two names share, for names in Chinese characters (of which two are a name, and too short
for trigrams) and for other names of known organizations. Then `likeness` has the word.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from deals.feeds.likeness import WORTH_ASKING, Likened, score
from deals.feeds.namekeys import Shelf, lookup_keys, trigram_text
from deals.models import Suggestion

BATCH = 500
# A new organization that is like very many known ones is like none of them.
MOST = 5
CANDIDATES = 20
# Share of the new name's trigrams that has to be found together in the known one.
ALIKE = "0.7"

FACTS = """
SELECT o.id, o.name, o.country, o.generated,
       array(SELECT n.name FROM deals_organizationname n WHERE n.organization_id = o.id),
       array(SELECT i.scheme || ':' || i.value FROM deals_identifier i
             WHERE i.organization_id = o.id)
FROM deals_organization o WHERE o.id = ANY(%s) AND o.merged_into_id IS NULL
"""
SAME_KEY = """
WITH wanted AS MATERIALIZED (SELECT unnest(%s::text[]) AS key)
SELECT o.key, o.id FROM wanted JOIN deals_organization o USING (key)
UNION
SELECT n.key, n.organization_id FROM wanted JOIN deals_organizationname n USING (key)
"""
NEAR = """
SELECT new.id, found.id FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS new(id, name, text)
CROSS JOIN LATERAL (
    SELECT o.id FROM deals_organization o
    WHERE new.text <%% o.name AND o.merged_into_id IS NULL AND o.id <> new.id
    ORDER BY similarity(o.name, new.name) DESC, o.id LIMIT %s
) AS found
"""
# Names that the trigram index does not reach: two Chinese characters, and other names.
UNREACHED = """
SELECT id, name FROM deals_organization WHERE merged_into_id IS NULL AND name ~ '[㐀-鿿]'
UNION ALL
SELECT organization_id, name FROM deals_organizationname
"""
STORE = """
INSERT INTO deals_suggestion (one_id, other_id, score, reasons, state, import_run_id, created_at)
SELECT one, other, score, reasons::jsonb, %s, %s, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[]) AS p(one, other, score, reasons)
ON CONFLICT (one_id, other_id) DO NOTHING
"""
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """A live organization with what it is compared by; invented ones are `generated`."""

    pk: int
    generated: bool
    likened: Likened

    @property
    def name(self) -> str:
        return self.likened.names[0]


def suggest(created: Sequence[int], run_id: int | None) -> int:
    """Store pairs of new organizations and those they may be; returns how many are new.

    A pair that was stored before, decided or not, stays as it is, so calling again changes nothing.
    Each batch is a transaction of its own. Invented organizations are never paired with real ones.
    """
    shelf: Shelf | None = None
    stored = 0
    for start in range(0, len(created), BATCH):
        with transaction.atomic():
            if shelf is None:
                shelf = _shelf(created)
            new = _known(created[start : start + BATCH])
            candidates = _candidates(new, shelf)
            everyone = new | _known(set().union(*candidates.values()) - new.keys())
            stored += _store(_pairs(candidates, everyone), run_id)
    return stored


def _known(pks: Iterable[int]) -> dict[int, Known]:
    """Those that still exist and were not merged."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [list(pks)])
        return {
            pk: Known(pk, generated, Likened((name, *names), country, frozenset(ids)))
            for pk, name, country, generated, names, ids in cursor
        }


def _shelf(created: Sequence[int]) -> Shelf:
    """Known names that trigrams do not reach, by the words that new names ask for."""
    shelf = Shelf()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM deals_organization WHERE id = ANY(%s)", [list(created)])
        for (name,) in cursor:
            shelf.ask(name)
        cursor.execute(UNREACHED)
        for pk, name in cursor:
            shelf.put(pk, name)
    return shelf


def _candidates(new: dict[int, Known], shelf: Shelf) -> dict[int, set[int]]:
    """For every new organization the known ones that are worth comparing, itself left out."""
    found: dict[int, set[int]] = defaultdict(set)
    by_key = defaultdict(list)
    for pk, known in new.items():
        for key in lookup_keys(known.name):
            by_key[key].append(pk)
        found[pk] |= shelf.look(known.name)
    texts = {pk: text for pk, known in new.items() if (text := trigram_text(known.name))}
    names = [new[pk].name for pk in texts]
    with connection.cursor() as cursor:
        cursor.execute(SAME_KEY, [list(by_key)])
        for key, other in cursor:
            for pk in by_key[key]:
                found[pk].add(other)
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {ALIKE}")
        cursor.execute(NEAR, [list(texts), names, list(texts.values()), CANDIDATES])
        for pk, other in cursor:
            found[pk].add(other)
    return {pk: others - {pk} for pk, others in found.items()}


def _pairs(
    candidates: dict[int, set[int]], everyone: dict[int, Known]
) -> dict[Pair, tuple[int, list[str]]]:
    """The best few of every new organization, each pair in order of id."""
    pairs: dict[Pair, tuple[int, list[str]]] = {}
    for pk, others in candidates.items():
        one = everyone[pk]
        alike = []
        for other in (everyone[other] for other in sorted(others) if other in everyone):
            if other.generated == one.generated:
                points, reasons = score(one.likened, other.likened)
                if points >= WORTH_ASKING:
                    alike.append((-points, other.pk, reasons))
        for points, other_pk, reasons in sorted(alike)[:MOST]:
            pairs[min(pk, other_pk), max(pk, other_pk)] = (-points, reasons)
    return pairs


def _store(pairs: dict[Pair, tuple[int, list[str]]], run_id: int | None) -> int:
    if not pairs:
        return 0
    ones, others = zip(*pairs, strict=True)
    scores = [points for points, _ in pairs.values()]
    reasons = [json.dumps(why) for _, why in pairs.values()]
    now, state = timezone.now(), Suggestion.State.OPEN
    with connection.cursor() as cursor:
        cursor.execute(STORE, [state, run_id, now, list(ones), list(others), scores, reasons])
        return cursor.rowcount
