"""What somebody typed into a form after their session had ended: kept until they are back.

It is kept in the session of the browser that it came from, and only where somebody has signed in
in that browser before; only that person gets it, once, at the address that it was sent to.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, QueryDict

# Bytes of one form, and how many forms of one browser are kept.
LARGEST, MOST = 300_000, 5
KEPT = "parked_forms"
# Whose browser this is: set when somebody who is signed in opens a page of the desk.
MARK, SALT, MARK_DAYS = "desk_person", "deals.desk.parking", 30


def mark(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note in the browser who works here. Says nothing to anybody who cannot sign."""
    if _marked(request) != request.user.pk:
        response.set_cookie(
            MARK,
            signing.dumps(request.user.pk, salt=SALT),
            max_age=MARK_DAYS * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def _marked(request: HttpRequest) -> int | None:
    try:
        found = signing.loads(
            request.COOKIES.get(MARK, ""), salt=SALT, max_age=MARK_DAYS * 24 * 3600
        )
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None


def _own_page(request: HttpRequest) -> bool:
    """Whether a page of this server sent the form. A browser says so; one that does not, may."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return not origin or urlsplit(origin).netloc == request.get_host()


def park(request: HttpRequest) -> bool:
    """Keep the form that was posted; False when it is too large, or nobody's."""
    person = _marked(request)
    if person is None or not _own_page(request):
        return False
    if request.user.is_authenticated and request.user.pk != person:
        return False
    posted = request.POST.copy()
    posted.pop("csrfmiddlewaretoken", None)
    text = posted.urlencode()
    if not text or len(text) > LARGEST:
        return False
    kept: dict[str, Any] = request.session.get(KEPT, {})
    kept.pop(request.path, None)
    kept[request.path] = [person, text]
    request.session[KEPT] = dict(list(kept.items())[-MOST:])
    return True


def parked(request: HttpRequest) -> QueryDict | None:
    """What this person had posted to this address while signed out; then it is kept no longer.

    None when there is nothing. Whoever asks shows it, or saves it, in the same answer.
    """
    kept = request.session.get(KEPT, {})
    person, text = kept.get(request.path, (None, ""))
    if person is None or person != request.user.pk:
        return None
    request.session[KEPT] = {path: form for path, form in kept.items() if path != request.path}
    return QueryDict(text)
