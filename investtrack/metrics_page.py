"""`/metrics`: what Prometheus reads, for those who may."""

import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# Signs that somebody passed the request on, who should then have said for whom.
PASSED_ON = (
    "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip",
)  # fmt: skip


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The text format of Prometheus; 404 for everybody else, as if there were no such page."""
    if not settings.METRICS or not (_has_token(request) or _is_near(request)):
        raise Http404
    from prometheus_client import exposition

    from investtrack import instruments, machine
    from investtrack.collected import COLLECTED

    parts = [*instruments.registries(), machine.REGISTRY, COLLECTED]
    text = b"".join(exposition.generate_latest(part) for part in parts)
    return HttpResponse(text, content_type=exposition.CONTENT_TYPE_PLAIN_0_0_4)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, wanted)


def _is_near(request: HttpRequest) -> bool:
    """Whether everybody on the request's way is in an allowed network.

    Behind a proxy all seem to come from it; whom it names counts, too, and one who names nobody
    opens nothing.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    if not forwarded and any(name in request.headers for name in PASSED_ON):
        return False
    way = [request.META.get("REMOTE_ADDR", ""), *(forwarded.split(",") if forwarded else [])]
    try:
        return all(map(_is_allowed, way))
    except ValueError:
        return False


def _is_allowed(text: str) -> bool:
    address = ip_address(text.strip())
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in ip_network(one) for one in settings.METRICS_ALLOW)
