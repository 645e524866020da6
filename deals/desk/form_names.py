"""What the form says of names without a country that several organizations of the register bear."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from deals.entry.lookup import Found
from deals.entry.reading import Fault
from deals.entry.unclear import parties, unclear
from deals.templatetags.imports import visible

__all__ = ["faults", "unclear"]


def faults(typed: Mapping[str, Any], asked: Mapping[str, list[Found]]) -> list[Fault]:
    """A sentence for each of them."""
    rows = parties(typed)
    return [
        Fault(
            f"{at}-name",
            _("Several organizations are called %(name)s: choose one, or say its country.")
            % {"name": visible(rows[at]["name"].strip())},
        )
        for at in asked
    ]
