"""Writing the rows of many versions at once, with participations, sources and citations."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import TypeVar

from django.db import connection
from django.utils import timezone

from deals.feeds.abreast import Turn
from deals.feeds.compare import Verdict
from deals.feeds.facts import Facts
from deals.feeds.fields import STAKE_PLACES
from deals.feeds.ids import take
from deals.feeds.match import Named, lock
from deals.feeds.profile import Profile
from deals.feeds.sourcing import CITATION, Sources, Values
from deals.feeds.written import bundle, named
from deals.models import Deal, FeedRecord, ImportRun, StagedDeal
from deals.models.attribution import OwnerBook
from deals.models.bulk import copy_rows
from deals.models.bundles import Bundle, Row
from deals.models.documents import dumps
from deals.models.publicid import public_id
from deals.models.statistics import tell_planner

VERSION = (
    "id", "deal_id", "number", "state", "based_on_id", "target_id", "target_name",
    "target_country", "target_country_basis", "kind", "round_type", "status", "status_history",
    "date_first", "date_last", "date_precision", "date_basis", "recorded_on", "amount_state",
    "amount_low", "amount_high", "currency", "amount_text", "investor_list", "ai", "ai_basis",
    "sectors", "part_of_id", "population_id", "external_id", "notes", "choices",
    "import_run_id",
    "created_by_id", "created_at", "self_approved", "reason",
)  # fmt: skip
PARTICIPATION = (
    "version_id", "position", "investor_id", "investor_name", "country", "country_basis",
    "ultimate", "ultimate_basis", "state_linked", "lead", "contribution", "stake",
)  # fmt: skip
# What later plans depend on.
LOOKED_AT = {
    "deals_deal": "id",
    "deals_dealversion": "id, deal_id, based_on_id",
    "deals_participation": "version_id",
    "deals_citation": "version_id",
}
T = TypeVar("T")
CENT = Decimal("0.01")


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
    number(new)
    written = write_bundles(new, run, profile, population, reason, Turn(""))
    look_at_written(0, len(new))
    return [item.version["id"] for item in written]


def write_bundles(
    new: Sequence[NewVersion],
    run: ImportRun,
    profile: Profile,
    population: int | None,
    reason: str,
    turn: Turn,
) -> list[Bundle]:
    """Like `write_versions`, of versions that are numbered; what reading them back would give."""
    wholes = _wholes(new, run)
    now = timezone.now()
    versions: list[Values] = []
    made = (_version_row(item, wholes, run, population, reason, now) for item in new)
    rows: Iterable[Values] = _kept_in(versions, made)
    copy_rows("deals_dealversion", VERSION, rows)
    book = OwnerBook()
    parts: list[list[Values]] = []
    taking_part = _kept_in(parts, (_parts(item, book) for item in new))
    copy_rows("deals_participation", PARTICIPATION, chain.from_iterable(taking_part))
    sources = Sources(run, profile, [item.facts for item in new], settled=turn.wait)
    cited = [
        sources.citations(item.version, item.facts, item.rows, item.verdict.live) for item in new
    ]
    copy_rows("deals_citation", CITATION, chain.from_iterable(cited))
    return _bundles(new, versions, parts, [sources.with_sources(rows) for rows in cited])


def _kept_in(kept: list[T], made: Iterable[T]) -> Iterator[T]:
    """What is made on the way into the database is needed once more."""
    for one in made:
        kept.append(one)
        yield one


def _bundles(
    new: Sequence[NewVersion],
    versions: Sequence[Values],
    parts: Sequence[Sequence[Values]],
    cited: Sequence[list[Row]],
) -> list[Bundle]:
    rows = [dict(zip(VERSION, values, strict=True)) for values in versions]
    listed = [[dict(zip(PARTICIPATION, part, strict=True)) for part in found] for found in parts]
    known = named(rows, chain.from_iterable(listed))
    histories = [item.facts["status_history"] for item in new]
    return [bundle(*columns, known) for columns in zip(rows, histories, listed, cited, strict=True)]


def look_at_written(before: int, written: int) -> None:
    """After the first chunk, and again whenever the import is four times as large."""
    if before.bit_length() // 2 < (before + written).bit_length() // 2:
        tell_planner(before + written, LOOKED_AT)


def number(new: Sequence[NewVersion]) -> None:
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
    if later:
        # Whoever else numbers versions of known deals holds this lock as well, to the end.
        lock()
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


def _choices(item: NewVersion) -> Facts:
    """Why a person chose the value of one source stays, but for facts that the feed changes."""
    live = item.verdict.live
    kept: Facts = live.version["choices"] if live else {}
    return {fact: why for fact, why in kept.items() if fact not in item.verdict.fields}


def _version_row(
    item: NewVersion,
    wholes: dict[str, int],
    run: ImportRun,
    population: int | None,
    reason: str,
    now: datetime,
) -> Values:
    f = item.facts
    date, amount = f["date"], f["amount"]
    return (
        item.version, item.deal, item.number, "submitted", item.based_on,
        item.organizations[target_of(f)], f["target_name"],
        f["target_country"], f["target_country_basis"], f["kind"], f["round_type"], f["status"],
        dumps(f["status_history"]),
        _day(date["first"]), _day(date["last"]), date["precision"], date["basis"],
        _day(f["recorded_on"]), amount["state"], _money(amount["low"]), _money(amount["high"]),
        amount["currency"], f["amount_text"], f["investor_list"], f["ai"], f["ai_basis"],
        f["sectors"], _kept(item, "part_of", "part_of_id", wholes.get(f["part_of"])),
        _kept(item, "population", "population_id", population if f["population"] else None),
        f["external_id"], f["notes"], dumps(_choices(item)),
        run.pk, run.created_by_id, now, False, reason,
    )  # fmt: skip


def _parts(item: NewVersion, book: OwnerBook) -> list[Values]:
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
                owner.basis, owner.state_linked, lead, _money(contribution), _share(stake),
            )
        )  # fmt: skip
    return rows


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text).quantize(CENT)


def _share(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text).quantize(STAKE_PLACES)
