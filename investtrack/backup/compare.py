"""What a restored register says, beside what the backup said of itself."""

from collections.abc import Iterator, Mapping
from typing import Any

WHOLE = {
    "head": "The ledger's end",
    "head_at": "The time of the last entry",
    "entries": "The entries of the ledger",
    "deals": "The digest of the deals",
    "organizations": "The digest of the organizations",
    "headline": "The headline",
}


def differences(manifest: Mapping[str, Any], state: Mapping[str, Any], *, exact: bool) -> list[str]:
    """Sentences about all that is not the same; none when the backup restores.

    `exact`: the copy ends at the moment of the description, so everything must be equal. Else, and
    for a backup during which somebody wrote all the time, the ledger up to its end then.
    """
    said = manifest["register"]
    if exact and manifest["moment"]["exact"]:
        return [*_of_the_register(said, state), *_of_tables(said["tables"], state["tables"])]
    return list(_of_the_ledger(said, state))


def _of_the_register(said: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, title in WHOLE.items():
        if said[name] != found[name]:
            yield f"{title} was {said[name]} and is {found[name]}."


def _of_tables(said: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*said, *found}):
        if name not in found:
            yield f"Table {name} is missing."
        elif name not in said:
            yield f"Table {name} was not there."
        elif said[name]["rows"] != found[name]["rows"]:
            yield f"Table {name} had {said[name]['rows']:,} rows and has {found[name]['rows']:,}."
        elif said[name]["checksum"] != found[name]["checksum"]:
            yield f"Table {name} has other contents in its {said[name]['rows']:,} rows."


def _of_the_ledger(said: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    if found["head"] < said["head"]:
        yield f"The ledger ended at {said['head']:,} and ends at {found['head']:,}."
        return
    if found["until"]["entries"] != said["entries"]:
        yield f"The entries of the ledger up to {said['head']:,} are not the same."
    deals = found["until"]["deals"]
    if deals is not None and deals != said["deals"]:
        yield f"The deals after entry {said['head']:,} were {said['deals']} and are {deals}."
