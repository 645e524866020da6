"""Every text of a page of the desk can be translated, but for what is data."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from deals.desk.form_options import _countries
from tests.desk.full import make_full_desk
from tests.desk.routes import DESK
from tests.desk.runs import make_person
from tests.web.foreign import plain_words, speak_wide, untranslated

pytestmark = pytest.mark.django_db
# The pages of imports and feeds are in English so far (docs/architecture.md, Languages); templates
# and profiles are files for a machine.
IN_ENGLISH = ("desk-upload", "desk-file", "desk-import", "desk-feed", "desk-template")
# Names that are the same in every language.
REGISTERS = {"Wikidata", "Crunchbase", "LEI"}


def texts_of(value: object) -> Iterator[str]:
    """The texts in a field, those inside of JSON, too."""
    if isinstance(value, str):
        yield from filter(None, (line.strip() for line in value.splitlines()))
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_of(one)


def kept_texts() -> list[str]:
    """Every text in the database, the longest first."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    found = set()
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]
        for row in model._default_manager.values_list(*names) if names else ():
            found.update(text for text in texts_of(list(row)) if plain_words(text))
    return sorted(found, key=len, reverse=True)


@pytest.fixture
def fresh_countries():
    """Names of countries are kept by language, and this test speaks none of them."""
    _countries.cache_clear()
    yield
    _countries.cache_clear()


def test_no_page_of_the_desk_says_anything_past_the_translation(
    client, monkeypatch, fresh_countries
):
    ada = make_person("ada", "administrator")
    addresses = make_full_desk(monkeypatch, ada)
    data = re.compile("|".join(rf"\b{re.escape(text)}" for text in kept_texts()))
    speak_wide(monkeypatch)
    client.force_login(ada)
    missed: dict[str, list[str]] = {}
    for name, address in addresses.items():
        row = DESK.get(name.partition(" ")[0])
        if row is None or "GET" not in row[1] or name.startswith(IN_ENGLISH):
            continue
        for text in untranslated(client.get(address).content.decode()):
            # What the rules, which know of no reader, say about a rate.
            said = data.sub(" ", text).partition("ECB reference rate of ")[0]
            if text not in REGISTERS and plain_words(said):
                missed.setdefault(name, []).append(text)
    assert missed == {}
