"""Deciding on conflicts and held deals: what is published, and what the feed's record then says."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals import actions
from deals.feeds import resolve
from deals.feeds.review import NotDecidableError
from deals.feeds.run import approve, import_file, undo
from deals.models import (
    Change,
    Deal,
    DealDocument,
    DealFact,
    DealVersion,
    FeedRecord,
    ImportRun,
    Organization,
    StagedDeal,
    ledger,
)
from deals.models.derived import rebuild
from tests.factories import submit_version
from tests.feeds.supplier import csv_of, file, profile, published_import

ACME = "Acme,CN,2019-05,5,USD,Fund,DE"
SIX = ACME.replace(",5,", ",6,")
SEVEN = ACME.replace(",5,", ",7,")
FULL = 'delivery = "full"'
TRANCHES = """
name = "Tranches"
rows = "deal"
[deal]
external_id = "id"
[columns]
target_name = "name"
part_of = "whole"
notes = "notes"
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db: None):
    return get_user_model().objects.create_user("anna")


def live(name: str = "Acme") -> DealVersion:
    return DealVersion.objects.live().get(target_name=name)


def edit(version: DealVersion, **facts: object) -> DealVersion:
    """A person publishes another version, which says the same but for these facts."""
    same = {
        "target": version.target_name, "target_country": version.target_country,
        "date": "2019-05", "amount": version.amount_low, "investors": [("Fund", "DE")],
        "ai": "unknown",
    }  # fmt: skip
    return actions.approve(version=submit_version(version.deal, **(same | facts)), by=None)


def waiting(run: ImportRun) -> StagedDeal:
    return StagedDeal.objects.get(import_run=run, outcome__in=["conflict", "held"])


def conflict(row: str = SIX) -> StagedDeal:
    """The feed said 5, a person 9, and now the feed says something else."""
    published_import([ACME])
    edit(live(), amount="9")
    return waiting(published_import([row]))


def outcome(run: ImportRun) -> dict[str, int]:
    names = ("created", "updated", "unchanged", "conflict", "held")
    return {name: n for name in names if (n := getattr(run, f"deals_{name}"))}


def imported(text: str, toml: str = TRANCHES) -> ImportRun:
    return import_file(file(text), profile(toml), publish=True)


def test_taking_publishes_the_files_values_by_the_person_and_the_feed_is_content(anna) -> None:
    row = conflict()
    done = resolve.take(row.pk, by=anna)
    version = live()
    assert (version.number, version.amount_low, version.decided_by) == (3, 6, anna)
    change = Change.objects.get(version=version)
    assert (change.by, change.import_run, change.kind) == ("anna", row.import_run, "published")
    assert f"Import {row.import_run_id} of rounds.csv, row 2" in change.reason
    assert (done.decision, done.decided_by, done.version) == ("taken", anna, version)
    assert outcome(published_import([SIX])) == {"unchanged": 1}
    assert outcome(published_import([SEVEN])) == {"updated": 1}


def test_taking_brings_what_was_not_in_conflict_and_leaves_other_edits(anna) -> None:
    published_import([ACME])
    edit(live(), amount="9", notes="checked")
    row = waiting(published_import([SIX.replace("Fund,DE", "Bank,FR")]))
    assert row.fields == ["amount"]
    resolve.take(row.pk, by=anna)
    version = live()
    assert (version.amount_low, version.notes) == (6, "checked")
    assert version.participations.get().investor_name == "Bank"


def test_keeping_writes_no_version_and_the_same_delivery_again_is_unchanged(anna) -> None:
    row = conflict()
    head = ledger.head()
    resolve.keep(row.pk, by=anna)
    assert (ledger.head(), live().amount_low) == (head, 9)
    row.refresh_from_db()
    assert (row.decision, row.decided_by, row.version) == ("kept", anna, None)
    assert row.decided_at is not None
    assert outcome(published_import([SIX])) == {"unchanged": 1}
    assert outcome(published_import([SEVEN])) == {"conflict": 1}


def test_keeping_loses_nothing_that_the_file_changes_besides(anna) -> None:
    published_import([ACME])
    edit(live(), amount="9")
    changed = SIX.replace("Fund,DE", "Fund,FR")
    resolve.keep(waiting(published_import([changed])).pk, by=anna)
    assert outcome(published_import([changed])) == {"updated": 1}
    version = live()
    assert (version.amount_low, version.participations.get().country) == (9, "FR")


def test_taking_a_retracted_deal_restores_it_with_the_files_values(anna) -> None:
    published_import([ACME])
    deal = live().deal
    actions.retract(deal=deal, by=None, reason="never happened")
    row = waiting(published_import([SIX]))
    resolve.take(row.pk, by=anna)
    version = live()
    assert (version.deal, version.number, version.amount_low) == (deal, 2, 6)
    assert Change.objects.get(version=version).kind == "restored"


def test_keeping_a_retracted_deal_leaves_it_retracted_and_quiet(anna) -> None:
    published_import([ACME])
    actions.retract(deal=live().deal, by=None, reason="never happened")
    resolve.keep(waiting(published_import([SIX])).pk, by=anna)
    assert not DealVersion.objects.live().exists()
    assert outcome(published_import([SIX])) == {"unchanged": 1}
    assert outcome(published_import([SEVEN])) == {"conflict": 1}


def test_of_two_decisions_the_second_is_told_of_the_first(anna) -> None:
    row = conflict()
    resolve.keep(row.pk, by=anna)
    for decide in (resolve.take, resolve.keep):
        with pytest.raises(NotDecidableError, match="anna has decided on this deal before, and"):
            decide(row.pk)
    assert live().amount_low == 9


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_decides() -> None:
    row = conflict()
    said: list[str] = []

    def decide() -> None:
        try:
            resolve.take(row.pk)
            said.append("done")
        except NotDecidableError as refusal:
            said.append(str(refusal)[:20])
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["The command line has", "The command line has", "done"]
    assert DealVersion.objects.count() == 3


def test_who_brought_the_file_in_does_not_decide_on_its_conflicts(anna, settings) -> None:
    published_import([ACME])
    edit(live(), amount="9")
    run = import_file(file(csv_of([SIX])), profile(), by=anna.pk)
    approve(run.pk)
    row = waiting(run)
    for decide in (resolve.take, resolve.keep):
        with pytest.raises(NotDecidableError, match="somebody else"):
            decide(row.pk, by=anna)
    settings.SELF_APPROVAL = True
    resolve.take(row.pk, by=anna)
    assert (live().self_approved, live().created_by) == (True, anna)


def test_what_a_later_file_delivered_again_is_decided_there(anna) -> None:
    row = conflict()
    later = waiting(published_import([SEVEN]))
    for decide in (resolve.take, resolve.keep):
        with pytest.raises(NotDecidableError, match=f"Import {later.import_run_id} delivered"):
            decide(row.pk, by=anna)
    resolve.take(later.pk, by=anna)
    assert live().amount_low == 7


def test_only_deals_of_published_imports_are_decided_on(anna) -> None:
    published_import([ACME])
    edit(live(), amount="9")
    run = import_file(file(csv_of([SIX])), profile())
    with pytest.raises(NotDecidableError, match="is review"):
        resolve.take(waiting(run).pk, by=anna)
    approve(run.pk)
    undo(run.pk, reason="wrong file")
    with pytest.raises(NotDecidableError, match="is undone"):
        resolve.keep(waiting(run).pk, by=anna)
    with pytest.raises(NotDecidableError, match="no longer there"):
        resolve.keep(10**9, by=anna)


def test_decisions_that_do_not_fit_are_refused_and_change_nothing(anna) -> None:
    row = conflict()
    created = StagedDeal.objects.get(outcome="created")
    head = ledger.head()
    for decide in (resolve.same_deal, resolve.new_deal):
        with pytest.raises(NotDecidableError, match="held for its key"):
            decide(row.pk, by=anna)
    with pytest.raises(NotDecidableError, match="nothing to decide"):
        resolve.take(created.pk, by=anna)
    row.refresh_from_db()
    assert (row.decision, ledger.head()) == ("", head)


@pytest.fixture
def rekeyed(db: None) -> StagedDeal:
    """A full delivery in which Acme comes a month later, and with another amount."""
    beta = "Beta,GB,2020-06-01,7,EUR,Tencent,CN"
    published_import([ACME, beta], top=FULL)
    return waiting(published_import([SIX.replace("2019-05", "2019-06"), beta], top=FULL))


def test_a_held_deal_can_be_the_one_that_is_missing_and_keeps_its_identity(anna, rekeyed) -> None:
    deal = live().deal
    assert [record.deal for record in resolve.candidates(rekeyed)] == [deal]
    resolve.same_deal(rekeyed.pk, by=anna)
    version = live()
    assert (version.deal, version.number, version.amount_low) == (deal, 2, 6)
    assert version.date_first.isoformat() == "2019-06-01"
    assert resolve.candidates(rekeyed) == []
    beta = "Beta,GB,2020-06-01,7,EUR,Tencent,CN"
    again = published_import([SIX.replace("2019-05", "2019-06"), beta], top=FULL)
    assert (outcome(again), again.deals_absent) == ({"unchanged": 2}, 0)
    # The old key still leads to the deal, should the feed go back to it.
    assert outcome(published_import([SIX.replace("2019-05", "2019-06")])) == {"unchanged": 1}
    assert Deal.objects.count() == 2


def test_under_a_new_key_too_an_edited_fact_stays_and_is_a_conflict_next_time(anna) -> None:
    published_import([ACME], top=FULL)
    edit(live(), amount="9")
    moved = SIX.replace("2019-05", "2019-06")
    resolve.same_deal(waiting(published_import([moved], top=FULL)).pk, by=anna)
    version = live()
    assert (version.amount_low, version.date_first.month) == (9, 6)
    assert outcome(published_import([moved], top=FULL)) == {"conflict": 1}


def test_a_held_deal_can_be_a_new_one(anna, rekeyed) -> None:
    resolve.new_deal(rekeyed.pk, by=anna)
    assert DealVersion.objects.live().filter(target_name="Acme").count() == 2
    version = DealVersion.objects.live().get(amount_low=6)
    assert (version.decided_by, version.import_run) == (anna, rekeyed.import_run)
    assert outcome(published_import([SIX.replace("2019-05", "2019-06")])) == {"unchanged": 1}


def test_of_several_missing_deals_a_person_says_which(anna) -> None:
    published_import([ACME, ACME.replace("2019-05", "2019-07")], top=FULL)
    row = waiting(published_import([ACME.replace("2019-05", "2019-06")], top=FULL))
    first, second = resolve.candidates(row)
    for key in ("", "nonsense"):
        with pytest.raises(NotDecidableError, match="Several deals may be meant"):
            resolve.same_deal(row.pk, by=anna, other_key=key)
    resolve.same_deal(row.pk, by=anna, other_key=second.key)
    assert second.deal.versions.live().get().date_first.month == 6
    assert first.deal.versions.live().get().date_first.month == 5


def test_a_tranche_waits_for_its_umbrella_and_is_then_published_as_its_part(anna) -> None:
    run = imported("id,name,whole,notes\nT1,Acme,U,\n")
    row = waiting(run)
    with pytest.raises(NotDecidableError, match="umbrella deal “U” is not in the register yet"):
        resolve.new_deal(row.pk, by=anna)
    with pytest.raises(NotDecidableError, match="waits for its umbrella"):
        resolve.keep(row.pk, by=anna)
    assert not Deal.objects.exists()
    imported("id,name,whole,notes\nU,Whole,,\n")
    resolve.new_deal(row.pk, by=anna)
    assert live("Acme").part_of == live("Whole").deal


def test_umbrella_and_tranche_that_were_held_together_are_decided_one_after_the_other(anna) -> None:
    full = TRANCHES.replace("[deal]", 'delivery = "full"\n[deal]')
    imported("id,name,whole,notes\nOLD,Acme,,\n", full)
    run = imported("id,name,whole,notes\nNEW,Acme,,\nT1,Tranche,NEW,\n", full)
    rows = {row.key: row for row in StagedDeal.objects.filter(import_run=run, outcome="held")}
    tranche, whole = rows.values() if "T1" in next(iter(rows)) else reversed(rows.values())
    with pytest.raises(NotDecidableError, match="umbrella"):
        resolve.new_deal(tranche.pk, by=anna)
    resolve.same_deal(whole.pk, by=anna)
    resolve.new_deal(tranche.pk, by=anna)
    assert live("Tranche").part_of == live("Acme").deal
    assert live("Acme").external_id == "NEW"


def test_what_a_later_file_has_overtaken_can_be_dismissed(anna) -> None:
    published_import([ACME])
    old = import_file(file(csv_of([SIX])), profile())
    published_import([SEVEN])
    approve(old.pk)
    row = waiting(old)
    assert row.fields == ["newer"]
    with pytest.raises(NotDecidableError, match="Only a conflict"):
        resolve.take(row.pk, by=anna)
    record = FeedRecord.objects.get().facts
    resolve.keep(row.pk, by=anna)
    assert (live().amount_low, FeedRecord.objects.get().facts) == (7, record)


def test_open_decisions_come_newest_import_first_without_what_was_overtaken(anna) -> None:
    published_import([ACME, ACME.replace("Acme", "Beta")])
    for name in ("Acme", "Beta"):
        edit(live(name), amount="9")
    first = published_import([SIX, SIX.replace("Acme", "Beta")])
    second = published_import([SEVEN])
    shown = resolve.open_decisions()
    assert [(row.import_run_id, row.facts["target_name"]) for row in shown] == [
        (second.pk, "Acme"),
        (first.pk, "Beta"),
    ]
    assert resolve.open_decisions(limit=1) == shown[:1]
    assert resolve.open_decisions(after=shown[0].pk) == shown[1:]
    assert resolve.open_decisions(after=shown[1].pk) == []
    resolve.keep(shown[0].pk, by=anna)
    assert resolve.open_decisions() == shown[1:]


def test_a_page_of_open_decisions_takes_as_many_queries_however_many_there_are() -> None:
    rows = [ACME.replace("Acme", f"Acme {n}") for n in range(12)]
    published_import(rows)
    for n in range(12):
        edit(live(f"Acme {n}"), amount="9")
    numbers = []
    for size in (2, 12):
        published_import([row.replace(",5,", f",{size},") for row in rows[:size]])
        with CaptureQueriesContext(connection) as queries:
            found = resolve.open_decisions()
            assert len([row.import_run.feed.name for row in found]) == size
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_an_undone_import_takes_the_decisions_on_its_deals_along(anna, rekeyed) -> None:
    resolve.new_deal(rekeyed.pk, by=anna)
    report = undo(rekeyed.import_run_id, reason="wrong file").undo_report
    assert report == {"retracted": 1, "restored": 0, "kept": []}
    assert live().amount_low == 5
    beta = "Beta,GB,2020-06-01,7,EUR,Tencent,CN"
    assert outcome(published_import([ACME, beta], top=FULL)) == {"unchanged": 2}
    again = published_import([SIX.replace("2019-05", "2019-06"), beta], top=FULL)
    assert outcome(again) == {"unchanged": 1, "held": 1}


@pytest.mark.parametrize("decision", ["take", "keep"])
def test_after_an_undo_a_decided_conflict_is_a_conflict_again(anna, decision) -> None:
    row = conflict()
    getattr(resolve, decision)(row.pk, by=anna)
    undo(row.import_run_id, reason="wrong file")
    assert live().amount_low == 9
    assert outcome(published_import([SIX])) == {"conflict": 1}


def test_undoing_a_restoration_by_decision_retracts_the_deal_again(anna) -> None:
    published_import([ACME])
    actions.retract(deal=live().deal, by=None, reason="never happened")
    row = waiting(published_import([SIX]))
    resolve.take(row.pk, by=anna)
    undo(row.import_run_id, reason="wrong file")
    assert not DealVersion.objects.live().exists()
    assert outcome(published_import([ACME])) == {"unchanged": 1}


def test_a_key_that_was_given_to_a_known_deal_is_taken_from_it_by_an_undo(anna, rekeyed) -> None:
    resolve.same_deal(rekeyed.pk, by=anna)
    undo(rekeyed.import_run_id, reason="wrong file")
    assert (live().amount_low, live().date_first.month) == (5, 5)
    assert sorted(FeedRecord.objects.values_list("facts__target_name", flat=True)) == [
        "Acme",
        "Beta",
    ]


def test_what_a_decision_writes_is_what_a_rebuild_would_write(anna) -> None:
    resolve.take(conflict().pk, by=anna)
    models = (DealFact, DealDocument)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    rebuild()
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_organizations_of_a_held_deal_are_made_when_it_is_published_and_are_counted(anna) -> None:
    published_import([ACME], top=FULL)
    moved = ACME.replace("2019-05", "2019-06").replace("Fund,DE", "Newcomer,FR")
    run = published_import([moved], top=FULL)
    assert run.organizations_new == 0
    resolve.new_deal(waiting(run).pk, by=anna)
    run.refresh_from_db()
    assert run.organizations_new == 1
    assert Organization.objects.get(name="Newcomer").country == "FR"
