"""All deals of a server in one answer, whole or not at all."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import orjson

from deals.mirror.client import Client
from deals.mirror.troubles import CutOff, ServerTrouble
from deals.rules.digest import digest_of

EVERY = {"kind": "all", "status": "all", "ai": "all"}


class Export:
    """`seq` and `deals` are known when the texts have ended: at which entry, and how many."""

    def __init__(self, client: Client, scope: Mapping[str, str]) -> None:
        self._client, self._params = client, {**EVERY, **scope}
        self.seq, self.deals = -1, 0

    def texts(self) -> Iterator[str]:
        """The documents. Raises `CutOff` where the end mark is missing or says something else."""
        digest = sha256()
        # One behind, since the last line is the mark and not a deal.
        line = None
        for following in self._client.lines("exports/deals.jsonl", self._params):
            if line is not None:
                digest.update(f"{line}\n".encode())
                self.deals += 1
                yield line
            line = following
        self._end(line, digest.hexdigest())

    def digests(self) -> dict[str, int]:
        """The SHA-256 of each document, by the deal's id."""
        return {orjson.loads(text)["id"]: digest_of(text) for text in self.texts()}

    def _end(self, line: str | None, digest: str) -> None:
        mark: Any
        try:
            mark = orjson.loads(line or "")
        except orjson.JSONDecodeError:
            mark = None
        if not isinstance(mark, dict) or mark.get("end") is not True:
            raise CutOff(f"The export of {self._client.url} ended before its end mark.")
        if mark["deals"] != self.deals or mark["sha256"] != digest:
            raise CutOff(f"The export of {self._client.url} is not what its end mark says.")
        if not isinstance(mark["change_seq"], int):
            raise ServerTrouble(f"{self._client.url} does not say at which entry its export is.")
        self.seq = mark["change_seq"]
