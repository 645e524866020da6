"""Who has to have a second factor, and who has one."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User

from deals.rules.roles import DECIDE, MANAGE, PEOPLE, REVIEW

# Whoever holds one of these can change what readers see, or who may.
POWERS = (REVIEW, DECIDE, MANAGE, PEOPLE)
SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User | AnonymousUser) -> bool:
    """An authenticator app or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=SECOND).exists()


def asks_for_second_factor(user: User | AnonymousUser) -> bool:
    """Whether the setting REQUIRE_MFA holds for this person and they have none yet."""
    if not settings.REQUIRE_MFA or not user.is_authenticated:
        return False
    powerful = user.is_staff or any(user.has_perm(power) for power in POWERS)
    return powerful and not has_second_factor(user)
