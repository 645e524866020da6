"""Who is at work: readers, editors and partners. Run by `python -m benchmarks.load` only, in a
process of its own, since locust replaces what Python reads and waits with.

LOAD_PLAN names a file with what they know (benchmarks/load/people.py), LOAD_SEEN one for what they
saw: each request by the name of its route.
"""

import json
import os
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, events, task

PLAN: dict[str, Any] = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
INSIDE = f"&population={PLAN['population']}" if PLAN["population"] else ""
PLACES = ("europe", "DE", "FR", "GB", "US", "CN", "SE", "IT")
TARGETS = ("CN", "DE", "europe", "GB", "FR")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(form|revision|seen)" value="([^"]*)">')
REVIEW = re.compile(r'href="/desk/review/(\d+)/')
CUT_AT = 200_000
# By the name of a route: milliseconds of the good answers, and how all of them ended.
took: dict[str, list[float]] = {}
ended: dict[str, Counter[str]] = {}


@events.request.add_listener
def note(name: str, response_time: float, exception: object, **_: object) -> None:
    """One request. `come again` is a 429 or a 503 that says when, and no error."""
    said = str(exception) if exception else "good"
    kind = said if said in ("good", "429", "503 with Retry-After") else f"error {said[:200]}"
    ended.setdefault(name, Counter())[kind] += 1
    if kind == "good":
        took.setdefault(name, []).append(round(response_time, 1))


@events.quitting.add_listener
def keep(**_: object) -> None:
    seen = {name: {"took": took.get(name, []), "ended": ended[name]} for name in ended}
    Path(os.environ["LOAD_SEEN"]).write_text(json.dumps(seen))


class Person(FastHttpUser):
    """Waits as somebody does who reads."""

    abstract = True
    wait_time = between(0.2, 1.5)
    connection_timeout = network_timeout = 60.0

    def ask(self, name: str, path: str, *, fine: tuple[int, ...] = (), **options: Any) -> Any:
        """GET, or POST what `data` or `json` say; the answer, or None unless it was good."""
        method = "POST" if "data" in options or "json" in options else "GET"
        with self.client.request(
            method, path, name=f"{method} {name}", catch_response=True, **options
        ) as answer:
            status = answer.status_code
            if 200 <= status < 400 or status in fine:
                answer.success()
                return answer
            if status == 429:
                answer.failure("429")
            elif status == 503 and answer.headers.get("Retry-After"):
                answer.failure("503 with Retry-After")
            else:
                answer.failure(f"{status}: {' '.join((answer.text or '').split())[:150]}")
        return None


class Reader(Person):
    """Questions that many ask and that are kept, and questions that nobody has asked before."""

    weight = 12

    def on_start(self) -> None:
        self.marks: dict[str, str] = {}

    def question(self) -> str:
        first = random.randrange(2000, 2020)
        last = random.randrange(first, 2026)
        where = f"investor={random.choice(PLACES)}&target={random.choice(TARGETS)}"
        return f"{where}&from={first}&to={last}{INSIDE}"

    @task(3)
    def home(self) -> None:
        self.ask("/", "/")

    @task(6)
    def flows_warm(self) -> None:
        self.ask("/flows/ (asked before)", f"/flows/?investor=europe&target=CN{INSIDE}")

    @task(6)
    def flows_cold(self) -> None:
        self.ask("/flows/ (new question)", f"/flows/?{self.question()}")

    @task(2)
    def table(self) -> None:
        self.ask("/flows/table.csv", f"/flows/table.csv?{self.question()}")

    @task(2)
    def chart(self) -> None:
        self.ask("/flows/chart/<name>.svg", f"/flows/chart/time.svg?{self.question()}")

    @task(4)
    def deals(self) -> None:
        self.ask("/deals/", f"/deals/?{self.question()}")

    @task(5)
    def deal(self) -> None:
        self.ask("/deals/<id>/", f"/deals/{random.choice(PLAN['deals'])}/")

    @task(2)
    def organization(self) -> None:
        self.ask("/organizations/<id>/", f"/organizations/{random.choice(PLAN['organizations'])}/")

    @task(1)
    def organizations(self) -> None:
        self.ask("/organizations/", f"/organizations/?q={random.choice(PLAN['names'])[:4]}")

    @task(1)
    def countries(self) -> None:
        self.ask("/countries/", "/countries/")

    @task(1)
    def export(self) -> None:
        """A file that is not taken to its end."""
        with self.client.get(
            f"/api/v1/exports/deals.csv?kind=all{INSIDE}",
            name="GET /api/v1/exports/deals.csv (left in the middle)",
            stream=True,
            catch_response=True,
        ) as answer:
            if answer.status_code == 200:
                next(answer.iter_content(CUT_AT), None)
                answer.success()
            elif answer.status_code in (429, 503) and answer.headers.get("Retry-After"):
                told = "429" if answer.status_code == 429 else "503 with Retry-After"
                answer.failure(told)
            else:
                answer.failure(f"{answer.status_code}")
            answer.release()


class Partner(Person):
    """A program with a key: lists, shares, changes since last time, and proposals."""

    weight = 4

    def on_start(self) -> None:
        self.headers = {"Authorization": f"Bearer {random.choice(PLAN['keys'])}"}
        self.mark, self.next, self.after = "", "", PLAN["head"]
        self.proposed: list[tuple[str, dict[str, Any]]] = []

    def api(self, name: str, path: str, **options: Any) -> Any:
        headers = self.headers | options.pop("headers", {})
        return self.ask(name, f"/api/v1/{path}", headers=headers, **options)

    @task(6)
    def deals(self) -> None:
        path = self.next or f"deals/?page_size=100{INSIDE}"
        if answer := self.api("/api/v1/deals/", path):
            following = json.loads(answer.text).get("next") or ""
            self.next = following.partition("/api/v1/")[2]

    @task(3)
    def deal(self) -> None:
        self.api("/api/v1/deals/<id>/", f"deals/{random.choice(PLAN['deals'])}/")

    @task(4)
    def share(self) -> None:
        year = random.randrange(2000, 2020)
        question = f"investor={random.choice(PLACES)}&target=CN&from={year}&to={year + 5}{INSIDE}"
        self.api("/api/v1/flows/share/", f"flows/share/?{question}")

    @task(3)
    def changes(self) -> None:
        self.api("/api/v1/changes/", f"changes/?after={self.after}")

    @task(3)
    def unchanged(self) -> None:
        """The same question again and again, with the mark of the last answer."""
        mark = {"If-None-Match": self.mark} if self.mark else {}
        path = f"flows/series/?investor=europe&target=CN{INSIDE}"
        answer = self.api("/api/v1/flows/series/ (with its mark)", path, headers=mark)
        if answer is not None:
            self.mark = answer.headers.get("ETag", "") or self.mark

    @task(2)
    def propose(self) -> None:
        """A new deal, or one that was sent before: under its key it is one all the same."""
        if self.proposed and random.random() < 0.3:
            key, body = random.choice(self.proposed)
        else:
            key, body = f"load-{random.getrandbits(64):x}", proposal()
            self.proposed = [*self.proposed[-20:], (key, body)]
        again = {"Idempotency-Key": key}
        self.api("/api/v1/deals/", "deals/", json=body, headers=again)


class Editor(Person):
    """Somebody at the desk: looks names up while typing, keeps a draft, hands it in, and decides
    on what others handed in."""

    weight = 3

    def ask(self, name: str, path: str, *, fine: tuple[int, ...] = (), **options: Any) -> Any:
        return super().ask(name, path, fine=fine, headers={"Referer": f"{self.host}/"}, **options)

    def on_start(self) -> None:
        name, password = PLAN["editors"].pop()
        page = self.ask("/account/login/", "/account/login/")
        form = {"login": name, "password": password, "csrfmiddlewaretoken": token(page)}
        self.ask("/account/login/", "/account/login/", data=form)

    @task(3)
    def write(self) -> None:
        for letters in typed(random.choice(PLAN["names"])):
            self.ask("/desk/lookup/organizations/", f"/desk/lookup/organizations/?q={letters}")
        page = self.ask("/desk/deals/new/", "/desk/deals/new/")
        if page is None:
            return
        form = {**dict(HIDDEN.findall(page.text)), **new_deal(), "csrfmiddlewaretoken": token(page)}
        kept = self.ask(
            "/desk/deals/new/ (keep)", "/desk/deals/new/", data=form | {"action": "save"},
            allow_redirects=False,
        )  # fmt: skip
        place = kept.headers.get("Location", "") if kept is not None else ""
        page = self.ask("/desk/drafts/<id>/", place) if place else None
        if page is not None:
            hidden = dict(HIDDEN.findall(page.text)) | {"csrfmiddlewaretoken": token(page)}
            form |= hidden | {"action": "submit"}
            self.ask("/desk/drafts/<id>/ (hand in)", place, data=form, allow_redirects=False)

    @task(3)
    def review(self) -> None:
        page = self.ask("/desk/review/", "/desk/review/")
        found = REVIEW.findall(page.text) if page is not None else []
        if not found:
            return
        number = random.choice(found)
        page = self.ask("/desk/review/<id>/", f"/desk/review/{number}/", fine=(404,))
        if page is None or page.status_code == 404:
            return
        form = dict(HIDDEN.findall(page.text)) | {"csrfmiddlewaretoken": token(page)}
        # 409: what was decided on was changed by somebody else meanwhile, and is shown beside it.
        self.ask(
            "/desk/review/<id>/decide/", f"/desk/review/{number}/decide/", fine=(404, 409),
            data=form | {"choice": "approve", "note": ""}, allow_redirects=False,
        )  # fmt: skip

    @task(1)
    def desk(self) -> None:
        self.ask("/desk/", "/desk/")
        self.ask("/desk/imports/", "/desk/imports/")


def typed(name: str) -> list[str]:
    """What stands in the field while a name is typed."""
    return [name[:length].replace("&", "") for length in (3, 5, 8)]


def token(page: Any) -> str:
    found = TOKEN.search(page.text) if page is not None else None
    return found[1] if found else ""


def company() -> str:
    return f"Load Company {random.getrandbits(40):x}"


def proposal() -> dict[str, Any]:
    name = company()
    return {
        "target": {"name": name, "country": "CN"},
        "kind": "funding_round", "round_type": "series_a", "status": "completed",
        "date": f"{random.randrange(2012, 2025)}-0{random.randrange(1, 10)}", "amount": "€12.8m",
        "ai": "yes", "investors": [{"name": f"{name} Fund", "country": "DE", "lead": True}],
        "sources": [{"url": "https://example.org/load", "title": name}],
    }  # fmt: skip


def new_deal() -> dict[str, str]:
    name = company()
    return {
        "target-name": name, "target-country": "DE", "kind": "funding_round",
        "round_type": "series_a", "status": "completed", "date": "2024-03-05",
        "date_basis": "announced", "amount": "€12.5m", "investors-0-name": f"{name} Fund",
        "investors-0-country": "CN", "investors-0-lead": "yes", "investor_list": "partial",
        "ai": "yes", "ai_basis": "robots that learn", "sectors": "robotics",
        "sources-0-kind": "page", "sources-0-url": "https://example.org/load",
        "sources-0-title": name, "sources-0-quote": "",
    }  # fmt: skip
