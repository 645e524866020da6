"""What people do to organizations: merge two that are one, undo that, or say that they are two.

`by` None is the command line and is recorded as system. A merge publishes new versions of the live
deals of the merged organization, which point to the survivor; the names and countries that were
stated stay. One entry of the ledger says what was moved, so that `split` can undo it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from deals import journal
from deals.actions import NotAllowed
from deals.actions.turns import take_turn
from deals.feeds.absorb import hand_back, hand_over
from deals.feeds.questions import count_open, open_suggestions
from deals.feeds.repoint import (
    Part,
    Repointing,
    Target,
    owned_by,
    parts_of,
    repoint,
    targets_of,
)
from deals.feeds.spellings import rebuild
from deals.models import Change, Organization, Ownership, Suggestion, ledger
from deals.models.attribution import OwnerBook
from deals.rules.names import normalise

__all__ = [
    "NotAllowed",
    "count_open",
    "keep_apart",
    "merge",
    "merge_all",
    "open_suggestions",
    "split",
]

State = Suggestion.State
User = AbstractBaseUser | None
MERGED_INTO, SPLIT_FROM, CHANGES = "merged_into", "split_from", "changes"

# What the versions that a merge replaced said: deal, name and country of each place it changed.
REPLACED = """
SELECT old.deal_id, true, old.target_name, old.target_country
FROM deals_dealversion new JOIN deals_dealversion old ON old.id = new.based_on_id
WHERE new.published_seq BETWEEN %(first)s AND %(last)s AND old.target_id = %(one)s
UNION ALL
SELECT old.deal_id, false, p.investor_name, p.country
FROM deals_dealversion new JOIN deals_dealversion old ON old.id = new.based_on_id
JOIN deals_participation p ON p.version_id = old.id
WHERE new.published_seq BETWEEN %(first)s AND %(last)s AND p.investor_id = %(one)s
"""
KNOWN_BEFORE = """
SELECT DISTINCT deal_id FROM deals_dealversion
WHERE deal_id = ANY(%s) AND published_seq <= %s
"""
# Questions about the merged organization are questions about the survivor; so are the answers.
CARRY = """
INSERT INTO deals_suggestion
    (one_id, other_id, score, reasons, state, import_run_id, created_at, decided_by_id, decided_at)
SELECT least(x.who, %(into)s), greatest(x.who, %(into)s), x.score, x.reasons, x.state,
       x.import_run_id, x.created_at, x.decided_by_id, x.decided_at
FROM (
    SELECT CASE WHEN s.one_id = %(one)s THEN s.other_id ELSE s.one_id END AS who, s.*
    FROM deals_suggestion s
    WHERE %(one)s IN (s.one_id, s.other_id) AND s.state IN ('open', 'distinct')
) x
WHERE x.who <> %(into)s
ON CONFLICT (one_id, other_id) DO NOTHING
"""


@transaction.atomic
def merge(
    *,
    one: Organization,
    into: Organization,
    by: User,
    reason: str,
    take: Collection[str] = (),
) -> Change:
    """Say that `one` is `into`: its names, ids, evidence and deals become those of `into`.

    `take` names what `into` shall have from `one`: "name", "country", "kind". Raises `NotAllowed`,
    and has done nothing, where that makes no sense. Files that name `one`, by name and country or
    by id, find `into` from then on.
    """
    _needs_reason(reason)
    take_turn()
    one, into = _locked(one), _locked(into)
    _refuse_merge(one, into)
    ledger.lock()
    parts, before = parts_of(owned_by([one.pk, into.pk])), OwnerBook()
    moved = hand_over(one, into, take)
    Organization.objects.filter(pk=one.pk).update(merged_into=into)
    change = Repointing(targets={target.version: into.pk for target in targets_of([one.pk])})
    _follow(change, parts, before, lambda part: into.pk if part.organization == one.pk else None)
    published = repoint(change, by=_name(by), decided_by=by.pk if by else None, reason=reason)
    _settle_pair(one, into, State.MERGED, by)
    rebuild([one.pk, into.pk])
    with connection.cursor() as cursor:
        cursor.execute(CARRY, {"one": one.pk, "into": into.pk})
    fields = [f"{MERGED_INTO}:{into.public_id}", *moved]
    if published.first <= published.last:
        fields.append(f"{CHANGES}:{published.first}-{published.last}")
    journal.record("merged", by=by, organization=one, text=reason)
    return ledger.append(
        Change.Kind.ORGANIZATION, by=_name(by), reason=reason, organization=one, fields=fields
    )


@transaction.atomic
def merge_all(
    *, ones: Iterable[Organization], into: Organization, by: User, reason: str
) -> list[Change]:
    """Say that several are `into`: all of them, or none where one is not allowed."""
    return [merge(one=one, into=into, by=by, reason=reason) for one in ones]


@transaction.atomic
def split(*, organization: Organization, by: User, reason: str) -> Change:
    """Undo the merge of an organization: it is one of its own again, with what was its own.

    Its deals go back where the merge had moved them, unless somebody has since changed the name
    there; so do deals that came later under a name that is its, and not also the survivor's.
    """
    _needs_reason(reason)
    take_turn()
    one = _locked(organization)
    if one.merged_into is None:
        raise NotAllowed(f"{one} is not merged into another organization.")
    survivor = _locked(_survivor(one.merged_into))
    ledger.lock()
    parts, before = parts_of(owned_by([survivor.pk])), OwnerBook()
    entry = _merge_entry(one)
    hand_back(one, survivor, entry.fields if entry else ())
    Organization.objects.filter(pk=one.pk).update(merged_into=None)
    is_ones = _claims(one, survivor, entry, parts, targets := targets_of([survivor.pk]))
    change = Repointing(targets={t.version: one.pk for t in targets if is_ones(t)})
    _follow(change, parts, before, lambda part: one.pk if is_ones(part) else None)
    repoint(change, by=_name(by), decided_by=by.pk if by else None, reason=reason)
    _settle_pair(one, survivor, State.DISTINCT, by)
    rebuild([one.pk, survivor.pk])
    journal.record("split", by=by, organization=one, text=reason)
    return ledger.append(
        Change.Kind.ORGANIZATION,
        by=_name(by),
        reason=reason,
        organization=one,
        fields=[f"{SPLIT_FROM}:{survivor.public_id}"],
    )


@transaction.atomic
def keep_apart(*, suggestion: Suggestion, by: User) -> Suggestion:
    """Say that two organizations are two; the pair is never suggested again."""
    decided = Suggestion.objects.filter(pk=suggestion.pk, state=State.OPEN).update(
        state=State.DISTINCT, decided_by_id=by.pk if by else None, decided_at=timezone.now()
    )
    suggestion.refresh_from_db()
    if not decided:
        raise NotAllowed(f"This was decided before: the two are {suggestion.state}.")
    journal.record("kept_apart", by=by, organization=suggestion.one, text=str(suggestion.other))
    return suggestion


def _refuse_merge(one: Organization, into: Organization) -> None:
    if one.pk == into.pk:
        raise NotAllowed("An organization cannot be merged into itself.")
    for side in (one, into):
        if side.merged_into is not None:
            raise NotAllowed(
                f"{side} ({side.public_id}) is merged into {side.merged_into} "
                f"({side.merged_into.public_id}) already: choose that one, or split them first."
            )
    if one.generated != into.generated:
        raise NotAllowed("An invented organization and a real one are never the same.")
    between = Q(owned=one, owner=into) | Q(owned=into, owner=one)
    link = Ownership.objects.filter(between).select_related("owned", "owner").first()
    if link is not None:
        raise NotAllowed(
            f"There is evidence that {link.owner} owns {link.owned}, so they are two. If the "
            "evidence is wrong, correct it first."
        )


def _follow(
    change: Repointing, parts: list[Part], before: OwnerBook, moves: Callable[[Part], int | None]
) -> None:
    """Point participations to where `moves` says, and change owners where the evidence now says
    something else; what it said before but a version never took over is left alone."""
    after = OwnerBook()
    for part in parts:
        goal, place = moves(part), (part.version, part.position)
        if goal is not None:
            change.investors[place] = goal
        asked = part.country, part.first, part.last
        owner = after.attribute(goal or part.organization, *asked)
        if owner != before.attribute(part.organization, *asked):
            change.owners[place] = owner


@dataclass(frozen=True)
class _Claims:
    """Which deals of a survivor belong to the organization that is split from it."""

    survivor: int
    places: frozenset[tuple[int, bool, str, str | None]]
    known_before: frozenset[int]
    names: Callable[[str, str | None], bool]

    def __call__(self, at: Target | Part) -> bool:
        if at.organization != self.survivor:
            return False
        if at.deal in self.known_before:
            return (at.deal, isinstance(at, Target), at.name, at.country) in self.places
        return self.names(at.name, at.country)


def _claims(
    one: Organization,
    survivor: Organization,
    entry: Change | None,
    parts: list[Part],
    targets: list[Target],
) -> _Claims:
    own, others = _keys(one), _keys(survivor)

    def names(name: str, country: str | None) -> bool:
        key = normalise(name)
        alone = country == one.country != survivor.country
        return key in own and (key not in others or alone)

    deals = [part.deal for part in parts] + [target.deal for target in targets]
    first, last = _published_by(entry)
    with connection.cursor() as cursor:
        cursor.execute(REPLACED, {"first": first, "last": last, "one": one.pk})
        places = frozenset(cursor.fetchall())
        cursor.execute(KNOWN_BEFORE, [deals, entry.seq if entry else 0])
        known = frozenset(row[0] for row in cursor)
    return _Claims(survivor.pk, places, known, names)


def _published_by(entry: Change | None) -> tuple[int, int]:
    """The ledger entries of the versions that a merge published; an empty range for none."""
    for field in entry.fields if entry else ():
        if field.startswith(f"{CHANGES}:"):
            first, _, last = field.partition(":")[2].partition("-")
            return int(first), int(last)
    return 1, 0


def _merge_entry(one: Organization) -> Change | None:
    entries = Change.objects.filter(organization=one, kind=Change.Kind.ORGANIZATION)
    merges = (e for e in entries.order_by("-seq") if e.fields)
    return next((e for e in merges if e.fields[0].startswith(f"{MERGED_INTO}:")), None)


def _keys(organization: Organization) -> set[str]:
    return {organization.key, *organization.names.values_list("key", flat=True)}


def _survivor(organization: Organization) -> Organization:
    while organization.merged_into is not None:
        organization = organization.merged_into
    return organization


def _locked(organization: Organization) -> Organization:
    """Read again; nobody else writes it until the transaction ends."""
    return Organization.objects.select_for_update(no_key=True, of=("self",)).get(pk=organization.pk)


def _settle_pair(one: Organization, other: Organization, state: str, by: User) -> None:
    """Whoever was asked about these two has the answer."""
    pair = Suggestion.objects.filter(one__in=(one, other), other__in=(one, other))
    pair.filter(one__lt=F("other")).update(
        state=state, decided_by_id=by.pk if by else None, decided_at=timezone.now()
    )


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed("Say why: the reason stays in the ledger.")


def _name(by: User) -> str:
    return by.get_username() if by is not None else "system"
