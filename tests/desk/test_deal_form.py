"""The form of a deal: what it writes and when, what it refuses, and whom it lets in."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals import actions
from deals.models import Deal, DealVersion, Draft, Organization, Report
from deals.templatetags.imports import visible
from tests.desk.forms import sent
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization

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


def edit_of(version: DealVersion) -> str:
    return reverse("desk-deal-edit", args=[version.deal.public_id])


def changes(desk: Client, version: DealVersion, **said: str) -> dict[str, str]:
    """All fields of the page as it shows them, with some of them typed anew."""
    page = desk.get(edit_of(version))
    typed = page.context["typed"]
    fields = {f"target-{part}": value for part, value in typed["target"].items()}
    for name, value in typed.items():
        if isinstance(value, str):
            fields[name] = value
        elif name in ("investors", "sources", "status_history"):
            for at, row in enumerate(value):
                fields |= {f"{name}-{at}-{part}": text for part, text in row.items()}
    fields |= {"sectors": typed["sectors"], "form": page.context["form_id"]}
    fields |= {"seen": page.context["seen"], "revision": ""}
    return fields | said


def test_looking_at_the_forms_writes_nothing(desk):
    version = make_deal()
    assert desk.get(NEW).status_code == 200
    assert desk.get(edit_of(version)).status_code == 200
    assert not Draft.objects.exists()


def test_a_new_deal_is_saved_then_handed_in_with_its_source(desk, eve):
    saved = desk.post(NEW, sent(action="save"))
    draft = Draft.objects.get()
    assert saved["Location"] == reverse("desk-draft", args=[draft.pk])
    assert (draft.owner, draft.deal, draft.state) == (eve, None, "open")
    page = desk.get(saved["Location"])
    assert page.context["typed"]["target"]["name"] == "Nordlicht Robotik GmbH"

    fields = sent(action="submit", form=page.context["form_id"], revision="0")
    done = desk.post(saved["Location"], fields)
    assert done.status_code == 302
    version = DealVersion.objects.get()
    assert (version.state, version.created_by, version.target_name) == (
        "submitted", eve, "Nordlicht Robotik GmbH",
    )  # fmt: skip
    assert version.citations.get().quote == "The round was led by Yangtze Future Fund."
    assert "waits for a decision" in desk.get(done["Location"]).content.decode()


def test_a_button_that_is_pressed_twice_makes_one_deal(desk):
    fields = sent(action="submit")
    first, second = desk.post(NEW, fields), desk.post(NEW, fields)
    assert first["Location"] == second["Location"]
    assert DealVersion.objects.count() == Deal.objects.count() == Draft.objects.count() == 1
    assert "submitted already" in desk.get(second["Location"]).content.decode()


def test_everything_wrong_is_said_at_once_and_what_was_typed_stays(desk):
    wrong = sent(
        action="submit", target__name="", amount="a lot", date="03/04/2024",
        sources__0__url="javascript:alert(1)",
    )  # fmt: skip
    answer = desk.post(NEW, wrong)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "<title>Error:" in page
    found = {fault.field for fault in answer.context["faults"]}
    assert {"target-name", "amount", "date", "sources-0-url"} <= found
    for field in found:
        assert f'id="{field}"' in page
        assert f'href="#{field}"' in page
    assert 'value="a lot"' in page
    assert Draft.objects.get().typed["amount"] == "a lot"
    assert not DealVersion.objects.exists()


def test_a_pasted_sentence_that_was_not_read_is_not_lost_in_silence(desk):
    line = "led by Northzone, with participation from GV"
    answer = desk.post(reverse("desk-deal-new"), sent(action="submit", line=line))
    assert answer.status_code == 400
    assert DealVersion.objects.count() == 0
    page = answer.content.decode()
    assert "has not been read yet" in page
    assert f">{line}</textarea>" in page


def test_a_name_without_a_country_is_the_only_organization_of_that_name(desk):
    known = make_organization("Isis Dynamics", "GB")
    typed = sent(
        action="submit", target__name="Isis Dynamics", target__country="",
        investors__0__country="",
    )  # fmt: skip
    desk.post(reverse("desk-deal-new"), typed)
    facts = actions.facts_of(DealVersion.objects.get())
    target = facts["target"]
    assert (target["id"], target["country"]) == (known.public_id, "GB")
    assert target["basis"] == "headquarters"
    assert [one["country"] for one in facts["investors"]] == [None], "A new name is not guessed."


def test_the_page_begins_in_the_first_field_that_is_to_be_typed(desk):
    new = reverse("desk-deal-new")
    assert re.search('name="sources-0-url"[^>]* autofocus', desk.get(new).content.decode())
    draft = desk.post(new, sent(action="save")).url.strip("/").split("/")[-1]
    again = desk.get(f"{new}?source={draft}").content.decode()
    assert re.search('name="target-name"[^>]* autofocus', again)
    assert again.count("autofocus") == 1
    wrong = desk.post(new, sent(action="submit", kind="gift")).content.decode()
    assert not re.search("<input[^>]* autofocus", wrong), "What is wrong comes first."


def test_only_the_fields_of_a_deal_are_taken(desk, eve):
    other, version = make_person("mallory"), make_deal()
    extra = {
        "owner": other.pk, "deal": version.deal.pk, "deal_id": version.deal.pk,
        "state": "submitted", "based_on": version.pk, "population": "demo",
        "version": version.pk, "published_seq": "1", "target-generated": "yes",
    }  # fmt: skip
    desk.post(NEW, sent(action="save") | extra)
    draft = Draft.objects.get()
    assert (draft.owner, draft.deal, draft.based_on, draft.version) == (eve, None, None, None)
    assert draft.typed["population"] == ""
    assert not {"owner", "deal", "state", "based_on"} & draft.typed.keys()


def test_drafts_of_others_are_not_there(desk):
    other = make_person("oscar", "administrator")
    theirs = actions.begin_draft(by=other, typed={"target": {"name": "Secret"}})
    address = reverse("desk-draft", args=[theirs.pk])
    assert desk.get(address).status_code == 404
    for fields in (sent(action="submit"), {"action": "discard"}, {"action": "again"}):
        assert desk.post(address, fields).status_code == 404
    save = reverse("desk-draft-save", args=[theirs.pk])
    assert desk.post(save, sent(), **JSON).status_code == 404
    assert desk.get(f"{NEW}?source={theirs.pk}").status_code == 404
    theirs.refresh_from_db()
    assert (theirs.state, theirs.revision) == ("open", 0)


def test_a_change_begins_with_its_first_save_and_shows_what_was_there(desk):
    version = make_deal(target="Horizon", amount="100", currency="USD")
    fields = changes(desk, version, amount="$120", reason="The company says so.")
    saved = desk.post(edit_of(version), fields | {"action": "save"})
    draft = Draft.objects.get()
    assert (draft.deal, draft.based_on) == (version.deal, version)
    page = desk.get(saved["Location"])
    was = page.context["was"]["amount"]
    assert was.changed
    assert not page.context["was"]["target_name"].changed
    assert visible(was.text) in page.content.decode()
    # Whoever opens the change again goes on with the same draft.
    assert desk.get(edit_of(version))["Location"] == saved["Location"]


def test_a_change_that_is_sent_twice_is_handed_in_once(desk):
    version = make_deal(notes="one")
    fields = changes(desk, version, notes="two", reason="The company says so.", action="submit")
    first, second = desk.post(edit_of(version), fields), desk.post(edit_of(version), fields)
    assert first["Location"] == second["Location"]
    assert "submitted already" in desk.get(second["Location"]).content.decode()
    assert DealVersion.objects.filter(state="submitted").count() == Draft.objects.count() == 1


def test_a_change_needs_a_reason_and_a_difference(desk):
    version = make_deal(amount="100", currency="USD")
    silent = desk.post(edit_of(version), changes(desk, version, amount="$120", action="submit"))
    assert [fault.field for fault in silent.context["faults"]] == ["reason"]
    Draft.objects.all().delete()
    same = changes(desk, version, reason="Looked at it.", action="submit")
    nothing = desk.post(edit_of(version), same)
    assert nothing.status_code == 400
    assert "Nothing differs" in nothing.content.decode()
    assert DealVersion.objects.count() == 1


def test_an_untouched_change_of_one_field_leaves_all_others_as_they_are(desk):
    version = make_deal(
        investors=[("Bosch", "DE"), (None, "CN")], lead=[True, None], amount=("10", "20"),
        currency="EUR", date="2021-Q2", sectors=["lidar"], notes="Two tranches.",
    )  # fmt: skip
    fields = changes(
        desk, version, notes="Three tranches.", reason="Annual report", action="submit"
    )
    assert desk.post(edit_of(version), fields).status_code == 302
    pending = DealVersion.objects.get(state="submitted")
    before, after = actions.facts_of(version), actions.facts_of(pending)
    assert {name for name in before if before[name] != after[name]} == {"notes"}


def test_a_newer_version_than_the_one_seen_is_not_written_over(desk):
    version = make_deal(amount="100", currency="USD", notes="one")
    fields = changes(desk, version, amount="$120", reason="The company says so.", action="submit")
    colleague, reviewer = make_person("carl"), make_person("rita", "reviewer")
    theirs = actions.begin_draft(by=colleague, typed={}, deal=version.deal)
    facts = actions.facts_of(version) | {"notes": "two"}
    published = actions.submit_draft(draft=theirs, facts=facts, reason="x", by=colleague)
    actions.approve(version=published, by=reviewer)

    desk.post(edit_of(version), fields)
    mine = actions.facts_of(DealVersion.objects.get(state="submitted"))
    assert (mine["notes"], mine["amount"]["low"]) == ("two", "120.00")


def test_a_clash_leads_to_the_comparison(desk):
    version = make_deal(amount="100", currency="USD")
    fields = changes(desk, version, amount="$120", reason="The company says so.", action="submit")
    colleague, reviewer = make_person("carl"), make_person("rita", "reviewer")
    theirs = actions.begin_draft(by=colleague, typed={}, deal=version.deal)
    facts = actions.facts_of(version)
    facts["amount"] = facts["amount"] | {"low": "130.00", "high": "130.00"}
    published = actions.submit_draft(draft=theirs, facts=facts, reason="x", by=colleague)
    actions.approve(version=published, by=reviewer)

    answer = desk.post(edit_of(version), fields)
    draft = Draft.objects.get(state="open")
    assert answer["Location"] == reverse("desk-draft-compare", args=[draft.pk])
    assert draft.typed["amount"] == "$120"


def test_deals_that_are_not_live_cannot_be_changed(desk):
    into, gone, dropped = make_deal(), make_deal(), make_deal()
    rita = make_person("rita", "reviewer")
    actions.merge(deal=gone.deal, into=into.deal, by=rita, reason="the same")
    actions.retract(deal=dropped.deal, by=rita, reason="never happened")
    assert desk.get(edit_of(gone))["Location"] == edit_of(into)
    answer = desk.get(edit_of(dropped))
    assert answer.status_code == 404
    assert "was retracted" in answer.content.decode()
    assert desk.post(edit_of(dropped), sent(action="save")).status_code == 400
    assert desk.get("/desk/deals/D-NONE/edit/").status_code == 404
    assert not Draft.objects.exists()


def test_a_form_can_begin_like_another_deal(desk):
    version = make_deal(
        target="Horizon", investors=[("Bosch", "DE")], amount="100", sectors=["lidar"]
    )
    typed = desk.get(f"{NEW}?like={version.deal.public_id}").context["typed"]
    assert (typed["target"]["name"], typed["investors"][0]["name"]) == ("Horizon", "Bosch")
    assert (typed["amount"], typed["date"], typed["sectors"]) == ("", "", ["lidar"])
    assert [row["url"] for row in typed["sources"]] == [""]
    assert desk.get(f"{NEW}?like=D-NONE").status_code == 404


def test_the_next_deal_can_have_the_same_source(desk):
    desk.post(NEW, sent(action="submit"))
    draft = Draft.objects.get()
    typed = desk.get(f"{NEW}?source={draft.pk}").context["typed"]
    assert typed["sources"][0]["url"] == "https://news.example/nordlicht"
    assert typed["sources"][0]["quote"] == typed["target"]["name"] == ""
    for wrong in ("x", "-1", "9" * 30, ""):
        assert desk.get(NEW, {"source": wrong}).status_code == 404


def test_a_readers_report_stands_beside_the_form_and_is_kept_with_the_draft(eve):
    editor, client = make_person("edda"), Client()
    version = make_deal()
    report = Report.objects.create(
        token="abc", deal=version.deal, text="The amount is <b>wrong</b>.", address_hash="x",
        source_url="https://reader.example/page", created_at=timezone.now(),
    )  # fmt: skip
    address = f"{edit_of(version)}?report={report.pk}"
    client.force_login(eve)
    assert client.get(address).status_code == 404
    client.force_login(editor)
    page = client.get(address)
    assert "The amount is &lt;b&gt;wrong" in page.content.decode()
    assert page.context["first_source"]["url"] == "https://reader.example/page"
    client.post(address, changes(client, version, notes="new", action="save"))
    assert Draft.objects.get().report == report
    other = make_deal()
    assert client.get(f"{edit_of(other)}?report={report.pk}").status_code == 404


HOSTILE = "<script>alert(1)</script>\u202e=1+1\x07" + "x" * 10_000
TEXTS = (
    "target-name", "target-id", "target-country", "kind", "round_type", "status", "date",
    "date_basis", "recorded_on", "amount", "currency", "investor_list", "ai", "ai_basis", "part_of",
    "external_id", "notes", "reason", "choice-amount", "investors-0-id", "investors-0-name",
    "investors-0-country", "investors-0-lead", "investors-0-contribution", "investors-0-stake",
    "status_history-0-status", "status_history-0-date", "status_history-0-authority",
    "status_history-0-reason", "sources-0-kind", "sources-0-url", "sources-0-title",
    "sources-0-publisher", "sources-0-published_on", "sources-0-accessed_on", "sources-0-field",
    "sources-0-quote", "sources-0-locator", "sources-0-stated",
)  # fmt: skip


def test_long_and_hostile_texts_in_every_field_are_refused_in_words_and_never_run(desk):
    fields = sent(action="submit") | dict.fromkeys(TEXTS, HOSTILE) | {"sectors": [HOSTILE] * 3}
    answer = desk.post(NEW, fields)
    assert answer.status_code == 400
    assert b"<script>alert" not in answer.content
    assert not Organization.objects.filter(name__contains="script").exists()
    draft = Draft.objects.get()
    assert b"<script>alert" not in desk.get("/desk/drafts/").content
    desk.post(reverse("desk-draft", args=[draft.pk]), {"action": "discard"})
    assert b"<script>alert" not in desk.get(reverse("desk-draft", args=[draft.pk])).content


NAMES = (
    "target-name", "ai_basis", "external_id", "notes", "reason", "investors-0-name",
    "sources-0-title", "sources-0-publisher", "sources-0-quote", "sources-0-locator",
)  # fmt: skip


def test_names_that_look_like_scripts_or_turn_the_text_around_are_shown_harmlessly(desk):
    hostile = '"><script>alert(1)</script>\u202e=1+1\x07'
    answer = desk.post(NEW, sent(action="submit") | dict.fromkeys(NAMES, hostile))
    draft = Draft.objects.get()
    pages = [reverse("desk-draft", args=[draft.pk]), "/desk/drafts/", f"{NEW}?source={draft.pk}"]
    if draft.state == Draft.State.SUBMITTED:
        pages.append(f"{NEW}?like={draft.deal.public_id}")
    for page in [answer, *map(desk.get, pages)]:
        assert page.status_code in (200, 302, 400, 404)
        assert b"<script>alert" not in page.content


def test_more_than_a_draft_can_hold_is_refused_in_words(desk):
    fields = sent(action="save", notes="语" * 650_000)
    answer = desk.post(NEW, fields)
    assert answer.status_code == 400
    assert "600,000 characters" in answer.content.decode()
    refused = desk.post(NEW, fields, **JSON)
    assert refused.status_code == 400
    assert "600,000" in json.loads(refused.content)["message"]
    assert not Draft.objects.exists()


def test_the_form_asks_few_questions_of_the_database(desk, django_assert_max_num_queries):
    version = make_deal(investors=[(f"Investor {number}", "DE") for number in range(20)])
    desk.get(NEW)
    with django_assert_max_num_queries(7):
        desk.get(NEW)
    with django_assert_max_num_queries(17):
        desk.get(edit_of(version))
