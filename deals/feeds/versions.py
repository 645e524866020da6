"""Writing the rows of many versions at once, with participations, sources and citations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from deals.feeds.compare import Verdict
from deals.feeds.facts import Facts
from deals.feeds.ids import take
from deals.feeds.match import Named
from deals.feeds.profile import Profile
from deals.models import Deal, FeedRecord, ImportRun, Source, StagedDeal
from deals.models.attribution import OwnerBook
from deals.models.derived import copy_rows
from deals.models.documents import dumps
from deals.models.publicid import public_id

VERSION = (
    "id", "deal_id", "number", "state", "based_on_id", "target_id", "target_name",
    "target_country", "target_country_basis", "kind", "round_type", "status", "status_history",
    "date_first", "date_last", "date_precision", "date_basis", "recorded_on", "amount_state",
    "amount_low", "amount_high", "currency", "amount_text", "investor_list", "ai", "ai_basis",
    "sectors", "part_of_id", "population_id", "external_id", "notes", "import_run_id",
    "created_by_id", "created_at", "self_approved", "reason",
)  # fmt: skip
PARTICIPATION = (
    "version_id", "position", "investor_id", "investor_name", "country", "country_basis",
    "ultimate", "ultimate_basis", "state_linked", "lead", "contribution", "stake",
)  # fmt: skip
CITATION = ("version_id", "source_id", "field", "quote", "locator")
MOST_ROWS_NAMED = 12
LARGE = 1_000


def target_of(facts: Facts) -> Named:
    """How the target is to be found."""
    ids = facts.get("ids") or {}
    return facts["target_name"], facts["target_country"], ids.get("target", "")


def investors_of(facts: Facts) -> list[Named]:
    """How each investor is to be found; one that is not named has no name."""
    ids = (facts.get("ids") or {}).get("investors") or [""] * len(facts["investors"])
    return [
        (investor[0], investor[1], identifier)
        for investor, identifier in zip(facts["investors"], ids, strict=True)
    ]


@dataclass(slots=True)
class NewVersion:
    """One version to be written; `deal` and `version` are set when it is.

    `deal` is set before where a tranche of the same file needed its umbrella's deal already.
    """

    key: str
    facts: Facts
    rows: list[int]
    verdict: Verdict
    organizations: dict[Named, int]
    deal: int = 0
    version: int = 0
    number: int = 1
    based_on: int | None = field(default=None)


def write_versions(
    new: Sequence[NewVersion], run: ImportRun, profile: Profile, population: int | None, reason: str
) -> list[int]:
    """Write submitted versions with all that hangs on them, and return their ids.

    `population` is that of the profile; deals that it does not declare complete have none.
    """
    _number(new)
    wholes = _wholes(new, run)
    copy_rows("deals_dealversion", VERSION, [
        _version_row(item, wholes, run, population, reason) for item in new
    ])  # fmt: skip
    book = OwnerBook()
    copy_rows(
        "deals_participation", PARTICIPATION, [row for item in new for row in _parts(item, book)]
    )
    file = _file_source(run, profile)
    pages = _page_sources(new)
    copy_rows(
        "deals_citation", CITATION, [row for item in new for row in _citations(item, file, pages)]
    )
    _analyse(len(new))
    return [item.version for item in new]


def _analyse(written: int) -> None:
    """Tell the planner about a large batch: to its statistics the tables may still be empty, and a
    plan for empty tables takes minutes instead of a second."""
    if written >= LARGE:
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE deals_deal (id), deals_dealversion (id, deal_id, based_on_id),"
                " deals_participation (version_id), deals_citation (version_id)"
            )


def _number(new: Sequence[NewVersion]) -> None:
    """Ids for everything; new deals are written, known ones take their next version number."""
    versions = take("deals_dealversion", len(new))
    fresh = [item for item in new if item.verdict.live is None and not item.deal]
    for item, pk in zip(fresh, _new_deals(len(fresh)), strict=True):
        item.deal = pk
    for item, pk in zip(new, versions, strict=True):
        item.version = pk
        if item.verdict.live is not None:
            item.deal = item.verdict.live.version["deal_id"]
            item.based_on = item.verdict.live.version["id"]
    later = [item for item in new if item.based_on]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT deal_id, max(number) FROM deals_dealversion WHERE deal_id = ANY(%s) GROUP BY 1",
            [[item.deal for item in later]],
        )
        highest: dict[int, int] = dict(cursor.fetchall())
    for item in later:
        item.number = highest[item.deal] + 1


def _new_deals(number: int) -> list[int]:
    deals = take("deals_deal", number)
    copy_rows("deals_deal", ("id", "public_id"), [(pk, public_id("D", pk)) for pk in deals])
    return deals


def _wholes(new: Sequence[NewVersion], run: ImportRun) -> dict[str, int]:
    """Umbrella deals by the feed's key: of this batch, delivered before, or further on in the file.

    Those further on get their deal here and now, so that a tranche can point to it.
    """
    wanted = {item.facts["part_of"] for item in new} - {""}
    if not wanted:
        return {}
    records = FeedRecord.objects.filter(feed=run.feed_id, key__in=wanted)
    known = dict(records.values_list("key", "deal_id"))
    while merged := dict(
        Deal.objects.filter(pk__in=known.values(), merged_into__isnull=False).values_list(
            "pk", "merged_into_id"
        )
    ):
        known = {key: merged.get(deal, deal) for key, deal in known.items()}
    known |= {item.key: item.deal for item in new}
    for whole in StagedDeal.objects.filter(import_run=run, key__in=wanted - known.keys()):
        if whole.deal_id is None:
            (whole.deal_id,) = _new_deals(1)
            whole.save(update_fields=["deal"])
        known[whole.key] = whole.deal_id
    return known


def _kept(item: NewVersion, fact: str, column: str, new: int | None) -> int | None:
    """What the live version points to, unless the feed changed it: after a merge the umbrella and
    the population may be those of another feed."""
    if item.verdict.live is None or fact in item.verdict.fields:
        return new
    kept: int | None = item.verdict.live.version[column]
    return kept


def _version_row(
    item: NewVersion, wholes: dict[str, int], run: ImportRun, population: int | None, reason: str
) -> tuple[Any, ...]:
    f = item.facts
    return (
        item.version, item.deal, item.number, "submitted", item.based_on,
        item.organizations[target_of(f)], f["target_name"],
        f["target_country"], f["target_country_basis"], f["kind"], f["round_type"], f["status"],
        dumps(f["status_history"]),
        f["date"]["first"], f["date"]["last"], f["date"]["precision"], f["date"]["basis"],
        f["recorded_on"], f["amount"]["state"], f["amount"]["low"], f["amount"]["high"],
        f["amount"]["currency"], f["amount_text"], f["investor_list"], f["ai"], f["ai_basis"],
        f["sectors"], _kept(item, "part_of", "part_of_id", wholes.get(f["part_of"])),
        _kept(item, "population", "population_id", population if f["population"] else None),
        f["external_id"], f["notes"], run.pk, run.created_by_id, timezone.now(), False, reason,
    )  # fmt: skip


def _parts(item: NewVersion, book: OwnerBook) -> list[tuple[Any, ...]]:
    first, last = (_day(item.facts["date"][end]) for end in ("first", "last"))
    rows = []
    named = investors_of(item.facts)
    for position, (name, country, basis, lead, contribution, stake) in enumerate(
        item.facts["investors"]
    ):
        investor = item.organizations[named[position]] if name else None
        owner = book.attribute(investor, country, first, last)
        rows.append(
            (
                item.version, position, investor, name, country, basis, list(owner.countries),
                owner.basis, owner.state_linked, lead, contribution, stake,
            )
        )  # fmt: skip
    return rows


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _file_source(run: ImportRun, profile: Profile) -> int:
    """The file as a source; its hash makes it this file and no other."""
    source, _ = Source.objects.get_or_create(
        kind=Source.Kind.FEED_FILE,
        url="",
        title=f"{profile.name}: {run.file_name} (SHA-256 {run.file_sha256[:12]}…)"[:500],
        defaults={
            "accessed_on": profile.population.accessed_on if profile.population else None,
        },
    )
    return source.pk


def _page_sources(new: Sequence[NewVersion]) -> dict[tuple[str, str], int]:
    """Ids of the cited pages by address and title; those that are missing are created."""
    wanted = {(url, title) for item in new for url, title, _, _ in item.facts["sources"]}
    if not wanted:
        return {}
    pages = Source.objects.filter(kind=Source.Kind.PAGE, url__in={url for url, _ in wanted})
    known = {(page.url, page.title): page.pk for page in pages}
    missing = sorted(wanted - known.keys())
    created = Source.objects.bulk_create(
        [Source(kind=Source.Kind.PAGE, url=url, title=title) for url, title in missing]
    )
    return known | {(page.url, page.title): page.pk for page in created}


def _citations(
    item: NewVersion, file: int, pages: dict[tuple[str, str], int]
) -> list[tuple[Any, ...]]:
    """The rows of the file, the pages it names, and what the version before cited besides."""
    rows: list[tuple[Any, ...]] = [(item.version, file, "", "", _locator(item.rows))]
    for url, title, about, quote in item.facts["sources"]:
        rows.append((item.version, pages[url, title], about, quote, ""))
    if item.verdict.live is not None:
        rows.extend(
            (item.version, c["source_id"], c["field"], c["quote"], c["locator"])
            for c in item.verdict.live.citations
            if c["kind"] == Source.Kind.PAGE
        )
    return rows


def _locator(rows: Sequence[int]) -> str:
    named = ", ".join(map(str, rows[:MOST_ROWS_NAMED]))
    more = f" and {len(rows) - MOST_ROWS_NAMED} more" if len(rows) > MOST_ROWS_NAMED else ""
    return f"row{'s' if len(rows) > 1 else ''} {named}{more}"[:100]
