"""One deal: facts with their sources, versions, and where merged and retracted ones lead."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deals.feeds.publish import publish
from deals.models import (
    Change,
    Citation,
    Deal,
    DealFact,
    DealSuggestion,
    DealVersion,
    OrganizationName,
    Ownership,
    Source,
    ledger,
)
from deals.web.beside import doubles
from tests.factories import make_deal, make_organization, make_population, submit_version


def get(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, unescape(response.content.decode())[:2000]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def cited(version, *citations):
    """Publish a submitted version with these (title, url, field, quote)."""
    version.citations.all().delete()
    for title, url, field, quote in citations:
        source, _ = Source.objects.get_or_create(title=title, url=url)
        Citation.objects.create(version=version, source=source, field=field, quote=quote)
    publish([version.pk], by="system")
    version.refresh_from_db()
    return version


def end(old, kind, **facts):
    """What retracting and merging leave behind in the ledger."""
    with transaction.atomic():
        entry = ledger.append(kind, by="anna", deal=old.deal, **facts)
        for model in (DealVersion, DealFact):
            model.objects.filter(pk=old.pk).update(superseded_seq=entry.seq)


def url(version):
    return f"/deals/{version.deal.public_id}/"


def test_facts_are_shown_with_rate_and_precision(client, db):
    deal = make_deal(
        target="Agile Robots", target_country="DE", investors=[("SoftBank Vision Fund 2", "GB")],
        date="2021-09-09", amount="220000000", currency="USD", round_type="series_c",
        investor_list="partial", sectors=["robotics"], ai_basis="editor: learns", notes="A note.",
    )  # fmt: skip
    page = get(client, url(deal))
    assert "Agile Robots: Series C, 9 Sep 2021" in page
    assert "USD 220,000,000" in page
    assert "EUR 185,842,203.07" in page
    assert "ECB reference rate of 2021-09-09: 1 EUR = 1.1838 USD" in page
    assert "The list of investors is partial" in page
    assert "owner not researched: counts as United Kingdom" in page
    assert "Yes · Robotics" in page
    assert "Basis: editor: learns" in page
    assert "A note." in page


def test_a_range_keeps_both_ends_and_undisclosed_is_not_zero(client, db):
    page = get(client, url(make_deal(amount=("10000000", "100000000"), currency="CNY")))
    assert "CNY 10,000,000 to CNY 100,000,000" in page
    page = get(client, url(make_deal(amount=None)))
    assert "Undisclosed" in page
    assert "Not zero" in page


def test_each_fact_names_its_own_source_and_the_deal_s_otherwise(client, db):
    version = cited(
        submit_version(target="Momenta", amount="46000000"),
        ("IT juzi", "https://juzi.example/1", "", ""),
        ("Sifted", "https://sifted.example/1", "amount", "USD 46 million"),
    )
    body = client.get(url(version)).content.decode()
    amount = re.search(r"<dt>Amount</dt>(.*?)</dd>", body, re.S).group(1)
    target = re.search(r"<dt>Target</dt>(.*?)</dd>", body, re.S).group(1)
    assert re.findall(r"#source-(\d)", amount) == ["2", "2"]
    assert re.findall(r"#source-(\d)", target) == ["1"]
    assert "“USD 46 million”" in amount
    assert "The sources differ" not in body
    assert '<a href="https://sifted.example/1" rel="noopener external">Sifted</a>' in body


def test_sources_that_contradict_each_other_are_kept_and_said_to(client, db):
    version = cited(
        submit_version(amount="46000000"),
        ("A", "https://a.example/", "amount", "USD 46 million"),
        ("B", "https://b.example/", "amount", "USD 57 million in total"),
    )
    page = get(client, url(version))
    assert "The sources differ. All are kept:" in page
    assert "“USD 57 million in total”" in page


def test_a_source_that_is_no_web_address_is_never_a_link(client, db):
    version = cited(submit_version(), ("Bad", "javascript:alert(1)", "", ""))
    body = client.get(url(version)).content.decode()
    assert "Bad" in body
    assert "javascript:" not in body


def test_the_status_history_names_authority_and_reason(client, db):
    deal = make_deal(
        kind="acquisition", status="unwound",
        status_history=[
            {"status": "completed", "first": None, "last": None, "precision": "none",
             "authority": "", "reason": ""},
            {"status": "unwound", "first": "2024-03-06", "last": "2024-03-06", "precision": "day",
             "authority": "UK government", "reason": "national security"},
        ],
    )  # fmt: skip
    page = get(client, url(deal))
    assert "Completed · date not known" in page
    assert "Completed, unwound later · 6 Mar 2024" in page
    assert "UK government Reason: national security" in page
    assert "it counts, since it was once completed" in page


@pytest.mark.parametrize(
    ("facts", "counts", "because"),
    [
        ({}, "Yes", "A funding round"),
        ({"kind": "acquisition"}, "No", "a line of its own"),
        ({"kind": "licence"}, "No", "in no total of values"),
        ({"status": "blocked"}, "No", "it has never been completed"),
        ({"ai": "no"}, "No", "Judged not to be"),
        ({"ai": "unknown"}, "No", "is not known"),
    ],
)
def test_it_says_whether_a_deal_counts_and_why(client, db, facts, counts, because):
    page = get(client, url(make_deal(**facts)))
    assert f"{counts}: this deal is in the" in page
    assert because in page


def test_an_umbrella_points_to_its_parts_and_they_to_it(client, db):
    umbrella = make_deal(target="Horizon", round_type="series_c")
    part = make_deal(target="Horizon", round_type="tranche", part_of=umbrella)
    page = get(client, url(umbrella))
    assert "Horizon, Tranche of a round" in page
    assert "No: this deal is in the register" in page
    assert "umbrella of 1 deal that is counted" in page
    page = get(client, url(part))
    assert f"Part of {umbrella.deal.public_id}" in page
    assert "Yes: this deal" in page


def test_owners_are_shown_level_by_level_with_their_evidence(client, db):
    fund, middle, top = (
        make_organization(*facts) for facts in (("Silex", "SE"), ("Holding", "HK"), ("Sai", "CN"))
    )
    source = Source.objects.create(title="Annual report", url="https://sai.example/r")
    Ownership.objects.create(owned=fund, owner=middle, share="90.1", controlling=False)
    Ownership.objects.create(
        owned=middle, owner=top, controlling=True, state_linked=True, first=date(2015, 7, 1),
        source=source,
    )  # fmt: skip
    deal = make_deal(target_country="DE", investors=[("Silex", "SE")], date="2021-12-10")
    page = get(client, url(deal))
    assert "Silex ← Holding (Hong Kong), 90.1 %, controls" in page
    assert "Holding ← Sai (China), controls, state-linked, from 1 Jul 2015" in page
    assert "Annual report" in page
    assert "China (on evidence)" in page
    assert "state-linked" in page


def test_owners_that_own_each_other_end_the_chain(client, db):
    one, two = make_organization("One", "DE"), make_organization("Two", "FR")
    Ownership.objects.create(owned=one, owner=two, controlling=True)
    Ownership.objects.create(owned=two, owner=one, controlling=True)
    assert "One ← Two" in get(client, url(make_deal(investors=[("One", "DE")])))


def test_what_an_investor_paid_and_holds_is_shown_where_it_is_known(client, db):
    deal = make_deal(
        investors=[("A", "DE"), ("B", "CN")], amount="5000000", contributions=["1500000", None],
        stakes=["12.5", None], lead=[True, None],
    )  # fmt: skip
    page = get(client, url(deal))
    assert "A lead Germany (stated)" in page
    assert "USD 1,500,000 12.5 %" in page
    assert page.count("not stated") == 2


def test_names_in_other_scripts_are_shown(client, db):
    deal = make_deal(target="DeepSeek", investors=[("幻方", "CN"), (None, None)])
    OrganizationName.objects.create(
        organization=deal.target, name="深度求索", key="深度求索", script="Hans"
    )
    page = get(client, url(deal))
    assert "Also known as 深度求索" in page
    assert "幻方" in page
    assert "An investor nobody names" in page


def test_an_older_version_can_be_read_with_what_changed_since(client, db):
    old = make_deal(target="Mobvoi", amount="180000000", reason="From the register")
    new = submit_version(old.deal, target="Mobvoi", amount="200000000", reason="Corrected")
    publish([new.pk], by="anna", reason="The source was corrected")
    page = get(client, url(old))
    assert "USD 200,000,000" in page
    assert "anna The source was corrected" in page
    assert "amount : exact USD 180000000.00 → exact USD 200000000.00" in page
    page = get(client, f"{url(old)}?version=1")
    assert "You are reading version 1, which was replaced" in page
    assert "USD 180,000,000" in page.split("Versions")[0]


def test_a_merged_deal_leads_to_the_survivor_for_ever(client, db):
    kept, gone = make_deal(target="Kept"), make_deal(target="Gone")
    end(gone, Change.Kind.MERGED, merged_into=kept.deal)
    Deal.objects.filter(pk=gone.deal.pk).update(merged_into=kept.deal)
    response = client.get(url(gone))
    assert (response.status_code, response["Location"]) == (301, url(kept))


def test_a_retracted_deal_says_when_and_why(client, db):
    deal = make_deal(target="Mistake")
    end(deal, Change.Kind.RETRACTED, reason="It never happened.", version=deal)
    page = get(client, url(deal), 410)
    assert "Mistake: this deal was retracted" in page
    assert "Reason given: It never happened." in page
    page = get(client, f"{url(deal)}?version=1")
    assert "This deal was retracted on" in page
    assert page.count("Version 1") == 1


@pytest.mark.parametrize("spelled", ["lower", "misread"])
def test_an_identifier_that_was_typed_leads_to_the_right_spelling(client, db, spelled):
    deal = make_deal()
    public_id = deal.deal.public_id
    typed = public_id.lower() if spelled == "lower" else public_id.replace("0", "O").lower()
    response = client.get(f"/deals/{typed}/?version=1")
    assert (response.status_code, response["Location"]) == (301, f"{url(deal)}?version=1")


@pytest.mark.parametrize("public_id", ["D-00000000", "nothing", "D-\0", "D-" + "A" * 5000, "D-'--"])
def test_an_unknown_deal_is_a_404_with_a_search_box(client, db, public_id):
    page = client.get(f"/deals/{public_id}/")
    assert page.status_code == 404
    assert 'type="search"' in page.content.decode()


def test_a_deal_that_was_never_published_is_not_there(client, db):
    version = submit_version()
    assert client.get(url(version)).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [("version=2", 404), ("version=0", 404), ("version=x", 400), ("version=" + "9" * 400, 400),
     ("version=%00", 400), ("edition=1", 400)],
)  # fmt: skip
def test_a_version_that_cannot_be_shown_is_refused(client, db, query, status):
    get(client, f"{url(make_deal())}?{query}", status)


def test_generated_deals_say_so_before_anything_else(client, db):
    page = get(client, url(make_deal(population=make_population("demo", generated=True))))
    assert "Demonstration data: generated, not real." in page


def test_a_deal_asks_the_database_eleven_times_however_many_versions_and_investors(
    client, db, django_assert_num_queries
):
    investors = [(f"Fund {number}", "DE") for number in range(12)]
    deal = make_deal(investors=investors)
    for _ in range(3):
        publish([submit_version(deal.deal, investors=investors).pk], by="system")
    # Deal, versions, documents, changes, parts, names, owners, the as-of strip.
    with django_assert_num_queries(11):
        client.get(url(deal))


def test_sources_that_disagree_are_all_shown_with_what_was_chosen_and_why(client, db):
    version = submit_version(make_deal().deal, amount="5000000", currency="USD")
    version.choices = {"amount": "The filing is the company’s own."}
    version.save()
    version = cited(
        version,
        ("The filing", "https://example.org/filing", "amount", "raised 5 million"),
        ("The paper", "https://example.org/paper", "amount", "raised 6 million"),
    )
    page = get(client, url(version))
    assert "Sources disagree" not in page
    again = submit_version(version.deal, amount="5000000", currency="USD")
    again.choices = version.choices
    again.save()
    again.citations.all().delete()
    for citation in version.citations.all():
        citation.pk, citation.version = None, again
        citation.stated = "US$6 m <b>" if citation.source.title == "The paper" else ""
        citation.save()
    publish([again.pk], by="system")
    page = get(client, url(version))
    assert "Sources disagree. All are kept:" in page
    assert "This source says US$6 m <b> , which was not taken. “raised 6 million”" in page
    assert "This source bears out what stands above. “raised 5 million”" in page
    assert "Why this value: The filing is the company’s own." in page
    # Only what bears the amount out is cited beside it.
    html = client.get(url(version)).content.decode()
    assert "US$6 m &lt;b&gt;" in html
    amount = html[html.index("USD 5,000,000") :]
    assert 'href="#source-1"' in amount[:300]
    assert 'href="#source-2"' not in amount[:300]


def test_a_likely_double_is_said_while_nobody_has_decided(client, db):
    one, other = make_deal(target="One"), make_deal(target="Other")
    pair = DealSuggestion.objects.create(
        one=one.deal, other=other.deal, score=80, created_at=timezone.now()
    )
    for here, there in ((one, other), (other, one)):
        said = f"This may be the same deal as {there.target_name}, {there.deal.public_id}"
        assert said in get(client, url(here))
    pair.state = "distinct"
    pair.save()
    assert "This may be the same deal" not in get(client, url(one))


def test_likely_doubles_are_looked_up_and_not_searched_for_in_all_deals(db):
    one = make_deal()
    with CaptureQueriesContext(connection) as asked:
        assert doubles(one.deal) == []
    query = asked.captured_queries[-1]
    with connection.cursor() as cursor:
        # In a register as small as this one the planner would read a whole table anyhow.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {query['sql']}")
        plan = "\n".join(row[0] for row in cursor)
    assert "SubPlan" not in plan, plan


def test_a_stated_country_that_the_evidence_disputes_is_said(client, db):
    deal = make_deal(investors=[("Fund", "DE")], date="2019-05-13")
    assert "disputes" not in get(client, url(deal))
    seat = make_organization("Fund", "DE").domiciles.create(country="CN", basis="headquarters")
    said = "Fund: stated Germany, headquarters on evidence in China"
    assert said in get(client, url(deal))
    seat.first = date(2020, 1, 1)
    seat.save()
    assert "disputes" not in get(client, url(deal))


def test_everybody_is_led_to_report_an_error_and_to_edit_the_live_version(client, db):
    deal = make_deal()
    html = client.get(url(deal)).content.decode()
    for page in (reverse("report-deal", args=[deal.deal.public_id]), f"/desk{url(deal)}edit/"):
        assert f'href="{page}"' in html


def test_an_owner_s_country_is_that_of_its_headquarters_on_the_day_of_the_deal(client, db):
    fund, group = make_organization("Fund", "GB"), make_organization("Group", "JP")
    Ownership.objects.create(owned=fund, owner=group, controlling=True)
    group.domiciles.create(country="SG", basis="headquarters", first=date(2020, 1, 1))
    for day, said in (("2019-05-13", "Group (Japan)"), ("2021-05-13", "Group (Singapore)")):
        page = get(client, url(make_deal(investors=[("Fund", "GB")], date=day)))
        assert f"Fund ← {said}" in page
