"""drf-spectacular finds the addresses; what each takes and answers is in `table`."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema

from deals.api.schema.shapes import Shape

ROOT = "/api/v1/"
# How addresses are spelled in `table` and in the documents, whatever views call their argument.
ARGUMENT = re.compile(r"\{(?:pk|public_id|id)\}")


def path_of(address: str) -> str:
    """`/api/v1/deals/{public_id}/` -> `deals/{id}/`."""
    return ARGUMENT.sub("{id}", address.removeprefix(ROOT))


class TableSchema(AutoSchema):
    """An address that is not in the table is left out, which a test forbids."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> Shape | None:
        # Here, since DRF asks for this class while views are still being written down.
        from deals.api.schema.table import OPERATIONS

        operation = OPERATIONS.get((path_of(path), method.upper()))
        return operation.as_openapi() if operation else None
