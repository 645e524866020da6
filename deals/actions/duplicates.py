"""What people do about deals that are one: merge them fact by fact, undo that, say they are two.

A merge publishes no fact that was not published before: every value is one of the two live
versions'. So it is one reviewer's decision, as a retraction is, recorded with name and reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from deals import journal
from deals.actions.deals import NotAllowed
from deals.actions.deals import merge as merge_into
from deals.actions.deals import restore as bring_back
from deals.actions.writing import facts_of, hold_deal, write_version
from deals.entry.choosing import Unfitting, chosen
from deals.entry.facts import Facts, differing
from deals.entry.three_way import three_way
from deals.feeds import match
from deals.feeds.publish import publish
from deals.models import Change, Deal, DealSuggestion, DealVersion, Draft, ledger

State = DealSuggestion.State
User = AbstractBaseUser | None
# The page of a deal; a test follows it.
PAGE = "/deals/{}/"

# Questions about the deal that goes are questions about the one that stays; so are the answers.
CARRY = """
INSERT INTO deals_dealsuggestion
    (one_id, other_id, score, reasons, state, created_at, decided_by_id, decided_at)
SELECT least(x.who, %(stays)s), greatest(x.who, %(stays)s), x.score, x.reasons, x.state,
       x.created_at, x.decided_by_id, x.decided_at
FROM (
    SELECT CASE WHEN s.one_id = %(goes)s THEN s.other_id ELSE s.one_id END AS who, s.*
    FROM deals_dealsuggestion s
    WHERE %(goes)s IN (s.one_id, s.other_id) AND s.state IN ('open', 'distinct')
) x
WHERE x.who <> %(stays)s
ON CONFLICT (one_id, other_id) DO NOTHING
"""


class Changed(NotAllowed):
    """One of the two is no longer as it was looked at."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing a merge would do to the deal that stayed.

    `merged` is its version with the facts of both, None when the merge left it as it was;
    `back` are the names of facts that go back, `kept` of those that somebody changed since.
    `facts` is what it would say, None when nothing goes back.
    """

    survivor: Deal
    merged: DealVersion | None
    back: tuple[str, ...]
    kept: tuple[str, ...]
    facts: Facts | None


def merge_deals(
    *,
    stays: Deal,
    goes: Deal,
    choice: Mapping[str, str],
    seen: Iterable[int],
    by: User,
    reason: str,
) -> Change:
    """Say that two deals are one: `stays` takes the chosen facts, and `goes` leads to it for ever.

    `choice` is by group of `deals.entry.choosing`; `seen` are the two live versions that were
    compared. Raises `NotAllowed`, with nothing done: `Changed` when they are not live any more.
    """
    with transaction.atomic():
        match.lock()
        _hold(stays, goes)
        ledger.lock()
        mine, other = _seen_alive(stays, goes, set(seen))
        facts = merged_facts(mine, other, choice, why=reason)
        if differing(facts_of(mine), facts):
            _publish(facts, stays, mine, by, reason)
        change = merge_into(deal=goes, into=stays, by=by, reason=reason)
        _settle(stays, goes, State.MERGED, by)
        with connection.cursor() as cursor:
            cursor.execute(CARRY, {"stays": stays.pk, "goes": goes.pk})
        _tell((mine, other), stays, by, reason)
    return change


def merged_facts(
    stays: DealVersion, goes: DealVersion, choice: Mapping[str, str], *, why: str
) -> Facts:
    """What the deal that stays would say. Raises `NotAllowed` where the choice makes no deal."""
    try:
        facts = chosen(facts_of(stays), facts_of(goes), choice, why=why)
    except Unfitting as error:
        raise NotAllowed(str(error)) from error
    if facts["part_of"] in (stays.deal.public_id, goes.deal.public_id):
        facts["part_of"] = ""
    return facts


def unmerge(*, deal: Deal, put_back: bool, by: User, reason: str) -> DealVersion:
    """Undo the merge of a deal: it is live again as it was, and its parts are its own again.

    With `put_back` the deal that it was merged into loses what the merge gave it, fact by fact,
    but for what somebody has changed since. The two are not suggested as one again.
    """
    survivor = deal.merged_into
    if survivor is None:
        raise NotAllowed(_("%(deal)s is not merged into another deal.") % {"deal": deal})
    with transaction.atomic():
        match.lock()
        _hold(deal, survivor)
        ledger.lock()
        if deal.merged_into_id != survivor.pk:
            raise Changed(_("Somebody has undone this merge already."))
        entry = _merge_entry(deal)
        undoing = forecast(deal) if put_back else None
        restored = bring_back(deal=deal, by=by, reason=reason)
        _give_parts_back(deal, survivor, entry, by, reason)
        live = survivor.versions.live().first()
        if undoing and undoing.facts is not None and live is not None:
            _publish(undoing.facts, survivor, live, by, reason)
        _settle(deal, survivor, State.DISTINCT, by)
        _tell((restored, live), survivor, by, reason)
    return restored


def forecast(deal: Deal) -> Undoing:
    """What `unmerge` with `put_back` would do to the deal that stayed; reads only."""
    survivor = deal.merged_into
    if survivor is None:
        raise NotAllowed(_("%(deal)s is not merged into another deal.") % {"deal": deal})
    merged, live = _version_of_merge(deal, survivor), survivor.versions.live().first()
    if merged is None or merged.based_on is None or live is None:
        return Undoing(survivor, merged, (), (), None)
    compared = three_way(facts_of(merged), facts_of(live), facts_of(merged.based_on))
    back = tuple(differing(compared.theirs, compared.merged))
    return Undoing(survivor, merged, back, compared.clashes, compared.merged if back else None)


def keep_apart(*, suggestion: DealSuggestion, by: User) -> DealSuggestion:
    """Say that two deals are two; the pair is never suggested again."""
    with transaction.atomic():
        decided = DealSuggestion.objects.filter(pk=suggestion.pk, state=State.OPEN).update(
            state=State.DISTINCT, decided_by_id=by.pk if by else None, decided_at=timezone.now()
        )
        if not decided:
            raise NotAllowed(_("Somebody has decided on this pair already."))
        journal.record("kept_apart", by=by, deal=suggestion.one, text=str(suggestion.other))
    suggestion.refresh_from_db()
    return suggestion


def _hold(one: Deal, other: Deal) -> None:
    """Both rows, in one order for everybody; edits of the two wait until the end. Whoever writes
    versions has waited for `match` before, and for the ledger after."""
    for deal in sorted((one, other), key=lambda each: each.pk):
        hold_deal(deal)
    one.refresh_from_db()
    other.refresh_from_db()


def _seen_alive(stays: Deal, goes: Deal, seen: set[int]) -> tuple[DealVersion, DealVersion]:
    mine, other = (deal.versions.live().first() for deal in (stays, goes))
    if mine is None or other is None or {mine.pk, other.pk} != seen:
        raise Changed(
            _(
                "One of the two deals was changed, merged or retracted since you opened this page. "
                "Nothing was done; look at what they say now."
            )
        )
    return mine, other


def _publish(facts: Facts, deal: Deal, live: DealVersion, by: User, reason: str) -> DealVersion:
    version = write_version(facts=facts, by=None, reason=reason, deal=deal, based_on=live)
    publish([version.pk], by=_name(by), decided_by=by.pk if by else None, reason=reason)
    journal.record("published", by=by, version=version, text=reason)
    return version


def _merge_entry(deal: Deal) -> Change:
    return deal.changes.filter(kind=Change.Kind.MERGED).latest("seq")


def _version_of_merge(deal: Deal, survivor: Deal) -> DealVersion | None:
    """The version that the merge gave the survivor, in the entry right before its own: nobody
    wrote it as a person or by a file, and it has the merge's reason."""
    entry = _merge_entry(deal)
    return survivor.versions.filter(
        published_seq=entry.seq - 1,
        reason=entry.reason,
        created_by=None,
        import_run=None,
        based_on__isnull=False,
    ).first()


def _give_parts_back(deal: Deal, survivor: Deal, entry: Change, by: User, reason: str) -> None:
    """Parts that the merge moved, and that are still where it moved them."""
    moved = DealVersion.objects.filter(
        published_seq__gt=entry.seq, part_of=survivor, based_on__part_of=deal
    ).values("deal")
    for part in DealVersion.objects.live().filter(deal__in=moved, part_of=survivor):
        facts = facts_of(part) | {"part_of": deal.public_id}
        _publish(facts, part.deal, part, by, reason)


def _settle(one: Deal, other: Deal, state: str, by: User) -> None:
    """Whoever was asked about these two has the answer, and nobody is asked again."""
    first, second = sorted((one, other), key=lambda each: each.pk)
    now = timezone.now()
    DealSuggestion.objects.update_or_create(
        one=first,
        other=second,
        defaults={"state": state, "decided_by_id": by.pk if by else None, "decided_at": now},
        create_defaults={
            "state": state,
            "score": 0,
            "created_at": now,
            "decided_by_id": by.pk if by else None,
            "decided_at": now,
        },
    )


def _tell(versions: Iterable[DealVersion | None], page: Deal, by: User, reason: str) -> None:
    """Whoever wrote the two, or has a draft or a waiting version of them."""
    found = [version for version in versions if version is not None]
    deals = [version.deal_id for version in found]
    waiting = DealVersion.objects.filter(
        Q(state__in=("draft", "submitted")), deal__in=deals, created_by__isnull=False
    )
    drafts = Draft.objects.filter(deal__in=deals, state=Draft.State.OPEN)
    people = {version.created_by_id for version in found if version.created_by_id}
    people |= {pk for pk in waiting.values_list("created_by_id", flat=True) if pk}
    people |= set(drafts.values_list("owner_id", flat=True))
    subject = found[0].target_name
    link = PAGE.format(page.public_id)
    journal.notify(people, "merged", by=by, subject=subject, link=link, text=reason)


def _name(by: User) -> str:
    return by.get_username() if by is not None else "system"
