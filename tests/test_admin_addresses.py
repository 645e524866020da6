"""Lists and forms of the admin answer whatever stands in the address: a page, and never a 500."""

import pytest
from django.contrib import admin
from django.urls import reverse

from deals.models import PolicyEvent
from tests.desk.runs import make_person
from tests.factories import make_deal

pytestmark = pytest.mark.django_db
LONG = "9" * 40
EVERYWHERE = (
    "q=%00", f"p={LONG}", "o=999", f"pk__exact={LONG}", "nothing=1",
)  # fmt: skip
OF_EVENTS = (
    "p=abc", "pk__exact=%00", "_facets=%00", f"q={'x' * 10_000}",
    "o=-999.x", "all=", "_to_field=password", "id__exact=x", "pk__isnull=x",
    "kind__exact=%00", "jurisdiction__regex=(", "kind__regex=%5B", "date__year=99999",
    "date__year=-1", "date__year=x", "date__year=%00", f"date__year={LONG}",
    "date__year=2020&date__month=13", "date__year=2020&date__month=2&date__day=31",
    "date__month=x", "date__gte=99999-01-01", "date__regex=(", "_facets=True",
)  # fmt: skip


@pytest.fixture
def ada(client, settings):
    settings.REQUIRE_MFA = False
    user = make_person("ada", "administrator")
    user.is_staff = True
    user.save()
    make_deal(sources=("One",))
    PolicyEvent.objects.create(date="2020-10-11", jurisdiction="EU", title="Screening", kind="x")
    client.force_login(user)
    return user


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=str), ids=str)
def test_no_list_breaks_by_what_stands_in_its_address(client, ada, model):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    asked = EVERYWHERE + (OF_EVENTS if model is PolicyEvent else ())
    answers = {odd[:60]: client.get(f"{address}?{odd}", follow=True).status_code for odd in asked}
    assert {odd: status for odd, status in answers.items() if status not in (200, 400, 403)} == {}


def test_what_cannot_be_looked_for_is_refused_with_a_page_and_the_next_one_answers(client, ada):
    address = reverse("admin:deals_policyevent_changelist")
    refused = client.get(f"{address}?kind__exact=%00")
    assert refused.status_code == 400
    assert "Traceback" not in refused.content.decode()
    assert client.get(f"{address}?kind__exact=x").status_code == 200


@pytest.mark.parametrize("name", ["%00", "a" * 5000])
def test_no_form_breaks_by_a_row_that_cannot_be(client, ada, name):
    for model in admin.site._registry:
        view = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        status = client.get(reverse(view, args=[name]), follow=True).status_code
        assert status in (200, 400, 403, 404), (view, name)
