"""A proxy before PostgreSQL that swallows the answer to a COMMIT now and then, and hangs up."""

import random
import socket
import threading
from contextlib import suppress

# A simple query: its letter, its length, its text.
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
BLOCK = 65536


class Cutter:
    """Use as a context manager; `port` is where it listens, and `cuts` counts what it swallowed.

    The server had committed each time, since the answer had come; its client cannot know.
    """

    def __init__(self, server: int, chance: random.Random, often: float) -> None:
        self.server, self.chance, self.often = server, chance, often
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> "Cutter":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.often = 0.0
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                _Pair(self, client).start()

    def cuts_now(self, said: bytes) -> bool:
        return COMMIT in said and self.chance.random() < self.often


class _Pair:
    """One client with its connection to the server."""

    def __init__(self, cutter: Cutter, client: socket.socket) -> None:
        self.cutter, self.client = cutter, client
        self.server = socket.create_connection(("127.0.0.1", cutter.server))
        for end in (self.client, self.server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cut = False

    def start(self) -> None:
        for work in (self._ask, self._answer):
            threading.Thread(target=work, daemon=True).start()

    def _ask(self) -> None:
        with suppress(OSError):
            while said := self.client.recv(BLOCK):
                self.cut = self.cut or self.cutter.cuts_now(said)
                self.server.sendall(said)
        self._hang_up()

    def _answer(self) -> None:
        with suppress(OSError):
            while said := self.server.recv(BLOCK):
                if self.cut:
                    self.cutter.cuts += 1
                    break
                self.client.sendall(said)
        self._hang_up()

    def _hang_up(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
