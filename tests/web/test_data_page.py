"""What can be taken: every link works, every table is whole, every field of a deal is explained."""

import csv
import io
import re
from datetime import date
from html import unescape

import pytest
from django.utils import timezone

from deals.models import PolicyEvent, PublishedFigure, Release, ledger
from deals.models.bundles import load
from deals.models.documents import document
from deals.rules.countries import COUNTRIES
from deals.rules.regions import REGIONS
from deals.web.dictionary import FIELDS
from deals.web.reference import FILES
from tests.factories import make_deal, make_population

pytestmark = pytest.mark.django_db


def rows(client, name):
    response = client.get(f"/data/{name}.csv")
    assert response.status_code == 200
    assert f"investtrack-{name}.csv" in response["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))


def test_every_link_of_the_page_works(client):
    make_deal()
    Release.objects.create(name="2026.11", seq=ledger.head(), notes="First.", at=timezone.now())
    html = unescape(client.get("/data/").content.decode())
    main = html[html.index("<main") : html.index("</main>")]
    addresses = {url for url in re.findall(r'href="(/[^"#]*)', main) if url != "/flows/"}
    assert len(addresses) > 20
    for url in addresses:
        response = client.get(url)
        assert response.status_code in (200, 302), url
        if response.streaming:
            # Read to its end, since only so many files leave at the same time.
            assert sum(map(len, response.streaming_content))
    assert "First." in main


def test_every_field_of_a_document_is_explained_and_no_other():
    version = make_deal(investors=[("A", "DE")], amount="5")
    found = document(load([version.pk])[0], today=date(2026, 1, 1))
    paths = set()
    for name, value in found.items():
        if name in ("target", "date", "amount"):
            paths |= {f"{name}.{inner}" for inner in value}
        elif name in ("investors", "sources"):
            paths |= {f"{name}[].{inner}" for inner in value[0]}
        else:
            paths.add(name)
    assert {field.name for field in FIELDS} == paths


def test_regions_have_a_row_for_each_stay_with_its_dates(client):
    found = rows(client, "regions")
    assert len(found) == sum(len(region.members) for region in REGIONS.values())
    (britain,) = [row for row in found if (row["region"], row["country"]) == ("eu", "GB")]
    assert britain["to"] == "2020-01-31"


def test_tables_are_whole(client):
    assert len(rows(client, "countries")) == len(COUNTRIES)
    make_population("demo", generated=True)
    assert rows(client, "populations")[0]["generated"] == "yes"
    PolicyEvent.objects.create(
        date=date(2020, 1, 1), jurisdiction="EU", title="A rule", kind="rule"
    )
    assert rows(client, "policy-events")[0]["date"] == "2020-01-01"
    Release.objects.create(name="2026.11", seq=7, at=timezone.now())
    assert rows(client, "releases")[0]["change_seq"] == "7"
    counting = {row["code"] for row in rows(client, "statuses") if row["counts"] == "yes"}
    assert counting == {"completed", "divestment_ordered", "unwound"}


@pytest.mark.parametrize("name", FILES)
def test_each_table_has_the_columns_that_the_page_names(client, name):
    response = client.get(f"/data/{name}.csv")
    assert response.content.decode().splitlines()[0] == ",".join(FILES[name].columns)


def test_a_formula_in_a_table_does_not_run(client):
    PublishedFigure.objects.create(
        code="F1", title="=1+1", value="1", measure="share", source_title="@x", shelf="figure"
    )
    (row,) = rows(client, "published-figures")
    assert not row["title"].startswith("=")
    assert not row["source_title"].startswith("@")


def test_an_unknown_table_and_any_parameter_are_refused(client):
    assert client.get("/data/nothing.csv").status_code == 404
    assert client.get("/data/regions.csv?x=1").status_code == 400
    assert client.get("/data/?x=1").status_code == 400


def test_a_page_asks_twice(client, django_assert_num_queries):
    # The releases, and how current the data are.
    with django_assert_num_queries(2):
        client.get("/data/")
