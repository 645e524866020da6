"""What pages say stands in the catalogs that translators fill."""

from io import StringIO

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command

from deals.management.messages import messages
from deals.rules.regions import REGIONS
from deals.rules.vocab import SECTORS

GERMAN = """
msgid ""
msgstr ""
"Language: de\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Filters and order"
msgstr "Filter und Reihenfolge"

msgid "Said by nobody any more"
msgstr "Sagt niemand mehr"
"""


@pytest.fixture(scope="module")
def found():
    """The texts of all messages, singular where there are two."""
    texts = (text for _, text, _ in messages())
    return {text if isinstance(text, str) else text[0] for text in texts}


@pytest.mark.parametrize(
    "text",
    [
        "Filters and order",  # a template
        "One part of the address cannot be used. Nothing was guessed in its place.",  # a plural
        "Newest first",  # marked in code, translated where it is shown
        *list(SECTORS.values())[:2],  # a reference table
        *[region.title for region in REGIONS.values()][:1],
    ],
)
def test_texts_are_found_wherever_they_stand(found, text):
    assert text in found


def test_the_list_of_texts_is_in_step_with_code_and_templates(found):
    path = settings.LOCALE_PATHS[0] / "en" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        known = {
            each.id if isinstance(each.id, str) else each.id[0] for each in read_po(file) if each.id
        }
    assert sorted(known ^ found) == [], "Run `make messages` and commit locale/."


def test_a_new_language_keeps_its_translations_and_gets_the_rest_to_translate(settings, tmp_path):
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(GERMAN)
    settings.LOCALE_PATHS = [tmp_path]
    call_command("messages", stdout=StringIO())
    with (folder / "django.po").open("rb") as file:
        german = read_po(file, locale="de")
    assert german["Filters and order"].string == "Filter und Reihenfolge"
    assert german["Newest first"].string == ""
    assert "Said by nobody any more" not in german
    with (folder / "django.mo").open("rb") as file:
        assert read_mo(file)["Filters and order"].string == "Filter und Reihenfolge"
