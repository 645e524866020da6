"""The questions that a copy asks a register, and what their answers must look like."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from deals.mirror.client import Answer, Client
from deals.mirror.export import EVERY, Export
from deals.mirror.troubles import ServerTrouble
from deals.rules.digest import FORMAT

REFERENCE = (
    "regions",
    "countries",
    "sectors",
    "round-types",
    "published-figures",
    "policy-events",
    "releases",
)


class Register:
    """All real deals of a server, or those of one population."""

    def __init__(self, client: Client, population: str | None = None) -> None:
        self.url, self.population = client.url, population
        self._client = client
        self._scope = {"population": population} if population else {}

    def export(self) -> Export:
        return Export(self._client, self._scope)

    def entry(self, seq: int) -> str:
        """What stands in the ledger at a number; "" for the beginning."""
        if not seq:
            return ""
        page = self._get("changes/", {"after": str(seq - 1), "page_size": "1"})
        return entry_of(page["results"][0])

    def last_known(self, seq: int, etag: str) -> Answer | None:
        """The entry of that number once more; None when the ledger has not moved since `etag`."""
        params = {"after": str(max(seq - 1, 0)), "page_size": "1"}
        return self._client.get("changes/", params, etag)

    def changes(self, after: int) -> dict[str, Any]:
        """A page of entries with their documents."""
        return self._get("changes/", {"after": str(after), "documents": "yes"})

    def digest(self, as_of: int | None = None) -> dict[str, Any]:
        """Number and digest of deals, now or as of an entry; raises where it is defined anew."""
        params = self._scope | ({} if as_of is None else {"as_of": str(as_of)})
        found = self._get("digest/", params)
        if found.get("format") != FORMAT:
            raise ServerTrouble(
                f"{self.url} computes digests in another way (format {found.get('format')}): this "
                "program is too old or too new for it."
            )
        return found

    def table(self, name: str, etag: str) -> Answer | None:
        """A reference table; None when it has not changed."""
        return self._client.get(f"{name}/", etag=etag)

    def organizations(self) -> Iterator[str]:
        """The texts of all, page by page; the invented ones where the population is invented."""
        params = {"page_size": "500"} | ({"generated": "yes"} if self._is_invented() else {})
        while params:
            page = self._get("organizations/", params)
            yield from (orjson.dumps(row).decode() for row in page["results"])
            cursor = _cursor(page["next"])
            params = {**params, "cursor": cursor} if cursor else {}

    def is_ours(self, document: dict[str, Any]) -> bool:
        """Whether a deal belongs to the copy."""
        if self.population:
            return bool(document["population"] == self.population)
        return not document["generated"]

    def _is_invented(self) -> bool:
        if not self.population:
            return False
        rows = self._get("deals/", {**EVERY, **self._scope, "page_size": "1"})["results"]
        return bool(rows and rows[0]["generated"])

    def _get(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        answer = self._client.get(path, params)
        if answer is None or not isinstance(answer.body, dict):
            raise ServerTrouble(f"{self.url} does not answer {path} as an InvestTrack does.")
        return answer.body


def entry_of(row: dict[str, Any]) -> str:
    """An entry of the ledger in short, as far as another history would differ."""
    facts = (row["kind"], row["deal"], row["version"], row["organization"], row["by"], row["at"])
    return " ".join(str(fact) for fact in facts if fact is not None)


def _cursor(address: str | None) -> str:
    """Only the cursor of a `next` address is taken, so that a server behind a proxy which does not
    know its own name is followed all the same."""
    return parse_qs(urlsplit(address).query).get("cursor", [""])[0] if address else ""
