"""Who is at work and what they know: written for the process in which they are."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from deals.models import ApiKey, Deal, DealVersion, Organization, Population, ledger
from deals.rules.keys import digest_of, new_key, prefix_of
from deals.rules.roles import PROPOSE, ROLES

KNOWN = 400
PARTNERS = 5
POWERS = ("bring_import", "decide_import", PROPOSE.partition(".")[2])


def plan(users: int) -> dict[str, Any]:
    """Editors with passwords, keys of partners, and what readers ask for; made in the database."""
    generated = Population.objects.filter(generated=True, code__startswith="load-").first()
    stride = max(Deal.objects.count() // KNOWN, 1)
    live = DealVersion.objects.live().order_by("pk")
    deals = list(live.values_list("deal__public_id", flat=True)[: KNOWN * stride : stride])
    organizations = Organization.objects.filter(merged_into=None).order_by("pk")[:KNOWN]
    return {
        "population": generated.code if generated else "",
        "deals": deals,
        "organizations": [one.public_id for one in organizations],
        "names": [one.name for one in organizations if len(one.name) > 3 and one.name.isascii()],
        "head": max(ledger.head() - 2_000, 0),
        "editors": [_editor(number) for number in range(users // 3 + 2)],
        "keys": [partner_key(number) for number in range(PARTNERS)],
    }


def _editor(number: int) -> tuple[str, str]:
    name, password = f"load-editor-{number}-{secrets.token_hex(3)}", secrets.token_urlsafe(18)
    user = get_user_model()._default_manager.create_user(name, password=password)
    user.groups.add(Group.objects.get(name=ROLES["reviewer"].group))
    return name, password


def partner_key(number: int) -> str:
    """A key whose user may propose deals and bring files in that are published at once."""
    name = f"load-partner-{number}-{secrets.token_hex(3)}"
    user = get_user_model()._default_manager.create_user(name)
    user.user_permissions.add(*Permission.objects.filter(codename__in=POWERS))
    key = new_key("write")
    ApiKey.objects.create(
        name=name, prefix=prefix_of(key), digest=digest_of(key), power="write", user=user,
        created_at=timezone.now(),
    )  # fmt: skip
    return key
