"""Whatever stands in an address, a page answers or says what is wrong with it; it never breaks.

`make test-addresses` asks ten thousand of them; `QUERY_STRINGS` says how many a run asks.
"""

import os
from functools import cache
from urllib.parse import quote, urlencode

import pytest
from django.urls import URLPattern
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deals.api.urls import urlpatterns as api_urls
from deals.web.urls import urlpatterns as web_urls
from tests.flows.registers import random_register

EXAMPLES = int(os.environ.get("QUERY_STRINGS", "150"))
NAMES = st.sampled_from(
    [
        "investor", "target", "from", "to", "ai", "sector", "round", "kind", "status",
        "attribution", "currency", "min_amount", "max_amount", "organization", "state_linked",
        "population", "compare", "known_by", "release", "as_of", "place", "q", "ordering", "cursor",
        "page_size", "version", "tab", "a", "b", "step", "side", "generated", "by", "limit",
        "per", "after", "colour",
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
        "eyJhIjoxfQ:1:x", "map", "matrix", "diagram", "time", "merics-2023",
        "investor=DE&target=CN", "investor=", "a=b=c", "&", "?", "quarter", "sectors",
    ]
)  # fmt: skip
VALUES = SENSIBLE | st.text(max_size=30)
# Pairs that are answered, so that what is odd comes as far as the numbers.
GOOD = st.sampled_from(
    [
        ("investor", "europe"), ("investor", "DE,FR"), ("target", "CN"), ("target", "china-hk-mo"),
        ("from", "2017"), ("to", "2022"), ("kind", "all"), ("status", "all"), ("ai", "all"),
        ("population", "test"), ("compare", "US"), ("compare", "none"), ("attribution", "ultimate"),
        ("currency", "CNY"), ("state_linked", "yes"), ("sector", "robotics"),
        ("round", "series_a"), ("min_amount", "1000"), ("as_of", "1"), ("known_by", "2021"),
        *(("tab", tab) for tab in ("countries", "map", "diagram", "matrix", "organizations")),
        ("place", "counted"), ("place", "unknown"), ("q", "Fund"), ("ordering", "-amount"),
        ("a", "merics-2023"), ("b", "cset-2023"), ("page_size", "3"),
    ]
)  # fmt: skip


@st.composite
def queries(draw):
    """Up to four pairs that are answered, then up to three of anything; often a search."""
    good = draw(st.lists(GOOD, max_size=4, unique_by=lambda pair: pair[0]))
    odd = draw(st.lists(st.tuples(NAMES | st.text(max_size=8), VALUES), max_size=3))
    search = draw(st.lists(st.tuples(st.just("q"), st.text(max_size=60)), max_size=1))
    return [*good, *odd, *search]


# What stands in a path: codes, forms, identifiers, and anything.
PIECES = (
    st.sampled_from(
        ["time", "map", "matrix", "svg", "csv", "png", "DE", "XX", "regions", "D-00000000", "O-1"]
    )
    | SENSIBLE
    | st.text(min_size=1, max_size=12)
)
# These are asked more than others, since they take whole questions.
EXPLORERS = ["/flows/", "/flows/", "/deals/", "/deals/", "/flows/bridge/"]
KEEPING = "/flows/freeze/"


@cache
def templates() -> list[str]:
    """Every address of pages and API, with its gaps as {}."""
    tables = (("/", web_urls), ("/api/v1/", api_urls))
    return EXPLORERS + [
        start + "".join(("{}" if at % 2 else piece) for at, piece in enumerate(pieces(pattern)))
        for start, table in tables
        for pattern in table
        if isinstance(pattern, URLPattern)
    ]


def pieces(pattern: URLPattern) -> list[str]:
    """ "deals/<str:public_id>/" → ["deals/", "str:public_id", "/"]."""
    return str(pattern.pattern).replace(">", "<").split("<")


@st.composite
def paths(draw):
    """An address of the tables, with anything in its gaps."""
    filled = (quote(draw(PIECES), safe="", errors="replace") for _ in range(3))
    return draw(st.sampled_from(templates())).format(*filled)


@pytest.fixture
def register(db, settings):
    """Deals of every sort, so that answers have rows to break on."""
    settings.FREEZE_PER_HOUR = 5
    random_register(seed=5, size=40)


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


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(path="/deals/", pairs=[("q", "\0")])
@example(path="/flows/", pairs=[("investor", "europe"), ("from", "0001"), ("to", "9999")])
@example(path="/flows/", pairs=[("as_of", "9" * 18)])
@example(path="/flows/", pairs=[("min_amount", "1E-400")])
@example(path="/flows/", pairs=[("known_by", "9999")])
@example(path="/flows/", pairs=[("tab", "map"), ("tab", "matrix")])
@example(path="/flows/bridge/", pairs=[("a", "investor=DE&a=1"), ("b", "\0")])
@example(path="/api/v1/deals/%00/", pairs=[])
@given(path=paths(), pairs=queries())
def test_every_address_is_answered_or_refused_with_a_sentence(client, register, path, pairs):
    if path in EXPLORERS:
        response = answered(client, path, pairs)
        assert response.status_code in (200, 400), (pairs, response.status_code)
        if response.status_code == 400:
            assert "cannot be" in response.content.decode()
    elif path == KEEPING:
        assert client.post(path, dict(pairs)).status_code in (303, 400, 429), pairs
    else:
        text = urlencode(pairs, errors="surrogatepass")
        response = client.get(f"{path}?{text}", follow=True)
        assert response.status_code < 500, (path, pairs, response.status_code)
