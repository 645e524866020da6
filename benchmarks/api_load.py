"""Many clients at once, each asking again as soon as it is answered, over connections that last.

A process of its own with plain sockets: what it costs itself is small, and the same for everybody.
"""

import selectors
import socket
import subprocess
import sys
from dataclasses import dataclass
from json import dumps, loads
from time import perf_counter

CLIENTS = 8
BLOCK = 1 << 18


@dataclass(slots=True)
class Load:
    """Answers, how many a second, and the milliseconds within which half and 95 % of them came.

    `cost` is the milliseconds of processor time that one took the web server and the database: what
    others do on the machine meanwhile changes that less.
    """

    answers: int
    a_second: float
    p50: float
    p95: float
    bytes: int
    cost: float = 0.0


class _Client:
    """One connection; reads an answer to its end and counts it."""

    def __init__(self, address: tuple[str, int], request: bytes, wanted: bytes) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request, self.wanted = request, wanted
        self.head, self.left, self.asked, self.size = b"", -1, 0.0, 0

    def ask(self) -> None:
        self.head, self.left, self.asked = b"", -1, perf_counter()
        self.socket.sendall(self.request)

    def read(self) -> bool:
        """Take what has come; whether the answer is whole."""
        data = self.socket.recv(BLOCK)
        if not data:
            raise ConnectionError(f"The server closed the connection after {self.head[:200]!r}")
        if self.left < 0:
            self.head += data
            head, found, rest = self.head.partition(b"\r\n\r\n")
            if not found:
                return False
            assert head.startswith(b"HTTP/1.1 " + self.wanted), head[:300]
            self.size = self.left = _length(head)
            data = rest
        self.left -= len(data)
        return self.left <= 0


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def ask_for(seconds: float, port: int, path: str, headers: dict[str, str], wanted: int) -> Load:
    """Ask one address for so long by `CLIENTS` connections."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *map(": ".join, headers.items())]
    request = "\r\n".join([*lines, "", ""]).encode()
    waiting = selectors.DefaultSelector()
    for _ in range(CLIENTS):
        client = _Client(("127.0.0.1", port), request, str(wanted).encode())
        waiting.register(client.socket, selectors.EVENT_READ, client)
        client.ask()
    taken: list[float] = []
    begun = perf_counter()
    while (now := perf_counter()) < begun + seconds or len(taken) < CLIENTS:
        for key, _ in waiting.select(30):
            client = key.data
            if client.read():
                taken.append(perf_counter() - client.asked)
                client.ask()
    taken.sort()
    return Load(
        len(taken),
        len(taken) / (now - begun),
        taken[len(taken) // 2] * 1000,
        taken[len(taken) * 95 // 100] * 1000,
        client.size,
    )


def in_its_own_process(
    seconds: float, port: int, path: str, headers: dict[str, str], wanted: int = 200
) -> Load:
    """The same, so that the measuring process and its threads do not slow the clients down."""
    asked = dumps([seconds, port, path, headers, wanted])
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.api_load", asked], check=True, stdout=subprocess.PIPE
    )
    return Load(**loads(said.stdout))


if __name__ == "__main__":
    found = ask_for(*loads(sys.argv[1]))
    print(dumps({name: getattr(found, name) for name in Load.__slots__}))
