"""Where somebody who has found a weakness writes to, as RFC 9116 wants it said."""

import re

from django.core.exceptions import ImproperlyConfigured

ADDRESS = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]+)")


def addresses(given: list[str], setting: str) -> list[str]:
    """Each as a URI: a bare mail address gets its `mailto:`; what is none stops the start."""
    found = []
    for written in filter(None, (one.strip() for one in given)):
        one = f"mailto:{written}" if re.fullmatch(r"[^\s@:/]+@[^\s@]+", written) else written
        if not ADDRESS.fullmatch(one):
            raise ImproperlyConfigured(
                f"{setting} has {written!r}. Give mail addresses, https:// or tel:+ addresses, "
                "separated by commas."
            )
        found.append(one)
    return found
