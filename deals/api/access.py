"""Who may read, who may bring files in, and who may propose deals."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from deals.accounts.factors import asks_for_second_factor
from deals.models import ApiKey
from deals.rules.keys import MARKS
from deals.rules.roles import ALLOWS, BRING, PROPOSE, roles_with

if TYPE_CHECKING:
    # DRF reads these classes while it is still importing its own views.
    from rest_framework.views import APIView

Power = ApiKey.Power
BRINGS = (Power.IMPORT, Power.WRITE)
WRITES = (Power.WRITE,)


def _is_known(request: Request) -> bool:
    return request.user is not None and request.user.is_authenticated


def made_by_its_user(key: ApiKey) -> bool:
    """Such a key can do no more than its user may at that moment; a granted one as granted."""
    return key.granted_by_id == key.user_id


def _check_key(request: Request, powers: tuple[Power, ...], permission: str, to_do: str) -> None:
    """Raise unless the request's key has one of `powers`, and its user, where it counts, may."""
    key = request.auth
    if not isinstance(key, ApiKey):
        raise PermissionDenied(
            f"To {to_do} takes a key, sent as “Authorization: Bearer <key>”; a signed-in browser "
            "only reads."
        )
    if key.power not in powers:
        wanted = " or ".join(f"“{power}” (it begins with {MARKS[power]})" for power in powers)
        raise PermissionDenied(
            f"To {to_do} takes a key with the power {wanted}; {key.prefix}… has “{key.power}”. "
            "Keys are made at /account/keys/."
        )
    if made_by_its_user(key) and not key.user.has_perm(permission):
        roles = ", ".join(roles_with(permission))
        raise PermissionDenied(
            f"The key {key.prefix}… can do what its user may, and they may not "
            f"{ALLOWS[permission]} at present; that takes the role of {roles}."
        )


def _check_reader(request: Request, what: str) -> None:
    """Raise for strangers, and for people who first have to set up a second factor."""
    if not _is_known(request):
        raise NotAuthenticated(f"{what} need a key: send it as “Authorization: Bearer <key>”.")
    key = request.auth
    people_like = not isinstance(key, ApiKey) or made_by_its_user(key)
    if people_like and asks_for_second_factor(request.user):
        raise PermissionDenied(
            f"{what} are behind a second factor: set one up at /account/2fa/ first."
        )


class PublicRead(BasePermission):
    """Published data is open to everybody, unless the setting `PUBLIC_READ` is off."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if settings.PUBLIC_READ or _is_known(request):
            return True
        raise NotAuthenticated(
            "This register is not open to the public: sign in, or send a key as "
            "“Authorization: Bearer <key>”."
        )


class ImportAccess(BasePermission):
    """Nothing about imports is public; a key with the power to import sends and cancels them."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        _check_reader(request, "Imports")
        if request.method not in SAFE_METHODS:
            _check_key(request, BRINGS, BRING, "bring files in")
        return True


class WriteAccess(BasePermission):
    """Nothing about submissions is public; a key with the power to write makes them."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        _check_reader(request, "Submissions")
        if request.method not in SAFE_METHODS:
            _check_key(request, WRITES, PROPOSE, "propose deals")
        return True


class ReadOrPropose(BasePermission):
    """For addresses that anybody reads and a key with the power to write changes.

    A method that an address does not have is let through to its 405: no key would help there.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if request.method not in view.allowed_methods:
            return True
        door = PublicRead if request.method in SAFE_METHODS else WriteAccess
        return door().has_permission(request, view)
