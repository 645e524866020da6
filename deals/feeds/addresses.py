"""Which addresses may be reached from here: public ones only, whatever their name resolves to."""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from threading import Thread

import httpx
from django.conf import settings

from deals.feeds.refusals import Refused
from deals.rules.errors import quoted

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

USUAL_PORTS = {80, 443, 8080, 8443}
LONGEST_URL = 1000
# More answers of one name than this are not tried.
MOST_ANSWERS = 8

# Beyond those that Python's `is_global` knows, in every version of Python.
INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # the host's own services in one large cloud
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
        "2002::/16",  # 6to4, given up in RFC 7526
    )
)
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotFetched(Refused):
    """Why nothing came from an address, in one sentence; `again` when a later try may go well."""

    def __init__(self, sentence: str, *, again: bool = True, status: int | None = None) -> None:
        super().__init__(sentence)
        self.again = again
        self.status = status


def is_inside(address: IPAddress) -> bool:
    """Whether an address is anything but a public one of the internet's.

    IPv6 addresses that carry an IPv4 address are judged by that one, for a gateway may go there.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return True
        if address.ipv4_mapped is not None:
            return is_inside(address.ipv4_mapped)
        if address in NAT64:
            return is_inside(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in GLOBAL_UNICAST:
            return True
    return (
        not address.is_global
        or address.is_multicast
        or address.is_reserved
        or any(address in network for network in INSIDE)
    )


def is_own(address: IPAddress) -> bool:
    """Whether the address is one of this machine's: a route to itself starts where it ends.

    No packet is sent by connecting a datagram socket.
    """
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((str(address), 9))
        return bool(probe.getsockname()[0] == str(address))
    return False


def check_url(text: str) -> httpx.URL:
    """A feed's address in its parts, without looking anything up. Raises `NotFetched`."""
    if len(text) > LONGEST_URL:
        raise _wrong(
            f"The address has {len(text)} characters, more than the {LONGEST_URL} that are kept."
        )
    try:
        url = httpx.URL(text.strip())
        port = url.port or (443 if url.scheme == "https" else 80)
    except (httpx.InvalidURL, ValueError):
        raise _wrong(f"{quoted(text)} is not a web address: check its spelling.") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise _wrong(
            f"{quoted(text)} is not a web address: it has to begin with https:// or http://."
        )
    if url.userinfo:
        raise _wrong(
            "The address holds a user name or password before the @, which would be shown to "
            "everybody who sees the feed: ask the supplier for an address without."
        )
    if may_be_inside(url.host, port):
        return url
    if port not in USUAL_PORTS:
        raise _wrong(
            f"The address {shown(url)} names port {port}; feeds are fetched from ports "
            f"{', '.join(map(str, sorted(USUAL_PORTS)))} only."
        )
    if spells_inside(url.host):
        raise inside_refusal(url.host)
    return url


def spells_inside(host: str) -> bool:
    """Whether a host is an inside address as it is written, before anything is looked up."""
    literal = _literal(host)
    return (literal is not None and is_inside(literal)) or _is_local_name(host)


def may_be_inside(host: str, port: int, allowed: Iterable[str] | None = None) -> bool:
    """Whether a setting names this host, or host:port, as one that may be an inside one.

    `allowed` are the entries of that setting, those for feeds unless others are given.
    """
    name = host.casefold().rstrip(".")
    entries = settings.FEED_ALLOW_INSIDE if allowed is None else allowed
    names = {entry.strip().casefold().rstrip(".") for entry in entries}
    return f"{name}:{port}" in names or (name in names and port in USUAL_PORTS)


def resolve(
    host: str, port: int, *, seconds: float, allowed: Iterable[str] | None = None
) -> Sequence[str]:
    """Addresses of a name, looked up once and all checked. Raises `NotFetched`."""
    answers = list(dict.fromkeys(_looked_up(host, port, seconds)))
    if not answers:
        raise _not_found(host)
    if not may_be_inside(host, port, allowed):
        for answer in answers:
            address = ipaddress.ip_address(answer)
            if is_inside(address) or is_own(address):
                raise inside_refusal(host)
    return answers[:MOST_ANSWERS]


def inside_refusal(host: str) -> NotFetched:
    return _wrong(
        f"{quoted(host)} is, or leads to, an inside address (of this machine, a private network "
        "or none at all), which may not be reached from here: use a public address."
    )


def shown(url: httpx.URL) -> str:
    """An address to print: what follows the question mark may be a key."""
    return str(url.copy_with(query=None, fragment=None))


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The resolver's answers; it knows no time limit of its own, so it gets a thread."""
    found: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.set_result([str(answer[4][0]) for answer in answers])
        except Exception as error:
            found.set_exception(error)

    Thread(target=look_up, daemon=True, name="feed-resolver").start()
    try:
        return found.result(timeout=max(seconds, 0.1))
    except NotInTime:
        raise NotFetched(f"The name {quoted(host)} was not found in time.") from None
    except (OSError, UnicodeError):
        raise _not_found(host) from None


def _literal(host: str) -> IPAddress | None:
    """The address that a host spells, in any way the resolver would take for one."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        # Also takes 127.1, 0x7f.1, 0177.0.0.1 and 2130706433, as connecting would.
        return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))
    except (OSError, UnicodeError):
        return None


def _is_local_name(host: str) -> bool:
    name = host.casefold().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def _not_found(host: str) -> NotFetched:
    return NotFetched(
        f"The name {quoted(host)} was not found: check the address, or wait if it was right before."
    )


def _wrong(sentence: str) -> NotFetched:
    """Trying the same address again would not help."""
    return NotFetched(sentence, again=False)
