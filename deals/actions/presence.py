"""Who has a deal's form open right now, so that two people meet before they collide."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from deals.models import Deal, Presence

# A page says that it is open every 20 seconds; whoever missed two of them has left.
AWAY = timedelta(seconds=50)
KEPT = timedelta(hours=1)


def here(*, deal: Deal, by: AbstractBaseUser) -> list[Presence]:
    """Say that a person has the form open, and return who else has, the latest first."""
    now = timezone.now()
    Presence.objects.update_or_create(deal=deal, user_id=by.pk, defaults={"seen_at": now})
    Presence.objects.filter(deal=deal, seen_at__lt=now - KEPT).delete()
    others = Presence.objects.filter(deal=deal, seen_at__gte=now - AWAY).exclude(user_id=by.pk)
    return list(others.select_related("user").order_by("-seen_at", "pk"))
