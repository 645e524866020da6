"""Reference data in the admin: kept with an entry in ledger and log, and nothing else to change."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from deals.feeds.reference import load_figures
from deals.feeds.starter import DATA
from deals.models import (
    Activity,
    Change,
    Citation,
    PolicyEvent,
    Population,
    PublishedFigure,
    Source,
)
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
EVENT = {
    "date": "2020-10-11", "applies_from": "", "jurisdiction": "eu", "title": "Screening applies",
    "kind": "screening", "note": "", "evidence": "",
}  # fmt: skip
FIGURE = {
    "code": "F93", "title": "A share", "value": "3.7", "unit": "percent", "measure": "share",
    "numerator": "81", "denominator": "2165", "period_from": "2017", "period_to": "2022",
    "definition": "", "source_title": "MERICS", "source_date": "2023", "source_url": "",
    "evidence": "", "query": "investor=europe&target=CN&from=2017", "why_no_query": "",
    "shelf": "figure", "position": "0",
}  # fmt: skip


@pytest.fixture
def ada(client, settings):
    settings.REQUIRE_MFA = False
    user = make_person("ada", "administrator")
    user.is_staff = True
    user.save()
    client.force_login(user)
    return user


def at(model, act, *args):
    return reverse(f"admin:deals_{model}_{act}", args=args)


def test_each_change_is_an_entry_of_the_ledger_and_of_the_log(client, ada):
    assert client.post(at("policyevent", "add"), EVENT).status_code == 302
    event = PolicyEvent.objects.get()
    assert event.jurisdiction == "EU"
    change = at("policyevent", "change", event.pk)
    for _again in range(2):
        sent = EVENT | {"jurisdiction": "EU", "title": "Screening applies in full"}
        client.post(change, sent)
    entries = list(Change.objects.values_list("kind", "by", "reason", "fields"))
    old, new = "2020-10-11 Screening applies", "2020-10-11 Screening applies in full"
    assert entries == [
        ("event", "ada", "Added.", [old]),
        ("event", "ada", "Changed: title.", [old, new]),
    ]
    assert {act.verb for act in Activity.objects.all()} == {"changed_reference"}
    assert Activity.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("investor=europe&colour=red", "colour: "),
        ("investor=atlantis&target=CN", "investor: "),
        ("nothing", "Write parameters and values"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_a_sentence(client, ada, query, said):
    response = client.post(at("publishedfigure", "add"), FIGURE | {"query": query})
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not PublishedFigure.objects.exists()
    assert not Change.objects.exists()


def test_what_a_person_has_changed_survives_the_next_start(client, ada):
    load_figures(DATA / "published_figures.csv")
    first, second = PublishedFigure.objects.all()[:2]
    values = {name: getattr(first, name) for name in FIGURE} | {"title": "Ours"}
    response = client.post(at("publishedfigure", "change", first.pk), values)
    assert response.status_code == 302, response.context["errors"]
    client.post(at("publishedfigure", "add"), FIGURE)
    PublishedFigure.objects.filter(pk=second.pk).update(title="By accident")
    load_figures(DATA / "published_figures.csv")
    titles = dict(PublishedFigure.objects.values_list("code", "title"))
    assert titles[first.code] == "Ours"
    assert titles["F93"] == "A share"
    assert titles[second.code] == second.title


def test_a_population_keeps_its_code_and_whether_it_is_invented(client, ada):
    one = Population.objects.create(code="crunchbase", title="Old", generated=False)
    sent = {"code": "other", "title": "New", "generated": "on", "accessed_on": ""}
    assert client.post(at("population", "change", one.pk), sent).status_code == 302
    one.refresh_from_db()
    assert (one.code, one.title, one.generated) == ("crunchbase", "New", False)


def test_a_source_that_a_published_deal_cites_is_not_changed(client, ada):
    cited = Citation.objects.get(version=make_deal(sources=("Cited",))).source
    free = Source.objects.create(title="Free", url="https://example.org")
    sent = {"kind": "page", "url": "https://example.org/2", "title": "New", "publisher": "",
            "published_on": "", "accessed_on": ""}  # fmt: skip
    assert client.post(at("source", "change", cited.pk), sent).status_code == 403
    client.post(at("source", "change", free.pk), sent)
    assert set(Source.objects.values_list("title", flat=True)) == {"Cited", "New"}


def test_the_ledger_the_log_and_people_are_only_shown(client, ada):
    version = make_deal()
    rows = {
        "deals_change": version.published_seq, "deals_dealversion": version.pk, "auth_user": ada.pk,
    }  # fmt: skip
    for model, pk in rows.items():
        assert client.get(reverse(f"admin:{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:{model}_change", args=[pk])).status_code == 200
        for act, args in (("add", []), ("change", [pk]), ("delete", [pk])):
            response = client.post(reverse(f"admin:{model}_{act}", args=args), {"x": "1"})
            assert response.status_code == 403, (model, act)


def test_only_administrators_come_in_and_see_no_more_than_this(client, ada):
    page = client.get("/admin/").content.decode()
    models = set(re.findall(r'class="model-(\w+)', page))
    assert models == {
        "publishedfigure", "policyevent", "population", "source", "change", "release",
        "dealversion", "activity", "user", "group",
    }  # fmt: skip
    client.force_login(make_person("mona", "manager"))
    assert client.get("/admin/").status_code in (302, 403)
    assert client.get(at("policyevent", "changelist")).status_code in (302, 403)


def test_lists_cost_as_many_queries_for_any_number_of_rows(
    client, ada, django_assert_max_num_queries
):
    for number in range(30):
        make_deal(target=f"Target {number}", investors=[(f"Fund {number}", "DE")])
    for model in ("change", "dealversion", "activity", "source"):
        with django_assert_max_num_queries(10):
            client.get(at(model, "changelist"))


def test_no_page_needs_what_our_policy_forbids(client, ada):
    event = PolicyEvent.objects.create(
        **{**EVENT, "date": "2020-10-11", "applies_from": None, "jurisdiction": "EU"}
    )
    pages = [
        "/admin/", at("policyevent", "changelist"), at("policyevent", "add"),
        at("policyevent", "change", event.pk), at("publishedfigure", "add"),
    ]  # fmt: skip
    for page in pages:
        response = client.get(page)
        text = response.content.decode()
        assert not re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), page
        assert "<style" not in text, page
        assert not re.findall(r"\son\w+=", text), page
        assert "script-src 'self'" in response["Content-Security-Policy"]


def test_every_model_of_ours_in_the_admin_is_meant_to_be_there():
    ours = {model.__name__ for model in admin.site._registry if model._meta.app_label == "deals"}
    assert ours == {
        "PublishedFigure", "PolicyEvent", "Population", "Source", "Change", "Release",
        "DealVersion", "Activity",
    }  # fmt: skip
