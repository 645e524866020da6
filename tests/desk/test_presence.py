"""The part of a deal's form that says who else is there and what waits."""

import pytest
from django.urls import reverse

from deals import actions
from tests.desk.runs import make_person
from tests.factories import make_deal, submit_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return make_person("anna", "contributor")


def address(deal):
    return reverse("desk-deal-here", args=[deal.public_id])


def ask(client, person, deal, seen=1):
    client.force_login(person)
    response = client.post(address(deal), {"seen": seen})
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_two_people_see_each_others_names(client, anna):
    ben = make_person("ben<script>", "editor")
    deal = make_deal().deal
    assert ask(client, ben, deal) == ""
    text = ask(client, anna, deal)
    assert "<strong>ben&lt;script&gt;</strong> has this deal open, too." in text
    assert "<strong>anna</strong> has this deal open" in ask(client, ben, deal)


def test_an_edit_of_somebody_else_that_waits_is_named(client, anna):
    ben = make_person("ben", "editor")
    deal = make_deal().deal
    submit_version(deal, created_by=ben)
    assert "An edit by <strong>ben</strong>" in ask(client, anna, deal)
    assert "An edit by" not in ask(client, ben, deal)


def test_a_form_of_an_older_version_is_told(client, anna):
    deal = make_deal().deal
    assert "was published" not in ask(client, anna, deal)
    actions.approve(version=submit_version(deal), by=None)
    assert "Version 2 was published" in ask(client, anna, deal, seen=1)
    assert "was published" not in ask(client, anna, deal, seen=2)
    assert "was published" not in ask(client, anna, deal, seen="x" * 10_000)


def test_few_queries_however_many_wait(client, anna, django_assert_max_num_queries):
    deal = make_deal().deal
    for number in range(8):
        submit_version(deal, created_by=make_person(f"writer{number}", "editor"))
    client.force_login(anna)
    # Session, user, permissions (2), deal, live, presence (read, write with savepoint, clean,
    # others), waiting.
    with django_assert_max_num_queries(16):
        client.post(address(deal), {"seen": 1})


def test_a_deal_that_is_not_there_is_a_404(client, anna):
    client.force_login(anna)
    assert client.post(reverse("desk-deal-here", args=["D-NONE"])).status_code == 404
