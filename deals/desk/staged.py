"""The deals of an import as it staged them, by outcome, a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from deals.desk import fact_words, run_words
from deals.desk.fact_words import Difference, Line
from deals.feeds.compare import live_versions
from deals.feeds.facts import Facts, live
from deals.models import DealVersion, FeedRecord, ImportRun, StagedDeal
from deals.models.bundles import load

PAGE = 20
Outcome = StagedDeal.Outcome
# In the order in which a person wants to see them: what needs a decision stands first.
TABS = (
    (Outcome.CONFLICT, "In conflict"),
    (Outcome.HELD, "Held"),
    (Outcome.UPDATED, "Updated"),
    (Outcome.CREATED, "New"),
    (Outcome.ABSENT, "Absent"),
)
# Why a deal is held; the name in `fields` tells.
HELD = {
    "key": "The feed no longer delivers a deal of this target of about the same date: the two may "
    "be one deal under a new key.",
    "part_of": "It is part of a deal that is held, or that neither the file nor the register has.",
    "newer": "A later file of this feed was published while this one waited.",
}
RETRACTED = "The register has retracted this deal; the file still delivers it."


@dataclass(frozen=True, slots=True)
class Tab:
    """One outcome with its count and the address of its list."""

    outcome: str
    title: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Item:
    """One staged deal: what the file says of it, and how the register differs.

    `differences` have the sides (register, file), or (register, file, feed before) for a conflict.
    """

    pk: int
    key: str
    rows: str
    line: Line
    deal: str
    why: str
    differences: list[Difference]
    outcome: str
    decision: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of staged deals; `after` and `before` are ids for the neighbouring pages, or None."""

    items: list[Item]
    after: int | None
    before: int | None


def tabs(run: ImportRun, address: str) -> list[Tab]:
    """The outcomes that occur."""
    counts = {outcome: getattr(run, f"deals_{outcome}") for outcome, _ in TABS}
    return [
        Tab(outcome, title, counts[outcome], f"{address}?{urlencode({'outcome': outcome})}")
        for outcome, title in TABS
        if counts[outcome]
    ]


def page(run: ImportRun, outcome: str, *, after: int | None, before: int | None) -> Page:
    """Deals of one outcome in the order of their keys, from behind (or before) a staged deal.

    Ids that are not of this import begin at the beginning.
    """
    found = StagedDeal.objects.filter(import_run=run, outcome=outcome).select_related("deal")
    start = found.filter(pk=after or before or 0).values_list("key", flat=True).first()
    backwards = before is not None and after is None and start is not None
    if start is not None:
        found = found.filter(key__lt=start) if backwards else found.filter(key__gt=start)
    rows = list(found.order_by("-key" if backwards else "key")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    has_later, has_earlier = (True, more) if backwards else (more, start is not None)
    return Page(
        items(rows),
        after=rows[-1].pk if rows and has_later else None,
        before=rows[0].pk if rows and has_earlier else None,
    )


def items(rows: Sequence[StagedDeal]) -> list[Item]:
    """What a page shows of staged deals, in a handful of queries however many there are."""
    nows = _registered(rows)
    records = _delivered_before(rows)
    return [_item(row, nows.get(row.pk), records.get((row.import_run_id, row.key))) for row in rows]


def _item(row: StagedDeal, now: Facts | None, before: Facts | None) -> Item:
    facts = row.facts or {}
    compared: list[Difference] = []
    if row.outcome == Outcome.CONFLICT and facts:
        compared = fact_words.differences(_stated(row.fields), now, facts, before)
    elif row.outcome == Outcome.UPDATED:
        compared = fact_words.differences(_stated(row.fields), now, facts)
    return Item(
        pk=row.pk,
        key=row.key,
        rows=_row_numbers(row.rows),
        line=fact_words.line(facts or now or before or {}),
        deal=row.deal.public_id if row.deal else "",
        why=_why(row, now),
        differences=compared,
        outcome=row.outcome,
        decision=row.decision,
    )


def _stated(fields: Iterable[str]) -> list[str]:
    """Names of facts; a held deal's fields may be reasons instead."""
    return [name for name in fields if name in fact_words.TITLES]


def _why(row: StagedDeal, now: Facts | None) -> str:
    if row.outcome == Outcome.HELD:
        return next((HELD[name] for name in row.fields if name in HELD), "")
    if row.outcome == Outcome.CONFLICT and ("retracted" in row.fields or now is None):
        return RETRACTED
    return ""


def _registered(rows: Sequence[StagedDeal]) -> dict[int, Facts]:
    """What the register says beside each staged deal.

    For an update that was published: the version before it, since the live one has the change.
    """
    written = [row.version_id for row in rows if row.version_id and row.outcome == Outcome.UPDATED]
    based: dict[int, int | None] = dict(
        DealVersion.objects.filter(pk__in=written).values_list("pk", "based_on_id")
    )
    earlier = (
        {
            bundle.version["id"]: live(bundle, bundle.version["part_of_public_id"] or "")
            for bundle in load([pk for pk in based.values() if pk])
        }
        if any(based.values())
        else {}
    )
    waiting = {row.deal_id for row in rows if row.deal_id and not based.get(row.version_id or 0)}
    nows = {
        deal: live(bundle, bundle.version["part_of_public_id"] or "")
        for deal, bundle in (live_versions(waiting) if waiting else {}).items()
    }
    found = {}
    for row in rows:
        before = based.get(row.version_id or 0)
        facts = earlier.get(before) if before else nows.get(row.deal_id or 0)
        if facts is not None:
            found[row.pk] = facts
    return found


def _delivered_before(rows: Sequence[StagedDeal]) -> dict[tuple[int, str], Facts]:
    """What the feed had delivered before, by import and key, for what is in conflict or absent."""
    wanted = [row for row in rows if row.outcome in (Outcome.CONFLICT, Outcome.ABSENT)]
    kept = {(row.import_run_id, row.key): row.previous for row in wanted if row.previous}
    asked = [row for row in wanted if not row.previous]
    if not asked:
        return kept
    feeds = dict(
        ImportRun.objects.filter(pk__in={row.import_run_id for row in asked}).values_list(
            "pk", "feed_id"
        )
    )
    records = {
        (feed, key): facts
        for feed, key, facts in FeedRecord.objects.filter(
            feed__in=set(feeds.values()), key__in={row.key for row in asked}
        ).values_list("feed_id", "key", "facts")
    }
    for row in asked:
        facts = records.get((feeds[row.import_run_id], row.key))
        if facts is not None:
            kept[row.import_run_id, row.key] = facts
    return kept


def _row_numbers(rows: Sequence[int], most: int = 6) -> str:
    """ "row 7", "rows 7, 8 and 12", "rows 7, 8, 9, 10, 11, 12 and 30 more"."""
    if not rows:
        return ""
    shown = [f"{number:,}" for number in rows[:most]]
    if len(rows) > most:
        return f"rows {', '.join(shown)} and {len(rows) - most:,} more"
    return f"row{'s' if len(rows) > 1 else ''} {run_words.listed(shown)}"
