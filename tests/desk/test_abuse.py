"""Every form of the desk, as its pages show it, in the hands of somebody who means harm.

The forms are read from the pages, so that a new one is tried with the others; an address that
takes a form and that none of the pages here leads to has to be entered in tests/desk/world.py.
"""

from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import models, transaction
from django.test import Client

from deals.models import (
    Change,
    Deal,
    DealVersion,
    Draft,
    Organization,
    OrganizationEdit,
    Report,
    Review,
)
from tests.desk.rendered import Form, shown
from tests.desk.routes import DESK
from tests.desk.runs import make_person
from tests.desk.world import World

pytestmark = pytest.mark.django_db
RUNS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
TURNED = "\u202egnp.exe\u2066"
LONE = b"\xed\xa0\x80"
TEXTS = (
    f"{RUNS}{TURNED}\r\nBcc: all@example.org",
    b"a\x00b" + LONE + b"\xff\xfec",
    "x" * 10_000,
    "javascript:alert(1)",
)
TAMPERED = ("²", str(2**63), b"\x00x")
# These are what people make; nothing sent twice makes two of one.
MADE = (Change, Deal, DealVersion, Draft, Organization, OrganizationEdit, Report, Review, User)
STRANGE = 987_654_321


@pytest.fixture
def world(monkeypatch, client) -> World:
    client.raise_request_exception = False
    return World(monkeypatch, client)


def undone(world: World, form: Form, fields: dict[str, Any]) -> Any:
    """The answer to a form, of which nothing stays."""
    with transaction.atomic():
        response = world.post(form, fields)
        transaction.set_rollback(True)
    return response


def runs(page: str) -> list[str]:
    """What of a stranger's text would run or turn the page around."""
    text, elements = shown(page)
    found = [name for _tag, at in elements for name in at if name.startswith("on")]
    found += [at["src"] or "" for _tag, at in elements if at.get("src") == "x"]
    found += [
        at["href"] or ""
        for _tag, at in elements
        if (at.get("href") or "").strip().lower().startswith("javascript:")
    ]
    places = (text.find(sign) for sign in "\u202e\u2066\0")
    return found + [text[max(0, at - 40) : at + 20] for at in places if at >= 0]


def test_no_text_in_any_field_of_any_form_breaks_a_page_or_runs_in_it(world):
    wrong = []
    for form, turn in product(world.forms, range(len(TEXTS))):
        # Where there are many fields, each text goes into some of them, all at once.
        many = len(form.typed) >= len(TEXTS)
        if many and turn:
            continue
        texts = TEXTS[turn:] + TEXTS[:turn]
        hostile = {
            name: texts[at % len(texts) if many else 0] for at, name in enumerate(form.typed)
        }
        for fields in form.sends():
            response = undone(world, form, fields | hostile)
            found = runs(response.content.decode()) if response.status_code < 500 else []
            if response.status_code >= 500 or found:
                wrong.append((form.route, turn, fields.get("action"), response.status_code, found))
    assert wrong == []


def test_no_value_that_a_page_never_offered_breaks_it(world):
    wrong = []
    for at, form in enumerate(world.forms):
        value = TAMPERED[at % len(TAMPERED)]
        tampered = dict.fromkeys(form.fields, value)
        # With each button, so that what it stands for is tried; the last stands for nothing.
        for button in [*form.buttons, ("action", value)]:
            code = undone(world, form, tampered | dict([button])).status_code
            if code >= 500:
                wrong.append((form.route, value, button, code))
    assert wrong == []


def test_what_was_stored_is_shown_harmlessly_on_every_page(world):
    for form in world.forms:
        for fields in form.sends():
            with transaction.atomic():
                world.post(form, fields | dict.fromkeys(form.typed, RUNS + TURNED))
    stored = [
        model.__name__
        for model in apps.get_app_config("deals").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, (models.TextField, models.CharField, models.JSONField))
        and model._default_manager.filter(**{f"{field.name}__icontains": "onerror=alert"}).exists()
    ]
    assert {"Comment", "Draft", "Report", "Activity", "Change"} <= set(stored)
    said = Change.objects.filter(reason__contains=TURNED)
    readers = [f"/deals/{one.deal.public_id}/" for one in said if one.deal]
    readers += [f"/organizations/{one.organization.public_id}/" for one in said if one.organization]
    assert len(readers) > 5
    wrong = []
    for address in dict.fromkeys([*world.pages, *readers]):
        response = world.client.get(address, follow=True)
        assert response.status_code < 500, address
        if "html" in response["Content-Type"] and (found := runs(response.content.decode())):
            wrong.append((address, found))
    assert wrong == []


def test_nobody_sets_what_a_form_does_not_have(world):
    """States, writers, deciders and numbers of the ledger are never taken from a form."""
    victim = make_person("victim", "contributor")
    people = {
        name: str(victim.pk)
        for name in (
            "owner", "owner_id", "created_by", "created_by_id", "decided_by", "decided_by_id", "by",
            "user", "user_id", "assigned_to", "assigned_to_id",
        )
    }  # fmt: skip
    numbers = {
        name: str(STRANGE)
        for name in ("published_seq", "superseded_seq", "seq", "number", "id", "pk", "score")
    }
    states = {
        "state": "published", "is_staff": "on", "is_superuser": "on", "is_active": "on",
        "self_approved": "on", "merged_into": str(world.deal.deal_id), "population": "demo",
        "population_id": "1", "public_id": "D-00000000", "groups": "1", "waiting_for": "answer",
    }  # fmt: skip
    before = list(DealVersion.objects.filter(state="published").values_list("pk", flat=True))
    extra = people | numbers | states
    with transaction.atomic():
        for form in world.forms:
            # Publishing is what these are for.
            if form.route in ("desk-review-decide", "desk-deal-merge", "desk-deal-restore"):
                continue
            for fields in form.sends():
                world.post(form, extra | fields)
    assert refers(victim) == []
    assert strange() == []
    after = DealVersion.objects.filter(state="published").exclude(pk__in=before)
    assert not after.exclude(deal__changes__kind="organization").filter(created_by=world.person)
    world.person.refresh_from_db()
    assert not world.person.is_superuser
    assert not User.objects.filter(is_superuser=True).exists()
    assert list(User.objects.filter(is_staff=True)) == [world.person]
    assert not Draft.objects.exclude(typed__population="").exists()


def refers(person: User) -> list[str]:
    """Rows that say that somebody who did nothing has done or owns something."""
    return [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("deals").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model is User
        and model._default_manager.filter(**{field.name: person}).exists()
        and model.__name__ != "Notification"
    ]


def strange() -> list[str]:
    """Rows with the number that only the hostile form has."""
    return [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("deals").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.IntegerField)
        and model._default_manager.filter(**{field.name: STRANGE}).exists()
    ]


def made() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in MADE}


def test_what_is_sent_twice_is_done_once(world):
    wrong = []
    for form in world.forms:
        for fields in form.sends():
            fields = fields | {name: fields.get(name) or "Read in a paper." for name in form.typed}
            with transaction.atomic():
                first = world.post(form, fields)
                once = made()
                second = world.post(form, fields)
                if made() != once or max(first.status_code, second.status_code) >= 500:
                    wrong.append((form.route, fields.get("action"), second.status_code, once))
                transaction.set_rollback(True)
    assert wrong == []


def test_whoever_may_not_act_changes_nothing_with_a_perfect_form(world):
    wrong = []
    for role in ("reader", "contributor", "editor"):
        person, client = make_person(role, role), Client(raise_request_exception=False)
        client.force_login(person)
        before = made()
        for form in world.forms:
            needed = DESK[form.route][0] if form.route in DESK else ""
            if needed and not person.has_perm(needed):
                codes = [world.post(form, fields, client).status_code for fields in form.sends()]
                wrong += [(role, form.route, code) for code in codes if code != 403]
        assert made() == before
    assert wrong == []
