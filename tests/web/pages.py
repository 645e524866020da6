"""A register in which something stands behind every address, and all pages for readers.

Addresses come from the URL table, so a new page is looked at by every test that walks over them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from deals import actions
from deals.actions import reports
from deals.feeds.reference import load_events, load_figures
from deals.feeds.starter import DATA
from deals.models import (
    Domicile,
    OrganizationName,
    Ownership,
    PolicyEvent,
    PublishedFigure,
    Release,
    ledger,
)
from deals.web.urls import urlpatterns
from tests.desk.runs import make_person
from tests.factories import make_deal, make_deals, make_organization, make_population

Say = Callable[[str], str]
QUESTION = "investor=europe&target=CN"
INSIDE = f"{QUESTION}&from=2017&to=2022&population=demo"
# Addresses with a query that show what the bare ones do not.
VARIANTS = (
    f"/flows/?{INSIDE}",
    f"/flows/?{INSIDE}&compare=US&attribution=ultimate&currency=CNY&round=series_a",
    "/flows/?investor=CN&target=europe&kind=all&status=all&ai=all&state_linked=yes",
    "/flows/?investor=IS&target=CN",
    f"/flows/?{QUESTION}&as_of=3",
    f"/deals/?{INSIDE}&place=counted",
    f"/deals/?{QUESTION}&place=undisclosed&sector=robotics",
    "/deals/?ai=all&kind=all&status=all&q=1",
    "/deals/?investor=IS&target=CN&from=2031",
    "/deals/?ai=all&kind=all&status=all&page_size=3",
    "/deals/?kind=sale&colour=red",
    "/flows/?from=abc",
    "/nothing/",
    "/figures/?nothing=1",
    "/methods/?nothing=1",
    "/organizations/?q=a",
    "/organizations/?q=nobody+of+that+name",
)
TABS = (
    "time", "countries", "sectors", "rounds", "organizations", "map", "diagram", "matrix",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """Identifiers of what was made."""

    deal: str
    old: str
    retracted: str
    organization: str
    token: str
    report: str


def make_world(say: Say = str) -> World:
    """Deals both ways in a population and a case list, with everything a page can say about them.

    `say` writes names and texts, so that a test can tell what is data.
    """
    _load_tables(say)
    demo = make_population("demo", generated=True)
    demo.title = say("Demonstration")
    demo.save()
    owner = make_organization(say("Holding"), "CN")
    fund, angel = say("Bosch Ventures"), say("Dragon Capital")
    same = {"sources": (say("A test"),), "by": say("an import")}
    rows = [*_rounds(say, fund, angel), *_cases(say, fund, angel)]
    deals = make_deals([row | same for row in rows])
    cast = same | {"investors": [(fund, "DE")]}
    _release(say)
    part = make_deal(target=say("Horizon"), part_of=deals[-1], date="2020-05-05", **cast)
    gone = make_deal(target=say("Gone"), date="2021", **cast)
    boss = make_person("X7", "manager")
    actions.retract(deal=gone.deal, by=boss, reason=say("entered twice"))
    held = make_organization(fund, "DE")
    Ownership.objects.create(
        owned=held, owner=owner, share=60, controlling=True, state_linked=True,
        first=date(2018, 1, 1), last=date(2023, 1, 1), note=say("a note"),
    )  # fmt: skip
    OrganizationName.objects.create(organization=held, name=say("博世创投"), key="x")
    Domicile.objects.create(
        organization=held, country="DE", basis="headquarters", first=date(2018, 1, 1)
    )
    report = reports.send(deal=deals[-1].deal, field="amount", text=say("why"), address="::1")
    reports.close(report=report, accepted=True, outcome=say("why"), by=boss, version=deals[-1])
    return World(
        deals[-1].deal.public_id,
        part.deal.public_id,
        gone.deal.public_id,
        held.public_id,
        _token(),
        report.token,
    )


def _release(say: Say) -> None:
    """A release of what is there, with files as the list has them; they are on no disk."""
    names = ("deals.csv", "deals-demo.csv", "changes-since-a.md", "sectors.csv", "SHA256SUMS")
    Release.objects.create(
        name="1.1", seq=ledger.head(), at=datetime(2026, 11, 1, tzinfo=UTC), notes=say("Notes"),
        doi="10.5281/zenodo.1",
        files=[
            {"name": name, "media": "text/csv", "bytes": 1_200, "sha256": "a" * 64, "rows": 3}
            for name in names
        ],
    )  # fmt: skip


def _load_tables(say: Say) -> None:
    load_figures(DATA / "published_figures.csv")
    load_events(DATA / "policy_events.csv")
    texts = {
        PublishedFigure: (
            "title", "value", "unit", "definition", "source_title", "source_date", "evidence",
            "why_no_query",
        ),
        PolicyEvent: ("title", "note", "kind"),
    }  # fmt: skip
    for model, names in texts.items():
        rows = list(model.objects.all())
        for row, name in product(rows, names):
            longest = model._meta.get_field(name).max_length
            setattr(row, name, say(getattr(row, name))[:longest])
        model.objects.bulk_update(rows, names)


def _rounds(say: Say, fund: str, angel: str) -> Iterator[dict[str, object]]:
    """Inside the population: a European, a mixed, a Chinese, a foreign and an unknown round."""
    casts = (
        [(fund, "DE")],
        [(fund, "DE"), (angel, "CN")],
        [(angel, "CN")],
        [(say("Sequoia"), "US")],
        [(None, None)],
    )
    for number, (year, cast) in enumerate((y, c) for y in range(2016, 2024) for c in casts):
        yield {
            "target": say(f"Target {number}"), "investors": cast, "population": "demo",
            "date": f"{year}-0{1 + number % 9}-11", "round_type": ("series_a", "seed")[number % 2],
            "sectors": [("robotics",), ("computer_vision", "robotics"), ()][number % 3],
            "amount": (None, "12.5e6", ("1e6", "3e6"))[number % 3],
        }  # fmt: skip


def _cases(say: Say, fund: str, angel: str) -> Iterator[dict[str, object]]:
    """The case list: every kind, status and precision, and at last a deal with all facts."""
    kinds = ("funding_round", "acquisition", "joint_venture", "debt")
    statuses = ("completed", "blocked", "announced", "unwound")
    dates = ("2019-05", "2018-Q2", "2017", ("2018-12-20", "2019-01-10"), None)
    for number in range(20):
        to_china = number % 2
        yield {
            "target": say(f"Case {number}"), "target_country": "CN" if to_china else "DE",
            "investors": [(fund, "DE")] if to_china else [(angel, "CN"), (say("Lion"), "HK")],
            "kind": kinds[number % 4], "status": statuses[number // 5], "date": dates[number % 5],
            "ai": ("yes", "no", "unknown")[number % 3], "amount": "5e8", "currency": "CNY",
            "investor_list": ("complete", "partial")[number % 2],
        }  # fmt: skip
    history = {"status": "announced", "first": "2019-05-13", "last": "2019-05-13"}
    yield {
        "target": say("Horizon"), "investors": [(fund, "DE"), (None, None), (angel, "CN")],
        "amount": ("1e6", "3e6"), "currency": "USD", "round_type": "series_c", "date": "2019-05-13",
        "contributions": ["5e5", None, None], "stakes": ["12.5", None, None],
        "lead": [True, None, None], "sectors": ["robotics"], "ai_basis": say("editor: robots"),
        "notes": say("a note"), "external_id": "X1", "recorded_on": date(2019, 6, 1),
        "status_history": [
            history | {"precision": "day", "authority": say("BMWK"), "reason": say("why")}
        ],
    }  # fmt: skip


def _token() -> str:
    """A number that somebody keeps, as the button of its page does."""
    response = Client().post("/flows/freeze/", dict(_pairs(INSIDE)))
    return response.headers["Location"].rstrip("/").rpartition("/")[2]


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        yield name, value


def pattern_names() -> list[str]:
    return [each.name for each in urlpatterns if isinstance(each, URLPattern) and each.name]


def addresses(world: World) -> list[str]:
    """One address for each entry of the URL table, and the variants above."""
    values = {"public_id": world.deal, "code": "time", "form": "svg", "token": world.token}
    own = {
        "organization": {"public_id": world.organization},
        "report-organization": {"public_id": world.organization},
        "report": {"token": world.report},
        "country": {"code": "DE"},
        "data-table": {"name": "regions"},
        "release": {"name": "1.1"},
        "release-file": {"name": "1.1", "file": "deals.csv"},
        "between": {"first": "1.1", "last": "now"},
        "between-csv": {"first": "1.1", "last": "now"},
        "sitemap-section": {"section": "deals"},
    }
    found = []
    for pattern in urlpatterns:
        takes = pattern.pattern.converters
        known = values | own.get(pattern.name, {})
        assert takes.keys() <= known.keys(), f"{pattern} needs something that stands behind it."
        given = {name: known[name] for name in takes}
        found.append(reverse(pattern.name, kwargs=given))
    tabs = [f"/flows/?{INSIDE}&tab={tab}" for tab in TABS[1:]]
    deals = [f"/deals/{one}/" for one in (world.old, world.retracted, "D-00000000")]
    return [*found, *VARIANTS, *tabs, *deals, f"/deals/{world.retracted}/?version=1"]


def visited(client: Client, paths: list[str]) -> Iterator[tuple[str, HttpResponse]]:
    """Each page that is HTML, having followed redirects; whoever answers 500 fails."""
    for path in paths:
        response = client.get(path, follow=True)
        assert response.status_code < 500, path
        if re.match(r"text/html", response.get("Content-Type", "")):
            yield path, response
