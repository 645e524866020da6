"""From where a request comes, through proxies and in both kinds of addresses."""

import pytest

from deals.rules.addresses import sender


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("8.8.8.8", "", "8.8.8.8"),
        # A reader writes what they like into the header; only a proxy inside is believed.
        ("8.8.8.8", "1.1.1.1", "8.8.8.8"),
        ("10.0.0.2", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.2", "9.9.9.9, 1.1.1.1", "1.1.1.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("2a00:1450:4001:82b::200e", "", "2a00:1450:4001:82b::/64"),
        ("::1", "2a00:1450:4001:82b::1", "2a00:1450:4001:82b::/64"),
        # As a socket for both kinds of addresses says it.
        ("::ffff:8.8.8.8", "1.1.1.1", "8.8.8.8"),
        ("::ffff:10.0.0.2", "::ffff:1.1.1.1", "1.1.1.1"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("", "", ""),
    ],
)
def test_the_sender_is_whom_the_nearest_trusted_machine_names(remote, forwarded, found):
    assert sender(remote, forwarded) == found
