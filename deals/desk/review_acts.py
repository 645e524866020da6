"""What people do on the page of a review: decide, ask, answer, comment, assign.

What is no longer possible, because somebody else was first, is answered with the sentence of the
action that refused; nothing is ever done twice.
"""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from deals.actions import NotAllowed, evidence, reviews
from deals.actions.rebase import Clash
from deals.desk.access import needs, person
from deals.desk.faults import Fault
from deals.desk.review import find, page
from deals.desk.reviews_wanted import Wanted, decidable, following, wanted
from deals.feeds.publish import StaleVersionError
from deals.models import Review
from deals.rules.roles import PROPOSE, REVIEW
from deals.templatetags.formats import number

LONGEST = {"reason": 2_000, "question": 5_000, "comment": 5_000, "note": 2_000}
# The field that each choice reads, "" where it may stay empty.
FIELDS = {"approve": "note", "reject": "reason", "ask": "question"}


@require_POST
@needs(REVIEW)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish, reject with a reason, or ask the writer; then the next one opens."""
    user, asked = person(request), wanted(request.GET)
    one = find(pk, user)
    choice = request.POST.get("choice", "")
    field = FIELDS.get(choice)
    if field is None:
        told = _("Choose what to do: publish, reject or ask.")
        return page(request, one, asked, faults=[Fault("decide", told)], status=400)
    text = _text(request, field)
    if fault := _unfit(field, text, needed=choice != "approve"):
        return _again(request, one, asked, field, text, fault)
    seen = request.POST.get("seen", "")
    try:
        _do(one, choice, text, seen, user)
    except Clash as clash:
        return page(request, one, asked, faults=[Fault("clash", str(clash))], status=409)
    except (NotAllowed, StaleVersionError) as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(_address(one, asked))
    return _next(request, one, asked, user, choice)


def _do(one: Review, choice: str, text: str, seen: str, user: User) -> None:
    if choice == "approve":
        reviews.publish(review=one, seen=seen, by=user, reason=text)
    elif choice == "reject":
        reviews.turn_down(review=one, seen=seen, by=user, reason=text)
    else:
        reviews.ask(review=one, by=user, text=text)


@require_POST
@needs(PROPOSE)
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something, or answer the question that waits for one."""
    user, asked = person(request), wanted(request.GET)
    one = find(pk, user)
    text = _text(request, "comment")
    if fault := _unfit("comment", text):
        return _again(request, one, asked, "comment", text, fault)
    act: Callable[..., object] = reviews.comment
    if request.POST.get("choice") == "answer":
        act = reviews.answer
    try:
        act(review=one, by=user, text=text)
    except NotAllowed as refusal:
        return _again(request, one, asked, "comment", text, str(refusal))
    return HttpResponseRedirect(f"{_address(one, asked)}#thread")


@require_POST
@needs(REVIEW)
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """To me, to a colleague who reviews, or to nobody in particular."""
    user, asked = person(request), wanted(request.GET)
    one = find(pk, user)
    sent = request.POST.get("to", "")
    known = sent.isascii() and sent.isdigit() and len(sent) < 10
    to = User.objects.filter(pk=int(sent)).first() if known else None
    try:
        if sent and to is None:
            raise NotAllowed(_("There is no such person."))
        reviews.assign(review=one, to=to, by=user)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _assigned(to, user))
    return HttpResponseRedirect(_address(one, asked))


@require_POST
@needs(PROPOSE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own change of an organization; that of a deal is taken back in its draft."""
    one = find(pk, person(request))
    if one.edit is None:
        raise Http404
    try:
        evidence.withdraw_edit(edit=one.edit, by=person(request))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back. Nothing of it was published."))
    return HttpResponseRedirect(_address(one, wanted(request.GET)))


def _assigned(to: User | None, user: User) -> str:
    if to is None:
        return _("Assigned to nobody.")
    if to.pk == user.pk:
        return _("Assigned to you.")
    return _("Assigned to %(name)s.") % {"name": to.get_username()}


def _next(
    request: HttpRequest, one: Review, asked: Wanted, user: User, choice: str
) -> HttpResponse:
    """To the next one that waits for this person, or to the list when none is left."""
    left = decidable(asked, user).exclude(pk=one.pk).count()
    messages.success(request, f"{_done(one, choice)} {_left(left)}")
    then = following(one, asked, user)
    if then is None:
        return HttpResponseRedirect(reverse("desk-reviews") + asked.address())
    return HttpResponseRedirect(_address(then, asked))


def _done(one: Review, choice: str) -> str:
    name = {"name": reviews.subject_of(one)}
    if choice == "approve":
        return _("Published: %(name)s.") % name
    if choice == "reject":
        return _("Rejected: %(name)s.") % name
    return _("Asked about %(name)s.") % name


def _left(count: int) -> str:
    if not count:
        return _("Nothing else waits for you here.")
    return ngettext("%(count)s left.", "%(count)s left.", count) % {"count": number(count)}


def _text(request: HttpRequest, field: str) -> str:
    """As typed; PostgreSQL keeps no NUL, and nobody means one."""
    return request.POST.get(field, "").replace("\0", "").strip()


def _unfit(field: str, text: str, *, needed: bool = True) -> str:
    """What is wrong with a text, "" for nothing."""
    if needed and not text:
        return {
            "reason": _("Say why: the person who submitted this will want to know."),
            "question": _("Write what you want to know."),
        }.get(field, _("Write something first."))
    if len(text) > LONGEST[field]:
        told = _("This has %(length)s characters; it may have at most %(most)s.")
        return told % {"length": number(len(text)), "most": number(LONGEST[field])}
    return ""


def _again(
    request: HttpRequest, one: Review, asked: Wanted, field: str, text: str, fault: str
) -> HttpResponse:
    return page(request, one, asked, faults=[Fault(field, fault)], typed={field: text}, status=400)


def _address(one: Review, asked: Wanted) -> str:
    return reverse("desk-review", args=[one.pk]) + asked.address()
