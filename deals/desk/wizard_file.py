"""The wizard's step “Reading”: what the file is, and its first rows as they are read."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from deals.desk import fact_choices as choices
from deals.desk.access import needs
from deals.desk.faults import Fault, by_field
from deals.desk.known_formats import fitting
from deals.desk.visible import visible
from deals.desk.wizard import Work, find, frame
from deals.feeds.refusals import Refused
from deals.feeds.unpack import table_path
from deals.rules.roles import BRING

STEP = "desk-file"
READING = ("encoding", "delimiter", "skip_rows", "decimal", "order")
SHOWN_ROWS = 10
RAW_LINES = 12
RAW_BYTES = 64 * 1024
LONGEST_LINE = 300
MOST_SKIPPED = 100_000


@require_http_methods(["GET", "HEAD", "POST"])
@needs(BRING)
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Corrections are kept as soon as they are sent, and what comes of them is shown."""
    work = find(request, pk)
    if request.method != "POST":
        return _page(request, work, [])
    if "as" in request.POST:
        return _as_known(request, work)
    faults = _correct(request, work)
    if not faults and request.POST.get("action") == "next":
        try:
            _ = work.detected
        except Refused:
            pass
        else:
            return redirect("desk-file-columns", pk)
    return _page(request, work, faults)


def _as_known(request: HttpRequest, work: Work) -> HttpResponse:
    """Import the file as one of a known format whose columns it has."""
    try:
        header = work.detected.header
    except Refused:
        # The page says why the file cannot be read.
        return redirect(STEP, work.upload.pk)
    for known in fitting(header):
        if known.value == request.POST["as"]:
            work.upload.feed, work.upload.profile = known.feed, known.text
            work.upload.save(update_fields=["feed", "profile"])
            return redirect("desk-file-check", work.upload.pk)
    return redirect(STEP, work.upload.pk)


def _correct(request: HttpRequest, work: Work) -> list[Fault]:
    given = {name: str(text).replace("\0", "") for name, text in request.POST.items()}
    sent = {name: given.get(name, "") for name in READING}
    sent["encoding"] = given.get("other_encoding", "").strip() or sent["encoding"]
    sent["delimiter"] = given.get("other_delimiter", "") or sent["delimiter"]
    skip = sent.pop("skip_rows").strip()
    if skip == given.get("skip_found"):
        # As it was found: it may be found otherwise when something else is corrected.
        skip = ""
    corrections: dict[str, str | int] = {name: text for name, text in sent.items() if text}
    faults = []
    if skip:
        if not skip.isascii() or not skip.isdigit() or len(skip) > 9 or int(skip) > MOST_SKIPPED:
            message = f"“{skip}” is no number of lines: write 0 when the header is the first line."
            faults.append(Fault("skip_rows", message))
        else:
            corrections["skip_rows"] = int(skip)
    work.correct(corrections)
    return faults


def _page(request: HttpRequest, work: Work, faults: list[Fault]) -> HttpResponse:
    context = frame(work, STEP) | {"faults": faults, "detected": None}
    try:
        detected = work.detected
    except Refused as refusal:
        faults.append(Fault(_blamed(str(refusal), work), str(refusal)))
    else:
        context |= {
            "detected": detected,
            "header": [visible(name) for name in detected.header],
            "rows": [
                [visible(cell) for cell in row[: settings.IMPORT_MAX_COLUMNS]]
                for row in detected.rows[:SHOWN_ROWS]
            ],
            "known": fitting(detected.header) if not work.upload.profile else [],
        }
    context |= {"fault": by_field(faults), "ask": _ask(work, context)}
    encoding = context["detected"].encoding if context["detected"] else ""
    context["raw"] = _raw_lines(work, encoding or str(work.corrections.get("encoding", "")))
    template = (
        "desk/parts/wizard_reading.html"
        if "HX-Request" in request.headers
        else "desk/wizard_file.html"
    )
    return render(request, template, context)


def _ask(work: Work, context: dict[str, Any]) -> dict[str, Any]:
    """The fields of the form: what is chosen, what was found, what else there is."""
    detected, given = context["detected"], work.corrections
    found = {
        "encoding": detected.encoding if detected else "",
        "delimiter": _named(detected.delimiter) if detected else "",
        "decimal": detected.decimal if detected else "",
        "order": (detected.date_order or "") if detected else "",
    }
    lists = {
        "encoding": choices.ENCODINGS,
        "delimiter": choices.DELIMITERS,
        "decimal": choices.DECIMALS,
        "order": choices.ORDERS,
    }
    asked: dict[str, Any] = {
        name: {
            "found": dict(lists[name]).get(found[name], found[name]),
            "given": given.get(name, ""),
            "options": lists[name],
            "other": bool(given.get(name)) and given[name] not in dict(lists[name]),
        }
        for name in lists
    }
    skipped = detected.skip_rows if detected else 0
    known = "skip_rows" in given
    asked["skip_rows"] = {
        "found": "" if known else skipped,
        "given": given["skip_rows"] if known else skipped,
    }
    return asked


def _named(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else delimiter


def _blamed(sentence: str, work: Work) -> str:
    """Which field a refusal is about: the one that was corrected and is spoken of."""
    words = {"encoding": ("encod", "decode"), "skip_rows": ("header", "lines", "skip_rows")}
    for name, said in words.items():
        if name in work.corrections and any(word in sentence for word in said):
            return name
    return next((name for name in READING if name in work.upload.corrections), "encoding")


def _raw_lines(work: Work, encoding: str) -> list[tuple[int, str]]:
    """The first lines as text, numbered, however wrongly the file would be read as a table."""
    try:
        with table_path(work.file).open("rb") as stream:
            head = stream.read(RAW_BYTES)
    except Refused:
        return []
    lines = _decoded(head, encoding).splitlines()[:RAW_LINES]
    return [(at, visible(line, LONGEST_LINE)) for at, line in enumerate(lines, 1)]


def _decoded(head: bytes, encoding: str) -> str:
    for codec in (encoding, "utf-8-sig"):
        # The head may end within a character, so a few strange ones are no reason to go on.
        with suppress(LookupError, ValueError):
            text = head.decode(codec, "replace") if codec else ""
            if text and text.count("\ufffd") * 50 <= len(text):
                return text
    return head.decode("latin-1")
