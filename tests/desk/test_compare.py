"""The second to save sees three sides, and keeps both intentions."""

import pytest
from django.urls import reverse

from deals import actions
from deals.entry.typed import typed_of
from deals.models import Change
from tests.desk.runs import make_person
from tests.factories import make_deal, submit_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return make_person("anna", "contributor")


@pytest.fixture
def overtaken(anna):
    """Anna would change amount and notes; meanwhile the amount and the round were published."""
    version = make_deal(target="Horizon", amount="5", date="2021-09-09")
    deal = version.deal
    typed = typed_of(actions.facts_of(version)) | {
        "amount": "USD 7 million", "notes": "mine", "reason": "The company says so.",
    }  # fmt: skip
    draft = actions.begin_draft(by=anna, typed=typed, deal=deal)
    theirs = submit_version(
        deal, target="Horizon", amount="6", currency="USD", date="2021-09-09", round_type="seed",
        reason="<b>Filing</b>",
    )  # fmt: skip
    actions.approve(version=theirs, by=make_person("rita", "reviewer"), reason="<b>Filing</b>")
    return draft, theirs


def page(draft):
    return reverse("desk-draft-compare", args=[draft.pk])


def test_three_sides_are_shown_with_who_and_why(client, anna, overtaken):
    draft, theirs = overtaken
    client.force_login(anna)
    text = client.get(page(draft)).content.decode()
    seq = Change.objects.get(version=theirs).seq
    assert "<strong>rita</strong> published version 2" in text
    assert f"ledger no. {seq}" in text
    assert "&lt;b&gt;Filing&lt;/b&gt;" in text
    for amount in (">USD 5 ", ">USD 6 ", ">USD 7,000,000 "):
        assert amount in text
    assert "Taken over from that version: Round" in text
    assert "Kept from your draft: Notes" in text


def test_handing_in_leads_to_the_comparison(client, anna, overtaken):
    draft, _ = overtaken
    client.force_login(anna)
    sent = _as_form(draft.typed) | {"action": "submit", "revision": draft.revision}
    response = client.post(reverse("desk-draft", args=[draft.pk]), sent)
    assert (response.status_code, response["Location"]) == (302, page(draft))
    draft.refresh_from_db()
    assert draft.state == "open"


@pytest.mark.parametrize(("side", "amount"), [("mine", "7000000.00"), ("theirs", "6.00")])
def test_what_was_chosen_goes_on_from_the_newer_version(client, anna, overtaken, side, amount):
    draft, theirs = overtaken
    client.force_login(anna)
    response = client.post(page(draft), {"live": theirs.pk, "choose-amount": side})
    assert (response.status_code, response["Location"]) == (
        302,
        reverse("desk-draft", args=[draft.pk]),
    )
    draft.refresh_from_db()
    assert draft.based_on == theirs
    assert draft.typed["reason"] == "The company says so."
    response = client.post(
        reverse("desk-draft", args=[draft.pk]),
        _as_form(draft.typed) | {"action": "submit", "revision": draft.revision},
    )
    draft.refresh_from_db()
    assert draft.state == "submitted", response.content.decode()[:3000]
    facts = actions.facts_of(draft.version)
    assert (facts["amount"]["low"], facts["round_type"], facts["notes"]) == (amount, "seed", "mine")


def test_nothing_is_chosen_for_a_person(client, anna, overtaken):
    draft, theirs = overtaken
    client.force_login(anna)
    response = client.post(page(draft), {"live": theirs.pk, "choose-amount": "both"})
    assert response.status_code == 400
    assert "Choose which Amount is right." in response.content.decode()
    draft.refresh_from_db()
    assert draft.based_on != theirs


def test_a_page_that_was_overtaken_again_says_so(client, anna, overtaken):
    draft, theirs = overtaken
    client.force_login(anna)
    third = submit_version(
        theirs.deal, target="Horizon", amount="8", currency="USD", date="2021-09-09"
    )
    actions.approve(version=third, by=None)
    response = client.post(page(draft), {"live": theirs.pk, "choose-amount": "mine"})
    assert response.status_code == 400
    assert "Look once more" in response.content.decode()
    draft.refresh_from_db()
    assert draft.typed["amount"] == "USD 7 million"


def test_where_nothing_clashes_there_is_nothing_to_choose(client, anna):
    version = make_deal()
    draft = actions.begin_draft(
        by=anna, typed=typed_of(actions.facts_of(version)), deal=version.deal
    )
    client.force_login(anna)
    for response in (client.get(page(draft)), client.post(page(draft))):
        assert response["Location"] == reverse("desk-draft", args=[draft.pk])


def test_somebody_elses_draft_is_not_there(client, overtaken):
    client.force_login(make_person("ben", "administrator"))
    assert client.get(page(overtaken[0])).status_code == 404


def test_few_queries(client, anna, overtaken, django_assert_max_num_queries):
    client.force_login(anna)
    with django_assert_max_num_queries(24):
        client.get(page(overtaken[0]))


def _as_form(typed):
    """The fields that a browser would send."""
    sent = {}
    for name, value in typed.items():
        if name == "target":
            sent |= {f"target-{part}": text for part, text in value.items()}
        elif name == "choices":
            sent |= {f"choice-{fact}": why for fact, why in value.items()}
        elif name == "sectors":
            sent[name] = value
        elif isinstance(value, list):
            for number, row in enumerate(value):
                sent |= {f"{name}-{number}-{part}": text for part, text in row.items()}
        else:
            sent[name] = value
    return sent
