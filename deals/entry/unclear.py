"""Names without a country that several organizations of the register bear: somebody says which."""

from collections.abc import Mapping
from typing import Any

from deals.entry.alike import resolve
from deals.entry.lookup import Found


def unclear(typed: Mapping[str, Any]) -> dict[str, list[Found]]:
    """By the name of its fields ("target", "investors-0"): who may be meant, where nothing else
    than the name is typed and more than one bears it."""
    bare = {
        at: row["name"].strip()
        for at, row in parties(typed).items()
        if row["name"].strip() and not row["id"].strip() and not row["country"].strip()
    }
    borne = {name: resolve(name, None) for name in set(bare.values())}
    return {at: found for at, name in bare.items() if isinstance(found := borne[name], list)}


def parties(typed: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Target and investors of a form by the name of their fields."""
    rows = {"target": typed["target"]}
    return rows | {f"investors-{number}": row for number, row in enumerate(typed["investors"])}
