"""Organizations of nearly the same name in groups, and any two that a person names."""

import re
from html import unescape
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from deals import organizations
from deals.feeds.namesakes import namesakes
from deals.feeds.spellings import spell_missing
from deals.models import Change, Organization, Suggestion
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db
PAGE = "/desk/organizations/groups/"


@pytest.fixture
def rita(client):
    person = make_person("rita", "reviewer")
    client.force_login(person)
    return person


@pytest.fixture
def five():
    """One investor under five names, of which the third has most deals."""
    names = ["Fosun", "Fosun Group", "Fosun Intl", "Fosun International", "Fosun Holdings"]
    found = [make_organization(name, "CN") for name in names]
    for number, many in ((0, 1), (2, 3)):
        for at in range(many):
            make_deal(target=f"T{number}{at}", investors=[(names[number], "CN")])
    for one, other in pairwise(found):
        ask(one, other)
    return found


def ask(one, other, score=95, **facts):
    first, second = sorted((one, other), key=lambda o: o.pk)
    return Suggestion.objects.create(
        one=first, other=second, score=score, created_at=timezone.now(), reasons=[], **facts
    )


def text_of(response) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def names(group):
    return [side.name for side in group.sides]


def test_what_is_linked_is_one_group_and_those_with_most_deals_come_first(five):
    ask(make_organization("A", "CN"), make_organization("AA", "CN"))
    ask(five[0], make_organization("Fuxin", "CN"), 80)
    first, second = namesakes()
    assert names(first)[:2] == ["Fosun Intl", "Fosun"]
    assert len(first.sides) == 5
    assert (first.deals, second.deals) == (4, 0)


def test_decided_and_merged_ones_are_in_no_group(five):
    Suggestion.objects.filter(one=five[0]).update(state="distinct")
    organizations.merge(one=five[4], into=five[3], by=None, reason="One")
    (group,) = namesakes()
    assert {side.pk for side in group.sides} == {o.pk for o in five[1:4]}


def test_several_are_merged_at_once_into_the_one_that_stays(client, rita, five):
    said = text_of(client.get(PAGE))
    assert "Fosun Intl 4 deals" in said
    data = {
        "keep": five[2].public_id,
        "same": [five[2].public_id, five[0].public_id, five[1].public_id],
        "reason": "One group",
    }
    done = client.post(reverse("desk-organization-group-merge"), data, follow=True)
    assert "2 organizations are “Fosun Intl” now." in text_of(done)
    five[0].refresh_from_db()
    five[1].refresh_from_db()
    assert five[0].merged_into == five[1].merged_into == five[2]
    assert set(Change.objects.filter(kind="organization").values_list("by", flat=True)) == {"rita"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"keep": ""}, "Choose which of them stays."),
        ({"keep": "O-elsewhere\0"}, "Choose which of them stays."),
        ({"same": []}, "Tick those that are the same"),
        ({"same": ["O-elsewhere"]}, "Tick those that are the same"),
        ({"reason": " "}, "Say why they are the same"),
        ({"reason": "x" * 10_000}, "at most 2,000 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_merged(client, rita, five, changes, sentence):
    data = {"keep": five[2].public_id, "same": [five[0].public_id], "reason": "One"} | changes
    response = client.post(reverse("desk-organization-group-merge"), data)
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert "<title>Error:" in response.content.decode()
    assert not Organization.objects.exclude(merged_into=None).exists()


def test_all_or_none(client, rita, five):
    invented = make_organization("Fosun", "CN", generated=True)
    same = [five[0].public_id, invented.public_id]
    data = {"keep": five[2].public_id, "same": same, "reason": "One"}
    response = client.post(reverse("desk-organization-group-merge"), data)
    assert "An invented organization and a real one" in text_of(response)
    assert not Organization.objects.exclude(merged_into=None).exists()


def test_the_page_takes_the_same_queries_however_many_groups(
    client, rita, five, django_assert_max_num_queries
):
    for number in range(6):
        ask(make_organization(f"A{number}", "CN"), make_organization(f"B{number}", "CN"))
    with django_assert_max_num_queries(16):
        client.get(PAGE)


def test_any_two_are_found_by_name_and_put_side_by_side(client, rita, five):
    other = make_organization("Guoxin", "CN")
    spell_missing()
    address = reverse("desk-organization-merge", args=[five[0].public_id])
    assert "Which organization is the same as Fosun?" in text_of(client.get(address))
    response = client.post(address, {"other-name": "GUOXIN", "other-country": "CN"})
    pair = Suggestion.objects.get(other=other)
    assert response["Location"] == reverse("desk-suggestion", args=[pair.pk])
    assert "The same, or two?" in text_of(client.get(response["Location"]))
    again = client.post(address, {"other-id": other.public_id})
    assert again["Location"] == response["Location"]
    organizations.keep_apart(suggestion=pair, by=None)
    client.post(address, {"other-id": other.public_id})
    pair.refresh_from_db()
    assert pair.state == "open"


def test_names_that_mean_nobody_or_several_are_asked_about(client, rita, five):
    for place in ("DE", "FR"):
        make_organization("Twice", place)
    spell_missing()
    address = reverse("desk-organization-merge", args=[five[0].public_id])
    for sent, sentence in (
        ({}, "Give the name of the other organization"),
        ({"other-name": "Unheard-of"}, "No organization of the register bears that name"),
        ({"other-name": "Twice"}, "Several organizations bear that name"),
        ({"other-id": five[0].public_id}, "That is the same organization"),
        ({"other-id": "\0<b>", "other-name": "x" * 10_000}, "No organization of the register"),
    ):
        wrong = client.post(address, sent)
        assert (wrong.status_code, sentence in text_of(wrong)) == (400, True), sent
    assert Suggestion.objects.count() == 4


def test_of_a_merged_one_the_page_says_so(client, rita, five):
    organizations.merge(one=five[0], into=five[1], by=None, reason="One")
    address = reverse("desk-organization-merge", args=[five[0].public_id])
    assert "is merged into another already" in text_of(client.get(address, follow=True))
