"""Bodies of proposed deals, and partners who send them."""

import json
from typing import Any

from deals.rules.roles import PROPOSE
from tests.api.partners import Partner, make_key

DEALS = "/api/v1/deals/"
SUBMISSIONS = "/api/v1/submissions/"
PATCH = "application/merge-patch+json"


def body(**changes: Any) -> dict[str, Any]:
    """A deal that can be proposed as it is; None leaves a field out."""
    whole = {
        "target": {"name": "Horizon Robotics", "country": "CN"},
        "kind": "funding_round",
        "round_type": "series_b",
        "status": "completed",
        "date": "2024-03",
        "amount": "€12.8m",
        "ai": "yes",
        "investors": [{"name": "Demo Fund", "country": "DE", "lead": True}],
        "sources": [{"url": "https://example.org/news", "title": "Horizon raises money"}],
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


class Writer(Partner):
    """A partner whose key can write."""

    def __init__(self, name: str = "partner") -> None:
        super().__init__(make_key(name, "write", PROPOSE.partition(".")[2]))

    def propose(self, value: Any, *, kind: str = "application/json", **headers: str) -> Any:
        return self.send("POST", DEALS, value, kind, headers)

    def patch(self, deal: str, value: Any, *, kind: str = PATCH, **headers: str) -> Any:
        return self.send("PATCH", f"{DEALS}{deal}/", value, kind, headers)

    def change(self, deal: str, **fields: Any) -> Any:
        """A patch of the deal as it is now."""
        etag = self.client.get(f"{DEALS}{deal}/")["ETag"]
        return self.patch(deal, {"reason": "Corrected.", **fields}, if_match=etag)

    def send(self, method: str, path: str, value: Any, kind: str, headers: dict[str, str]) -> Any:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        named = {name.replace("_", "-").title(): text for name, text in headers.items()}
        # The client drops the type of an empty body; others send it.
        return self.client.generic(
            method, path, data, content_type=kind, headers=self.headers | named, CONTENT_TYPE=kind
        )


def pointers(response: Any) -> list[str]:
    """Where in the body something is wrong."""
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    return [error["pointer"] for error in response.json()["errors"]]
