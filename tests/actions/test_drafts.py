"""A draft from the first letter to the version: kept, compared, handed in once."""

from copy import deepcopy

import pytest

from deals import actions
from deals.models import Activity, Draft, Notification, Organization, Review, ledger
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization, submit_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return make_person("anna", "contributor")


@pytest.fixture
def ben(db):
    return make_person("ben", "reviewer")


def edited(deal, **changes):
    """Facts of the live version with changes; "target.country" reaches into a fact."""
    facts = deepcopy(actions.facts_of(deal.versions.live().get()))
    for name, value in changes.items():
        outer, _, inner = name.partition("__")
        if inner:
            facts[outer][inner] = value
        else:
            facts[outer] = value
    return facts


def test_a_new_deal_becomes_a_version_that_waits(anna, ben):
    facts = edited(make_deal(amount="12.5", investors=[("Fund", "DE"), (None, "FR")]).deal)
    facts["target"] = {"id": "", "name": "Neue KI", "country": "CN", "basis": "stated"}
    facts["amount"]["low"] = facts["amount"]["high"] = "30.00"
    draft = actions.begin_draft(by=anna, typed={"amount": "30"})
    version = actions.submit_draft(draft=draft, facts=facts, reason="From the press.", by=anna)
    assert version.state == "submitted"
    assert actions.facts_of(version) == facts | {
        "target": facts["target"] | {"id": Organization.objects.get(name="Neue KI").public_id}
    }
    draft.refresh_from_db()
    assert (draft.state, draft.version, draft.deal) == ("submitted", version, version.deal)
    review = Review.objects.get(version=version)
    assert review.closed_at is None
    told = Notification.objects.get(user=ben)
    assert (told.kind, told.link) == ("to_decide", f"/desk/review/{review.pk}/")
    assert list(Activity.objects.order_by("id").values_list("verb", "by__username")) == [
        ("began", "anna"),
        ("submitted", "anna"),
    ]
    published = actions.approve(version=version, by=ben, reason="read it")
    assert published.deal.versions.live().get() == version
    review.refresh_from_db()
    assert review.closed_at is not None


def test_a_person_has_one_open_draft_of_a_deal(anna, ben):
    deal = make_deal().deal
    one = actions.begin_draft(by=anna, typed={"notes": "first"}, deal=deal)
    again = actions.begin_draft(by=anna, typed={"notes": "second"}, deal=deal)
    assert (again.pk, again.typed) == (one.pk, {"notes": "first"})
    assert actions.begin_draft(by=ben, typed={}, deal=deal).pk != one.pk


def test_two_windows_never_overwrite_each_other(anna):
    draft = actions.begin_draft(by=anna, typed={})
    actions.save_draft(draft=draft, typed={"notes": "here"}, revision=0, by=anna)
    with pytest.raises(actions.Overtaken) as overtaken:
        actions.save_draft(draft=draft, typed={"notes": "there"}, revision=0, by=anna)
    assert overtaken.value.draft.typed == {"notes": "here"}
    draft.refresh_from_db()
    assert (draft.typed, draft.revision) == ({"notes": "here"}, 1)


def test_a_draft_is_its_owners_alone(anna, ben):
    draft = actions.begin_draft(by=anna, typed={})
    for act in (
        lambda: actions.save_draft(draft=draft, typed={"x": 1}, revision=0, by=ben),
        lambda: actions.discard_draft(draft=draft, by=ben),
        lambda: actions.submit_draft(draft=draft, facts={}, reason="", by=ben),
    ):
        with pytest.raises(actions.NotAllowed, match="somebody else's"):
            act()
    draft.refresh_from_db()
    assert (draft.typed, draft.state) == ({}, "open")


def test_what_was_handed_in_or_thrown_away_is_not_handed_in_again(anna):
    deal = make_deal().deal
    draft = actions.begin_draft(by=anna, typed={}, deal=deal)
    facts = edited(deal, notes="better")
    actions.submit_draft(draft=draft, facts=facts, reason="", by=anna)
    with pytest.raises(actions.NotAllowed, match="submitted already"):
        actions.submit_draft(draft=draft, facts=facts, reason="", by=anna)
    other = actions.begin_draft(by=anna, typed={}, deal=deal)
    actions.discard_draft(draft=other, by=anna)
    with pytest.raises(actions.NotAllowed, match="discarded already"):
        actions.submit_draft(draft=other, facts=facts, reason="", by=anna)
    assert deal.versions.filter(state="submitted").count() == 1


def test_an_edit_that_changes_nothing_is_refused(anna):
    deal = make_deal().deal
    draft = actions.begin_draft(by=anna, typed={}, deal=deal)
    with pytest.raises(actions.NotAllowed, match="Nothing differs"):
        actions.submit_draft(draft=draft, facts=edited(deal), reason="", by=anna)
    assert Draft.objects.get(pk=draft.pk).state == "open"


def test_what_somebody_else_published_meanwhile_is_kept(anna, ben):
    deal = make_deal(amount="5").deal
    draft = actions.begin_draft(by=anna, typed={}, deal=deal)
    mine = edited(deal, notes="mine")
    theirs = submit_version(
        deal, **known(deal), amount="5", currency="USD", created_by=anna, round_type="seed"
    )
    actions.approve(version=theirs, by=ben)
    version = actions.submit_draft(draft=draft, facts=mine, reason="", by=anna)
    facts = actions.facts_of(version)
    assert (facts["notes"], facts["round_type"]) == ("mine", "seed")
    assert version.based_on == theirs


def test_the_same_fact_changed_twice_takes_a_person(anna, ben):
    deal = make_deal(amount="5").deal
    draft = actions.begin_draft(by=anna, typed={}, deal=deal)
    mine = edited(deal, amount__low="7.00", amount__high="7.00", notes="mine")
    theirs = submit_version(deal, **known(deal), amount="6", currency="USD", created_by=anna)
    actions.approve(version=theirs, by=ben)
    with pytest.raises(actions.Clash, match=deal.public_id) as clash:
        actions.submit_draft(draft=draft, facts=mine, reason="", by=anna)
    compared = clash.value.compared
    assert (compared.clashes, compared.by_me) == (("amount",), ("notes",))
    assert [side["amount"]["low"] for side in (compared.base, compared.theirs, compared.mine)] == [
        "5.00",
        "6.00",
        "7.00",
    ]
    draft.refresh_from_db()
    assert draft.state == "open"
    assert deal.versions.count() == 2


def test_going_on_from_the_newer_version_keeps_the_choice(anna, ben):
    deal = make_deal(amount="5").deal
    draft = actions.begin_draft(by=anna, typed={}, deal=deal)
    theirs = submit_version(deal, **known(deal), amount="6", currency="USD", created_by=anna)
    actions.approve(version=theirs, by=ben)
    actions.rebase_draft(draft=draft, typed={"amount": "7"}, live=theirs, by=anna)
    mine = edited(deal, amount__low="7.00", amount__high="7.00")
    version = actions.submit_draft(draft=draft, facts=mine, reason="", by=anna)
    assert actions.facts_of(version)["amount"]["low"] == "7.00"


def test_a_waiting_version_is_put_together_when_it_is_approved(anna, ben):
    deal = make_deal(amount="5").deal
    one = submit_version(deal, **known(deal), amount="5", currency="USD", notes="one",
                         created_by=anna)  # fmt: skip
    two = submit_version(deal, **known(deal), amount="6", currency="USD", created_by=anna)
    actions.approve(version=one, by=ben)
    actions.approve(version=two, by=ben)
    live = actions.facts_of(deal.versions.live().get())
    assert (live["notes"], live["amount"]["low"]) == ("one", "6.00")
    assert deal.versions.live().get().based_on == one


def test_the_writer_of_a_waiting_version_hears_that_it_clashes_now(anna, ben):
    deal = make_deal(amount="5").deal
    one = submit_version(deal, **known(deal), amount="7", currency="USD", created_by=anna)
    two = submit_version(deal, **known(deal), amount="6", currency="USD", created_by=anna)
    review = Review.objects.create(version=two, submitted_at=two.created_at)
    actions.approve(version=one, by=ben)
    told = Notification.objects.get(user=anna)
    assert (told.kind, told.link) == ("overtaken", f"/desk/review/{review.pk}/")
    head = ledger.head()
    with pytest.raises(actions.Clash):
        actions.approve(version=two, by=ben)
    assert ledger.head() == head


def test_what_was_taken_back_is_mended_where_it_is(anna, ben):
    deal = make_deal().deal
    draft = actions.begin_draft(by=anna, typed={}, deal=deal)
    version = actions.submit_draft(draft=draft, facts=edited(deal, notes="a"), reason="", by=anna)
    actions.take_back(version=version, by=anna)
    assert Review.objects.get(version=version).closed_at is not None
    again = actions.reopen_draft(draft=draft, by=anna)
    assert (again.pk, again.state) == (draft.pk, "open")
    facts = edited(deal, notes="b")
    facts["investors"] = []
    facts["investor_list"] = "none"
    same = actions.submit_draft(draft=again, facts=facts, reason="better", by=anna)
    assert (same.pk, same.state, same.reason) == (version.pk, "submitted", "better")
    assert actions.facts_of(same)["notes"] == "b"
    assert not same.participations.exists()
    assert Review.objects.get(version=version).closed_at is None


def test_names_of_investors_that_are_merged_lead_to_the_survivor(anna):
    deal = make_deal(investors=[("Old name", "DE")]).deal
    facts = edited(deal, notes="x")
    new = make_organization("New name", "DE")
    Organization.objects.filter(name="Old name").update(merged_into=new)
    draft = actions.begin_draft(by=anna, typed={}, deal=deal)
    version = actions.submit_draft(draft=draft, facts=facts, reason="", by=anna)
    assert version.participations.get().investor == new


def known(deal) -> dict:
    """What the factory has to be told, so that a second version says the same of the rest."""
    live = deal.versions.live().get()
    return {"target": live.target_name, "target_country": live.target_country}
