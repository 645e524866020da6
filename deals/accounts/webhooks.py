"""`/account/webhooks/`: where one's own server is told of what was published, and what was sent."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from deals.accounts.webhook_words import Shown, deals_meant, list_address, shown
from deals.models import Delivery, Webhook
from deals.webhooks import acts, address, filters, signing
from deals.webhooks.address import Refused

FIELDS = ("name", "url", "filter")
# Messages on the page of a webhook; older ones are found by the links below them.
LISTED = 50
DONE = {
    "pause": gettext_noop("Nothing is sent until you switch it on again."),
    "resume": gettext_noop("It is on. What was published in between is told now."),
    "rotate": gettext_noop("A new secret was made. For 24 hours both secrets sign."),
    "test": gettext_noop("A test message is on its way. Look again in a moment."),
    "replay": gettext_noop("The message is sent again. Look again in a moment."),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_webhooks(request: HttpRequest) -> HttpResponse:
    """The list, and a form for one more."""
    if request.method != "POST":
        return _list(request, {}, None)
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        hook = acts.add(
            name=typed["name"], url=typed["url"], wanted=typed["filter"], by=_user(request)
        )
    except Refused as refusal:
        return _list(request, typed, refusal)
    messages.success(request, _("The webhook is on. Take its secret and send it a test message."))
    return redirect("account-webhook", hook.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("secret")
def my_webhook(request: HttpRequest, public_id: str) -> HttpResponse:
    """One webhook and what was sent to it. Asked by POST, the page has the secret, too."""
    hook = _own(request, public_id)
    rows = _rows(request, hook)
    # In the answer to a form and nowhere else: no address has it, no session, no message.
    secret = signing.secret_of(hook) if request.method == "POST" else ""
    context = _context() | {
        "hook": hook,
        "deals": deals_meant(hook.query),
        "list": list_address(hook.query),
        "secret": secret,
        "rows": [shown(row) for row in rows[:LISTED]],
        "older": rows[LISTED - 1].pk if len(rows) > LISTED else None,
        "waiting": hook.deliveries.filter(state=Delivery.State.WAITING).count(),
    }
    return render(request, "account/webhook.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """One message with every attempt and its body; by POST it is sent again."""
    hook = _own(request, public_id)
    row: Delivery = get_object_or_404(hook.deliveries.all(), pk=min(pk, 2**63 - 1))
    if request.method == "POST":
        return _acted(request, hook, "replay", lambda: acts.replay(delivery=row, by=_user(request)))
    found: Shown = shown(row)
    return render(
        request, "account/webhook_delivery.html", _context() | {"hook": hook, "row": found}
    )


@login_required
@require_POST
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Pause, resume, rotate or test; anything else is not there."""
    hook, by = _own(request, public_id), _user(request)
    turn = request.POST.get("turn", "")
    known = {
        "pause": lambda: acts.pause(webhook=hook, by=by),
        "resume": lambda: acts.resume(webhook=hook, by=by),
        "test": lambda: acts.test(webhook=hook, by=by),
        "rotate": lambda: acts.rotate(webhook=hook, turn=_number(turn), by=by),
    }
    if verb not in known:
        return HttpResponse(status=404)
    return _acted(request, hook, verb, known[verb])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask, and then forget the webhook with all that was sent to it."""
    hook = _own(request, public_id)
    if request.method != "POST":
        return render(request, "account/webhook_delete.html", _context() | {"hook": hook})
    try:
        acts.delete(webhook=hook, by=_user(request))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The webhook “%(name)s” was deleted.") % {"name": hook.name})
    return redirect("account-webhooks")


def _acted(request: HttpRequest, hook: Webhook, verb: str, doing: Any) -> HttpResponse:
    try:
        doing()
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _(DONE[verb]))
    return redirect("account-webhook", hook.public_id)


def _list(request: HttpRequest, typed: dict[str, str], refusal: Refused | None) -> HttpResponse:
    waiting = Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING))
    delivered = Q(deliveries__state=Delivery.State.DELIVERED)
    hooks = Webhook.objects.filter(user=_user(request)).annotate(
        waiting=waiting, last=Max("deliveries__ended_at", filter=delivered)
    )
    rows = [(hook, deals_meant(hook.query)) for hook in hooks.order_by("name", "pk")]
    fault = {refusal.field: str(refusal)} if refusal else {}
    context = _context() | {
        "rows": rows,
        "full": len(rows) >= acts.MOST,
        "most": acts.MOST,
        "longest": {
            "name": acts.LONGEST_NAME, "url": address.LONGEST_URL, "filter": filters.LONGEST,
        },
        "typed": {name: text[: 2 * filters.LONGEST] for name, text in typed.items()},
        "fault": fault,
        "faults": [{"field": field, "message": said} for field, said in fault.items()],
    }  # fmt: skip
    return render(request, "account/webhooks.html", context, status=400 if fault else 200)


def _rows(request: HttpRequest, hook: Webhook) -> list[Delivery]:
    """Messages before one, the newest first, and one more to know of older ones; no bodies."""
    found = hook.deliveries.order_by("-pk").defer("body")
    before = _number(request.GET.get("before", ""))
    if before > 0:
        found = found.filter(pk__lt=before)
    return list(found[: LISTED + 1])


def _number(text: str) -> int:
    """A number of a form or an address; what cannot be one is -1."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def _own(request: HttpRequest, public_id: str) -> Webhook:
    """A webhook of the person who asks; another's is not there."""
    return get_object_or_404(Webhook, public_id=public_id, user=_user(request))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _context() -> dict[str, Any]:
    return {"section": "desk", "desk_section": "account", "now": timezone.now()}
