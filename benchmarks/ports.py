"""Ports for servers that are started here: whoever is given one has it to himself."""

import random
import socket
from contextlib import suppress

# Below those that the system hands out: no outgoing connection may take one before its server is
# up, and nobody who knocks meanwhile is connected with himself.
FIRST, LAST = 18_000, 31_999
_given: set[int] = set()


def free_port() -> int:
    """A port of this machine at which nobody listens, and that is given to nobody else."""
    for port in random.SystemRandom().sample(range(FIRST, LAST + 1), LAST - FIRST + 1):
        if port not in _given and _hold(port):
            return port
    raise OSError(f"No port from {FIRST} to {LAST} is free.")


def _hold(port: int) -> bool:
    """Take a name that no other process can have, until this one has ended."""
    name = socket.socket(socket.AF_UNIX)
    with suppress(OSError), socket.socket() as probe:
        # In Linux's own space of names, where nothing is left behind by a process that was killed.
        name.bind(f"\0investtrack-port-{port}")
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        _given.add(port)
        name.detach()
        return True
    name.close()
    return False
