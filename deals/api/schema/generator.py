"""drf-spectacular finds the addresses; what each takes and answers is in `table`.

Imported by whoever wants the description (`document`), not by views: the library brings DRF's and
Django's tools for tests along, which no process that answers readers needs.
"""

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from deals.api.schema.shapes import Shape
from deals.api.schema.spelling import path_of
from deals.api.schema.table import OPERATIONS


class TableSchema(AutoSchema):
    """An address that is not in the table is left out, which a test forbids."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> Shape | None:
        operation = OPERATIONS.get((path_of(path), method.upper()))
        return operation.as_openapi() if operation else None


class Generator(SchemaGenerator):
    """Gives each view what describes it, where DRF would have asked for it with each class."""

    def create_view(self, callback: Any, method: str, request: Any = None) -> Any:
        view = super().create_view(callback, method, request)
        view.schema = TableSchema()
        return view
