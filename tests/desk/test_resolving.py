"""The buttons that settle a conflict or a held deal: offered, done, forbidden, refused."""

import re
from html import unescape

import pytest
from django.urls import reverse

from deals.desk import resolving
from deals.feeds.review import NotDecidableError
from deals.models import FeedRecord, StagedDeal
from tests.desk.runs import FACTS, make_person, make_run, stage
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
PAGE = "/desk/conflicts/"


@pytest.fixture
def reviewer(client):
    person = make_person("rita", "reviewer")
    client.force_login(person)
    return person


@pytest.fixture
def conflict(db):
    deal = make_deal(target="Alpha", amount="5000000").deal
    return stage(make_run("published", deals_conflict=1), "conflict", fields=["amount"], deal=deal)


@pytest.fixture
def called(monkeypatch):
    asked: list[tuple[object, ...]] = []
    for name in ("take", "keep", "same_deal", "new_deal"):
        monkeypatch.setattr(
            resolving.resolve,
            name,
            lambda pk, *, by, name=name, **more: asked.append(
                (name, pk, by.get_username(), *more.values())
            ),
        )
    return asked


def text_of(response):
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def buttons(client):
    return re.findall(r'name="choice" value="(\w+)"', client.get(PAGE).content.decode())


def test_a_conflict_offers_to_take_or_to_keep(client, reviewer, conflict) -> None:
    assert buttons(client) == ["take", "keep"]


@pytest.mark.parametrize(
    ("field", "offered"),
    [("key", ["same_deal", "new_deal"]), ("part_of", ["new_deal"]), ("newer", ["keep"])],
)
def test_a_held_deal_offers_what_fits_its_reason(client, reviewer, field, offered) -> None:
    stage(make_run("published", deals_held=1), "held", fields=[field])
    assert buttons(client) == offered


def test_which_of_several_deals_it_is_goes_along(client, reviewer, called) -> None:
    run = make_run("published", deals_held=1, deals_absent=2)
    for key in ("old", "older"):
        deal = make_deal(target="智行者").deal
        stage(run, "absent", key, deal=deal, rows=[])
        FeedRecord.objects.create(feed=run.feed, key=key, deal=deal, facts=FACTS)
    row = stage(run, "held", "new", fields=["key"])
    assert '<option value="older">' in client.get(PAGE).content.decode()
    data = {"choice": "same_deal", "other_key": "older"}
    client.post(reverse("desk-staged-decide", args=[row.pk]), data)
    assert called == [("same_deal", row.pk, "rita", "older")]


@pytest.mark.parametrize(
    ("outcome", "choice"),
    [("conflict", "take"), ("conflict", "keep"), ("held", "same_deal"), ("held", "new_deal")],
)
def test_each_button_does_its_own_thing(client, reviewer, called, outcome, choice) -> None:
    row = stage(make_run("published"), outcome, fields=["key"])
    address = reverse("desk-staged-decide", args=[row.pk])
    response = client.post(address, {"choice": choice, "next": f"{PAGE}?kind={outcome}"})
    assert response["Location"] == f"{PAGE}?kind={outcome}"
    assert called == [(choice, row.pk, "rita")]


def test_an_editor_settles_nothing(client, conflict, called) -> None:
    client.force_login(make_person("anna"))
    address = reverse("desk-staged-decide", args=[conflict.pk])
    assert client.post(address, {"choice": "take"}).status_code == 403
    assert called == []


@pytest.mark.parametrize("choice", ["same_deal", "burn", ""])
def test_a_choice_that_is_not_offered_does_nothing(
    client, reviewer, conflict, called, choice
) -> None:
    address = reverse("desk-staged-decide", args=[conflict.pk])
    assert client.post(address, {"choice": choice}).status_code == 400
    assert client.get(address).status_code == 405
    assert called == []


def test_a_refusal_is_shown_on_the_page(client, reviewer, conflict, monkeypatch) -> None:
    def refuse(pk, *, by):
        raise NotDecidableError("A colleague has decided on this deal already.")

    monkeypatch.setattr(resolving.resolve, "take", refuse)
    address = reverse("desk-staged-decide", args=[conflict.pk])
    response = client.post(address, {"choice": "take"}, follow=True)
    assert "A colleague has decided on this deal already." in text_of(response)


def test_the_way_back_never_leaves_this_server(client, reviewer, conflict, called) -> None:
    address = reverse("desk-staged-decide", args=[conflict.pk])
    response = client.post(address, {"choice": "keep", "next": "https://elsewhere.example/"})
    assert response["Location"] == PAGE


def test_one_s_own_import_is_for_somebody_else(client, reviewer, settings) -> None:
    settings.SELF_APPROVAL = False
    run = make_run("published", deals_held=1, created_by=reviewer)
    row = stage(run, "held", fields=["newer"])
    assert buttons(client) == []
    assert "somebody else decides" in text_of(client.get(PAGE))
    address = reverse("desk-staged-decide", args=[row.pk])
    assert "somebody else has to decide" in text_of(
        client.post(address, {"choice": "keep"}, follow=True)
    )
    settings.SELF_APPROVAL = True
    assert buttons(client) == ["keep"]


def test_what_was_decided_is_decided_and_a_second_person_is_told(client, reviewer) -> None:
    """With the real actions: what a later file has overtaken is left out."""
    row = stage(make_run("published", deals_held=1), "held", fields=["newer"])
    address = reverse("desk-staged-decide", args=[row.pk])
    said = text_of(client.post(address, {"choice": "keep"}, follow=True))
    assert "Nothing is in conflict" in said
    assert StagedDeal.objects.get(pk=row.pk).decided_by == reviewer
    said = text_of(client.post(address, {"choice": "keep"}, follow=True))
    assert "rita has decided on this deal before" in said
