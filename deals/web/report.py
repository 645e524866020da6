"""`/deals/<id>/report/`, `/organizations/<id>/report/`: a reader says what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deals.actions import reports
from deals.entry import reported
from deals.flows.query import BadParameters
from deals.models import Deal, DealVersion
from deals.templatetags.formats import number
from deals.web.errors import bad_request
from deals.web.limits import address_of
from deals.web.named import named
from deals.web.parameters import unknown_parameters
from deals.web.spelled import short, spelled

LONGEST, LONGEST_URL, LONGEST_CONTACT = 4_000, 1_000, 254
FORM = ("GET", "HEAD", "POST")
# No reader sees this field; programs that fill in every field do.
TRAP = "homepage"


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is the id of the form's element; "" for the form as a whole."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What the report is about; `facts` are those that can be named, by their English titles."""

    name: str
    address: str
    section: str
    facts: Mapping[str, str]
    what: dict[str, Any]


@require_http_methods(FORM)
def deal(request: HttpRequest, public_id: str) -> HttpResponse:
    """A report about a deal; of a merged one, about the one that survived."""
    found = Deal.objects.select_related("merged_into").filter(
        public_id=spelled("D", public_id) or "-"
    )
    one = found.first()
    if one is not None and one.merged_into:
        return redirect("report-deal", one.merged_into.public_id, permanent=True)
    published = DealVersion.objects.filter(deal=one, state=DealVersion.State.PUBLISHED)
    name = published.order_by("-number").values_list("target_name", flat=True).first()
    if one is None or name is None:
        absent = _("There is no deal “%(id)s” in the register.")
        raise Http404(absent % {"id": short(public_id)})
    address = f"/deals/{one.public_id}/"
    return _form(request, Subject(name, address, "deals", reported.DEAL, {"deal": one}))


@require_http_methods(FORM)
def organization(request: HttpRequest, public_id: str) -> HttpResponse:
    """A report about an organization; of a merged one, about the one that survived."""
    one = named(request, public_id)
    if one.merged_into:
        return redirect("report-organization", one.merged_into.public_id, permanent=True)
    address = f"/organizations/{one.public_id}/"
    about = {"organization": one}
    return _form(request, Subject(one.name, address, "organizations", reported.ORGANIZATION, about))


def _form(request: HttpRequest, subject: Subject) -> HttpResponse:
    if problems := unknown_parameters(request, ("fact",)):
        return bad_request(request, BadParameters(problems))
    if request.method != "POST":
        return _page(request, subject, {"field": request.GET.get("fact", "")}, [])
    typed = _typed(request)
    faults = _faults(typed, subject, trapped=bool(request.POST.get(TRAP)))
    if faults:
        return _page(request, subject, typed, faults)
    try:
        report = reports.send(**subject.what, **typed, address=address_of(request))
    except reports.TooMany as limit:
        return _too_many(request, subject, typed, limit)
    response = HttpResponseRedirect(f"/reports/{report.token}/")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _typed(request: HttpRequest) -> dict[str, Any]:
    """The named fields and no others; PostgreSQL keeps no NUL, and nobody means one."""
    names = ("field", "text", "source_url", "contact")
    typed = {name: request.POST.get(name, "").replace("\0", "").strip() for name in names}
    # A line's end counts once, as in the box.
    return typed | {"text": typed["text"].replace("\r\n", "\n")}


def _faults(typed: Mapping[str, str], subject: Subject, *, trapped: bool) -> list[Fault]:
    faults = []
    if typed["field"] not in subject.facts:
        faults.append(Fault("field", _("Choose what is wrong from the list.")))
    if not typed["text"]:
        faults.append(Fault("text", _("Say what is wrong, and what would be right.")))
    elif len(typed["text"]) > LONGEST:
        most = _("A report has at most %(most)s characters; this one has %(number)s.")
        shown = {"most": number(LONGEST), "number": number(len(typed["text"]))}
        faults.append(Fault("text", most % shown))
    if typed["source_url"] and not _is_address(typed["source_url"]):
        faults.append(
            Fault("source_url", _("Give a whole address that begins with https:// or http://."))
        )
    if typed["contact"] and not _is_mail(typed["contact"]):
        faults.append(Fault("contact", _("Give an e-mail address like name@example.org, or none.")))
    if trapped:
        faults.append(Fault(TRAP, _("Leave the field “Homepage” empty; it catches programs.")))
    return faults


def _is_address(text: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_URL


def _is_mail(text: str) -> bool:
    try:
        EmailValidator()(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_CONTACT


def _too_many(
    request: HttpRequest, subject: Subject, typed: Mapping[str, str], limit: reports.TooMany
) -> HttpResponse:
    said = (
        _("From your address too many reports came within an hour. Try again in an hour.")
        if limit.wait == reports.HOUR
        else _("From your address too many reports came within a day. Try again tomorrow.")
    )
    response = _page(request, subject, typed, [Fault("", said)], HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(int(limit.wait.total_seconds()))
    return response


def _page(
    request: HttpRequest,
    subject: Subject,
    typed: Mapping[str, str],
    faults: list[Fault],
    status: int = HTTPStatus.BAD_REQUEST,
) -> HttpResponse:
    context = {
        "section": subject.section,
        "subject": subject,
        "facts": [(name, _(title)) for name, title in subject.facts.items()],
        "typed": typed,
        "faults": faults,
        "fault": {fault.field: fault.message for fault in reversed(faults)},
        "longest": LONGEST,
        "trap": TRAP,
    }
    response = render(
        request, "pages/report_form.html", context, status=status if faults else HTTPStatus.OK
    )
    # It holds the form's token, which is one reader's own.
    add_never_cache_headers(response)
    return response
