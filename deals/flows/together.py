"""Several questions in one statement: each one's parameters under names of its own."""

import re
from typing import Any

from deals.flows.conditions import Sql, placed
from deals.flows.query import FlowQuery
from deals.flows.scope import Scope

PARAMETER = re.compile(r"%\((\w+)\)s")


def renamed(sql: Sql, mark: str) -> tuple[str, dict[str, Any]]:
    """The text and parameters of `sql`, with `mark` before each parameter's name."""
    text = PARAMETER.sub(rf"%({mark}_\1)s", sql.text())
    return text, {f"{mark}_{name}": value for name, value in sql.params.items()}


def placed_as(query: FlowQuery, scope: Scope, mark: str) -> tuple[str, dict[str, Any]]:
    """The rows of `deals.flows.conditions.placed`, to stand beside those of other questions."""
    return renamed(placed(query, scope), mark)
