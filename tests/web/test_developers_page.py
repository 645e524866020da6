"""`/developers/`: every address and example that it shows works."""

import re
from html import unescape

import pytest
from django.urls import reverse

from deals.api.urls import urlpatterns
from deals.flows.query import PARAM_OF, FlowQuery

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(client) -> str:
    response = client.get("/developers/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_every_address_and_example_answers(client, shown) -> None:
    addresses = re.findall(r'href="(/api/v1/[^"]*)"', shown)
    examples = re.findall(r"curl 'http://testserver(/[^']+)'", shown)
    assert len(examples) >= 4
    for address in {*addresses, *examples}:
        assert client.get(address).status_code == 200, address


def test_every_named_address_of_the_api_and_every_parameter_is_shown(shown) -> None:
    for entry in urlpatterns:
        if getattr(entry, "name", None):
            address = re.sub(r"<\w+:\w+>", "{id}", str(entry.pattern))
            assert f"/api/v1/{address}" in shown
    for name in FlowQuery.__dataclass_fields__:
        assert re.search(rf"<code>[^<]*\b{PARAM_OF.get(name, name)}\b", shown), name


def test_it_is_linked_from_every_page_and_found_under_the_apis_own_address(client) -> None:
    assert 'href="/developers/"' in client.get("/methods/").content.decode()
    assert client.get("/api/v1/docs/")["Location"] == reverse("developers")
    assert client.get("/developers/", {"x": "1"}).status_code == 400


def test_no_link_in_the_frame_of_the_pages_is_dead(client) -> None:
    frame = client.get("/").content.decode()
    for address in {a for a in re.findall(r'href="(/[^"#?]*)', frame) if "static" not in a}:
        assert client.get(address, follow=True).status_code == 200, address
