"""A steady load through the proxy: readers, an editor and a partner, whom nothing may let down."""

import itertools
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from benchmarks.chaos_rig import RigError
from benchmarks.rehearsal_stack import Stack
from benchmarks.rehearsal_start import EDITOR, People

READ = (
    "/", "/deals/", "/flows/?investor=europe&target=CN&from=2015&to={year}", "/organizations/",
    "/api/v1/deals/?page_size=20&from={year}", "/api/v1/changes/?after={number}",
    "/api/v1/flows/share/?investor=europe&target=CN&from=2010&to={year}&population=demo",
)  # fmt: skip
READERS, PAUSE = 3, 0.05
TIMEOUT = 30.0
REVIEW = re.compile(r'href="(/desk/review/\d+/)')
GOOD, PROMISED, WRONG = "answered", "503 in words", "error"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as its sender saw it; `at` and `seconds` by the monotonic clock."""

    who: str
    what: str
    at: float
    seconds: float
    verdict: str
    said: str = ""


@dataclass(slots=True)
class Load:
    """Use as a context manager: everybody is at work until the end of the block."""

    stack: Stack
    people: People
    requests: list[Request] = field(default_factory=list)
    # What was written and not read back at once, or read back otherwise.
    unseen: list[str] = field(default_factory=list)
    proposed: int = 0
    left_open: int = 0
    said: int = 0
    _end: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Load":
        work = [lambda number=number: self._read(number) for number in range(READERS)]
        for one in (*work, self._export, self._edit, self._propose):
            thread = threading.Thread(target=one, daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def since(self, at: float) -> list[Request]:
        """Requests that ended after this moment."""
        return [one for one in list(self.requests) if one.at + one.seconds >= at]

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(
            base_url=self.stack.url, headers=headers, timeout=TIMEOUT, trust_env=False
        )

    def ask(self, who: str, what: str, send: Callable[[], httpx.Response]) -> httpx.Response | None:
        """Send it and note what came of it; None when nothing usable came."""
        begun = time.monotonic()
        try:
            answer = send()
            verdict, said = judged(answer)
        except httpx.HTTPError as error:
            answer, verdict, said = None, WRONG, f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - begun
        self.requests.append(Request(who, what, begun, seconds, verdict, said))
        return answer if verdict == GOOD else None

    def until_good(
        self, who: str, what: str, send: Callable[[], httpx.Response]
    ) -> httpx.Response | None:
        """As somebody who is told to try again in a moment does; None only at the end."""
        while not self._end.is_set():
            if answer := self.ask(who, what, send):
                return answer
            self._end.wait(0.5)
        return None

    # ---- who is at work ---------------------------------------------------------------------

    def _read(self, number: int) -> None:
        turns = itertools.count(number * 3)
        while not self._end.wait(PAUSE):
            turn = next(turns)
            path = READ[turn % len(READ)].format(year=2018 + turn % 8, number=turn % 4000)
            # A browser of its own each time: nothing is kept from before.
            with self.client() as client:
                self.ask("reader", path, lambda: client.get(path))  # noqa: B023

    def _export(self) -> None:
        """Somebody who takes the whole register; what was cut in the middle is asked for again."""
        path = "/api/v1/exports/deals.jsonl?population=demo"
        while not self._end.wait(1):
            with self.client() as client:
                answer = self.ask("export", path, lambda: client.get(path))
            if answer is not None and not answer.content.endswith(b"}\n"):
                self.unseen.append("an export that says it is whole ends in the middle")

    def _propose(self) -> None:
        """A partner: each deal under a key of its own, sent again until it is taken, then read."""
        client = self.client(Authorization=f"Bearer {self.people.key}")
        for number in itertools.count():
            if self._end.wait(0.4):
                return
            body = proposal(number)
            again = {"Idempotency-Key": f"rehearsal-{number}"}
            answer = self.until_good(
                "partner", "POST /api/v1/deals/",
                lambda: client.post("/api/v1/deals/", json=body, headers=again),  # noqa: B023
            )  # fmt: skip
            if answer is None:
                # Nobody said whether it was taken.
                self.left_open = 1
                return
            self.proposed += 1
            place = answer.headers["Location"]
            found = self.until_good("partner", "GET submission", lambda: client.get(place))  # noqa: B023
            if found is not None and found.json()["state"] != "submitted":
                self.unseen.append(f"submission {place} reads {found.json()['state']}")

    def _edit(self) -> None:
        """An editor: says something at the desk, and looks whether it is there."""
        with self.client(Referer=f"{self.stack.url}/") as client:
            sign_in(client, self.people.password)
            for number in itertools.count(1):
                if self._end.wait(0.5):
                    return
                if (page := self._review(client, number)) and not self._say(client, page, number):
                    return

    def _review(self, client: httpx.Client, number: int) -> str:
        """The address of a proposal that waits; the partner sees to it that there are some."""
        answer = self.ask("editor", "/desk/review/", lambda: client.get("/desk/review/"))
        found = REVIEW.findall(answer.text) if answer else []
        return found[number % len(found)] if found else ""

    def _say(self, client: httpx.Client, page: str, number: int) -> bool:
        text = f"Rehearsed remark {number:06}."
        form = {"comment": text, "csrfmiddlewaretoken": client.cookies.get("csrftoken", "")}
        while not self._end.is_set():
            sent = self.ask(
                "editor", "POST comment", lambda: client.post(f"{page}comment/", data=form)
            )
            found = self.until_good("editor", "GET review", lambda: client.get(page))
            if found is None:
                return False
            if text in found.text:
                # Without an answer it may be there all the same: looked at before sending again.
                self.said += 1
                return True
            if sent is not None:
                self.unseen.append(f"{text} was taken and is not there")
                return True
        return False


def sign_in(client: httpx.Client, password: str) -> None:
    """As a browser does; raises RigError when the desk does not open."""
    page = client.get("/account/login/")
    form = {"login": EDITOR, "password": password, "csrfmiddlewaretoken": _token(page)}
    client.post("/account/login/", data=form)
    if client.get("/desk/").status_code != 200:
        raise RigError("The editor could not sign in.")


def _token(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    return found[1] if found else ""


def proposal(number: int) -> dict[str, object]:
    """A deal that no other proposal and nothing in the register is like."""
    company, day = f"Rehearsal Company {number:05}", f"20{10 + number % 14}-{number % 12 + 1:02}-15"
    return {
        "target": {"name": company, "country": "CN"},
        "kind": "funding_round", "round_type": "series_a", "status": "completed", "date": day,
        "amount": "€12.8m", "ai": "yes", "sectors": ["ai_chips"],
        "investors": [{"name": f"Rehearsal Fund {number:05}", "country": "DE", "lead": True}],
        "sources": [{"url": f"https://example.org/news/{number}", "title": company}],
    }  # fmt: skip


def judged(answer: httpx.Response) -> tuple[str, str]:
    """Good, or told when to come again: a 503, or the 409 of a request that is still at work."""
    if answer.status_code < 400:
        return GOOD, ""
    if answer.status_code in (409, 503) and answer.headers.get("Retry-After"):
        return PROMISED, ""
    return WRONG, f"{answer.status_code}: {answer.text[:200]}"
