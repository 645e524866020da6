"""A person's decision on a conflict or a held deal of a published import, each one transaction.

Whatever is decided, the feed's record says afterwards what the feed has delivered, so that the
same delivery again is unchanged, and another one is judged anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F

from deals.feeds.cases import Case, candidates, open_case, open_decisions, refuse_overtaken
from deals.feeds.compare import Outcome, Verdict, is_live, live_versions, umbrella_keys
from deals.feeds.facts import Facts, differing, live, same
from deals.feeds.match import organizations
from deals.feeds.preparing import overlaid
from deals.feeds.profile_toml import load_profile
from deals.feeds.publish import publish
from deals.feeds.review import NotDecidableError, is_own
from deals.feeds.versions import NewVersion, investors_of, target_of, write_versions
from deals.models import (
    Change,
    Deal,
    DealVersion,
    FeedRecord,
    ImportRun,
    Population,
    StagedDeal,
    ledger,
)
from deals.models.bundles import Bundle, load

__all__ = ["candidates", "keep", "new_deal", "open_decisions", "same_deal", "take"]
Decision = StagedDeal.Decision
User = AbstractBaseUser | None


def take(staged_id: int, *, by: User = None) -> StagedDeal:
    """Let the file's values stand over the register's; a retracted deal is restored with them.

    Raises NotDecidableError, and has done nothing, when that cannot be decided here or now.
    """
    with open_case(staged_id, by=by) as case:
        _needs(case, Outcome.CONFLICT, "Only a conflict can be decided for the file’s values.")
        refuse_overtaken(case)
        record = _record(case)
        seen = _compare(case, record)
        if seen.changed or seen.retracted:
            kind = Change.Kind.RESTORED if seen.retracted else Change.Kind.PUBLISHED
            said = "the file’s values stand"
            _write(case, Verdict(Outcome.UPDATED, seen.changed, None, seen.bundle), said, kind)
        _deliver(case, record, case.row.facts)
        return case.close(Decision.TAKEN)


def keep(staged_id: int, *, by: User = None) -> StagedDeal:
    """Let the register's values stand, or dismiss what a later file has overtaken.

    What the file changes besides, without a conflict, comes with the next file that says it.
    Raises NotDecidableError, and has done nothing, when that cannot be decided here or now.
    """
    with open_case(staged_id, by=by) as case:
        if case.row.outcome == Outcome.HELD:
            wrong = "Say whether it is a known deal or a new one."
            if case.row.fields == ["part_of"]:
                wrong = "It waits for its umbrella deal, so there is nothing to keep yet."
            _needs(case, Outcome.HELD, wrong, "newer")
            return case.close(Decision.KEPT)
        refuse_overtaken(case)
        record = _record(case)
        seen = _compare(case, record)
        open_names = set() if seen.retracted else set(seen.changed) - set(seen.against)
        _deliver(case, record, _but(case.row.facts, open_names - set(case.row.fields), record))
        return case.close(Decision.KEPT)


def same_deal(staged_id: int, *, by: User = None, other_key: str = "") -> StagedDeal:
    """Say that a held deal is one that the feed delivered before under another key.

    What differs is published, but for facts that a person has edited: those are a conflict when
    they are delivered again. `other_key` chooses where there are several `candidates`. Raises
    NotDecidableError, and has done nothing, when that cannot be decided here or now.
    """
    with open_case(staged_id, by=by) as case:
        _needs(case, Outcome.HELD, "Only a deal that was held for its key can be another.", "key")
        refuse_overtaken(case)
        _refuse_known(case)
        other = _chosen(case, other_key)
        seen = _compare(case, other)
        against = seen.changed if seen.retracted else seen.against
        changed = tuple(name for name in seen.changed if name not in against)
        if changed:
            said = f"the deal that came before as “{other.key}”"
            _write(case, Verdict(Outcome.UPDATED, changed, None, seen.bundle), said)
        FeedRecord.objects.create(
            feed_id=case.run.feed_id,
            key=case.row.key,
            deal_id=other.deal_id,
            facts=_but(case.row.facts, against, other),
        )
        case.row.deal_id = other.deal_id
        return case.close(Decision.SAME_DEAL)


def new_deal(staged_id: int, *, by: User = None) -> StagedDeal:
    """Publish a held deal as a deal of its own, and as a part of its umbrella if it has one.

    Raises NotDecidableError, and has done nothing, when that cannot be decided here or now.
    """
    with open_case(staged_id, by=by) as case:
        wrong = "Only a deal that was held for its key or its umbrella can be published as new."
        _needs(case, Outcome.HELD, wrong, "key", "part_of")
        refuse_overtaken(case)
        _refuse_known(case)
        made = _write(case, Verdict(Outcome.CREATED), "a new deal")
        FeedRecord.objects.create(
            feed_id=case.run.feed_id, key=case.row.key, deal_id=made.deal, facts=case.row.facts
        )
        case.row.deal_id = made.deal
        return case.close(Decision.NEW_DEAL)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The register beside a delivery: its version, live or the last one before it was retracted;
    the facts that a delivery would change, and those of them that a person has edited."""

    bundle: Bundle
    retracted: bool
    changed: tuple[str, ...]
    against: tuple[str, ...]


def _compare(case: Case, record: FeedRecord) -> _Seen:
    facts, before = case.row.facts, record.facts
    bundle = live_versions([record.deal_id]).get(record.deal_id)
    retracted = bundle is None
    bundle = bundle or _last(record.deal_id)
    umbrellas = umbrella_keys([bundle], case.run.feed)
    now = live(bundle, umbrellas.get(bundle.version["part_of_id"], ""))
    changed = [n for n in differing(facts, before) if not is_live(n, facts[n], now[n])]
    against = [n for n in changed if n != "sources" and not same(n, now[n], before.get(n))]
    return _Seen(bundle, retracted, tuple(changed), tuple(against))


def _last(deal_id: int) -> Bundle:
    """The last published version of a deal that is not live, or of what it was merged into."""
    deal = Deal.objects.get(pk=deal_id)
    while deal.merged_into is not None:
        deal = deal.merged_into
    versions = DealVersion.objects.filter(deal=deal, published_seq__isnull=False)
    return load([versions.order_by("-published_seq").values_list("pk", flat=True)[0]])[0]


def _write(
    case: Case, verdict: Verdict, said: str, kind: Change.Kind = Change.Kind.PUBLISHED
) -> NewVersion:
    """Publish one version of the file's facts, by the person who decides."""
    run, row = case.run, case.row
    if verdict.live is None or "part_of" in verdict.fields:
        _needs_whole(case)
    profile = load_profile(run.profile)
    facts = row.facts if verdict.live is None else overlaid(verdict, row.facts)
    named = {target_of(facts), *(one for one in investors_of(facts) if one[0])}
    known, created = organizations(named, generated=profile.generated)
    if created:
        more = F("organizations_new") + len(created)
        ImportRun.objects.filter(pk=run.pk).update(organizations_new=more)
    new = NewVersion(row.key, facts, row.rows, verdict, known)
    reason = f"Import {run.pk} of {run.file_name}, {case.rows}: {said}."
    code = profile.population.code if profile.population else ""
    population = Population.objects.filter(code=code).values_list("pk", flat=True).first()
    # Before anything that others wait for row by row, as everybody else who publishes does.
    ledger.lock()
    publish(
        write_versions([new], run, profile, population, reason),
        by=case.name,
        decided_by=case.by.pk if case.by else None,
        self_approved=is_own(run, case.by),
        reason=reason,
        import_run=run.pk,
        kind=kind,
    )
    row.version_id = new.version
    return new


def _deliver(case: Case, record: FeedRecord, facts: Facts) -> None:
    """Record what the feed has delivered, and what it had before, for an undo."""
    case.row.previous, record.facts = record.facts, facts
    record.save(update_fields=["facts"])


def _but(facts: Facts, names: Iterable[str], record: FeedRecord) -> Facts:
    """A delivery with some facts as they were delivered before, so that they are still to come."""
    return {**facts, **{name: record.facts.get(name) for name in names}}


def _needs(case: Case, outcome: StagedDeal.Outcome, wrong: str, *why: str) -> None:
    """Raises NotDecidableError unless the deal has that outcome, for one of these reasons."""
    if case.row.outcome != outcome or (why and case.row.fields not in [[one] for one in why]):
        raise NotDecidableError(wrong)


def _needs_whole(case: Case) -> None:
    whole = case.row.facts["part_of"]
    if whole and not FeedRecord.objects.filter(feed=case.run.feed_id, key=whole).exists():
        raise NotDecidableError(
            f"Its umbrella deal “{whole}” is not in the register yet: decide on that one first, "
            "or import a file that has it."
        )


def _record(case: Case) -> FeedRecord:
    record = case.record()
    if record is None:
        raise NotDecidableError(
            "The import that first brought this deal was undone: import this file again."
        )
    return record


def _refuse_known(case: Case) -> None:
    record = case.record()
    if record is not None:
        raise NotDecidableError(
            f"The feed has delivered {record.deal} under this key before: import the file again, "
            "and it is compared with that."
        )


def _chosen(case: Case, key: str) -> FeedRecord:
    found = candidates(case.row)
    if not found:
        raise NotDecidableError(
            "No deal of this target is missing from the file any more: publish it as a new one."
        )
    alone = len(found) == 1 and not key
    chosen = [record for record in found if alone or record.key == key]
    if not chosen:
        keys = ", ".join(f"“{record.key}”" for record in found[:5])
        raise NotDecidableError(f"Several deals may be meant: say which of {keys} it is.")
    return chosen[0]
