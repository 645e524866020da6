"""How often one address may do something that costs the register space for ever."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def address_of(request: HttpRequest) -> str:
    """Who asks: an IPv4 address, or the network of an IPv6 one, which a single reader owns whole.

    Behind a proxy on an inside address it is the last entry that this proxy wrote; what a reader
    wrote into the header stands before it.
    """
    given = request.META.get("REMOTE_ADDR", "")
    try:
        found = ip_address(given)
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if found.is_private and forwarded:
            found = ip_address(forwarded)
    except ValueError:
        return given
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found)


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
