"""Atom feeds: what is new and changed among the deals of any list, and releases.

Entries are those of the ledger, the newest first. Pages are found by `before`, a number of the
ledger, so nothing is missed or shown twice while others publish (RFC 5005, section 3).
"""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals.flows.answer import identity, snapshot
from deals.flows.listing import Wanted
from deals.flows.query import BadParameters, FlowQuery, Problem
from deals.flows.scope import Scope, resolve
from deals.flows.touched import END, Touch, newest
from deals.models import Release
from deals.templatetags.imports import visible
from deals.web import told
from deals.web.behind import behind
from deals.web.errors import bad_request
from deals.web.parameters import without_parameters

MEDIA = "application/atom+xml"
ENTRIES = 50
OWN = ("place", "q", "before")
HELD = ("release", "as_of")
LONGEST_NUMBER = 18
# Before there was anything: a feed needs a time, and that of asking would change each answer.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Feed(Atom1Feed):
    """With links to the pages of the feed, and a time that is that of the data."""

    # As it is sent without a charset, XML itself says which one it is.
    content_type = MEDIA

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for rel, href in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": rel, "href": href})

    def latest_post_date(self) -> datetime:
        moment: datetime = self.feed["as_of"]
        return moment


@require_safe
def deals(request: HttpRequest) -> HttpResponse:
    """`/deals/feed.atom`: entries of the ledger about deals of this list, 50 to a page."""
    try:
        query, wanted, before = _read(request)
        with snapshot():
            scope = resolve(query)
            name = f"atom {wanted.place} {wanted.q} {before} {settings.SITE_URL}"
            etag = f'W/"{identity(name, query, scope)}"'
            response = get_conditional_response(request, etag=etag)
            if response is None:
                found = newest(query, scope, wanted, before=before, most=ENTRIES + 1)
                response = _sent(_deals_feed(request, query, wanted, scope, found))
    except BadParameters as error:
        return bad_request(request, error)
    return _kept_until_asked(response, etag)


@require_safe
@without_parameters
def releases(request: HttpRequest) -> HttpResponse:
    """`/data/releases.atom`: every release, the newest first."""
    found = list(Release.objects.order_by("-seq", "-pk"))
    address = request.build_absolute_uri("/data/")
    feed = _feed(
        request,
        title=_("Releases of InvestTrack"),
        link=f"{address}#releases",
        subtitle=_("Each names a point of the ledger; what it says never changes."),
        as_of=found[0].at if found else NEVER,
        pages={},
        guid=_tag("data/releases.atom"),
    )
    for one in found:
        link = f"{address}releases/{one.name}/"
        said = one.notes or _("Release %(name)s") % {"name": one.name}
        feed.add_item(
            title=visible(_("Release %(name)s") % {"name": one.name}),
            link=link,
            description=escape(visible(said)),
            unique_id=_tag(f"releases/{one.name}"),
            pubdate=one.at,
            updateddate=one.at,
        )
    return _sent(feed)


def feed_address(query: FlowQuery, **own: str) -> str:
    """Where the changes of a list are followed; a feed is of the register as it goes on."""
    params = query.but(release="", as_of=None).to_params() | {k: v for k, v in own.items() if v}
    path = "/deals/feed.atom"
    return f"{path}?{urlencode(params, safe=',:')}" if params else path


def _read(request: HttpRequest) -> tuple[FlowQuery, Wanted, int]:
    """The question, the list's own parameters, and before which entry; every problem at once."""
    problems: list[Problem] = []
    query = FlowQuery()
    try:
        query = FlowQuery.from_params(request.GET, extra=OWN)
    except BadParameters as error:
        problems.extend(error.problems)
    for name in HELD:
        if getattr(query, name):
            said = _("A feed tells what goes on, so it is not held to a point of the ledger.")
            problems.append(Problem(name, said))
    place, q, typed = (request.GET.get(name, "").strip() for name in OWN)
    if not q.isprintable() and "q" not in {problem.parameter for problem in problems}:
        problems.append(Problem("q", _("A search is plain text, without control characters.")))
    wanted = Wanted(place, q, size=ENTRIES)
    problems.extend(wanted.problems())
    if place in ("as_target", "as_investor") and not query.organization:
        said = _("“%(place)s” needs an organization.") % {"place": place}
        problems.append(Problem("place", said))
    before = END
    if typed:
        readable = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER
        if not readable or not int(typed):
            said = _("This has to be a number of the ledger, such as 40213.")
            problems.append(Problem("before", said))
        else:
            before = int(typed)
    if problems:
        raise BadParameters(problems)
    return query, wanted, before


def _deals_feed(
    request: HttpRequest, query: FlowQuery, wanted: Wanted, scope: Scope, found: list[Touch]
) -> Feed:
    shown, more = found[:ENTRIES], found[ENTRIES:]
    own = {"place": wanted.place, "q": wanted.q}
    first = request.build_absolute_uri(feed_address(query, **own))
    pages = {"first": first}
    if more:
        older = feed_address(query, **own, before=str(shown[-1].entry.seq))
        pages["next"] = request.build_absolute_uri(older)
    title = behind(query, wanted, scope).title
    feed = _feed(
        request,
        title=_("New and changed: %(what)s") % {"what": visible(title)},
        link=first.replace("/deals/feed.atom", "/deals/"),
        subtitle=_("Entries of the ledger of InvestTrack, the newest first."),
        as_of=scope.head_at or NEVER,
        pages=pages,
        guid=_tag(feed_address(query, **own).lstrip("/")),
    )
    for touch in shown:
        _add(request, feed, touch)
    return feed


def _add(request: HttpRequest, feed: Feed, touch: Touch) -> None:
    entry, document = touch.entry, json.loads(touch.document)
    feed.add_item(
        title=visible(told.title(document, touch)),
        link=request.build_absolute_uri(f"/deals/{document['id']}/"),
        # Readers show it as HTML, so names that look like tags have to stay text.
        description="<br>".join(escape(visible(line)) for line in told.lines(document, touch)),
        unique_id=_tag(f"changes/{entry.seq}"),
        pubdate=entry.at,
        updateddate=entry.at,
        categories=[told.category(touch)],
    )


def _feed(
    request: HttpRequest, *, title: str, link: str, subtitle: str, as_of: datetime,
    pages: dict[str, str], guid: str,
) -> Feed:  # fmt: skip
    return Feed(
        title=title,
        link=link,
        description="",
        subtitle=subtitle,
        language=get_language() or "en",
        author_name="InvestTrack",
        feed_url=request.build_absolute_uri(),
        feed_guid=guid,
        as_of=as_of,
        pages=pages,
    )


def _tag(path: str) -> str:
    """A name for ever (RFC 4151): of this register, whichever address it was read at."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{path}"


def _sent(feed: Feed) -> HttpResponse:
    return HttpResponse(feed.writeString("utf-8"), content_type=MEDIA)


def _kept_until_asked(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response
