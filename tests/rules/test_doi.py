"""Digital object identifiers as people copy them."""

import pytest

from deals.rules.doi import address, doi
from deals.rules.errors import RuleError


@pytest.mark.parametrize(
    "text",
    [
        "10.5281/zenodo.1234567",
        " https://doi.org/10.5281/Zenodo.1234567 ",
        "http://dx.doi.org/10.5281/zenodo.1234567",
        "doi: 10.5281/zenodo.1234567",
    ],
)
def test_a_doi_is_taken_as_it_is_copied(text: str) -> None:
    assert doi(text) == "10.5281/zenodo.1234567"


def test_none_is_none() -> None:
    assert doi("  ") == doi("https://doi.org/") == address("") == ""
    assert address("10.1/x") == "https://doi.org/10.1/x"


@pytest.mark.parametrize(
    "text",
    [
        "zenodo", "10.5281", "10.5281/", "10.5281/a b", '10.5281/"><script>', "10.1/x",
        "https://example.org/10.5281/a", "10.5281/" + "a" * 200,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        doi(text)
