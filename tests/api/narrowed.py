"""The description with what only one register knows: which names and numbers there are in it."""

from copy import deepcopy
from typing import Any

from deals.api.schema.document import document
from deals.flows.definitions import DEFINITIONS
from deals.models import Release

Shape = dict[str, Any]
# A cursor comes from an answer, and is signed.
LEFT_OUT = ("cursor",)


def narrowed(known: dict[str, str], head: int) -> Shape:
    """A copy in which parameters name what is there; `head` is the ledger's last number."""
    whole = deepcopy(document())
    words = {
        "question-population": [known["population"]],
        "question-release": [known["release"]],
    }
    parts = whole["components"]["parameters"]
    for name, values in words.items():
        parts[name]["schema"] = {"type": "string", "enum": values}
    point = {"type": "integer", "minimum": 0, "maximum": head}
    parts["question-as_of"]["schema"] = point
    last = Release.objects.get(name=known["release"]).seq
    before = {"type": "integer", "minimum": 0, "maximum": last}
    organization = {"type": "string", "enum": [known["organization"]]}
    parts["question-organization"]["schema"] = {"type": "array", "items": organization}
    own = {
        "organization": organization,
        "population": {"type": "string", "enum": [known["population"]]},
        "as_of": point,
        "since": {"anyOf": [{"type": "string", "enum": [known["older"]]}, before]},
        "a": {"type": "string", "enum": [*DEFINITIONS, "investor=DE&target=CN"]},
        "b": {"type": "string", "enum": [*DEFINITIONS, "investor=DE&target=CN"]},
    }
    ids = {
        "deals": "deal", "organizations": "organization", "imports": "import",
        "submissions": "submission",
    }  # fmt: skip
    for path, item in whole["paths"].items():
        noun = path.split("/")[3]
        for operation in item.values():
            _narrow(operation, own, known, ids.get(noun, ""))
    return whole


def _narrow(operation: Shape, own: dict[str, Shape], known: dict[str, str], noun: str) -> None:
    kept = []
    for parameter in operation.get("parameters", []):
        name = parameter.get("name")
        if name in LEFT_OUT:
            continue
        if parameter.get("in") == "query" and name in own:
            parameter["schema"] = own[name]
        if parameter.get("in") == "path":
            parameter["schema"] = _there(name, known, noun)
        kept.append(parameter)
    operation["parameters"] = kept


def _there(name: str, known: dict[str, str], noun: str) -> Shape:
    value = known[{"name": "release", "file": "file"}.get(name, noun)]
    if value.isdigit():
        return {"type": "integer", "enum": [int(value)]}
    return {"type": "string", "enum": [value]}
