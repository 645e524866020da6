"""A reader who asks for a page all the time while the database comes and goes."""

import threading
import time
import urllib.error
import urllib.request
from collections import Counter

from benchmarks.chaos_rig import START_SECONDS, Rig, wait_until

SENTENCE = "The register does not answer at the moment"
HEALED_SECONDS = 10.0
# That there is no answer has to be said at once.
SAID_SECONDS = 5.0


class Pages:
    """Use as a context manager: starts the web server, and reads until the end of the block."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.statuses = Counter[int | str]()
        self.faults: list[str] = []
        # Seconds, by what was answered.
        self.slowest: dict[int | str, float] = {}
        self._end = threading.Event()
        self._reader = threading.Thread(target=self._read_on, daemon=True)

    def __enter__(self) -> "Pages":
        self.rig.web.start()
        wait_until(lambda: self.ask() == 200, START_SECONDS, "the web server answers")
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._reader.join()
        self.rig.web.kill()

    def ask(self) -> int | None:
        """The status of the list of deals; None when nobody listens."""
        address = f"http://127.0.0.1:{self.rig.ports['web']}/deals/"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                self._judge(error.code, error.read().decode())
            return error.code
        except OSError:
            return None

    def _judge(self, status: int, text: str) -> None:
        if status != 503 or SENTENCE not in text or "Traceback" in text:
            self.faults.append(f"A page answered {status}: {text[:200]!r}")

    def _read_on(self) -> None:
        while not self._end.wait(0.2):
            begun = time.monotonic()
            status = self.ask() or "no answer"
            self.statuses[status] += 1
            seconds = time.monotonic() - begun
            self.slowest[status] = max(self.slowest.get(status, 0.0), seconds)

    def healed(self) -> float:
        """Seconds until a page is whole again."""
        return wait_until(lambda: self.ask() == 200, START_SECONDS, "a page is whole again")
