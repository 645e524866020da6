"""The description is OpenAPI 3.1, whole, and nothing but what is there."""

import re
from itertools import chain

import pytest
from jsonschema import Draft202012Validator

from deals.api.schema import headers, parameters, problems, table
from deals.api.schema.document import as_json, document
from deals.api.schema.spelling import path_of
from deals.api.urls import urlpatterns
from deals.flows.query import (
    AI_ANSWERS,
    ATTRIBUTIONS,
    CURRENCIES,
    EVER_COMPLETED,
    PARAM_OF,
    FlowQuery,
)
from deals.rules.counting import KINDS, STATUSES
from deals.rules.regions import REGIONS
from deals.rules.vocab import ROUND_TYPES, SECTORS
from tests.api.openapi import OPENAPI

WORDS = {
    "kind": {*KINDS, "all"},
    "status": {*STATUSES, EVER_COMPLETED, "all"},
    "ai": {*AI_ANSWERS, "all"},
    "sector": {*SECTORS, "all"},
    "round": {*ROUND_TYPES, "all"},
    "attribution": set(ATTRIBUTIONS),
    "currency": set(CURRENCIES),
    "state_linked": {"yes", "no"},
}
# A page for people, and what answers everything else with 404.
NOT_DESCRIBED = {"docs/"}


def routes() -> set[tuple[str, str]]:
    """Every path and method that the API's table of addresses has."""
    found = set()
    for entry in urlpatterns:
        if not entry.name:
            continue
        path = path_of("/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern)))
        if path in NOT_DESCRIBED:
            continue
        names = set(entry.callback.cls.http_method_names) - {"head", "options"}
        found |= {(path, name.upper()) for name in names}
    return found


def test_every_address_and_method_is_described_and_no_other() -> None:
    described = {
        (path_of(path), method.upper())
        for path, item in document()["paths"].items()
        for method in item
    }
    assert described == routes() == set(table.OPERATIONS)


def test_it_is_valid_openapi() -> None:
    found = sorted(map(str, Draft202012Validator(OPENAPI).iter_errors(document())))
    assert not found, found[:3]


def shapes_in(value: object) -> list[dict]:
    """All JSON Schemas of the description."""
    if isinstance(value, list):
        return list(chain.from_iterable(map(shapes_in, value)))
    if not isinstance(value, dict):
        return []
    own = [value["schema"]] if isinstance(value.get("schema"), dict) else []
    return own + list(chain.from_iterable(map(shapes_in, value.values())))


def test_every_shape_is_json_schema() -> None:
    shapes = [*shapes_in(document()), *document()["components"]["schemas"].values()]
    assert len(shapes) > 100
    for shape in shapes:
        Draft202012Validator.check_schema(shape)


def references(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(references, value))
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return own.union(*map(references, value.values()))


def test_every_reference_leads_to_a_part_and_every_part_is_used() -> None:
    whole = document()
    used = references(whole)
    there = {
        f"#/components/{kind}/{name}"
        for kind, parts in whole["components"].items()
        if kind != "securitySchemes"
        for name in parts
    }
    assert used <= there
    announced = {f"#/components/headers/{name}" for name in ("Deprecation", "Sunset")}
    assert there - used <= announced


def test_every_link_leads_to_an_operation_and_names_its_parameters() -> None:
    by_id = {one.id: one for one in table.OPERATIONS.values()}
    links = [
        shown
        for one in by_id.values()
        for answer in one.answers.values()
        for shown in answer.links.values()
    ]
    assert len(links) >= 8
    for shown in links:
        operation = by_id[shown["operationId"]]
        names = {one.get("name") for one in operation.parameters}
        assert set(shown["parameters"]) <= names, shown


@pytest.mark.parametrize("name", FlowQuery.__dataclass_fields__)
def test_every_parameter_of_a_question_is_described_with_its_words(name) -> None:
    name = PARAM_OF.get(name, name)
    shape = parameters.QUESTION[name]
    assert shape["description"]
    if name in WORDS:
        assert words_of(shape["schema"]) == WORDS[name]


def words_of(shape: dict) -> set[str]:
    inner = [*shape.get("anyOf", ()), *([shape["items"]] if "items" in shape else ())]
    own = {*shape.get("enum", ()), *([shape["const"]] if "const" in shape else ())}
    return own.union(*map(words_of, inner))


def test_sides_are_all_regions_and_countries() -> None:
    side = document()["components"]["schemas"]["Side"]
    assert set(REGIONS) | {"DE", "CN", "XK", "TW"} <= set(side["enum"])


def test_every_operation_says_which_problems_it_has_and_which_headers() -> None:
    for operation in table.OPERATIONS.values():
        said = operation.as_openapi()["responses"]
        assert {"400", "401", "429", "503"} <= set(said)
        assert ("304" in said) == operation.kept
        assert ("403" in said) == bool(operation.power) or operation.power == ""
        for status in operation.answers:
            assert "RateLimit" in said[str(status)]["headers"]
    assert "Retry-After" in problems.responses()["Problem429"]["headers"]
    assert set(headers.LIMITS) <= set(headers.HEADERS)


@pytest.mark.django_db
def test_it_is_served_with_an_etag_and_takes_no_parameters(client) -> None:
    response = client.get("/api/v1/schema/")
    assert response.status_code == 200
    assert response.content == as_json()[0]
    assert response.json()["openapi"] == "3.1.0"
    again = client.get("/api/v1/schema/", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.get("/api/v1/schema/", {"format": "yaml"}).status_code == 400
    assert client.head("/api/v1/schema/").status_code == 200
