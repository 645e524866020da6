"""The number by which copies are compared."""

from hashlib import sha256

from deals.rules.digest import as_hex, combined, digest_of


def test_one_text_has_its_own_sha256():
    assert as_hex(digest_of("后来")) == sha256("后来".encode()).hexdigest()


def test_order_does_not_matter_and_what_goes_leaves_no_trace():
    one, two, three = map(digest_of, ("one", "two", "three"))
    assert combined([one, two, three]) == combined([three, one, two])
    assert combined([one, two, three]) ^ two == combined([one, three])
    assert as_hex(combined([])) == "0" * 64
