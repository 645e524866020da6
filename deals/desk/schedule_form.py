"""The form of a feed's schedule, and the pages around it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from deals import journal
from deals.desk.access import needs, person
from deals.desk.faults import Fault, by_field
from deals.feeds.addresses import LONGEST_URL, NotFetched, check_url
from deals.feeds.refusals import Refused
from deals.feeds.schedules import (
    LONGEST,
    SHORTEST,
    change_schedule,
    create_schedule,
    slot_after,
)
from deals.models import Feed, FeedSchedule
from deals.rules.roles import MANAGE
from deals.templatetags.imports import moment

OTHER = "other"
EVERY = {
    "15": "15 minutes", "60": "hour", "360": "6 hours", "1440": "day", "10080": "week",
    OTHER: "other, in minutes",
}  # fmt: skip
PUBLISH = {"no": "Wait for a reviewer", "yes": "Publish without review"}
# As browsers send it, and as people write it.
TIMES = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
HOW_LONG = (
    f"Give a whole number of minutes, {SHORTEST} at least and {LONGEST:,} (366 days) at most."
)
WHEN = "Give a day and a time in UTC, like 2026-11-30 05:00."
PUBLISH_OR_NOT = "Choose whether what comes is published without review."


class ScheduleForm(forms.Form):
    """What a person says of a schedule; every sentence belongs to a field."""

    url = forms.CharField(error_messages={"required": "Give the address of the feed’s file."})
    every = forms.ChoiceField(
        choices=list(EVERY.items()),
        error_messages={
            "required": "Choose how often the file is fetched.",
            "invalid_choice": "Choose how often the file is fetched.",
        },
    )
    minutes = forms.IntegerField(
        required=False,
        min_value=SHORTEST,
        max_value=LONGEST,
        error_messages={"invalid": HOW_LONG, "min_value": HOW_LONG, "max_value": HOW_LONG},
    )
    first_at = forms.DateTimeField(
        input_formats=TIMES, error_messages={"required": WHEN, "invalid": WHEN}
    )
    publish = forms.ChoiceField(
        choices=list(PUBLISH.items()),
        error_messages={"required": PUBLISH_OR_NOT, "invalid_choice": PUBLISH_OR_NOT},
    )
    active = forms.BooleanField(required=False)

    def clean_url(self) -> str:
        """Without looking the name up: that is done at every turn, when it counts."""
        url: str = self.cleaned_data["url"]
        try:
            check_url(url)
        except NotFetched as problem:
            raise forms.ValidationError(str(problem)) from None
        return url

    def clean(self) -> dict[str, Any]:
        """The interval, from the list or beside it."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = found.get("every")
        if chosen == OTHER and found.get("minutes") is None and "minutes" not in self.errors:
            self.add_error("minutes", HOW_LONG)
        elif chosen and chosen != OTHER:
            found["minutes"] = int(chosen)
            self.errors.pop("minutes", None)
        return found

    def faults(self) -> list[Fault]:
        """The first thing wrong with each field, in the order of the page."""
        return [
            Fault(name, str(self.errors[name][0])) for name in self.fields if name in self.errors
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MANAGE)
def schedule(request: HttpRequest, code: str) -> HttpResponse:
    """Have a feed fetched, or change how; what cannot be is said at its field."""
    feed = get_object_or_404(Feed.objects.select_related("schedule"), code=code)
    known: FeedSchedule | None = getattr(feed, "schedule", None)
    if request.method != "POST":
        return _page(request, feed, known, ScheduleForm(initial=_initial(known)), [])
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _page(request, feed, known, form, form.faults())
    try:
        saved = _saved(feed, known, form.cleaned_data, person(request))
    except Refused as refusal:
        return _page(request, feed, known, form, [Fault("", str(refusal))])
    messages.success(request, _done(saved))
    return HttpResponseRedirect(reverse("desk-feed", args=[feed.code]))


@transaction.atomic
def _saved(feed: Feed, known: FeedSchedule | None, said: dict[str, Any], by: User) -> FeedSchedule:
    schedule = _save(feed, known, said, by.pk)
    journal.record("scheduled", by=by, text=feed.name)
    return schedule


def _save(feed: Feed, known: FeedSchedule | None, said: dict[str, Any], by: int) -> FeedSchedule:
    facts = {
        "url": said["url"],
        "minutes": said["minutes"],
        "first_at": said["first_at"],
        "publish": said["publish"] == "yes",
        "by": by,
    }
    if known is None:
        return create_schedule(feed, **facts)
    return change_schedule(known, active=said["active"], **facts)


def _done(saved: FeedSchedule) -> str:
    if not saved.active:
        return "The schedule is saved. Nothing is fetched until it is started again."
    if saved.held:
        return "The schedule is saved. It goes on when the held file is taken or dropped."
    return f"The schedule is saved. The next turn is {moment(slot_after(saved, timezone.now()))}."


def _initial(known: FeedSchedule | None) -> dict[str, Any]:
    """A new schedule begins with the next full hour."""
    if known is None:
        soon = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return {"every": "1440", "first_at": f"{soon:%Y-%m-%dT%H:%M}", "publish": "no"}
    listed = str(known.minutes) in EVERY
    return {
        "url": known.url,
        "every": str(known.minutes) if listed else OTHER,
        "minutes": "" if listed else known.minutes,
        "first_at": f"{known.first_at:%Y-%m-%dT%H:%M}",
        "publish": "yes" if known.publish else "no",
        "active": known.active,
    }


def _page(
    request: HttpRequest,
    feed: Feed,
    known: FeedSchedule | None,
    form: ScheduleForm,
    faults: list[Fault],
) -> HttpResponse:
    context = {
        "section": "desk",
        "desk_section": "feeds",
        "feed": feed,
        "schedule": known,
        "values": {name: form[name].value() for name in form.fields},
        "every": EVERY.items(),
        "publish": PUBLISH.items(),
        "faults": faults,
        "fault": by_field(faults),
        "longest_url": LONGEST_URL,
    }
    return render(request, "desk/feed_schedule.html", context, status=400 if faults else 200)
