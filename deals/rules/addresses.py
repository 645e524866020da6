"""From where a request comes, as an address that one reader cannot change at will."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def sender(remote: str, forwarded: str) -> str:
    """An IPv4 address, or the network of an IPv6 one (`2001:db8::/64`), which a reader owns whole.

    `remote` is who opened the connection, `forwarded` the header X-Forwarded-For. Behind a proxy on
    an inside address it is the last entry that this proxy wrote; what a reader wrote into the
    header stands before it. What is no address comes back as it is.
    """
    try:
        found = _address(remote)
        last = forwarded.rpartition(",")[2].strip()
        if found.is_private and last:
            found = _address(last)
    except ValueError:
        return remote
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found)


def _address(text: str) -> IPv4Address | IPv6Address:
    """A socket for both kinds has IPv4 as `::ffff:192.0.2.1`, which is no network of one reader."""
    found = ip_address(text)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
