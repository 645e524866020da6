"""How often one address may do something that costs the register space for ever."""

from django.core.cache import cache
from django.http import HttpRequest

from deals.rules.addresses import sender

HOUR = 3600


def address_of(request: HttpRequest) -> str:
    """Who asks: an IPv4 address, or the network of an IPv6 one."""
    return sender(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def within(request: HttpRequest, what: str, most: int) -> bool:
    """Count this request; False when the address has had its `most` of `what` in an hour."""
    key = f"limit:{what}:{address_of(request)}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # It ran out between the two calls: this is the first one of a new hour.
        cache.set(key, 1, HOUR)
        return most > 0
