"""Real answers, shortened: what tests got when they asked, kept beside the description.

`SAMPLES=write pytest tests/api/test_schema_samples.py` writes them anew.
"""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

PATH = Path(__file__).parent / "samples.json"
# Of a list, so many items are enough to see what it is made of.
MOST = 1
HERE, SOMEWHERE = "http://testserver", "https://investtrack.example"


@cache
def _samples() -> dict[str, Any]:
    return orjson.loads(PATH.read_bytes()) if PATH.exists() else {}


def of(operation: str) -> Any:
    """The sample of an operation by its id; None for files and for what has none."""
    return _samples().get(operation)


def shortened(value: Any) -> Any:
    """The same with short lists."""
    if isinstance(value, dict):
        return {name: shortened(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shortened(one) for one in value[:MOST]]
    return value.replace(HERE, SOMEWHERE) if isinstance(value, str) else value
