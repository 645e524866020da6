"""A delivery into the register: created, unchanged, updated, in conflict, held; all or nothing."""

from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from deals import actions
from deals.feeds import deliver
from deals.feeds.review import NotDecidableError, OwnImportError, reject
from deals.feeds.run import approve, import_file
from deals.models import (
    Change,
    Deal,
    DealDocument,
    DealFact,
    DealVersion,
    Feed,
    FeedRecord,
    ImportRun,
    Organization,
    Participation,
    Population,
    PreparedFact,
    Source,
    StagedDeal,
    ledger,
)
from deals.models.derived import rebuild
from deals.models.facts import SAID
from tests.factories import make_deal, make_organization, submit_version
from tests.feeds.supplier import PROFILE, csv_of, file, profile, published_import

pytestmark = pytest.mark.django_db

ACME = "Acme,CN,2019-05,5,USD,Fund,DE"
BETA = "Beta,GB,2020-06-01,7,EUR,Tencent,CN"


def staged(rows: list[str], text: str = PROFILE, **changes: str) -> ImportRun:
    return import_file(file(csv_of(rows)), profile(text, **changes))


def outcome(run: ImportRun) -> dict[str, int]:
    names = ("created", "updated", "unchanged", "conflict", "held")
    found = {name: getattr(run, f"deals_{name}") for name in names}
    return {name: count for name, count in found.items() if count}


def live(name: str) -> DealVersion:
    return DealVersion.objects.live().get(target_name=name)


def live_of_feed(name: str) -> DealVersion:
    return DealVersion.objects.live().get(target_name=name, import_run__isnull=False)


def edited(version: DealVersion, **facts: object) -> DealVersion:
    """A person publishes another version of the deal."""
    copy = submit_version(version.deal, target=version.target_name, **facts)
    return actions.approve(version=copy, by=None)


def test_facts_wait_apart_from_those_of_the_questions_until_they_are_published(monkeypatch) -> None:
    seen: list[tuple[int, int]] = []
    look = deliver._refuse_merged

    def looked(run: ImportRun) -> None:
        seen.append((PreparedFact.objects.count(), DealFact.objects.count()))
        look(run)

    monkeypatch.setattr(deliver, "_refuse_merged", looked)
    published_import([ACME, BETA])
    assert seen == [(2, 0)]
    assert (PreparedFact.objects.count(), DealFact.objects.count()) == (0, 2)
    prepared = {field.name for field in PreparedFact._meta.concrete_fields}
    computed = {field.name for field in DealFact._meta.concrete_fields if field.generated}
    numbers = {"published_seq", "superseded_seq"}
    assert prepared == {f.name for f in DealFact._meta.concrete_fields} - computed - numbers


def test_facts_that_an_older_release_prepared_are_numbered_where_they_are(monkeypatch) -> None:
    def as_before(run: ImportRun) -> None:
        names = ", ".join(SAID)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO deals_dealfact ({names}) SELECT {names} FROM deals_preparedfact"
            )
            cursor.execute("DELETE FROM deals_preparedfact")

    monkeypatch.setattr(deliver, "_refuse_merged", as_before)
    published_import([ACME, BETA])
    numbers = DealVersion.objects.order_by("pk").values_list("pk", "published_seq")
    facts = DealFact.objects.order_by("pk").values_list("pk", "published_seq")
    assert list(facts) == list(numbers)


def test_published_versions_carry_facts_sources_and_one_ledger_entry_each() -> None:
    run = published_import([ACME, BETA])
    assert outcome(run) == {"created": 2}
    version = live("Acme")
    assert (version.number, version.target_country, str(version.amount_low)) == (1, "CN", "5.00")
    assert version.participations.get().investor.country == "DE"
    citation = version.citations.get()
    assert (citation.locator, citation.source.kind) == ("row 2", "feed_file")
    assert run.file_sha256[:12] in citation.source.title
    entries = Change.objects.filter(kind="published", import_run=run)
    assert sorted(entries.values_list("seq", flat=True)) == sorted(
        DealVersion.objects.values_list("published_seq", flat=True)
    )


def test_before_approval_there_is_no_version_no_deal_and_no_organization() -> None:
    run = staged([ACME, BETA])
    assert run.state == ImportRun.State.REVIEW
    assert StagedDeal.objects.filter(import_run=run).count() == 2
    for model in (Deal, DealVersion, Organization, Change, FeedRecord):
        assert not model.objects.exists()


def test_the_same_file_again_changes_nothing() -> None:
    published_import([ACME, BETA])
    head = ledger.head()
    assert outcome(published_import([ACME, BETA])) == {"unchanged": 2}
    assert ledger.head() == head


def test_rows_in_another_order_are_no_change() -> None:
    second = "Acme,CN,2019-05,5,USD,Bank,FR"
    published_import([ACME, second])
    assert outcome(published_import([second, ACME])) == {"unchanged": 1}


def test_a_changed_fact_publishes_a_new_version_with_the_names_of_what_changed() -> None:
    published_import([ACME, BETA])
    run = published_import([ACME.replace(",5,", ",6,"), BETA])
    assert outcome(run) == {"updated": 1, "unchanged": 1}
    version = live("Acme")
    assert (version.number, str(version.amount_low)) == (2, "6.00")
    # The file of the new amount is a new source, too.
    assert Change.objects.get(version=version).fields == ["amount", "sources"]
    assert version.based_on.superseded_seq == version.published_seq


def test_a_fact_that_a_person_edited_is_a_conflict_and_stays_as_edited_also_under_publish() -> None:
    published_import([ACME])
    edited(live("Acme"), date="2019-05", amount="9", investors=[("Fund", "DE")])
    run = published_import([ACME.replace(",5,", ",6,")])
    assert outcome(run) == {"conflict": 1}
    assert StagedDeal.objects.get(import_run=run).fields == ["amount"]
    assert str(live("Acme").amount_low) == "9.00"
    assert outcome(published_import([ACME.replace(",5,", ",6,")])) == {"conflict": 1}


def test_a_feed_that_repeats_itself_never_reverts_an_editor() -> None:
    published_import([ACME])
    edited(live("Acme"), date="2019-05", amount="9", investors=[("Fund", "DE")])
    assert outcome(published_import([ACME])) == {"unchanged": 1}
    assert str(live("Acme").amount_low) == "9.00"


def test_a_change_elsewhere_keeps_what_a_person_edited() -> None:
    published_import([ACME])
    edited(live("Acme"), date="2019-05", amount="5", investors=[("Fund", "DE")], notes="checked")
    run = published_import([ACME.replace("Fund,DE", "Fund,FR")])
    assert outcome(run) == {"updated": 1}
    version = live("Acme")
    assert (version.notes, version.participations.get().country) == ("checked", "FR")


def test_what_a_person_entered_first_needs_no_new_version() -> None:
    published_import([ACME])
    edited(live("Acme"), date="2019-05", amount="6", investors=[("Fund", "DE")], ai="unknown")
    assert outcome(published_import([ACME.replace(",5,", ",6,")])) == {"unchanged": 1}
    assert outcome(published_import([ACME.replace(",5,", ",7,")])) == {"updated": 1}


def test_a_retracted_deal_is_not_brought_back_by_its_feed() -> None:
    published_import([ACME])
    deal = live("Acme").deal
    actions.retract(deal=deal, by=None, reason="never happened")
    assert outcome(published_import([ACME.replace(",5,", ",6,")])) == {"conflict": 1}
    assert not deal.versions.live().exists()


def test_two_imports_in_review_do_not_publish_one_deal_twice() -> None:
    first, second = staged([ACME]), staged([ACME])
    approve(first.pk)
    assert outcome(approve(second.pk)) == {"unchanged": 1}
    assert Deal.objects.count() == 1


def test_an_import_that_waited_too_long_brings_no_old_value_back() -> None:
    published_import([ACME])
    waiting = staged([ACME.replace(",5,", ",6,"), BETA])
    published_import([ACME.replace(",5,", ",7,")])
    assert outcome(approve(waiting.pk)) == {"created": 1, "held": 1}
    assert str(live("Acme").amount_low) == "7.00"
    assert StagedDeal.objects.get(import_run=waiting, outcome="held").fields == ["newer"]
    assert outcome(published_import([ACME.replace(",5,", ",7,")])) == {"unchanged": 1}


def test_a_deal_that_changed_since_staging_is_judged_again() -> None:
    published_import([ACME])
    waiting = staged([ACME.replace(",5,", ",6,")])
    assert outcome(waiting) == {"updated": 1}
    edited(live("Acme"), date="2019-05", amount="9", investors=[("Fund", "DE")])
    assert outcome(approve(waiting.pk)) == {"conflict": 1}


def test_when_anything_fails_nothing_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    run = staged([ACME, BETA])

    def broken(*args: object, **kwargs: object) -> None:
        raise IntegrityError("the disk is full")

    monkeypatch.setattr(deliver, "announce_population", broken)
    with pytest.raises(IntegrityError):
        approve(run.pk)
    run.refresh_from_db()
    assert run.state == ImportRun.State.REVIEW
    for model in (
        Deal, DealVersion, PreparedFact, DealFact, DealDocument, Participation, Change, FeedRecord,
    ):  # fmt: skip
        assert not model.objects.exists()
    monkeypatch.undo()
    assert outcome(approve(run.pk)) == {"created": 2}


def test_a_version_without_facts_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be live, and in no answer."""
    run, go_live = staged([ACME, BETA]), deliver.go_live

    def without(ids: list[int], **how: Any) -> Any:
        PreparedFact.objects.filter(version=ids[0]).delete()
        return go_live(ids, **how)

    monkeypatch.setattr(deliver, "go_live", without)
    with pytest.raises(ValueError, match="facts"):
        approve(run.pk)
    assert not Change.objects.exists()


def test_an_import_is_decided_once() -> None:
    run = staged([ACME])
    reject(run.pk, reason="wrong file")
    for decide in (lambda: approve(run.pk), lambda: reject(run.pk, reason="again")):
        with pytest.raises(NotDecidableError, match="rejected"):
            decide()
    assert not Deal.objects.exists()


def test_nobody_approves_the_file_they_brought_in(django_user_model, settings) -> None:
    person = django_user_model.objects.create_user("anna")
    run = import_file(file(csv_of([ACME])), profile(), by=person.pk)
    with pytest.raises(OwnImportError, match="somebody else"):
        approve(run.pk, by=person)
    settings.SELF_APPROVAL = True
    approve(run.pk, by=person)
    version = live("Acme")
    assert (version.self_approved, version.created_by, version.decided_by) == (True, person, person)


def test_a_population_is_declared_once_and_is_an_entry_of_the_ledger() -> None:
    more = '[population]\ncode = "small-2019"\ntitle = "Small"\naccessed_on = "2020-01-01"'
    published_import([ACME], more=more)
    published_import([ACME], more=more)
    assert Change.objects.filter(kind="population").count() == 1
    assert live("Acme").population == Population.objects.get()


def test_a_population_that_is_declared_later_takes_its_deals_in() -> None:
    published_import([ACME])
    run = published_import([ACME], more='[population]\ncode = "small"\ntitle = "Small"')
    assert outcome(run) == {"updated": 1}
    assert live("Acme").population.code == "small"


def test_invented_data_never_meets_real_organizations() -> None:
    real = make_organization("Fund", "DE")
    more = '[population]\ncode = "demo"\ntitle = "Demo"\ngenerated = true'
    published_import([ACME], more=more)
    investor = live("Acme").participations.get().investor
    assert (investor.generated, investor == real) == (True, False)
    published_import([BETA.replace("Tencent", "Acme")], PROFILE.replace("Small", "Other"))
    assert not live("Beta").participations.get().investor.generated


def test_a_full_delivery_holds_a_deal_that_was_perhaps_only_given_a_new_key() -> None:
    top = 'delivery = "full"'
    published_import([ACME, BETA], top=top)
    run = published_import([ACME.replace("2019-05", "2019-06"), BETA], top=top)
    assert outcome(run) == {"unchanged": 1, "held": 1}
    assert live("Acme").date_first.isoformat() == "2019-05-01"
    far = published_import([ACME.replace("2019-05", "2021-06"), BETA], top=top)
    assert outcome(far) == {"created": 1, "unchanged": 1}


TRANCHES = """
name = "Tranches"
rows = "deal"
[deal]
external_id = "id"
[columns]
target_name = "name"
part_of = "whole"
"""


def test_a_tranche_points_to_its_umbrella_wherever_that_stands() -> None:
    text = "id,name,whole\nT1,Acme,U\nU,Acme,\n"
    run = import_file(file(text), profile(TRANCHES), publish=True)
    assert outcome(run) == {"created": 2}
    parts = {v.external_id: v for v in DealVersion.objects.live()}
    assert parts["T1"].part_of == parts["U"].deal
    later = import_file(file("id,name,whole\nT2,Acme,U\n"), profile(TRANCHES), publish=True)
    assert outcome(later) == {"created": 1}
    assert DealVersion.objects.live().get(external_id="T2").part_of == parts["U"].deal


def test_a_tranche_without_its_umbrella_is_held() -> None:
    run = import_file(file("id,name,whole\nT1,Acme,U\n"), profile(TRANCHES), publish=True)
    assert outcome(run) == {"held": 1}
    assert not Deal.objects.exists()


def test_a_tranche_waits_while_its_umbrella_is_held() -> None:
    full = TRANCHES.replace("[deal]", 'delivery = "full"\n[deal]')
    import_file(file("id,name,whole\nOLD,Acme,\nX,Other,\n"), profile(full), publish=True)
    run = import_file(
        file("id,name,whole\nX,Other,\nNEW,Acme,\nT1,Tranche,NEW\n"), profile(full), publish=True
    )
    assert outcome(run) == {"unchanged": 1, "held": 2}
    assert not DealVersion.objects.filter(external_id="T1").exists()


def test_a_new_tranche_of_a_merged_umbrella_belongs_to_the_surviving_deal() -> None:
    import_file(file("id,name,whole\nU,Acme,\nT1,Acme,U\n"), profile(TRANCHES), publish=True)
    versions = {v.external_id: v for v in DealVersion.objects.live()}
    other = make_deal(target="Acme")
    actions.merge(deal=versions["U"].deal, into=other.deal, by=None, reason="the same")
    text = "id,name,whole\nT1,Acme Ltd,U\nT2,Acme,U\n"
    import_file(file(text), profile(TRANCHES), publish=True)
    for key in ("T1", "T2"):
        assert DealVersion.objects.live().get(external_id=key).part_of == other.deal


def test_an_update_by_way_of_a_merged_deal_leaves_the_other_in_its_population() -> None:
    published_import([ACME])
    facts = {"amount": "5", "currency": "USD", "date": "2019-05", "investors": [("Fund", "DE")]}
    other = make_deal(target="Acme", population="counted", ai="unknown", **facts)
    actions.merge(deal=live_of_feed("Acme").deal, into=other.deal, by=None, reason="the same")
    assert outcome(published_import([ACME.replace(",5,", ",6,")])) == {"updated": 1}
    version = live("Acme")
    assert (version.deal, version.number, version.amount_low) == (other.deal, 2, 6)
    assert version.population == other.population


def test_two_keys_of_one_merged_deal_publish_one_version_and_agree_the_next_time() -> None:
    text = PROFILE.replace('"company", "month"', '"company"')
    rows = ["Acme,CN,2019-05,5,USD,Fund,DE", "Acme Ltd,CN,2019-05,5,USD,Fund,DE"]
    published_import(rows, text)
    kept, gone = (v.deal for v in DealVersion.objects.live().order_by("pk"))
    actions.merge(deal=gone, into=kept, by=None, reason="the same")
    changed = [row.replace(",5,", ",6,") for row in rows]
    assert outcome(published_import(changed[::-1], text)) == {"updated": 1, "conflict": 1}
    assert DealVersion.objects.live().get().number == 2
    assert outcome(published_import(changed, text)) == {"unchanged": 2}


def test_a_page_that_a_feed_no_longer_names_is_no_change() -> None:
    text = PROFILE.replace('currency = "ccy"', 'source_url = "ccy"')
    row = "Acme,CN,2019-05,5,https://example.org/a,Fund,DE"
    published_import([row], text)
    assert outcome(published_import([row.replace("https://example.org/a", "")], text)) == {
        "unchanged": 1
    }
    assert DealVersion.objects.count() == 1


def test_the_longest_address_and_title_fit_into_the_register() -> None:
    text = PROFILE.replace('currency = "ccy"', 'source_url = "ccy"\nsource_title = "raised_usd"')
    text = text.replace('amount = "raised_usd"\n', "")
    # Random, since PostgreSQL would compress a text that repeats itself.
    dice = Random(1)
    url = "https://example.org/" + "".join(
        dice.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=980)
    )
    title = "".join(chr(dice.randint(0x20000, 0x2A000)) for _ in range(500))
    published_import([f"Acme,CN,2019-05,{title},{url},Fund,DE"], text)
    source = Source.objects.get(kind="page")
    assert source.url == url
    assert title.startswith(source.title)
    run = published_import([f"Beta,CN,2019-05,{title},{url}a,Fund,DE"], text)
    assert [error.code for error in run.row_errors.all()] == ["not_an_address"]


def test_a_hundred_deals_need_as_many_queries_as_ten() -> None:
    published_import([ACME])
    numbers = []
    for name, size in (("Beta", 10), ("Gamma", 100)):
        with CaptureQueriesContext(connection) as queries:
            published_import([ACME.replace("Acme", f"{name} {n}") for n in range(size)])
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
    assert (Participation.objects.count(), Feed.objects.count()) == (111, 1)


def test_what_an_import_writes_is_what_a_rebuild_would_write() -> None:
    published_import([ACME, BETA])
    published_import([ACME.replace(",5,", ",6,"), BETA])
    models = (DealFact, DealDocument)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    assert rebuild() == 3
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
