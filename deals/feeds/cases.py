"""Deals of published imports that wait for a person: which they are, and who may decide on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from deals.feeds.deliver import wait_for_turn
from deals.feeds.holding import REKEYED_DAYS, near
from deals.feeds.publish import StaleVersionError
from deals.feeds.refusals import Refused
from deals.feeds.review import NotDecidableError, is_own
from deals.models import FeedRecord, ImportRun, StagedDeal
from deals.rules.names import normalise

Outcome, Decision = StagedDeal.Outcome, StagedDeal.Decision
State = ImportRun.State
DECIDED = {
    Decision.TAKEN: "took the file’s values",
    Decision.KEPT: "kept the register’s values",
    Decision.SAME_DEAL: "said that it is a known deal",
    Decision.NEW_DEAL: "published it as a new deal",
}


@dataclass(slots=True)
class Case:
    """A staged deal in the hands of the one person who decides on it."""

    row: StagedDeal
    run: ImportRun
    by: AbstractBaseUser | None

    @property
    def name(self) -> str:
        return self.by.get_username() if self.by is not None else "system"

    @property
    def rows(self) -> str:
        """ "row 7" or "rows 7, 8, 9 and more", as the ledger's reasons name them."""
        numbers = ", ".join(map(str, self.row.rows[:3]))
        more = " and more" if len(self.row.rows) > 3 else ""
        return f"row{'s' if len(self.row.rows) > 1 else ''} {numbers}{more}"

    def record(self) -> FeedRecord | None:
        """What the feed last delivered under this key."""
        return FeedRecord.objects.filter(feed=self.run.feed_id, key=self.row.key).first()

    def close(self, decision: StagedDeal.Decision) -> StagedDeal:
        """Note the decision; `deal`, `version` and `previous` of the row are kept with it."""
        row = self.row
        row.decision, row.decided_by_id = decision, self.by.pk if self.by else None
        row.decided_at = timezone.now()
        row.save(
            update_fields=["decision", "decided_by", "decided_at", "deal", "version", "previous"]
        )
        return row


@contextmanager
def open_case(staged_id: int, *, by: AbstractBaseUser | None) -> Iterator[Case]:
    """Lock a staged deal for one decision; everything inside is one transaction.

    Raises NotDecidableError when it is not this person's, or nobody's, to decide on.
    """
    try:
        with transaction.atomic():
            # The order of a publication: its turn, then the import, and the ledger last.
            wait_for_turn()
            case = _locked(staged_id, by)
            _refuse_decided(case)
            yield case
    except StaleVersionError:
        raise NotDecidableError(
            "Somebody else has changed this deal just now: look at it again, then decide."
        ) from None
    except Refused as refusal:
        raise NotDecidableError(str(refusal)) from None


def refuse_overtaken(case: Case) -> None:
    """Raises NotDecidableError when a later file has delivered the deal again."""
    later = _later(case.run.feed_id, case.run.pk, case.row.key).order_by("-import_run_id").first()
    if later is not None:
        raise NotDecidableError(
            f"Import {later.import_run_id} delivered this deal again since, and has the last word."
        )


def candidates(row: StagedDeal) -> list[FeedRecord]:
    """Which deal a held one may be under a new key: of the feed and the target, of nearly the same
    date, and absent from the file; those that a person has found already are left out."""
    if row.outcome != Outcome.HELD or row.fields != ["key"]:
        return []
    mine = StagedDeal.objects.filter(import_run=row.import_run_id)
    found = mine.filter(decision=Decision.SAME_DEAL)
    records = FeedRecord.objects.filter(
        feed=row.import_run.feed_id,
        deal__in=mine.filter(outcome=Outcome.ABSENT).values("deal"),
        key__in=mine.filter(outcome=Outcome.ABSENT).values("key"),
    ).exclude(deal__in=found.exclude(deal=None).values("deal"))
    first = row.facts["date"]["first"]
    target = normalise(row.facts["target_name"])
    return [
        record
        for record in _dated(records, first).select_related("deal").order_by("key")
        if normalise(record.facts["target_name"]) == target
        and near(first, record.facts["date"]["first"])
    ]


def open_decisions(after: int | None = None, limit: int = 20) -> list[StagedDeal]:
    """Conflicts and held deals that wait, newest import first; `after` is the last id seen."""
    found = undecided()
    last = StagedDeal.objects.filter(pk=after or 0).values_list("import_run", "pk").first()
    if last is not None:
        run, pk = last
        found = found.filter(Q(import_run__lt=run) | Q(import_run=run, pk__gt=pk))
    return list(found.order_by("-import_run_id", "pk")[:limit])


def undecided() -> "QuerySet[StagedDeal]":
    """What waits for a person; of one key of a feed only what was delivered last."""
    later = _later(OuterRef("import_run__feed"), OuterRef("import_run"), OuterRef("key"))
    return (
        StagedDeal.objects.filter(
            ~Exists(later),
            import_run__in=_imports_with_cases(),
            outcome__in=[Outcome.CONFLICT, Outcome.HELD],
            decision="",
        )
        .select_related("import_run__feed", "deal")
        .defer("import_run__profile", "import_run__impact", "import_run__feed__profile")
    )


def _imports_with_cases() -> list[int]:
    """Found first, so that the deals of all other imports need not be looked through."""
    published = ImportRun.objects.filter(state=State.PUBLISHED)
    found = published.exclude(deals_conflict=0, deals_held=0)
    return list(found.order_by().values_list("pk", flat=True))


def _later(feed: int | OuterRef, run: int | OuterRef, key: str | OuterRef) -> QuerySet[StagedDeal]:
    return StagedDeal.objects.filter(
        import_run__feed=feed, import_run__state=State.PUBLISHED, import_run__gt=run, key=key
    ).exclude(outcome=Outcome.ABSENT)


def _dated(records: QuerySet[FeedRecord], first: str | None) -> QuerySet[FeedRecord]:
    """Only those that can be near, by the text of their dates; there may be very many others."""
    dated = records.alias(first=KT("facts__date__first"))
    if first is None:
        return dated.filter(first__isnull=True)
    day, most = date.fromisoformat(first), timedelta(days=REKEYED_DAYS)
    return dated.filter(first__gte=f"{day - most}", first__lte=f"{day + most}")


def _locked(staged_id: int, by: AbstractBaseUser | None) -> Case:
    run = ImportRun.objects.select_for_update(of=("self",)).filter(staged=staged_id).first()
    row = StagedDeal.objects.select_for_update(of=("self",)).filter(pk=staged_id).first()
    if run is None or row is None:
        raise NotDecidableError("This deal is no longer there: its import was cancelled.")
    row.import_run = run
    return Case(row, run, by)


def _refuse_decided(case: Case) -> None:
    run, row = case.run, case.row
    if run.state != State.PUBLISHED:
        raise NotDecidableError(
            f"Import {run.pk} is {run.state}; only deals of a published one can be decided on."
        )
    if row.outcome not in (Outcome.CONFLICT, Outcome.HELD):
        raise NotDecidableError(f"This deal is {row.outcome}; there is nothing to decide on.")
    if row.decision:
        who = row.decided_by.get_username() if row.decided_by else "The command line"
        what = DECIDED[Decision(row.decision)]
        raise NotDecidableError(f"{who} has decided on this deal before, and {what}.")
    if is_own(run, case.by) and not settings.SELF_APPROVAL:
        raise NotDecidableError(
            f"You brought in import {run.pk} yourself; somebody else has to decide on its deals."
        )
