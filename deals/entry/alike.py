"""Whether a name that is typed is one that the register has already: exactly, or very likely.

`resolve` says what publishing a name would do, by the rule of imports (`deals.feeds.match`);
`similar` warns of organizations that are much like a new one, by the measure of the queue of pairs
(`deals.feeds.likeness`).
"""

from collections.abc import Iterable

from django.db import connection

from deals.entry.lookup import Found, by_public_id, look_up
from deals.feeds.likeness import Likened, score
from deals.feeds.match import BEARERS
from deals.feeds.namekeys import lookup_keys
from deals.feeds.suggest import FACTS, SAME_KEY
from deals.models import Organization
from deals.rules.names import LONGEST, normalise

# A name that somebody types is looked at at once, so less likeness than for the queue is worth it.
WORTH_SAYING = 70
CANDIDATES = 40


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

    `matched` says why. Candidates come from the spellings and from keys of the distinctive words;
    at most five queries.
    """
    name = name.replace("\0", "").strip()[:LONGEST]
    if not name:
        return []
    found = {one.public_id: one for one in look_up(name, limit=CANDIDATES)}
    found |= by_public_id(_same_keys(name) - found.keys())
    new = Likened((name,), country or None)
    scored = []
    for public_id, known in _likened(found).items():
        points, reasons = score(new, known)
        if points >= WORTH_SAYING:
            scored.append((-points, -found[public_id].deals, public_id, reasons[0]))
    return [found[public_id] for _, _, public_id, _ in sorted(scored)[:limit]]


def _same_keys(name: str) -> set[str]:
    """Organizations whose key is the name's, or that of its distinctive words or of its reading."""
    with connection.cursor() as cursor:
        cursor.execute(SAME_KEY, [sorted(lookup_keys(name))])
        pks = {pk for _, pk in cursor.fetchall()}
    known = Organization.objects.filter(pk__in=pks, generated=False, merged_into=None)
    return set(known.values_list("public_id", flat=True)[:CANDIDATES])


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
