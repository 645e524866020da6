"""What a batch of versions cites: rows of its file, pages that it names, and older pages."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from deals.feeds.facts import Facts
from deals.feeds.profile import Profile
from deals.models import ImportRun, Source
from deals.models.bundles import Bundle, Row

CITATION = ("version_id", "source_id", "field", "quote", "locator", "stated")
SHOWN = ("kind", "url", "title", "publisher", "published_on", "accessed_on")
MOST_ROWS_NAMED = 12
Values = tuple[Any, ...]
Page = tuple[str, str]


class Sources:
    """The sources of a batch; those that are missing are created, once all are `settled` that
    others are creating."""

    def __init__(
        self,
        run: ImportRun,
        profile: Profile,
        batch: Iterable[Facts],
        *,
        settled: Callable[[], None],
    ) -> None:
        wanted = {(url, title) for facts in batch for url, title, _, _ in facts["sources"]}
        file, pages = _file(run, profile), _pages(wanted)
        if file is None or len(pages) < len(wanted):
            settled()
            file, pages = _made_file(run, profile), _made_pages(wanted)
        self._file: int = file.pk
        self._pages: dict[Page, int] = {page: source.pk for page, source in pages.items()}
        self._shown: dict[int, Row] = {
            source.pk: _shown(source) for source in (file, *pages.values())
        }

    def citations(
        self, version: int, facts: Facts, rows: Sequence[int], live: Bundle | None
    ) -> list[Values]:
        """The rows of the file, the pages it names, and what the version before cited besides."""
        cited: list[Values] = [(version, self._file, "", "", _locator(rows), "")]
        for url, title, about, quote in facts["sources"]:
            cited.append((version, self._pages[url, title], about, quote, "", ""))
        for citation in live.citations if live else ():
            if citation["kind"] == Source.Kind.PAGE:
                cited.append((version, *(citation[name] for name in CITATION[1:])))
                self._shown[citation["source_id"]] = {name: citation[name] for name in SHOWN}
        return cited

    def with_sources(self, cited: Sequence[Values]) -> list[Row]:
        """Citations together with what is shown of their sources."""
        return [{**dict(zip(CITATION, row, strict=True)), **self._shown[row[1]]} for row in cited]


def _shown(source: Source) -> Row:
    # A source that was made just now has its kind as a word of the enumeration.
    return {name: getattr(source, name) for name in SHOWN} | {"kind": str(source.kind)}


def _named(run: ImportRun, profile: Profile) -> dict[str, str]:
    """The file as a source; its hash makes it this file and no other."""
    title = f"{profile.name}: {run.file_name} (SHA-256 {run.file_sha256[:12]}…)"[:500]
    return {"kind": Source.Kind.FEED_FILE, "url": "", "title": title}


def _file(run: ImportRun, profile: Profile) -> Source | None:
    return Source.objects.filter(**_named(run, profile)).order_by("pk").first()


def _made_file(run: ImportRun, profile: Profile) -> Source:
    file = _file(run, profile)
    if file is None:
        accessed_on = profile.population.accessed_on if profile.population else None
        file = Source.objects.create(**_named(run, profile), accessed_on=accessed_on)
    return file


def _pages(wanted: set[Page]) -> dict[Page, Source]:
    """Those of the cited pages that are there, by address and title."""
    if not wanted:
        return {}
    pages = Source.objects.filter(kind=Source.Kind.PAGE, url__in={url for url, _ in wanted})
    known = {(page.url, page.title): page for page in pages}
    return {page: known[page] for page in wanted & known.keys()}


def _made_pages(wanted: set[Page]) -> dict[Page, Source]:
    known = _pages(wanted)
    missing = sorted(wanted - known.keys())
    created = Source.objects.bulk_create(
        [Source(kind=Source.Kind.PAGE, url=url, title=title) for url, title in missing]
    )
    return known | {(page.url, page.title): page for page in created}


def _locator(rows: Sequence[int]) -> str:
    named = ", ".join(map(str, rows[:MOST_ROWS_NAMED]))
    more = f" and {len(rows) - MOST_ROWS_NAMED} more" if len(rows) > MOST_ROWS_NAMED else ""
    return f"row{'s' if len(rows) > 1 else ''} {named}{more}"[:100]
