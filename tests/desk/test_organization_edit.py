"""Editing what is known about an organization: the form, the preview of flips, and review."""

import re
from html import unescape

import pytest
from django.test import Client

from deals.actions.evidence import publish_edit
from deals.models import DealVersion, OrganizationEdit, Ownership, Review
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\u202e=1+1"
SOURCE = {"url": "https://example.org/move", "title": "Annual report"}


@pytest.fixture
def anna() -> Client:
    client = Client()
    client.force_login(make_person("anna", "editor"))
    return client


@pytest.fixture
def fund():
    return make_organization("Fund", "DE")


def address(organization) -> str:
    return f"/desk/organizations/{organization.public_id}/edit/"


def text(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def opened(client, organization) -> dict[str, str]:
    """All that the form sends when nothing is touched."""
    html = client.get(address(organization)).content.decode()
    form = html[html.index('<form class="evidence"') :]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r' name="([^"]+)"', tag)
        is_box = 'type="checkbox"' in tag
        if name and (not is_box or " checked" in tag):
            value = re.search(r' value="([^"]*)"', tag)
            sent[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form):
        sent[name] = unescape(value)
    return sent


def seat(at: int, country: str, **facts: str) -> dict[str, str]:
    said = {"country": country, "basis": "headquarters"} | SOURCE | facts
    return {f"domiciles-{at}-{part}": value for part, value in said.items()}


def owner(at: int, name: str, country: str = "", **facts: str) -> dict[str, str]:
    said = {"name": name, "country": country, "controlling": "yes"} | SOURCE | facts
    return {f"owners-{at}-{part}": value for part, value in said.items()}


def send(client, organization, action="preview", **changes):
    sent = opened(client, organization) | {"reason": "It moved"} | changes
    return client.post(address(organization), sent | {"action": action})


def test_a_form_that_nobody_touched_says_so_and_loses_nothing(anna, fund):
    group = make_organization("Group", "CN")
    fund.names.create(name="基金", key="基金", script="Hans")
    fund.identifiers.create(scheme="supplier", value="17")
    fund.domiciles.create(country="KY", basis="incorporation")
    Ownership.objects.create(owned=fund, owner=group, controlling=True, note="As filed.")
    response = send(anna, fund)
    assert response.status_code == 400
    assert "Nothing differs from what is on record." in text(response)
    assert "Error: Edit Fund" in response.content.decode()


def test_the_deals_that_flip_come_first_on_the_preview(anna, fund):
    make_deal(target="Horizon", investors=[("Fund", "DE")], country_basis="headquarters")
    make_deal(target="Robots", target_country="DE", investors=[("Fund", "DE")], date="2018-02-03",
              country_basis="headquarters")  # fmt: skip
    make_deal(target="Stated", investors=[("Fund", "DE")])
    response = send(anna, fund, **seat(0, "CN"))
    assert response.status_code == 200
    said = text(response)
    assert "2 live deals get a new version each, with your reason." in said
    assert "2 of them enter or leave a flow by headquarters, and 2 by the owner at the top." in said
    by = "by headquarters and by the owner at the top"
    assert f"leaves Europe → China, {by}" in said
    assert f"enters China → Europe, {by}" in said
    assert "Fund (investor) Germany → China" in said
    assert "Stated (investor) : stated Germany, on this evidence China" in said
    html = response.content.decode()
    assert (
        html.index('id="flips"') < html.index('id="evidence-changes"') < html.index('id="impact"')
    )
    assert not OrganizationEdit.objects.exists()


def test_what_moves_no_deal_moves_no_number(anna):
    organization = make_organization("Alone", "DE")
    said = text(send(anna, organization, name="Alone GmbH"))
    assert "No headline number moves, since no live deal changes." in said
    assert "not computed" not in said


def test_handing_in_carries_all_that_was_typed_and_waits_for_a_reviewer(anna, fund):
    deal = make_deal(investors=[("Fund", "DE")], country_basis="headquarters")
    preview = send(anna, fund, **seat(0, "China", first="2019", last="2022-05"))
    fields = dict(
        re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', preview.content.decode())
    )
    carried = {name: unescape(value) for name, value in fields.items()}
    response = anna.post(address(fund), carried | {"action": "submit"})
    made = OrganizationEdit.objects.get()
    assert response["Location"] == f"/desk/review/{made.review.pk}/"
    (change,) = made.changes
    assert (change["op"], change["what"]) == ("add", "domicile")
    days = {"first": "2019-01-01", "last": "2022-05-31"}
    assert change["after"] == {"country": "CN", "basis": "headquarters"} | days | SOURCE
    assert made.review.impact["moves"] is True
    assert DealVersion.objects.live().get() == deal
    again = anna.post(address(fund), carried | {"action": "submit"})
    assert (again.status_code, OrganizationEdit.objects.count()) == (400, 1)
    assert "Exactly this waits for a decision already." in text(again)
    assert "Changes by anna" in text(anna.get(address(fund)))


def test_going_back_keeps_what_was_typed(anna, fund):
    said = send(anna, fund, action="back", **seat(0, "CN", first="soon")).content.decode()
    assert 'value="soon"' in said
    assert 'name="domiciles-1-country"' in said


def test_one_more_line_is_given_without_javascript(anna, fund):
    html = send(anna, fund, action="more-owners", **owner(0, "Group")).content.decode()
    assert 'name="owners-0-name" value="Group"' in html
    assert 'name="owners-1-name"' in html


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (seat(0, "Atlantis"), "Atlantis"),
        (seat(0, ""), "Say which country"),
        (seat(0, "CN", first="soon"), "not a date we can read"),
        (seat(0, "CN", first="2020", last="2019"), "It ends before it begins."),
        (seat(0, "CN", basis="moon"), "Choose one of the list."),
        (seat(0, "CN", url="", title=""), "Say where you read this"),
        (seat(0, "CN", url="javascript:alert(1)"), "address"),
        (seat(0, "CN") | seat(1, "FR"), "on the same day"),
        (owner(0, "Group", share="120"), "120"),
        (owner(0, "Fund", "DE"), "cannot own itself"),
        (owner(0, "x" * 10_000), "300"),
        (owner(0, "Group", note="x" * 10_000), "2,000"),
        ({"identifiers-0-scheme": "lei", "identifiers-0-value": "5299000J2N45DDNE4Y29"}, "digits"),
        ({"identifiers-0-scheme": "wikidata", "identifiers-0-value": "95"}, "Wikidata"),
        ({"name": ""}, "The name is blank"),
        ({"reason": " ", **seat(0, "CN")}, "Say why"),
        ({"reason": "x" * 10_000, **seat(0, "CN")}, "2,000"),
        ({"kind": "planet"}, "Choose one of the list."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(anna, fund, typed, sentence):
    response = send(anna, fund, **typed)
    assert response.status_code == 400
    assert sentence in text(response)
    assert "Error: Edit Fund" in response.content.decode()
    assert not OrganizationEdit.objects.exists()


def test_a_country_and_a_name_that_are_taken_lead_to_a_merge(anna, fund):
    twin = make_organization("Fund GmbH", "FR")
    assert f"{twin.public_id}: merge the two instead" in text(send(anna, fund, country="FR"))
    twin.identifiers.create(scheme="wikidata", value="Q95")
    typed = {"identifiers-0-scheme": "wikidata", "identifiers-0-value": "q95"}
    assert f"that of Fund GmbH ({twin.public_id})" in text(send(anna, fund, **typed))


def test_owners_in_a_circle_are_refused_on_the_same_days_only(anna, fund):
    group, middle = make_organization("Group", "CN"), make_organization("Middle", "CN")
    Ownership.objects.create(owned=group, owner=middle, controlling=True)
    link = Ownership.objects.create(owned=middle, owner=fund, share=60, controlling=False,
                                    last="2018-12-31")  # fmt: skip
    assert send(anna, fund, **owner(0, "Group", "CN", first="2019")).status_code == 200
    refused = send(anna, fund, **owner(0, "Group", "CN", first="2018-12"))
    assert "Group is itself controlled by this organization in that time" in text(refused)
    link.share = 50
    link.save()
    assert send(anna, fund, **owner(0, "Group", "CN", first="2018-12")).status_code == 200


def test_a_name_that_several_bear_is_asked_for_and_a_new_one_is_made_later(anna, fund):
    make_organization("Group", "CN")
    make_organization("Group", "JP")
    assert "Several organizations are called" in text(send(anna, fund, **owner(0, "Group")))
    assert send(anna, fund, **owner(0, "Group", "JP")).status_code == 200
    assert "Newcomer (South Korea), controls" in text(
        send(anna, fund, **owner(0, "Newcomer", "KR"))
    )


def test_another_name_typed_over_a_chosen_owner_is_that_other_one(anna, fund):
    chosen, other = make_organization("Chosen", "CN"), make_organization("Other", "JP")
    send(anna, fund, action="submit", **owner(0, "Other", "JP", id=chosen.public_id))
    assert OrganizationEdit.objects.get().changes[0]["after"]["id"] == other.public_id


def test_a_line_of_another_organization_is_refused(anna, fund):
    foreign = make_organization("Other", "DE").domiciles.create(country="DE", basis="headquarters")
    response = send(anna, fund, **seat(0, "CN", row=str(foreign.pk), remove="yes"))
    assert response.status_code == 400
    assert "This line is not one of this organization’s any more." in text(response)


def test_a_form_of_another_organization_or_of_nobody_changes_nothing(anna, fund):
    other = opened(anna, make_organization("Other", "CN")) | {"reason": "x", "kind": "fund"}
    for sent in (other, other | {"opened": "forged"}, {}):
        response = anna.post(address(fund), sent | {"action": "submit"})
        assert response.status_code == 400
    assert not OrganizationEdit.objects.exists()


def test_what_somebody_else_changed_since_is_said_and_never_undone_in_silence(anna, fund):
    place = fund.domiciles.create(country="DE", basis="headquarters")
    untouched = opened(anna, fund) | {"reason": "A fund", "kind": "fund"}
    mine = opened(anna, fund) | {"reason": "Moved"} | seat(0, "CN", row=str(place.pk))
    place.country = "FR"
    place.save()
    refused = anna.post(address(fund), mine | {"action": "submit"})
    assert refused.status_code == 400
    assert "What stands there now: Headquarters in France." in text(refused)
    anna.post(address(fund), untouched | {"action": "submit"})
    (change,) = OrganizationEdit.objects.get().changes
    assert (change["what"], change["after"]) == ("organization", {"kind": "fund"})


def test_the_reviewer_sees_the_flips_computed_at_that_moment(anna, fund):
    make_deal(target="Horizon", investors=[("Fund", "DE")], country_basis="headquarters")
    send(anna, fund, action="submit", **seat(0, "CN"))
    review = Review.objects.get()
    rita = Client()
    person = make_person("rita", "reviewer")
    rita.force_login(person)
    page = f"/desk/review/{review.pk}/"
    assert "1 live deal gets a new version" in text(rita.get(page))
    make_deal(target="Later", investors=[("Fund", "DE")], country_basis="headquarters")
    assert "2 live deals get a new version" in text(rita.get(page))
    publish_edit(edit=review.edit, by=person)
    said = text(rita.get(page))
    assert "Deals that it moved Horizon" in said
    assert "get a new version" not in said


def test_stored_scripts_are_shown_and_never_run(anna, fund):
    deal = make_deal(target=HOSTILE, investors=[("Fund", "DE")], country_basis="headquarters")
    typed = seat(0, "CN", title=HOSTILE) | owner(0, "x" + HOSTILE, "CN", note=HOSTILE)
    response = send(anna, fund, action="preview", **typed, reason=HOSTILE)
    html = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert" not in html
    assert "⟨U+202E⟩" in html
    assert deal.deal.public_id in html


def test_a_merged_organization_leads_to_what_it_is_and_an_unknown_one_nowhere(anna, fund):
    other = make_organization("Other", "DE")
    other.merged_into = fund
    other.save()
    assert anna.get(address(other))["Location"] == address(fund)
    assert anna.get("/desk/organizations/O-NOTHERE0/edit/").status_code == 404
    assert anna.get("/desk/organizations/%00/edit/").status_code == 404


def test_the_pages_ask_a_fixed_number_of_times(anna, fund, django_assert_max_num_queries):
    for number in range(12):
        make_deal(target=f"T{number}", investors=[("Fund", "DE")], country_basis="headquarters")
        fund.domiciles.create(country="KY", basis="incorporation")
    sent = opened(anna, fund) | {"reason": "It moved", "action": "preview"} | seat(12, "CN")
    with django_assert_max_num_queries(16):
        anna.get(address(fund))
    with django_assert_max_num_queries(58):
        assert "12 live deals" in text(anna.post(address(fund), sent))
