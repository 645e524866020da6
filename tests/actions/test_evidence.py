"""Edits of evidence: proposed by one person, published by another, with the deals that move."""

import pytest
from django.contrib.auth import get_user_model

from deals import actions
from deals.actions import NotAllowed
from deals.actions.evidence import Overtaken, propose, publish_edit, reject_edit, withdraw_edit
from deals.entry.evidence import difference, record
from deals.entry.evidence_laid import moves_of
from deals.entry.lookup import look_up
from deals.models import (
    Activity,
    Change,
    DealVersion,
    Notification,
    Organization,
    OrganizationEdit,
    Ownership,
)
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization, submit_version

pytestmark = pytest.mark.django_db
State = OrganizationEdit.State
SOURCE = {"url": "https://example.org/move", "title": "Annual report"}


@pytest.fixture
def anna():
    return make_person("anna", "editor")


@pytest.fixture
def rita():
    return make_person("rita", "reviewer")


def seat(country: str, first: str = "", last: str = "") -> dict[str, str]:
    return {
        "row": "",
        "country": country,
        "basis": "headquarters",
        "first": first,
        "last": last,
    } | SOURCE


def owner(organization: Organization, **facts: str) -> dict[str, str]:
    blank = dict.fromkeys(
        ("row", "share", "controlling", "state_linked", "first", "last", "note"), ""
    )
    named = {
        "id": organization.public_id,
        "name": organization.name,
        "country": organization.country or "",
    }
    return {**blank, **named, **SOURCE, **facts}


def changes(organization: Organization, **facts) -> list[dict]:
    """What makes the record say these facts; lists are added to what is there."""
    known = record(organization)
    wanted = {**known}
    for name, value in facts.items():
        wanted[name] = known[name] + value if isinstance(value, list) else value
    return difference(known, wanted)


def edit(organization, by, reason="It moved", **facts) -> OrganizationEdit:
    return propose(
        organization=organization, changes=changes(organization, **facts), reason=reason, by=by
    )


def make_deal_by_seat(**facts) -> DealVersion:
    """A deal whose countries are those of headquarters, not stated by a source."""
    return make_deal(country_basis="headquarters", **facts)


def live(version: DealVersion) -> DealVersion:
    return version.deal.versions.live().get()


def told(version: DealVersion) -> list[tuple]:
    parts = live(version).participations.order_by("position")
    return [(p.country, p.country_basis, p.ultimate, p.ultimate_basis) for p in parts]


def test_an_edit_waits_for_somebody_else_and_changes_nothing_before(anna, rita):
    deal = make_deal_by_seat(investors=[("Fund", "DE")])
    fund = make_organization("Fund", "DE")
    made = edit(fund, anna, domiciles=[seat("CN")])
    assert (made.state, made.review.closed_at) == (State.SUBMITTED, None)
    assert (live(deal), fund.domiciles.count()) == (deal, 0)
    assert Activity.objects.get(verb="submitted").edit == made
    assert Notification.objects.get(user=rita).link == f"/desk/review/{made.review.pk}/"
    assert not Change.objects.filter(kind="organization").exists()


def test_publishing_writes_the_rows_the_ledger_and_new_versions_with_the_reason(anna, rita):
    deal = make_deal_by_seat(investors=[("Fund", "DE")], date="2019-05-13")
    made = publish_edit(
        edit=edit(make_organization("Fund", "DE"), anna, domiciles=[seat("CN", "2019-01-01")]),
        by=rita,
    )
    assert told(deal) == [("CN", "headquarters", ["CN"], "owner_not_researched")]
    version = live(deal)
    assert (version.reason, version.decided_by, version.based_on) == ("It moved", rita, deal)
    entry = Change.objects.get(kind="organization")
    assert entry.fields == [
        "domiciles",
        f"edit:{made.pk}",
        f"changes:{made.versions[0]}-{made.versions[1]}",
    ]
    assert (entry.seq, entry.reason, entry.by) == (made.seq, "It moved", "rita")
    assert made.versions == [version.published_seq, version.published_seq]
    assert make_organization("Fund", "DE").domiciles.get().source.title == "Annual report"
    assert made.review.__class__.objects.get(edit=made).closed_at is not None


def test_what_a_source_stated_stays_and_is_listed(anna):
    deal = make_deal(investors=[("Fund", "DE")])
    fund = make_organization("Fund", "DE")
    found = moves_of(fund, changes(fund, domiciles=[seat("CN")]))
    assert not found.change.versions()
    (one,) = found.disagreements
    assert (one.version, one.position, one.stated, one.evidence) == (deal.pk, 0, "DE", "CN")


def test_dated_headquarters_move_only_the_deals_of_their_days(anna, rita):
    early, late, year, undated = (
        make_deal_by_seat(investors=[("Fund", "DE")], date=day)
        for day in ("2019-05-13", "2021-05-13", "2020", None)
    )
    publish_edit(
        edit=edit(make_organization("Fund", "DE"), anna, domiciles=[seat("CN", "2020-07-01")]),
        by=rita,
    )
    assert [told(deal)[0][0] for deal in (early, late, year, undated)] == ["DE", "CN", "DE", "DE"]


def test_an_unknown_country_becomes_known_and_unknown_again(anna, rita):
    deal = make_deal(investors=[("Fund", None)])
    fund = make_organization("Fund", None)
    publish_edit(edit=edit(fund, anna, domiciles=[seat("CN")]), by=rita)
    assert told(deal) == [("CN", "headquarters", ["CN"], "owner_not_researched")]
    known = record(fund)
    back = propose(
        organization=fund,
        changes=difference(known, known | {"domiciles": []}),
        reason="Wrong",
        by=anna,
    )
    publish_edit(edit=back, by=rita)
    assert told(deal) == [(None, "unknown", [], "owner_not_researched")]
    assert live(deal).number == 3


def test_an_owner_moves_everything_below_it_and_an_opposite_edit_moves_it_back(anna, rita):
    group, holding, fund = (
        make_organization(*o) for o in (("Group", "CN"), ("Holding", "LU"), ("Fund", "DE"))
    )
    Ownership.objects.create(owned=fund, owner=holding, controlling=True)
    deal = make_deal(investors=[("Fund", "DE")])
    before = told(deal)
    assert before == [("DE", "stated", ["LU"], "evidence")]
    publish_edit(
        edit=edit(holding, anna, owners=[owner(group, share="51", state_linked="yes")]), by=rita
    )
    assert told(deal) == [("DE", "stated", ["CN"], "evidence")]
    assert live(deal).participations.get().state_linked
    known = record(holding)
    back = propose(
        organization=holding,
        changes=difference(known, known | {"owners": []}),
        reason="No",
        by=anna,
    )
    publish_edit(edit=back, by=rita)
    assert told(deal) == before


def test_what_waits_is_mended_and_can_still_be_published(anna, rita):
    deal = make_deal_by_seat(investors=[("Fund", "DE")])
    waiting = submit_version(
        deal.deal,
        investors=[("Fund", "DE")],
        country_basis="headquarters",
        created_by=anna,
        notes="New",
    )
    publish_edit(edit=edit(make_organization("Fund", "DE"), anna, domiciles=[seat("CN")]), by=rita)
    waiting.refresh_from_db()
    assert waiting.based_on == live(deal)
    actions.approve(version=waiting, by=rita)
    assert (live(deal), told(deal)[0][0]) == (waiting, "CN")


def test_a_rename_keeps_the_old_name_findable_and_the_deals_as_published(anna, rita):
    deal = make_deal(investors=[("Fund", "DE")])
    fund = make_organization("Fund", "DE")
    made = publish_edit(edit=edit(fund, anna, name="Fund Partners"), by=rita)
    fund.refresh_from_db()
    assert (fund.name, fund.key) == ("Fund Partners", "fundpartners")
    assert fund.names.get().name == "Fund"
    assert [found.public_id for found in look_up("fund p")] == [fund.public_id]
    assert (live(deal), made.versions) == (deal, [])
    assert Change.objects.get(kind="organization").fields == ["name", f"edit:{made.pk}"]


def test_nobody_publishes_their_own_and_nobody_decides_twice(anna, rita):
    fund = make_organization("Fund", "DE")
    own = edit(fund, rita, kind="fund")
    with pytest.raises(NotAllowed, match="yourself"):
        publish_edit(edit=own, by=rita)
    with pytest.raises(NotAllowed, match="yourself"):
        reject_edit(edit=own, by=rita, reason="No")
    other = get_user_model().objects.create_user("other")
    reject_edit(edit=own, by=other, reason="No")
    for act in (publish_edit, reject_edit):
        with pytest.raises(NotAllowed, match="decided on this already"):
            act(edit=own, by=other, reason="Yes")
    assert Organization.objects.get(pk=fund.pk).kind == "unknown"


def test_only_the_writer_takes_an_edit_back(anna, rita):
    made = edit(make_organization("Fund", "DE"), anna, kind="fund")
    with pytest.raises(NotAllowed, match="Only the person"):
        withdraw_edit(edit=made, by=rita)
    assert withdraw_edit(edit=made, by=anna).state == State.WITHDRAWN
    assert made.review.__class__.objects.get(edit=made).closed_at is not None


def test_a_line_that_changed_meanwhile_is_refused_with_what_stands_there(anna, rita):
    fund = make_organization("Fund", "DE")
    place = fund.domiciles.create(country="DE", basis="headquarters")
    known = record(fund)
    wanted = known | {"domiciles": [known["domiciles"][0] | {"country": "CN"} | SOURCE]}
    made = propose(organization=fund, changes=difference(known, wanted), reason="Moved", by=anna)
    place.country = "FR"
    place.save()
    with pytest.raises(Overtaken) as refusal:
        publish_edit(edit=made, by=rita)
    ((_change, stands),) = refusal.value.lines
    assert stands["country"] == "FR"
    made.refresh_from_db()
    assert (made.state, fund.domiciles.get().country) == (State.SUBMITTED, "FR")


def test_other_lines_may_have_changed_and_both_are_kept(anna, rita):
    fund = make_organization("Fund", "DE")
    one = edit(fund, anna, domiciles=[seat("CN", "2020-01-01")])
    other = edit(fund, anna, domiciles=[seat("LU", "", "2019-12-31")], kind="fund")
    publish_edit(edit=other, by=rita)
    publish_edit(edit=one, by=rita)
    assert sorted(fund.domiciles.values_list("country", flat=True)) == ["CN", "LU"]


def test_rows_of_another_organization_are_never_touched(anna):
    fund, other = make_organization("Fund", "DE"), make_organization("Other", "DE")
    foreign = other.domiciles.create(country="DE", basis="headquarters")
    forged = [{"op": "remove", "what": "domicile", "id": foreign.pk, "before": {}, "after": {}}]
    with pytest.raises(Overtaken):
        propose(organization=fund, changes=forged, reason="Mine", by=anna)
    assert other.domiciles.exists()


def test_an_owner_new_to_the_register_is_made_once_it_is_published(anna, rita):
    fund = make_organization("Fund", "DE")
    deal = make_deal(investors=[("Fund", "DE")])
    blank = owner(Organization(name="New Group", country="CN", public_id=""), controlling="yes")
    made = edit(fund, anna, owners=[blank])
    assert not Organization.objects.filter(name="New Group").exists()
    assert moves_of(fund, made.changes).change.owners[deal.pk, 0].countries == ("CN",)
    publish_edit(edit=made, by=rita)
    assert Ownership.objects.get().owner == Organization.objects.get(name="New Group")
    assert told(deal) == [("DE", "stated", ["CN"], "evidence")]


def test_a_reason_is_needed(anna):
    with pytest.raises(NotAllowed, match="Say why"):
        edit(make_organization("Fund", "DE"), anna, reason=" ", kind="fund")
