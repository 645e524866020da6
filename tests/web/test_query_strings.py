"""Whatever stands in an address, a page answers or says what is wrong with it; it never breaks."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.flows.registers import random_register

NAMES = st.sampled_from(
    [
        "investor", "target", "from", "to", "ai", "sector", "round", "kind", "status",
        "attribution", "currency", "min_amount", "max_amount", "organization", "population",
        "compare", "known_by", "release", "as_of", "place", "q", "ordering", "cursor", "page_size",
        "version", "colour",
    ]
)  # fmt: skip
SENSIBLE = st.sampled_from(
    [
        "", " ", ",", "europe", "CN", "eu,US", "china-hk-mo", "2017", "2017-06", "2022-02-30",
        "0001", "9999", "10000", "all", "yes", "none", "funding_round", "acquisition,debt",
        "blocked", "ever_completed", "ultimate", "CNY", "0", "1", "-1", "1e308", "1E-400", "NaN",
        "Infinity", "9" * 20, "9" * 5000, "٣", "１２", "test", "counted", "unknown", "too_coarse",
        "undisclosed", "amount", "-updated", "500", "%", "_", "\\", "'", '"', "\0", "a\0b",
        "深度求索", "\u202e", "😀", "x" * 10_000, "..", "a,b,c", ",".join(["DE"] * 400),
        "eyJhIjoxfQ:1:x",
    ]
)  # fmt: skip
VALUES = SENSIBLE | st.text(max_size=30)
QUERIES = st.lists(st.tuples(NAMES | st.text(max_size=8), VALUES), max_size=5)


@pytest.fixture
def register(db):
    """Deals of every sort, so that answers have rows to break on."""
    random_register(seed=5, size=60)


def answered(client, path, pairs):
    """The final response of a GET, having followed at most one redirect to the short address."""
    text = urlencode(pairs, errors="surrogatepass")
    response = client.get(f"{path}?{text}")
    if response.status_code == 302:
        address = response["Location"]
        assert address.startswith(path), address
        response = client.get(address)
        assert response.status_code != 302, f"{address} leads on to {response.get('Location')}"
    return response


@pytest.mark.parametrize("path", ["/deals/", "/flows/"])
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(pairs=[("q", "\0")])
@example(pairs=[("investor", "europe"), ("target", "CN"), ("from", "0001"), ("to", "9999")])
@example(pairs=[("as_of", "9" * 18)])
@example(pairs=[("min_amount", "1E-400")])
@example(pairs=[("known_by", "9999")])
@given(pairs=QUERIES)
def test_every_address_is_answered_or_refused_with_a_sentence(client, register, path, pairs):
    response = answered(client, path, pairs)
    assert response.status_code in (200, 400), (pairs, response.status_code)
    if response.status_code == 400:
        assert "cannot be" in response.content.decode()


@pytest.mark.parametrize("path", ["/figures/", "/methods/", "/deals/D-00000000/"])
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pairs=QUERIES)
def test_other_pages_never_break_either(client, register, path, pairs):
    assert answered(client, path, pairs).status_code in (200, 400, 404)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=60))
def test_any_search_is_answered(client, register, text):
    assert answered(client, "/deals/", [("q", text)]).status_code in (200, 400)
