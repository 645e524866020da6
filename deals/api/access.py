"""Who may read, and who may bring files in."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from deals.models import ApiKey

if TYPE_CHECKING:
    # DRF reads these classes while it is still importing its own views.
    from rest_framework.views import APIView


def _is_known(request: Request) -> bool:
    return request.user is not None and request.user.is_authenticated


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
    """Nothing about imports is public; a key with the power to write sends and cancels them."""

    message = (
        "Bringing files in needs a key with the power to write (it begins with itk_w_); see "
        "manage.py api_key."
    )

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not _is_known(request):
            raise NotAuthenticated("Imports need a key: send it as “Authorization: Bearer <key>”.")
        if request.method in SAFE_METHODS:
            return True
        return isinstance(request.auth, ApiKey) and request.auth.power == ApiKey.Power.WRITE
