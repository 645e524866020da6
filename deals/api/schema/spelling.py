"""How `table` and the description spell addresses, whatever views call their arguments."""

import re

ROOT = "/api/v1/"
ARGUMENT = re.compile(r"\{(?:pk|public_id|id)\}")


def path_of(address: str) -> str:
    """`/api/v1/deals/{public_id}/` -> `deals/{id}/`."""
    return ARGUMENT.sub("{id}", address.removeprefix(ROOT))
