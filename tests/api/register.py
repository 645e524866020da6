"""A register in which something stands behind every address of the API, and keys to ask with."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.utils import timezone

from deals import tasks
from deals.api.schema import calls, known
from deals.api.schema.operation import Operation
from deals.api.schema.table import OPERATIONS
from deals.exports import manifest
from deals.models import Release, ledger
from tests.api.partners import OTHER_ROWS, Partner, make_key
from tests.web.pages import make_world

BASE = "http://testserver/api/v1/"


@dataclass
class Register:
    """`known` has what examples name; `keys` has a key for each power."""

    known: dict[str, str]
    keys: dict[str, str]
    client: Client = field(default_factory=Client)

    def request(self, operation: Operation) -> calls.Request:
        """The example of an operation as it is shown, with what is here."""
        key = next(key for key, one in OPERATIONS.items() if one is operation)
        return calls.request(operation, key, BASE, self.known)

    def ask(self, operation: Operation, **headers: str) -> Any:
        """The answer to the example of an operation."""
        sent = self.request(operation)
        given = dict(sent.headers) | headers
        if operation.power:
            given["Authorization"] = f"Bearer {self.keys[operation.power]}"
        body: Any = b""
        kind = given.pop("Content-Type", "application/json")
        if sent.file:
            body, kind = OTHER_ROWS, "text/csv"
        elif sent.body is not None:
            body = calls.as_json(sent.body)
        path = sent.url.removeprefix("http://testserver")
        response = self.client.generic(sent.method, path, body, content_type=kind, headers=given)
        if response.streaming:
            response.whole = response.getvalue()
        return response


def make_register() -> Register:
    """Deals, organizations, tables, releases, an import with errors, and a key for each power."""
    make_world()
    keys = {power: make_key("partner", power, "propose_deal") for power in ("read", "write")}
    keys["import"] = make_key("partner", "import")
    sent = Partner(keys["import"]).form(FAULTY_ROWS, profile=SUPPLIER).json()
    tasks.run_import(sent["id"])
    make_release("2026.08", 10)
    make_release("2026.11", ledger.head())
    found = Register(known.known() | {"import": str(sent["id"]), "file": "deals.csv"}, keys)
    proposed = found.ask(OPERATIONS["deals/", "POST"], **{"Idempotency-Key": "first"})
    found.known["submission"] = str(proposed.json()["id"])
    return found


def make_release(name: str, seq: int) -> None:
    """A release with one file, which stands for all."""
    folder = manifest.folder_of(name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deals.csv").write_text("id\n")
    files = [manifest.Entry.of(folder / "deals.csv", 0).plain()]
    Release.objects.create(name=name, seq=seq, at=timezone.now(), files=files, notes="A test.")


FAULTY_ROWS = OTHER_ROWS + b"Nowhere,some day,1\n"
SUPPLIER = """
name = "Supplier"
code = "supplier"
rows = "deal"
[deal]
key = ["company", "month"]
[columns]
target_name = "company"
announced_on = "month"
amount = "raised"
[constants]
target_country = "CN"
currency = "USD"
"""
