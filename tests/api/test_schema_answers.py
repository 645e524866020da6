"""Every address answers as the description says, and the examples beside it are real."""

import os

import orjson
import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from deals.api.schema import samples
from deals.api.schema.document import document
from deals.api.schema.headers import HEADERS
from deals.api.schema.operation import Operation
from deals.api.schema.table import OPERATIONS
from tests.api.register import make_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(folder, settings, tmp_path) -> None:
    """Folders of the test's own, for imports and releases."""
    settings.RELEASES_DIR = tmp_path / "releases"


def validator(shape: dict) -> Validator:
    """Of a shape that names others of the description."""
    return Draft202012Validator(
        {**shape, "components": document()["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def wrong(shape: dict, answer: object) -> list[str]:
    """What of the answer the shape does not allow."""
    found = validator(shape).iter_errors(answer)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in found]


def faults(operation: Operation, response: object) -> list[str]:
    """What the description does not say of an answer: its status, its headers, its shape."""
    answer = operation.answers.get(response.status_code)
    if answer is None:
        return [f"{response.status_code}: {response.content[:300]!r}"]
    described = document()["paths"]
    said = next(
        item for path in described.values() for item in path.values()
        if item["operationId"] == operation.id
    )["responses"][str(response.status_code)]["headers"]  # fmt: skip
    unsaid = [name for name in HEADERS if name in response.headers and name not in said]
    found = [f"header {name}" for name in unsaid]
    if answer.shape is not None:
        assert response["Content-Type"] == "application/json"
        found += wrong(answer.shape, orjson.loads(response.content))
    elif answer.media:
        kind = response["Content-Type"].partition(";")[0]
        found += [] if kind in answer.media else [f"type {kind}"]
    return found


def test_every_example_is_answered_as_described(files) -> None:
    register = make_register()
    said: dict[str, list[str]] = {}
    shown = {}
    for operation in in_order():
        response = register.ask(operation)
        if found := faults(operation, response):
            said[operation.id] = found[:5]
        answer = operation.answers.get(response.status_code)
        if answer and answer.shape and operation.id != "schema":
            shown[operation.id] = samples.shortened(orjson.loads(response.content))
    assert not said, said
    if os.environ.get("SAMPLES") == "write":
        samples.PATH.write_bytes(orjson.dumps(shown, option=orjson.OPT_INDENT_2) + b"\n")
    assert {name for name in OF_SAMPLES if samples.of(name) is None} <= set(NO_SAMPLES)


def in_order() -> list[Operation]:
    """What stops something is asked last."""
    return sorted(OPERATIONS.values(), key=lambda one: one.id == "import-cancel")


OF_SAMPLES = [
    one.id for one in OPERATIONS.values() if next(iter(one.answers.values())).shape is not None
]
NO_SAMPLES = ("schema",)


@pytest.mark.parametrize("name", [name for name in OF_SAMPLES if name not in NO_SAMPLES])
def test_the_shown_answer_has_the_described_shape(name) -> None:
    operation = next(one for one in OPERATIONS.values() if one.id == name)
    shapes = [answer.shape for answer in operation.answers.values() if answer.shape]
    sample = samples.of(name)
    assert sample is not None, "SAMPLES=write makes it"
    assert not all(wrong(shape, sample) for shape in shapes), wrong(shapes[0], sample)


def test_an_answer_that_the_client_has_is_a_304_with_the_described_headers(files) -> None:
    register = make_register()
    for operation in OPERATIONS.values():
        if not operation.kept:
            continue
        first = register.ask(operation)
        again = register.ask(operation, **{"If-None-Match": first["ETag"]})
        assert again.status_code == 304, operation.id
        assert again["ETag"] == first["ETag"]
        assert not (again.whole if again.streaming else again.content)


def test_a_wrong_shape_is_noticed() -> None:
    """The yardstick itself: a field too many, one too few, a number for a text."""
    shape = OPERATIONS["regions/", "GET"].answers[200].shape
    sample = samples.of("regions")
    row = sample["results"][0]
    assert not wrong(shape, sample)
    assert wrong(shape, {"results": [row | {"more": 1}]})
    assert wrong(shape, {"results": [{"code": "x"}]})
    assert wrong(shape, {"results": [row | {"title": 1}]})
