"""Drafts at the desk: saved while typing, in two windows, signed out, thrown away, taken back."""

import pytest
from django.test import Client
from django.urls import reverse

from deals import actions
from deals.models import Activity, DealVersion, Draft, Review
from tests.desk.forms import sent
from tests.desk.runs import make_person
from tests.desk.test_deal_form import changes, edit_of
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
NEW = "/desk/deals/new/"
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def eve():
    return make_person("eve", "contributor")


@pytest.fixture
def desk(eve):
    client = Client()
    client.force_login(eve)
    return client


def page_of(draft: Draft) -> str:
    return reverse("desk-draft", args=[draft.pk])


def handed_in(desk: Client, **said: str) -> Draft:
    """The draft of a deal that waits for a decision."""
    desk.post(NEW, sent(action="submit", **said))
    return Draft.objects.latest("pk")


def test_the_page_saves_itself_and_is_told_where_it_stands(desk):
    fields = sent()
    first = desk.post(NEW, fields, **JSON)
    draft = Draft.objects.get()
    assert first.json() == {
        "revision": 0,
        "saved": draft.saved_at.isoformat(),
        "save": reverse("desk-draft-save", args=[draft.pk]),
        "page": page_of(draft),
        "store": str(draft.pk),
    }
    more = fields | {"amount": "€13m", "revision": "0"}
    assert desk.post(first.json()["save"], more, **JSON).json()["revision"] == 1
    # The same text again is no new save.
    assert desk.post(first.json()["save"], more | {"revision": "1"}, **JSON).json()["revision"] == 1
    assert Draft.objects.get().typed["amount"] == "€13m"


def test_a_first_save_whose_answer_was_lost_begins_no_second_draft(desk):
    fields = sent()
    desk.post(NEW, fields, **JSON)
    again = desk.post(NEW, fields | {"amount": "€14m"}, **JSON)
    assert again.status_code == 200
    assert Draft.objects.get().typed["amount"] == "€14m"
    version = make_deal()
    typed = changes(desk, version)
    for notes in ("one", "two"):
        assert desk.post(edit_of(version), typed | {"notes": notes}, **JSON).status_code == 200
    assert Draft.objects.filter(deal=version.deal).get().typed["notes"] == "two"


def test_a_second_window_is_told_and_overwrites_nothing(desk):
    fields = sent()
    save = desk.post(NEW, fields, **JSON).json()["save"]
    one, other = (
        fields | {"amount": "1", "revision": "0"},
        fields | {"amount": "2", "revision": "0"},
    )
    assert desk.post(save, one, **JSON).status_code == 200
    told = desk.post(save, other, **JSON)
    assert (told.status_code, told.json()["revision"]) == (409, 1)
    draft = Draft.objects.get()
    page = desk.post(page_of(draft), other | {"action": "save"})
    assert page.status_code == 409
    assert "in another window" in page.content.decode()
    assert page.context["typed"]["amount"] == "2"
    assert Draft.objects.get().typed["amount"] == "1"
    # Pressing the button of that page is the choice.
    chosen = other | {"revision": str(page.context["revision"]), "action": "save"}
    assert desk.post(page_of(draft), chosen).status_code == 302
    assert Draft.objects.get().typed["amount"] == "2"


def test_two_windows_that_begin_a_change_do_not_write_over_each_other(desk):
    version = make_deal()
    one, other = changes(desk, version, notes="one"), changes(desk, version, notes="two")
    assert desk.post(edit_of(version), one, **JSON).status_code == 200
    assert desk.post(edit_of(version), other, **JSON).status_code == 409
    assert Draft.objects.get().typed["notes"] == "one"


def test_who_is_signed_out_is_told_in_json_and_loses_nothing_by_a_button(desk, eve):
    fields = sent()
    save = desk.post(NEW, fields, **JSON).json()["save"]
    draft = Draft.objects.get()
    desk.cookies.pop("sessionid")
    told = desk.post(save, fields | {"revision": "0"}, **JSON)
    assert (told.status_code, told.json()["signed_out"]) == (401, True)
    typed = fields | {"amount": "€99m", "revision": "0", "action": "submit"}
    away = desk.post(page_of(draft), typed, follow=False)
    assert away.status_code == 302
    assert DealVersion.objects.count() == 0
    # Signing in goes on with the session in which the form was kept.
    session = desk.session
    kept = dict(session.items())
    desk.force_login(eve)
    session = desk.session
    session.update({name: value for name, value in kept.items() if not name.startswith("_auth")})
    session.save()
    page = desk.get(page_of(draft))
    assert page.context["typed"]["amount"] == "€99m"
    assert "Nothing was lost" in page.content.decode()
    assert Draft.objects.get().typed["amount"] == "€12.5m"


def test_throwing_away_asks_first_and_the_text_can_be_had_again(desk):
    desk.post(NEW, sent(action="save"))
    draft = Draft.objects.get()
    asks = desk.get(f"{page_of(draft)}?throw-away").content.decode()
    assert "Nordlicht Robotik GmbH" in asks
    assert Draft.objects.get().state == "open"
    assert desk.post(page_of(draft), {"action": "discard"})["Location"] == "/desk/drafts/"
    assert Draft.objects.get().state == "discarded"
    gone = desk.post(reverse("desk-draft-save", args=[draft.pk]), sent(revision="0"), **JSON)
    assert (gone.status_code, gone.json()["page"]) == (410, page_of(draft))
    again = desk.post(page_of(draft), {"action": "again"})
    fresh = Draft.objects.get(state="open")
    assert again["Location"] == page_of(fresh)
    assert fresh.typed["target"]["name"] == "Nordlicht Robotik GmbH"


def test_what_was_handed_in_can_be_taken_back_and_becomes_the_same_version(desk):
    draft = handed_in(desk)
    version = draft.version
    assert desk.post(page_of(draft), {"action": "take_back"})["Location"] == page_of(draft)
    assert Review.objects.get().closed_at is not None
    page = desk.get(page_of(draft))
    assert page.status_code == 200
    fields = sent(action="submit", amount="€13m", form="", revision=str(page.context["revision"]))
    assert desk.post(page_of(draft), fields).status_code == 302
    version.refresh_from_db()
    assert DealVersion.objects.count() == 1
    assert (version.state, str(version.amount_low)) == ("submitted", "13000000.00")
    assert Review.objects.get().closed_at is None


def test_what_was_decided_on_cannot_be_taken_back(desk):
    draft = handed_in(desk)
    actions.approve(version=draft.version, by=make_person("rita", "reviewer"))
    answer = desk.post(page_of(draft), {"action": "take_back"}, follow=True)
    assert answer.status_code == 200
    assert "This was published" in answer.content.decode()
    assert DealVersion.objects.get().state == "published"
    assert Draft.objects.get().state == "submitted"


def test_what_was_rejected_is_mended_in_a_new_draft(desk):
    draft = handed_in(desk)
    reason = "The source <i>does not</i> say so."
    actions.reject(version=draft.version, by=make_person("rita", "reviewer"), reason=reason)
    for address in (page_of(draft), "/desk/drafts/"):
        assert "The source &lt;i&gt;does not" in desk.get(address).content.decode()
    begun = desk.post(page_of(draft), {"action": "again"})["Location"]
    page = desk.get(begun)
    fields = sent(action="submit", form=page.context["form_id"], revision="0", amount="€9m")
    assert desk.post(begun, fields).status_code == 302
    assert sorted(DealVersion.objects.values_list("state", flat=True)) == ["rejected", "submitted"]


def test_a_rejected_change_is_mended_against_what_is_live(desk):
    version = make_deal(notes="one")
    desk.post(edit_of(version), changes(desk, version, notes="two", reason="x", action="submit"))
    draft = Draft.objects.get()
    actions.reject(version=draft.version, by=make_person("rita", "reviewer"), reason="No.")
    desk.post(page_of(draft), {"action": "again"})
    fresh = Draft.objects.get(state="open")
    assert (fresh.deal, fresh.based_on, fresh.typed["notes"]) == (version.deal, version, "two")


@pytest.mark.parametrize("action", ["discard", "take_back", "again"])
def test_buttons_that_do_not_fit_the_state_say_so_and_do_nothing(desk, action):
    draft = handed_in(desk)
    actions.approve(version=draft.version, by=make_person("rita", "reviewer"))
    before = Activity.objects.count()
    answer = desk.post(page_of(draft), {"action": action}, follow=True)
    assert answer.status_code == 200
    assert Draft.objects.get(pk=draft.pk).state == "submitted"
    if action != "again":
        assert Activity.objects.count() == before


def test_the_list_has_ones_own_drafts_only_and_pages_of_them(desk, eve):
    other = make_person("oscar")
    actions.begin_draft(by=other, typed={"target": {"name": "Secret"}})
    desk.post(NEW, sent(action="save", target__name="Half done"))
    for number in range(3):
        handed_in(desk, target__name=f"Whole {number}")
    page = desk.get("/desk/drafts/").content.decode()
    assert "Half done" in page
    assert all(f"Whole {number}" in page for number in range(3))
    assert "Secret" not in page
    last = Draft.objects.filter(state="submitted").latest("pk")
    older = desk.get(f"/desk/drafts/?before={last.pk}").content.decode()
    assert "Whole 2" not in older
    assert "Whole 1" in older
    assert desk.get("/desk/drafts/?before=x%00").status_code == 200


def test_saving_and_handing_in_ask_a_fixed_number_of_questions(desk, django_assert_max_num_queries):
    fields = sent()
    save = desk.post(NEW, fields, **JSON).json()["save"]
    draft = Draft.objects.get()
    with django_assert_max_num_queries(10):
        desk.post(save, fields | {"amount": "€13m", "revision": "0"}, **JSON)
    with django_assert_max_num_queries(10):
        desk.get("/desk/drafts/")
    with django_assert_max_num_queries(55):
        desk.post(page_of(draft), fields | {"revision": "1", "action": "submit"})
    assert Draft.objects.get().state == "submitted"
