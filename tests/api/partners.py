"""Partners of the tests: their keys, their files, and the ways in which they send them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from deals.models import ApiKey
from deals.rules.keys import digest_of, new_key, prefix_of

IMPORTS = "/api/v1/imports/"
PROFILE = """
name = "Small supplier"
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
HEADER = b"company,month,raised\n"
ROWS = HEADER + b"Acme,2019-05,5\n"
OTHER_ROWS = HEADER + b"Bolt,2019-06,7\n"


def make_key(username: str = "partner", power: str = "write", *permissions: str) -> str:
    """A key of that user, who is made when not there yet, with `permissions` of the register."""
    user, _ = get_user_model().objects.get_or_create(username=username)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    key = new_key(power)
    ApiKey.objects.create(
        name="test", prefix=prefix_of(key), digest=digest_of(key), power=power, user=user,
        created_at=timezone.now(),
    )  # fmt: skip
    return key


class Partner:
    """A client with a key. A file is sent as a form with its profile, or as the body."""

    def __init__(self, key: str | None) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str = IMPORTS, **params: Any) -> Any:
        return self.client.get(path, params, headers=self.headers)

    def post(self, path: str, **data: Any) -> Any:
        return self.client.post(path, data, headers=self.headers)

    def form(
        self, data: bytes = ROWS, *, name: str = "rounds.csv", key: str = "", **fields: Any
    ) -> Any:
        """`profile` is the small supplier's unless a field says another profile or feed."""
        if not {"profile", "feed"} & fields.keys():
            fields["profile"] = PROFILE
        fields = {field: value for field, value in fields.items() if value is not None}
        return self.client.post(
            IMPORTS,
            {"file": SimpleUploadedFile(name, data), **fields},
            headers=self._with(key),
        )

    def body(
        self, data: bytes = ROWS, query: str = "feed=small-supplier", kind: str = "text/csv", *,
        key: str = "",
    ) -> Any:  # fmt: skip
        return self.client.generic(
            "POST", f"{IMPORTS}?{query}", data, content_type=kind, headers=self._with(key)
        )

    def _with(self, key: str) -> dict[str, str]:
        return self.headers | ({"Idempotency-Key": key} if key else {})
