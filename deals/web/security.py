"""`/.well-known/security.txt`: where to report a weakness of this installation (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals.web.parameters import without_parameters

PATH = "/.well-known/security.txt"
# The standard advises less than a year. It moves on with every day that the setting stays.
GOOD_FOR = timedelta(days=180)


@require_safe
@without_parameters
def security_txt(request: HttpRequest) -> HttpResponse:
    """The file, or 404 where nobody is named: an address that nobody reads is worse than none.

    The report form of the register is no such address, since its tickets are public.
    """
    if not settings.SECURITY_CONTACT:
        raise Http404(_("This installation names nobody to report weaknesses to."))
    text = "".join(f"{name}: {value}\n" for name, value in _fields(timezone.now()))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _fields(now: datetime) -> list[tuple[str, str]]:
    """Contacts come in the order of preference; `Canonical` has to be an https address."""
    until = datetime.combine(now.astimezone(UTC).date(), datetime.min.time()) + GOOD_FOR
    fields = [("Contact", address) for address in settings.SECURITY_CONTACT]
    fields += [("Expires", f"{until.isoformat()}Z"), ("Preferred-Languages", "en")]
    if settings.SITE_URL.startswith("https://"):
        fields.append(("Canonical", f"{settings.SITE_URL}{PATH}"))
    return fields + [("Policy", address) for address in settings.SECURITY_POLICY]
