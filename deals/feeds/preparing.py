"""Sixth stage: approved deals become submitted versions, chunk by chunk; nobody sees them yet.

Deals whose live version changed since staging are judged again first. All organizations that a file
names are looked up before its first chunk, so that the order of its rows decides nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db import connection, transaction
from orjson import loads

from deals.feeds.abreast import Turn
from deals.feeds.compare import Outcome, Verdict, judge
from deals.feeds.facts import Facts, live
from deals.feeds.lease import advance, keep_others_out
from deals.feeds.match import Named, existing, newcomers, organizations
from deals.feeds.meanwhile import foreign_keys_checked
from deals.feeds.profile import Profile
from deals.feeds.versions import (
    NewVersion,
    investors_of,
    look_at_written,
    number,
    target_of,
    write_bundles,
)
from deals.models import ImportRun, Population, StagedDeal
from deals.models.derived import make_derived

# What is not decided on now: held deals wait, and absent ones are only listed.
SET_ASIDE = (Outcome.HELD, Outcome.ABSENT)
# Only deals that may become versions; what is unchanged needs no organization.
NAMES = """
WITH coming AS (
    SELECT facts FROM deals_stageddeal
    WHERE import_run_id = %s AND outcome IN ('created', 'updated', 'conflict')
)
SELECT facts->>'target_name', facts->>'target_country', coalesce(facts->'ids'->>'target', '')
FROM coming
UNION
SELECT i.value->>0, i.value->>1, coalesce(facts->'ids'->'investors'->>(i.place::int - 1), '')
FROM coming, jsonb_array_elements(facts->'investors') WITH ORDINALITY AS i(value, place)
WHERE i.value->>0 <> ''
"""
NEXT = """
SELECT id, key, facts, rows, outcome, fields, deal_id FROM deals_stageddeal
WHERE import_run_id = %s AND key > %s AND version_id IS NULL AND outcome <> ALL(%s)
ORDER BY key LIMIT %s
"""
PREPARED = """
UPDATE deals_stageddeal s SET deal_id = v.deal, version_id = v.version
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS v(id, deal, version) WHERE s.id = v.id
"""
Known = dict[Named, int]


class Waiting(NamedTuple):
    """A staged deal that is to be published, without the weight of a model instance."""

    id: int
    key: str
    facts: Facts
    rows: list[int]
    outcome: str
    fields: list[str]
    deal: int | None


@transaction.atomic
def name_organizations(run: ImportRun, profile: Profile) -> Known:
    """Every organization that the file names, those that are missing made now."""
    known, created = organizations(_names(run), generated=profile.generated)
    if created:
        run.organizations_new += len(created)
        advance(run, "organizations_new")
    return known


def count_newcomers(run: ImportRun, profile: Profile) -> int:
    """How many organizations publication would make; writes nothing."""
    return newcomers(_names(run), generated=profile.generated)


def _names(run: ImportRun) -> list[Named]:
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [run.pk])
        return cursor.fetchall()


def prepare_chunk(
    run: ImportRun,
    profile: Profile,
    population: Population | None,
    known: Known,
    size: int,
    turn: Turn,
) -> bool:
    """Write the versions of the next `size` deals; False when there are none left."""
    with transaction.atomic():
        batch = _next(run, size, turn.begin)
        if not batch:
            return False
        turn.next = batch[-1].key
        verdicts = judge(run.feed, {deal.key: deal.facts for deal in batch})
        if not (alone := _stand_alone(batch, verdicts)):
            turn.wait()
            keep_others_out(run)
            verdicts = _one_version_a_deal(run, verdicts)
        new = [
            _new_version(deal, verdicts[deal.key])
            for deal in batch
            if verdicts[deal.key].outcome in (Outcome.CREATED, Outcome.UPDATED)
        ]
        made = _look_up(new, run, known, profile, turn)
        number(new)
        if alone and not made:
            turn.follow()
        reason = f"Import {run.pk} of {run.file_name}"
        written = write_bundles(
            new, run, profile, population.pk if population else None, run.reason or reason, turn
        )
        with foreign_keys_checked():
            derived = make_derived(written, decided_at=run.decided_at)
        derived.write()
        turn.wait()
        keep_others_out(run)
        for deal in batch:
            _note(deal, verdicts[deal.key])
        _prepared(new, batch)
        done = run.checkpoint.get("done", 0) + len(batch)
        look_at_written(done - len(batch), len(batch))
        run.checkpoint = {**run.checkpoint, "key": batch[-1].key, "done": done}
        advance(run, "checkpoint")
    return True


def _stand_alone(batch: Sequence[Waiting], verdicts: Mapping[str, Verdict]) -> bool:
    """Whether all are new deals of their own, so that their versions and those of the steps before
    and after have nothing to do with each other.

    A deal that was reserved for its parts is not: whoever cancels the import deletes it.
    """
    return all(
        verdicts[deal.key].outcome == Outcome.CREATED
        and deal.deal is None
        and not deal.facts["part_of"]
        for deal in batch
    )


def _next(run: ImportRun, size: int, begun: str) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [run.pk, begun, list(SET_ASIDE), size])
        return [
            Waiting(pk, key, loads(facts), rows, outcome, loads(fields), deal)
            for pk, key, facts, rows, outcome, fields, deal in cursor.fetchall()
        ]


def _note(deal: Waiting, verdict: Verdict) -> None:
    """Keep an outcome that is another one than at staging."""
    fields = list(verdict.fields)
    if deal.outcome != verdict.outcome or deal.fields != fields:
        StagedDeal.objects.filter(pk=deal.id).update(outcome=verdict.outcome, fields=fields)


def _prepared(new: Sequence[NewVersion], batch: Sequence[Waiting]) -> None:
    """Keep which deal and version was made of each staged deal."""
    ids = {deal.key: deal.id for deal in batch}
    with connection.cursor() as cursor:
        cursor.execute(
            PREPARED,
            [
                [ids[item.key] for item in new],
                [item.deal for item in new],
                [item.version for item in new],
            ],
        )


def _one_version_a_deal(run: ImportRun, verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Of keys whose deals were merged one updates the deal, and the others wait as conflicts.

    Within a chunk `judge` has seen to it; here it is seen to across chunks. The key that the
    surviving deal came under goes first.
    """
    survivors = {
        key: verdict.live.version["deal_id"]
        for key, verdict in verdicts.items()
        if verdict.outcome == Outcome.UPDATED and verdict.live
    }
    mine = StagedDeal.objects.filter(import_run=run)
    taken = set(
        mine.filter(version__deal__in=survivors.values()).values_list("version__deal", flat=True)
    )
    merged = {key for key, deal in survivors.items() if verdicts[key].deal != deal}
    own = mine.filter(deal__in={survivors[key] for key in merged}, outcome=Outcome.UPDATED)
    to_come = set(own.exclude(key__in=verdicts).values_list("deal", flat=True))
    yielding = {key for key, deal in survivors.items() if deal in taken}
    yielding |= {key for key in merged if survivors[key] in to_come}
    return {
        key: replace(verdict, outcome=Outcome.CONFLICT) if key in yielding else verdict
        for key, verdict in verdicts.items()
    }


def _new_version(deal: Waiting, verdict: Verdict) -> NewVersion:
    """An update takes over only the facts that changed."""
    facts = deal.facts if verdict.live is None else overlaid(verdict, deal.facts)
    reserved = deal.deal or 0 if verdict.live is None else 0
    return NewVersion(deal.key, facts, deal.rows, verdict, {}, deal=reserved)


def overlaid(verdict: Verdict, facts: Facts) -> Facts:
    """What the live version says, with those facts of a delivery that the verdict names."""
    assert verdict.live is not None
    now = live(verdict.live, facts["part_of"])
    changed = {name: facts[name] for name in verdict.fields if name != "sources"}
    if "amount" in changed:
        changed["amount_text"] = facts["amount_text"]
    added = [source for source in facts["sources"] if source not in now["sources"]]
    merged = {**now, **changed, "sources": added}
    return {**merged, "ids": _ids(merged, facts)}


def _ids(merged: Facts, facts: Facts) -> dict[str, object]:
    """Ids of the file for the names that are the file's."""
    same_target = target_of(merged)[:2] == target_of(facts)[:2]
    by_name = {named[:2]: named[2] for named in investors_of(facts)}
    return {
        "target": target_of(facts)[2] if same_target else "",
        "investors": [by_name.get((i[0], i[1]), "") for i in merged["investors"]],
    }


def _look_up(
    new: Sequence[NewVersion], run: ImportRun, known: Known, profile: Profile, turn: Turn
) -> bool:
    """Organizations by name; a live version may name some that the file does not.

    True when some may have been made, which no other session sees before this one commits them.
    """
    named = [target_of(item.facts) for item in new]
    named += [one for item in new for one in investors_of(item.facts) if one[0]]
    missing, made = set(named) - known.keys(), False
    if missing:
        # One that is merged from here on is noticed before the import is published.
        found = existing(missing, generated=profile.generated)
        if made := found is None:
            turn.wait()
            keep_others_out(run)
            found, _ = organizations(missing, generated=profile.generated)
        known |= found
    for item in new:
        item.organizations = known
    return made
