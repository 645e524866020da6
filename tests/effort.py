"""How much a thing costs, on a machine that has other things to do as well."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails when the block needs more of a processor; how long it waited for one does not count."""
    begun = time.process_time()
    yield
    spent = time.process_time() - begun
    assert spent < seconds, f"{spent:.1f} seconds of a processor"
