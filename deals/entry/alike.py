"""Whether a name that is typed is one that the register has already: exactly, or very likely.

`resolve` says what publishing a name would do, by the rule of imports (`deals.feeds.match`);
`similar` warns of organizations that are much like a new one, by the measure of the queue of pairs
(`deals.feeds.likeness`).
"""

from collections.abc import Iterable

from django.db import connection

from deals.entry.lookup import Found, by_public_id, look_up
from deals.feeds.folding import fold, key_of
from deals.feeds.likeness import Likened, score
from deals.feeds.match import BEARERS
from deals.feeds.namekeys import lookup_keys
from deals.feeds.nameparts import HAN
from deals.feeds.suggest import FACTS
from deals.models import Organization, SearchName
from deals.rules.names import LONGEST, normalise

# A name that somebody types is looked at at once, so less likeness than for the queue is worth it.
WORTH_SAYING = 70
CANDIDATES = 40
# Shorter ones are a part of too many names.
SHORTEST, SHORTEST_HAN = 4, 2


def resolve(name: str, country: str | None) -> Found | list[Found] | None:
    """The organization that a name without an id means: with a country the one of that name there,
    without one the only one of that name. A list where several bear the name and no country says
    which; None where it would be a new one. At most two queries.
    """
    bearers = _bearers(name)
    if country:
        fitting = {public_id for public_id, where in bearers if where == country}
    else:
        fitting = {public_id for public_id, _ in bearers}
    found = list(by_public_id(fitting).values()) if fitting else []
    found.sort(key=lambda one: (-one.deals, one.public_id))
    if len(found) > 1 and not country:
        return found
    return found[0] if found else None


def _bearers(name: str) -> set[tuple[str, str | None]]:
    """Public id and country of the real organizations of a name, merged ones as what they are."""
    key = normalise(name)[:LONGEST] if name.strip() else ""
    if not key or "\0" in key:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(BEARERS, [[key]])
        pks = {pk: country for _, country, pk, generated in cursor.fetchall() if not generated}
    named = Organization.objects.filter(pk__in=pks).values_list("pk", "public_id")
    return {(public_id, pks[pk]) for pk, public_id in named}


def similar(name: str, country: str | None = None, *, limit: int = 5) -> list[Found]:
    """Real organizations that a new one of this name and country may be, the likest first.

    Those that are much alike, then those of which one name is a part of the other: "Momenta AI" and
    "Momenta". Candidates come from the spellings; at most seven queries.
    """
    name = name.replace("\0", "").strip()[:LONGEST]
    if not name:
        return []
    found = {one.public_id: one for one in look_up(name, limit=CANDIDATES)}
    found |= by_public_id(_spelled(name) - found.keys())
    new = Likened((name,), country or None)
    scored = []
    for public_id, known in _likened(found).items():
        points, _reasons = score(new, known)
        part = any(is_part(name, other) for other in known.names)
        if points >= WORTH_SAYING or part:
            scored.append((points < WORTH_SAYING, -points, -found[public_id].deals, public_id))
    return [found[public_id] for *_rank, public_id in sorted(scored)[:limit]]


def is_part(one: str, other: str) -> bool:
    """Whether the words of one name stand together in the other; for Chinese, its characters."""
    short, long = sorted((_distinct(one), _distinct(other)), key=len)
    if HAN.search(short):
        return len(short) >= SHORTEST_HAN and short in long
    return len(short) >= SHORTEST and f" {short} " in f" {long} "


def _distinct(name: str) -> str:
    """The folded words without the legal form at the end."""
    key, words = key_of(name), fold(name).split()
    while len(words) > 1 and len("".join(words[:-1])) >= len(key):
        words.pop()
    return " ".join(words)


def _beginnings(name: str) -> set[str]:
    """Names that this one may be longer than: its first words, or its first characters."""
    text = _distinct(name)
    words = text.split()
    found = {" ".join(words[:count]) for count in range(1, len(words))}
    if HAN.search(words[0]):
        found |= {words[0][:count] for count in range(SHORTEST_HAN, len(words[0]))}
    return found


def _spelled(name: str) -> set[str]:
    """Public ids of real organizations that bear one of the names that this one may stand for."""
    texts = {*map(fold, lookup_keys(name)), *_beginnings(name)} - {""}
    known = SearchName.objects.filter(text__in=texts, kind=SearchName.Kind.NAME)
    real = known.filter(organization__generated=False)
    return set(real.values_list("organization__public_id", flat=True)[:CANDIDATES])


def _likened(public_ids: Iterable[str]) -> dict[str, Likened]:
    named = dict(
        Organization.objects.filter(public_id__in=list(public_ids)).values_list("pk", "public_id")
    )
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [list(named)])
        return {
            named[pk]: Likened((name, *names), country, frozenset(ids))
            for pk, name, country, _, names, ids in cursor.fetchall()
        }
