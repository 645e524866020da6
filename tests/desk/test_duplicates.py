"""Pairs of deals at the desk: the queue, two side by side, one of them going, and coming back."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from deals import actions, organizations
from deals.models import Change, DealSuggestion, Feed, FeedRecord
from tests.desk.runs import make_person
from tests.factories import (
    make_deal,
    make_deals,
    make_organization,
    make_population,
    submit_version,
)

pytestmark = pytest.mark.django_db
QUEUE = "/desk/duplicates/"
FACTS = {"target": "Horizon", "date": "2019-05-13", "amount": "10", "round_type": "series_a"}


@pytest.fixture
def rita(client):
    person = make_person("rita", "reviewer")
    client.force_login(person)
    return person


@pytest.fixture
def anna(client):
    person = make_person("anna", "editor")
    client.force_login(person)
    return person


@pytest.fixture
def two():
    return make_deals(
        [
            FACTS | {"investors": [("Bosch", "DE")], "sources": ("One",)},
            FACTS | {"amount": "12", "investors": [("GV", "US")], "sources": ("Other",)},
        ]
    )


@pytest.fixture
def pair(two):
    return suggested(*two)


def suggested(one, other, score=90, **facts):
    first, second = sorted((one.deal, other.deal), key=lambda deal: deal.pk)
    facts.setdefault("reasons", [{"code": "days_apart", "values": {"days": 3}}])
    return DealSuggestion.objects.create(
        one=first, other=second, score=score, created_at=timezone.now(), **facts
    )


def text_of(response) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def ids_on(response) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="pair-(\d+)"', response.content.decode())]


def merge_page(version) -> str:
    return reverse("desk-deal-merge", args=[version.deal.public_id])


def form(two, /, **changes) -> dict[str, str]:
    """What the page sends when nothing is touched and a reason is given."""
    one, other = two
    return {
        "with": other.deal.public_id,
        "seen": f"{one.pk},{other.pk}",
        "keep": one.deal.public_id,
        "action": "merge",
        "reason": "The same round",
    } | changes


def live(version):
    return actions.facts_of(version.deal.versions.live().get())


def test_the_queue_shows_both_deals_their_difference_and_the_reasons(client, anna, pair):
    said = text_of(client.get(QUEUE))
    assert "1 pair waits for an answer." in said
    assert "Likeness 90 of 100 3 days apart." in said
    assert "Amount (differs) USD 10" in said
    assert "until somebody decides, both deals count" in said


def test_the_likest_come_first_and_pages_follow_without_gap_or_overlap(client, anna, two):
    others = make_deals([FACTS] * 13)
    pairs = [suggested(two[0], other, 70 + n % 4) for n, other in enumerate(others)]
    seen, query = [], ""
    while True:
        response = client.get(QUEUE + query)
        seen += ids_on(response)
        found = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
        if not found:
            break
        query = unescape(found[1])
    assert seen == [p.pk for p in sorted(pairs, key=lambda p: (-p.score, p.pk))]


def test_the_queue_is_narrowed_by_likeness_feed_and_country(client, anna, pair, two):
    french = make_deals([FACTS | {"target_country": "FR", "target": n} for n in ("A", "B")])
    low = suggested(*french, 61)
    feed = Feed.objects.create(code="one", name="One", profile="")
    FeedRecord.objects.create(feed=feed, key="1", deal=two[1].deal, facts={})
    for query, expected in (
        ({"score": "75"}, [pair.pk]),
        ({"country": "FR"}, [low.pk]),
        ({"feed": "one"}, [pair.pk]),
        ({"feed": "one", "country": "FR"}, []),
        ({"score": "x", "feed": "\0", "country": "<script>", "after": "²"}, [pair.pk, low.pk]),
    ):
        assert ids_on(client.get(QUEUE, query)) == expected, query


def test_a_pair_with_a_deal_that_went_is_out_of_sight(client, rita, pair, two):
    actions.retract(deal=two[0].deal, by=rita, reason="Wrong")
    assert ids_on(client.get(QUEUE)) == []
    response = client.get(reverse("desk-duplicate", args=[pair.pk]), follow=True)
    assert "was retracted or merged" in text_of(response)


def test_a_page_of_the_queue_takes_the_same_queries_however_many_pairs(
    client, anna, pair, two, django_assert_max_num_queries
):
    for other in make_deals([FACTS] * 9):
        suggested(two[0], other, 80)
    with django_assert_max_num_queries(16):
        client.get(QUEUE)


def test_two_deals_are_kept_apart_once_and_the_second_person_is_told(client, anna, pair):
    address = reverse("desk-duplicate-apart", args=[pair.pk])
    assert "stay two deals" in text_of(client.post(address, follow=True))
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("distinct", anna)
    assert "decided on this pair already" in text_of(client.post(address, follow=True))


def test_an_editor_compares_but_does_not_merge(client, anna, pair, two):
    page = client.get(reverse("desk-duplicate", args=[pair.pk]))
    assert "A reviewer decides" in text_of(page)
    assert 'name="keep"' not in page.content.decode()
    assert client.post(merge_page(two[0]), form(two)).status_code == 403
    assert not Change.objects.filter(kind="merged").exists()


def test_the_comparison_proposes_previews_and_says_what_moves(client, rita, pair, two):
    one, other = (v.deal.public_id for v in two)
    page = client.get(reverse("desk-duplicate", args=[pair.pk]))
    said = text_of(page)
    assert f"What {one} would say" in said
    assert "Bosch (Germany)" in said.partition("What ")[2]
    assert "GV (United States)" in said.partition("What ")[2]
    assert f"{other} leaves every number" in said
    assert "No headline share changes." in said or "Difference" in said


def test_a_preview_follows_what_is_chosen_and_changes_nothing(client, rita, pair, two):
    one, other = (v.deal.public_id for v in two)
    data = form(two, action="preview", keep=other, **{"take-amount": one, "take-investors": other})
    said = text_of(client.post(merge_page(two[0]), data)).partition(f"What {other} would say")[2]
    assert "USD 10" in said
    assert "Bosch" not in said.partition("headline")[0]
    assert not Change.objects.filter(kind="merged").exists()


def test_a_merge_takes_what_was_chosen_and_leads_to_the_next_pair(client, rita, pair, two):
    then = suggested(*make_deals([FACTS, FACTS]), 70)
    one, other = (v.deal.public_id for v in two)
    data = form(two, then=str(then.pk), **{"take-amount": other, "take-investors": "both"})
    response = client.post(merge_page(two[0]), data)
    assert response["Location"] == reverse("desk-duplicate", args=[then.pk])
    facts = live(two[0])
    assert facts["amount"]["low"] == "12.00"
    assert [i["name"] for i in facts["investors"]] == ["Bosch", "GV"]
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("merged", rita)
    moved = client.get(f"/deals/{other}/")
    assert (moved.status_code, moved["Location"]) == (301, f"/deals/{one}/")
    api = client.get(f"/api/v1/deals/{other}/")
    assert (api.status_code, api["Location"].endswith(f"/deals/{one}/")) == (301, True)
    assert f"{other} → {one}" in text_of(client.get(QUEUE))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": " \0 "}, "Say why they are one deal"),
        ({"reason": "x" * 10_000}, "at most 2,000 characters"),
        ({"keep": ""}, "Choose which of the two stays."),
        ({"keep": "D-AAAAAAAA"}, "Choose which of the two stays."),
        ({"take-amount": "D-AAAAAAAA"}, "cannot be chosen"),
        ({"take-amount": "both"}, "cannot be chosen"),
        ({"seen": "1,2"}, "since you opened this page"),
        ({"seen": "x"}, "since you opened this page"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_and_nothing_changes(
    client, rita, pair, two, changes, sentence
):
    response = client.post(merge_page(two[0]), form(two, **changes))
    assert response.status_code == 400
    assert "<title>Error:" in response.content.decode()
    assert sentence in text_of(response)
    assert not Change.objects.filter(kind="merged").exists()


def test_a_form_that_is_sent_twice_merges_once(client, rita, pair, two):
    client.post(merge_page(two[0]), form(two))
    again = client.post(merge_page(two[0]), form(two), follow=True)
    assert "was retracted or merged" in text_of(again)
    assert Change.objects.filter(kind="merged").count() == 1


def test_any_two_deals_are_merged_by_their_ids(client, rita, two):
    ask = client.get(merge_page(two[0]))
    assert "The other deal" in text_of(ask)
    address = f"https://investtrack.example/deals/{two[1].deal.public_id.lower()}/?version=1"
    assert "One deal, or two?" in text_of(client.get(merge_page(two[0]), {"with": address}))
    for typed, sentence in (
        ("D-ZZZZZZZZ", "There is no such deal."),
        ("\0<script>alert(1)</script>", "There is no such deal."),
        ("x" * 10_000, "There is no such deal."),
        (two[0].deal.public_id, "That is the same deal"),
    ):
        wrong = client.get(merge_page(two[0]), {"with": typed})
        assert (wrong.status_code, sentence in text_of(wrong)) == (400, True)
        assert "<script>alert" not in wrong.content.decode()


def test_what_no_merge_may_do_is_said_before_it_is_tried(client, rita):
    case, member = make_deal(**FACTS), make_deal(**FACTS, population=make_population("p"))
    page = client.get(merge_page(case), {"with": member.deal.public_id})
    assert re.findall(r'name="keep" value="([^"]+)" checked', page.content.decode()) == [
        member.deal.public_id
    ]
    sent = form((case, member))
    response = client.post(merge_page(case), sent)
    assert response.status_code == 400
    assert "populations are never added" in text_of(response)


def test_names_of_strangers_are_shown_harmless(client, rita):
    bad = "<script>alert(1)</script>\u202e=1+1"
    pair = suggested(*make_deals([FACTS | {"target": bad, "notes": n} for n in (bad, "b")]))
    for address in (QUEUE, reverse("desk-duplicate", args=[pair.pk])):
        content = client.get(address).content.decode()
        assert "<script>alert" not in content
        assert "\u202e" not in content


def test_a_pending_change_of_either_is_told(client, rita, pair, two):
    submit_version(two[1].deal, **FACTS, created_by=make_person("ben"))
    said = text_of(client.get(reverse("desk-duplicate", args=[pair.pk])))
    assert f"A change of {two[1].deal.public_id} by ben waits for a decision." in said


def test_a_merge_is_undone_with_what_it_gave(client, rita, pair, two):
    before = [live(version) for version in two]
    client.post(merge_page(two[0]), form(two))
    address = reverse("desk-deal-restore", args=[two[1].deal.public_id])
    assert address in client.get(QUEUE).content.decode()
    said = text_of(client.get(address))
    assert f"Undo the merge of {two[1].deal.public_id}" in said
    assert "Take back from" in said
    assert "Investors" in said
    wrong = client.post(address, {"reason": ""})
    assert (wrong.status_code, "Say why" in text_of(wrong)) == (400, True)
    done = client.post(address, {"reason": "Two rounds", "put_back": "1"}, follow=True)
    assert "are two deals again" in text_of(done)
    assert [live(version) for version in two] == before
    again = client.post(address, {"reason": "Two rounds"}, follow=True)
    assert "is live, so there is nothing to restore" in text_of(again)


def test_a_deal_is_retracted_with_a_reason_and_restored(client, rita, two):
    deal = two[0].deal
    address = reverse("desk-deal-retract", args=[deal.public_id])
    assert "The deal leaves every number" in text_of(client.get(address))
    wrong = client.post(address, {"reason": "x" * 2001})
    assert (wrong.status_code, "at most 2,000" in text_of(wrong)) == (400, True)
    done = client.post(address, {"reason": "Never closed"}, follow=True)
    assert "counts in no number any more" in text_of(done)
    assert "The reason: “Never closed”" in text_of(done)
    assert client.get(f"/deals/{deal.public_id}/").status_code == 410
    again = client.post(address, {"reason": "Never closed"}, follow=True)
    assert "is not live" in text_of(again)
    back = reverse("desk-deal-restore", args=[deal.public_id])
    assert back in client.get(QUEUE).content.decode()
    assert "counts again" in text_of(client.post(back, {"reason": "It did"}, follow=True))
    assert client.get(f"/deals/{deal.public_id}/").status_code == 200


def test_the_forms_of_a_deal_and_an_organization_lead_to_what_a_reviewer_may_do(client, rita, two):
    deal, target = two[0].deal.public_id, two[0].target
    edit = client.get(reverse("desk-deal-edit", args=[deal])).content.decode()
    assert reverse("desk-deal-merge", args=[deal]) in edit
    assert reverse("desk-deal-retract", args=[deal]) in edit
    old = make_organization("Horizon Old", "CN")
    organizations.merge(one=old, into=target, by=None, reason="One")
    about = client.get(reverse("desk-organization-edit", args=[target.public_id])).content.decode()
    assert reverse("desk-organization-merge", args=[target.public_id]) in about
    assert reverse("desk-organization-split", args=[old.public_id]) in about
    client.force_login(make_person("anna", "editor"))
    assert "retract/" not in client.get(reverse("desk-deal-edit", args=[deal])).content.decode()


def test_the_form_is_told_what_is_in_the_register(client, anna, two):
    address = reverse("desk-lookup-deals")
    typed = {"target-name": "HORIZON Ltd", "date": "May 2019", "amount": "$10"}
    said = text_of(client.post(address, typed))
    assert "Horizon , 13 May 2019" in said.replace("  ", " ")
    assert "Same target." in said
    without = client.post(address, typed | {"exclude": two[0].deal.public_id})
    assert two[0].deal.public_id not in without.content.decode()
    assert text_of(client.post(address, {})) == ""
    assert "No deal like it." in text_of(client.post(address, {"target-name": "Unheard-of"}))
    hostile = {"target-name": "<b>\u202e\0" + "x" * 10_000, "date": "x" * 10_000, "exclude": "\0"}
    assert client.post(address, hostile).status_code == 200
