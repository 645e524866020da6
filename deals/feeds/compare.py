"""What a delivery means for the register: new, changed, unchanged, in conflict, or to be held.

The feed's own record of what it last delivered is the yardstick. A changed fact updates the deal
while the live value is still what the feed delivered before; once a person has edited it, it is a
conflict and stays one until a person decides. So a nightly feed never reverts an editor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db import connection
from orjson import loads

from deals.feeds.facts import Facts, differing, live, same
from deals.models import Feed, FeedRecord, StagedDeal
from deals.models.bundles import Bundle, load

Outcome = StagedDeal.Outcome
LIVE = """
WITH RECURSIVE chain AS (
    SELECT id AS deal, id, merged_into_id FROM deals_deal WHERE id = ANY(%s)
    UNION ALL
    SELECT chain.deal, d.id, d.merged_into_id
    FROM chain JOIN deals_deal d ON d.id = chain.merged_into_id
)
SELECT chain.deal, v.id FROM chain
JOIN deals_dealversion v ON v.deal_id = chain.id
WHERE chain.merged_into_id IS NULL AND v.published_seq IS NOT NULL AND v.superseded_seq IS NULL
"""


DELIVERED = """
SELECT key, deal_id, facts FROM deals_feedrecord WHERE feed_id = %s AND key = ANY(%s)
"""


class Delivered(NamedTuple):
    """What a feed last delivered for one deal."""

    key: str
    deal: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to one delivered deal. `fields` would change, or stand against each other.

    `deal` is the deal as the feed knows it; `live` its live version, only where one is needed.
    """

    outcome: StagedDeal.Outcome
    fields: tuple[str, ...] = ()
    deal: int | None = None
    live: Bundle | None = None


def judge(feed: Feed | None, incoming: Mapping[str, Facts]) -> dict[str, Verdict]:
    """Judge delivered deals against what the feed delivered before. Reads only."""
    records = delivered_before(feed, incoming)
    verdicts: dict[str, Verdict] = {}
    changed: dict[str, list[str]] = {}
    for key, facts in incoming.items():
        record = records.get(key)
        if record is None:
            verdicts[key] = Verdict(Outcome.CREATED)
        elif not (fields := differing(facts, record.facts)):
            verdicts[key] = Verdict(Outcome.UNCHANGED, deal=record.deal)
        else:
            changed[key] = fields
    verdicts |= _changed(changed, incoming, records, feed)
    return {key: verdicts[key] for key in incoming}


def delivered_before(feed: Feed | None, keys: Iterable[str]) -> dict[str, Delivered]:
    """What the feed delivered before under these keys; one array, however many keys there are."""
    if feed is None or not FeedRecord.objects.filter(feed=feed).exists():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(DELIVERED, [feed.pk, list(keys)])
        return {key: Delivered(key, deal, loads(facts)) for key, deal, facts in cursor}


def live_versions(deals: Iterable[int]) -> dict[int, Bundle]:
    """The live version of each deal, or of the deal it was merged into; none for retracted ones."""
    with connection.cursor() as cursor:
        cursor.execute(LIVE, [list(deals)])
        versions: dict[int, int] = dict(cursor.fetchall())
    bundles = {bundle.version["id"]: bundle for bundle in load(list(set(versions.values())))}
    return {deal: bundles[version] for deal, version in versions.items()}


def _changed(
    changed: Mapping[str, list[str]],
    incoming: Mapping[str, Facts],
    records: Mapping[str, Delivered],
    feed: Feed | None,
) -> dict[str, Verdict]:
    if not changed:
        return {}
    bundles = live_versions({records[key].deal for key in changed})
    umbrellas = umbrella_keys(bundles.values(), feed)
    verdicts = {}
    for key, names in changed.items():
        record = records[key]
        bundle = bundles.get(record.deal)
        if bundle is None:
            verdicts[key] = Verdict(Outcome.CONFLICT, ("retracted",), record.deal)
            continue
        now = live(bundle, umbrellas.get(bundle.version["part_of_id"], ""))
        verdicts[key] = _judged(names, incoming[key], record, now, bundle)
    return verdicts | _second_thoughts(verdicts)


def _second_thoughts(verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Of several keys whose deals were merged, one updates the deal and the others wait as
    conflicts: a deal gets one version an import, and the next delivery sees what is left."""
    waiting = {}
    taken: set[int] = set()
    updates = {key: v for key, v in verdicts.items() if v.outcome == Outcome.UPDATED and v.live}
    # The key that the surviving deal came under goes first.
    for key, verdict in sorted(updates.items(), key=lambda item: item[1].deal != _deal(item[1])):
        if _deal(verdict) in taken:
            waiting[key] = replace(verdict, outcome=Outcome.CONFLICT)
        taken.add(_deal(verdict))
    return waiting


def _deal(verdict: Verdict) -> int:
    """The deal whose live version is looked at."""
    assert verdict.live is not None
    deal: int = verdict.live.version["deal_id"]
    return deal


def _judged(
    names: list[str], facts: Facts, record: Delivered, now: Facts, bundle: Bundle
) -> Verdict:
    """Facts that are live already need nothing; pages can be added, whoever edited the others."""
    open_names = [name for name in names if not is_live(name, facts[name], now[name])]
    against = [
        name
        for name in open_names
        if name != "sources" and not same(name, now[name], record.facts.get(name))
    ]
    if against:
        return Verdict(Outcome.CONFLICT, tuple(against), record.deal, bundle)
    outcome = Outcome.UPDATED if open_names else Outcome.UNCHANGED
    return Verdict(outcome, tuple(open_names), record.deal, bundle)


def is_live(name: str, delivered: Any, now: Any) -> bool:
    """Whether the register says already what was delivered.

    Pages are only ever added, so those that a feed no longer names are no change.
    """
    if name == "sources":
        return all(source in now for source in delivered)
    return same(name, delivered, now)


def umbrella_keys(bundles: Iterable[Bundle], feed: Feed | None) -> dict[int, str]:
    """The feed's keys of the umbrella deals of these versions, by deal."""
    wholes = {b.version["part_of_id"] for b in bundles if b.version["part_of_id"]}
    # Of several keys that a person found to be one deal, the latest.
    found = FeedRecord.objects.filter(feed=feed, deal__in=wholes).order_by("pk")
    return dict(found.values_list("deal_id", "key"))
