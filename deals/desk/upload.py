"""`/desk/imports/new/`: bring a file, of a known format or one never seen before."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from deals.desk.access import needs, person
from deals.desk.faults import Fault, by_field
from deals.desk.known_formats import known_format, known_formats
from deals.feeds.limits import limits
from deals.feeds.receive import Received, hold, receive_stream
from deals.feeds.refusals import Refused
from deals.feeds.shipped import shipped
from deals.feeds.unpack import table_path
from deals.models import Upload
from deals.rules.roles import BRING

LONGEST_NAME = 255


@require_http_methods(["GET", "HEAD", "POST"])
@needs(BRING)
def new(request: HttpRequest) -> HttpResponse:
    """The form; a file that is taken goes on to the wizard's next step."""
    if request.method != "POST":
        return _page(request, [], request.GET.get("format", ""))
    chosen = request.POST.get("format", "")
    faults: list[Fault] = []
    known = known_format(chosen)
    if chosen and known is None:
        faults.append(Fault("format", "Choose one of the formats in the list."))
    file = _received(request, faults)
    if file is None or faults:
        return _page(request, faults, chosen)
    with transaction.atomic():
        hold(file)
        upload = Upload.objects.create(
            file_name=file.name[:LONGEST_NAME],
            file_sha256=file.sha256,
            size=file.size,
            feed=known.feed if known else None,
            profile=known.text if known else "",
            created_by=person(request),
            created_at=timezone.now(),
        )
    return redirect("desk-file-check" if known else "desk-file", upload.pk)


@require_safe
@needs(BRING)
def template(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A shipped format: its table to fill in (csv), or its profile (toml)."""
    format_ = next((format_ for format_ in shipped() if format_.code == code), None)
    if format_ is None or kind not in ("csv", "toml"):
        raise Http404("There is no such template.")
    # With the mark at its start a spreadsheet reads the file as UTF-8.
    body = f"\ufeff{format_.template}" if kind == "csv" else format_.text
    response = HttpResponse(body, content_type=f"text/{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{format_.code}.{kind}"'
    return response


def _page(request: HttpRequest, faults: list[Fault], chosen: str) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "desk",
        "desk_section": "imports",
        "step": 1,
        "faults": faults,
        "fault": by_field(faults),
        "chosen": chosen,
        "known": known_formats(),
        "shipped": shipped(),
        "limits": limits(),
    }
    return render(request, "desk/upload.html", context)


def _received(request: HttpRequest, faults: list[Fault]) -> Received | None:
    """The file, once it is kept and known to hold one table; else why not."""
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile) or not given.name:
        faults.append(Fault("file", _nothing_came(request)))
        return None
    try:
        file = receive_stream(given.name, given.chunks())
        table_path(file)
    except Refused as refusal:
        faults.append(Fault("file", str(refusal)))
        return None
    return file


def _nothing_came(request: HttpRequest) -> str:
    return getattr(request, "upload_refused", "") or "Choose the file to import."
