"""Who may read."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # DRF reads this class while it is still importing its own views.
    from rest_framework.views import APIView


class PublicRead(BasePermission):
    """Published data is open to everybody, unless the setting `PUBLIC_READ` is off."""

    message = "This register is not open to the public; sign in to read it."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return bool(
            settings.PUBLIC_READ or (request.user is not None and request.user.is_authenticated)
        )
