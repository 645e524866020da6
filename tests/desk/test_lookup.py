"""The field for an organization: its options, its warnings, and what it is without JavaScript."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from deals.entry.lookup import by_public_id
from deals.feeds.spellings import rebuild
from tests.desk.runs import make_person
from tests.factories import make_deal, make_organization

pytestmark = pytest.mark.django_db

HOSTILE = '"><script>alert(1)</script>'
COUNTRIES = [("CN", "China"), ("DE", "Germany")]


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make_person("carla", "contributor"))
    return client


def options(client: Client, q: str, **more: str) -> str:
    return client.get(reverse("desk-lookup"), {"q": q, **more}).content.decode()


def like(client: Client, name: str, country: str = "", **more: str) -> str:
    asked = {"name": name, "country": country} | more
    page = client.get(reverse("desk-lookup-similar"), asked).content.decode()
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def field(**context: object) -> str:
    value = {"id": "", "name": "", "country": ""} | context.pop("value", {})
    return render_to_string(
        "desk/parts/organization_field.html",
        {"name": "target", "label": "Target", "value": value, "countries": COUNTRIES} | context,
    )


def test_options_name_country_deals_and_why_and_end_with_a_new_one(client):
    make_deal(target="DeepSeek", target_country="CN")
    one = make_organization("DeepSeek", "CN")
    one.names.create(name="深度求索", key="深度求索", script="Hans")
    rebuild()
    page = options(client, "深度")
    assert f'data-id="{one.public_id}" data-name="DeepSeek" data-country="CN"' in page
    assert "China · 1 deal · also called 深度求索" in page
    assert 'data-said="1 organization. Arrow keys lead to it."' in page
    assert page.index("data-id") < page.index("data-new")
    assert "Create “<bdi>深度</bdi>” as a new organization" in page
    assert "data-new" not in options(client, "深度", known="yes")


def test_nothing_typed_gives_nothing_and_too_much_is_not_looked_for(client):
    for q in ("", "  ", "\0", "x" * 10_000):
        assert "<li" not in options(client, q)
        assert like(client, q) == ""


def test_invented_organizations_are_offered_and_marked_only_where_they_belong(client):
    make_organization("Nova Invented", "DE", generated=True)
    rebuild()
    assert "Nova Invented" not in options(client, "nova")
    assert "mark-generated" in options(client, "nova", invented="yes")


def test_names_from_data_and_from_the_address_are_shown_and_never_run(client):
    make_organization(HOSTILE, "DE")
    make_organization("Plain \u202eName", "DE")
    rebuild()
    for page in (options(client, HOSTILE), options(client, "plain"), like(client, HOSTILE)):
        assert "<script" not in page
        assert "\u202e" not in re.sub('data-name="[^"]*"', "", page)
    assert "&lt;script&gt;" in options(client, HOSTILE)
    assert "⟨U+202E⟩" in options(client, "plain")
    shown = field(value={"name": HOSTILE, "id": HOSTILE, "country": HOSTILE}, country_fault="No.")
    assert "<script" not in shown


def test_answers_are_kept_nowhere(client):
    for name in ("desk-lookup", "desk-lookup-similar"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"]


def test_a_name_without_a_choice_is_said_to_be_known_several_or_new(client):
    make_organization("Nova", "DE")
    make_organization("Nova", "FR")
    make_organization("Lumen", "FR")
    rebuild()
    assert "Several organizations bear this name." in like(client, "Nova")
    assert "this is an organization that the register has: Nova Germany" in like(
        client, "Nova GmbH", "DE"
    )
    new = like(client, "Nova", "CN")
    assert new.startswith("Nova , China, is new")
    assert "Looks like: Nova" in new
    assert "Choose its country, if it is known." in like(client, "Nowhere Else")
    assert "Several organizations" in like(client, "Nova", "XX-nonsense")
    assert like(client, "Nowhere", known="yes") == "The register has no organization of this name."


def test_pages_take_few_queries_however_many_options(client, django_assert_max_num_queries):
    for number in range(12):
        make_organization(f"Nova {number}", "DE")
    rebuild()
    options(client, "nova")
    with django_assert_max_num_queries(5):
        assert options(client, "nova").count("data-id") == 8
    with django_assert_max_num_queries(20):
        like(client, "Nova Labs", "DE")


def test_without_scripts_the_field_is_a_name_and_a_country():
    page = field(value={"name": "Nova", "country": "DE"})
    assert 'name="target-name" value="Nova"' in page
    assert '<option value="DE" selected>Germany</option>' in page
    assert '<input type="hidden" id="target-id" name="target-id" value="">' in page
    assert 'role="combobox"' not in page
    assert "<noscript>" not in page


def test_without_scripts_a_choice_can_be_taken_back():
    """The last value of a name counts, and it is the blank one of the checkbox."""
    one = make_organization("Nova", "DE")
    page = field(
        value={"id": one.public_id, "name": "Nova", "country": "DE"},
        organizations=by_public_id([one.public_id]),
    )
    assert "Germany" in page
    assert f"0 deals · {one.public_id}" in page
    hidden = page.index(f'name="target-id" value="{one.public_id}"')
    assert hidden < page.index('<input type="checkbox" name="target-id" value="">')


def test_of_several_organizations_one_is_chosen_without_scripts():
    one, other = make_organization("Nova", "DE"), make_organization("Nova", "FR")
    found = by_public_id([one.public_id, other.public_id])
    page = field(value={"name": "Nova"}, choices=list(found.values()))
    for public_id in found:
        assert f'<input type="radio" name="target-id" value="{public_id}"' in page


def test_a_fault_is_tied_to_its_field():
    page = field(fault="Give the name.", country_fault="Choose.", value={"country": "QQ"})
    assert 'aria-describedby="target-name-error"' in page
    assert 'id="target-name-error"' in page
    assert 'aria-describedby="target-country-error"' in page
    assert '<option value="QQ" selected>QQ</option>' in page
