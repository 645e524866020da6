"""Pairs of organizations at the desk: side by side, merged, kept apart, and split again."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals import organizations
from deals.desk.organizations import PAGE as PAGE_SIZE
from deals.models import Change, DealVersion, Identifier, Organization, Ownership, Suggestion
from tests.desk.runs import make_person, make_run
from tests.factories import make_deal, make_organization, make_population

pytestmark = pytest.mark.django_db
PAGE = "/desk/organizations/"


@pytest.fixture
def rita(client):
    person = make_person("rita", "reviewer")
    client.force_login(person)
    return person


def suggested(one: Organization, other: Organization, score: int = 90, **facts) -> Suggestion:
    first, second = sorted((one, other), key=lambda o: o.pk)
    facts.setdefault("reasons", ["The names are spelled alike.", "Both are in Germany."])
    return Suggestion.objects.create(
        one=first, other=second, score=score, created_at=timezone.now(), **facts
    )


@pytest.fixture
def pair(db):
    """Foo GmbH with two deals, and Foo AG with one; both in Germany."""
    for number in range(2):
        make_deal(target=f"T{number}", investors=[("Foo GmbH", "DE")])
    make_deal(target="Fooo AG", target_country="DE", investors=[("X", "US")])
    return suggested(make_organization("Foo GmbH", "DE"), make_organization("Fooo AG", "DE"))


def text_of(response) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def at(name: str, what: Suggestion | Organization) -> str:
    return reverse(name, args=[what.pk if isinstance(what, Suggestion) else what.public_id])


def merging(into: Organization, /, **changes: str) -> dict[str, str]:
    return {"keep": into.public_id, "reason": "The same company"} | changes


def ids_on(response) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="pair-(\d+)"', response.content.decode())]


def test_the_page_needs_a_role(client, django_user_model) -> None:
    assert client.get(PAGE).status_code == 302
    client.force_login(django_user_model.objects.create_user("guest"))
    assert client.get(PAGE).status_code == 403


def test_without_pairs_the_page_says_what_it_is_for(client, rita) -> None:
    assert "No pair waits for an answer" in text_of(client.get(PAGE))


def test_both_sides_stand_beside_each_other_with_all_that_is_known(client, rita, pair) -> None:
    pair.import_run = make_run("published")
    pair.save()
    pair.one.names.create(name="福", key="福", script="Hans")
    Identifier.objects.create(organization=pair.other, scheme="lei", value="529900")
    Organization.objects.filter(pk=pair.other.pk).update(kind="fund")
    response = client.get(PAGE)
    said = text_of(response)
    assert "1 pair waits for an answer" in said
    assert f"Likeness 90 of 100 · since import no. {pair.import_run_id}" in said
    assert "The names are spelled alike. Both are in Germany." in said
    for row in ("Other names 福 none", "Headquarters Germany Germany", "Kind not known fund",
                "Identifiers none lei:529900", "Live deals 2 as investor 1 as target"):  # fmt: skip
        assert row in said


def test_counts_lead_to_the_deals_they_count(client, rita, pair) -> None:
    found = re.findall(r'<td><a href="(/deals/[^"]+)"', client.get(PAGE).content.decode())
    listed = [text_of(client.get(unescape(address))) for address in found]
    assert len(listed) == 2
    assert "T0" in listed[0]
    assert "T1" in listed[0]
    assert "Fooo AG" in listed[1]
    assert "T0" not in listed[1]


def test_invented_deals_are_found_in_their_population(client, rita) -> None:
    make_deal(target="Demo", population=make_population("demo", generated=True))
    demo = make_organization("Demo", "CN", generated=True)
    suggested(demo, make_organization("Demos", "CN", generated=True))
    content = client.get(PAGE).content.decode()
    (address,) = re.findall(r'<td><a href="(/deals/[^"]+)"', content)
    assert "Demo" in text_of(client.get(unescape(address)))
    assert "invented" in text_of(client.get(PAGE))
    make_population("another", generated=True)
    assert not re.findall(r'<td><a href="/deals/', client.get(PAGE).content.decode())


def test_the_one_with_more_deals_is_proposed_and_the_page_says_what_changes(
    client, rita, pair
) -> None:
    content = client.get(PAGE).content.decode()
    assert re.findall(r'value="([^"]+)"[^>]* checked', content) == [pair.one.public_id]
    said = text_of(client.get(PAGE))
    assert "Foo GmbH 1 deal of Fooo AG gets a new version" in said
    assert "Fooo AG 2 deals of Foo GmbH get a new version" in said
    assert "The names are spelled alike. Both are in Germany.</textarea>" in content


def test_an_editor_sees_pairs_and_no_buttons(client, pair) -> None:
    client.force_login(make_person("anna"))
    response = client.get(PAGE)
    assert "A reviewer decides on these." in text_of(response)
    assert "keep apart" not in text_of(response)
    assert ids_on(response) == [pair.pk]


def test_names_of_strangers_are_shown_harmless(client, rita) -> None:
    bad = make_organization("<script>x</script>\u202e", "CN")
    suggested(bad, make_organization("b", "CN"))
    content = client.get(PAGE).content.decode()
    assert "<script>x" not in content
    assert "\u202e" not in content


def test_the_likest_come_first_and_pages_follow_without_gap_or_overlap(client, rita) -> None:
    hub = make_organization("Hub", "DE")
    pairs = [suggested(hub, make_organization(f"Hub {n}", "DE"), 80 + n % 7) for n in range(24)]
    seen, query = [], ""
    while True:
        response = client.get(PAGE + query)
        seen += ids_on(response)
        found = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
        if not found:
            break
        query = unescape(found[1])
    assert seen == [p.pk for p in sorted(pairs, key=lambda p: (-p.score, p.pk))]


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "²", "999999"])
def test_an_address_that_makes_no_sense_shows_the_first_page(client, rita, pair, after) -> None:
    assert ids_on(client.get(PAGE, {"after": after})) == [pair.pk]


def test_a_page_takes_the_same_queries_however_many_pairs(
    client, rita, pair, django_assert_num_queries
) -> None:
    with django_assert_num_queries(13):
        client.get(PAGE)
    hub = make_organization("Hub", "DE")
    for number in range(PAGE_SIZE):
        suggested(hub, make_organization(f"Hub {number}", "DE"))
    merged = make_organization("Old Hub", "DE")
    organizations.merge(one=merged, into=hub, by=None, reason="One")
    with django_assert_num_queries(13):
        client.get(PAGE)


def test_a_merge_moves_the_deals_and_leads_to_the_next_pair(client, rita, pair) -> None:
    below = suggested(make_organization("A", "CN"), make_organization("B", "CN"), 80)
    content = client.get(PAGE).content.decode()
    assert f'name="then" value="{below.pk}"' in content
    data = merging(pair.one, then=str(below.pk), next=f"{PAGE}?after=3")
    response = client.post(at("desk-suggestion-merge", pair), data)
    assert response["Location"] == f"{PAGE}?after=3#pair-{below.pk}"
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("merged", rita)
    assert pair.other.merged_into == pair.one
    assert DealVersion.objects.live().get(target_name="Fooo AG").target == pair.one
    entry = Change.objects.get(kind="organization")
    assert (entry.by, entry.reason) == ("rita", "The same company")
    assert "“Fooo AG” is now “Foo GmbH”." in text_of(client.get(PAGE))


def test_the_other_one_may_stay(client, rita, pair) -> None:
    client.post(at("desk-suggestion-merge", pair), merging(pair.other))
    pair.refresh_from_db()
    assert pair.one.merged_into == pair.other


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": " \0 "}, "Say why they are the same"),
        ({"reason": "x" * 2001}, "at most 2,000 characters"),
        ({"keep": ""}, "Choose which of the two stays."),
        ({"keep": "O-elsewhere"}, "Choose which of the two stays."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(
    client, rita, pair, changes, sentence
) -> None:
    data = merging(pair.other, next=f"{PAGE}?after=3", **changes)
    response = client.post(at("desk-suggestion-merge", pair), data)
    content = response.content.decode()
    assert response.status_code == 400
    assert "<title>Error: " in content
    (place,) = re.findall(rf'<a href="#([\w-]+)">[^<]*{sentence}', content)
    assert f'id="{place}"' in content
    assert f'id="{place}-error"' in content
    assert f'href="{PAGE}?after=3"' in content
    if "reason" in changes:
        assert re.findall(r'value="([^"]+)"[^>]* checked', content) == [pair.other.public_id]
    pair.refresh_from_db()
    assert pair.state == "open"
    assert not Change.objects.filter(kind="organization").exists()


def test_what_speaks_against_a_merge_is_said_with_the_pair(client, rita, pair) -> None:
    Ownership.objects.create(owned=pair.one, owner=pair.other, controlling=True)
    response = client.post(at("desk-suggestion-merge", pair), merging(pair.one))
    assert response.status_code == 400
    assert "There is evidence that Fooo AG owns Foo GmbH, so they are two." in text_of(response)
    pair.refresh_from_db()
    assert pair.state == "open"


def test_two_are_kept_apart_and_never_asked_about_again(client, rita, pair) -> None:
    response = client.post(at("desk-suggestion-apart", pair), {"next": PAGE}, follow=True)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("distinct", rita)
    assert "“Foo GmbH” and “Fooo AG” stay two" in text_of(response)
    assert ids_on(response) == []


@pytest.mark.parametrize("name", ["desk-suggestion-merge", "desk-suggestion-apart"])
def test_a_colleague_who_was_first_is_respected(client, rita, pair, name) -> None:
    organizations.keep_apart(suggestion=pair, by=None)
    response = client.post(at(name, pair), merging(pair.one), follow=True)
    assert "Somebody has decided on this pair already" in text_of(response)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("distinct", None)
    assert pair.one.merged_into is None
    gone = reverse(name, args=[0])
    assert "Somebody has decided" in text_of(client.post(gone, follow=True))


@pytest.mark.parametrize("name", ["desk-suggestion-merge", "desk-suggestion-apart"])
def test_editors_strangers_links_and_forged_forms_decide_nothing(client, pair, name) -> None:
    address, data = at(name, pair), merging(pair.one)
    assert client.post(address, data).status_code == 302
    client.force_login(make_person("anna"))
    assert client.post(address, data).status_code == 403
    rita = make_person("rita", "reviewer")
    client.force_login(rita)
    assert client.get(address).status_code == 405
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(rita)
    assert careful.post(address, data).status_code == 403
    pair.refresh_from_db()
    assert pair.state == "open"


def test_the_way_back_never_leaves_this_server(client, rita, pair) -> None:
    data = {"next": "https://elsewhere.example/", "then": "1#x"}
    assert client.post(at("desk-suggestion-apart", pair), data)["Location"] == PAGE


def test_what_was_merged_lately_is_listed_with_its_reason(client, rita, pair) -> None:
    again = [make_organization(name, "FR") for name in ("Anew", "Renew")]
    for _ in range(2):
        organizations.merge(one=again[0], into=again[1], by=rita, reason="First and last")
        organizations.split(organization=again[0], by=rita, reason="No")
    organizations.merge(one=again[0], into=again[1], by=rita, reason="At last")
    client.post(at("desk-suggestion-merge", pair), merging(pair.one))
    said = text_of(client.get(PAGE)).partition("Recently merged")[2]
    assert said.index("Fooo AG Germany → Foo GmbH Germany") < said.index("Anew France → Renew")
    assert "rita: At last" in said
    assert "First and last" not in said
    organizations.split(organization=again[0], by=rita, reason="No")
    assert "Anew" not in text_of(client.get(PAGE))


def test_a_merge_is_split_again_with_a_reason(client, rita, pair) -> None:
    client.post(at("desk-suggestion-merge", pair), merging(pair.one))
    address = at("desk-organization-split", pair.other)
    assert address in client.get(PAGE).content.decode()
    assert "is an organization of its own again" in text_of(client.get(address))
    for reason, sentence in (("", "Say why they are two"), ("x" * 2001, "at most 2,000")):
        wrong = client.post(address, {"reason": reason})
        assert (wrong.status_code, sentence in text_of(wrong)) == (400, True)
    pair.other.refresh_from_db()
    assert pair.other.merged_into == pair.one
    done = client.post(address, {"reason": "Fund and manager"}, follow=True)
    assert "“Fooo AG” and “Foo GmbH” are two organizations again." in text_of(done)
    pair.other.refresh_from_db()
    assert pair.other.merged_into is None
    assert Change.objects.filter(kind="organization").latest("seq").reason == "Fund and manager"
    late = client.get(address, follow=True)
    assert "is an organization of its own already" in text_of(late)


def test_a_split_that_cannot_be_says_why(client, rita, pair) -> None:
    organizations.merge(one=pair.one, into=pair.other, by=None, reason="One")
    busy = make_run("running", phase="preparing")
    response = client.post(at("desk-organization-split", pair.one), {"reason": "Two"})
    assert response.status_code == 400
    assert f"Import {busy.pk}" in text_of(response)


def test_only_reviewers_split(client, pair) -> None:
    organizations.merge(one=pair.one, into=pair.other, by=None, reason="One")
    address = at("desk-organization-split", pair.one)
    assert client.post(address, {"reason": "Two"}).status_code == 302
    client.force_login(make_person("anna"))
    assert client.post(address, {"reason": "Two"}).status_code == 403
    assert "Split again" not in text_of(client.get(PAGE))
    rita = make_person("rita", "reviewer")
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(rita)
    assert careful.post(address, {"reason": "Two"}).status_code == 403
    client.force_login(rita)
    assert client.get(reverse("desk-organization-split", args=["O-nobody"])).status_code == 404
    pair.one.refresh_from_db()
    assert pair.one.merged_into == pair.other


def test_name_country_and_kind_are_chosen_one_by_one(client, rita, pair) -> None:
    Organization.objects.filter(pk=pair.one.pk).update(kind="fund")
    Organization.objects.filter(pk=pair.other.pk).update(kind="company", country="CH")
    content = client.get(PAGE).content.decode()
    for fact in ("name", "country", "kind"):
        assert f'name="take-{fact}"' in content
    data = merging(pair.one, **{"take-name": pair.other.public_id, "take-kind": ""})
    client.post(at("desk-suggestion-merge", pair), data)
    pair.one.refresh_from_db()
    assert (pair.one.name, pair.one.kind, pair.one.country) == ("Fooo AG", "fund", "DE")


def test_a_choice_of_a_third_organization_is_refused(client, rita, pair) -> None:
    third = make_organization("Third", "FR")
    data = merging(pair.one, **{"take-name": third.public_id})
    response = client.post(at("desk-suggestion-merge", pair), data)
    assert response.status_code == 400
    assert "Choose one of the two for: Name." in text_of(response)
    pair.refresh_from_db()
    assert pair.state == "open"
