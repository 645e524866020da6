"""`/desk/notifications/`: what a person is told, and how often by mail."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from deals.desk.access import needs, person
from deals.desk.paging import page, whole
from deals.journal import told
from deals.models import MailChoice, Notification

SIZE = 30
WHEN = {
    MailChoice.When.AT_ONCE: gettext_noop("At once, within a minute or two"),
    MailChoice.When.DAILY: gettext_noop("Once a day, at 05:00 UTC"),
    MailChoice.When.NEVER: gettext_noop("Never; only here"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs()
def notifications(request: HttpRequest) -> HttpResponse:
    """The person's own, newest first; by POST they are read, or the choice of mail is kept."""
    if request.method == "POST":
        return _act(request)
    user = person(request)
    unread = request.GET.get("show") != "all"
    found = Notification.objects.filter(user=user).select_related("by")
    if unread:
        found = found.filter(read_at=None)
    shown = page(found, request.GET.get("before", ""), SIZE, by="at")
    choice = MailChoice.objects.filter(user=user).first()
    older = {"show": "unread" if unread else "all", "before": shown.last}
    context = {
        "section": "desk",
        "desk_section": "notifications",
        "news": [(row, told(row)) for row in shown.rows],
        "unread_only": unread,
        "next": f"?{urlencode(older)}" if shown.last else "",
        "later": bool(request.GET.get("before")),
        "when": choice.when if choice else MailChoice.When.AT_ONCE,
        "choices": [(code.value, _(title)) for code, title in WHEN.items()],
        "mail": user.email,
    }
    return render(request, "desk/notifications.html", context)


def _act(request: HttpRequest) -> HttpResponse:
    user, post = person(request), request.POST
    if (when := post.get("when")) in MailChoice.When.values:
        MailChoice.objects.update_or_create(user=user, defaults={"when": when})
        messages.success(request, _("Your choice is kept."))
    elif read := post.get("read"):
        own: dict[str, Any] = {"user": user, "read_at": None}
        if read != "all":
            own["pk"] = whole(read)
        Notification.objects.filter(**own).update(read_at=timezone.now())
    show = "?show=all" if post.get("show") == "all" else ""
    return HttpResponseRedirect(reverse("desk-notifications") + show)
