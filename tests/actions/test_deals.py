"""What people do to deals: each works, each is refused where it should be, and nothing moved."""

import pytest
from django.core.management import CommandError, call_command

from deals import actions
from deals.feeds.publish import StaleVersionError, publish
from deals.flows.asked import share_answer
from deals.flows.query import FlowQuery
from deals.models import Change, DealFact, DealVersion, Ownership, ledger
from tests.factories import make_deal, make_organization, make_population, submit_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(django_user_model):
    return [django_user_model.objects.create_user(name) for name in ("anna", "ben")]


def test_a_colleague_approves_and_the_ledger_says_who(people) -> None:
    anna, ben = people
    version = actions.approve(version=submit_version(created_by=anna), by=ben, reason="read it")
    assert (version.state, version.decided_by, version.self_approved) == ("published", ben, False)
    change = Change.objects.get(version=version)
    assert (change.by, change.reason, change.seq) == ("ben", "read it", version.published_seq)


def test_nobody_approves_what_they_wrote(people, settings) -> None:
    anna, _ = people
    version = submit_version(created_by=anna)
    head = ledger.head()
    with pytest.raises(actions.NotAllowed, match="somebody else"):
        actions.approve(version=version, by=anna)
    with pytest.raises(actions.NotAllowed, match="take it back"):
        actions.reject(version=version, by=anna, reason="no")
    version.refresh_from_db()
    assert (version.state, ledger.head()) == ("submitted", head)
    settings.SELF_APPROVAL = True
    assert actions.approve(version=version, by=anna).self_approved


def test_a_version_goes_to_a_colleague_and_back(people) -> None:
    anna, ben = people
    version = submit_version(created_by=anna)
    with pytest.raises(actions.NotAllowed, match="Only the person"):
        actions.take_back(version=version, by=ben)
    assert actions.take_back(version=version, by=anna).state == "draft"
    with pytest.raises(actions.NotAllowed, match="Only a submitted version can be approved"):
        actions.approve(version=version, by=ben)
    assert actions.submit(version=version, by=anna).state == "submitted"
    with pytest.raises(actions.NotAllowed, match="Only a draft version can be submitted"):
        actions.submit(version=version, by=anna)


def test_a_rejection_needs_a_reason_and_is_final(people) -> None:
    anna, ben = people
    version = submit_version(created_by=anna)
    with pytest.raises(actions.NotAllowed, match="Say why"):
        actions.reject(version=version, by=ben, reason=" ")
    rejected = actions.reject(version=version, by=ben, reason="no source for the amount")
    assert (rejected.state, rejected.decided_by) == ("rejected", ben)
    with pytest.raises(actions.NotAllowed, match="is rejected"):
        actions.approve(version=version, by=ben)


def test_what_was_written_on_an_older_version_is_stale() -> None:
    first = make_deal()
    two, three = submit_version(first.deal), submit_version(first.deal)
    actions.approve(version=two, by=None)
    with pytest.raises(StaleVersionError, match=first.deal.public_id):
        actions.approve(version=three, by=None)
    three.refresh_from_db()
    assert three.state == "submitted"
    assert first.deal.versions.live().get() == two


def test_a_batch_with_one_stale_version_publishes_none() -> None:
    first = make_deal()
    stale, fresh = submit_version(first.deal), submit_version()
    actions.approve(version=submit_version(first.deal), by=None)
    with pytest.raises(StaleVersionError):
        publish([fresh.pk, stale.pk], by="system")
    fresh.refresh_from_db()
    assert (fresh.state, fresh.published_seq) == ("submitted", None)


def test_a_retracted_deal_leaves_the_numbers_and_can_come_back() -> None:
    version = make_deal(amount="5", investors=[("Fund", "DE"), (None, None)])
    change = actions.retract(deal=version.deal, by=None, reason="it never closed")
    assert not version.deal.versions.live().exists()
    assert DealFact.objects.get(pk=version.pk).superseded_seq == change.seq
    version.refresh_from_db()
    assert version.superseded_seq == change.seq
    back = actions.restore(deal=version.deal, by=None, reason="it did")
    assert (back.number, back.amount_low, back.participations.count()) == (2, version.amount_low, 2)
    assert back.citations.count() == 1
    assert Change.objects.get(version=back).kind == "restored"
    assert DealVersion.objects.as_of(change.seq - 1).get(deal=version.deal) == version


def test_a_merged_deal_leads_to_the_other_until_it_is_restored(people) -> None:
    one, other = make_deal(), make_deal()
    anna, _ = people
    change = actions.merge(deal=one.deal, into=other.deal, by=anna, reason="the same round")
    assert (change.merged_into, change.by) == (other.deal, "anna")
    one.deal.refresh_from_db()
    assert one.deal.merged_into == other.deal
    assert DealFact.objects.get(pk=one.pk).superseded_seq == change.seq
    actions.restore(deal=one.deal, by=anna, reason="two rounds after all")
    one.deal.refresh_from_db()
    assert one.deal.merged_into is None
    assert one.deal.versions.live().exists()


def test_senseless_moves_are_refused_and_leave_no_entry() -> None:
    live, gone = make_deal(), make_deal()
    actions.retract(deal=gone.deal, by=None, reason="why not")
    waiting = submit_version()
    head = ledger.head()
    for move in (
        lambda: actions.retract(deal=live.deal, by=None, reason=""),
        lambda: actions.retract(deal=gone.deal, by=None, reason="again"),
        lambda: actions.merge(deal=live.deal, into=live.deal, by=None, reason="itself"),
        lambda: actions.merge(deal=live.deal, into=gone.deal, by=None, reason="into nothing"),
        lambda: actions.restore(deal=live.deal, by=None, reason="it is there"),
        lambda: actions.restore(deal=waiting.deal, by=None, reason="it never was"),
    ):
        with pytest.raises(actions.NotAllowed):
            move()
    assert ledger.head() == head
    assert live.deal.versions.live().exists()


def test_the_command_line_acts_as_system(capsys) -> None:
    one, other = make_deal(), make_deal()
    call_command("ledger", "merge", str(one.deal), "--into", str(other.deal), "--reason", "same")
    call_command("ledger", "restore", str(one.deal), "--reason", "not the same")
    call_command("ledger", "retract", str(other.deal), "--reason", "never closed")
    assert "was retracted; ledger no." in capsys.readouterr().out
    kinds = Change.objects.order_by("-seq").values_list("kind", "by")[:3]
    assert list(kinds) == [("retracted", "system"), ("restored", "system"), ("merged", "system")]
    for args in (("retract", "D-NONE"), ("merge", str(one.deal)), ("restore", str(one.deal))):
        with pytest.raises(CommandError):
            call_command("ledger", *args, "--reason", "x")


def test_the_tranches_of_a_merged_umbrella_go_with_it_and_nothing_counts_twice() -> None:
    umbrella, other = make_deal(target="Whole"), make_deal(target="Whole again")
    part = make_deal(target="Whole", part_of=umbrella)
    actions.merge(deal=umbrella.deal, into=other.deal, by=None, reason="one round, entered twice")
    moved = DealVersion.objects.live().get(deal=part.deal)
    assert (moved.part_of, moved.number, moved.based_on) == (other.deal, 2, part)
    assert [change.fields for change in Change.objects.filter(version=moved)] == [["part_of"]]
    query = FlowQuery.from_params({"investor": "europe", "target": "CN"})
    assert share_answer(query)[0]["deals"]["n"] == 1


def test_a_merge_takes_no_deal_out_of_its_population() -> None:
    inside, outside = make_deal(population="one"), make_deal()
    another = make_deal(population="two")
    head = ledger.head()
    for destination in (outside, another):
        with pytest.raises(actions.NotAllowed, match="never added"):
            actions.merge(deal=inside.deal, into=destination.deal, by=None, reason="same")
    assert ledger.head() == head
    actions.merge(deal=outside.deal, into=inside.deal, by=None, reason="same")


def test_who_decides_second_is_told_what_the_first_did(people) -> None:
    version = submit_version()
    seen_earlier = DealVersion.objects.get(pk=version.pk)
    actions.reject(version=version, by=people[0], reason="not a deal")
    with pytest.raises(actions.NotAllowed, match="this one is rejected"):
        actions.approve(version=seen_earlier, by=people[1])
    assert ledger.head() == 0


def test_no_real_deal_is_merged_into_an_invented_one() -> None:
    real = make_deal()
    invented = make_deal(population=make_population("demo", generated=True))
    with pytest.raises(actions.NotAllowed, match="invented"):
        actions.merge(deal=real.deal, into=invented.deal, by=None, reason="same")
    assert real.deal.versions.live().exists()


def test_a_restored_deal_has_the_owners_that_are_known_by_then() -> None:
    version = make_deal(investors=[("Daughter", "DE")])
    actions.retract(deal=version.deal, by=None, reason="wrong")
    daughter = version.participations.get().investor
    Ownership.objects.create(
        owned=daughter, owner=make_organization("Mother", "CN"), controlling=True
    )
    restored = actions.restore(deal=version.deal, by=None, reason="right after all")
    part = restored.participations.get()
    assert (part.ultimate, part.ultimate_basis, part.country) == (["CN"], "evidence", "DE")
    fact = DealFact.objects.get(pk=restored.pk)
    assert (fact.hq, fact.ultimate) == (["DE"], ["CN"])
