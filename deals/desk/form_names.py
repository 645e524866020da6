"""Names without a country that several organizations of the register bear: a person says which."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from deals.entry.alike import resolve
from deals.entry.lookup import Found
from deals.entry.reading import Fault
from deals.templatetags.imports import visible


def unclear(typed: Mapping[str, Any]) -> dict[str, list[Found]]:
    """By the name of its fields ("target", "investors-0"): who may be meant, where nothing else
    than the name is typed and more than one bears it."""
    rows = {"target": typed["target"]}
    rows |= {f"investors-{number}": row for number, row in enumerate(typed["investors"])}
    bare = {
        at: row["name"].strip()
        for at, row in rows.items()
        if row["name"].strip() and not row["id"].strip() and not row["country"].strip()
    }
    borne = {name: resolve(name, None) for name in set(bare.values())}
    return {at: found for at, name in bare.items() if isinstance(found := borne[name], list)}


def faults(typed: Mapping[str, Any], asked: Mapping[str, list[Found]]) -> list[Fault]:
    """A sentence for each of them."""
    rows = {"target": typed["target"]}
    rows |= {f"investors-{number}": row for number, row in enumerate(typed["investors"])}
    return [
        Fault(
            f"{at}-name",
            _("Several organizations are called %(name)s: choose one, or say its country.")
            % {"name": visible(rows[at]["name"].strip())},
        )
        for at in asked
    ]
