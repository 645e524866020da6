"""Sets of countries as bits, so that a region is held against a deal's investors in one step.

Bit (A = 0 … Z = 25) 26 × first letter + second letter stands for a two-letter code, so every code
that can be stored has its bit. The database computes masks (`deals_country_mask`), and only it.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import F, Func

BITS = 26 * 26


def countries_in(mask: str) -> Iterator[str]:
    """The codes whose bits a mask has, as Python sees it."""
    position = mask.find("1")
    while position >= 0:
        first, second = divmod(position, 26)
        yield chr(65 + first) + chr(65 + second)
        position = mask.find("1", position + 1)


class MaskField(models.Field):
    """A fixed-length bit string; Python sees it as a text of zeros and ones."""

    def db_type(self, connection: Any) -> str:
        return f"bit({BITS})"


def mask_of(column: str) -> models.GeneratedField:
    """The bits of the countries in an array column."""
    return models.GeneratedField(
        expression=Func(F(column), function="deals_country_mask"),
        output_field=MaskField(),
        db_persist=True,
    )


def unknown_in(parts: str) -> models.GeneratedField:
    """Whether some investor's country is unknown, or nobody is named: rule 7."""
    return models.GeneratedField(
        expression=Func(F("investor_list"), F(parts), function="deals_investors_unknown"),
        output_field=models.BooleanField(),
        db_persist=True,
    )
