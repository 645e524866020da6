"""Reading for an undo: what an import published, what came later, and what is to be done.

Nothing is written here. What a later import of the feed delivered stays as it delivered it, with
the feed's record of it; else the two would tell different stories, and the next file believe both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import connection

from deals.feeds.unwinding import Made, Mend, unwind
from deals.models import Change, Deal, DealVersion, ImportRun
from deals.models.bundles import Bundle, load

BATCH = 1_000
# What an import published. Copies that merges make keep its number, and their entries do not.
# Below a version of an import that was undone since lies what that import found.
MADE = """
WITH RECURSIVE made AS (
    SELECT v.id, v.deal_id,
           CASE WHEN c.kind = 'restored' THEN NULL ELSE v.based_on_id END AS based_on
    FROM deals_change c JOIN deals_dealversion v ON v.id = c.version_id
    WHERE c.import_run_id = %(run)s AND c.kind IN ('published', 'restored')
      AND v.import_run_id = %(run)s
), below AS (
    SELECT id, based_on, 0 AS depth FROM made
    UNION ALL
    SELECT below.id, CASE WHEN c.kind = 'restored' THEN NULL ELSE v.based_on_id END, depth + 1
    FROM below JOIN deals_dealversion v ON v.id = below.based_on
    JOIN deals_change c ON c.seq = v.published_seq
    JOIN deals_importrun i ON i.id = v.import_run_id AND i.state = 'undone'
    WHERE c.kind <> 'restored' OR c.import_run_id IS NOT NULL
), lowest AS (SELECT DISTINCT ON (id) id, based_on FROM below ORDER BY id, depth DESC)
SELECT made.id, lowest.based_on, made.deal_id, d.public_id
FROM made JOIN lowest USING (id) JOIN deals_deal d ON d.id = made.deal_id ORDER BY made.id
"""
# What of a file came into the register, with or without a person's decision.
APPLIED = "({0}.outcome IN ('created', 'updated', 'unchanged') OR {0}.decision <> '')"
LATER = f"""
SELECT DISTINCT ON (s.id) s.id, s.version_id, l.id, i.id
FROM deals_stageddeal s
JOIN deals_importrun i ON i.feed_id = %(feed)s AND i.id <> %(run)s
     AND coalesce(i.finished_at, i.decided_at) > %(since)s
     AND (i.state = 'published' OR i.phase = 'undoing' AND i.state <> 'undone')
JOIN deals_stageddeal l ON l.import_run_id = i.id AND l.key = s.key AND {APPLIED.format("l")}
WHERE s.import_run_id = %(run)s AND {APPLIED.format("s")}
ORDER BY s.id, coalesce(i.finished_at, i.decided_at), i.id
"""
# Deals of others that people merged into deals of the import, by way of however many merges.
ABSORBED = """
WITH RECURSIVE chain AS (
    SELECT id AS deal, merged_into_id AS now FROM deals_deal
    WHERE merged_into_id = ANY(%(deals)s) AND NOT id = ANY(%(deals)s)
    UNION ALL
    SELECT chain.deal, d.merged_into_id FROM chain JOIN deals_deal d ON d.id = chain.now
    WHERE d.merged_into_id IS NOT NULL
)
SELECT DISTINCT now FROM chain
"""
ROOTS = """
WITH RECURSIVE chain AS (
    SELECT id AS deal, merged_into_id AS now FROM deals_deal
    WHERE id = ANY(%s) AND merged_into_id IS NOT NULL
    UNION ALL
    SELECT chain.deal, d.merged_into_id FROM chain JOIN deals_deal d ON d.id = chain.now
    WHERE d.merged_into_id IS NOT NULL
)
SELECT chain.deal, chain.now FROM chain JOIN deals_deal d ON d.id = chain.now
WHERE d.merged_into_id IS NULL
"""


@dataclass(slots=True)
class Later:
    """What later imports delivered again: staged rows by what they overtake, and import numbers."""

    rows: dict[int, int] = field(default_factory=dict)
    imports: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """What an undo does. Live versions are retracted, or superseded by a copy of another version,
    or of themselves with what is to be mended; `kept` says of other deals why they stay."""

    later: Later
    retract: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    copy: dict[int, int] = field(default_factory=dict)
    mend: dict[int, Mend] = field(default_factory=dict)
    kept: list[dict[str, str]] = field(default_factory=list)

    def keep(self, made: Made, why: str) -> None:
        self.kept.append({"deal": made.public_id, "why": why})

    def take_out(self, version: int, deal: int) -> None:
        self.retract.append(version)
        self.gone.append(deal)


def plan_undo(run: ImportRun) -> Plan:
    """Find out what is to become of every deal that the import wrote."""
    plan = Plan(_later(run))
    by_deal = _made(run)
    now = _live(by_deal)
    absorbing = _absorbing(by_deal)
    edited = {}
    for deal, made in by_deal.items():
        version = now.get(deal)
        overtaken = next((plan.later.imports.get(m.version) for m in reversed(made)), None)
        if version is None:
            continue
        if overtaken is not None:
            plan.keep(made[-1], f"delivered again since by import {overtaken}")
        elif made[0].based_on is None and deal in absorbing:
            plan.keep(made[-1], "another deal was merged into it since")
        elif version != made[-1].version or not _unbroken(made):
            edited[deal] = made
        elif made[0].based_on is None:
            plan.take_out(version, deal)
        else:
            plan.copy[version] = made[0].based_on
    _weigh_edited(plan, edited, now)
    _list_gone(plan, {deal: made for deal, made in by_deal.items() if deal not in now})
    return plan


def _made(run: ImportRun) -> dict[int, list[Made]]:
    """Versions of the import by deal, in order; nearly always one."""
    by_deal: dict[int, list[Made]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(MADE, {"run": run.pk})
        for row in cursor:
            by_deal[row[2]].append(Made(*row))
    return by_deal


def _unbroken(made: list[Made]) -> bool:
    """Whether nobody wrote a version between those of the import."""
    return all(later.based_on == one.version for one, later in pairwise(made))


def _later(run: ImportRun) -> Later:
    # A try that failed has overwritten when the import was published.
    ended, asked = run.finished_at, run.undone_at
    since = ended if ended and asked and ended < asked else run.decided_at
    values = {"run": run.pk, "feed": run.feed_id, "since": since}
    later = Later()
    with connection.cursor() as cursor:
        cursor.execute(LATER, values)
        for staged, version, by, import_run in cursor:
            later.rows[staged] = by
            later.imports[version] = import_run
    return later


def _live(deals: Iterable[int]) -> dict[int, int]:
    """Live version by deal; deals that were retracted or merged away since are left out."""
    versions = DealVersion.objects.live().filter(deal__in=list(deals))
    return dict(versions.values_list("deal", "pk"))


def _absorbing(by_deal: Mapping[int, list[Made]]) -> set[int]:
    created = [deal for deal, made in by_deal.items() if made[0].based_on is None]
    with connection.cursor() as cursor:
        cursor.execute(ABSORBED, {"deals": created})
        return {row[0] for row in cursor}


def _weigh_edited(plan: Plan, edited: Mapping[int, list[Made]], now: Mapping[int, int]) -> None:
    """Deals that got versions since: what nobody touched goes back."""
    deals = list(edited)
    for start in range(0, len(deals), BATCH):
        batch = deals[start : start + BATCH]
        steps = [step for deal in batch for step in edited[deal]]
        wanted = {pk for step in steps for pk in (step.version, step.based_on) if pk}
        versions = {b.version["id"]: b for b in load(sorted(wanted | {now[d] for d in batch}))}
        roots = _roots(versions.values())
        writers = _writers([now[deal] for deal in batch])
        for deal in batch:
            live, made = now[deal], edited[deal]
            mend = unwind(made, versions[live], versions, roots)
            if mend is None:
                plan.take_out(live, deal)
                continue
            if mend.changed:
                plan.mend[live] = mend
            if not mend.whole:
                plan.keep(made[-1], f"edited since by {writers[live]}")


def _roots(bundles: Iterable[Bundle]) -> dict[int, int]:
    """Where umbrellas that were merged are now."""
    wholes = {b.version["part_of_id"] for b in bundles if b.version["part_of_id"]}
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, [list(wholes)])
        return dict(cursor.fetchall())


def _writers(versions: list[int]) -> dict[int, str]:
    """Who published these versions, and when, in words."""
    changes = Change.objects.filter(version__in=versions, kind__in=["published", "restored"])
    return {
        change.version_id: f"{_writer(change)}, {change.at:%d %B %Y}"
        for change in changes.only("version_id", "import_run_id", "by", "at")
        if change.version_id
    }


def _writer(change: Change) -> str:
    return f"import {change.import_run_id}" if change.import_run_id else change.by


def _list_gone(plan: Plan, gone: Mapping[int, list[Made]]) -> None:
    merged = set(
        Deal.objects.filter(pk__in=list(gone), merged_into__isnull=False).values_list(
            "pk", flat=True
        )
    )
    for deal, made in gone.items():
        why = "merged into another deal since" if deal in merged else "retracted already"
        plan.keep(made[-1], why)
