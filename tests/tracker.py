"""A Sentry-compatible tracker on loopback that keeps what it is told."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import brotli


class Tracker:
    """`texts`: each envelope as it came; `events()`: the errors in them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.port = 0

    @property
    def dsn(self) -> str:
        return f"http://0123456789abcdef@127.0.0.1:{self.port}/1"

    def events(self) -> list[dict[str, Any]]:
        """An envelope is lines of JSON: its header, then header and body of each item."""
        found = []
        for text in self.texts:
            _header, *lines = text.splitlines()
            for kind, body in zip(lines[::2], lines[1::2], strict=False):
                if json.loads(kind).get("type") == "event":
                    found.append(json.loads(body))
        return found


@contextmanager
def tracker() -> Iterator[Tracker]:
    """Listens on a free port; ended afterwards."""
    kept = Tracker()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
            packing = self.headers.get("Content-Encoding", "")
            kept.texts.append(unpack.get(packing, bytes)(body).decode())
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
