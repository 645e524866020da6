"""Undoing an import: exactly its effects disappear, what came later stays, the ledger tells."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from deals import actions, organizations
from deals.feeds import steps
from deals.feeds import undo as undoing
from deals.feeds.copying import copy_versions
from deals.feeds.facts import live
from deals.feeds.publish import publish
from deals.feeds.queue import work
from deals.feeds.review import NotDecidableError
from deals.feeds.run import approve, import_file, undo
from deals.flows.query import FlowQuery
from deals.models import (
    Change,
    Deal,
    DealDocument,
    DealFact,
    DealVersion,
    FeedRecord,
    ImportRun,
    Organization,
    Ownership,
    SampleCheck,
    StagedDeal,
    ledger,
)
from deals.models.bundles import load
from deals.models.derived import rebuild
from tests.factories import make_deal
from tests.feeds.supplier import PROFILE, csv_of, file, profile, published_import
from tests.flows.comparing import comparable, fast_share

ACME = "Acme,CN,2019-05,5,USD,Fund,DE"
SIX = ACME.replace(",5,", ",6,")
BETA = "Beta,GB,2020-06-01,7,EUR,Tencent,CN"
POPULATION = '[population]\ncode = "small"\ntitle = "Small"'
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
QUESTION = FlowQuery.from_params({"investor": "europe", "target": "CN", "population": "small"})
pytestmark = pytest.mark.django_db


def live_of(name: str) -> DealVersion:
    return DealVersion.objects.live().get(target_name=name)


def register() -> dict[str, dict[str, Any]]:
    """The facts of every live deal, by its public id."""
    bundles = load(list(DealVersion.objects.live().values_list("pk", flat=True)))
    facts = {b.version["deal_public_id"]: live(b, b.version["part_of_public_id"]) for b in bundles}
    for said in facts.values():
        for name in ("investors", "sources", "sectors"):
            said[name] = sorted(said[name], key=repr)
    return facts


def cited(version: DealVersion) -> list[tuple[str, str]]:
    return sorted(version.citations.values_list("source__title", "locator"))


def records() -> dict[str, Any]:
    return dict(FeedRecord.objects.values_list("key", "facts"))


def hand_edit(version: DealVersion, **columns: Any) -> DealVersion:
    """A person changes these columns of a live version and nothing else."""
    (pk,) = copy_versions({version.pk: version.pk}, "looked up").values()
    DealVersion.objects.filter(pk=pk).update(**columns)
    publish([pk], by="anna", reason="looked up")
    return DealVersion.objects.get(pk=pk)


def amount(value: int) -> dict[str, Any]:
    text = {"amount_text": str(value), "amount_state": "exact", "currency": "USD"}
    return {"amount_low": value, "amount_high": value} | text


def outcome(run: ImportRun) -> dict[str, int]:
    names = ("created", "updated", "unchanged", "conflict", "held")
    return {name: n for name in names if (n := getattr(run, f"deals_{name}"))}


def undone(run: ImportRun) -> dict[str, Any]:
    report: dict[str, Any] = undo(run.pk, reason="wrong file").undo_report
    return report


def test_new_deals_are_retracted_and_still_there_as_of_before() -> None:
    text = PROFILE.replace("[constants]", '[constants]\nai = "yes"')
    published_import([BETA], text, more=POPULATION)
    before, facts = comparable(fast_share(QUESTION))["deals"], register()
    run = published_import([ACME, BETA], text, more=POPULATION)
    seq, during = ledger.head(), comparable(fast_share(QUESTION))["deals"]
    assert during["n"] == before["n"] + 1
    assert undone(run) == {"retracted": 1, "restored": 0, "kept": []}
    assert register() == facts
    assert comparable(fast_share(QUESTION))["deals"] == before
    assert comparable(fast_share(QUESTION.but(as_of=seq)))["deals"] == during
    assert not DealFact.objects.filter(superseded_seq=None, version__target_name="Acme").exists()


def test_changed_deals_get_back_every_fact_with_investors_sources_and_population() -> None:
    text = PROFILE.replace(
        "[constants]",
        'source_url = "page"\nnotes = "notes"\nstatus = "status"\nkind = "kind"\n[constants]',
    ).replace('status = "completed"\n', "")
    header = "company,company_country,month,raised_usd,ccy,investor,investor_country"
    header += ",page,notes,status,kind"
    first = ["Acme,CN,2019-05,5,USD,Fund,DE,https://example.org/a,one,completed,funding_round"]
    second = [
        "Acme,,2019-05,6,EUR,Bank,FR,https://example.org/b,two,announced,acquisition",
        "Acme,,2019-05,6,EUR,House,CN,https://example.org/b,two,announced,acquisition",
    ]
    import_file(file(csv_of(first, header)), profile(text), publish=True)
    before, quoted, known = register(), cited(live_of("Acme")), records()
    run = import_file(file(csv_of(second, header)), profile(text, more=POPULATION), publish=True)
    assert outcome(run) == {"updated": 1}
    assert register() != before
    assert undone(run) == {"retracted": 0, "restored": 1, "kept": []}
    assert (register(), cited(live_of("Acme")), records()) == (before, quoted, known)
    assert live_of("Acme").number == 3


def test_a_tranche_belongs_to_its_umbrella_again() -> None:
    text = "id,name,whole,notes\nU,Whole,,\nV,Other,,\nT,Part,U,\n"
    import_file(file(text), profile(TRANCHES), publish=True)
    before = register()
    run = import_file(file(text.replace("Part,U", "Part,V")), profile(TRANCHES), publish=True)
    assert live_of("Part").part_of == live_of("Other").deal
    undone(run)
    assert register() == before


def test_the_same_file_can_be_imported_again() -> None:
    published_import([ACME])
    known = records()
    run = published_import([SIX, BETA])
    undone(run)
    assert records() == known
    assert outcome(published_import([SIX, BETA])) == {"created": 1, "updated": 1}
    assert live_of("Acme").amount_low == 6


def test_a_file_that_waits_while_the_one_before_is_undone_is_compared_again() -> None:
    text = "id,name,whole,notes\nA,Part,U,\nU,Whole,,\n"
    first = import_file(file(text), profile(TRANCHES), publish=True)
    gone = set(Deal.objects.values_list("pk", flat=True))
    waiting = import_file(file(text.replace("Part,U,", "Part,U,x")), profile(TRANCHES))
    checked_by = get_user_model().objects.create_user("anna")
    for staged in waiting.staged.all():
        SampleCheck.objects.create(staged=staged, by=checked_by, verdict="right", at=timezone.now())
    assert outcome(waiting) == {"updated": 1, "unchanged": 1}
    undone(first)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.phase, outcome(waiting)) == ("queued", "reading", {})
    work(waiting.pk, ring=lambda _: None)
    waiting.refresh_from_db()
    assert (waiting.state, outcome(waiting)) == ("review", {"created": 2})
    approve(waiting.pk)
    assert live_of("Part").part_of == live_of("Whole").deal
    assert gone.isdisjoint(DealVersion.objects.live().values_list("deal", flat=True))


def test_an_import_at_work_while_the_one_before_is_undone_begins_again(monkeypatch) -> None:
    first = published_import([ACME, BETA])

    def interrupted(job: steps.Job) -> Iterator[None]:
        monkeypatch.undo()
        undo(first.pk, reason="wrong")
        yield from steps.PHASES[ImportRun.Phase.WEIGHING](job)

    monkeypatch.setitem(steps.PHASES, ImportRun.Phase.WEIGHING, interrupted)
    run = published_import([SIX, BETA])
    assert (run.state, outcome(run)) == ("published", {"created": 2})
    assert live_of("Acme").amount_low == 6


def test_a_hand_edit_stays_and_facts_that_nobody_edited_go_back() -> None:
    published_import([ACME])
    run = published_import([SIX.replace("Fund,DE", "Bank,FR"), BETA])
    hand_edit(live_of("Acme"), **amount(9))
    hand_edit(live_of("Beta"), notes="checked")
    report = undone(run)
    version = live_of("Acme")
    assert (version.amount_low, version.participations.get().investor_name) == (9, "Fund")
    assert live_of("Beta").notes == "checked"
    deals = {version.deal.public_id, live_of("Beta").deal.public_id}
    assert {kept["deal"] for kept in report["kept"]} == deals
    assert {kept["why"][:20] for kept in report["kept"]} == {"edited since by anna"}
    assert (report["retracted"], report["restored"]) == (0, 0)
    assert outcome(published_import([SIX.replace("Fund,DE", "Bank,FR"), BETA])) == {
        "conflict": 1,
        "unchanged": 1,
    }


def test_when_facts_go_back_beside_an_edit_the_undone_file_is_no_source_any_more() -> None:
    published_import([ACME])
    quoted = cited(live_of("Acme"))
    run = published_import([SIX])
    hand_edit(live_of("Acme"), notes="checked")
    undone(run)
    assert cited(live_of("Acme")) == quoted
    assert (live_of("Acme").amount_low, live_of("Acme").notes) == (5, "checked")


def test_a_page_that_only_the_undone_file_named_is_no_source_any_more() -> None:
    text = PROFILE.replace('currency = "ccy"', 'source_url = "ccy"')
    published_import([ACME.replace("USD", "")], text)
    run = published_import([ACME.replace("USD", "https://example.org/a")], text)
    hand_edit(live_of("Acme"), notes="checked")
    assert register()[live_of("Acme").deal.public_id]["sources"]
    undone(run)
    assert register()[live_of("Acme").deal.public_id]["sources"] == []
    assert live_of("Acme").notes == "checked"


@pytest.mark.parametrize(
    "edit",
    [
        {"target_country": "US"},
        {"target_country_basis": "headquarters"},
        {"target_country": None, "target_country_basis": "unknown"},
    ],
)
def test_facts_that_belong_together_go_back_together_or_not_at_all(edit) -> None:
    published_import([ACME.replace(",CN,2", ",,2")])
    run = published_import([ACME])
    hand_edit(live_of("Acme"), **edit)
    undone(run)
    version = live_of("Acme")
    said = {name: getattr(version, name) for name in edit}
    assert said == edit
    assert (version.target_country is None) == (version.target_country_basis == "unknown")


def test_contributions_and_their_currency_go_back_together() -> None:
    text = PROFILE.replace('amount = "raised_usd"', 'contribution = "raised_usd"')
    published_import([ACME], text)
    run = published_import([ACME.replace("5,USD", "5,EUR")], text)
    hand_edit(live_of("Acme"), currency="GBP")
    undone(run)
    version = live_of("Acme")
    assert (version.currency, version.participations.get().contribution) == ("GBP", 5)


def test_deals_that_people_retracted_or_merged_are_left_and_do_not_come_back() -> None:
    other = make_deal(target="Other")
    gamma = ACME.replace("Acme", "Gamma")
    run = published_import([ACME, BETA, gamma])
    actions.retract(deal=live_of("Acme").deal, by=None, reason="never happened")
    merged = live_of("Beta").deal
    actions.merge(deal=merged, into=other.deal, by=None, reason="the same")
    report = undone(run)
    assert report["retracted"] == 1
    assert {kept["why"] for kept in report["kept"]} == {
        "retracted already",
        "merged into another deal since",
    }
    assert list(DealVersion.objects.live()) == [other]
    assert outcome(published_import([ACME, BETA, gamma])) == {"unchanged": 2, "created": 1}


def test_a_deal_into_which_another_was_merged_is_not_lost() -> None:
    mine = make_deal(target="Mine")
    run = published_import([ACME, BETA])
    actions.merge(deal=mine.deal, into=live_of("Acme").deal, by=None, reason="the same")
    report = undone(run)
    assert list(DealVersion.objects.live()) == [live_of("Acme")]
    assert [kept["why"] for kept in report["kept"]] == ["another deal was merged into it since"]


def test_merging_organizations_since_is_no_edit_of_their_deals() -> None:
    published_import([ACME])
    run = published_import([SIX, BETA, ACME.replace("Acme", "Gamma")])
    fund = Organization.objects.get(name="Fund")
    house = Organization.objects.get(name="Tencent")
    organizations.merge(one=fund, into=house, by=None, reason="one firm")
    assert undone(run) == {"retracted": 2, "restored": 1, "kept": []}
    version = live_of("Acme")
    assert version.amount_low == 5
    assert version.participations.get().investor == house
    assert DealVersion.objects.live().count() == 1


def test_what_goes_back_has_todays_owners_and_organizations() -> None:
    published_import([ACME])
    run = published_import([ACME.replace("Fund,DE", "Bank,FR")])
    fund, bank = (Organization.objects.get(name=name) for name in ("Fund", "Bank"))
    Ownership.objects.create(owned=fund, owner=bank, controlling=True, state_linked=False)
    undone(run)
    part = live_of("Acme").participations.get()
    assert (part.investor, part.ultimate, part.ultimate_basis) == (fund, ["FR"], "evidence")


def test_a_later_file_of_the_feed_has_the_last_word() -> None:
    published_import([ACME])
    wrong = published_import([ACME.replace(",5,", ",5000,"), BETA])
    right = published_import([SIX, BETA.replace(",7,", ",8,")])
    facts, known = register(), records()
    report = undone(wrong)
    assert (register(), records()) == (facts, known)
    assert {kept["why"] for kept in report["kept"]} == {
        f"delivered again since by import {right.pk}"
    }


def test_a_later_file_that_says_the_same_beside_something_else_keeps_what_it_says() -> None:
    published_import([ACME])
    first = published_import([SIX])
    published_import([SIX.replace("Fund,DE", "Bank,FR")])
    undone(first)
    assert live_of("Acme").amount_low == 6
    assert outcome(published_import([SIX.replace("Fund,DE", "Bank,FR")])) == {"unchanged": 1}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_imports_that_are_undone_in_any_order_leave_nothing(order) -> None:
    published_import([ACME])
    before, known = register(), records()
    runs = [
        published_import([SIX, BETA]),
        published_import([SIX.replace(",6,", ",7,"), BETA.replace(",7,", ",8,")]),
    ]
    for place in order:
        undone(runs[place])
    assert (register(), records()) == (before, known)


def test_the_ledger_names_the_import_its_reason_and_the_person(django_user_model) -> None:
    published_import([ACME])
    run = published_import([SIX, BETA])
    head = ledger.head()
    anna = django_user_model.objects.create_user("anna")
    done = undo(run.pk, by=anna, reason="wrong file")
    assert (done.undone_by, done.undo_reason, done.state) == (anna, "wrong file", "undone")
    entries = Change.objects.filter(seq__gt=head)
    assert sorted(entries.values_list("kind", "by", "import_run")) == [
        ("published", "anna", run.pk),
        ("retracted", "anna", run.pk),
    ]
    for entry in entries:
        assert entry.reason == f"Undo of import {run.pk} of rounds.csv: wrong file"
    assert live_of("Acme").decided_by == anna
    assert Change.objects.get(version=live_of("Acme")).fields == ["amount", "sources"]


def test_an_undone_import_is_not_undone_again_and_a_reason_is_needed() -> None:
    run = published_import([ACME])
    with pytest.raises(NotDecidableError, match="Say why"):
        undo(run.pk, reason=" ")
    undone(run)
    with pytest.raises(NotDecidableError, match="is undone"):
        undo(run.pk, reason="again")
    staged = import_file(file(csv_of([BETA])), profile())
    with pytest.raises(NotDecidableError, match="only a published one"):
        undo(staged.pk, reason="too early")


def test_an_import_that_changed_nothing_is_undone_without_a_trace() -> None:
    published_import([ACME])
    head, known = ledger.head(), records()
    assert undone(published_import([ACME])) == {"retracted": 0, "restored": 0, "kept": []}
    assert (ledger.head(), records()) == (head, known)


def test_what_an_undo_writes_is_what_a_rebuild_would_write() -> None:
    published_import([ACME, BETA])
    run = published_import([SIX, BETA.replace(",7,", ",8,"), ACME.replace("Acme", "Gamma")])
    hand_edit(live_of("Beta"), notes="checked")
    undone(run)
    models = (DealFact, DealDocument)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    head = ledger.head()
    rebuild()
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    assert ledger.head() == head


def test_the_command_line_undoes_with_a_reason(capsys) -> None:
    published_import([ACME])
    run = published_import([SIX, BETA])
    with pytest.raises(CommandError, match="Say why"):
        call_command("review_import", str(run.pk), "--undo")
    call_command("review_import", str(run.pk), "--undo", "--reason", "wrong file")
    said = capsys.readouterr().out
    assert "1 deals retracted, 1 put back, 0 kept" in said
    assert live_of("Acme").amount_low == 5
    with pytest.raises(CommandError, match="only a published one"):
        call_command("review_import", str(run.pk), "--undo", "--reason", "again")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_undo_at_once_one_does() -> None:
    run = published_import([ACME])
    said: list[str] = []

    def ask() -> None:
        try:
            undo(run.pk, reason="wrong file")
            said.append("done")
        except NotDecidableError:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "refused", "refused"]
    assert Change.objects.filter(kind="retracted").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["Acme", "Beta"])
def test_an_edit_in_the_very_moment_of_an_undo_is_seen(monkeypatch, name) -> None:
    published_import([ACME])
    run = published_import([SIX, BETA])
    plan_undo, edits = undoing.plan_undo, []

    def edit() -> None:
        edits.append(hand_edit(live_of(name), notes="just now"))
        connection.close()

    def interrupted(run: ImportRun) -> Any:
        plan = plan_undo(run)
        if not edits:
            thread = threading.Thread(target=edit)
            thread.start()
            thread.join()
        return plan

    monkeypatch.setattr(undoing, "plan_undo", interrupted)
    report = undone(run)
    assert live_of(name).notes == "just now"
    assert [kept["deal"] for kept in report["kept"]] == [edits[0].deal.public_id]
    assert live_of("Acme").amount_low == 5
    assert Deal.objects.count() == 2
    assert not DealVersion.objects.filter(state="submitted").exists()


def test_conflicts_of_an_undone_import_are_no_longer_to_be_decided() -> None:
    published_import([ACME])
    hand_edit(live_of("Acme"), **amount(9))
    run = published_import([SIX])
    assert StagedDeal.objects.get(import_run=run).outcome == "conflict"
    undone(run)
    assert (live_of("Acme").amount_low, outcome(published_import([ACME]))) == (9, {"unchanged": 1})
