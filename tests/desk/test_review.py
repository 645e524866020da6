"""The page where one thing is decided on: what it shows, and what may be done by whom."""

import re
from html import unescape

import pytest
from django.urls import reverse

from deals import actions
from deals.actions import reviews as acts
from deals.actions.evidence import propose
from deals.entry.evidence import difference, record
from deals.models import Comment, DealVersion, Draft, Review, ledger
from tests.desk.runs import make_person
from tests.desk.waiting import amount, hand_in, hand_in_new
from tests.factories import make_deal, make_deals, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return make_person("anna")


@pytest.fixture
def rita(db):
    return make_person("rita", "reviewer")


@pytest.fixture
def review(anna) -> Review:
    return hand_in(anna, notes="The new note.")


def at(review: Review, name: str = "desk-review") -> str:
    return reverse(name, args=[review.pk])


def text_of(response) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def decide(client, review: Review, choice: str, follow: bool = True, **fields: str):
    sent = {"choice": choice, "seen": acts.seen_mark(Review.objects.get(pk=review.pk)), **fields}
    return client.post(at(review, "desk-review-decide"), sent, follow=follow)


def source(field: str, quote: str, **more: str) -> dict:
    blank = dict.fromkeys(("publisher", "locator", "stated"), "")
    return blank | {
        "kind": "web", "url": "https://example.org/article", "title": "An article",
        "published_on": None, "accessed_on": None, "field": field, "quote": quote,
    } | more  # fmt: skip


def test_only_what_differs_is_shown_with_its_source_and_why(client, anna, rita) -> None:
    def change(facts) -> None:
        facts["amount"] = amount("120000000.00", text="¥1.2亿")
        facts["sources"].append(source("amount", "raised 120m", stated="CNY 100m"))
        facts["choices"] = {"amount": "The company said so."}

    review = hand_in(anna, change=change)
    client.force_login(rita)
    said = text_of(client.get(at(review)))
    changes = said[said.index("What changes") : said.index("What it would do")]
    assert "Amount undisclosed CNY 120,000,000 = €" in changes
    assert "ECB reference rate" in changes
    assert "written as “¥1.2亿”" in changes
    assert "An article says: CNY 100m · “raised 120m”" in changes
    assert "Chosen because: The company said so." in changes
    assert "Sources 1 as before" in changes
    assert "Investors" not in changes
    assert "Investors" in said[said.index("What stays as it is") :]
    assert "The article says so." in said


def test_a_new_deal_shows_all_that_it_says_and_what_is_like_it(client, anna, rita) -> None:
    known = make_deal(target="Black Sesame", date="2019-05-13", amount="12", currency="USD")
    review = hand_in_new(anna, like=known)
    client.force_login(rita)
    said = text_of(client.get(at(review)))
    assert "new deal" in said
    assert "Series" not in said
    assert "USD 12" in said
    assert "May be in the register already Black Sesame" in said


def test_long_texts_are_compared_word_by_word(client, anna, rita) -> None:
    live = make_deal(notes="Six investors took part in this round. 深度求索完成融资。")
    review = hand_in(
        anna, deal=live, notes="Seven investors took part in this round. 深度求索获得融资。"
    )
    client.force_login(rita)
    page = client.get(at(review)).content.decode()
    assert "<del>Six </del>investors" in page
    assert "<ins>Seven </ins>investors" in page
    assert "深度求索<del>完成</del>融资" in page
    assert "深度求索<ins>获得</ins>融资" in page


def test_what_was_typed_to_deceive_is_shown_and_never_run(client, anna, rita) -> None:
    def change(facts) -> None:
        facts["notes"] = "<script>alert(1)</script> \u202egnp.exe"
        facts["sources"].append(
            source("", "x", url="javascript:alert(1)", title="<img src=x onerror=alert(1)>")
        )

    review = hand_in(anna, change=change, reason="<b>bold</b> \u202e")
    acts.comment(review=review, by=rita, text="<script>2</script>\nand \u202e more")
    client.force_login(rita)
    page = client.get(at(review)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<script>2" not in page
    assert "javascript:" not in page.replace("“javascript:", "")
    assert "\u202e" not in page
    assert "⟨U+202E⟩" in page


def test_the_page_says_which_headline_numbers_move(client, anna, rita) -> None:
    make_deals([{"population": "p", "investors": [("Dragon", "CN")]} for _ in range(3)])
    live = make_deal(target="Horizon", population="p", investors=[("Fund", "DE")])
    review = hand_in(anna, deal=live, ai="no")
    client.force_login(rita)
    said = text_of(client.get(at(review)))
    assert "Europe → China, all years 1 of 4 25.00" in said
    assert "0 of 3" in said
    assert "−25.00 points" in said.replace("\u00a0", " ")
    review.refresh_from_db()
    assert review.impact["moves"] is True
    assert review.impact_seq == ledger.head()


def test_after_a_decision_the_next_one_opens(client, anna, rita) -> None:
    first, second, third = (hand_in(anna, deal=make_deal(target=n), notes="x") for n in "ABC")
    mine = hand_in(rita, deal=make_deal(target="Mine"), notes="x")
    client.force_login(rita)
    response = decide(client, first, "approve")
    assert response.redirect_chain[-1][0] == at(second)
    assert "Published: A. 2 left." in text_of(response)
    response = decide(client, third, "reject", reason="Not so.")
    assert response.redirect_chain[-1][0] == at(second)
    response = decide(client, second, "ask", question="Why?")
    assert response.redirect_chain[-1][0] == reverse("desk-reviews")
    assert "Asked about B. Nothing else waits for you here." in text_of(response)
    states = [DealVersion.objects.get(review=one).state for one in (first, second, third, mine)]
    assert states == ["published", "submitted", "rejected", "submitted"]


def test_the_filters_of_the_list_stay_while_one_decides(client, anna, rita) -> None:
    bo = make_person("bo", "contributor")
    writers = ((bo, "A"), (anna, "B"), (bo, "C"))
    one, _other, two = (hand_in(by, deal=make_deal(target=name), notes="x") for by, name in writers)
    client.force_login(rita)
    sent = {"choice": "approve", "seen": acts.seen_mark(one)}
    response = client.post(at(one, "desk-review-decide") + "?by=bo", sent)
    assert response["Location"] == at(two) + "?by=bo"


@pytest.mark.parametrize(
    ("choice", "field", "text", "sentence"),
    [
        ("reject", "reason", " ", "Say why"),
        ("reject", "reason", "x" * 2001, "2,001 characters; it may have at most 2,000"),
        ("ask", "question", "", "Write what you want to know"),
        ("approve", "note", "x" * 10_000, "it may have at most 2,000"),
        ("burn", "reason", "x", "Choose what to do"),
        ("", "reason", "x", "Choose what to do"),
    ],
)
def test_a_form_that_does_not_do_is_explained_and_nothing_happens(
    client, review, rita, choice, field, text, sentence
) -> None:
    client.force_login(rita)
    response = decide(client, review, choice, **{field: text})
    assert response.status_code == 400
    assert "<title>Error: " in response.content.decode().replace("\n", "")
    assert sentence in text_of(response)
    if text.strip() and choice in ("reject", "approve"):
        assert text in response.content.decode(), "What was typed is kept."
    review.refresh_from_db()
    assert (review.closed_at, review.waiting_for) == (None, "decision")
    assert not Comment.objects.exists()


def test_a_form_that_is_sent_twice_decides_once(client, review, rita) -> None:
    client.force_login(rita)
    seen = acts.seen_mark(review)
    sent = {"choice": "approve", "seen": seen, "note": "Yes."}
    client.post(at(review, "desk-review-decide"), sent)
    head = ledger.head()
    response = client.post(at(review, "desk-review-decide"), sent, follow=True)
    assert "Somebody has decided on this already" in text_of(response)
    assert "Published by rita" in text_of(response)
    assert ledger.head() == head
    assert Comment.objects.count() == 1


def test_what_was_mended_meanwhile_has_to_be_looked_at_again(client, review, anna, rita) -> None:
    client.force_login(rita)
    seen = acts.seen_mark(review)
    actions.take_back(version=review.version, by=anna)
    actions.submit(version=DealVersion.objects.get(pk=review.version_id), by=anna)
    response = client.post(
        at(review, "desk-review-decide"), {"choice": "approve", "seen": seen}, follow=True
    )
    assert "submitted again since you opened it" in text_of(response)
    review.refresh_from_db()
    assert review.closed_at is None


def test_who_wrote_it_has_no_buttons_and_cannot_decide(client, rita, settings) -> None:
    settings.SELF_APPROVAL = False
    review = hand_in(rita, notes="Mine.")
    client.force_login(rita)
    said = client.get(at(review)).content.decode()
    assert "somebody else decides on it" in said
    assert 'value="approve"' not in said
    assert 'value="ask"' not in said
    response = decide(client, review, "approve")
    assert "somebody else has to approve it" in text_of(response)
    review.refresh_from_db()
    assert review.closed_at is None


def test_a_one_person_desk_may_and_the_page_says_so(client, rita, settings) -> None:
    settings.SELF_APPROVAL = True
    review = hand_in(rita, notes="Mine.")
    client.force_login(rita)
    assert "This desk allows you to decide on it" in text_of(client.get(at(review)))
    decide(client, review, "approve")
    version = DealVersion.objects.get(pk=review.version_id)
    assert (version.state, version.self_approved) == ("published", True)


def test_the_writer_reads_and_answers_but_does_not_decide(client, review, anna, rita) -> None:
    acts.ask(review=review, by=rita, text="Which page?")
    client.force_login(anna)
    said = text_of(client.get(at(review)))
    assert "the decision waits for your answer below" in said
    assert "Which page?" in said
    draft = Draft.objects.get(version=review.version)
    assert reverse("desk-draft", args=[draft.pk]) in client.get(at(review)).content.decode()
    assert client.post(at(review, "desk-review-decide"), {"choice": "approve"}).status_code == 403
    assert client.post(at(review, "desk-review-assign"), {"to": ""}).status_code == 403
    sent = {"choice": "answer", "comment": "Page 3."}
    response = client.post(at(review, "desk-review-comment"), sent)
    assert response["Location"] == at(review) + "#thread"
    review.refresh_from_db()
    assert review.waiting_for == "decision"
    assert list(Comment.objects.values_list("kind", flat=True)) == ["question", "answer"]


def test_what_others_handed_in_is_not_there_for_a_contributor(client, review) -> None:
    client.force_login(make_person("bo", "contributor"))
    assert client.get(at(review)).status_code == 404
    sent = {"choice": "comment", "comment": "Let me in."}
    assert client.post(at(review, "desk-review-comment"), sent).status_code == 404
    assert not Comment.objects.exists()


def test_a_comment_that_is_too_long_is_kept_and_explained(client, review, rita) -> None:
    client.force_login(rita)
    sent = {"comment": "y" * 10_000}
    response = client.post(at(review, "desk-review-comment"), sent)
    assert response.status_code == 400
    assert "at most 5,000" in text_of(response)
    assert "y" * 10_000 in response.content.decode()
    assert not Comment.objects.exists()
    client.post(at(review, "desk-review-comment"), {"comment": "A\0B"})
    assert Comment.objects.get().text == "AB"


def test_it_is_assigned_by_the_page_and_tampered_ids_are_refused(client, review, rita) -> None:
    client.force_login(rita)
    to = at(review, "desk-review-assign")
    assert "Assigned to you" in text_of(client.post(to, {"to": str(rita.pk)}, follow=True))
    review.refresh_from_db()
    assert review.assigned_to == rita
    bo = make_person("bo", "contributor")
    for sent in (str(bo.pk), "999999", "x", "-1", "9" * 30):
        response = client.post(to, {"to": sent}, follow=True)
        assert "Only somebody who reviews" in text_of(response) or "no such person" in text_of(
            response
        )
    review.refresh_from_db()
    assert review.assigned_to == rita
    assert "Assigned to nobody" in text_of(client.post(to, {"to": ""}, follow=True))


def stale(anna, rita, theirs: dict, mine: dict) -> Review:
    live = make_deal(target="Horizon")
    review = hand_in(anna, deal=live, **mine)
    other = hand_in(make_person("bo", "contributor"), deal=live, **theirs)
    acts.publish(review=other, seen=acts.seen_mark(other), by=rita)
    return review


def test_what_others_changed_meanwhile_is_said_and_kept(client, anna, rita) -> None:
    review = stale(anna, rita, {"ai_basis": "Theirs."}, {"notes": "Mine."})
    client.force_login(rita)
    said = text_of(client.get(at(review)))
    assert "What others changed is kept: Basis of the AI judgement" in said
    changes = said[said.index("What changes") : said.index("What it would do")]
    assert "Mine." in changes
    assert "Theirs." not in changes
    assert "Published" in text_of(decide(client, review, "approve"))
    live = review.version.deal.versions.live().get()
    assert (live.ai_basis, live.notes) == ("Theirs.", "Mine.")


def test_two_changes_of_one_fact_are_shown_side_by_side_and_not_published(
    client, anna, rita
) -> None:
    review = stale(anna, rita, {"notes": "Theirs."}, {"notes": "Mine."})
    client.force_login(rita)
    response = client.get(at(review))
    said = text_of(response)
    assert "Somebody else has changed the same facts" in said
    assert "Notes not stated Theirs. Mine." in said
    head = ledger.head()
    response = decide(client, review, "approve")
    assert response.status_code == 409
    assert "changed the same facts" in text_of(response)
    assert ledger.head() == head
    assert "Asked" in text_of(decide(client, review, "ask", question="Put both together?"))


def test_a_deal_that_is_gone_is_said_to_be(client, review, rita) -> None:
    actions.retract(deal=review.version.deal, by=rita, reason="Wrong.")
    client.force_login(rita)
    assert "was retracted or merged since" in text_of(client.get(at(review)))
    response = decide(client, review, "approve")
    assert response.status_code == 200
    review.refresh_from_db()
    assert review.closed_at is None


def test_a_decided_one_stays_readable_with_its_history(client, review, anna, rita) -> None:
    acts.turn_down(review=review, seen=acts.seen_mark(review), by=rita, reason="No source.")
    client.force_login(anna)
    said = text_of(client.get(at(review)))
    assert "Rejected by rita" in said
    client.force_login(anna)
    mend = reverse("desk-draft", args=[review.version.drafts.get().pk])
    assert f'<a href="{mend}">Mend it' in client.get(at(review)).content.decode()
    client.force_login(rita)
    assert "No source." in said
    assert "The new note." in said
    assert 'value="approve"' not in client.get(at(review)).content.decode()


def test_the_number_of_queries_of_the_page_is_bounded(
    client, anna, rita, django_assert_max_num_queries
) -> None:
    investors = [(f"Fund {n}", "DE") for n in range(30)]
    review = hand_in(anna, deal=make_deal(target="Horizon", investors=investors), notes="x")
    for number in range(10):
        acts.comment(review=review, by=rita, text=f"Comment {number}")
    client.force_login(rita)
    client.get(at(review))
    with django_assert_max_num_queries(40):
        client.get(at(review))


def test_a_change_of_an_organization_is_decided_on_the_same_page(client, anna, rita) -> None:
    organization = make_organization("Hidden Fund", "DE")
    known = record(organization)
    changes = difference(known, known | {"name": "Open Fund"})
    edit = propose(organization=organization, changes=changes, reason="Renamed.", by=anna)
    review = Review.objects.get(edit=edit)
    client.force_login(rita)
    said = text_of(client.get(at(review)))
    assert "Hidden Fund" in said
    assert "organization" in said
    assert "Renamed." in said
    (row,) = client.get(reverse("desk-reviews")).context["rows"]
    assert (row.name, row.facts) == ("Hidden Fund", ["Name, kind or country"])
    decide(client, review, "ask", question="Which register?")
    assert "Which register?" in text_of(client.get(at(review)))
    response = decide(client, review, "approve")
    assert "Published: " in text_of(response)
    organization.refresh_from_db()
    assert organization.name == "Open Fund"
    response = decide(client, review, "reject", reason="Too late.")
    assert "decided on this already" in text_of(response)
    edit.refresh_from_db()
    assert edit.state == "published"


def test_its_writer_takes_a_change_of_an_organization_back_and_nobody_else(
    client, anna, rita
) -> None:
    organization = make_organization("Hidden Fund", "DE")
    known = record(organization)
    changes = difference(known, known | {"name": "Open Fund"})
    edit = propose(organization=organization, changes=changes, reason="Renamed.", by=anna)
    review = Review.objects.get(edit=edit)
    to = at(review, "desk-review-withdraw")
    client.force_login(rita)
    assert to not in client.get(at(review)).content.decode()
    assert "Only the person who submitted this" in text_of(client.post(to, follow=True))
    client.force_login(anna)
    assert to in client.get(at(review)).content.decode()
    said = text_of(client.post(to, follow=True))
    assert "Taken back. Nothing of it was published." in said
    assert "Taken back by its writer." in said
    edit.refresh_from_db()
    assert edit.state == "withdrawn"
    assert not Review.objects.filter(closed_at=None).exists()
