"""Every text of a page can be translated; numbers, days and countries follow the language."""

import pytest
from django.utils import translation

from deals.flows.definitions import DEFINITIONS
from tests.factories import make_deal
from tests.web.foreign import plain_words, speak_wide, untranslated, wide
from tests.web.pages import addresses, make_world, visited

pytestmark = pytest.mark.django_db


# Sentences that are kept with a deal as its supplier's, and what the rules, which know of no
# reader, say about a value.
KEPT = ("ECB reference rate of ", "“abc” is not a date for")


def said_elsewhere(text: str) -> bool:
    """A text that stands in the data, or the title of somebody's publication."""
    published = tuple(one.source_title for one in DEFINITIONS.values())
    return text.startswith(KEPT) or text.endswith(published)


def test_no_page_for_readers_says_anything_past_the_translation(client, monkeypatch):
    paths = addresses(make_world(wide))
    speak_wide(monkeypatch)
    pages = visited(client, paths)
    # Each text with the first page on which it stands.
    missed: dict[str, str] = {}
    for path, response in pages:
        for text in untranslated(response.content.decode()):
            if not said_elsewhere(text):
                missed.setdefault(text, path)
    said = [f"{path}: {text}" for text, path in missed.items()]
    assert not said, "\n" + "\n".join(said)


@pytest.mark.parametrize(
    ("html", "missed"),
    [
        ("<p>Deals</p>", ["Deals"]),
        ("<p>ｄｅａｌｓ: 3 DE, <code>kind</code>, /deals/, D-1234, as_of</p>", []),
        ('<p title="More">1</p>', ["More"]),
        (
            '<script type="application/json">{"x": {"text": "Year"}, "type": "bar"}</script>',
            ["Year"],
        ),
        ("<svg><text>Year</text></svg>", ["Year"]),
    ],
)
def test_what_is_not_translated_is_found(html, missed):
    assert untranslated(html) == missed


def test_gaps_and_tags_of_a_text_stay():
    assert (
        wide("%(n)s deals, <a href='/x'>more</a>") == "%(n)s ｄｅａｌｓ, <a href='/x'>ｍｏｒｅ</a>"
    )
    assert plain_words(wide("12 deals")) == []


def test_a_german_page_has_german_numbers_days_and_countries(client):
    deal = make_deal(
        target="Horizon", target_country="DE", date="2024-03-12", amount="1234567.50",
        currency="EUR", investors=[("Dragon", "CN")], stakes=["12.5"],
    )  # fmt: skip
    with translation.override("de"):
        page = client.get(f"/deals/{deal.deal.public_id}/").content.decode()
    assert '<html lang="de">' in page
    assert "EUR 1.234.567,50" in page
    assert "12. März 2024" in page
    assert "Deutschland" in page
    assert "12,5\xa0%" in page


def test_a_kept_answer_is_not_shown_in_another_language(client):
    make_deal(target_country="CN", investors=[("Dragon", "DE")], date="2020-01-01")
    address = "/flows/?investor=DE&target=CN"
    first = client.get(address)
    with translation.override("de"):
        other = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200
    assert "Deutschland" in other.content.decode()
