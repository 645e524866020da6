"""Headers that every answer has, and those of pages that are one person's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

from deals.accounts.factors import asks_for_second_factor

# What no page here asks a browser for.
DENIED = (
    "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "usb", "browsing-topics",
)  # fmt: skip
PERMISSIONS = ", ".join(
    [
        *(f"{name}=()" for name in DENIED),
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
    ]
)
ACCOUNT = "/account/"
# What stands below these is meant for who is signed in.
PRIVATE = (ACCOUNT, "/desk/", "/admin/")


class PrivacyHeaders:
    """Permissions-Policy everywhere; what is private stays in no cache and in no other site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.path.startswith(PRIVATE):
            add_never_cache_headers(response)
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        """Pages of django-allauth know our menu, and answer 400 to a form that has faults."""
        if request.path.startswith(ACCOUNT) and response.context_data is not None:
            context = response.context_data
            context |= {"section": "desk", "desk_section": "account"}
            context["open_for_sign_up"] = settings.SIGN_UP
            context["needed"] = asks_for_second_factor(request.user)
            forms = [context.get(name) for name in ("form", "webauthn_form")]
            if response.status_code == 200 and any(form and form.errors for form in forms):
                response.status_code = 400
        return response
