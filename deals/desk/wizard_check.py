"""The wizard's step “Check”: what is still open, and then the file goes to the worker.

Nothing is published by it: the import waits for a decision once it has been read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from deals import journal, tasks
from deals.desk import fact_choices as choices
from deals.desk.access import needs, person
from deals.desk.blame import blamed_in_check
from deals.desk.check_form import NOT_KNOWN, CheckForm, Meanings
from deals.desk.faults import Fault, by_field
from deals.desk.file_words import FileWords, file_words
from deals.desk.visible import visible
from deals.desk.wizard import Tables, Work, find, frame
from deals.feeds import queue
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.profile_write import profile_toml
from deals.feeds.refusals import Refused
from deals.models import Feed, ImportRun, Upload
from deals.rules.roles import BRING

STEP = "desk-file-check"
LONGEST_CODE = 64
UNDECIDED = (ImportRun.State.QUEUED, ImportRun.State.RUNNING, ImportRun.State.REVIEW)
# Title, example and length.
POPULATION_FIELDS = {
    "title": ("What it is complete for", "Rounds in China 2017–2022, as recorded by …", 300),
    "code": ("Short code", "supplier-2022", 64),
    "accessed_on": ("As of", "2026-03-31", 10),
    "ai_definition": ("What counts as AI there", "the supplier’s own tags", 500),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the file and what it is to mean; `rows` is None for one that has a meaning."""

    id: str
    word: str
    shown: str
    rows: int | None
    meaning: str
    fault: str


@require_http_methods(["GET", "HEAD", "POST"])
@needs(BRING)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Save, write the profile by hand, or start the import."""
    work = find(request, pk)
    if work.tables is None:
        return redirect("desk-file-columns", pk)
    action = request.POST.get("action", "")
    if request.method != "POST":
        return _page(request, work, CheckForm.of_draft(work.draft), [])
    if action == "toml":
        return _by_hand(request, work)
    form = CheckForm.of_post(request.POST)
    faults = form.faults() or _keep(work, form, request.POST.get("feed", ""))
    if faults:
        return _page(request, work, form, faults)
    if action != "start":
        messages.success(request, "The profile is saved.")
        return redirect(STEP, pk)
    return _start(request, work, form)


@require_safe
@needs(BRING)
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """The profile as TOML, to be kept, sent on, or used on the command line."""
    work = find(request, pk)
    if work.tables is None:
        return redirect("desk-file-columns", pk)
    response = HttpResponse(
        profile_toml(work.draft), content_type="application/toml; charset=utf-8"
    )
    code = slugify(work.tables.get("code", "")) or "profile"
    response["Content-Disposition"] = f'attachment; filename="{code}.toml"'
    return response


def _keep(work: Work, form: CheckForm, feed_id: str) -> list[Fault]:
    """Make the profile of the draft and the form, and keep it; else say why it cannot be."""
    draft = form.written_into(work.draft)
    feed = _feed(feed_id)
    if feed_id and feed is None:
        return [Fault("feed", "Choose one of the feeds in the list.")]
    draft["code"] = feed.code if feed else _code(work, draft, form.name)
    taken = None if feed else Feed.objects.filter(code=draft["code"]).first()
    if taken is not None and not _made_by(work, taken):
        message = (
            f"There is a feed of this name already, “{taken.name}”: choose another name, or say "
            "that the file belongs to that feed."
        )
        return [Fault("name", message)]
    try:
        work.keep(draft)
    except Refused as refusal:
        return [Fault(blamed_in_check(str(refusal)), str(refusal))]
    work.upload.feed = feed
    work.upload.save(update_fields=["feed"])
    return []


def _made_by(work: Work, feed: Feed) -> bool:
    """Whether the feed came with this very file; asked anew, as a button may be pressed twice."""
    return Upload.objects.filter(pk=work.upload.pk, import_run__feed=feed).exists()


def _feed(sent: str) -> Feed | None:
    known = sent.isascii() and sent.isdigit() and len(sent) < 19
    return Feed.objects.filter(pk=int(sent)).first() if known else None


def _code(work: Work, draft: Tables, name: str) -> str:
    """A new feed's code: made from its name, unless somebody has chosen one."""
    tables = work.tables or {}
    old = tables.get("code", "")
    chosen = old not in ("", _slug(work, tables.get("name", "")))
    belongs = work.upload.feed is not None and old == work.upload.feed.code
    return str(old) if chosen and not belongs else _slug(work, name)


def _slug(work: Work, name: str) -> str:
    # A name without a Latin letter gives nothing to make a code of.
    return slugify(name)[:LONGEST_CODE].strip("-_") or f"feed-{work.upload.pk}"


def _by_hand(request: HttpRequest, work: Work) -> HttpResponse:
    text = request.POST.get("toml", "").replace("\r\n", "\n")
    try:
        written = load_profile(text)
    except Refused as refusal:
        form = CheckForm.of_draft(work.draft)
        return _page(request, work, form, [Fault("toml", str(refusal))], toml=text)
    work.upload.feed = Feed.objects.filter(code=written.code).first()
    # What the profile says of reading the file goes before what was corrected earlier.
    work.upload.corrections = {}
    work.upload.save(update_fields=["feed", "corrections"])
    work.keep_text(text)
    messages.success(request, "The profile is saved.")
    return redirect(STEP, work.upload.pk)


def _start(request: HttpRequest, work: Work, form: CheckForm) -> HttpResponse:
    profile = load_profile(work.upload.profile)
    try:
        # What the worker would find at once is said here, beside the means to mend it.
        _words(work, profile)
        run = _enqueued(request, work, profile)
    except Refused as refusal:
        return _page(request, work, form, [Fault("", str(refusal))])
    return redirect("desk-import", run.pk)


@transaction.atomic
def _enqueued(request: HttpRequest, work: Work, profile: Profile) -> ImportRun:
    """The import, which is the one of the first press where a button was pressed twice."""
    uploads = Upload.objects.select_for_update(of=("self",)).select_related("import_run")
    upload = uploads.get(pk=work.upload.pk)
    before = upload.import_run
    if before is not None and before.state in UNDECIDED and before.profile == profile.text:
        return before
    upload.import_run = queue.enqueue(
        work.file,
        profile,
        publish=False,
        by=person(request).pk,
        channel=ImportRun.Channel.DESK,
        ring=tasks.ring,
    )
    upload.save(update_fields=["import_run"])
    journal.record("brought", by=person(request), import_run=upload.import_run)
    return upload.import_run


def _words(work: Work, profile: Profile) -> FileWords:
    return file_words(work.file, profile)


def _page(
    request: HttpRequest, work: Work, form: CheckForm, faults: list[Fault], *, toml: str = ""
) -> HttpResponse:
    text = profile_toml(work.draft)
    fault = by_field(faults)
    try:
        profile: Profile | None = load_profile(text)
        words = _words(work, load_profile(text))
    except Refused as refusal:
        # The file does not fit the profile: said once, at the top.
        profile, words = None, FileWords()
        if not any(fault.field in ("", "toml") for fault in faults):
            faults = [Fault("", str(refusal)), *faults]
    context = frame(work, STEP) | {
        "form": form,
        "faults": faults,
        "fault": fault,
        "fits": profile is not None and not any(fault.field == "" for fault in faults),
        "words": words,
        "lists": list(_lists(form.values, words, fault)),
        "investors": _investors(form.investors, words, fault),
        "not_known": NOT_KNOWN,
        "investor_fault": any(field.startswith("investor-") for field in fault),
        "population": [_population(name, form, fault) for name in POPULATION_FIELDS],
        "ai_column": visible(work.draft.get("columns", {}).get("ai", "")),
        "summary": _summary(work.draft),
        "header": _header(work),
        "feeds": Feed.objects.order_by("name", "pk"),
        "toml": toml or text,
    }
    return render(request, "desk/wizard_check.html", context)


def _lists(values: dict[str, Meanings], words: FileWords, fault: dict[str, str]) -> Iterator[Any]:
    """The words of each closed list: those without a meaning first, then those that have one."""
    for fact in dict.fromkeys([*words.unknown, *values]):
        counts = dict(words.unknown.get(fact, ()))
        given = values.get(fact, {})
        named = _table(f"value-{fact}", counts, given, fault)
        yield {
            "fact": fact,
            "title": choices.FACTS.get(fact, fact),
            "codes": choices.CODES.get(fact),
            "open": [word for word in named if word.rows is not None],
            "settled": [word for word in named if word.rows is None],
            "any_fault": any(word.fault for word in named),
        }


def _investors(given: Meanings, words: FileWords, fault: dict[str, str]) -> list[Word]:
    return _table("investor", dict(words.investors), given, fault)


def _table(name: str, counts: dict[str, int], given: Meanings, fault: dict[str, str]) -> list[Word]:
    """Open words, then settled ones: the order in which they are sent, so faults find theirs."""
    order = [*counts, *(word for word in given if word not in counts)]
    return [
        Word(
            id=f"{name}-{at}",
            word=word,
            shown=visible(word),
            rows=counts.get(word),
            meaning=NOT_KNOWN if given.get(word) == "" else given.get(word) or "",
            fault=fault.get(f"{name}-{at}", ""),
        )
        for at, word in enumerate(order)
    ]


def _population(name: str, form: CheckForm, fault: dict[str, str]) -> dict[str, Any]:
    title, hint, longest = POPULATION_FIELDS[name]
    return {
        "name": name,
        "id": f"population-{name}",
        "title": title,
        "hint": hint,
        "longest": longest,
        "value": form.population.get(name, ""),
        "fault": fault.get(f"population-{name}", ""),
    }


def _header(work: Work) -> list[str]:
    try:
        return work.detected.header
    except Refused:
        return []


def _summary(draft: Tables) -> list[dict[str, Any]]:
    """Which facts the file gives, and from which column."""
    return [
        {"title": choices.FACTS.get(fact, fact), "column": visible(str(column))}
        for fact, column in draft.get("columns", {}).items()
    ]
