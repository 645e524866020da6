"""`manage.py messages`: bring locale/*/LC_MESSAGES/django.po in step with what pages say."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand

from deals.management.messages import catalog


class Command(BaseCommand):
    help = "Collect all texts into the catalogs of locale/, keep what is translated, compile it."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po")):
            language = path.parts[-3]
            with path.open("rb") as file:
                known = read_po(file, locale=language)
            # The date stays, so that a run that finds nothing new changes nothing.
            fresh = catalog(language, known.creation_date)
            # The first catalog is the list itself; it says nothing in place of the texts.
            if language != settings.LANGUAGE_CODE:
                known.update(fresh, no_fuzzy_matching=True)
                fresh = known
                with path.with_suffix(".mo").open("wb") as file:
                    write_mo(file, fresh)
            with path.open("wb") as file:
                write_po(file, fresh, width=100, include_lineno=False, ignore_obsolete=True)
            self.stdout.write(f"{path}: {len(fresh):,} texts.")
